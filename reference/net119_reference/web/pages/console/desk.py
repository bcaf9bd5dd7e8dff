"""The console itself, and the token with which its scripts use the console API."""

from fastapi import APIRouter
from net119_protocol.model import TEXT_LIMIT
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from net119_reference.web.pages.console import ready_texts, words
from net119_reference.web.pages.console.door import HOME, LOG_IN, Door
from net119_reference.web.pages.forms import read_form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.rendering import HEADERS, asset
from net119_reference.web.pages.routing import see_other
from net119_reference.web.pages.sessions import check_csrf

SCRIPTS = (
    "words",
    "api",
    "feed",
    "lines",
    "store",
    "sound",
    "queue",
    "person",
    "chat",
    "composer",
    "forms",
    "acts",
    "place",
    "map",
    "call",
    "keyboard",
    "wall",
    "main",
)
"""The console's scripts, in the order in which they are run."""


def add_routes(routes: APIRouter, door: Door) -> None:
    """Add the pages."""
    desk = door.context.context.service.registrations

    async def show(request: Request) -> Response:
        session = await door.session(request)
        if session is None:
            return see_other(LOG_IN)
        lang = language_of(request)
        tiles = door.context.context.config.map
        data = {
            "lang": lang,
            "csrf": session.csrf,
            "center": session.identity.center,
            "dispatcher": session.identity.name,
            "limit": TEXT_LIMIT,
            "now": desk.now().isoformat(),
            "words": words.for_script(lang),
            "ready": ready_texts.for_script(lang),
            "leaflet": {
                "script": asset("vendor/leaflet/leaflet.js"),
                "style": asset("vendor/leaflet/leaflet.css"),
            },
            "tiles": {
                "url": tiles.tile_url,
                "credit": tiles.attribution,
                "most": tiles.max_zoom,
            },
        }
        return door.context.pages.page(
            request, "console/desk.html", data=data, scripts=SCRIPTS, who=session.identity
        )

    async def token(request: Request) -> Response:
        """A token of some minutes for the page's memory; by POST, from this page only."""
        form = await read_form(request)
        session = await door.session(request)
        if session is None:
            return JSONResponse({"code": "not-authenticated"}, 401, headers=dict(HEADERS))
        check_csrf(form, session.csrf)
        given = door.logins.page_token(session)
        told = {
            "token": given.token,
            "livesS": (given.expires_at - desk.now()).seconds,
            "endsAt": session.expires_at.isoformat(),
            "now": desk.now().isoformat(),
        }
        return JSONResponse(told, headers=dict(HEADERS))

    door.context.add(routes, HOME, show)
    door.context.add(routes, f"{HOME}/token", token, "POST")
