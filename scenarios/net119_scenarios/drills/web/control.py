"""The page from which a drill is led: its state each second, and what the leader can do."""

from collections.abc import Mapping
from typing import Any

from net119_protocol.alarms.codes import IncidentState
from net119_protocol.codes import CallState
from net119_protocol.labels import Label
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from net119_scenarios import lengths
from net119_scenarios.drills.control import DrillState, NotNow
from net119_scenarios.drills.interlock import InterlockRefuses
from net119_scenarios.drills.view import DrillView
from net119_scenarios.drills.web.guard import is_own_form
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.rendering import HEADERS, Pages, language_of, see_other
from net119_scenarios.drills.web.words import PACES, STATES

REGIONS = ("ways", "steps", "entries", "calls", "lock", "log", "over")
"""Parts of the page that change; each is a template ``now/NAME.html``."""
_BUTTONS = ("start", "pause", "resume", "skip", "inject", "end")


def routes(house: House, pages: Pages) -> list[BaseRoute]:
    """The page, its state, and the leader's deeds."""

    def values(view: DrillView) -> dict[str, Any]:
        return {
            "view": view,
            "house": house,
            "offered": house.leader.offered,
            "all_closed": all_closed,
        }

    async def show(request: Request) -> Response:
        leader = house.leader
        view = leader.view()
        if view is None:
            return pages.page(
                request,
                "now/none.html",
                nav="now",
                opening=leader.busy,
                offered=leader.offered,
                failed=leader.failed,
            )
        return pages.page(
            request,
            "now/page.html",
            nav="now",
            regions=REGIONS,
            told=_told(request),
            paces=PACES,
            **values(view),
        )

    async def state(request: Request) -> Response:
        view = house.leader.view()
        if view is None:
            return JSONResponse({"gone": not house.leader.busy}, headers=dict(HEADERS))
        lang = language_of(request)
        told = {
            "state": view.state.value,
            "word": STATES[view.state].ja if lang == "ja" else STATES[view.state].en,
            "elapsed": lengths.moment(view.elapsed_s),
            "ready": view.ready,
            "safe": view.interlock.safe,
            "pace": f"{view.pace:g}",
            "current": view.current,
            "can": {name: getattr(view.can, name) for name in _BUTTONS}
            | {"pace": view.can.set_pace},
            "regions": {
                name: pages.part(request, f"now/{name}.html", **values(view)) for name in REGIONS
            },
        }
        return JSONResponse(told, headers=dict(HEADERS))

    async def act(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        what, detail = form.get("what", ""), form.get("detail", "")
        refused = "form"
        if is_own_form(request, form.get("csrf")):
            refused = _refused(house, what, detail)
        if "application/json" in request.headers.get("accept", ""):
            text = REFUSED.get(refused)
            lang = language_of(request)
            said = "" if text is None else text.ja if lang == "ja" else text.en
            return JSONResponse({"refused": said}, 409 if refused else 200, headers=dict(HEADERS))
        return see_other(f"/now?refused={refused}" if refused else "/now")

    return [
        Route("/now", show),
        Route("/now/state", state),
        Route("/now/act", act, methods=["POST"]),
    ]


REFUSED: Mapping[str, Label] = {
    "form": Label("もう一度押してください。", "Press once more, please."),
    "not-now": Label(
        "いまはできません。訓練の状態が変わったところかもしれません。",
        "That cannot be done now; the drill's state may just have changed.",
    ),
    "unsafe": Label(
        "安全を確かめられないので、できません。理由は「安全のしくみ」にあります。",
        "It is not safe, so it is not done. The reasons stand under “Safety”.",
    ),
    "unknown": Label("そのような操作はありません。", "There is no such thing to do."),
}


def _refused(house: House, what: str, detail: str) -> str:
    """Do it; the code of why it was not done, or empty."""
    try:
        house.leader.act(what, detail)
    except NotNow:
        return "not-now"
    except InterlockRefuses:
        return "unsafe"
    except (LookupError, ValueError):
        return "unknown"
    return ""


def _told(request: Request) -> Label | None:
    return REFUSED.get(request.query_params.get("refused", ""))


def all_closed(view: DrillView) -> bool:
    """Whether the drill goes on though no call does."""
    states = [*(each.state for each in view.calls), *(each.state for each in view.alarms)]
    over = (CallState.CLOSED.value, IncidentState.CLOSED.value)
    return view.state is DrillState.RUNNING and bool(states) and all(s in over for s in states)
