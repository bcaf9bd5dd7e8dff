"""The register of users: cards from the ward office, ledgers, visits, moves and returns.

Articles 3 to 6, 8 and 9: KYO-01 to KYO-03, KYO-14, KYO-15, KYO-18 to KYO-22, KYO-24.
Days are calendar days in Japan.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from net119_protocol.alarms.people import (
    AlarmUser,
    Attendance,
    Consultation,
    Entry,
    EntryKind,
    EntryState,
    HeardBy,
    HeardChange,
    Ledger,
    LedgerState,
    LedgerWay,
    NewVisit,
    Visit,
)

from net119_reference.alarms import guidance, helpers, homes, houses
from net119_reference.alarms.working_days import answer_due, working_days_after

GUIDANCE_DAYS = 5
"""Promptly after the installation (KYO-22); counted as working days, which is assumed."""
SECTION = "city-section"
TO_TELL = {
    HeardBy.CENTER: (SECTION, "bureau", "station"),
    HeardBy.STATION: ("user", "ward-office"),
}
"""Who must know of a change, by who has heard of it (KYO-20)."""
_CHECKS_HELPERS = frozenset({EntryKind.NEW, EntryKind.MOVE})


class NotEntered(Exception):
    """A piece of work cannot be done so; the text says why and what to do."""


@dataclass(frozen=True)
class Card:
    """The ward office's list and card of a new user (KYO-01)."""

    registration: int
    user: AlarmUser
    station: str
    received_on: date


def enter(card: Card, now: datetime, closed: Collection[date] = ()) -> Ledger:
    """A new user's ledger; the ward office is consulted where the helpers are not enough."""
    ledger = Ledger(
        registration=card.registration,
        state=LedgerState.ENTERED,
        station=card.station,
        user=card.user,
        helper_problems=helpers.problems(card.user.helpers),
        entered_on=card.received_on,
    )
    return _received(ledger, EntryKind.NEW, card.received_on, now, closed)


def change(
    ledger: Ledger,
    user: AlarmUser,
    kind: EntryKind,
    received_on: date,
    now: datetime,
    closed: Collection[date] = (),
    *,
    station: str = "",
) -> Ledger:
    """A change that the ward office tells; after a move the helpers are checked again (KYO-14).

    ``station`` is the one in charge of the new address; by default the same as before.

    Raises:
        NotEntered: the user has no unit any more, or a move was entered as a change.
    """
    if ledger.user is None:
        raise NotEntered(f"user {ledger.registration} has no unit any more: nothing to change")
    if kind not in (EntryKind.CHANGE, EntryKind.MOVE):
        raise NotEntered(f"{kind.value} is no change of a ledger")
    if kind is EntryKind.CHANGE and homes.moved(ledger.user, user):
        raise NotEntered(
            "the address is another one: enter it as a 'move', so that station, helpers and "
            "household number are those of the new home (KYO-14)"
        )
    found = helpers.problems(user.helpers)
    changed = ledger.model_copy(
        update={
            "user": user,
            "house": houses.following(ledger.house, user),
            "station": station or ledger.station,
            "helper_problems": found,
            "entries": ledger.entries if found else tuple(map(_agreed, ledger.entries)),
            # The number belongs to the old address until the new household's is entered.
            "household": None if kind is EntryKind.MOVE else ledger.household,
        }
    )
    return _received(changed, kind, received_on, now, closed)


def consulted(ledger: Ledger, number: int, now: datetime, answer: str, *, accepted: bool) -> Ledger:
    """The ward office has answered about the helpers.

    Raises:
        NotEntered: it was not asked.
    """
    entry = _entry(ledger, number)
    asked = entry.consultation
    if asked is None or entry.state is not EntryState.CONSULTING:
        raise NotEntered(f"the ward office was not asked about entry {number}")
    told = asked.model_copy(update={"answered_at": now, "answer": answer, "accepted": accepted})
    enough = accepted or not ledger.helper_problems
    state = EntryState.RECEIVED if enough else EntryState.CONSULTING
    return _replace(ledger, entry, entry.model_copy(update={"consultation": told, "state": state}))


def give_back(ledger: Ledger, number: int, household: str, on: date, survey: str = "") -> Ledger:
    """List and card go back with the household number on them (KYO-01, KYO-03, KYO-19).

    Of a user whose unit went back no household number is kept, whatever is given (KYO-15).

    Raises:
        NotEntered: the ward office has not answered, they went back already, the unit's return
            ended the entry, or the household number is missing.
    """
    entry = _entry(ledger, number)
    if entry.state is EntryState.RETURNED:
        raise NotEntered(f"entry {number} went back on {entry.returned_on}")
    if entry.state is EntryState.ENDED:
        raise NotEntered(f"entry {number} ended when the unit went back; nothing goes back of it")
    if entry.state is EntryState.CONSULTING:
        raise NotEntered("the ward office has not agreed about the helpers yet (KYO-02)")
    gone = entry.kind is EntryKind.UNIT_RETURNED
    if not household.strip() and not gone:
        raise NotEntered("enter the household number; the card needs it (KYO-03)")
    done = entry.model_copy(
        update={
            "state": EntryState.RETURNED,
            "household": None if gone else household,
            "returned_on": on,
            "late": on > entry.due,
            "survey": survey or entry.survey,
        }
    )
    changed = _replace(ledger, entry, done)
    return changed if gone else changed.model_copy(update={"household": household})


def ledger_at_section(ledger: Ledger, on: date) -> Ledger:
    """The city section has the ledger from the welfare bureau (KYO-19).

    Raises:
        NotEntered: it had it before.
    """
    if ledger.way is not None:
        raise NotEntered(f"the city section has that ledger since {ledger.way.section_on}")
    return ledger.model_copy(update={"way": LedgerWay(section_on=on)})


def ledger_at_station(ledger: Ledger, on: date, closed: Collection[date] = ()) -> Ledger:
    """The city section has sent the ledger on to the station (KYO-19).

    Raises:
        NotEntered: the city section does not have it, or sent it before.
    """
    if ledger.way is None:
        raise NotEntered("the city section does not have that ledger yet (KYO-19)")
    if ledger.way.station_on is not None:
        raise NotEntered(f"the station has that ledger since {ledger.way.station_on}")
    way = ledger.way.model_copy(update={"station_on": on})
    return _with_guidance(ledger.model_copy(update={"way": way}), closed)


def install(ledger: Ledger, unit_id: str, on: date, closed: Collection[date] = ()) -> Ledger:
    """The unit is in the user's house: the first one, one put up anew after a move, or another.

    Another one takes the place of one that is broken; day and first guidance are the first one's.

    Raises:
        NotEntered: the user has none any more.
    """
    if ledger.user is None:
        raise NotEntered(f"user {ledger.registration} has no unit any more; enter a new card")
    hangs = {"unit_id": unit_id, "house": houses.of(ledger.user)}
    if ledger.state is LedgerState.INSTALLED:
        return ledger.model_copy(update=hangs)
    changed = {**hangs, "state": LedgerState.INSTALLED, "installed_on": on}
    return _with_guidance(ledger.model_copy(update=changed), closed)


def _with_guidance(ledger: Ledger, closed: Collection[date]) -> Ledger:
    """When the first guidance is due, once unit and ledger are there (KYO-22).

    The day of the installation, if the station had the ledger by then; else promptly.
    """
    station_on = ledger.way.station_on if ledger.way else None
    installed_on = ledger.installed_on
    if installed_on is None or station_on is None or guidance.given(ledger):
        return ledger
    due = installed_on
    if station_on > installed_on:
        due = working_days_after(station_on, GUIDANCE_DAYS, closed)
    return ledger.model_copy(update={"guidance_due": due})


def visit(ledger: Ledger, made: NewVisit, now: datetime) -> Ledger:
    """A visit; guidance says which of its points were left out (article 5).

    The first guidance stays due until every point was spoken of (KYO-22).

    Raises:
        NotEntered: the user has no unit any more.
    """
    if ledger.user is None:
        raise NotEntered(f"user {ledger.registration} has no unit any more: nobody to visit")
    needed = guidance.needed(ledger.user) if made.kind == "guidance" else ()
    missing = tuple(each for each in needed if each not in made.points)
    entry = Visit(**made.model_dump(), number=len(ledger.visits) + 1, missing=missing)
    visited = ledger.model_copy(update={"visits": (*ledger.visits, entry)})
    asked = ledger.attendance
    if made.kind == "installation" and asked is not None and asked.waits:
        attended = asked.model_copy(update={"attended_on": made.on})
        visited = visited.model_copy(update={"attendance": attended})
    if guidance.given(visited):
        visited = visited.model_copy(update={"guidance_due": None})
    if not made.changes_heard.strip():
        return visited
    return heard(visited, HeardBy.STATION, made.changes_heard, now)


def attendance_asked(ledger: Ledger, asked_on: date, planned_on: date | None) -> Ledger:
    """The station is asked to attend an installation (KYO-24); asked again, the day is moved.

    Raises:
        NotEntered: the user has no unit any more, or the day of the work lies before the question.
    """
    if ledger.user is None:
        raise NotEntered(f"user {ledger.registration} has no unit any more: nothing to attend")
    if planned_on is not None and planned_on < asked_on:
        raise NotEntered(f"the work ({planned_on}) lies before the question ({asked_on})")
    asked = Attendance(asked_on=asked_on, planned_on=planned_on)
    return ledger.model_copy(update={"attendance": asked})


def attendance_declined(ledger: Ledger, why: str) -> Ledger:
    """The station cannot attend, and says why (KYO-24).

    Raises:
        NotEntered: it was not asked, or has attended.
    """
    asked = ledger.attendance
    if asked is None or not asked.waits:
        raise NotEntered("no question to attend an installation waits for the station")
    declined = asked.model_copy(update={"declined_why": why})
    return ledger.model_copy(update={"attendance": declined})


def heard(ledger: Ledger, by: HeardBy, what: str, now: datetime) -> Ledger:
    """Somebody has heard that the user's data have changed (KYO-20)."""
    entry = HeardChange(number=len(ledger.heard) + 1, by=by, what=what, at=now, to_tell=TO_TELL[by])
    return ledger.model_copy(update={"heard": (*ledger.heard, entry)})


def passed_on(ledger: Ledger, number: int, to: str) -> Ledger:
    """One of those who must know of a change was told (KYO-20).

    Raises:
        NotEntered: nobody waits to be told that.
    """
    found = [each for each in ledger.heard if each.number == number]
    if not found or to not in found[0].to_tell:
        raise NotEntered(f"{to} does not wait to be told of change {number}")
    before = found[0]
    if before.by is HeardBy.CENTER and to != SECTION and SECTION in before.to_tell:
        raise NotEntered("it goes through the city section: tell that first (KYO-20)")
    after = before.model_copy(
        update={
            "to_tell": tuple(each for each in before.to_tell if each != to),
            "told": (*before.told, to),
        }
    )
    changes = tuple(after if each is before else each for each in ledger.heard)
    return ledger.model_copy(update={"heard": changes})


def unit_returned(
    ledger: Ledger, received_on: date, now: datetime, closed: Collection[date] = ()
) -> Ledger:
    """The unit goes back: what the household record held of the service is removed (KYO-15).

    What was done and when stays; who it was, where, and who helped does not.  Entries that have
    not gone back to the ward office end with it: nobody is left to enter or to consult about.

    Raises:
        NotEntered: it went back already.
    """
    if ledger.state is LedgerState.REMOVED:
        raise NotEntered(f"the unit of user {ledger.registration} went back already")
    entries = tuple(
        each.model_copy(
            update={
                "state": EntryState.RETURNED if each.returned_on else EntryState.ENDED,
                "household": None,
                "survey": "",
                "consultation": None,
            }
        )
        for each in ledger.entries
    )
    visits = tuple(
        each.model_copy(update={"note": "", "opinion": "", "changes_heard": ""})
        for each in ledger.visits
    )
    emptied = ledger.model_copy(
        update={
            "state": LedgerState.REMOVED,
            "user": None,
            "household": None,
            "unit_id": None,
            "house": None,
            "helper_problems": (),
            "evacuation_record": False,
            "guidance_due": None,
            "attendance": None,
            "removed_on": received_on,
            "entries": entries,
            "visits": visits,
            "heard": tuple(
                each.model_copy(update={"what": "", "to_tell": ()}) for each in ledger.heard
            ),
        }
    )
    return _received(emptied, EntryKind.UNIT_RETURNED, received_on, now, closed)


def overdue(ledger: Ledger, today: date) -> tuple[Entry, ...]:
    """Entries that should have gone back before today.

    Of a unit's return nothing goes back to the ward office (article 9).
    """
    return tuple(
        each for each in ledger.entries if each.open and each.goes_back and each.due < today
    )


def _received(
    ledger: Ledger,
    kind: EntryKind,
    received_on: date,
    now: datetime,
    closed: Collection[date],
) -> Ledger:
    consulting = kind in _CHECKS_HELPERS and bool(ledger.helper_problems)
    entry = Entry(
        number=len(ledger.entries) + 1,
        kind=kind,
        registration=ledger.registration,
        state=EntryState.CONSULTING if consulting else EntryState.RECEIVED,
        received_on=received_on,
        due=answer_due(received_on, closed),
        consultation=(
            Consultation(problems=ledger.helper_problems, asked_at=now) if consulting else None
        ),
    )
    return ledger.model_copy(update={"entries": (*ledger.entries, entry)})


def _agreed(entry: Entry) -> Entry:
    """The helpers are enough now: nothing is waited for any more."""
    if entry.state is not EntryState.CONSULTING:
        return entry
    return entry.model_copy(update={"state": EntryState.RECEIVED})


def _entry(ledger: Ledger, number: int) -> Entry:
    for each in ledger.entries:
        if each.number == number:
            return each
    raise NotEntered(f"user {ledger.registration} has no entry {number}")


def _replace(ledger: Ledger, before: Entry, after: Entry) -> Ledger:
    entries = tuple(after if each is before else each for each in ledger.entries)
    return ledger.model_copy(update={"entries": entries})
