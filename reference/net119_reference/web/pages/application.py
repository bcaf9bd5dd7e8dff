"""Puts the pages into a provider's application."""

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from net119_reference.web.pages import (
    alarm_register,
    call_page,
    callback,
    calling,
    chat,
    console,
    mailed,
    mailed_account,
    mailed_form,
    my,
    places,
    staff,
    start,
)
from net119_reference.web.pages.mobile import routes as mobile
from net119_reference.web.pages.rendering import STATIC, Pages
from net119_reference.web.pages.routing import PageContext
from net119_reference.web.routes import Context

PARTS = (
    start,
    places,
    mailed,
    mailed_form,
    mailed_account,
    my,
    calling,
    call_page,
    chat,
    callback,
    alarm_register,
    staff,
    console,
    mobile,
)
"""Modules with ``add_routes(routes, context)``."""


class _Assets(StaticFiles):
    """Static files whose URL changes with their content may be kept for good."""

    async def get_response(self, path: str, scope: Scope):  # type: ignore[no-untyped-def]  # the base's type is its own business
        response = await super().get_response(path, scope)
        response.headers["X-Content-Type-Options"] = "nosniff"
        if b"v=" in scope.get("query_string", b""):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def add_pages(app: FastAPI, context: Context, pages: Pages) -> None:
    """Add every page and the static files."""
    page_context = PageContext(context, pages)
    for part in PARTS:
        part.add_routes(app.router, page_context)
    app.mount("/static", _Assets(directory=STATIC), name="static")
