"""Renewal: nobody is asked, answers are lost, and nothing ever ends, or too early."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from net119_protocol.api.staff import RegistrationState
from net119_reference.records import course, due
from net119_reference.records.due import Act
from net119_reference.registration.states import CAN_CALL
from net119_reference.service.records.acts import Acts
from net119_reference.service.registration import applicants, intake
from net119_reference.service.registration.applicants import Applicants
from net119_reference.service.registration.intake import Intake
from net119_reference.service.registration.office import Office

from tests.mutants.defects.late import LATE_S
from tests.mutants.defects.retention import sweep_late
from tests.mutants.registry import Patch, mutant


def _without(patch: Patch, *acts: Act) -> None:
    """These acts are never due."""

    def validity(original: Any, *arguments: Any) -> Any:
        return [each for each in original(*arguments) if each.act not in acts]

    patch.around(due, "_validity", validity)


@mutant(
    "nobody-is-asked",
    kills={
        "RENEW-BY-URL": "a mail with a URL asks for the renewal",
        "RENEW-BY-REPLY": "a mail asks whether to go on",
    },
)
def nobody_is_asked(patch: Patch) -> None:
    """Registrations expire without a reminder."""
    _without(patch, Act.REMIND)


@mutant(
    "only-the-first-is-asked",
    kills={
        "RENEW-BY-URL": "a mail with a URL asks for the renewal, also who will never answer",
        "RENEW-BY-REPLY": "a mail asks whether to go on, also who will be late",
    },
)
def only_the_first(patch: Patch) -> None:
    """Of all whose registrations expire on a day one is written to."""

    def tell(original: Any, office: Any, tx: Any, found: Any, text: Any, **named: Any) -> None:
        everyone = office.registry.all_of(found.department)
        first = min(everyone, key=lambda each: each.applied_at)
        if text.kind != "renewal" or found.registrant_id == first.registrant_id:
            original(office, tx, found, text, **named)

    patch.around(Office, "tell", tell)


@mutant(
    "late-renewal-until-the-old-expiry",
    kills={
        "RENEW-BY-URL": "who opened the URL late still goes on when the others are suspended",
        "RENEW-BY-REPLY": "who answered late still goes on when the others are suspended",
    },
)
def late_renewal_of_nothing(patch: Patch) -> None:
    """Who renews after the expiry is in force again, until the day that is past already."""

    def prolong(original: Any, desk: Applicants, tx: Any, before: Any) -> Any:
        expires = original(desk, tx, before)
        if before.state is RegistrationState.EXPIRED:
            registry = desk._office.registry
            registry.change(
                tx, registry.registrant(before.registrant_id), expires_at=before.expires_at
            )
        return expires

    patch.around(Applicants, "prolong", prolong)


@mutant(
    "renewal-until-the-old-expiry",
    kills={"RENEW-BY-URL": "opening the URL extends the registration"},
)
def renewal_until_the_old_expiry(patch: Patch) -> None:
    """Opening the URL is confirmed, and changes nothing."""

    def prolong(_original: Any, _desk: Applicants, _tx: Any, before: Any) -> Any:
        return before.expires_at

    patch.around(Applicants, "prolong", prolong)


def _prolonged_until(
    patch: Patch, state: RegistrationState, new: Callable[[datetime], datetime]
) -> None:
    """Renewals of registrations in this state hold until something made of their old expiry."""

    def prolong(original: Any, desk: Applicants, tx: Any, before: Any) -> Any:
        expires = original(desk, tx, before)
        if before.state is not state:
            return expires
        registry = desk._office.registry
        other = new(before.expires_at)
        registry.change(tx, registry.registrant(before.registrant_id), expires_at=other)
        return other

    patch.around(Applicants, "prolong", prolong)


@mutant(
    "renewal-for-a-month",
    kills={"RENEW-BY-REPLY": "who answered in time still goes on when the others are suspended"},
)
def renewal_for_a_month(patch: Patch) -> None:
    """Who answers in time is asked again a month later, and gone after that."""
    _prolonged_until(patch, RegistrationState.APPROVED, lambda old: old + timedelta(days=30))


@mutant(
    "renewal-for-twice-the-period",
    kills={"RENEW-BY-URL": "the new expiry is no later than one period after the old one"},
)
def renewal_for_twice_the_period(patch: Patch) -> None:
    """A renewal holds for twice as long as a registration: nobody is asked for four years."""
    _prolonged_until(patch, RegistrationState.APPROVED, lambda old: old + timedelta(days=4 * 365))


@mutant(
    "late-renewal-refused",
    kills={"RENEW-BY-URL": "who opens the URL after the expiry goes on"},
)
def late_renewal_refused(patch: Patch) -> None:
    """The mailed URL renews nothing once the registration has expired."""
    patch(applicants, "CAN_CALL", CAN_CALL - {RegistrationState.EXPIRED})


@mutant("nothing-expires", kills={"RENEW-BY-URL": "who did not renew has expired the day after"})
def nothing_expires(patch: Patch) -> None:
    """The expiry is a date that nothing follows from."""
    _without(patch, Act.EXPIRE)


@mutant(
    "expired-on-the-last-day",
    kills={"RENEW-BY-URL": "who did not renew is valid through the last day"},
)
def expired_on_the_last_day(patch: Patch) -> None:
    """The last valid day is counted as the day of expiry."""
    _expired_a_day_early(patch)


@mutant(
    "expired-on-the-last-day-late",
    kills={"RENEW-BY-URL": "who did not renew is valid through the last day"},
)
def expired_on_the_last_day_late(patch: Patch) -> None:
    """The same, and what is due on a day is done a second later."""
    _expired_a_day_early(patch)
    sweep_late(patch, LATE_S)


def _expired_a_day_early(patch: Patch) -> None:
    """Registrations expire a day before they should."""

    def early(original: Any, clock: Any, *arguments: Any) -> Any:
        if clock.expires_on is not None:
            clock = replace(clock, expires_on=clock.expires_on - timedelta(days=1))
        return original(clock, *arguments)

    patch.around(course, "due", early)


@mutant(
    "expired-never-suspended",
    kills={
        "RENEW-BY-URL": "who did not renew is suspended after the period of the profile",
        "RENEW-BY-REPLY": "who never answered is suspended after the period of the profile",
    },
)
def expired_never_suspended(patch: Patch) -> None:
    """An expired registration stays as it is."""
    _without(patch, Act.SUSPEND)


@mutant("suspended-for-ever", kills={"RENEW-BY-URL": "who never answered is ended at last"})
def suspended_for_ever(patch: Patch) -> None:
    """A registration that nobody renews is never ended."""
    _without(patch, Act.END)


@mutant("ended-can-log-in", kills={"RENEW-BY-URL": "who was ended cannot log in"})
def ended_can_log_in(patch: Patch) -> None:
    """A registration that the clock has ended keeps its log-in."""

    def end(original: Any, acts: Acts, tx: Any, before: Any, *rest: Any, **named: Any) -> Any:
        found = original(acts, tx, before, *rest, **named)
        return acts._office.registry.change(tx, found, password_hash=before.password_hash)

    patch.around(Acts, "_end", end)


@mutant("answers-not-read", kills={"RENEW-BY-REPLY": "who answered goes on"})
def answers_not_read(patch: Patch) -> None:
    """Mail to the address that asks is thrown away."""
    patch(Intake, "_answered", lambda *_, **__: None)


@mutant("late-answers-not-read", kills={"RENEW-BY-REPLY": "who answered late goes on"})
def late_answers_not_read(patch: Patch) -> None:
    """An answer after the expiry is not taken."""
    patch(intake, "CAN_CALL", CAN_CALL - {RegistrationState.EXPIRED})
