"""The page with the desk's telephone and radio, for who plays a dispatcher of the alarm center."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from net119_scenarios.drills.alarms.switchboard import Switchboard
from net119_scenarios.drills.control import DrillState
from net119_scenarios.drills.web.guard import is_own_form
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.rendering import HEADERS, Pages, see_other

_GOES_ON = (DrillState.RUNNING, DrillState.PAUSED)


def routes(house: House, pages: Pages) -> list[BaseRoute]:
    """The page, the part of it that changes, and ringing somebody up."""

    def board() -> Switchboard | None:
        drill = house.leader.rehearsal
        return drill.switchboard if drill is not None and house.leader.busy else None

    def goes_on() -> bool:
        drill = house.leader.rehearsal
        return drill is not None and drill.state in _GOES_ON

    async def show(request: Request) -> Response:
        return pages.page(
            request, "telephone.html", nav="", board=board(), goes_on=goes_on(), told=None
        )

    async def heard(request: Request) -> Response:
        text = pages.part(request, "heard.html", board=board(), goes_on=goes_on())
        return HTMLResponse(text, headers=dict(HEADERS))

    async def ring(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        found = board()
        if is_own_form(request, form.get("csrf")) and found is not None and goes_on():
            try:
                found.ring(form.get("key", ""))
            except LookupError:
                return pages.page(request, "gone.html", status=404, nav="")
        return see_other("/telephone#heard")

    return [
        Route("/telephone", show),
        Route("/telephone/heard", heard),
        Route("/telephone/ring", ring, methods=["POST"]),
    ]
