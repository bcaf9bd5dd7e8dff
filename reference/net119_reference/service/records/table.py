"""What a sweep did or would do, as counts by department and kind; it names nobody."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from net119_protocol.api import admin

from net119_reference.records.due import Act, Due
from net119_reference.records.fiscal import japan_day
from net119_reference.registration.deleted import Deleted
from net119_reference.registration.links import KEPT, Link
from net119_reference.service.records.facts import Facts

_ORDER = {act: number for number, act in enumerate(Act)}


@dataclass(frozen=True)
class Plan:
    """What is due at a moment: acts by registration, and the rest by kind."""

    at: datetime
    facts: Facts
    records: tuple[tuple[UUID, str, tuple[Due, ...]], ...]
    again: tuple[Deleted, ...]
    peer_calls: dict[UUID, date]
    """Calls of other providers' registrants, and the day on which they were due."""
    drafts: tuple[Link, ...]
    links: tuple[Link, ...]
    sessions: int
    letters: int


def table(plan: Plan) -> tuple[admin.SweepRow, ...]:
    """The rows of a plan, by department."""
    kind = admin.RecordAct
    rows = list(_of_registrations(plan))
    rows += _counted(kind.DELETE_AGAIN, ((each.department, each.at) for each in plan.again))
    rows += _counted(kind.DELETE_DRAFT, ((each.department, each.ends_at) for each in plan.drafts))
    ends = ((each.department, each.ends_at + KEPT) for each in plan.links)
    rows += _counted(kind.DELETE_LINK, ends)
    rows.sort(key=lambda row: row.department)
    if plan.peer_calls:
        rows.append(
            admin.SweepRow(
                act=kind.DESTROY_PEER_CALLS,
                rule="retention.call_records_days",
                count=len(plan.peer_calls),
                first_due=min(plan.peer_calls.values()),
                last_due=max(plan.peer_calls.values()),
            )
        )
    for act, count in ((kind.DELETE_SESSION, plan.sessions), (kind.DELETE_LETTER, plan.letters)):
        if count:
            rows.append(admin.SweepRow(act=act, count=count))
    return tuple(rows)


def _of_registrations(plan: Plan) -> Iterator[admin.SweepRow]:
    groups: dict[tuple[str, Act, str], list[tuple[UUID, date]]] = {}
    for registrant_id, department, dues in plan.records:
        for due in dues:
            group = groups.setdefault((department, due.act, due.rule), [])
            group.append((registrant_id, due.since))
    for (department, act, rule), found in sorted(
        groups.items(), key=lambda group: (group[0][0], _ORDER[group[0][1]], group[0][2])
    ):
        yield admin.SweepRow(
            department=department,
            act=admin.RecordAct(act.value),
            rule=rule,
            count=len(found),
            first_due=min(day for _, day in found),
            last_due=max(day for _, day in found),
            registrant_ids=tuple(sorted((each for each, _ in found), key=str)),
        )


def _counted(
    act: admin.RecordAct, found: Iterable[tuple[str, datetime]]
) -> Iterator[admin.SweepRow]:
    groups: dict[str, list[date]] = {}
    for department, at in found:
        groups.setdefault(department, []).append(japan_day(at))
    for department, days in groups.items():
        yield admin.SweepRow(
            department=department,
            act=act,
            count=len(days),
            first_due=min(days),
            last_due=max(days),
        )
