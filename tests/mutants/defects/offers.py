"""The reference as the provider that is offered a call."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

from net119_protocol.api.common import LineFrame, LineStored
from net119_protocol.chat import ChatLine
from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import MessageType, bodies
from net119_reference.calls import callee
from net119_reference.calls.effects import Change, Send
from net119_reference.calls.model import Call
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.peer_refusals import PeerRefused
from net119_reference.service.peer_rules import PeerRules

from tests.mutants.defects.late import LATE_S
from tests.mutants.registry import Patch, mutant


@mutant(
    "answered-by-machine",
    kills={"OFFER-TAKEN": "there is no call.answered before a human answers"},
)
def answered_by_machine(patch: Patch) -> None:
    """The provider says that the call was answered as soon as it rings."""

    def on_assign(original: Any, call: Call, *arguments: Any) -> Change:
        _epoch, _unit, now, _timing = arguments
        body = bodies.CallAnswered(dispatcher="machine", answered_at=now)
        answered = Send(call.anchor, MessageType.CALL_ANSWERED, body)
        change: Change = original(call, *arguments)
        return dataclasses.replace(change, effects=(*change.effects, answered))

    patch.around(callee, "on_assign", on_assign)


@mutant("close-kept-to-itself", kills={"OFFER-TAKEN": "closing is confirmed to the dispatcher"})
def close_kept_to_itself(patch: Patch) -> None:
    """A dispatcher closes a call of another provider's caller, and the anchor is not asked."""

    def ask_to_close(_original: Any, call: Call, **_: Any) -> Change:
        return Change(call)

    patch.around(callee, "ask_to_close", ask_to_close)


@mutant(
    "own-line-confirmed",
    kills={
        "OFFER-LINE-NOT-CONFIRMED": "it is not acknowledged before the anchor's receipt",
        "BAD-SILENCE-OFFERING": "lost-receipt: one owner, and no line lost, "
        "repeated or out of order",
    },
)
def own_line_confirmed(patch: Patch) -> None:
    """A dispatcher's line is confirmed when it is sent, with the number it will probably get."""

    def say(
        original: Any, desk: ConsoleDesk, who: Any, call_id: Any, line: Any, tx: Transaction
    ) -> Any:
        stored = original(desk, who, call_id, line, tx)
        if isinstance(stored, LineStored):
            return stored
        likely = desk._core.live(call_id).last_seq + 1
        return LineStored(client_id=line.client_id, seq=likely, at=tx.now)

    patch.around(ConsoleDesk, "_say", say)


@mutant(
    "deadline-ignored",
    kills={
        "OFFER-EXPIRED": "the offer is rejected as expired",
        "BAD-OFFERS": "old-offer: it is refused with a reason, and logged",
    },
)
def deadline_ignored(patch: Patch) -> None:
    """An offer is taken however old it is."""

    def judge_offer(original: Any, offer: Any, mode: Any, ready: Any, _now: Any) -> Any:
        return original(offer, mode, ready, datetime(2000, 1, 1, tzinfo=UTC))

    patch.around(callee, "judge_offer", judge_offer)


@mutant(
    "accepted-for-an-empty-room",
    kills={"OFFER-NO-CONSOLE": "the offer is rejected as no-console"},
)
def accepted_for_an_empty_room(patch: Patch) -> None:
    """An offer is accepted whether a console is connected or not."""

    def judge_offer(original: Any, offer: Any, mode: Any, ready: Any, now: Any) -> Any:
        return original(offer, mode, dataclasses.replace(ready, console=True), now)

    patch.around(callee, "judge_offer", judge_offer)


@mutant(
    "modes-mixed",
    kills={
        "BAD-MESSAGES-OFFERING": "mode-mismatch: it is refused with a reason, and logged",
        "OFFER-MODE": "the line in another mode is refused",
    },
)
def modes_mixed(patch: Patch) -> None:
    """Within a call a message is taken whatever mode it says."""

    def apply(original: Any, rules: Any, tx: Any, live: Any, received: Any) -> None:
        if live.call is not None:
            envelope = received.envelope.model_copy(update={"mode": live.call.mode})
            received = dataclasses.replace(received, envelope=envelope)
        original(rules, tx, live, received)

    patch.around(PeerRules, "apply", apply)


@mutant(
    "other-mode-shown",
    kills={"OFFER-MODE": "the line in another mode is not shown at the console"},
)
def other_mode_shown(patch: Patch) -> None:
    """A line in another mode is refused and not recorded; consoles show it a second later."""

    def apply(original: Any, rules: Any, tx: Transaction, live: Any, received: Any) -> None:
        body, core = received.envelope.body, rules._core
        try:
            original(rules, tx, live, received)
        except PeerRefused as refused:
            if refused.code is ErrorCode.MODE_MISMATCH and isinstance(body, bodies.ChatMessage):
                line = ChatLine.model_validate(body.model_dump())
                frame = LineFrame(call_id=live.call_id, line=line)
                centers = live.call.centers

                def late(_then: Transaction) -> None:
                    core.hub.to_consoles(centers, lambda _: frame)

                # Not after the transaction: a refusal undoes what was to follow it.
                core.kernel.at(tx.now + timedelta(seconds=LATE_S), late)
            raise

    patch.around(PeerRules, "apply", apply)


@mutant(
    "record-without-the-caller",
    kills={"OFFER-TAKEN": "both records agree"},
)
def record_without_the_caller(patch: Patch) -> None:
    """A line of the anchor is shown and confirmed, and not written to the record."""

    def store_line(original: Any, core: Core, tx: Transaction, *what: Any) -> Any:
        mark = len(tx.writes)
        said = original(core, tx, *what)
        if core.live(what[0].call_id).known().anchor != core.operator:
            del tx.writes[mark:]
        return said

    patch.around(Core, "store_line", store_line)
