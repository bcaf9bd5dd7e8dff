"""The leader's pages as a web application, for browsers of this machine."""

from net119_protocol.labels import Label
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from net119_scenarios.drills.web import start
from net119_scenarios.drills.web.guard import Guard
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.rendering import Pages, Place, static

PLACES = {"start": Place("/", Label("はじめに", "Start"))}


def leader_app(house: House) -> ASGIApp:
    """All pages of whoever leads a drill."""
    pages = Pages(PLACES)

    async def gone(request: Request, _error: Exception) -> Response:
        return pages.page(request, "gone.html", status=404, nav="")

    routes = [
        *start.routes(house, pages),
        Route("/static/{name}", static),
    ]
    app = Starlette(routes=routes, exception_handlers={404: gone})
    return Guard(app)
