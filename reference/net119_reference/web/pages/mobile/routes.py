"""Puts the feature-phone pages together."""

from fastapi import APIRouter

from net119_reference.web.pages.mobile import (
    callback,
    calling,
    card,
    chat,
    check,
    log_in,
    menu,
    placing,
    start,
)
from net119_reference.web.pages.mobile.context import MobileContext
from net119_reference.web.pages.mobile.registering import routes as registering
from net119_reference.web.pages.routing import PageContext

PARTS = (start, check, log_in, menu, placing, calling, callback, chat, card, registering)
"""Modules with ``add_routes(routes, context)``, which get a :class:`MobileContext`."""


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add every page below ``/m``."""
    mobile = MobileContext(context)
    for part in PARTS:
        part.add_routes(routes, mobile)
