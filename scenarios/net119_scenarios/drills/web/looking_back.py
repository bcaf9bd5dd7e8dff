"""What is made of a drill's record: the report, as a page and to print, and the replay."""

import asyncio
from pathlib import Path

from net119_protocol.labels import Language
from net119_simulators.errors import SimulatorError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from net119_scenarios.drills.folder import BrokenRecord
from net119_scenarios.drills.report.as_html import report_html
from net119_scenarios.drills.report.as_pdf import CannotPrint, write_pdf
from net119_scenarios.drills.report.replay import replay_of
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.past import place_of
from net119_scenarios.drills.web.rendering import HEADERS, OF_DOCUMENTS, Pages, language_of


def routes(house: House, pages: Pages) -> list[BaseRoute]:
    """Report, PDF and replay of a past drill."""

    def gone(request: Request) -> Response:
        return pages.page(request, "gone.html", status=404, nav="past")

    def broken(request: Request, wrong: SimulatorError, status: int = 500) -> Response:
        return pages.page(request, "broken.html", status=status, nav="past", wrong=wrong)

    async def report(request: Request) -> Response:
        place = place_of(house.folder, request)
        if place is None:
            return gone(request)
        try:
            made = await asyncio.to_thread(report_html, place, language_of(request))
        except BrokenRecord as wrong:
            return broken(request, wrong)
        return HTMLResponse(made, headers=dict(OF_DOCUMENTS))

    async def printed(request: Request) -> Response:
        place = place_of(house.folder, request)
        if place is None:
            return gone(request)
        lang = language_of(request)
        try:
            content = await asyncio.to_thread(_pdf, place, lang)
        except CannotPrint as wrong:
            return pages.page(
                request, "no_print.html", status=503, nav="past", wrong=wrong, place=place.name
            )
        except BrokenRecord as wrong:
            return broken(request, wrong)
        headers = {**HEADERS, "Content-Disposition": f'inline; filename="{place.name}-{lang}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

    async def replay(request: Request) -> Response:
        place, center = place_of(house.folder, request), str(request.path_params["center"])
        desk = next((each for each in house.hall.desks if each.center == center), None)
        if place is None:
            return gone(request)
        if desk is None:
            return pages.page(
                request, "replay.html", nav="past", desk=None, url="", place=place.name
            )
        try:
            name, made = await asyncio.to_thread(replay_of, place, center)
            operation = house.hall.venue.network.operation(desk.provider)
            await operation.keep_replay(name, made)
        except SimulatorError as wrong:
            return broken(request, wrong)
        url = desk.origin + f"/console/replay/{name}"
        return pages.page(request, "replay.html", nav="past", desk=desk, url=url, place=place.name)

    return [
        Route("/past/{id}/report", report),
        Route("/past/{id}/report.pdf", printed),
        Route("/past/{id}/replay/{center}", replay),
    ]


def _pdf(place: Path, lang: Language) -> bytes:
    """The report as PDF; it stays in the drill's folder, for whoever looks for it there."""
    file = place / f"report-{lang}.pdf"
    write_pdf(report_html(place, lang), file)
    return file.read_bytes()
