"""What must not come, coming a second late: a short look sees nothing of it."""

import asyncio
import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from net119_protocol.api.common import LineFrame, LineStored
from net119_protocol.api.staff import RegistrationState
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, LinkSecurity, Positioning, Refusal
from net119_protocol.interconnect import MessageType, bodies
from net119_reference.calls import callee
from net119_reference.calls.effects import Change, Send
from net119_reference.config import Config
from net119_reference.ports import Refused
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.inbound import Inbound
from net119_reference.service.kernel import Transaction
from net119_reference.service.peer_rules import PeerRules
from net119_reference.service.registry import Registry

from tests.mutants.registry import Patch, mutant

LATE_S = 1.15
_KEPT = "one owner, and no line lost, repeated or out of order"


def later(core: Any, tx: Transaction, work: Callable[[Transaction], None]) -> None:
    """Do it a second after the transaction."""
    tx.after(functools.partial(core.kernel.at, tx.now + timedelta(seconds=LATE_S), work))


def _on_offer(patch: Patch, late: Callable[[Any, Transaction, Any, Any, Any], None]) -> None:
    """Let ``late(core, tx, live, received, offer)`` follow each offer."""

    def on_offer(
        original: Any, rules: Any, tx: Transaction, live: Any, received: Any, offer: Any
    ) -> None:
        original(rules, tx, live, received, offer)
        core = rules._core
        later(core, tx, lambda then: late(core, then, live, received, offer))

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

        later(core, tx, late)

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

            later(core, tx, late)
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

        later(inbound._core, tx, late)

    patch.around(Inbound, "_hold", hold)


def _show_again_late(core: Any, tx: Transaction, live: Any, body: Any) -> None:
    if isinstance(body, bodies.ChatMessage):
        line = ChatLine.model_validate(body.model_dump())
        frame = LineFrame(call_id=live.call_id, line=line)
        later(core, tx, lambda _: core.hub.to_consoles(live.call.centers, lambda _: frame))


@mutant(
    "repeat-shown-again",
    kills={"MSG-DUPLICATE": "the console shows the repeated line once"},
)
def repeat_shown_again(patch: Patch) -> None:
    """A repeated line is recorded once, and shown to the dispatcher a second time, a second late.

    It keeps its number.
    """

    def repeat(original: Any, inbound: Any, tx: Any, live: Any, received: Any, known: Any) -> None:
        original(inbound, tx, live, received, known)
        _show_again_late(inbound._core, tx, live, received.envelope.body)

    patch.around(Inbound, "_repeat", repeat)


@mutant("held-line-shown-again", kills={"MSG-GAP": "they are shown in order, once each"})
def held_line_shown_again(patch: Patch) -> None:
    """What waited for an earlier message is shown when that has come, and a second later again."""

    def release(original: Any, inbound: Any, tx: Any, live: Any, sender: Any) -> None:
        waiting = [each.envelope.body for (name, _), each in live.held.items() if name == sender]
        original(inbound, tx, live, sender)
        for body in waiting:
            _show_again_late(inbound._core, tx, live, body)

    patch.around(Inbound, "_release", release)


@mutant(
    "late-answer-told-late",
    kills={"UNANSWERED-HERE": "the anchor is never told that somebody answered"},
)
def late_answer_told_late(patch: Patch) -> None:
    """The anchor hears a second later of a press on “answer” that was refused."""

    async def answer(original: Any, desk: Any, who: Any, call_id: Any) -> Any:
        live, call = desk.seen(who, call_id)
        core = desk._core

        def tell(then: Transaction) -> None:
            ringing = call.model_copy(update={"state": CallState.RINGING})
            for effect in callee.answer(ringing, who.name, then.now).effects:
                if isinstance(effect, Send):
                    core.send(then, live, effect)

        if not call.open:
            await core.kernel.run(lambda tx: later(core, tx, tell))
        return await original(desk, who, call_id)

    patch.around(ConsoleDesk, "answer", answer)


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

            later(core, tx, late)
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
    "without-positioning-rings-late",
    kills={
        "PAGE-CALL-POSITIONING-OFF": "no call without positioning rings later, either",
        "MOBILE-POSITIONING-OFF": "the call without positioning does not ring later, either",
    },
)
def without_positioning_rings_late(patch: Patch) -> None:
    """Who calls with positioning off is refused, and the call rings a second later."""
    placing: set[asyncio.Task[Any]] = set()

    async def place_call(original: Any, desk: Any, who: Any, body: Any, link: Any) -> Any:
        async def late() -> None:
            await asyncio.sleep(LATE_S)
            await original(desk, who, unlocated, link)

        if body.positioning is not Positioning.ON:
            unlocated = body.model_copy(update={"positioning": Positioning.ON, "fix": None})
            placing.add(asyncio.create_task(late()))
        return await original(desk, who, body, link)

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
