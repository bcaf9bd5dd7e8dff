"""Revised terms, and the start of the service."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from net119_protocol.api import registration
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Profile
from net119_reference.service import handsets
from net119_reference.service.registration.applicants import Applicants
from net119_reference.service.registration.office import Office
from net119_reference.service.registry import Registry
from net119_reference.web import registration as web_registration

from tests.mutants.registry import Patch, mutant


@mutant("former-terms-do", kills={"TERMS-REVISED": "consent to the former version is not enough"})
def former_terms_do(patch: Patch) -> None:
    """Consent to whatever version counts as consent to the one in force."""

    async def accept(original: Any, desk: Applicants, token: str, _version: str) -> None:
        link = desk._office.link(token, desk._office.clock.now())
        await original(desk, token, desk._office.profile(link.department).terms.version)

    patch.around(Applicants, "accept_terms", accept)


@mutant(
    "consent-moves-on",
    kills={"TERMS-REVISED": "each record holds the version that its person accepted"},
)
def consent_moves_on(patch: Patch) -> None:
    """Records say that the terms in force were accepted, whatever was."""

    def of_department(original: Any, registry: Registry, *given: Any) -> Any:
        return replace(original(registry, *given), terms_version="2026-10")

    patch.around(Registry, "of_department", of_department)


@mutant(
    "old-consent-is-for-ever",
    kills={"TERMS-REVISED": "a registrant's change needs consent to the revised terms"},
)
def old_consent(patch: Patch) -> None:
    """Who has registered once need not agree again."""

    def submit(original: Any, desk: Applicants, tx: Any, token: str) -> None:
        link = desk._office.link(token, tx.now)
        if link.registrant_id is not None:
            version = desk._office.profile(link.department).terms.version
            desk._office.change_link(tx, link, terms_version=version, terms_at=tx.now)
        original(desk, tx, token)

    patch.around(Applicants, "_submit", submit)


@mutant(
    "registrants-read-the-former-terms",
    kills={"TERMS-REVISED": "a registrant is shown the revised terms"},
)
def former_terms_read(patch: Patch) -> None:
    """Who has registered is asked for consent to the new version above the text of the former."""

    def view(original: Any, found: Any) -> Any:
        shown = original(found)
        if shown.state is None:
            return shown
        # A revision restarts the provider: what was shown before is not remembered.
        former = load_profiles()["aso"].terms.text
        terms = shown.terms.model_copy(update={"ja": former.ja, "en": former.en})
        return shown.model_copy(update={"terms": terms})

    patch.around(web_registration, "_view", view)


@mutant(
    "consent-of-a-change-is-lost",
    kills={"TERMS-REVISED": "the record of who agreed with a change holds the revised version"},
)
def consent_is_lost(patch: Patch) -> None:
    """What somebody agrees to who is registered already is not noted."""
    patch(Applicants, "_consent", lambda _desk, _tx, _link, before: before)


def _first_day(patch: Patch, other: Callable[[date], date | None]) -> None:
    """A service starts on another day than its profile says."""

    def profile(original: Any, office: Office, department: str) -> Profile:
        found: Profile = original(office, department)
        if found.service_starts is None:
            return found
        return found.model_copy(update={"service_starts": other(found.service_starts)})

    patch.around(Office, "profile", profile)


@mutant("begun-already", kills={"SERVICE-STARTS": "a call before the start is refused"})
def begun_already(patch: Patch) -> None:
    """The day on which the service starts is not looked at."""
    _first_day(patch, lambda _day: None)


@mutant("begins-a-day-late", kills={"SERVICE-STARTS": "a call on the first day is taken"})
def begins_late(patch: Patch) -> None:
    """The service starts on the day after the one that was announced."""
    _first_day(patch, lambda day: day + timedelta(days=1))


@mutant("begins-a-day-early", kills={"SERVICE-STARTS": "a call late on the day before is refused"})
def begins_early(patch: Patch) -> None:
    """The service starts on the day before the one that was announced."""
    _first_day(patch, lambda day: day - timedelta(days=1))


@mutant("begins-by-another-clock", kills={"SERVICE-STARTS": "a call on the first day is taken"})
def begins_by_another_clock(patch: Patch) -> None:
    """Days are counted in UTC: in Japan the service starts at nine in the morning."""

    def japan_date(original: Any, now: datetime) -> date:
        found: date = original(now - timedelta(hours=9))
        return found

    patch.around(handsets, "japan_date", japan_date)


@mutant(
    "terms-cut-to-a-screen",
    kills={"TERMS-JAPANESE": "the terms say who can use it: people who can chat in Japanese"},
)
def terms_cut(patch: Patch) -> None:
    """Of the terms only as much is shown as fits on one screen."""

    def terms(original: Any, **values: Any) -> Any:
        return original(**{**values, "ja": values["ja"][:100]})

    patch.around(registration, "TermsOfUse", terms)
