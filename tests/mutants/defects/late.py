"""What must not come, coming a second late: a short look sees nothing of it."""

import asyncio
import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from net119_protocol.api.common import LineStored
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import CallState, LinkSecurity, Refusal
from net119_protocol.interconnect import MessageType, bodies
from net119_reference.calls import callback, callee
from net119_reference.calls.effects import Change, Send
from net119_reference.calls.model import Side
from net119_reference.config import Config
from net119_reference.mail.letter import to_bytes
from net119_reference.mail.post_office import PostOffice
from net119_reference.mail.schedule import Delivery
from net119_reference.ports import Refused
from net119_reference.service.callbacks import Callbacks
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.inbound import Inbound
from net119_reference.service.kernel import Transaction
from net119_reference.service.peer_rules import PeerRules
from net119_reference.service.registry import Registry

from tests.mutants.registry import Patch, mutant

LATE_S = 1.3
_KEPT = "one owner, and no line lost, repeated or out of order"


def _later(core: Any, tx: Transaction, work: Callable[[Transaction], None]) -> None:
    tx.after(functools.partial(core.kernel.at, tx.now + timedelta(seconds=LATE_S), work))


def _on_offer(patch: Patch, late: Callable[[Any, Transaction, Any, Any, Any], None]) -> None:
    """Let ``late(core, tx, live, received, offer)`` follow each offer."""

    def on_offer(
        original: Any, rules: Any, tx: Transaction, live: Any, received: Any, offer: Any
    ) -> None:
        original(rules, tx, live, received, offer)
        core = rules._core
        _later(core, tx, lambda then: late(core, then, live, received, offer))

    patch.around(PeerRules, "_on_offer", on_offer)


@mutant(
    "rings-when-offered-late",
    kills={"OWNER-ASSIGN-ONLY": "an accepted but unassigned call does not ring"},
)
def rings_when_offered_late(patch: Patch) -> None:
    """A second after it accepted, the provider says that the call rings."""

    def late(core: Any, tx: Transaction, live: Any, received: Any, offer: Any) -> None:
        call = live.call
        if call is not None and call.state is CallState.OFFERING:
            body = bodies.CallRinging(center=offer.department)
            rings = Send(received.sender, MessageType.CALL_RINGING, body)
            core.record(tx, live, Change(call, (rings,)))

    _on_offer(patch, late)


@mutant(
    "owned-unassigned-late",
    kills={
        "OFFER-TAKEN": "nobody owns the call at the SUT before the assignment",
        "RECEIVED-DATA": "accepted and not assigned: the console shows nothing of the call",
        "BAD-SILENCE-OFFERING": f"silence: {_KEPT}",
    },
)
def owned_unassigned_late(patch: Patch) -> None:
    """A second after it accepted, the provider shows the call as its own."""

    def late(core: Any, tx: Transaction, live: Any, _received: Any, offer: Any) -> None:
        call = live.call
        unit = core.jurisdiction.own_unit(offer.department, tx.now)
        if call is not None and call.state is CallState.OFFERING and unit is not None:
            change = callee.on_assign(call, call.epoch, unit, tx.now, core.timing)
            core.record(tx, live, Change(change.call))

    _on_offer(patch, late)


@mutant(
    "expired-and-shown-late",
    kills={
        "OFFER-EXPIRED": "the expired call shows at no console",
        "BAD-OFFERS": f"old-offer: {_KEPT}",
    },
)
def expired_and_shown_late(patch: Patch) -> None:
    """An offer that is too old is rejected, and rings at the console a second later."""

    def late(core: Any, tx: Transaction, live: Any, received: Any, offer: Any) -> None:
        unit = core.jurisdiction.own_unit(offer.department, tx.now)
        if live.call is None and unit is not None:
            taken = callee.accept(received.envelope, offer, received.sender, unit, tx.now).call
            core.record(tx, live, Change(taken))
            change = callee.on_assign(taken, taken.epoch, unit, tx.now, core.timing)
            core.record(tx, live, Change(change.call))

    _on_offer(patch, late)


@mutant(
    "answered-by-machine-late",
    kills={
        "OFFER-TAKEN": "there is no call.answered before a human answers",
        "CALLBACK-OWNER": "there is no call.answered before a human answers again",
    },
)
def answered_by_machine_late(patch: Patch) -> None:
    """A call that has rung for a second is called answered, by nobody."""

    def on_assign(
        original: Any, rules: Any, tx: Transaction, live: Any, call: Any, *rest: Any
    ) -> None:
        original(rules, tx, live, call, *rest)
        core = rules._core

        def late(then: Transaction) -> None:
            if live.call.state is CallState.RINGING:
                body = bodies.CallAnswered(dispatcher="machine", answered_at=then.now)
                answered = Send(live.call.anchor, MessageType.CALL_ANSWERED, body)
                core.record(then, live, Change(live.call, (answered,)))

        _later(core, tx, late)

    patch.around(PeerRules, "_on_assign", on_assign)


@mutant(
    "own-line-confirmed-late",
    kills={
        "OFFER-LINE-NOT-CONFIRMED": "it is not acknowledged before the anchor's receipt",
        "BAD-SILENCE-OFFERING": f"lost-receipt: {_KEPT}",
    },
)
def own_line_confirmed_late(patch: Patch) -> None:
    """A dispatcher's line is confirmed when the anchor has not numbered it for a second."""

    def say(original: Any, desk: Any, who: Any, call_id: Any, line: Any, tx: Transaction) -> Any:
        stored = original(desk, who, call_id, line, tx)
        if not isinstance(stored, LineStored):
            core = desk._core
            likely = core.live(call_id).last_seq + 1
            said = LineStored(client_id=line.client_id, seq=likely, at=tx.now)

            def late(_then: Transaction) -> None:
                core.waiters.answer(call_id, line.client_id, said)

            _later(core, tx, late)
        return stored

    patch.around(ConsoleDesk, "_say", say)


@mutant(
    "gap-given-up",
    kills={"MSG-GAP": "the later line is not shown before the earlier one"},
)
def gap_given_up(patch: Patch) -> None:
    """What is missing is asked for; after a second what came after it is handled without it."""

    def hold(
        original: Any, inbound: Any, tx: Transaction, live: Any, received: Any, expected: int
    ) -> None:
        original(inbound, tx, live, received, expected)
        key = (received.sender, received.envelope.n)

        def late(then: Transaction) -> None:
            if key in live.held:
                inbound._handle(then, live, received)

        _later(inbound._core, tx, late)

    patch.around(Inbound, "_hold", hold)


def _callback_sent_by_itself(patch: Patch, side: Side) -> None:
    """A second after it was asked for, a callback that still waits counts as sent here."""

    def ask(original: Any, callbacks: Any, tx: Transaction, live: Any, call: Any, by: str) -> int:
        number: int = original(callbacks, tx, live, call, by)

        def late(then: Transaction) -> None:
            kept = live.call.callbacks[number - 1]
            if live.call.side is side and kept.callback.state == "queued":
                after = callback._put(live.call, kept, then.now, "sent", None, "")
                callbacks._record(then, live, Change(after))

        _later(callbacks._core, tx, late)
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


@mutant(
    "answered-before-assigned-late",
    kills={"BAD-ANSWERS": f"answer-unassigned: {_KEPT}"},
)
def answered_before_assigned_late(patch: Patch) -> None:
    """An answer of who does not have the call is refused, and shown to the caller after all."""

    def at_anchor(
        original: Any, rules: Any, tx: Transaction, live: Any, call: Any, received: Any
    ) -> None:
        core, body = rules._core, received.envelope.body
        if isinstance(body, bodies.CallAnswered) and call.state is CallState.OFFERING:

            def late(then: Transaction) -> None:
                told = {"answered_by": body.dispatcher, "answered_at": then.now}
                core.record(then, live, Change(live.call.model_copy(update=told)))

            # Not after the transaction: a refusal undoes what was to follow it.
            core.kernel.at(tx.now + timedelta(seconds=LATE_S), late)
        original(rules, tx, live, call, received)

    patch.around(PeerRules, "_at_anchor", at_anchor)


@mutant(
    "taken-home-late",
    kills={"ROUTE-SIBLING": "the home department's console does not own it"},
)
def taken_home_late(patch: Patch) -> None:
    """A call of another department of this provider is the home department's after a second."""

    def direct(
        original: Any, desk: Any, call: Any, home: Any, decision: Any, tx: Transaction
    ) -> Any:
        change: Change = original(desk, call, home, decision, tx)
        core = desk._core
        if change.call.owner.provider == core.operator and change.call.owner != home:

            def late(then: Transaction) -> None:
                live = core.live(call.call_id)
                core.record(then, live, Change(live.call.model_copy(update={"owner": home})))

            _later(core, tx, late)
        return change

    patch.around(HandsetDesk, "_direct", direct)


def _placed_late(patch: Patch, refused: Callable[[Any, Any, Any], Refusal | None]) -> None:
    """Refuse a call for what ``refused(desk, who, link)`` gives, and make it a second later.

    Whatever else would refuse it is taken away by the mutant.
    """
    placing: set[asyncio.Task[Any]] = set()

    async def place_call(original: Any, desk: Any, who: Any, body: Any, link: Any) -> Any:
        async def late() -> None:
            await asyncio.sleep(LATE_S)
            await original(desk, who, body, link)

        if (code := refused(desk, who, link)) is None:
            return await original(desk, who, body, link)
        placing.add(asyncio.create_task(late()))
        raise Refused(code, "not taken")

    patch.around(HandsetDesk, "place_call", place_call)


@mutant(
    "bound-and-rings-late",
    kills={"BOUND-PLAIN": "no refused press is at the center"},
)
def bound_and_rings_late(patch: Patch) -> None:
    """Who calls too often is refused, and the call rings a second later."""
    made: Counter[UUID] = Counter()

    def fourth(_desk: Any, who: Any, _link: Any) -> Refusal | None:
        made[who.registrant_id] += 1
        return Refusal.TOO_MANY if made[who.registrant_id] == 4 else None

    _placed_late(patch, fourth)


@mutant(
    "suspended-rings-late",
    kills={"ADMIT-SUSPENDED": "no refused call is at the center"},
)
def suspended_rings_late(patch: Patch) -> None:
    """A suspended registrant's call is refused, and rings a second later."""
    found_as_they_are = Registry.registrant

    def registrant(original: Any, *arguments: Any) -> Any:
        return replace(original(*arguments), state=RegistrationState.APPROVED)

    def suspended(desk: Any, who: Any, _link: Any) -> Refusal | None:
        found = found_as_they_are(desk._registry, who.registrant_id)
        is_suspended = found.state is RegistrationState.SUSPENDED
        return Refusal.REGISTRANT_SUSPENDED if is_suspended else None

    patch.around(Registry, "registrant", registrant)
    _placed_late(patch, suspended)


@mutant(
    "plaintext-rings-late",
    kills={"PLAINTEXT-REFUSED": "nothing else rings"},
)
def plaintext_rings_late(patch: Patch) -> None:
    """A plaintext call is refused where that is not allowed, and rings a second later."""

    def in_plaintext(_desk: Any, _who: Any, link: Any) -> Refusal | None:
        return Refusal.PLAINTEXT_NOT_ALLOWED if link is LinkSecurity.PLAINTEXT else None

    patch(Config, "plaintext_allowed", lambda _self, _profile: True)
    _placed_late(patch, in_plaintext)
