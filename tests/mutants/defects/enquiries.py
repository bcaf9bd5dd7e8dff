"""What registrants are told and may ask."""

import functools
from dataclasses import replace
from typing import Any

from net119_protocol.profile.model import Bilingual
from net119_reference.registration import mail_texts
from net119_reference.registration.states import Act
from net119_reference.service.registration import office, review
from net119_reference.service.registration.applicants import Applicants
from net119_reference.service.registry import Registry
from net119_reference.web import records

from tests.mutants.registry import Patch, mutant


def _shortened(patch: Patch, change: Any) -> None:
    """Mailed URLs show the terms with their Japanese text changed."""

    async def open_link(original: Any, *given: Any) -> Any:
        view = await original(*given)
        terms = view.profile.terms
        text = Bilingual(ja=change(terms.text.ja), en=terms.text.en)
        profile = view.profile.model_copy(update={"terms": terms.model_copy(update={"text": text})})
        return replace(view, profile=profile)

    patch.around(Applicants, "open_link", open_link)


@mutant(
    "terms-cut-short",
    kills={"TERMS-TOLD-UNION": "the terms are shown as the department wrote them"},
)
def terms_cut_short(patch: Patch) -> None:
    """The terms are shown up to a screenful; the end, with the costs, is cut off."""
    _shortened(patch, lambda text: text[:300])


@mutant(
    "terms-without-consent",
    kills={"TERMS-TOLD-UNION": "the terms say that emergency contacts must have agreed"},
)
def terms_without_consent(patch: Patch) -> None:
    """The terms are those of a department that does not ask the contacts' consent."""
    _shortened(
        patch,
        lambda text: "\n".join(line for line in text.splitlines() if "緊急連絡先" not in line),
    )


@mutant("mail-without-contact", kills={"CONTACT-TOLD": "every mail names the contact"})
def mail_without_contact(patch: Patch) -> None:
    """Mails end with the department's name alone."""
    patch(mail_texts, "_foot", lambda profile: f"{profile.name.ja} {profile.name.en}\n")


@mutant("read-for-no-use", kills={"REQUEST-OWN-DATA": "reading for no stated use is refused"})
def read_for_no_use(patch: Patch) -> None:
    """Nobody has to say what a registration is read for."""

    def add(original: Any, routes: Any, name: str, handler: Any) -> None:
        @functools.wraps(handler)
        async def unasked(**asked: Any) -> Any:
            return await handler(**{**asked, "purpose": asked["purpose"].strip() or "-"})

        original(routes, name, unasked if name == "registration" else handler)

    patch.around(records, "add_operation", add)


@mutant("deleted-name-stays", kills={"REQUEST-OWN-DATA": "after the deletion staff find nothing"})
def deleted_name_stays(patch: Patch) -> None:
    """On a request for deletion the state changes, and the data stay."""

    def act(original: Any, *given: Any, **changed: Any) -> Any:
        if Act.DESTROY in given:
            changed.pop("data", None)
        return original(*given, **changed)

    patch.around(office.Office, "act", act)


@mutant("deleted-data-stay", kills={"REQUEST-OWN-DATA": "after the deletion staff find nothing"})
def deleted_data_stay(patch: Patch) -> None:
    """On a request for deletion name and mail address go, and all else stays on record."""

    def tombstone(original: Any, data: Any) -> Any:
        gone = original(data)
        return data.model_copy(update={"name": gone.name, "mail": gone.mail})

    patch.around(review, "tombstone", tombstone)


@mutant(
    "every-department-reads",
    kills={
        "RECORD-OTHER-DEPARTMENT": "another department cannot read the registration",
    },
)
def every_department_reads(patch: Patch) -> None:
    """Staff of any department of the provider may read a registration they know the ID of."""

    def of_department(_original: Any, registry: Registry, _who: Any, wanted: Any) -> Any:
        return registry.registrant(wanted)

    patch.around(Registry, "of_department", of_department)


@mutant(
    "lists-not-logged",
    kills={"RECORD-OTHER-DEPARTMENT": "reading the list is on record with the reader"},
)
def lists_not_logged(patch: Patch) -> None:
    """Lists are not counted as reading anybody's data."""

    def audit(original: Any, *given: Any) -> None:
        if "listed" not in given:
            original(*given)

    patch.around(office.Office, "audit", audit)
