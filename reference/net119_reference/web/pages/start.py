"""The start page: which departments this provider serves, how to apply, where to log in."""

from dataclasses import dataclass

from fastapi import APIRouter
from net119_protocol.profile.model import Channel, Profile
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.web.pages.routing import PageContext


@dataclass(frozen=True)
class _Entry:
    profile: Profile
    by_mail: bool
    """Whether an empty mail starts the application (TOM-08), and mail is switched on."""
    on_paper: bool


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add the start page."""
    service, config = context.context.service.registrations, context.context.config

    async def start(request: Request) -> Response:
        entries = [
            _Entry(
                each,
                config.mail.enabled and Channel.MAIL_WEB in each.channels,
                Channel.PAPER in each.channels,
            )
            for each in service.profiles()
        ]
        return context.pages.page(request, "start.html", entries=entries)

    context.add(routes, "/", start)
