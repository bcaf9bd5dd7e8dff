"""Announcements, and mail that does not arrive."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from net119_protocol.api.records import AnnouncementKind
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Refusal
from net119_reference.mail import relay
from net119_reference.mail.post_office import PostOffice
from net119_reference.ports import Refused
from net119_reference.registration.states import REGISTERED
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.jurisdiction import Jurisdiction
from net119_reference.service.registration import announcing
from net119_reference.service.registration.applicants import Applicants
from net119_reference.service.registration.office import Office

from tests.mutants.defects.late import later
from tests.mutants.registry import Patch, mutant


@mutant(
    "cancelled-told-too",
    kills={"NOTICE-TO-ALL": "the person whose registration was cancelled is told nothing"},
)
def cancelled_told_too(patch: Patch) -> None:
    """Whoever has a record is mailed, although the registration has ended."""
    patch(announcing, "REGISTERED", REGISTERED | {RegistrationState.CANCELLED})


def _mailed_late(patch: Patch, whom: Callable[[Office, str, str], Iterable[str]]) -> None:
    """A second after the last announcement was mailed to somebody, others are mailed it.

    ``whom(office, department, to)``: to whom, after it went to this address.
    """

    def mail(
        original: Any, office: Office, tx: Any, profile: Any, to: str, text: Any, **named: Any
    ) -> Any:
        def late(then: Any) -> None:
            for each in whom(office, profile.department, to):
                original(office, then, profile, each, text, **named)

        if text.kind == f"announcement-{AnnouncementKind.OTHER.value}":
            later(office, tx, late)
        return original(office, tx, profile, to, text, **named)

    patch.around(Office, "mail", mail)


@mutant(
    "others-told-late",
    kills={"NOTICE-TO-ALL": "the person who waits for review is told nothing"},
)
def others_told_late(patch: Patch) -> None:
    """A second after the registrants, whoever else has a record is told."""

    def others(office: Office, department: str, _to: str) -> Iterable[str]:
        everyone = office.registry.all_of(department)
        return [each.data.mail for each in everyone if each.state not in REGISTERED]

    _mailed_late(patch, others)


@mutant(
    "announced-twice-late",
    kills={"NOTICE-TO-ALL": "registrant 1 gets each announcement once"},
)
def announced_twice_late(patch: Patch) -> None:
    """A second after it was mailed, an announcement is mailed again."""
    _mailed_late(patch, lambda _office, _department, to: (to,))


@mutant(
    "announced-by-the-registrar",
    kills={
        "NOTICE-TO-ALL": "registrant 1's mail on the maintenance comes from the sender of the "
        "profile"
    },
)
def announced_by_the_registrar(patch: Patch) -> None:
    """Announcements come from an address of the machine's own."""

    def send(original: Any, *given: Any, **named: Any) -> Any:
        if named["kind"] == "announcement-maintenance":
            named["sender"] = f"no-reply@{named['sender'].partition('@')[2]}"
        return original(*given, **named)

    patch.around(PostOffice, "send", send)


@mutant("any-terms-will-do", kills={"NOTICE-TERMS": "an earlier version cannot be agreed to"})
def any_terms_will_do(patch: Patch) -> None:
    """Whoever agrees agrees to the posted version, whatever they had read."""

    def accept(original: Any, applicants: Any, token: str, _version: str) -> Any:
        office = applicants._office
        department = office.link(token, office.clock.now()).department
        return original(applicants, token, office.profile(department).terms.version)

    patch.around(Applicants, "accept_terms", accept)


@mutant(
    "refused-mail-is-done",
    kills={"MAIL-UNDELIVERED": "the refused mail is in the list of undelivered mail"},
)
def refused_mail_is_done(patch: Patch) -> None:
    """Mail counts as sent once it was handed over, whatever the carrier answered."""

    def answered(original: Any, code: int, text: str) -> Any:
        return original(250 if code == 550 else code, text)

    patch.around(relay, "answered", answered)


@mutant("ended-takes-calls", kills={"SERVICE-ENDS": "a call on the day after is refused"})
def ended_takes_calls(patch: Patch) -> None:
    """A call goes to its home center, whether or not the center still answers."""
    began = datetime.now(UTC)

    def own_unit(original: Any, self: Any, code: str, _now: datetime) -> Any:
        return original(self, code, began)

    def department(original: Any, self: Any, code: str, _now: datetime) -> Any:
        return original(self, code, began)

    def route(original: Any, self: Any, facts: Any, peers: Any, _now: datetime) -> Any:
        return original(self, facts, peers, began)

    patch.around(Jurisdiction, "own_unit", own_unit)
    patch.around(Jurisdiction, "department", department)
    patch.around(Jurisdiction, "route", route)


@mutant("ends-by-another-clock", kills={"SERVICE-ENDS": "a call on the day after is refused"})
def ends_by_another_clock(patch: Patch) -> None:
    """Days are counted in UTC: in Japan the service goes on until nine in the morning."""
    late = timedelta(hours=9)

    def unit(original: Any, self: Any, code: str, now: datetime) -> Any:
        return original(self, code, now - late)

    def route(original: Any, self: Any, facts: Any, peers: Any, now: datetime) -> Any:
        return original(self, facts, peers, now - late)

    patch.around(Jurisdiction, "own_unit", unit)
    patch.around(Jurisdiction, "department", unit)
    patch.around(Jurisdiction, "route", route)


@mutant("ended-is-overload", kills={"SERVICE-ENDS": "a call on the day after is refused"})
def ended_is_overload(patch: Patch) -> None:
    """Who calls a service that has ended reads that it is busy, as if it came back."""

    async def place_call(original: Any, *given: Any) -> Any:
        try:
            return await original(*given)
        except Refused as refused:
            if refused.code is not Refusal.NOT_IN_SERVICE:
                raise
            raise Refused(Refusal.OVERLOAD, "busy") from None

    patch.around(HandsetDesk, "place_call", place_call)


@mutant("ends-a-day-early", kills={"SERVICE-ENDS": "a call on the last day is taken"})
def ends_a_day_early(patch: Patch) -> None:
    """The last day is taken for the first one without the service."""

    def own_unit(original: Any, self: Any, code: str, now: datetime) -> Any:
        return original(self, code, now + timedelta(days=1))

    patch.around(Jurisdiction, "own_unit", own_unit)
