"""The first page for feature phones, ``/m``.

A phone that cannot encrypt cannot open the URL of a mail, which begins with https (ASO-08). Here
its owner enters that URL, and is led to the same page without encryption.
"""

import re

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.profile.model import Channel
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.web.pages.mobile.context import MobileContext
from net119_reference.web.pages.registrants import typed
from net119_reference.web.pages.routing import see_other

_MAILED = re.compile(r"/([rb])/([A-Za-z0-9_-]{16,200})(?![A-Za-z0-9_-])")
_LOG_IN = re.compile(r"/my(?:[/?#]|$)")
_MOST = 400


def mailed_path(url: str) -> str | None:
    """Path for feature phones of the page that a mail's URL opens; None if it is no such URL."""
    text = "".join(url[:_MOST].split())
    if found := _MAILED.search(text):
        return f"/m/{found[1]}/{found[2]}"
    return "/m/log-in" if _LOG_IN.search(text) else None


def add_routes(routes: APIRouter, context: MobileContext) -> None:
    """Add the first page."""

    config, registrations = context.context.config, context.context.service.registrations

    def page(request: Request, *, status: int = 200, trouble: bool = False) -> Response:
        by_mail = [
            each
            for each in registrations.profiles()
            if config.mail.enabled and Channel.MAIL_WEB in each.channels
        ]
        return context.page(request, "start.html", status=status, trouble=trouble, by_mail=by_mail)

    async def start(request: Request) -> Response:
        return page(request)

    async def opened(request: Request) -> Response:
        form = await context.form(request)
        path = mailed_path(typed(form.get("url")))
        if path is not None:
            return see_other(path)
        context.note(request, Refused(Refusal.INVALID, "what was entered is no URL of our mails"))
        return page(request, status=422, trouble=True)

    context.add(routes, "", start)
    context.add(routes, "", opened, "POST")
