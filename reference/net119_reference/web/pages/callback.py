"""The page that a callback mail's URL opens, ``/b/{secret}`` (CNB-31).

Looking at it changes nothing, for mail scanners look, too: the call goes on by its button.
"""

from fastapi import APIRouter
from net119_protocol.codes import Mode, Refusal
from net119_protocol.labels import label_of
from net119_protocol.texts import refusal_texts
from net119_protocol.unreachable_texts import ASKS_NOBODY
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.web.access import link_security
from net119_reference.web.pages.chat.callback_door import URL, url_of
from net119_reference.web.pages.chat.lines import clock_of
from net119_reference.web.pages.forms import read_form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mobile.modes import banner_of
from net119_reference.web.pages.mobile.phone import is_feature_phone
from net119_reference.web.pages.registrants import MEANS
from net119_reference.web.pages.rendering import day
from net119_reference.web.pages.routing import PageContext, see_other
from net119_reference.web.pages.sessions import CALLBACK, set_session
from net119_reference.web.problems import STATUS
from net119_reference.web.routes import ask_department

REOPEN = "reopen"
"""Value of the one button."""
SHUT = frozenset(
    {
        Refusal.LINK_UNKNOWN,
        Refusal.LINK_USED,
        Refusal.LINK_EXPIRED,
        Refusal.LINK_REVOKED,
        Refusal.REGISTRANT_SUSPENDED,
        Refusal.REGISTRANT_REFUSED,
    }
)
"""Why a URL opens nothing; each has words of its own."""


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add the page, and its button."""
    service = context.context.service

    def shut(request: Request, refused: Refused, department: str | None) -> Response:
        """What happened, what to do, and the other means (CNB-38)."""
        context.context.refusals.note(
            request.scope, refused.code.value, f"{request.method}: {refused.detail}"
        )
        desk = service.registrations
        profile = desk.profile(department) if department else None
        link = refused.code.value.startswith("link-")
        return context.pages.page(
            request,
            "callback-shut.html",
            status=STATUS[refused.code],
            here=url_of(request),
            code=refused.code.value,
            texts=None if link else refusal_texts(refused.code),
            reason="" if link else refused.detail,
            profiles=[profile] if profile else desk.profiles(),
            means=MEANS,
        )

    async def known(request: Request) -> str | None:
        """Whose registrant the URL was mailed to; refusals name that department from here on."""
        department = await service.callbacks.department(request.path_params["secret"])
        if department is not None:
            ask_department(request, department)
            context.context.check_link(department, request.scope)
        return department

    async def look(request: Request) -> Response:
        if is_feature_phone(request):
            # One URL is mailed to everybody; these phones cannot read its pages.
            return see_other(f"/m{url_of(request)}")
        department = await known(request)
        try:
            view = await service.callbacks.look(request.path_params["secret"])
        except Refused as refused:
            if refused.code not in SHUT:
                raise
            return shut(request, refused, department)
        call, lang = view.call, language_of(request)
        mark, told = banner_of(call.mode, lang)
        return context.pages.page(
            request,
            "callback.html",
            here=url_of(request),
            practice=call.mode is Mode.PRACTICE,
            asks_nobody=call.mode in ASKS_NOBODY,
            live=call.mode is Mode.LIVE,
            mark=mark,
            told=told,
            call=call,
            kind=label_of(call.kind),
            asks=view.asks,
            here_path=url_of(request),
            opened=f"{day(lang, call.opened_at)} {clock_of(call.opened_at)}",
            until=f"{day(lang, view.expires_at)} {clock_of(view.expires_at)}",
            going_on=view.opened,
            not_opened="not" in request.query_params,
            means=MEANS,
        )

    async def reopen(request: Request) -> Response:
        form = await read_form(request)
        if form.action != REOPEN:
            raise Refused(Refusal.INVALID, "the form has no such button", field="action")
        department = await known(request)
        try:
            opened = await service.callbacks.open(
                request.path_params["secret"], link_security(request.scope)
            )
        except Refused as refused:
            if refused.code not in SHUT:
                raise
            return shut(request, refused, department)
        here = url_of(request)
        response = see_other(f"{here}/chat")
        set_session(request, response, CALLBACK, opened.token, path=here)
        return response

    context.add(routes, URL, look)
    context.add(routes, URL, reopen, "POST")
