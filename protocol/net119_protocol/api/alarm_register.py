"""The register of the alarm service: what staff of stations and of the city section do.

Days are calendar days in Japan, not later than today and not more than ten years ago.
"""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from net119_protocol.alarms.codes import Accident, AlarmOutcome, IncidentKind
from net119_protocol.alarms.people import (
    AlarmUser,
    EntryKind,
    EntryState,
    HouseholdNumber,
    Ledger,
    LedgerState,
    Opinion,
    RegistrationNumber,
)
from net119_protocol.alarms.signals import UnitId
from net119_protocol.codes import Mode
from net119_protocol.model import (
    Code,
    Day,
    LongText,
    ShortText,
    StrictModel,
    Timestamp,
    WireModel,
)

MOST_ROWS = 100
"""Rows of a list of ledgers."""


class NewCard(StrictModel):
    """List and card of a new user, as the ward office sent them (KYO-01)."""

    registration: RegistrationNumber
    user: AlarmUser
    station: Code | None = None
    """The station in charge; by default that of the staff member, or of the address."""
    received_on: Day


class ChangeLedger(StrictModel):
    """A change that the ward office tells (KYO-14): all of the user's data as they are now."""

    kind: Literal[EntryKind.CHANGE, EntryKind.MOVE]
    user: AlarmUser
    received_on: Day


class AnswerConsultation(StrictModel):
    """The ward office's answer about the helpers (KYO-02)."""

    answer: LongText = ""
    accepted: StrictBool


class GiveBack(StrictModel):
    """List and card go back; ``survey``: what a visit showed, where one was needed (KYO-18)."""

    household: HouseholdNumber | None = None
    """Needed but for a unit's return (KYO-03)."""
    on: Day
    survey: LongText = ""


class EvacuationRecord(WireModel):
    """The record of a person who cannot evacuate alone at home, as every user is (KYO-21).

    ``ledger`` is the copy that is attached to it: the ledger as it is now.
    """

    registration: RegistrationNumber
    since: Day
    ledger: Ledger


class LedgerMoves(StrictModel):
    """The day on which a ledger arrived (KYO-19)."""

    on: Day


class AskAttendance(StrictModel):
    """The station is asked to attend an installation (KYO-24); ``planned_on`` may lie ahead."""

    asked_on: Day
    planned_on: Day | None = None


class DeclineAttendance(StrictModel):
    """Why the station cannot attend (KYO-24)."""

    why: Annotated[LongText, Field(min_length=1)]


class InstallUnit(StrictModel):
    """A unit was put up in the user's house: the first one, the same one anew, or another.

    Another one takes the place of the one before, which is nobody's then.
    """

    unit_id: UnitId
    on: Day


class Installed(WireModel):
    """The ledger, and the unit's token: it is shown once, and goes into the unit."""

    ledger: Ledger
    token: ShortText


class ChangeHeard(StrictModel):
    """A station has heard that a user's data have changed (KYO-20)."""

    what: Annotated[LongText, Field(min_length=1)]


class ChangePassedOn(StrictModel):
    """One of those who must know of a change was told (KYO-20)."""

    to: Code


class ReturnUnit(StrictModel):
    """The unit went back: what was registered of the user is removed (KYO-15)."""

    received_on: Day


class Inquiry(StrictModel):
    """The ward office asks about activity for a user (KYO-16)."""

    by: Annotated[ShortText, Field(min_length=1)]
    """Who asks."""
    purpose: Annotated[ShortText, Field(min_length=1)]
    """What the answer is used for."""


class Activity(WireModel):
    """What the ward office may know of one incident: no words, no names of others (KYO-16).

    ``mode`` tells exercises from what was real; absent at older providers.
    """

    number: Code
    mode: Mode | None = None
    kind: IncidentKind
    raised_at: Timestamp
    accident: Accident
    dispatched: bool
    helpers_acted: bool
    outcome: AlarmOutcome | None = None


class InquiryAnswer(WireModel):
    """The answer to an inquiry; it stands in the audit log with who asked and why.

    Activity is what crews were sent for, to a disaster or to look (article 14 (1): 警防活動).
    ``exercises`` are the same of drills and tests, for which nobody came.
    """

    registration: RegistrationNumber
    activities: tuple[Activity, ...]
    exercises: tuple[Activity, ...] = ()


class LedgerRow(WireModel):
    """A ledger in the city section's list."""

    registration: RegistrationNumber
    state: LedgerState
    station: Code
    entered_on: Day


class LedgerRows(WireModel):
    """Ledgers in order of their registration number (KYO-03)."""

    ledgers: tuple[LedgerRow, ...]
    more: bool


class Waiting(WireModel):
    """A piece of work that waits; ``entry`` is a card, change, move or return."""

    registration: RegistrationNumber
    number: int
    kind: EntryKind
    state: EntryState
    due: Day
    overdue: bool


class GuidanceDue(WireModel):
    """A new user who has not had the first guidance (KYO-22)."""

    registration: RegistrationNumber
    due: Day
    overdue: bool


class AttendanceDue(WireModel):
    """An installation that the station was asked to attend (KYO-24)."""

    registration: RegistrationNumber
    planned_on: Day | None = None


class ChangeToTell(WireModel):
    """A change of a user's data that somebody must still be told of (KYO-20)."""

    registration: RegistrationNumber
    number: int
    to_tell: tuple[Code, ...]


class AlarmWork(WireModel):
    """What waits at a station (or, for the city section, at all): numbers, nobody's data."""

    today: Day
    entries: tuple[Waiting, ...] = ()
    guidance: tuple[GuidanceDue, ...] = ()
    attendance: tuple[AttendanceDue, ...] = ()
    changes: tuple[ChangeToTell, ...] = ()


class Opinions(WireModel):
    """Opinions that a station has sent (KYO-17)."""

    opinions: tuple[Opinion, ...]
