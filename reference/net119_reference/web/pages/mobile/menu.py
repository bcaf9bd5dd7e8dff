"""The menu of a logged-in phone: back to an open call, call, practise, change or stop, log out."""

from functools import partial

from fastapi import APIRouter
from net119_protocol.codes import CallState, Kind, Mode, Refusal
from net119_protocol.labels import label
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mobile.context import MobileContext, MobileSession
from net119_reference.web.pages.mobile.modes import mark_of
from net119_reference.web.pages.mobile.phone import phone_of
from net119_reference.web.pages.rendering import JAPAN, day

_MOST_SHOWN = 4


def add_routes(routes: APIRouter, context: MobileContext) -> None:
    """Add the menu."""
    service = context.context.service

    async def menu(request: Request, session: MobileSession) -> Response:
        return await shown(request, session)

    async def ask_mail(request: Request, session: MobileSession) -> Response:
        """Mail the URL for a change or the end of use, to the address on record (TOM-26)."""
        await context.form(request)
        if not context.context.config.mail.enabled:
            raise Refused(Refusal.FORBIDDEN, "this provider has no mail; ask the department")
        try:
            await service.registrations.ask_account_mail(session.who)
        except Refused as refused:
            if refused.code is not Refusal.TOO_MANY:
                raise
            context.note(request, refused)
            return await shown(request, session, status=429, mail="too-many")
        return await shown(request, session, mail="sent")

    async def shown(
        request: Request, session: MobileSession, *, status: int = 200, mail: str = ""
    ) -> Response:
        account = await service.registrations.account(session.who)
        calls = (await service.calls_of(session.who)).calls
        going_on = [each for each in calls if each.state is not CallState.CLOSED]
        lang = language_of(request)

        def kind_of(kind: Kind) -> str:
            return label(kind, lang)

        def mark(mode: Mode) -> str:
            return mark_of(mode, lang)

        return context.page(
            request,
            "menu.html",
            status=status,
            mail=mail,
            by_mail=context.context.config.mail.enabled,
            base=session.path,
            account=account,
            going_on=going_on[:_MOST_SHOWN],
            possible=not phone_of(request).plaintext or context.plaintext_allowed(session.who),
            practice=context.practice_allowed(account.profile),
            kind_of=kind_of,
            mark=mark,
            clock=lambda moment: f"{moment.astimezone(JAPAN):%H:%M}",
            day=partial(day, lang),
        )

    context.add_own(routes, "", menu)
    context.add_own(routes, "/account-mail", ask_mail, "POST")
