"""Careless ways with peers that offer, assign, accept and own calls wrongly."""

import html
from typing import Any

from net119_protocol.codes import CallState, SenderRole
from net119_protocol.interconnect import MessageType
from net119_reference.calls import anchor, callee
from net119_reference.calls.anchor import Fallback
from net119_reference.calls.effects import Change
from net119_reference.calls.fallback import rejection
from net119_reference.calls.model import Offer
from net119_reference.service.inbound import Inbound
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


@mutant(
    "names-escaped-on-the-way",
    kills={
        "BAD-ANSWERS": f"script-in-names: {_KEPT}",
        "BAD-OFFERS": f"script-in-names: {_KEPT}",
    },
)
def names_escaped_on_the_way(patch: Patch) -> None:
    """Names are escaped when they come in, and no longer those that were written."""

    def answered(original: Any, call: Any, dispatcher: str, at: Any) -> Change:
        change: Change = original(call, html.escape(dispatcher), at)
        return change

    def accept(original: Any, envelope: Any, offer: Any, *rest: Any, **named: Any) -> Change:
        name = html.escape(offer.registrant.name)
        registrant = offer.registrant.model_copy(update={"name": name})
        offer = offer.model_copy(update={"registrant": registrant})
        change: Change = original(envelope, offer, *rest, **named)
        return change

    patch.around(anchor, "on_answered", answered)
    patch.around(callee, "accept", accept)


@mutant("accepted-twice-assigned-twice", kills={"BAD-ANSWERS": f"double-accept: {_KEPT}"})
def accepted_twice_assigned_twice(patch: Patch) -> None:
    """Each acceptance of the provider that has the call is answered by an assignment."""

    def on_accept(original: Any, call: Any, sender: str, body: Any, **named: Any) -> Any:
        if call.offer is None and call.peer == sender and call.open:
            again = Offer(
                peer=sender,
                department=call.owner.department,
                message_id=named["message_id"],
                last_seq=0,
                expires_at=named["now"],
                attempts_left=0,
            )
            return anchor._assign(
                call.model_copy(update={"state": CallState.OFFERING}),
                again,
                body.center,
                named["message_id"],
                named["now"],
                named["timing"],
            )
        return original(call, sender, body, **named)

    patch.around(anchor, "on_accept", on_accept)


@mutant("last-answer-counts", kills={"BAD-ANSWERS": f"auto-answer: {_KEPT}"})
def last_answer_counts(patch: Patch) -> None:
    """A second answer takes the place of the first one, in the record and for the caller."""

    def answered(original: Any, call: Any, dispatcher: str, at: Any) -> Change:
        if call.state is CallState.ANSWERED:
            return Change(call.model_copy(update={"answered_by": dispatcher, "answered_at": at}))
        change: Change = original(call, dispatcher, at)
        return change

    patch.around(anchor, "on_answered", answered)


@mutant("unasked-assignments-dropped", kills={"BAD-OFFERS": f"assign-unasked: {_REFUSED}"})
def unasked_assignments_dropped(patch: Patch) -> None:
    """An assignment of a call that was never offered is dropped without a word to its sender."""

    def refuse(
        original: Any, inbound: Any, received: Any, reason: Any, tx: Any, *rest: Any
    ) -> None:
        if received.envelope.type is not MessageType.CALL_ASSIGN:
            original(inbound, received, reason, tx, *rest)

    patch.around(Inbound, "_refuse_free", refuse)
