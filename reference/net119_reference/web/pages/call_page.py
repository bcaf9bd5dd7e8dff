"""What is shown when a personal call page is made, and its manifest (TOM-19, CNB-25, ASO-14).

The page itself is the first of those on the way to a call (`calling`).
"""

import re

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from net119_reference.ports import Refused
from net119_reference.registration.ports import CallPageSession
from net119_reference.web.pages.call_door import CallPageDoor
from net119_reference.web.pages.rendering import HEADERS, asset
from net119_reference.web.pages.routing import PageContext

_SECRET = re.compile(r"[A-Za-z0-9_-]{16,200}")


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add what is shown when the call page is made, and its manifest."""
    pages = context.pages
    door = CallPageDoor(context)

    async def made(request: Request, session: CallPageSession) -> Response:
        return pages.page(
            request,
            "call-made.html",
            account=await door.account(request, session),
            secret=request.path_params["secret"],
            replaced="replaced" in request.query_params,
        )

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

    context.add(routes, "/c/{secret}/made", door.guard(made))
    context.add(routes, "/c/{secret}/manifest.webmanifest", manifest)
