"""Interface A for programs: a registrant's own account, and the personal call page."""

from fastapi import APIRouter, Depends
from net119_protocol.api import registration

from net119_reference.ports import HandsetIdentity
from net119_reference.web.registration import explained
from net119_reference.web.routes import Context, add_operation


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the routes of the own account."""
    service = context.service.registrations
    who_asks = Depends(context.handset)

    async def log_out(who: HandsetIdentity = who_asks) -> None:
        await service.log_out(who)

    async def account(who: HandsetIdentity = who_asks) -> registration.AccountView:
        found = await service.account(who)
        return registration.AccountView(
            name=found.name,
            mail=found.mail,
            department=found.profile.department,
            contact_ja=found.profile.contact.ja,
            contact_en=found.profile.contact.en,
            state=found.state,
            reason=found.reason,
            expires_at=found.expires_at,
            has_call_page=found.has_call_page,
            terms_accepted=found.terms_accepted,
        )

    async def ask_account_mail(who: HandsetIdentity = who_asks) -> None:
        await service.ask_account_mail(who)

    async def new_call_page(
        body: registration.NewCallPage, who: HandsetIdentity = who_asks
    ) -> registration.CallPageMade:
        made = await service.new_call_page(who, body.device)
        return registration.CallPageMade(secret=made.secret, replaced=made.replaced)

    async def revoke_call_page(who: HandsetIdentity = who_asks) -> None:
        await service.revoke_call_page(who)

    async def open_call_page(body: registration.OpenCallPage) -> registration.CallPageOpened:
        with explained():
            opened = await service.open_call_page(body.secret, body.device)
        found = await service.account(opened.identity)
        return registration.CallPageOpened(
            token=opened.token, registrant_name=found.name, department=found.profile.department
        )

    for handler in (
        log_out,
        account,
        ask_account_mail,
        new_call_page,
        revoke_call_page,
        open_call_page,
    ):
        add_operation(routes, handler.__name__, handler)
