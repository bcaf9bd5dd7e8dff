"""Phones that take part: the leader's page with codes to scan, and what the phones themselves open.

On the local network there are two doors: HTTP, where a phone gets the certificate that it has to
trust, and HTTPS, where people's own pages are and a phone tells its position.
"""

from collections.abc import Awaitable, Callable

import segno
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from net119_scenarios.drills.web import people
from net119_scenarios.drills.web.guard import Guard
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.rendering import HEADERS, Pages, see_other, static

CERTIFICATE, PROFILE = "/net119-drill.crt", "/net119-drill.mobileconfig"


def code(url: str) -> str:
    """A code that phones scan, as an SVG; what it leads to stands beside it as text."""
    return segno.make(url, error="m").svg_data_uri(scale=5, border=3)


def routes(house: House, pages: Pages) -> list[BaseRoute]:
    """The leader's page about phones."""

    async def show(request: Request) -> Response:
        return pages.page(
            request, "phones.html", nav="phones", house=house, lan=house.lan, code=code
        )

    return [Route("/phones", show)]


def install_app(house: House) -> ASGIApp:
    """The door without encryption: how to trust the certificate, and nothing else."""
    pages = Pages({})
    lan, authority = house.lan, house.authority
    if lan is None or authority is None:
        raise RuntimeError("the local network is not declared")

    async def begin(_request: Request) -> Response:
        return see_other("/phone")

    async def how(request: Request) -> Response:
        return pages.page(
            request,
            "phone.html",
            nav="",
            house=house,
            authority=authority,
            lan=lan,
            files=(CERTIFICATE, PROFILE),
        )

    async def certificate(_request: Request) -> Response:
        return _file(authority.der, "application/x-x509-ca-cert", "net119-drill.crt")

    async def profile(_request: Request) -> Response:
        return _file(
            authority.profile(), "application/x-apple-aspen-config", "net119-drill.mobileconfig"
        )

    app = Starlette(
        routes=[
            Route("/", begin),
            Route("/phone", how),
            Route(CERTIFICATE, certificate),
            Route(PROFILE, profile),
            Route("/static/{name}", static),
        ],
        exception_handlers={404: _gone(pages)},
    )
    return Guard(app, hosts=[lan.lan.address])


def people_app(house: House) -> ASGIApp:
    """The door with encryption: people's own pages, and whether positions can be told."""
    pages = Pages({})
    if house.lan is None:
        raise RuntimeError("the local network is not declared")

    async def position(request: Request) -> Response:
        return pages.page(request, "position.html", nav="")

    app = Starlette(
        routes=[
            Route("/position", position),
            *people.routes(house, pages, in_lan=True),
            Route("/static/{name}", static),
        ],
        exception_handlers={404: _gone(pages)},
    )
    return Guard(app, hosts=[house.lan.lan.address])


def _gone(pages: Pages) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def gone(request: Request, _error: Exception) -> Response:
        return pages.page(request, "gone.html", status=404, nav="")

    return gone


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
