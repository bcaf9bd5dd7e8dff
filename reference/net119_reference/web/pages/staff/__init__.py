"""The pages of a department's staff, below ``/staff``."""

from fastapi import APIRouter

from net119_reference.web.pages.routing import PageContext
from net119_reference.web.pages.staff import (
    act_pages,
    announcements,
    audit,
    decisions,
    key_in,
    queue,
    registrant,
    undeliverable,
)
from net119_reference.web.pages.staff.desk import Desk

PARTS = (
    queue,
    registrant,
    decisions,
    key_in,
    act_pages,
    undeliverable,
    announcements,
    audit,
)


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add every staff page."""
    desk = Desk(context)
    desk.add_log_in(routes)
    for part in PARTS:
        part.add_routes(routes, desk)
