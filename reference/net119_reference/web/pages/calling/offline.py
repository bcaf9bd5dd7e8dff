"""What is shown on a phone without a connection: a page that the service worker keeps (CNB-36)."""

import hashlib
import json

from fastapi import APIRouter
from net119_protocol.refusal_texts import OTHER_MEANS_EN
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.web.pages.rendering import HEADERS, STATIC, asset
from net119_reference.web.pages.routing import PageContext

PAGE = "/c/offline"
WORKER = "/c/sw.js"
SCOPE = "/c/"


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add the worker and its page; both are the same for everybody, and stand before secrets."""

    async def offline(request: Request) -> Response:
        return context.pages.page(request, "call-offline.html", means_en=OTHER_MEANS_EN)

    async def worker(request: Request) -> Response:
        return Response(
            worker_script(),
            media_type="text/javascript",
            # Looked at anew each time, so that a phone never keeps last year's advice.
            headers={**HEADERS, "Cache-Control": "no-cache", "Service-Worker-Allowed": SCOPE},
        )

    context.add(routes, PAGE, offline)
    context.add(routes, WORKER, worker)


def worker_script() -> str:
    """The worker with what it keeps; it changes whenever one of these files does."""
    files = [PAGE, asset("net119.css"), asset("call.css"), asset("offline.js")]
    script = (STATIC / "sw.js").read_text("utf-8")
    template = (STATIC.parent / "templates" / "call-offline.html").read_text("utf-8")
    digest = hashlib.sha256("\n".join((*files, script, template)).encode()).hexdigest()[:12]
    told = {"NAME": f"net119-{digest}", "FILES": files, "PAGE": PAGE}
    lines = (f"var {name} = {json.dumps(value)};" for name, value in told.items())
    return "\n".join((*lines, script))
