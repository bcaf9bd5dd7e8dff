"""Routes of pages: a refusal is answered with a page that people can read."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps

from fastapi import APIRouter
from net119_protocol.api.problems import Problem
from net119_protocol.codes import Refusal
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from net119_reference.ports import Refused, StorageFailed
from net119_reference.web.access import TooSoon
from net119_reference.web.pages.mobile.rendering import is_mobile, mobile_problem
from net119_reference.web.pages.rendering import HEADERS, Pages
from net119_reference.web.problems import RETRY_AFTER_S, problem
from net119_reference.web.routes import Context, asked_department

_UPLOAD = re.compile(r"/r/[^/]+/form(?=/?$)")
"""Path of the form at a mailed URL."""

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class PageContext:
    """What the routers of pages are built from."""

    context: Context
    pages: Pages

    def add(self, routes: APIRouter, path: str, endpoint: Endpoint, *methods: str) -> None:
        """Add a page; ``methods`` default to GET."""
        allowed = methods or ("GET",)
        # Its name in the counters of requests: what it is, not which function happens to serve it.
        name = f"{'/'.join(allowed)} {path}"
        routes.routes.append(
            PageRoute(path, self._answered(endpoint), methods=list(allowed), name=name)
        )

    def _answered(self, endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def answered(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Refused as refused:
                return self.refuse(request, refused)
            except StorageFailed as failed:
                return self.refuse(request, Refused(Refusal.STORAGE_FAILED, failed.detail))

        return answered

    def refuse(self, request: Request, refused: Refused) -> Response:
        """The page of a refusal, noted like every refused input (I10)."""
        self.context.refusals.note(
            request.scope, refused.code.value, f"{request.method}: {refused.detail}"
        )
        department = asked_department(request)
        profile = self.context.service.registrations.profile(department) if department else None
        document = problem(refused.code, refused.detail, profile=profile)
        response = problem_page(self.pages, request, document)
        if isinstance(refused, TooSoon):
            response.headers["Retry-After"] = str(refused.retry_after_s)
        return response


class PageRoute(Route):
    """A route that is known by its pattern: the path itself may hold a secret."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Starlette's, with the route in the scope, where the access log looks for it."""
        match, child = super().matches(scope)
        if match is not Match.NONE:
            child["route"] = self
        return match, child


def is_page(scope: Scope) -> bool:
    """Whether a person is likely to look at the answer, rather than a program."""
    if scope["type"] != "http" or scope["path"].startswith("/api/"):
        return False
    if is_mobile(scope["path"]):
        return True  # phones of the time name no type at all, or "*/*"
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def problem_page(pages: Pages, request: Request, document: Problem) -> Response:
    """A refusal as a page: what happened, what to do."""
    if document.code is Refusal.TOO_LARGE and (back := _UPLOAD.match(request.url.path)):
        # Only an image makes a form at a mailed URL this large; the guard refuses it unread.
        return pages.page(
            request, "image_too_large.html", status=document.status, document=document, back=back[0]
        )
    path = request.url.path
    if is_mobile(path):
        return mobile_problem(pages, request, document)
    # Whoever works at the fire service needs no advice how to reach it.
    console = path == "/console" or path.startswith("/console/")
    staff = console or path == "/staff" or path.startswith("/staff/")
    response = pages.page(
        request,
        "problem.html",
        status=document.status,
        document=document,
        staff=staff,
        alarms=path == "/staff/alarms" or path.startswith("/staff/alarms/"),
        console=console,
    )
    if document.status in (429, 503):
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def see_other(path: str) -> RedirectResponse:
    """Go on with GET at a page of ours (RFC 9110, 15.4.4), so that a reload repeats nothing."""
    return RedirectResponse(path, status_code=303, headers=dict(HEADERS))
