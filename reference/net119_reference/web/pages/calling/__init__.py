"""From the personal call page to the connected call, on smartphones."""

from fastapi import APIRouter

from net119_reference.web.pages.calling import offline, steps
from net119_reference.web.pages.routing import PageContext


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add the pages of a call; those that are the same for everybody stand before secrets."""
    offline.add_routes(routes, context)
    steps.add_routes(routes, context)
