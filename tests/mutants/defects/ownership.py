"""Who owns a call."""

import dataclasses
from typing import Any

from net119_protocol.codes import CallState
from net119_protocol.interconnect import MessageType, bodies
from net119_reference.calls import anchor, callee
from net119_reference.calls.effects import Change, Send
from net119_reference.calls.model import Offer
from net119_reference.service.peer_rules import PeerRules

from tests.mutants.registry import Patch, mutant


@mutant(
    "late-accept-ignored",
    kills={
        "CROSSED-CLOSE": "closed first: the acceptance is answered by call.withdraw",
        "OWNER-LATE-ACCEPT": "the late acceptance is answered",
        "BAD-ANSWERS": "late-accept: it is refused with a reason, and logged",
        "TRANSFER-SILENT": "a late acceptance is answered",
    },
)
def late_accept_ignored(patch: Patch) -> None:
    """A late acceptance is not answered, so its sender goes on waiting for the call."""

    def on_accept(original: Any, call: Any, *arguments: Any, **named: Any) -> Any:
        if call.offer is None:
            return Change(call)
        return original(call, *arguments, **named)

    patch.around(anchor, "on_accept", on_accept)


@mutant(
    "late-accept-assigned",
    kills={
        "BAD-ANSWERS": "late-accept: one owner, and no line lost, repeated or out of order",
        "OWNER-LATE-ACCEPT": "it is answered by call.withdraw",
        "TRANSFER-SILENT": "it is answered by call.withdraw",
    },
)
def late_accept_assigned(patch: Patch) -> None:
    """A late acceptance takes the call away from the department that has it by now."""

    def on_accept(original: Any, call: Any, sender: str, body: Any, **named: Any) -> Any:
        if call.offer is None:
            department = call.home.department.model_copy(update={"code": body.department})
            pending = Offer(
                peer=sender,
                department=department,
                message_id=named["in_reply_to"],
                last_seq=0,
                expires_at=named["now"],
                attempts_left=0,
            )
            return anchor._assign(
                call.model_copy(update={"state": CallState.OFFERING}),
                pending,
                body.center,
                named["message_id"],
                named["now"],
                named["timing"],
            )
        return original(call, sender, body, **named)

    patch.around(anchor, "on_accept", on_accept)


@mutant(
    "old-epoch-taken",
    kills={
        "BAD-MESSAGES-OWNER": "stale-epoch: it is refused with a reason, and logged",
        "CROSSED-BOTH-ASK": "both ask: what crossed is refused",
        "OWNER-STALE-EPOCH": "the line under the old epoch is refused",
        "TRANSFER-ASKED": "the error for a line under its old epoch says stale-epoch",
    },
)
def old_epoch_taken(patch: Patch) -> None:
    """The epoch of a message is not looked at."""

    def at_anchor(original: Any, rules: Any, tx: Any, live: Any, call: Any, received: Any) -> None:
        envelope = received.envelope.model_copy(update={"epoch": call.epoch})
        original(rules, tx, live, call, dataclasses.replace(received, envelope=envelope))

    patch.around(PeerRules, "_at_anchor", at_anchor)


@mutant(
    "rings-when-offered",
    kills={"OWNER-ASSIGN-ONLY": "an accepted but unassigned call does not ring"},
)
def rings_when_offered(patch: Patch) -> None:
    """The provider takes its own acceptance for the assignment."""

    def accept(original: Any, *arguments: Any, **named: Any) -> Change:
        change: Change = original(*arguments, **named)
        _envelope, _offer, sender, unit, _now = arguments
        rings = Send(sender, MessageType.CALL_RINGING, bodies.CallRinging(center=unit.center))
        return dataclasses.replace(change, effects=(*change.effects, rings))

    patch.around(callee, "accept", accept)


@mutant(
    "withdrawal-ignored",
    kills={"OWNER-ASSIGN-ONLY": "a withdrawn call is no longer owned at the console"},
)
def withdrawal_ignored(patch: Patch) -> None:
    """A call that was withdrawn stays on the console."""
    patch.around(callee, "on_withdraw", lambda _original, call, *_: Change(call))


@mutant(
    "accepted-after-one-attempt-withdrawn",
    kills={"TRANSFER-DONE": "the acceptance is answered by call.assign"},
)
def accepted_after_one_attempt_withdrawn(patch: Patch) -> None:
    """Who accepts a transfer only when it was offered again is told that this was too late."""

    def on_accept(original: Any, call: Any, *arguments: Any, **named: Any) -> Any:
        again = call.offer is not None and not call.offer.attempts_left
        if again and call.state is CallState.TRANSFERRING:
            change = original(call.model_copy(update={"offer": None}), *arguments, **named)
            return dataclasses.replace(change, call=call)
        return original(call, *arguments, **named)

    patch.around(anchor, "on_accept", on_accept)
