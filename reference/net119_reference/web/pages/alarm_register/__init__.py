"""The register of the home alarm service as pages, below ``/staff/alarms``."""

from fastapi import APIRouter

from net119_reference.web.pages.alarm_register import (
    act_pages,
    audit,
    cards,
    home,
    ledgers,
    opinions,
    printed,
)
from net119_reference.web.pages.alarm_register.desk import Desk
from net119_reference.web.pages.routing import PageContext

PARTS = (home, cards, opinions, audit, ledgers, printed, act_pages)
"""In the order of their routes: what is named comes before what is numbered."""


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add every page of the register."""
    desk = Desk(context)
    desk.add_log_in(routes)
    for part in PARTS:
        part.add_routes(routes, desk)
