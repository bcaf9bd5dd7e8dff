"""Retention: kept too short, kept for ever, and deletions that are none."""

import asyncio
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from net119_protocol.api.admin import Sweep, SweepOrder
from net119_reference.records import due, fiscal
from net119_reference.records.due import Act
from net119_reference.registration.states import Act as StateAct
from net119_reference.service.records import acts
from net119_reference.service.records.acts import Acts
from net119_reference.service.records.keeper import Keeper
from net119_reference.service.registration import review
from net119_reference.service.registration.office import Office
from net119_reference.service.registration.review import Review
from net119_reference.store import schema

from tests.mutants.defects.late import LATE_S
from tests.mutants.registry import Patch, mutant


@mutant(
    "years-from-last-use",
    kills={"RETAIN-FISCAL-YEARS": "last used on 31 March: kept until 31 March three years later"},
)
def years_from_last_use(patch: Patch) -> None:
    """The years are counted from the last use, not from the next 1 April."""

    def destroy_on(last_used: date, years: int) -> date:
        return last_used.replace(year=last_used.year + years)

    patch(due, "destroy_documents_on", destroy_on)


def sweep_late(patch: Patch, seconds: float) -> None:
    """What is due by the clock is done so many seconds after it was set."""
    under_way = set()

    async def sweep(original: Any, keeper: Keeper, order: SweepOrder) -> Sweep:
        async def late() -> None:
            await asyncio.sleep(seconds)
            await original(keeper, order)

        if not order.dry_run:
            under_way.add(asyncio.create_task(late()))
        seen: Sweep = await original(keeper, SweepOrder(dry_run=True))
        return seen

    patch.around(Keeper, "sweep", sweep)


@mutant(
    "years-from-last-use-late",
    kills={"RETAIN-FISCAL-YEARS": "last used on 31 March: kept until 31 March three years later"},
)
def years_from_last_use_late(patch: Patch) -> None:
    """The years are counted from the last use, and what is due is done a second later."""

    def destroy_on(last_used: date, years: int) -> date:
        return last_used.replace(year=last_used.year + years)

    patch(due, "destroy_documents_on", destroy_on)
    sweep_late(patch, LATE_S)


@mutant(
    "first-of-april-in-the-old-year",
    kills={"RETAIN-FISCAL-YEARS": "last used on 1 April: kept until 31 March four years later"},
)
def first_of_april_in_the_old_year(patch: Patch) -> None:
    """1 April counts as the last day of the fiscal year."""

    def fiscal_year(original: Any, day: date) -> Any:
        return original(day - timedelta(days=1))

    patch.around(fiscal, "fiscal_year", fiscal_year)


@mutant(
    "documents-never-destroyed",
    kills={"RETAIN-FISCAL-YEARS": "last used on 31 March: destroyed on 1 April three years later"},
)
def documents_never_destroyed(patch: Patch) -> None:
    """Registrants' data are kept for ever."""

    def retention(original: Any, *arguments: Any) -> Any:
        return [each for each in original(*arguments) if each.act is not Act.DESTROY]

    patch.around(due, "_retention", retention)


def _at_destruction(patch: Patch, defect: Any) -> None:
    """Let ``defect(acts, tx, registrant, calls)`` happen when a registrant's data are destroyed."""

    def carry_out(original: Any, these: Any, tx: Any, found: Any, dues: Any, calls: Any) -> None:
        if any(each.act is Act.DESTROY for each in dues):
            defect(these, tx, found, calls)
        original(these, tx, found, dues, calls)

    patch.around(Acts, "carry_out", carry_out)


@mutant(
    "calls-destroyed-with-the-registrant",
    kills={
        "RETAIN-CALLS": "the call record with the chat is there "
        "long after the registrant's data were due"
    },
)
def calls_destroyed_with_the_registrant(patch: Patch) -> None:
    """Call records have no period of their own."""
    _at_destruction(patch, lambda these, tx, _found, calls: these.destroy_calls(tx, calls))


@mutant(
    "names-struck-from-call-records",
    kills={
        "RETAIN-CALLS": "the registrant's data in the call record are there "
        "long after the registrant's data were due"
    },
)
def names_struck_from_call_records(patch: Patch) -> None:
    """With the registrant's data, their name goes from the call records, too."""

    def strike(these: Any, tx: Any, found: Any, calls: Any) -> None:
        table = schema.calls
        tx.write(
            sa.update(table)
            .where(table.c.registrant_id == str(found.registrant_id))
            .values(document=sa.func.replace(table.c.document, found.data.name, "-"))
        )
        for call_id in calls:
            tx.drop(these._core.lives, call_id)

    _at_destruction(patch, strike)


@mutant(
    "log-destroyed-with-the-registrant",
    kills={"RETAIN-CALLS": "the history of disclosures is there on the last day of the period"},
)
def log_destroyed_with_the_registrant(patch: Patch) -> None:
    """The audit log forgets a registrant as soon as their data are destroyed."""
    _at_destruction(
        patch, lambda these, tx, found, _calls: these._destroy_log(tx, found.registrant_id)
    )


@mutant(
    "call-records-kept-for-ever",
    kills={"RETAIN-CALLS": "the call record is gone after the period"},
)
def call_records_kept_for_ever(patch: Patch) -> None:
    """Call records are never destroyed."""
    patch(acts.Acts, "destroy_calls", lambda *_: None)


@mutant("deleted-data-kept", kills={"RETAIN-DELETED": "the live list has lost the person at once"})
def deleted_data_kept(patch: Patch) -> None:
    """A deletion on request marks the record, and keeps the data."""
    patch(review, "tombstone", lambda data: data)


@mutant("deleted-can-log-in", kills={"RETAIN-DELETED": "the log-in no longer works"})
def deleted_can_log_in(patch: Patch) -> None:
    """The log-in goes on to work after a deletion on request."""

    def act(original: Any, *given: Any, **changed: Any) -> Any:
        if StateAct.DESTROY in given:
            del changed["password_hash"]
        return original(*given, **changed)

    patch.around(Office, "act", act)


@mutant(
    "backups-keep-a-year",
    kills={"RETAIN-DELETED": "backups are to lose the data within about a month"},
)
def backups_keep_a_year(patch: Patch) -> None:
    """Backups get a year to lose deleted data."""
    patch(review, "timedelta", lambda days: timedelta(days=days + 335))


@mutant(
    "backups-keep-six-weeks",
    kills={"RETAIN-DELETED": "backups are to lose the data within about a month"},
)
def backups_keep_six_weeks(patch: Patch) -> None:
    """Backups lose deleted data with the next but one monthly round."""
    patch(review, "timedelta", lambda days: timedelta(days=days + 12))


@mutant(
    "everybody-deleted",
    kills={"RETAIN-DELETED": "the other person's data are untouched"},
)
def everybody_deleted(patch: Patch) -> None:
    """A deletion on request takes the other registrations of the department with it."""

    async def delete(original: Any, desk: Review, who: Any, wanted: Any, version: int) -> None:
        for each in desk._office.registry.all_of(who.department):
            if each.registrant_id != wanted:
                await original(desk, who, each.registrant_id, each.version)
        await original(desk, who, wanted, version)

    patch.around(Review, "delete_on_request", delete)
