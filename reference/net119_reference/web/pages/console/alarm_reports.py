"""Reports on an alarm as forms on paper: to the ward office (KYO-12), to the home station (KYO-13).

The record of an incident is there, too, with what was said and done, and why nobody was sent.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from net119_protocol.alarms import codes
from net119_protocol.alarms.incident import Incident
from net119_protocol.api.alarms import IncidentView
from net119_protocol.codes import Refusal
from net119_protocol.labels import Language, label_of
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.alarms import corps
from net119_reference.ports import Refused
from net119_reference.web.pages.console.door import HOME, LOG_IN, Door
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.paper import dated_when, timed
from net119_reference.web.pages.rendering import pick
from net119_reference.web.pages.routing import see_other

_REPORTS = ("ward-report", "home-station", "record")


def add_routes(routes: APIRouter, door: Door) -> None:
    """Add a page for each report."""
    for name in _REPORTS:
        _add(routes, door, name)


def _add(routes: APIRouter, door: Door, name: str) -> None:
    async def show(request: Request) -> Response:
        session = await door.session(request)
        if session is None:
            return see_other(LOG_IN)
        try:
            incident_id = UUID(request.path_params["incident_id"])
        except ValueError:
            raise Refused(Refusal.NOT_FOUND, "the URL holds no incident") from None
        service = door.context.context.service
        view = await service.alarms.desk.incident(session.identity, incident_id)
        incident = view.incident
        if name == "ward-report" and incident.ward_report is None:
            raise Refused(
                Refusal.NOT_FOUND,
                "no crew was sent to a disaster, so the ward office is owed no report (KYO-12)",
            )
        if name == "home-station" and incident.home_station_report is None:
            raise Refused(
                Refusal.NOT_FOUND,
                "the home station was not told of it: do that at the alarm desk first (KYO-13)",
            )
        return door.context.pages.page(
            request,
            f"console/print/{name}.html",
            here=request.url.path,
            back=HOME,
            who=session.identity,
            **_told(door, language_of(request), view, service.registrations.now()),
        )

    door.context.add(routes, f"{HOME}/alarms/{{incident_id}}/{name}", show)


def _told(door: Door, lang: Language, view: IncidentView, now: datetime) -> dict[str, Any]:
    config = door.context.context.config.alarms
    stations = {
        each.code: pick(lang, each.name, f"{each.code.capitalize()} fire station")
        for each in config.stations
    }
    offices = {each.code: each for each in config.ward_offices}
    incident = view.incident
    return {
        "view": view,
        "incident": incident,
        "talk": _talk(incident),
        "corps_words": lambda order: _corps(lang, incident, order),
        "center": pick(lang, config.center_name, config.center_name_en),
        "station_words": lambda code: stations.get(code, code),
        "office": offices.get(incident.ward_office),
        "mode_words": pick(lang, *label_of(incident.mode)),
        "code": lambda member: pick(lang, *codes.label_of(member)),
        "dated": lambda moment: dated_when(lang, moment),
        "timed": lambda moment: timed(lang, moment, incident.raised_at),
        "now": now,
    }


def _corps(lang: Language, incident: Incident, order: int) -> str:
    """What is printed of a helper who is of the volunteer corps (KYO-26)."""
    if order in corps.active(incident):
        return pick(lang, "（消防団員：消防団活動とみなす）", " (corps: counts as corps activity)")
    if order in corps.perhaps(incident):
        return pick(
            lang,
            "（消防団員：現場の報告の協力員であれば消防団活動とみなす。確かめること）",
            " (corps: counts as corps activity if reported from the house; find out)",
        )
    return ""


@dataclass
class Talk:
    """Words over the unit, or a hail (``text`` is None); ``by`` is ``unit`` for who is there.

    ``presses``: of a hail by the machine, how often the button had been pressed again for it, each
    time with a hail, ``until`` when.
    """

    at: datetime
    by: str
    until: datetime
    text: str | None = None
    presses: int = 0


def _talk(incident: Incident) -> list[Talk]:
    """Hails and words in their order; a button that is stuck takes one line, not a hundred."""
    # The machine hails once for each press of the button.
    every = [
        Talk(each.at, each.by, each.at, presses=int(n > 0 and not each.by))
        for n, each in enumerate(incident.hails)
    ]
    every += [Talk(each.at, each.by or "unit", each.at, each.text) for each in incident.speech]
    rows: list[Talk] = []
    for each in sorted(every, key=lambda one: one.at):
        if rows and rows[-1].presses and each.presses:
            rows[-1].presses += 1
            rows[-1].until = each.at
        else:
            rows.append(each)
    return rows
