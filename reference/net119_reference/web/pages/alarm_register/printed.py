"""Ledgers on paper: the ledger, and the record of those who cannot evacuate with its copy."""

from fastapi import APIRouter
from starlette.responses import Response

from net119_reference.web.pages.alarm_register.desk import HOME, Desk, Visit
from net119_reference.web.pages.alarm_register.home import ledger_path, purpose_of
from net119_reference.web.pages.alarm_register.ledgers import ask_purpose


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the pages."""

    async def ledger(visit: Visit) -> Response:
        purpose = purpose_of(visit)
        if not purpose:
            return ask_purpose(desk, visit)
        found = await desk.register.ledger(visit.who, visit.registration, purpose)
        return desk.page(
            visit,
            "print/ledger.html",
            current="ledgers",
            ledger=found,
            back=ledger_path(found.registration, purpose),
        )

    async def evacuation(visit: Visit) -> Response:
        purpose = purpose_of(visit)
        if not purpose:
            return ask_purpose(desk, visit)
        record = await desk.register.evacuation_record(visit.who, visit.registration, purpose)
        return desk.page(
            visit,
            "print/evacuation.html",
            current="ledgers",
            record=record,
            ledger=record.ledger,
            back=ledger_path(record.registration, purpose),
        )

    desk.add(routes, f"{HOME}/ledgers/{{registration}}/paper", ledger)
    desk.add(routes, f"{HOME}/ledgers/{{registration}}/evacuation-record", evacuation)
