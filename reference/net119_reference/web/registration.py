"""Interface A for programs: applicants and registrants at their mailed URLs."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from fastapi import APIRouter, Request
from net119_protocol.api import registration
from net119_protocol.api.problems import ItemProblem
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_protocol.profile.model import Profile

from net119_reference.images.identity import ImageRefused
from net119_reference.registration import ports
from net119_reference.web.problems import DetailedRefusal, item_problems, not_accepted
from net119_reference.web.routes import Context, add_operation

_CODES = {
    ports.LinkProblem.UNKNOWN: Refusal.LINK_UNKNOWN,
    ports.LinkProblem.USED: Refusal.LINK_USED,
    ports.LinkProblem.EXPIRED: Refusal.LINK_EXPIRED,
    ports.LinkProblem.REVOKED: Refusal.LINK_REVOKED,
}


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the routes of mailed URLs."""
    service = context.service.registrations

    async def mailed_url(token: str) -> registration.MailedUrl:
        with explained():
            return _view(await service.open_link(token))

    async def accept_terms(token: str, body: registration.AcceptTerms) -> None:
        with explained():
            await service.accept_terms(token, body.version)

    async def attach_image(token: str, request: Request) -> None:
        with explained():
            await service.attach_image(token, await request.body())

    async def keep_draft(token: str, body: Application) -> registration.DraftKept:
        with explained():
            found = await service.keep_draft(token, body)
        return registration.DraftKept(problems=item_problems(found))

    async def submit(token: str) -> None:
        with explained():
            await service.submit(token)

    async def stop(token: str) -> None:
        with explained():
            await service.stop(token)

    async def renew(token: str) -> registration.Renewed:
        with explained():
            return registration.Renewed(expires_at=await service.renew(token))

    add = partial(add_operation, routes)
    for handler in (mailed_url, accept_terms, attach_image, keep_draft, submit, stop, renew):
        add(handler.__name__, handler)


@contextmanager
def explained() -> Iterator[None]:
    """Turn the service's own refusals into answers that say whom to contact (CNB-15)."""
    try:
        yield
    except ports.LinkRefused as refused:
        detail = f"this mailed URL is {refused.code.value}"
        raise DetailedRefusal(_CODES[refused.code], detail, profile=refused.profile) from None
    except ports.NotAccepted as wrong:
        raise not_accepted(Refusal.NOT_ACCEPTED, wrong.problems) from None
    except ImageRefused as refused:
        item = ItemProblem(path="image", code=refused.code, ja=refused.ja, en=refused.en)
        raise DetailedRefusal(
            Refusal.IMAGE_REFUSED, refused.en, field="image", problems=(item,)
        ) from None
    except ports.CallPageRefused as refused:
        code = Refusal(f"call-page-{refused.code.value}")
        detail = f"this call page does not open: {refused.code.value}"
        raise DetailedRefusal(code, detail, profile=refused.profile) from None


def _view(found: ports.LinkView) -> registration.MailedUrl:
    profile = found.profile
    return registration.MailedUrl(
        purpose=found.purpose,
        department=profile.department,
        department_ja=profile.name.ja,
        department_en=profile.name.en,
        contact_ja=profile.contact.ja,
        contact_en=profile.contact.en,
        mail=found.mail,
        expires_at=found.expires_at,
        terms=registration.TermsOfUse(
            version=profile.terms.version,
            effective=profile.terms.effective,
            ja=profile.terms.text.ja,
            en=profile.terms.text.en,
        ),
        terms_accepted=found.terms_accepted,
        form=_form(profile),
        application=found.application,
        drafted=found.drafted,
        defects=item_problems(found.defects),
        has_image=found.has_image,
        state=found.state,
    )


def _form(profile: Profile) -> registration.FormAsked:
    return registration.FormAsked(
        required=profile.required,
        optional=profile.optional,
        max_contacts=profile.max_contacts,
        max_places=profile.max_places,
        bases=profile.eligibility.bases,
        certificate=profile.eligibility.certificate,
        text_capable=profile.eligibility.text_capable,
        guardian_below_age=profile.eligibility.guardian_below_age,
        mail_rule=profile.mail.rule,
    )
