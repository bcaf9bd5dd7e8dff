"""The record of those who cannot evacuate, and attendance at installations."""

from typing import Any

from net119_protocol.api import alarm_register as api
from net119_reference.alarms import ledger
from net119_reference.service.alarms.office import RegisterOffice
from net119_reference.service.alarms.register_reading import RegisterReading

from tests.mutants.registry import Patch, mutant


@mutant(
    "ledger-not-attached",
    kills={
        "REGISTER-EVACUATION": "the record is there from the entry on, with the ledger's copy",
    },
)
def ledger_not_attached(patch: Patch) -> None:
    """The record has its own number and day, and a ledger without its user."""

    async def record(original: Any, *given: Any) -> Any:
        made = await original(*given)
        bare = made.ledger.model_copy(update={"user": None})
        return api.EvacuationRecord(registration=made.registration, since=made.since, ledger=bare)

    patch.around(RegisterReading, "evacuation_record", record)


@mutant(
    "old-copy-attached",
    kills={"REGISTER-EVACUATION": "the copy is the ledger as it is now"},
)
def old_copy_attached(patch: Patch) -> None:
    """The copy is made once, and stays as it was."""
    copies: dict[int, Any] = {}

    async def record(original: Any, office: Any, who: Any, number: int, purpose: str) -> Any:
        made = await original(office, who, number, purpose)
        return copies.setdefault(number, made)

    patch.around(RegisterReading, "evacuation_record", record)


@mutant(
    "records-of-all-stations",
    kills={"REGISTER-EVACUATION": "another station does not see it"},
)
def records_of_all_stations(patch: Patch) -> None:
    """Every station sees every ledger."""
    patch(RegisterOffice, "_sees", lambda *_: True)


@mutant(
    "evacuation-record-stays",
    kills={"REGISTER-EVACUATION": "after the return there is no such record"},
)
def evacuation_record_stays(patch: Patch) -> None:
    """A unit that goes back leaves the record as it was."""

    def returned(original: Any, of: Any, *given: Any) -> Any:
        kept = {"user": of.user, "evacuation_record": True}
        return original(of, *given).model_copy(update=kept)

    patch.around(ledger, "unit_returned", returned)


@mutant(
    "attendance-unasked",
    kills={"REGISTER-ATTENDANCE": "what is asked waits as the station's work, with its day"},
)
def attendance_unasked(patch: Patch) -> None:
    """That the station was asked is kept nowhere."""
    patch(ledger, "attendance_asked", lambda of, *_: of)


@mutant("any-visit-attends", kills={"REGISTER-ATTENDANCE": "guidance is no attendance"})
def any_visit_attends(patch: Patch) -> None:
    """Any visit ends what the station was asked."""

    def visit(original: Any, of: Any, made: Any, now: Any) -> Any:
        after = original(of, made, now)
        asked = after.attendance
        done = None if asked is None else asked.model_copy(update={"attended_on": made.on})
        return after.model_copy(update={"attendance": done})

    patch.around(ledger, "visit", visit)


@mutant(
    "attendance-waits-for-ever",
    kills={"REGISTER-ATTENDANCE": "attendance ends it, and its day is kept"},
)
def attendance_waits_for_ever(patch: Patch) -> None:
    """A visit to the installation leaves the question as it was."""

    def visit(original: Any, of: Any, made: Any, now: Any) -> Any:
        return original(of, made, now).model_copy(update={"attendance": of.attendance})

    patch.around(ledger, "visit", visit)


@mutant(
    "declined-without-reason",
    kills={"REGISTER-ATTENDANCE": "a station that cannot attend leaves its reason"},
)
def declined_without_reason(patch: Patch) -> None:
    """A station that cannot attend just drops the question."""

    def declined(_original: Any, of: Any, _why: str) -> Any:
        return of.model_copy(update={"attendance": None})

    patch.around(ledger, "attendance_declined", declined)
