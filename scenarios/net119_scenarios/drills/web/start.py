"""The page that explains itself: what to open, with which log-in, in which order."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.rendering import Pages


def routes(house: House, pages: Pages) -> list[BaseRoute]:
    """The start page, and that of a caller."""

    async def show(request: Request) -> Response:
        return pages.page(request, "start.html", house=house, nav="start")

    return [Route("/", show)]
