"""A callback's URL at a feature phone, ``/m/b/{secret}`` (CNB-31).

As at the smartphone's page a look changes nothing.  The session that the button gives is in the
URLs, as of each such phone, and is good for the pages of this call alone.
"""

from fastapi import APIRouter
from net119_protocol.codes import Mode, Refusal
from net119_protocol.labels import label
from net119_protocol.texts import refusal_texts
from net119_protocol.unreachable_texts import ASKS_NOBODY
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.web.access import link_security
from net119_reference.web.pages.callback import SHUT
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mobile.context import MobileContext
from net119_reference.web.pages.mobile.modes import banner_of
from net119_reference.web.pages.mobile.phone import phone_of
from net119_reference.web.pages.routing import see_other
from net119_reference.web.problems import STATUS
from net119_reference.web.routes import ask_department


def add_routes(routes: APIRouter, context: MobileContext) -> None:
    """Add the page, and its button."""
    service = context.context.service

    async def known(request: Request) -> str | None:
        department = await service.callbacks.department(request.path_params["secret"])
        if department is not None:
            ask_department(request, department)
            context.context.check_link(department, request.scope)
        return department

    def shut(request: Request, refused: Refused, department: str | None) -> Response:
        context.note(request, refused)
        desk = service.registrations
        link = refused.code.value.startswith("link-")
        return context.page(
            request,
            "callback_shut.html",
            status=STATUS[refused.code],
            code=refused.code.value,
            texts=None if link else refusal_texts(refused.code),
            reason="" if link else refused.detail,
            profiles=[desk.profile(department)] if department else desk.profiles(),
        )

    async def look(request: Request) -> Response:
        department = await known(request)
        try:
            view = await service.callbacks.look(request.path_params["secret"])
        except Refused as refused:
            if refused.code not in SHUT:
                raise
            return shut(request, refused, department)
        call, lang = view.call, language_of(request)
        return context.page(
            request,
            "callback.html",
            here=request.url.path,
            banner=banner_of(call.mode, lang),
            live=call.mode is Mode.LIVE,
            asks_nobody=call.mode in ASKS_NOBODY,
            kind=label(call.kind, lang),
            call=call,
            asks=view.asks,
            until=view.expires_at,
        )

    async def reopen(request: Request) -> Response:
        form = await context.form(request)
        if not form.pressed("reopen"):
            raise Refused(Refusal.INVALID, "the form has no such button", field="reopen")
        department = await known(request)
        session, token = service.phones.new_session(phone_of(request).binding)
        try:
            opened = await service.callbacks.open(
                request.path_params["secret"], link_security(request.scope), token
            )
        except Refused as refused:
            if refused.code not in SHUT:
                raise
            return shut(request, refused, department)
        return see_other(f"/m/s/{session}/c/{opened.call.call_id}")

    context.add(routes, "/b/{secret}", look)
    context.add(routes, "/b/{secret}", reopen, "POST")
