"""What the register's pages share: the log-in, the menu, who sees what, and what was typed."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.labels import Label, Language
from net119_protocol.profile.check import FieldProblem
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.alarms.door import StaffDoor
from net119_reference.alarms.ports import RegisterDesk
from net119_reference.alarms.working_days import japan_day
from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration.ports import StaffSession
from net119_reference.web.pages.alarm_register import words
from net119_reference.web.pages.forms import Form, names_its_page, read_form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.paper import dated, dated_when
from net119_reference.web.pages.places import named
from net119_reference.web.pages.rendering import pick
from net119_reference.web.pages.routing import PageContext, see_other
from net119_reference.web.pages.sessions import check_csrf, session_token
from net119_reference.web.pages.staff.desk import kept

HOME = "/staff/alarms"
LOG_IN = f"{HOME}/log-in"
COOKIE = "net119_alarm_staff"

RegisterPage = Callable[["Visit"], Awaitable[Response]]


@dataclass(frozen=True)
class Visit:
    """One request of a logged-in staff member; ``form`` is what a POST sent."""

    request: Request
    session: StaffSession
    section: bool
    """Whether it is the city section's, which sees every ledger (KYO-16)."""
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

    @property
    def registration(self) -> int:
        """The registration number in the path.

        Raises:
            Refused: it is none (``not-found``).
        """
        text = str(self.request.path_params.get("registration", ""))
        if not (text.isascii() and text.isdigit() and 0 < int(text[:8]) <= 9_999_999):
            raise Refused(Refusal.NOT_FOUND, "the URL holds no registration number")
        return int(text[:8])


@dataclass(frozen=True)
class Entry:
    """One entry of the menu; ``section``: None for everybody, else for which side."""

    path: str
    name: str
    label: Label
    section: bool | None = None


MENU = (
    Entry(HOME, "home", Label("待っている事務", "What waits")),
    Entry(f"{HOME}/ledgers", "ledgers", Label("個別台帳", "Ledgers")),
    Entry(f"{HOME}/cards/new", "new", Label("登録票を入力", "Enter a card")),
    Entry(f"{HOME}/opinions", "opinions", Label("意見書", "Opinions"), section=False),
    Entry(f"{HOME}/audit", "audit", Label("閲覧の記録", "Audit log"), section=True),
)


class Desk:
    """Adds the register's pages, each behind the log-in."""

    def __init__(self, context: PageContext) -> None:
        self.context = context
        self.config = context.context.config.alarms
        self.service = context.context.service

    @property
    def register(self) -> RegisterDesk:
        """The register behind the pages."""
        return self.service.alarms.register

    @property
    def door(self) -> StaffDoor:
        """The log-ins."""
        return self.service.alarms.door

    def today(self) -> date:
        """The day in Japan."""
        return japan_day(self.service.registrations.now())

    def add(self, routes: APIRouter, path: str, page: RegisterPage, *methods: str) -> None:
        """Add a page below ``/staff/alarms``."""

        async def endpoint(request: Request) -> Response:
            self.check_enabled()
            form = await read_form(request) if request.method == "POST" else None
            session = await self._session(request)
            if session is None:
                return self.ask_log_in(request, form)
            if form is not None:
                try:
                    check_csrf(form, session.csrf)
                except Refused:
                    if not names_its_page(request):
                        raise
                    # Not another site's form, that was refused: an older log-in's of this one.
                    return self.ask_again(request, session, whole_path(request), form)
            section = session.identity.department == self.config.section
            return await page(Visit(request, session, section, form))

        self.context.add(routes, path, endpoint, *methods)

    def check_enabled(self) -> None:
        """Refused where this provider has no home alarm service."""
        if not self.config.enabled:
            raise Refused(
                Refusal.NOT_FOUND, "this provider runs no home alarm service (alarms.enabled)"
            )

    async def _session(self, request: Request) -> StaffSession | None:
        token = session_token(request, COOKIE)
        if token is None:
            return None
        try:
            return await self.door.session(token)
        except Refused as refused:
            if refused.code is Refusal.NOT_AUTHENTICATED:
                return None
            raise

    # --- without a session --------------------------------------------------------------------

    def ask_log_in(self, request: Request, form: Form | None) -> Response:
        """Send to the log-in; what was typed into a form goes along."""
        path = whole_path(request)
        ended = session_token(request, COOKIE) is not None
        if form is None:
            query = {"next": path} if path != HOME else {}
            if ended:
                query["ended"] = "1"
            return see_other(LOG_IN + (f"?{urlencode(query)}" if query else ""))
        return self.log_in_page(request, status=401, ended=True, path=path, kept_form=kept(form))

    def log_in_page(
        self,
        request: Request,
        *,
        status: int = 200,
        ended: bool = False,
        path: str = HOME,
        kept_form: Mapping[str, str] | None = None,
        unit: str = "",
        name: str = "",
        wrong: bool = False,
        locked_until: datetime | None = None,
    ) -> Response:
        """The log-in page; ``kept_form`` goes on to ``path`` after the log-in."""
        lang = language_of(request)
        return self.context.pages.page(
            request,
            "alarms/log_in.html",
            status=status,
            here=LOG_IN + (f"?next={quote(path)}" if path != HOME else ""),
            choices=[(code, pick(lang, *label)) for code, label in self.door.units()],
            ended=ended,
            path=path,
            kept=kept_form,
            unit=unit,
            name=name,
            wrong=wrong,
            locked_until=locked_until,
        )

    def ask_again(self, request: Request, session: StaffSession, path: str, form: Form) -> Response:
        """Let a form of an older log-in be sent once more, with all that was typed."""
        return self.context.pages.page(
            request,
            "alarms/again.html",
            here=HOME,
            path=path,
            kept=kept(form),
            action=form.action,
            current="",
            **self._frame(request, session),
        )

    # --- with one -----------------------------------------------------------------------------

    def page(
        self,
        visit: Visit,
        template: str,
        *,
        current: str = "",
        here: str | None = None,
        status: int = 200,
        problems: Iterable[FieldProblem] = (),
        **values: Any,
    ) -> Response:
        """A page with the menu; ``current`` is the entry that it belongs to."""
        request = visit.request
        return self.context.pages.page(
            request,
            f"alarms/{template}",
            status=status,
            problems=problems,
            here=here or whole_path(request),
            current=current,
            **self._frame(request, visit.session),
            **values,
        )

    def _frame(self, request: Request, session: StaffSession) -> dict[str, Any]:
        lang, who = language_of(request), session.identity
        section = who.department == self.config.section
        units = dict(self.door.units())
        offices = {each.code: each.name for each in self.config.ward_offices}
        return {
            "who": who,
            "csrf": session.csrf,
            "menu": [each for each in MENU if each.section in (None, section)],
            "home": HOME,
            "section": section,
            "unit_words": lambda code: pick(lang, *units[code]) if code in units else code,
            "office_words": lambda code: offices.get(code, code),
            "ward_words": lambda code: named(self.service.registrations.places(), code, lang),
            "word": lambda table, code: pick(lang, *words.of(table, code)),
            "dated": lambda value: dated(lang, value),
            "dated_when": lambda moment: dated_when(lang, moment),
            "today": self.today(),
        }

    def wards(self, lang: Language) -> list[tuple[str, str]]:
        """The wards of all stations, by JIS code."""
        index = self.service.registrations.places()
        codes = sorted(ward for each in self.config.stations for ward in each.wards)
        return [(code, named(index, code, lang)) for code in codes]

    def offices(self) -> list[tuple[str, str]]:
        """The ward offices by code; they have no other than their Japanese names."""
        return [(each.code, each.name) for each in self.config.ward_offices]


def whole_path(request: Request) -> str:
    """Path and query of a request, without the choice of a language."""
    query = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    return request.url.path + (f"?{urlencode(query)}" if query else "")


def next_path(text: str) -> str:
    """Where to go after the log-in: a page of the register, whatever the URL said."""
    inside = text == HOME or text.startswith((f"{HOME}/", f"{HOME}?"))
    plain = text.isascii() and text.isprintable() and "\\" not in text and "//" not in text
    return text if inside and plain and not text.startswith(LOG_IN) else HOME
