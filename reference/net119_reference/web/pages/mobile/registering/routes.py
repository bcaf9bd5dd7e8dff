"""Puts the pages of registration at a feature phone together."""

from fastapi import APIRouter

from net119_reference.web.pages.mobile.context import MobileContext
from net119_reference.web.pages.mobile.registering import (
    account,
    confirm,
    form,
    image,
    position,
    terms,
)
from net119_reference.web.pages.mobile.registering.mailed import MobileMailed

_PARTS = (terms, form, position, image, confirm, account)


def add_routes(routes: APIRouter, context: MobileContext) -> None:
    """Add every page below ``/m/r``."""
    mailed = MobileMailed(context)
    for part in _PARTS:
        part.add_routes(routes, mailed)
