"""What the register's pages share: the entrance, the menu, and who sees what."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.labels import Label, Language, label_of
from net119_protocol.profile.check import FieldProblem
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.alarms import houses
from net119_reference.alarms.door import StaffDoor
from net119_reference.alarms.ports import RegisterDesk
from net119_reference.alarms.working_days import japan_day
from net119_reference.ports import Refused
from net119_reference.registration.ports import StaffSession
from net119_reference.web.pages.alarm_register import words
from net119_reference.web.pages.forms import Form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.paper import dated, dated_when
from net119_reference.web.pages.places import named
from net119_reference.web.pages.rendering import pick
from net119_reference.web.pages.routing import PageContext
from net119_reference.web.pages.staffed import Entrance, StaffedDesk, StaffVisit, whole_path

HOME = "/staff/alarms"
COOKIE = "net119_alarm_staff"

RegisterPage = Callable[["Visit"], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Visit(StaffVisit):
    """One request of a logged-in staff member of a station or of the city section."""

    section: bool
    """Whether it is the city section's, which sees every ledger (KYO-16)."""

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
    Entry(HOME, "home", Label("処理待ちの事務", "What waits")),
    Entry(f"{HOME}/ledgers", "ledgers", Label("個別台帳", "Ledgers")),
    Entry(f"{HOME}/cards/new", "new", Label("登録票を入力", "Enter a card")),
    Entry(f"{HOME}/opinions", "opinions", Label("意見書", "Opinions"), section=False),
    Entry(f"{HOME}/audit", "audit", Label("閲覧の記録", "Audit log"), section=True),
)


class Desk(StaffedDesk):
    """Adds the register's pages, each behind the log-in."""

    entrance = Entrance(
        name="alarms",
        home=HOME,
        cookie=COOKIE,
        brand=Label("あんしんネット119 台帳", "home alarm register"),
        title=Label("台帳のログイン", "Log in to the register"),
        unit=Label("所属", "Section or station"),
        wrong=Label(
            "所属、名前、パスワードのどれかがちがいます。確かめて、もう一度入れてください。",
            "Unit, name or password is wrong. Check them and try again.",
        ),
        discard=Label("やめて事務の一覧へ", "Discard it, to what waits"),
    )

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
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

        async def behind(request: Request, session: StaffSession, form: Form | None) -> Response:
            section = session.identity.department == self.config.section
            return await page(Visit(request=request, session=session, section=section, form=form))

        self.add_behind(routes, path, behind, *methods)

    # --- the entrance ---------------------------------------------------------------------------

    def check_enabled(self) -> None:
        """Refused where this provider has no home alarm service."""
        if not self.config.enabled:
            raise Refused(
                Refusal.NOT_FOUND, "this provider runs no home alarm service (alarms.enabled)"
            )

    def units(self, lang: Language) -> list[tuple[str, str]]:
        """The city section and the stations."""
        return [(code, pick(lang, *label)) for code, label in self.door.units()]

    async def begun(self, unit: str, name: str, password: str, source: str) -> StaffSession:
        """A new session of a station's or the section's staff."""
        return await self.door.log_in(unit, name, password, source)

    async def found(self, token: str) -> StaffSession:
        """The session of a cookie."""
        return await self.door.session(token)

    async def ended(self, token: str) -> None:
        """End a session."""
        await self.door.log_out(token)

    # --- a page ---------------------------------------------------------------------------------

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
            **self.frame(request, visit.session),
            **values,
        )

    def frame(self, request: Request, session: StaffSession) -> dict[str, Any]:
        """The menu, the person, and the words of codes."""
        lang, who = language_of(request), session.identity
        section = who.department == self.config.section
        units = dict(self.door.units())
        offices = {each.code: each.name for each in self.config.ward_offices}
        return {
            "unit_elsewhere": houses.left,
            "who": who,
            "csrf": session.csrf,
            "menu": [each for each in MENU if each.section in (None, section)],
            "home": HOME,
            "section": section,
            "unit_words": lambda code: pick(lang, *units[code]) if code in units else code,
            "office_words": lambda code: offices.get(code, code),
            "ward_words": lambda code: named(self.service.registrations.places(), code, lang),
            "mode_words": lambda mode: pick(lang, *label_of(mode)),
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
