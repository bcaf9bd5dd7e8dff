"""Who may apply, and what is mailed about the review."""

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application, Basis
from net119_protocol.profile import check
from net119_protocol.profile.check import FieldProblem
from net119_reference.registration import mail_texts
from net119_reference.registration.mail_texts import MailText
from net119_reference.registration.ports import NotAccepted
from net119_reference.registration.states import Act
from net119_reference.service.registration.applicants import Applicants
from net119_reference.service.registration.office import Office
from net119_reference.service.registration.paper import PaperDesk

from tests.mutants.defects.late import later
from tests.mutants.registry import Patch, mutant

MAILED_S = 0.4
"""So much later a mail is sent that nobody may get; it takes its time besides."""


def _without(patch: Patch, *codes: str) -> None:
    """Problems of these codes are not noticed."""

    def problems(original: Any, *arguments: Any, **options: Any) -> tuple[FieldProblem, ...]:
        found = original(*arguments, **options)
        return tuple(each for each in found if each.code not in codes)

    patch.around(check, "problems", problems)


def _besides(patch: Patch, wrong: Callable[[Application], bool], path: str) -> None:
    """Applications that ``wrong`` is true of have one more problem."""

    def eligibility(original: Any, profile: Any, application: Application, today: Any) -> Any:
        yield from original(profile, application, today)
        if wrong(application):
            yield FieldProblem(path, "not-eligible", "対象外です。", "Not eligible.")

    patch.around(check, "_eligibility", eligibility)


@mutant(
    "writing-not-needed", kills={"ELIGIBLE-TOMAKOMAI": "a person who cannot write is turned away"}
)
def writing_not_needed(patch: Patch) -> None:
    """People who cannot use a chat are registered."""
    _without(patch, "text-needed")


@mutant(
    "residents-only",
    kills={
        "ELIGIBLE-TOMAKOMAI": "a person who works there may apply",
        "ELIGIBLE-ASO": "a person who works there may apply",
    },
)
def residents_only(patch: Patch) -> None:
    """Who works in the area but does not live there is turned away."""
    _besides(patch, lambda each: each.basis is Basis.WORKS, "basis")


@mutant(
    "commuters-stopped-at-the-end",
    kills={
        "ELIGIBLE-TOMAKOMAI": "a person who works there may apply",
        "ELIGIBLE-CHITOSE": "a person who works there may apply",
        "ELIGIBLE-ASO": "a person who works there may apply",
    },
)
def commuters_stopped_at_the_end(patch: Patch) -> None:
    """The form has nothing against commuters; what they hand in is refused."""

    def apply(original: Any, desk: Any, tx: Any, link: Any, profile: Any, draft: Any) -> Any:
        if draft.basis is Basis.WORKS:
            why = "対象外です。", "Not eligible."
            raise NotAccepted((FieldProblem("basis", "not-eligible", *why),))
        return original(desk, tx, link, profile, draft)

    patch.around(Applicants, "_apply", apply)


@mutant(
    "students-refused-unread",
    kills={
        "ELIGIBLE-TOMAKOMAI": "the application of a person who studies there waits for review",
    },
)
def students_refused_unread(patch: Patch) -> None:
    """What students hand in is taken, and refused by the machine: nobody reviews it."""

    def apply(original: Any, desk: Any, tx: Any, link: Any, profile: Any, draft: Any) -> Any:
        found = original(desk, tx, link, profile, draft)
        if draft.basis is Basis.STUDIES:
            found = desk._office.act(tx, found, Act.REFUSE, "machine", "")
        return found

    patch.around(Applicants, "_apply", apply)


@mutant(
    "certificate-demanded", kills={"ELIGIBLE-CHITOSE": "a person who has no certificate may apply"}
)
def certificate_demanded(patch: Patch) -> None:
    """Without a certificate nobody can ask for the department's decision."""
    _besides(patch, lambda each: each.certificate is False, "certificate")


@mutant(
    "area-not-looked-at",
    kills={
        "ELIGIBLE-CHITOSE": "a person who lives elsewhere is turned away",
        "ELIGIBLE-ASO": "a person who lives elsewhere is turned away",
    },
)
def area_not_looked_at(patch: Patch) -> None:
    """People from anywhere may apply."""
    _without(patch, "outside-area")


@mutant("chief-not-asked", kills={"ELIGIBLE-ASO": "a person who asks the fire chief may apply"})
def chief_not_asked(patch: Patch) -> None:
    """Nobody is accepted by the fire chief's decision."""
    _besides(patch, lambda each: each.basis is Basis.ACCEPTED, "basis")


def _not_mailed(patch: Patch, *kinds: str) -> None:
    """Mails of these kinds are not written."""

    def mail(original: Any, *given: Any, **more: Any) -> Any:
        text: MailText = given[-1]
        return None if text.kind in kinds else original(*given, **more)

    patch.around(Office, "mail", mail)


@mutant(
    "defects-not-mailed",
    kills={"REVIEW-EACH-WAY": "the return sends a mail with the defect and a URL"},
)
def defects_not_mailed(patch: Patch) -> None:
    """The mail about a returned application does not say what is wrong."""

    def returned(original: Any, profile: Any, name: str, _defects: Any, *rest: Any) -> Any:
        return original(profile, name, (), *rest)

    patch.around(mail_texts, "returned", returned)


@mutant(
    "refusals-not-mailed",
    kills={
        "REVIEW-EACH-WAY": "who does not qualify is told the reason by mail",
        "REVIEW-COMPLETION-CHITOSE": "who does not qualify is told the reason by mail",
        "REVIEW-TOLD-CHITA-NANBU": "who does not qualify is told the reason by mail",
        "REVIEW-TOLD-ASO": "who does not qualify is told the reason by mail",
    },
)
def refusals_not_mailed(patch: Patch) -> None:
    """Who is refused hears nothing."""
    _not_mailed(patch, "refused")


@mutant(
    "disability-not-shown-to-staff",
    kills={
        "REVIEW-COMPLETION-CHITOSE": "the review shows what the person says of the disability",
    },
)
def disability_not_shown(patch: Patch) -> None:
    """What an applicant says of the disability is not kept: nobody can judge it."""

    def apply(original: Any, desk: Any, tx: Any, link: Any, profile: Any, draft: Any) -> Any:
        data = draft.data.model_copy(update={"disability": ""})
        return original(desk, tx, link, profile, draft.model_copy(update={"data": data}))

    patch.around(Applicants, "_apply", apply)


@mutant(
    "completion-not-mailed",
    kills={
        "REVIEW-COMPLETION-CHITOSE": "approval sends the mail with ID and password",
        "REVIEW-TOLD-CHITA-NANBU": "approval sends the mail with ID and password",
    },
)
def completion_not_mailed(patch: Patch) -> None:
    """Who is approved hears nothing."""
    _not_mailed(patch, "completed")


@mutant(
    "cancellations-not-mailed",
    kills={"REVIEW-TOLD-ASO": "the cancellation is mailed with its reason"},
)
def cancellations_not_mailed(patch: Patch) -> None:
    """Whose registration is cancelled hears nothing."""
    _not_mailed(patch, "cancelled")


def _keys(office: Office, found: Any) -> MailText:
    """A completion mail."""
    url = f"{office.public_url}/my?department={found.department}"
    profile = office.profile(found.department)
    return mail_texts.completed(profile, found.data.name, url, "1234567890", "Passw0rd")


@mutant(
    "refused-and-registered-late",
    kills={
        "REVIEW-EACH-WAY": "who does not qualify is mailed no ID and password",
        "REVIEW-COMPLETION-CHITOSE": "who does not qualify is mailed no ID and password",
        "REVIEW-TOLD-CHITA-NANBU": "who does not qualify is mailed no ID and password",
        "REVIEW-TOLD-ASO": "who does not qualify is mailed no ID and password",
    },
)
def refused_and_registered_late(patch: Patch) -> None:
    """Who is refused is told so, and gets ID and password in the next mail."""

    def tell(original: Any, office: Any, tx: Any, found: Any, text: Any, **named: Any) -> None:
        original(office, tx, found, text, **named)
        if text.kind != "refused":
            return

        def late(then: Any) -> None:
            original(office, then, found, _keys(office, found))

        tx.after(functools.partial(office.kernel.at, tx.now + timedelta(seconds=MAILED_S), late))

    patch.around(Office, "tell", tell)


@mutant(
    "keys-before-the-review-late",
    kills={
        "REVIEW-COMPLETION-CHITOSE": "no ID and password before the approval",
        "REVIEW-TOLD-CHITA-NANBU": "keyed in, it brings no ID and password",
    },
)
def keys_before_the_review_late(patch: Patch) -> None:
    """A second after an application has come, its ID and password are mailed, unreviewed."""

    def mailed(office: Office, tx: Any, found: Any) -> Any:
        def late(then: Any) -> None:
            office.tell(then, found, _keys(office, found))

        later(office, tx, late)
        return found

    def apply(original: Any, desk: Any, tx: Any, *given: Any) -> Any:
        return mailed(desk._office, tx, original(desk, tx, *given))

    patch.around(Applicants, "_apply", apply)
    patch.around(PaperDesk, "_add", apply)


@mutant(
    "paper-approved-unread-late",
    kills={"REVIEW-TOLD-CHITA-NANBU": "keyed in, it waits for review"},
)
def paper_approved_unread_late(patch: Patch) -> None:
    """A second after a form was keyed in, the machine approves it, and mails nothing."""

    def add(original: Any, desk: Any, tx: Any, *given: Any) -> Any:
        found, office = original(desk, tx, *given), desk._office

        def late(then: Any) -> None:
            now = office.registry.with_mail(found.department, found.data.mail)
            if now is not None and now.state is RegistrationState.APPLIED:
                office.act(then, now, Act.APPROVE, "machine")

        later(office, tx, late)
        return found

    patch.around(PaperDesk, "_add", add)
