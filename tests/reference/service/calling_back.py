"""A pair whose home provider hands its mail to a carrier's real SMTP server."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from email.message import Message
from pathlib import Path
from uuid import UUID

import pytest
from net119_protocol.api.console_acts import Callback, CallbackFrame
from net119_protocol.codes import CallbackFailure, LinkSecurity, Mode
from net119_reference.ports import HandsetIdentity, Refused

from tests.reference.mail.support import Sink
from tests.reference.service.pair import Pair, running_pair
from tests.reference.service.support import CHITOSE, PERSON, Site, Tape, new_call, quick_folder

HANAKO = PERSON.mail
ENCRYPTED = LinkSecurity.ENCRYPTED
UNKNOWN = "550 5.1.1 unknown user"
LATER = "450 4.2.0 try again later"
URL = re.compile(r"https://net119\.example/b/([A-Za-z0-9_-]{32})")


def with_mail(work: Callable[[Pair, Sink], Awaitable[None]]) -> None:
    """Run a test on a pair whose home provider hands its mail to a sink."""

    async def main(folder: Path) -> None:
        sink = Sink()
        await sink.start()
        try:
            async with running_pair(folder, relay_port=sink.port) as pair, asyncio.timeout(60):
                await sink.until(lambda: bool(sink.stored))
                sink.stored.clear()
                await work(pair, sink)
        finally:
            await sink.stop()

    with quick_folder() as folder:
        asyncio.run(main(Path(folder)))


def body(message: Message) -> str:
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode(message.get_content_charset() or "ascii")


def secret_in(sink: Sink, number: int = -1) -> str:
    found = URL.search(body(sink.stored[number][1]))
    assert found is not None
    return found[1]


def told(tape: Tape) -> list[Callback]:
    return [each.callback for each in tape.frames if isinstance(each, CallbackFrame)]


async def home_call(pair: Pair, mode: Mode = Mode.TEST) -> UUID:
    """A call that the home department has answered."""
    view = await pair.a.call(pair.caller, new_call(CHITOSE, mode=mode))
    await pair.a.service.answer(pair.a.dispatcher, view.call_id)
    return view.call_id


async def until(pair: Pair, tape: Tape, state: str, failure: CallbackFailure | None = None) -> None:
    """Return when a console has been told this of a callback."""
    while not any((each.state, each.failure) == (state, failure) for each in told(tape)):
        await asyncio.sleep(0)
        await pair.link.flow()


async def refused(work: Awaitable[object]) -> Refused:
    with pytest.raises(Refused) as caught:
        await work
    return caught.value


async def by_url(site: Site, secret: str) -> HandsetIdentity:
    """Open the URL; who that is from then on."""
    opened = await site.service.callbacks.open(secret, ENCRYPTED)
    return await site.service.handset_identity(opened.token, opened.call.call_id)
