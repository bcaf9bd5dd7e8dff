"""The course of one registration up to a day: all that is due, and what each of it leads to.

Every act counts from the day on which it was due, not from the day on which it was done.  So it
does not matter how often, or how late, a provider looks: the end is the same (but for reminders,
which nobody can answer in the past).
"""

from dataclasses import replace
from datetime import date

from net119_protocol.api.staff import RegistrationState
from net119_protocol.profile.model import Profile

from net119_reference.records.due import Act, Due, RecordClock, due


def course(clock: RecordClock, profile: Profile, today: date) -> tuple[Due, ...]:
    """Everything that is to be done by a day, in the order in which it is to be done."""
    found: list[Due] = []
    while acts := due(clock, profile, today):
        found.append(acts[0])
        clock = carried_out(clock, acts[0])
    return tuple(found)


def carried_out(clock: RecordClock, done: Due) -> RecordClock:
    """The record's clock after an act."""
    match done.act:
        case Act.REMIND:
            return replace(clock, reminded_on=done.since)
        case Act.EXPIRE:
            return replace(clock, state=RegistrationState.EXPIRED)
        case Act.SUSPEND:
            return replace(clock, state=RegistrationState.SUSPENDED, suspended_on=done.since)
        case Act.END:
            return replace(clock, state=RegistrationState.CANCELLED, ended_on=done.since)
        case Act.DELETE_IMAGE:
            return replace(clock, has_image=False)
        case Act.DESTROY:
            return replace(clock, state=RegistrationState.DESTROYED, has_image=False)
        case Act.DESTROY_CALLS:
            return replace(clock, has_calls=False)
        case Act.DESTROY_LOG:
            return replace(clock, has_log=False)
