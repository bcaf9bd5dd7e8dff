"""docs/sequences.md shows what is really said: every diagram there is recorded anew and compared.

``python -m tests.reference.service.test_sequences`` writes the diagrams.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from net119_protocol.codes import CallbackFailure, CallState
from net119_protocol.interconnect import Envelope, MessageType

from tests.reference.mail.support import Sink
from tests.reference.service.calling_back import HANAKO, UNKNOWN, by_url, secret_in
from tests.reference.service.support import CLOSED, TOKONAME, Site, Tape, new_call
from tests.reference.service.trio import Trio, new_line, on_trio, on_trio_with_mail

PAGE = Path(__file__).parents[3] / "docs" / "sequences.md"
Said = list[tuple[str, Envelope]]
Scene = Callable[[Trio], Awaitable[Said]]
MailScene = Callable[[Trio, Sink], Awaitable[Said]]


async def direct(trio: Trio) -> Said:
    call_id = await trio.call()
    await trio.a.service.caller_says(trio.caller, call_id, new_line("助けて"))
    await trio.a.service.close(trio.a.dispatcher, call_id, CLOSED)
    assert trio.a.live(call_id).known().owner.provider == "aoba"
    return await trio.flow()


async def routed(trio: Trio) -> Said:
    view = await trio.a.call(trio.caller, new_call(TOKONAME))
    trio.a.attachments.append(
        await trio.a.service.attach_handset(trio.caller, view.call_id, 0, trio.handset)
    )
    said = await trio.flow()
    await trio.b.service.answer(trio.b.dispatcher, view.call_id)
    said += await trio.flow()
    await trio.a.service.caller_says(trio.caller, view.call_id, new_line("助けて"))
    said += await trio.flow()
    await trio.a.attachments.pop().detach()
    said += await trio.flow()
    trio.a.attachments.append(
        await trio.a.service.attach_handset(trio.caller, view.call_id, 0, trio.handset)
    )
    return said + await trio.flow()


async def rejected(trio: Trio) -> Said:
    for attachment in trio.b.attachments:
        await attachment.detach()
    await trio.a.call(trio.caller, new_call(TOKONAME))
    return await trio.flow()


async def silent(trio: Trio) -> Said:
    await trio.a.call(trio.caller, new_call(TOKONAME))
    await trio.to_b.to_b().deliver(receipt=False)  # the accept stays on the way
    await trio.advance(11)
    # The offer comes again, and so may the answers to it, under the same messageIds.
    once: dict[UUID, tuple[str, Envelope]] = {}
    for sender, each in await trio.flow():
        once.setdefault(each.message_id, (sender, each))
    return list(once.values())


async def transferred(trio: Trio) -> Said:
    call_id = await trio.call(away=True)
    asked = await trio.ask(trio.b, call_id, "aso")
    said = await trio.flow()
    await asked
    await trio.c.service.answer(trio.c.dispatcher, call_id)
    return said + await trio.flow()


async def refused(trio: Trio) -> Said:
    for attachment in trio.c.attachments:
        await attachment.detach()
    call_id = await trio.call(away=True)
    asked = await trio.ask(trio.b, call_id, "aso")
    said = await trio.flow()
    await asked
    return said


async def reconnected(trio: Trio) -> Said:
    """Lost after a line has arrived, before its receipt has; shorter than T3."""
    call_id = await trio.call(away=True)
    await trio.a.service.caller_says(trio.caller, call_id, new_line("着いたが、受領が失われた"))
    await trio.to_b.to_b().deliver(receipt=False)
    trio.to_b.down()
    await trio.a.service.caller_says(trio.caller, call_id, new_line("切れている間に"))
    trio.a.clock.advance(10)
    await trio.a.look_for_lost_peers()
    trio.to_b.up()
    said = await trio.flow()
    assert trio.owners(call_id) == ["midori"]
    lines = [line.text for line in await trio.b.lines(call_id)]
    assert lines == ["着いたが、受領が失われた", "切れている間に"]
    return said


async def crashed(trio: Trio) -> Said:
    call_id = await trio.call(away=True)
    trio.to_b.down()
    trio.a.clock.advance(31)
    await trio.a.look_for_lost_peers()
    trio.to_b.up()
    said = await trio.flow()
    await trio.a.service.answer(trio.a.dispatcher, call_id)
    await trio.a.service.close(trio.a.dispatcher, call_id, CLOSED)
    return said + await trio.flow()


async def anchor_crashed(trio: Trio) -> Said:
    """Down in mid-call for longer than T3; a line each way has no receipt yet, nor a number."""
    call_id = await trio.call(away=True)
    await trio.a.service.caller_says(trio.caller, call_id, new_line("着いたが、受領が失われた"))
    await trio.to_b.to_b().deliver(receipt=False)
    said = trio.b.service.dispatcher_says(trio.b.dispatcher, call_id, new_line("救急車が出ました"))
    waiting = asyncio.create_task(said)
    await trio.b.settle()
    trio.to_b.down()
    trio.to_c.down()
    await trio.a.restart()
    trio.a.clock.advance(31)
    await trio.b.look_for_lost_peers()
    assert trio.owners(call_id) == ["midori"]
    assert not waiting.done()
    trio.to_b.up()
    trio.to_c.up()
    carried = await trio.flow()
    trio.a.attachments.append(
        await trio.a.service.attach_handset(trio.caller, call_id, 1, trio.handset)
    )
    carried += await trio.flow()
    assert (await waiting).seq == 2
    assert trio.owners(call_id) == ["midori"]
    assert trio.state(trio.a, call_id) == trio.state(trio.b, call_id)
    assert await trio.a.lines(call_id) == await trio.b.lines(call_id)
    return carried


async def ask_and_open(trio: Trio, sink: Sink, site: Site, call_id: UUID) -> Said:
    """A dispatcher of ``site`` asks for a callback, and the caller opens its URL."""
    asked, said = await trio.doing(site.service.acts.call_back(site.dispatcher, call_id))
    assert asked.state == "sent"
    who = await by_url(trio.a, secret_in(sink))
    tape = Tape()
    trio.a.attachments.append(await trio.a.service.attach_handset(who, call_id, 0, tape))
    return said + await trio.flow()


async def closed(trio: Trio, site: Site, call_id: UUID) -> None:
    """The call is closed by its owner, and the handset has gone."""
    await trio.doing(site.service.close(site.dispatcher, call_id, CLOSED))
    await trio.a.attachments.pop().detach()
    await trio.flow()


async def answered_again(trio: Trio, site: Site, call_id: UUID) -> Said:
    assert site.live(call_id).known().state is CallState.RINGING
    await site.service.answer(site.dispatcher, call_id)
    return await trio.flow()


async def called_back_open(trio: Trio, sink: Sink) -> Said:
    call_id = await trio.call(away=True)
    await trio.a.attachments.pop().detach()
    said = await trio.flow()
    return said + await ask_and_open(trio, sink, trio.b, call_id)


async def called_back_closed(trio: Trio, sink: Sink) -> Said:
    call_id = await trio.call(away=True)
    await closed(trio, trio.b, call_id)
    said = await ask_and_open(trio, sink, trio.b, call_id)
    return said + await answered_again(trio, trio.b, call_id)


async def called_back_transferred(trio: Trio, sink: Sink) -> Said:
    call_id = await trio.call(away=True)
    await trio.transfer(trio.b, call_id, "aso")
    await trio.c.service.answer(trio.c.dispatcher, call_id)
    await trio.flow()
    await closed(trio, trio.c, call_id)
    said = await ask_and_open(trio, sink, trio.c, call_id)
    return said + await answered_again(trio, trio.c, call_id)


async def not_called_back(trio: Trio, sink: Sink) -> Said:
    sink.rcpt[HANAKO].append(UNKNOWN)
    call_id = await trio.call(away=True)
    asked, said = await trio.doing(trio.b.service.acts.call_back(trio.b.dispatcher, call_id))
    assert asked.failure is CallbackFailure.UNDELIVERABLE
    return said


CALLBACKS: dict[str, MailScene] = {
    "Callback while the call is open": called_back_open,
    "Callback after the close": called_back_closed,
    "Callback after a transfer": called_back_transferred,
    "Callback that does not arrive": not_called_back,
}
SCENES: dict[str, Scene] = {
    "Direct": direct,
    "Routed, answered, and the handset gone and back": routed,
    "Rejected": rejected,
    "Silent, and a late accept": silent,
    "Transfer to a third provider": transferred,
    "Refused transfer": refused,
    "Link lost and restored": reconnected,
    "Owner lost in mid-call, and back": crashed,
    "Anchor lost in mid-call, and back": anchor_crashed,
}


def diagram(trio: Trio, said: list[tuple[str, Envelope]]) -> str:
    """One message a line: sender, receiver, type and epoch."""
    rows = []
    for sender, envelope in said:
        if envelope.type is MessageType.STATUS_REPORT or envelope.call_id is None:
            continue
        receiver = trio.receivers[envelope.message_id]
        kind = envelope.type.value
        rows.append(f"{sender:<6} -> {receiver:<6}  {kind:<17} epoch {envelope.epoch}")
    return "\n".join(rows) or "(no message)"


def record(title: str) -> str:
    """The diagram of a scene, played now."""
    found: list[str] = []

    async def play(trio: Trio) -> None:
        found.append(diagram(trio, await SCENES[title](trio)))

    async def play_with_mail(trio: Trio, sink: Sink) -> None:
        found.append(diagram(trio, await CALLBACKS[title](trio, sink)))

    if title in SCENES:
        on_trio(play)
    else:
        on_trio_with_mail(play_with_mail)
    return found[0]


def shown(title: str, page: str) -> str:
    block = re.search(rf"^## {re.escape(title)}$.*?```text\n(.*?)\n```", page, re.S | re.M)
    assert block is not None, f"docs/sequences.md has no diagram under {title!r}"
    return block[1]


@pytest.mark.parametrize("title", [*SCENES, *CALLBACKS])
def test_the_page_shows_what_is_said(title: str) -> None:
    assert shown(title, PAGE.read_text(encoding="utf-8")) == record(title)


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    for title in (*SCENES, *CALLBACKS):
        head, rest = page.split(f"## {title}\n")
        rest = rest.replace(shown(title, page), record(title), 1)
        page = f"{head}## {title}\n{rest}"
    PAGE.write_text(page, encoding="utf-8")
