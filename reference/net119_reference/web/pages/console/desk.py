"""The console itself, and the token with which its scripts use the console API."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.model import TEXT_LIMIT
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from net119_reference.console_door import ConsoleSession
from net119_reference.ports import Refused
from net119_reference.web.pages.console import alarm_words, ready_texts, words
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
REPLAY_SCRIPTS = tuple("replay" if name == "feed" else name for name in SCRIPTS if name != "sound")
"""Those of a replay, which has another source of frames and makes no sound."""


def with_alarms(scripts: tuple[str, ...], data: dict[str, Any]) -> tuple[str, ...]:
    """The scripts with those of home alarms, where the center has them."""
    # Before the last one, which opens the feed.
    return (*scripts[:-1], "alarm-parts", "alarms", scripts[-1]) if data["alarms"] else scripts


def add_routes(routes: APIRouter, door: Door) -> None:
    """Add the pages."""
    desk = door.context.context.service.registrations

    def filled(request: Request, session: ConsoleSession, replay: str | None) -> dict[str, Any]:
        """What the scripts need to know at once; ``replay`` names the drill that is shown."""
        lang = language_of(request)
        tiles = door.context.context.config.map
        alarms = door.context.context.config.alarms
        at_alarms = alarms.enabled and session.identity.center == alarms.center
        return {
            "lang": lang,
            "csrf": session.csrf,
            "center": session.identity.center,
            # In a replay no call is one's own.
            "dispatcher": session.identity.name if replay is None else "",
            "replay": replay,
            "alarms": alarm_words.for_script(lang) if at_alarms else None,
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

    async def show(request: Request) -> Response:
        session = await door.session(request)
        if session is None:
            return see_other(LOG_IN)
        data = filled(request, session, None)
        return door.context.pages.page(
            request,
            "console/desk.html",
            data=data,
            scripts=with_alarms(SCRIPTS, data),
            who=session.identity,
        )

    async def show_replay(request: Request) -> Response:
        """A drill again; what is shown comes over the API, for this center only."""
        session = await door.session(request)
        if session is None:
            return see_other(LOG_IN)
        try:
            replay_id = UUID(request.path_params["replay_id"])
        except ValueError:
            raise Refused(Refusal.NOT_FOUND, "the name of a replay is a UUID") from None
        door.context.context.replays.of(replay_id, session.identity.center)
        data = filled(request, session, str(replay_id))
        return door.context.pages.page(
            request,
            "console/replay.html",
            data=data,
            scripts=with_alarms(REPLAY_SCRIPTS, data),
            who=session.identity,
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
    door.context.add(routes, f"{HOME}/replay/{{replay_id}}", show_replay)
    door.context.add(routes, f"{HOME}/token", token, "POST")
