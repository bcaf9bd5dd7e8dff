"""Who read, changed or disclosed what of the service, and what for (KYO-16): the section's page."""

from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.profile.check import FieldProblem
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.registration.ports import AuditFilter
from net119_reference.web.pages.alarm_register import problems
from net119_reference.web.pages.alarm_register.desk import HOME, Desk, Visit
from net119_reference.web.pages.alarm_register.home import number_of

AUDIT = f"{HOME}/audit"


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the page."""

    async def show(visit: Visit) -> Response:
        if not visit.section:
            raise Refused(
                Refusal.FORBIDDEN, f"the log is read by the city section, {desk.config.section}"
            )
        wrong: list[FieldProblem] = []
        days: dict[str, date | None] = {}
        for name in ("since", "until"):
            days[name] = None
            if visit.asked(name):
                days[name], problem = problems.written(name, visit.asked(name), desk.today())
                wrong += [problem] if problem else []
        asked = {n: visit.asked(n)[:200] for n in ("actor", "since", "until") if visit.asked(n)}
        found = None
        if not wrong:
            only = AuditFilter(asked.get("actor", ""), days["since"], days["until"])
            page = number_of(visit.asked("page")) or 1
            found = await desk.service.registrations.audit(visit.who, None, page, only)
        return desk.page(
            visit,
            "audit.html",
            current="audit",
            status=422 if wrong else 200,
            problems=wrong,
            found=found,
            asked=asked,
            link=lambda page: f"{AUDIT}?{urlencode({**asked, 'page': page})}",
        )

    desk.add(routes, AUDIT, show)
