"""Choosing a drill: the list, the one-page briefing, and who plays whom."""

from collections.abc import Mapping

from net119_protocol.labels import Label
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from net119_scenarios.acted.names import Names
from net119_scenarios.drills.briefing import as_html
from net119_scenarios.drills.control import NotNow
from net119_scenarios.drills.roles import RolePlay, WrongRoles
from net119_scenarios.drills.web.guard import is_own_form
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.offered import Offered, find, offered, play_of
from net119_scenarios.drills.web.rendering import OF_DOCUMENTS, Pages, language_of, see_other
from net119_scenarios.drills.web.words import PACES

_WHO_LIMIT = 40


def routes(house: House, pages: Pages) -> list[BaseRoute]:
    """The list, and each drill's page."""

    async def choose(request: Request) -> Response:
        drills, unreadable = offered(house.folder, house.center)
        return pages.page(
            request,
            "choose.html",
            nav="drills",
            house=house,
            drills=drills,
            wrong=unreadable,
            titles=house.titles(),
        )

    def prepare_page(
        request: Request,
        drill: Offered,
        *,
        status: int = 200,
        told: Label | None = None,
        given: Mapping[str, str] | None = None,
    ) -> Response:
        return pages.page(
            request,
            "prepare.html",
            status=status,
            nav="drills",
            house=house,
            drill=drill,
            scenario=drill.scenario,
            names=Names(drill.scenario),
            told=told,
            given=given or {},
            titles=house.titles(),
            restarts=not house.hall.suits(drill.scenario),
            busy=house.leader.busy,
            paces=PACES,
        )

    def gone(request: Request) -> Response:
        return pages.page(request, "gone.html", status=404, nav="")

    async def show(request: Request) -> Response:
        drill = find(house.folder, str(request.path_params["name"]))
        return gone(request) if drill is None else prepare_page(request, drill)

    async def prepare(request: Request) -> Response:
        drill = find(house.folder, str(request.path_params["name"]))
        if drill is None:
            return gone(request)
        form = {name: str(value) for name, value in (await request.form()).items()}
        told = None
        if not is_own_form(request, form.get("csrf")):
            told = _AGAIN
        elif not house.hall.is_open and not house.leader.busy:
            told = _NOT_YET
        else:
            try:
                house.leader.prepare(drill, _plays(drill, form), float(form.get("pace", "1")))
            except NotNow:
                told = _BUSY
            except WrongRoles as wrong:
                told = Label(wrong.ja, wrong.en)
            except ValueError as wrong:
                told = Label(f"選び方がちがいます: {wrong}", str(wrong))
        if told is not None:
            return prepare_page(request, drill, status=409, told=told, given=form)
        return see_other("/now")

    async def briefing(request: Request) -> Response:
        drill = find(house.folder, str(request.path_params["name"]))
        if drill is None:
            return gone(request)
        text = as_html(drill.name, drill.scenario, language_of(request))
        return HTMLResponse(text, headers=dict(OF_DOCUMENTS))

    return [
        Route("/drills", choose),
        Route("/drills/{name}/briefing", briefing),
        Route("/drills/{name}", show),
        Route("/drills/{name}", prepare, methods=["POST"]),
    ]


_AGAIN = Label("もう一度押してください。", "Press once more, please.")
_NOT_YET = Label(
    "まだ準備中です。少し待って、もう一度押してください。",
    "The network is still being prepared. Wait a little and press again.",
)
_BUSY = Label(
    "ほかの訓練が準備中か進行中です。「訓練を進める」で終えてから、選んでください。",
    "Another drill is prepared or goes on. End it first at “Lead the drill”.",
)


def _plays(drill: Offered, form: Mapping[str, str]) -> dict[str, RolePlay]:
    """Who plays whom, as the form says; ValueError for a choice that was not offered."""
    found = {}
    for actor in drill.scenario.actors:
        label = form.get(f"by-{actor}", "simulator")
        if label not in drill.choices(actor):
            raise ValueError(f"{actor}: {label}")
        found[actor] = play_of(label, form.get(f"who-{actor}", "").strip()[:_WHO_LIMIT])
    return found
