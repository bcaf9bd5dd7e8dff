"""Who may use the leader's pages: browsers of this machine, with forms of these very pages.

The pages have no log-in. What protects them is that they answer on this machine only, to requests
that name it (a foreign site's name that was rebound to this machine is refused), and that they take
forms only from themselves: by the browser's word on where a form comes from, and by a token that is
bound to a cookie which no other site can send.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from urllib.parse import urlsplit

from net119_simulators.safety import is_loopback
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "net119_drill"
FIELD = "csrf"
"""Name of the hidden field of every form."""
_KEY = "net119.drill.browser"


class Guard:
    """ASGI middleware around the pages.

    ``hosts``: names besides those of this machine that the pages answer to.
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        why = self._refused(scope)
        if why is not None:
            status, text = why
            await PlainTextResponse(text, status)(scope, receive, send)
            return
        known = Request(scope).cookies.get(COOKIE, "")
        browser = known if _looks_right(known) else secrets.token_urlsafe(24)
        scope[_KEY] = browser

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and browser != known:
                MutableHeaders(scope=message).append(
                    "Set-Cookie", f"{COOKIE}={browser}; HttpOnly; SameSite=Strict; Path=/"
                )
            await send(message)

        await self._app(scope, receive, with_cookie)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not is_this_machine(host) and _name(host) not in self._hosts:
            return 421, "These pages answer to http://localhost only.\n"
        if scope["method"] in {"GET", "HEAD"}:
            return None
        origin = headers.get("origin")
        own = origin is not None and urlsplit(origin).netloc == host
        if not own or headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return 403, "This form was not sent from these pages.\n"
        return None


def is_this_machine(host: str) -> bool:
    """Whether a Host header names this machine: localhost, a name below it, a loopback address."""
    name = _name(host)
    return is_loopback(name) or name.endswith(".localhost")


def form_token(request: Request) -> str:
    """What the forms of this browser carry."""
    browser = str(request.scope.get(_KEY, ""))
    return hashlib.sha256(b"form:" + browser.encode()).hexdigest()[:32]


def is_own_form(request: Request, given: object) -> bool:
    """Whether a form's token is the one of this browser."""
    return isinstance(given, str) and hmac.compare_digest(
        given.encode(), form_token(request).encode()
    )


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _looks_right(token: str) -> bool:
    return len(token) == 32 and token.isascii()
