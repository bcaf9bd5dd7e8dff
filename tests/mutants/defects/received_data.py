"""A caller's data shown to those who have not got the call, or looked at without a trace."""

import dataclasses
from datetime import timedelta
from typing import Any
from uuid import UUID

from net119_protocol.codes import DiscrepancyKind
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.person import OptionalData
from net119_reference.calls import callee, offers
from net119_reference.calls.effects import Change, Send
from net119_reference.calls.model import Call, Side
from net119_reference.service import recorded_acts
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.core import Core
from net119_reference.service.recorded_acts import RecordedActs

from tests.mutants.registry import Patch, mutant


@mutant(
    "offers-shown-before-the-assignment",
    kills={"RECEIVED-DATA": "accepted and not assigned: the console shows nothing of the call"},
)
def shown_before(patch: Patch) -> None:
    """The console shows a call as soon as it is offered, and keeps it whatever comes of it."""

    def accept(original: Any, *arguments: Any, **named: Any) -> Change:
        change: Change = original(*arguments, **named)
        unit = arguments[3]
        call = change.call.model_copy(update={"centers": (unit.center,)})
        return dataclasses.replace(change, call=call)

    patch.around(callee, "accept", accept)


@mutant(
    "withdrawn-calls-stay",
    kills={
        "RECEIVED-DATA": "withdrawn before the assignment: the console shows nothing of the call",
    },
)
def withdrawn_stay(patch: Patch) -> None:
    """A call that was withdrawn before it came is shown as one that was missed."""

    asked: dict[UUID, str] = {}

    def accept(original: Any, *arguments: Any, **named: Any) -> Change:
        change: Change = original(*arguments, **named)
        asked[change.call.call_id] = arguments[3].center
        return change

    def on_withdraw(original: Any, call: Call, *arguments: Any) -> Change:
        change: Change = original(call, *arguments)
        centers = call.centers or (asked[call.call_id],)
        return dataclasses.replace(change, call=change.call.model_copy(update={"centers": centers}))

    patch.around(callee, "accept", accept)
    patch.around(callee, "on_withdraw", on_withdraw)


@mutant(
    "calls-shown-to-every-center",
    kills={"RECEIVED-DATA": "another center of the same provider sees nothing of the call"},
)
def to_every_center(patch: Patch) -> None:
    """Whoever knows the number of a call can read its record."""

    def seen(_original: Any, desk: ConsoleDesk, _who: Any, call_id: UUID) -> Any:
        return desk._core.call_here(call_id)

    patch.around(ConsoleDesk, "seen", seen)


@mutant(
    "foreign-looks-not-audited",
    kills={
        "RECEIVED-DATA": "each look at the record is in the department's audit log, "
        "with the reader",
        "DISCLOSURE-RECORDED": "elsewhere: the audit trail has every receiver",
    },
)
def foreign_looks(patch: Patch) -> None:
    """Looks at other providers' registrants stand in a trail that nobody here may read."""
    patch(Call, "accountable", lambda call, _center: call.home.department.code)


@mutant(
    "looks-of-the-desk",
    kills={
        "RECEIVED-DATA": "each look at the record is in the department's audit log, "
        "with the reader",
    },
)
def of_the_desk(patch: Patch) -> None:
    """The log says that a record was read at a console, and not by whom."""

    def call_record(original: Any, desk: ConsoleDesk, who: Any, call_id: UUID) -> Any:
        return original(desk, dataclasses.replace(who, name="指令台"), call_id)

    patch.around(ConsoleDesk, "call_record", call_record)


@mutant(
    "disclosures-of-the-desk",
    kills={"DISCLOSURE-RECORDED": "the calls' record names each of the two dispatchers"},
)
def disclosed_by_the_desk(patch: Patch) -> None:
    """A disclosure is put down to the console at which it was recorded."""

    def disclose(original: Any, acts: RecordedActs, who: Any, *given: Any) -> Any:
        return original(acts, dataclasses.replace(who, name="指令台"), *given)

    patch.around(RecordedActs, "disclose", disclose)


@mutant(
    "disclosures-audited-of-the-desk",
    kills={"DISCLOSURE-RECORDED": "the audit trail names each of the two dispatchers"},
)
def audited_of_the_desk(patch: Patch) -> None:
    """Of a disclosure the audit trail says that it was recorded at a console, and not by whom."""

    def audit(original: Any, acts: RecordedActs, tx: Any, who: Any, *given: Any) -> None:
        original(acts, tx, dataclasses.replace(who, name="指令台"), *given)

    patch.around(RecordedActs, "_audit", audit)


@mutant(
    "disclosures-at-another-hour",
    kills={"DISCLOSURE-RECORDED": "at home: each disclosure says when it was made"},
)
def at_another_hour(patch: Patch) -> None:
    """The time of day in Japan is kept as if it were UTC: nine hours from now."""
    _recorded_at(patch, timedelta(hours=9))


@mutant(
    "disclosures-at-another-minute",
    kills={"DISCLOSURE-RECORDED": "at home: each disclosure says when it was made"},
)
def at_another_minute(patch: Patch) -> None:
    """The time is that of the next minute, with the seconds of this one."""
    _recorded_at(patch, timedelta(minutes=1))


def _recorded_at(patch: Patch, later: timedelta) -> None:
    """A disclosure is recorded as made so much later."""

    def kept(original: Any, **values: Any) -> Any:
        return original(**{**values, "at": values["at"] + later})

    patch.around(recorded_acts, "CallDisclosure", kept)


@mutant(
    "disclosures-audited-at-another-hour",
    kills={"DISCLOSURE-RECORDED": "elsewhere: the audit trail says when each was made"},
)
def audited_at_another_hour(patch: Patch) -> None:
    """The audit trail keeps the time of day in Japan as if it were UTC."""
    _audited_at(patch, timedelta(hours=9))


@mutant(
    "disclosures-audited-at-another-minute",
    kills={"DISCLOSURE-RECORDED": "at home: the audit trail says when each was made"},
)
def audited_at_another_minute(patch: Patch) -> None:
    """The audit trail puts a disclosure a minute before it was made."""
    _audited_at(patch, timedelta(minutes=-1))


def _audited_at(patch: Patch, later: timedelta) -> None:
    """The audit trail puts a disclosure so much later."""

    def audit(original: Any, acts: RecordedActs, tx: Any, *given: Any) -> None:
        original(acts, _Later(tx, later), *given)

    patch.around(RecordedActs, "_audit", audit)


class _Later:
    """A transaction that is so much ahead."""

    def __init__(self, tx: Any, later: timedelta) -> None:
        self._tx = tx
        self.now = tx.now + later

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)


@mutant(
    "disclosures-audited-without-what",
    kills={
        "DISCLOSURE-RECORDED": "at home: the audit trail says of each receiver what was given",
    },
)
def audited_without_what(patch: Patch) -> None:
    """The audit trail says to whom something was given, and not what."""

    def audit(original: Any, acts: RecordedActs, tx: Any, *given: Any) -> None:
        *others, what = given
        original(acts, tx, *others, what.partition(":")[0])

    patch.around(RecordedActs, "_audit", audit)


@mutant(
    "data-of-an-earlier-call",
    kills={
        "RECEIVED-DATA": "optional data that were not sent are not taken from an earlier call",
    },
)
def of_an_earlier_call(patch: Patch) -> None:
    """What was once sent of a person is kept, and fills what a later offer lacks."""
    known: dict[str, OptionalData] = {}

    def accept(original: Any, *arguments: Any, **named: Any) -> Change:
        change: Change = original(*arguments, **named)
        person = change.call.registrant
        if person.optional is not None:
            known[person.mail] = person.optional
        filled = person.model_copy(update={"optional": person.optional or known.get(person.mail)})
        return dataclasses.replace(
            change, call=change.call.model_copy(update={"registrant": filled})
        )

    patch.around(callee, "accept", accept)


@mutant(
    "offers-without-optional-data",
    kills={"OFFERED-DATA": "the offer has the optional data as they were registered"},
)
def without_optional(patch: Patch) -> None:
    """Optional data stay at home: the crew that goes learns nothing of them."""

    def body(original: Any, *arguments: Any, **named: Any) -> Any:
        offer = original(*arguments, **named)
        return offer.model_copy(
            update={"registrant": offer.registrant.model_copy(update={"optional": None})}
        )

    patch.around(offers, "offer_body", body)


@mutant(
    "neighbours-told-of-every-call",
    kills={"OFFERED-DATA": "nothing but that offer has told the peer of optional data"},
)
def neighbours_told(patch: Patch) -> None:
    """Every peer gets a report of each call with all of the caller's data, to be prepared."""

    def record(original: Any, core: Core, tx: Any, live: Any, change: Change) -> Call:
        before = live.call
        call: Call = original(core, tx, live, change)
        if before is None and call.side is Side.ANCHOR:
            report = bodies.DiscrepancyReport(
                kind=DiscrepancyKind.OTHER,
                detail=call.registrant.model_dump_json(),
                reported_by="machine",
            )
            for peer in core.peers.all():
                if core.peers.running(peer.operator):
                    message = Send(peer.operator, MessageType.DISCREPANCY_REPORT, report)
                    core.send(tx, live, message)
        return call

    patch.around(Core, "record", record)


@mutant(
    "disclosure-to-peers-not-audited",
    kills={"OFFERED-DATA": "the audit log says that the data went to that provider"},
)
def disclosure_not_audited(patch: Patch) -> None:
    """That data went to another provider stands nowhere."""
    patch(Core, "_note_disclosure", lambda *_: None)
