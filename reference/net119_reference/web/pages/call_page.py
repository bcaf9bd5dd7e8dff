"""The personal call page of exactly one device, ``/c/{secret}`` (TOM-19, CNB-10, CNB-25, ASO-14).

The URL alone opens nothing: the device must hold the key that it got when the page was made.
"""

import re

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from net119_reference.ports import Refused
from net119_reference.registration.ports import (
    AccountView,
    CallPageProblem,
    CallPageRefused,
    CallPageSession,
)
from net119_reference.web.pages.registrants import MEANS
from net119_reference.web.pages.rendering import HEADERS, asset
from net119_reference.web.pages.routing import PageContext
from net119_reference.web.pages.sessions import device_key, give_device_key
from net119_reference.web.routes import ask_department

_SECRET = re.compile(r"[A-Za-z0-9_-]{16,200}")


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add the call page, what is shown when it is made, and its manifest."""
    pages = context.pages
    service = context.context.service.registrations

    async def opened(request: Request) -> tuple[CallPageSession, AccountView]:
        """Who holds the page, and their account.

        Raises:
            CallPageRefused: it does not open here.
        """
        secret, device = request.path_params["secret"], device_key(request) or ""
        session = await service.open_call_page(secret, device)
        ask_department(request, session.identity.department)
        return session, await service.account(session.identity, device)

    def refuse(request: Request, refused: CallPageRefused) -> Response:
        """Each reason has its own words, with whom to contact (CNB-15)."""
        context.context.refusals.note(
            request.scope, f"call-page-{refused.code.value}", f"{request.method}: no call page"
        )
        return pages.page(
            request,
            "call-closed.html",
            status=404 if refused.code is CallPageProblem.UNKNOWN else 403,
            code=refused.code.value,
            profiles=[refused.profile] if refused.profile else service.profiles(),
            means=MEANS,
        )

    async def show(request: Request, template: str) -> Response:
        try:
            _session, account = await opened(request)
        except CallPageRefused as refused:
            return refuse(request, refused)
        secret = request.path_params["secret"]
        response = pages.page(
            request,
            template,
            account=account,
            secret=secret,
            means=MEANS,
            replaced="replaced" in request.query_params,
        )
        # Browsers forget a cookie after 400 days at most: the key lives on by being used.
        give_device_key(request, response)
        return response

    async def call(request: Request) -> Response:
        return await show(request, "call.html")

    async def made(request: Request) -> Response:
        return await show(request, "call-made.html")

    async def manifest(request: Request) -> Response:
        """For Android's home screen: opens this URL, in the browser that holds the key.

        Browsers ask for it without cookies; it tells nothing but the URL that it was asked for.
        """
        secret = request.path_params["secret"]
        if not _SECRET.fullmatch(secret):
            raise Refused(Refusal.NOT_FOUND, "there is nothing at this path")
        icons = [
            {"src": asset(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (192, 512)
        ]
        return JSONResponse(
            {
                "id": f"/c/{secret}",
                "start_url": f"/c/{secret}",
                "scope": f"/c/{secret}",
                "name": "NET119 通報ページ",
                "short_name": "NET119",
                "lang": "ja",
                # Not "standalone": iPhones keep the cookies of web apps apart from Safari's.
                "display": "browser",
                "icons": icons,
            },
            media_type="application/manifest+json",
            headers=dict(HEADERS),
        )

    context.add(routes, "/c/{secret}", call)
    context.add(routes, "/c/{secret}/made", made)
    context.add(routes, "/c/{secret}/manifest.webmanifest", manifest)
