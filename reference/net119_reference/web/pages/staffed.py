"""What all pages behind a log-in of staff share: the log-in, the session, and what was typed.

The pages of a department's registrants and those of the home alarms' register are built on it;
each has its own home, cookie, words and menu, and its log-in is good nowhere else.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.labels import Label, Language
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration.ports import StaffLogInRefused, StaffSession
from net119_reference.web.guard import source_of
from net119_reference.web.pages.forms import Form, names_its_page, read_form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.routing import PageContext, see_other
from net119_reference.web.pages.sessions import (
    check_csrf,
    end_session,
    session_token,
    set_session,
)

MOST_KEPT = 40_000
"""Characters of a form that are carried through a new log-in."""
_KEPT = "kept."
_NAME_LIMIT, _PASSWORD_LIMIT = 200, 1000

PageBehind = Callable[[Request, StaffSession, Form | None], Awaitable[Response]]
"""A page that only whoever is logged in gets; the form is what a POST sent."""


@dataclass(frozen=True)
class Entrance:
    """Where and how one gets in.  ``name`` is the folder of its templates, and begins their names.

    ``unit`` is what one belongs to, ``wrong`` what is told of a log-in that failed, ``discard``
    the way out where a form would have to be sent once more.
    """

    name: str
    home: str
    cookie: str
    brand: Label
    title: Label
    unit: Label
    wrong: Label
    discard: Label

    @property
    def log_in(self) -> str:
        """The path of the log-in."""
        return f"{self.home}/log-in"

    @property
    def log_out(self) -> str:
        """The path of the log-out."""
        return f"{self.home}/log-out"

    def next_path(self, text: str) -> str:
        """Where to go after the log-in: one of these pages, whatever the URL said."""
        inside = text == self.home or text.startswith((f"{self.home}/", f"{self.home}?"))
        plain = text.isascii() and text.isprintable() and "\\" not in text and "//" not in text
        return text if inside and plain and not text.startswith(self.log_in) else self.home


@dataclass(frozen=True, kw_only=True)
class StaffVisit:
    """One request of a logged-in staff member; ``form`` is what a POST sent."""

    request: Request
    session: StaffSession
    form: Form | None = None

    @property
    def who(self) -> StaffIdentity:
        """Who asks."""
        return self.session.identity

    @property
    def lang(self) -> Language:
        """The reader's language."""
        return language_of(self.request)

    @property
    def sent(self) -> Form:
        """The form that was sent; an empty one if the page was only opened."""
        return self.form or Form({}, {}, "")

    def asked(self, name: str) -> str:
        """A parameter of the URL without surrounding space; empty if there is none."""
        return self.request.query_params.get(name, "").strip()


class StaffedDesk(ABC):
    """Adds pages behind one entrance, and the entrance itself."""

    entrance: Entrance

    def __init__(self, context: PageContext) -> None:
        self.context = context

    # --- whose pages they are -------------------------------------------------------------------

    def check_enabled(self) -> None:
        """Refused where the provider does not have these pages at all."""
        return

    @abstractmethod
    def units(self, lang: Language) -> list[tuple[str, str]]:
        """The departments, sections or stations that can be chosen at the log-in, by code."""

    @abstractmethod
    async def begun(self, unit: str, name: str, password: str, source: str) -> StaffSession:
        """A new session; ``source`` is the client's address.

        Raises:
            StaffLogInRefused: wrong, or locked after too many attempts.
        """

    @abstractmethod
    async def found(self, token: str) -> StaffSession:
        """The session of a cookie, prolonged.

        Raises:
            Refused: there is none (``not-authenticated``).
        """

    @abstractmethod
    async def ended(self, token: str) -> None:
        """End a session."""

    @abstractmethod
    def frame(self, request: Request, session: StaffSession) -> dict[str, Any]:
        """What the frame of each page shows."""

    # --- pages ----------------------------------------------------------------------------------

    def add_behind(self, routes: APIRouter, path: str, page: PageBehind, *methods: str) -> None:
        """Add a page; whoever is not logged in is asked to, and loses nothing that was typed."""

        async def endpoint(request: Request) -> Response:
            self.check_enabled()
            form = await read_form(request) if request.method == "POST" else None
            session = await self._session(request)
            if session is None:
                return self._ask_log_in(request, form)
            if form is not None:
                try:
                    check_csrf(form, session.csrf)
                except Refused:
                    if not names_its_page(request):
                        raise
                    # Not another site's form, that was refused: an older log-in's of this one.
                    return self._ask_again(request, session, whole_path(request), form)
            return await page(request, session, form)

        self.context.add(routes, path, endpoint, *methods)

    def add_log_in(self, routes: APIRouter) -> None:
        """Add log-in and log-out."""

        async def show(request: Request) -> Response:
            self.check_enabled()
            asked = request.query_params
            path = self.entrance.next_path(asked.get("next", ""))
            return self._log_in_page(request, ended="ended" in asked, path=path)

        async def log_in(request: Request) -> Response:
            self.check_enabled()
            return await self._logged_in(request, await read_form(request))

        async def log_out(request: Request) -> Response:
            # Without the form's token: who is logged out by somebody else loses nothing.
            self.check_enabled()
            await read_form(request)
            token = session_token(request, self.entrance.cookie)
            if token is not None:
                await self.ended(token)
            response = see_other(self.entrance.log_in)
            end_session(response, self.entrance.cookie)
            return response

        self.context.add(routes, self.entrance.log_in, show)
        self.context.add(routes, self.entrance.log_in, log_in, "POST")
        self.context.add(routes, self.entrance.log_out, log_out, "POST")

    async def _session(self, request: Request) -> StaffSession | None:
        token = session_token(request, self.entrance.cookie)
        if token is None:
            return None
        try:
            return await self.found(token)
        except Refused as refused:
            if refused.code is Refusal.NOT_AUTHENTICATED:
                return None
            raise

    async def _logged_in(self, request: Request, form: Form) -> Response:
        path, waited = self.entrance.next_path(form.get("next")), _waited(form)
        unit, name = form.get("department"), form.get("name")[:_NAME_LIMIT]
        password = form.fields.get("password", "")[:_PASSWORD_LIMIT]
        try:
            session = await self.begun(unit, name, password, source_of(request.scope))
        except StaffLogInRefused as refused:
            return self._log_in_page(
                request,
                status=401,
                path=path,
                kept_form=waited,
                unit=unit,
                name=name,
                wrong=True,
                locked_until=refused.locked_until,
            )
        again = Form(waited, {}, waited.pop("action", "")) if waited else None
        response = (
            see_other(path) if again is None else self._ask_again(request, session, path, again)
        )
        set_session(request, response, self.entrance.cookie, session.token, same_site="strict")
        return response

    def _ask_log_in(self, request: Request, form: Form | None) -> Response:
        """Send to the log-in; what was typed into a form goes along."""
        path = whole_path(request)
        ended = session_token(request, self.entrance.cookie) is not None
        if form is None:
            query = {"next": path} if path != self.entrance.home else {}
            if ended:
                query["ended"] = "1"
            return see_other(self.entrance.log_in + (f"?{urlencode(query)}" if query else ""))
        return self._log_in_page(request, status=401, ended=True, path=path, kept_form=kept(form))

    def _log_in_page(
        self,
        request: Request,
        *,
        path: str,
        status: int = 200,
        ended: bool = False,
        kept_form: Mapping[str, str] | None = None,
        unit: str = "",
        name: str = "",
        wrong: bool = False,
        locked_until: datetime | None = None,
    ) -> Response:
        """The log-in page; ``kept_form`` goes on to ``path`` after the log-in."""
        entrance = self.entrance
        return self.context.pages.page(
            request,
            "staffed/log_in.html",
            status=status,
            here=entrance.log_in + (f"?next={quote(path)}" if path != entrance.home else ""),
            entrance=entrance,
            choices=self.units(language_of(request)),
            ended=ended,
            path=path,
            kept=kept_form,
            unit=unit,
            name=name,
            wrong=wrong,
            locked_until=locked_until,
        )

    def _ask_again(
        self, request: Request, session: StaffSession, path: str, form: Form
    ) -> Response:
        """Let a form of an older log-in be sent once more, with all that was typed."""
        return self.context.pages.page(
            request,
            "staffed/again.html",
            here=self.entrance.home,
            entrance=self.entrance,
            path=path,
            kept=kept(form),
            action=form.action,
            current="",
            **self.frame(request, session),
        )


def whole_path(request: Request) -> str:
    """Path and query of a request, without the choice of a language."""
    query = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    return request.url.path + (f"?{urlencode(query)}" if query else "")


def kept(form: Form) -> dict[str, str]:
    """What of a form is worth keeping through a log-in; nothing if it is too much."""
    fields = {name: text for name, text in form.fields.items() if name not in {"csrf", "password"}}
    fields["action"] = form.action
    return fields if sum(map(len, fields.values())) <= MOST_KEPT else {}


def _waited(form: Form) -> dict[str, str]:
    """The form that waited for the log-in."""
    return {
        name.removeprefix(_KEPT): text
        for name, text in form.fields.items()
        if name.startswith(_KEPT)
    }
