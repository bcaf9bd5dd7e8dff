"""What the modules of these pages are built from: routes, forms, and the session in the URL."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter
from net119_protocol.api.common import LineStored, NewLine
from net119_protocol.codes import Mode, Refusal
from net119_protocol.profile.model import Profile
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import HandsetIdentity, Refused
from net119_reference.web.pages.forms import check_origin
from net119_reference.web.pages.mobile.form import MobileForm, UnreadableForm, parse_form
from net119_reference.web.pages.mobile.phone import Phone, phone_of
from net119_reference.web.pages.mobile.rendering import ROOT, mobile_page
from net119_reference.web.pages.routing import PageContext
from net119_reference.web.routes import Context, ask_department

_FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class MobileSession:
    """A logged-in phone: its caller, and the start of its URLs."""

    secret: str
    who: HandsetIdentity

    @property
    def path(self) -> str:
        """Where its pages are; the secret is in it."""
        return f"{ROOT}/s/{self.secret}"


Endpoint = Callable[[Request], Awaitable[Response]]
SessionEndpoint = Callable[[Request, MobileSession], Awaitable[Response]]


@dataclass(frozen=True)
class MobileContext:
    """The routes of feature-phone pages, over those of all pages."""

    pages: PageContext

    @property
    def context(self) -> Context:
        """Service, settings, counters."""
        return self.pages.context

    def add(self, routes: APIRouter, path: str, endpoint: Endpoint, *methods: str) -> None:
        """Add a page below ``/m``; ``methods`` default to GET."""
        self.pages.add(routes, f"{ROOT}{path}", endpoint, *methods)

    def add_call(
        self, routes: APIRouter, path: str, endpoint: SessionEndpoint, *methods: str
    ) -> None:
        """Add a page of a call: what was said in it is nowhere shown or taken in plaintext where
        the caller's department wants it encrypted (ASO-08, CNB-11)."""

        @wraps(endpoint)
        async def protected(request: Request, session: MobileSession) -> Response:
            self.context.check_link(session.who.department, request.scope)
            return await endpoint(request, session)

        self.add_own(routes, path, protected, *methods)

    def add_own(
        self, routes: APIRouter, path: str, endpoint: SessionEndpoint, *methods: str
    ) -> None:
        """Add a page of a session, below ``/m/s/{session}``."""

        @wraps(endpoint)
        async def opened(request: Request) -> Response:
            try:
                session = await self._session(request)
            except Refused as refused:
                if refused.code is not Refusal.NOT_AUTHENTICATED:
                    raise
                self.note(request, refused)
                return self.log_in_page(request, status=403, trouble="ended")
            return await endpoint(request, session)

        self.add(routes, f"/s/{{session}}{path}", opened, *methods)

    @staticmethod
    def _within_its_call(request: Request, who: HandsetIdentity) -> None:
        """A callback's URL gives a session for one call: no menu, no new call, no account."""
        if who.call_id is None:
            return
        if request.path_params.get("call_id", "").lower() != str(who.call_id):
            raise Refused(
                Refusal.NOT_AUTHENTICATED, "this session came by a callback, for another page"
            )

    async def _session(self, request: Request) -> MobileSession:
        secret: str = request.path_params["session"]
        phone = phone_of(request)
        who = await self.context.service.phones.session(secret, phone.binding)
        self._within_its_call(request, who)
        ask_department(request, who.department)
        return MobileSession(secret, replace(who, link=phone.link))

    def page(self, request: Request, template: str, **values: Any) -> Response:
        """A page from a template below ``templates/mobile/``."""
        state, since = self.context.service.phones.operating()
        return mobile_page(
            self.pages.pages, request, template, operating=state.value, since=since, **values
        )

    def plaintext_allowed(self, who: HandsetIdentity) -> bool:
        """Whether the caller's department takes calls that are not encrypted (ASO-08, CNB-11)."""
        profile = self.context.service.registrations.profile(who.department)
        return self.context.config.plaintext_allowed(profile)

    def add_step(self, routes: APIRouter, path: str, endpoint: SessionEndpoint) -> None:
        """Add a page on the way to a call.

        Over a connection by which the call itself would be refused, nobody is led there
        (``plaintext-not-allowed``; ASO-08).
        """

        @wraps(endpoint)
        async def checked(request: Request, session: MobileSession) -> Response:
            self.context.check_link(session.who.department, request.scope)
            return await endpoint(request, session)

        self.add_own(routes, path, checked)

    def practice_allowed(self, profile: Profile) -> bool:
        """Whether calls can be practised (CTS-11)."""
        return profile.practice_calls and Mode.PRACTICE in self.context.config.modes.accepted

    def log_in_page(
        self,
        request: Request,
        *,
        status: int = 200,
        trouble: str = "",
        login_id: str = "",
        wait_s: int = 0,
    ) -> Response:
        """The log-in with what went wrong, and whom to contact (CNB-15)."""
        return self.page(
            request,
            "log_in.html",
            status=status,
            headers={"Retry-After": str(wait_s)} if wait_s else None,
            trouble=trouble,
            login_id=login_id[:80],
            wait_s=wait_s,
            profiles=self.context.service.registrations.profiles(),
        )

    async def form(self, request: Request) -> MobileForm:
        """The form of a POST, in whichever charset the phone wrote it.

        Raises:
            Refused: it comes from another site's page (``forbidden``), or is no form of ours
                (``invalid``).
        """
        check_origin(request)
        kind = request.headers.get("content-type", _FORM_TYPE).partition(";")[0].strip().lower()
        if kind != _FORM_TYPE:
            raise Refused(Refusal.INVALID, f"the form is not sent as {_FORM_TYPE}")
        try:
            return parse_form(await request.body(), phone_of(request).charset)
        except UnreadableForm as error:
            raise Refused(Refusal.INVALID, f"the form cannot be read: {error}") from None

    async def say(self, session: MobileSession, call_id: str, line: NewLine) -> LineStored:
        """Say a line of the caller; returns when it is stored (invariant I2)."""
        stored = await self.context.service.caller_says(session.who, call_number(call_id), line)
        self.context.metrics.line_stored("caller")
        return stored

    def note(self, request: Request, refused: Refused) -> None:
        """Note a refusal that is answered by a page of its own (I10)."""
        self.context.refusals.note(
            request.scope, refused.code.value, f"{request.method}: {refused.detail}"
        )

    def origin(self, request: Request) -> str:
        """Scheme, host and port of these pages, as a phone that has measured comes back to them.

        Not from the request's headers, which name what they like.
        """
        public = self.context.config.public_url
        phone: Phone = phone_of(request)
        parts = urlsplit(public)
        server = request.scope.get("server") or ("127.0.0.1", None)
        if phone.plaintext:
            return f"http://{_host(parts.hostname)}:{server[1] or 80}"
        if parts.port == 0:
            return f"https://{_host(parts.hostname)}:{server[1] or 443}"
        return public


def call_number(text: str) -> UUID:
    """A call's id in a path.

    Raises:
        Refused: (``unknown-call``) it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise Refused(Refusal.UNKNOWN_CALL, "the path does not hold a call's id") from None


def _host(name: str | None) -> str:
    return f"[{name}]" if name and ":" in name else name or "127.0.0.1"
