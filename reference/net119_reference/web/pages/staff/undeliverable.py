"""Mails of the department that did not arrive (ASO-09), and what expires soon."""

from fastapi import APIRouter
from starlette.responses import Response

from net119_reference.registration.roles import Right
from net119_reference.web.pages.staff.desk import Desk, Visit

DAYS = 30
"""What expires within so many days is shown."""


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the pages."""

    async def undeliverable(visit: Visit) -> Response:
        found = await desk.service.undeliverable(visit.who)
        return desk.page(visit, "undeliverable.html", current="undeliverable", mails=found)

    async def expiring(visit: Visit) -> Response:
        found = await desk.service.expiring(visit.who, DAYS, visit.page_number)
        return desk.page(visit, "expiring.html", current="queue", found=found, days=DAYS)

    desk.add(routes, "/staff/undeliverable", undeliverable, right=Right.READ)
    desk.add(routes, "/staff/expiring", expiring, right=Right.READ)
