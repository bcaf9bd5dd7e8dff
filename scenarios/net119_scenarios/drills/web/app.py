"""The leader's pages as a web application, for browsers of this machine."""

from net119_protocol.labels import Label
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from net119_scenarios.drills.web import (
    choosing,
    control,
    looking_back,
    past,
    people,
    phones,
    start,
    telephone,
)
from net119_scenarios.drills.web.guard import Guard
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.rendering import Pages, Place, static

PLACES = {
    "start": Place("/", Label("はじめに", "Start")),
    "drills": Place("/drills", Label("訓練を選ぶ", "Choose a drill")),
    "now": Place("/now", Label("訓練を進める", "Lead the drill")),
    "past": Place("/past", Label("これまでの訓練", "Past drills")),
    "phones": Place("/phones", Label("スマートフォン", "Phones")),
}


def leader_app(house: House) -> ASGIApp:
    """All pages of whoever leads a drill."""
    pages = Pages(PLACES)

    async def gone(request: Request, _error: Exception) -> Response:
        return pages.page(request, "gone.html", status=404, nav="")

    routes = [
        *start.routes(house, pages),
        *choosing.routes(house, pages),
        *control.routes(house, pages),
        *people.routes(house, pages),
        *telephone.routes(house, pages),
        *past.routes(house, pages),
        *looking_back.routes(house, pages),
        *phones.routes(house, pages),
        Route("/static/{name}", static),
    ]
    app = Starlette(routes=routes, exception_handlers={404: gone})
    return Guard(app)
