"""Smartphones and tablets at their pages: those that were not thought of."""

import ssl
from typing import Any

import net119_reference.app
from net119_reference.web.pages.calling.form import _Reader
from net119_reference.web.pages.rendering import Pages
from starlette.requests import Request
from starlette.responses import Response

from tests.mutants.registry import Patch, mutant


@mutant("old-ios-not-connected", kills={"DEVICE-TABLE": "ios-9-safari can log in and call"})
def old_ios_not_connected(patch: Patch) -> None:
    """TLS 1.3 is the least that is taken from anybody."""

    def https_context(original: Any, *arguments: Any, **named: Any) -> ssl.SSLContext:
        context: ssl.SSLContext = original(*arguments, **named)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return context

    patch.around(net119_reference.app, "https_context", https_context)


@mutant("tablets-sent-away", kills={"DEVICE-TABLE": "android-tablet-chrome can log in and call"})
def tablets_sent_away(patch: Patch) -> None:
    """Only browsers that call themselves mobile get the page that calls."""

    def page(original: Any, pages: Pages, request: Request, name: str, **values: Any) -> Response:
        mobile = "Mobile" in request.headers.get("user-agent", "")
        shown = name if mobile or name != "call-map.html" else "call-place.html"
        made: Response = original(pages, request, shown, **values)
        return made

    patch.around(Pages, "page", page)


@mutant(
    "position-of-phones-dropped",
    kills={"DEVICE-TABLE": "the call of ios-9-safari rings once, with the right position"},
)
def position_dropped(patch: Patch) -> None:
    """What the page measured is not read from its form."""
    patch(_Reader, "fix", lambda _reader: None)
