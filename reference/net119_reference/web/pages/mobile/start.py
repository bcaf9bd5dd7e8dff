"""The first page for feature phones, ``/m``."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.web.pages.mobile.context import MobileContext


def add_routes(routes: APIRouter, context: MobileContext) -> None:
    """Add the first page."""

    async def start(request: Request) -> Response:
        return context.page(request, "start.html")

    context.add(routes, "", start)
