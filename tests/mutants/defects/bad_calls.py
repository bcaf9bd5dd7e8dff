"""Careless ways with peers that offer, assign, accept and own calls wrongly."""

from typing import Any

from net119_protocol.codes import CallState, SenderRole
from net119_protocol.interconnect import MessageType
from net119_reference.calls import anchor
from net119_reference.calls.anchor import Fallback
from net119_reference.calls.effects import Change
from net119_reference.calls.fallback import rejection
from net119_reference.service.jurisdiction import Jurisdiction
from net119_reference.service.peer_rules import PeerRules
from net119_reference.stomp_shell import endpoint, endpoint_connection
from net119_reference.stomp_shell.identity import NotServed

from tests.mutants.registry import Patch, mutant

_REFUSED = "it is refused with a reason, and logged"
_KEPT = "one owner, and no line lost, repeated or out of order"


@mutant("late-reject-obeyed", kills={"BAD-ANSWERS": f"reject-after-accept: {_KEPT}"})
def late_reject_obeyed(patch: Patch) -> None:
    """A rejection takes the call home even from who has answered it."""

    def refused(
        original: Any, call: Any, sender: str, detail: str, *rest: Any, **named: Any
    ) -> Any:
        if call.offer is None and call.peer == sender and call.open:
            why = Fallback(rejection(named["reason"]), (call.owner.department,))
            return anchor.take_home(call, why, *rest, console=named["console"])
        return original(call, sender, detail, *rest, **named)

    patch.around(anchor, "on_refused_offer", refused)


@mutant("answered-before-assigned", kills={"BAD-ANSWERS": f"answer-unassigned: {_REFUSED}"})
def answered_before_assigned(patch: Patch) -> None:
    """Whoever was offered a call may say that it has been answered."""

    def at_anchor(original: Any, rules: Any, tx: Any, live: Any, call: Any, received: Any) -> None:
        if received.envelope.type is MessageType.CALL_ANSWERED and received.sender in call.offered:
            rules._from_owner(tx, live, call, received)
            return
        original(rules, tx, live, call, received)

    patch.around(PeerRules, "_at_anchor", at_anchor)


@mutant("owners-speak-for-callers", kills={"BAD-ANSWERS": f"numbers-lines: {_REFUSED}"})
def owners_speak_for_callers(patch: Patch) -> None:
    """A line of the owner is taken whoever it says has written it."""

    def line(original: Any, rules: Any, tx: Any, live: Any, call: Any, got: Any, body: Any) -> None:
        plain = body.model_copy(update={"seq": None, "sender": SenderRole.DISPATCHER})
        original(rules, tx, live, call, got, plain)

    patch.around(PeerRules, "_line_of_owner", line)


@mutant("forgotten-calls-left", kills={"BAD-OWNER-LOST": f"forgetful: {_KEPT}"})
def forgotten_calls_left(patch: Patch) -> None:
    """An owner that does not know the call any more goes on to own it."""
    patch.around(anchor, "on_error", lambda _original, call, *_, **__: Change(call))


@mutant("dead-owners-left", kills={"BAD-OWNER-LOST": f"dies-in-call: {_KEPT}"})
def dead_owners_left(patch: Patch) -> None:
    """A call stays with an owner that has gone down, until it is back."""
    patch.around(anchor, "on_peer_lost", lambda _original, call, *_, **__: Change(call))


@mutant("assigned-over-and-over", kills={"BAD-OFFERS": f"double-assign: {_REFUSED}"})
def assigned_over_and_over(patch: Patch) -> None:
    """An assignment of a call that is answered here already is taken for the next epoch."""

    def assign(original: Any, rules: Any, tx: Any, live: Any, call: Any, *rest: Any) -> None:
        if call.state is CallState.ANSWERED:
            newer = call.model_copy(update={"epoch": rest[0].epoch})
            rules._core.record(tx, live, Change(newer))
            return
        original(rules, tx, live, call, *rest)

    patch.around(PeerRules, "_on_assign", assign)


@mutant("any-department-taken", kills={"BAD-OFFERS": f"unknown-department: {_REFUSED}"})
def any_department_taken(patch: Patch) -> None:
    """A call for a department that does not exist rings wherever the last one rang."""
    last: list[Any] = []

    def own_unit(original: Any, jurisdiction: Any, *asked: Any) -> Any:
        found = original(jurisdiction, *asked)
        if found is not None:
            last[:] = [found]
        return found or (last[0] if last else None)

    patch.around(Jurisdiction, "own_unit", own_unit)


@mutant("withdrawn-and-listened-to", kills={"BAD-OFFERS": f"withdraws-and-writes: {_REFUSED}"})
def withdrawn_and_listened_to(patch: Patch) -> None:
    """Lines of a call that was taken back are dropped without a word."""

    def at_callee(original: Any, rules: Any, tx: Any, live: Any, call: Any, received: Any) -> None:
        line = received.envelope.type is MessageType.CHAT_MESSAGE
        if line and received.envelope.epoch < call.epoch:
            return
        original(rules, tx, live, call, received)

    patch.around(PeerRules, "_at_callee", at_callee)


@mutant("strangers-are-somebody", kills={"BAD-SESSIONS": f"foreign-address: {_REFUSED}"})
def strangers_are_somebody(patch: Patch) -> None:
    """Whoever connects from an unknown address is taken for the first operator of the list."""

    def identify(original: Any, source: str, peers: Any) -> Any:
        found = original(source, peers)
        return peers[0] if isinstance(found, NotServed) and peers else found

    patch.around(endpoint, "identify", identify)
    patch(endpoint_connection, "certificate_refusal", lambda *_: None)
