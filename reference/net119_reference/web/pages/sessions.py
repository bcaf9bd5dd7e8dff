"""Cookies of the pages: the log-in of a registrant, that of staff, and the device's own key."""

import hashlib
import hmac
import secrets
from typing import Literal

from net119_protocol.codes import Refusal
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.web.pages.forms import Form

REGISTRANT = "net119_session"
STAFF = "net119_staff"
CALLBACK = "net119_callback"
"""Of whoever came by a callback's URL; below the path of that URL alone."""
DEVICE = "net119_device"
"""A random key that makes a browser the one device of a call page (CNB-10)."""
CSRF = "csrf"
"""Name of the hidden field of every form of a session."""
_DEVICE_S = 400 * 24 * 3600
"""The longest that browsers keep a cookie; prolonged whenever the call page is opened."""
_LENGTHS = range(16, 201)


def session_token(request: HTTPConnection, cookie: str) -> str | None:
    """The token in a session's cookie, if it looks like one."""
    token = request.cookies.get(cookie, "")
    return token if len(token) in _LENGTHS and token.isascii() else None


def set_session(
    request: Request,
    response: Response,
    cookie: str,
    token: str,
    *,
    same_site: Literal["lax", "strict"] = "lax",
    path: str = "/",
) -> None:
    """Put the token into a cookie that ends with the browser and no script can read."""
    response.set_cookie(
        cookie,
        token,
        path=path,
        httponly=True,
        samesite=same_site,
        secure=request.url.scheme == "https",
    )


def end_session(response: Response, cookie: str) -> None:
    """Remove the cookie."""
    response.delete_cookie(cookie, httponly=True)


def device_key(request: HTTPConnection) -> str | None:
    """The key of this device, if it has one."""
    return session_token(request, DEVICE)


def give_device_key(request: Request, response: Response, key: str | None = None) -> str:
    """Give this device a key, or prolong the one it has; returns it."""
    key = key or device_key(request) or secrets.token_urlsafe(24)
    response.set_cookie(
        DEVICE,
        key,
        max_age=_DEVICE_S,
        httponly=True,
        # Not "strict": the page is opened from a bookmark or the home screen.
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return key


def csrf_of(token: str) -> str:
    """What the forms of a registrant's session carry: bound to it, and not telling it."""
    return hashlib.sha256(b"csrf:" + token.encode()).hexdigest()[:32]


def check_csrf(form: Form, expected: str) -> None:
    """Refuse a form that was not made for this session.

    Raises:
        Refused: (``forbidden``) the token is missing or of another session.
    """
    if not hmac.compare_digest(form.get(CSRF).encode(), expected.encode()):
        raise Refused(
            Refusal.FORBIDDEN, "the form belongs to another log-in; reload the page and try again"
        )
