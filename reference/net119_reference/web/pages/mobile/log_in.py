"""Log-in with ID and password; the session's secret is in its URLs, since cookies are not sure."""

import re

from fastapi import APIRouter
from net119_protocol.api.handset import LogIn
from net119_protocol.codes import Refusal
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.web.access import TooSoon
from net119_reference.web.guard import source_of
from net119_reference.web.pages.mobile.context import MobileContext, MobileSession
from net119_reference.web.pages.mobile.phone import phone_of
from net119_reference.web.pages.registrants import typed
from net119_reference.web.pages.routing import see_other

_DIGITS = re.compile(r"[0-9]{9}")


def add_routes(routes: APIRouter, context: MobileContext) -> None:
    """Add log-in, menu and log-out."""
    service = context.context.service

    async def shown(request: Request) -> Response:
        return context.log_in_page(request)

    async def log_in(request: Request) -> Response:
        form = await context.form(request)
        login_id, password = typed(form.get("login_id")).lower(), typed(form.get("password"))
        if _DIGITS.fullmatch(login_id):
            # Phones begin with digits in this field; the letter would take three more presses.
            login_id = f"n{login_id}"
        if not login_id or not password:
            return context.log_in_page(request, status=422, trouble="missing", login_id=login_id)
        try:
            body = LogIn(login_id=login_id, password=password)
            with context.context.brake.attempt(source_of(request.scope), login_id):
                secret = await service.phones.log_in(body, phone_of(request).binding)
        except TooSoon as refused:
            context.note(request, refused)
            return context.log_in_page(
                request,
                status=429,
                trouble="too-many",
                login_id=login_id,
                wait_s=refused.retry_after_s,
            )
        except ValidationError:
            # No ID or password of ours looks like this.
            context.note(request, Refused(Refusal.INVALID, "the ID or the password is too long"))
            return wrong(request, login_id)
        except Refused as refused:
            if refused.code is not Refusal.NOT_AUTHENTICATED:
                raise
            context.note(request, refused)
            return wrong(request, login_id)
        return see_other(f"/m/s/{secret}")

    def wrong(request: Request, login_id: str) -> Response:
        return context.log_in_page(request, status=403, trouble="wrong", login_id=login_id)

    async def log_out(request: Request, session: MobileSession) -> Response:
        await context.form(request)
        await service.registrations.log_out(session.who)
        return see_other("/m")

    context.add(routes, "/log-in", shown)
    context.add(routes, "/log-in", log_in, "POST")
    context.add_own(routes, "/log-out", log_out, "POST")
