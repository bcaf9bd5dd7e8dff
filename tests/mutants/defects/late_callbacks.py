"""Callbacks of which something forbidden comes late: a second after it might have."""

import asyncio
from collections.abc import Callable
from typing import Any

from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import Refusal
from net119_reference.calls import anchor, callback
from net119_reference.calls.effects import Change
from net119_reference.calls.model import Side
from net119_reference.mail.letter import to_bytes
from net119_reference.mail.post_office import PostOffice
from net119_reference.mail.schedule import Delivery
from net119_reference.ports import Refused
from net119_reference.service.callback_urls import CallbackUrl
from net119_reference.service.callbacks import Callbacks
from net119_reference.service.kernel import Transaction

from tests.mutants.defects.late import LATE_S, later
from tests.mutants.registry import Patch, mutant

MOMENT_S = 0.9


def _callback_sent_by_itself(patch: Patch, side: Side) -> None:
    """A second after it was asked for, a callback that still waits counts as sent here."""

    def ask(original: Any, callbacks: Any, tx: Transaction, live: Any, call: Any, by: str) -> int:
        number: int = original(callbacks, tx, live, call, by)

        def late(then: Transaction) -> None:
            kept = live.call.callbacks[number - 1]
            if live.call.side is side and kept.callback.state == "queued":
                after = callback._put(live.call, kept, then.now, "sent", None, "")
                callbacks._record(then, live, Change(after))

        later(callbacks._core, tx, late)
        return number

    patch.around(Callbacks, "ask", ask)


@mutant(
    "callback-sent-by-itself-late",
    kills={"CALLBACK-OWNER": "nothing is called sent before the anchor says so"},
)
def callback_sent_by_itself_late(patch: Patch) -> None:
    """A second after the anchor was asked, the owner calls its callback sent."""
    _callback_sent_by_itself(patch, Side.CALLEE)


@mutant(
    "deferred-callback-sent-late",
    kills={
        "CALLBACK-UNDELIVERABLE": "deferred: it is not called sent later either while the server "
        "says so",
    },
)
def deferred_callback_sent_late(patch: Patch) -> None:
    """A second after a mail server said to come later, the callback is called sent."""
    _callback_sent_by_itself(patch, Side.ANCHOR)


def _copied_to_former(patch: Patch, which: int) -> None:
    """A second after a letter was taken it goes to an address on record before, too."""
    known: dict[Any, list[str]] = {}
    copying: set[asyncio.Task[Any]] = set()

    async def copy(relay: Any, letter: Any, address: str, content: bytes) -> None:
        await asyncio.sleep(LATE_S)
        await relay.deliver(letter.sender, address, content)

    async def attempt(original: Any, office: PostOffice, waiting: Any, relay: Any) -> Any:
        done, answer = await original(office, waiting, relay)
        letter = done.letter
        had = known.setdefault(letter.registrant_id, [])
        if letter.to not in had:
            had.append(letter.to)
        former = [each for each in had if each != letter.to]
        if waiting.follows and former and answer.outcome is Delivery.SENT:
            content = to_bytes(letter, done.written)
            task = asyncio.create_task(copy(relay, letter, former[which], content))
            copying.add(task)
            task.add_done_callback(copying.discard)
        return done, answer

    patch.around(PostOffice, "_attempt", attempt)


@mutant(
    "copies-to-the-first-address-late",
    kills={
        "CALLBACK-ADDRESS": "no more callback mail goes to the first address, not even later",
    },
)
def copies_to_the_first_address_late(patch: Patch) -> None:
    """A letter that could not be delivered is tried once more where it was to go at first."""
    _copied_to_former(patch, 0)


@mutant(
    "copies-to-the-last-address-late",
    kills={
        "CALLBACK-ADDRESS": "no more callback mail goes to the second address, not even later",
    },
)
def copies_to_the_last_address_late(patch: Patch) -> None:
    """A callback goes to the address of before the change, too."""
    _copied_to_former(patch, -1)


def _after_opening(
    patch: Patch, late: Callable[[Callbacks, Transaction, CallbackUrl, Refusal | None], None]
) -> None:
    """Let ``late(callbacks, tx, url, refusal)`` follow each opening of a URL, be it refused."""
    coming: set[asyncio.Task[None]] = set()

    async def follow(desk: Callbacks, url: CallbackUrl, refusal: Refusal | None) -> None:
        await asyncio.sleep(MOMENT_S)
        desk._core.kernel.post(lambda tx: late(desk, tx, url, refusal))

    async def opened(original: Any, desk: Callbacks, secret: str, *given: Any) -> Any:
        url, refusal = desk._urls.by_secret(secret), None
        try:
            return await original(desk, secret, *given)
        except Refused as refused:
            refusal = refused.code
            raise
        finally:
            if url is not None:
                task = asyncio.create_task(follow(desk, url, refusal))
                coming.add(task)
                task.add_done_callback(coming.discard)

    patch.around(Callbacks, "open", opened)


@mutant(
    "expired-callback-opens-late",
    kills={"CALLBACK-EXPIRES": "after the end the call does not open later either"},
)
def expired_callback_opens_late(patch: Patch) -> None:
    """Who opens an expired URL is refused, and a moment later the call rings all the same."""

    def late(desk: Callbacks, tx: Transaction, url: CallbackUrl, refusal: Refusal | None) -> None:
        live = desk._core.live(url.call_id)
        if refusal is Refusal.LINK_EXPIRED and not live.known().open:
            desk._reopen(tx, live, live.known())

    _after_opening(patch, late)


@mutant(
    "callback-opens-others-late",
    kills={"CALLBACK-ONE-CALL": "the other call does not open later either"},
)
def callback_opens_others_late(patch: Patch) -> None:
    """A moment after a caller came back, whatever else that caller was called back for opens."""

    def late(desk: Callbacks, tx: Transaction, url: CallbackUrl, _: Refusal | None) -> None:
        for other in {each.call_id for each in desk._urls.all()} - {url.call_id}:
            live = desk._core.live(other)
            if not live.known().open:
                desk._reopen(tx, live, live.known())

    _after_opening(patch, late)


@mutant(
    "reopened-taken-home-late",
    kills={"CALLBACK-ONE-CALL": "it is not given back to the home department later either"},
)
def reopened_taken_home_late(patch: Patch) -> None:
    """A transferred call rings where it was last for a moment, and then at home."""

    def late(desk: Callbacks, tx: Transaction, url: CallbackUrl, _: Refusal | None) -> None:
        core = desk._core
        live = core.live(url.call_id)
        call = live.known()
        if call.open and call.owner != call.home:
            why = anchor.Fallback(NoticeCode.TAKEN_HOME_UNANSWERED, (call.owner.department,))
            desk._record(tx, live, anchor.take_home(call, why, tx.now, core.timing, console=True))

    _after_opening(patch, late)
