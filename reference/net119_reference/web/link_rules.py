"""What the protection of the connection decides before any page does (ASO-08).

In plaintext there are the pages of feature phones and the handset API, and nothing else: a handset
that can encrypt has no reason to be there, and staff, consoles and administration never are.  A
feature phone that asks for the page of its mailed URL, or to log in, is sent to the one for it.

Over TLS, browsers are told to come back by TLS alone (RFC 6797).  Phones that need plaintext are
not locked out by that: the header counts over TLS only, which they never managed.  It is kept for
a day: should a stricter cipher profile (ASO-28) shut a phone out, plaintext is open to it soon.

The door of this machine serves everything to browsers that ask for localhost: another name there is
that of a foreign site, whose script wants to pass for ours (DNS rebinding).  The door of the local
network serves handsets and, if the settings say so, consoles; a browser forgets it with the drill.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from net119_protocol.api.problems import MEDIA_TYPE, Problem
from net119_protocol.codes import Refusal
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from net119_reference.config.base import is_loopback
from net119_reference.web.guard import Answer, Refusals, without_secrets
from net119_reference.web.link import LINK_KEY, Door, Link
from net119_reference.web.needs_https import HEADERS, needs_https
from net119_reference.web.pages.mobile.phone import is_feature_phone
from net119_reference.web.pages.rendering import HEADERS as PAGE_HEADERS
from net119_reference.web.problems import problem, problem_response

MOBILE = "/m"
"""Where the pages of feature phones begin."""
_OPEN = (f"{MOBILE}/", "/static/", "/api/handset/")
_MAILED = re.compile(r"/([rb])/([^/]+)")
_OF_HANDSETS = ("/my", "/c", "/b", "/r", "/places", MOBILE)
_APIS_OF_HANDSETS = ("/api/handset/", "/api/registration/", "/static/")
_HSTS = "max-age=86400"
_USE_HTTPS = "this is not served without encryption; use https"


def open_in_plaintext(path: str) -> bool:
    """Whether a path may be asked for over a connection without encryption."""
    return path == MOBILE or path.startswith(_OPEN)


def open_in_lan(path: str, *, consoles: bool) -> bool:
    """Whether a path may be asked for from the local network, also those of ``consoles``."""
    pages = (*_OF_HANDSETS, *(("/console",) if consoles else ()))
    apis = (*_APIS_OF_HANDSETS, *(("/api/console/",) if consoles else ()))
    return path == "/" or path.startswith((*apis, *(f"{each}/" for each in pages))) or path in pages


def is_this_machine(host: str) -> bool:
    """Whether a Host header names this machine: localhost, a name below it, or a loopback address.

    No name server has a say in these (RFC 6761, 6.3).
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    try:
        return is_loopback(name)
    except ValueError:
        return name.endswith(".localhost")


@dataclass
class LinkRules:
    """ASGI middleware inside the access log; acts where the server has told what the link is."""

    app: ASGIApp
    public_url: str
    refusals: Refusals
    answer: Answer
    consoles_in_lan: bool = False

    def __post_init__(self) -> None:
        self._hsts = _remembers(urlsplit(self.public_url).hostname or "localhost")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or WebSocket."""
        state = scope.get("state")
        link = state.get(LINK_KEY) if isinstance(state, Mapping) else None
        if not isinstance(link, Link):
            await self.app(scope, receive, send)
        elif (refused := self._wrong_door(scope, link)) is not None:
            await self._refuse(refused, scope, receive, send)
        elif link.door is not Door.MAIN:
            await self.app(scope, receive, send)
        elif not link.plaintext:
            await self.app(scope, receive, self._told_to_return(send) if self._hsts else send)
        elif open_in_plaintext(scope["path"]):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": _USE_HTTPS})
        else:
            await self._turn_away(scope)(scope, receive, send)

    def _wrong_door(self, scope: Scope, link: Link) -> str | None:
        """Why this is not served at the door by which it came; None if it is."""
        path: str = scope["path"]
        if link.door is Door.LOCAL:
            if not is_this_machine(Headers(scope=scope).get("host", "")):
                return "this is served at the address localhost only; open http://localhost"
        elif link.door is Door.LAN and not open_in_lan(path, consoles=self.consoles_in_lan):
            return "this is not served in the local network; use it at the machine itself"
        return None

    async def _refuse(self, why: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": why})
            return
        self.refusals.note(scope, Refusal.FORBIDDEN.value, f"{scope['method']}: {why}")
        await self.answer(scope, problem(Refusal.FORBIDDEN, why), None)(scope, receive, send)

    def _turn_away(self, scope: Scope) -> Response:
        path: str = scope["path"]
        if path == "/":
            return self._page(200)
        if (mobile := _mobile_page(scope)) is not None:
            headers = {**PAGE_HEADERS, "Referrer-Policy": "no-referrer"}
            return RedirectResponse(mobile, 303, headers=headers)
        if _is_harmless(scope):
            return RedirectResponse(f"{self.public_url}{path}", 308)
        self.refusals.note(scope, Refusal.FORBIDDEN.value, f"{scope['method']}: {_USE_HTTPS}")
        if path.startswith("/api/") or _wants_json(scope):
            document: Problem = problem(Refusal.FORBIDDEN, f"{_USE_HTTPS}: {self.public_url}")
            return problem_response(document)
        return self._page(403)

    def _page(self, status: int) -> Response:
        # The address asked for may be a secret; it is not repeated where others can read it.
        return Response(needs_https(self.public_url, MOBILE), status, HEADERS)

    def _told_to_return(self, send: Send) -> Send:
        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Strict-Transport-Security"] = _HSTS
            await send(message)

        return telling


def _remembers(host: str) -> bool:
    """Whether a browser should remember the host: not one that other programs share with us."""
    try:
        return not is_loopback(host)
    except ValueError:
        return not host.endswith(".localhost")


def _mobile_page(scope: Scope) -> str | None:
    """The page for feature phones in place of the one that such a phone asked for; else None.

    A phone that cannot do TLS would lose the mailed URL on a page that says to use https.  Its
    secret came in the clear just now; an answer on the same connection tells nobody more.
    """
    if scope["method"] != "GET" or not is_feature_phone(Request(scope)):
        return None
    path: str = scope["path"]
    if path == "/my":
        return f"{MOBILE}/log-in"
    mailed = _MAILED.fullmatch(path)
    return f"{MOBILE}/{mailed[1]}/{quote(mailed[2], safe='')}" if mailed else None


def _is_harmless(scope: Scope) -> bool:
    """Whether asking again by https gives away and changes nothing."""
    path: str = scope["path"]
    headers = Headers(scope=scope)
    return (
        scope["method"] in {"GET", "HEAD"}
        and path.startswith("/")
        and not path.startswith("/api/")
        and not scope.get("query_string")
        and not {"authorization", "cookie"} & set(headers)
        and without_secrets(path) == path
    )


def _wants_json(scope: Scope) -> bool:
    accepted = Headers(scope=scope).get("accept", "")
    return "json" in accepted or MEDIA_TYPE in accepted
