"""What is due for one registration on a day: reminders, expiry, suspension, destruction.

Pure functions of the record's clock, the department's profile and the day in Japan.  Doing what
is due changes the clock so that it is not due again; nothing here is ever due early.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from net119_protocol.api.staff import RegistrationState
from net119_protocol.profile.model import Profile, Renewal

from net119_reference.records.fiscal import destroy_documents_on


class Act(StrEnum):
    """What is to be done."""

    REMIND = "remind"
    """Mail that the registration expires, and how to go on (ASO-13, CNB-24)."""
    EXPIRE = "expire"
    SUSPEND = "suspend"
    END = "end"
    """End the registration: nobody answered for long (ASO-13, CNB-24)."""
    DELETE_IMAGE = "delete-image"
    DESTROY = "destroy"
    """Destroy the registrant's data (CNB-07, CNB-41)."""
    DESTROY_CALLS = "destroy-calls"
    """Destroy call records and communication history, the registrant's data in them (ASO-05)."""
    DESTROY_LOG = "destroy-log"
    """Destroy the audit entries about the registration (CNB-41)."""


@dataclass(frozen=True)
class RecordClock:
    """The days of one registration that its retention is counted from, all in Japan.

    ``last_used`` is the day the data were last used: a call, a change, a reading.
    """

    state: RegistrationState
    expires_on: date | None = None
    """Last valid day."""
    reminded_on: date | None = None
    suspended_on: date | None = None
    """Day on which the clock, not the department, suspended it."""
    ended_on: date | None = None
    last_used: date | None = None
    image_reviewed_on: date | None = None
    has_image: bool = False
    in_call: bool = False
    """A call is open: what would cut it waits."""
    has_calls: bool = False
    last_call_on: date | None = None
    has_log: bool = False
    last_log_on: date | None = None
    """Day of the newest entry of the audit log about the registration."""


@dataclass(frozen=True)
class Due:
    """One thing to be done, since when, and by which rule."""

    act: Act
    since: date
    rule: str


ENDED = frozenset(
    {RegistrationState.REFUSED, RegistrationState.STOPPED, RegistrationState.CANCELLED}
)
OVER = ENDED | {RegistrationState.RETURNED}
"""States that retention is counted in: an application that was returned and never corrected is
kept as long as one that was refused."""
_VALID = frozenset({RegistrationState.APPROVED, RegistrationState.CHANGE_PENDING})


def due(clock: RecordClock, profile: Profile, today: date) -> tuple[Due, ...]:
    """Everything that is due on a day, in the order in which it is to be done."""
    found: list[Due] = []
    if profile.validity.renewal is not Renewal.NONE and clock.expires_on is not None:
        found += _validity(clock, profile, today, clock.expires_on)
    found += _retention(clock, profile, today)
    return tuple(found)


def _validity(clock: RecordClock, profile: Profile, today: date, last: date) -> list[Due]:
    rule = profile.validity
    expired = last + timedelta(days=1)
    if clock.state in _VALID:
        if today >= expired:
            # A change that waits for the department is a sign of life: it is decided first.
            waits = clock.in_call or clock.state is RegistrationState.CHANGE_PENDING
            return [] if waits else [Due(Act.EXPIRE, expired, "validity.months")]
        return _reminder(clock, profile, today, last)
    if clock.state is RegistrationState.EXPIRED and rule.suspend_after_days:
        since = expired + timedelta(days=rule.suspend_after_days)
        if today >= since and not clock.in_call:
            return [Due(Act.SUSPEND, since, "validity.suspend_after_days")]
    if clock.state is RegistrationState.SUSPENDED and clock.suspended_on and rule.delete_after_days:
        since = clock.suspended_on + timedelta(days=rule.delete_after_days)
        if today >= since and not clock.in_call:
            return [Due(Act.END, since, "validity.delete_after_days")]
    return []


def _reminder(clock: RecordClock, profile: Profile, today: date, last: date) -> list[Due]:
    """The newest reminder whose day has come; earlier ones that were missed are not made up for."""
    days = [last - timedelta(days=before) for before in profile.validity.remind_days]
    come = [day for day in days if day <= today]
    if not come:
        return []
    since = max(come)
    if clock.reminded_on is not None and clock.reminded_on >= since:
        return []
    return [Due(Act.REMIND, since, "validity.remind_days")]


def _retention(clock: RecordClock, profile: Profile, today: date) -> list[Due]:
    rule = profile.retention
    found = []
    if clock.has_image and clock.image_reviewed_on is not None:
        since = clock.image_reviewed_on + timedelta(days=rule.identity_image_days)
        if today >= since:
            found.append(Due(Act.DELETE_IMAGE, since, "retention.identity_image_days"))
    if clock.in_call:
        return found
    if clock.state in OVER and clock.ended_on is not None:
        since, name = destroy_on(profile, clock.ended_on, clock.last_used or clock.ended_on)
        if today >= since:
            found.append(Due(Act.DESTROY, since, name))
    over = clock.state in OVER or clock.state is RegistrationState.DESTROYED
    if over and clock.ended_on is not None:
        for act, there, last in (
            (Act.DESTROY_CALLS, clock.has_calls, clock.last_call_on),
            (Act.DESTROY_LOG, clock.has_log, clock.last_log_on),
        ):
            start = max(clock.ended_on, last or clock.ended_on)
            since = start + timedelta(days=rule.call_records_days)
            if there and today >= since:
                found.append(Due(act, since, "retention.call_records_days"))
    return found


def destroy_on(profile: Profile, ended_on: date, last_used: date) -> tuple[date, str]:
    """First day on which a registrant's data are no longer kept, and the rule that says so."""
    rule = profile.retention
    used = max(ended_on, last_used)
    if rule.documents_fiscal_years:
        day = destroy_documents_on(used, rule.documents_fiscal_years)
        return day, "retention.documents_fiscal_years"
    return used + timedelta(days=rule.registrant_days), "retention.registrant_days"


def backups_by(profile: Profile, deleted_on: date) -> date:
    """Day by which backups have lost data that were deleted on a day (ASO-06)."""
    return deleted_on + timedelta(days=profile.retention.backups_days)
