"""What all pages of a department's staff share: the entrance, the roles, the menu."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from net119_protocol.labels import Label, Language
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Profile
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.registration.ports import Registrations, StaffSession
from net119_reference.registration.roles import Right, may, require
from net119_reference.web.pages.forms import Form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.rendering import pick
from net119_reference.web.pages.routing import PageContext
from net119_reference.web.pages.sessions import STAFF
from net119_reference.web.pages.staff import words
from net119_reference.web.pages.staffed import Entrance, StaffedDesk, StaffVisit, whole_path

HOME = "/staff"

StaffPage = Callable[["Visit"], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Visit(StaffVisit):
    """One request of a department's staff member."""

    profile: Profile

    @property
    def page_number(self) -> int:
        """The page of a list that is asked for, from 1."""
        text = self.asked("page")
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@dataclass(frozen=True)
class Entry:
    """One entry of the menu."""

    path: str
    name: str
    right: Right | None
    label: Label


MENU = (
    Entry(HOME, "queue", None, Label("受付一覧", "Queue")),
    Entry("/staff/search", "search", Right.READ, Label("登録者を探す", "Search")),
    Entry("/staff/key-in", "key-in", Right.KEY_IN, Label("紙の申請を入力", "Key in a form")),
    Entry(
        "/staff/undeliverable", "undeliverable", Right.READ, Label("届かないメール", "Failed mail")
    ),
    Entry(
        "/staff/announcements", "announcements", Right.ANNOUNCE, Label("お知らせ", "Announcements")
    ),
    Entry("/staff/audit", "audit", Right.AUDIT, Label("閲覧の記録", "Audit log")),
)


class Desk(StaffedDesk):
    """Adds staff pages, each behind the log-in and the right it needs."""

    entrance = Entrance(
        name="staff",
        home=HOME,
        cookie=STAFF,
        brand=Label("職員用", "for staff"),
        title=Label("職員のログイン", "Staff log-in"),
        unit=Label("消防本部", "Fire department"),
        wrong=Label(
            "消防本部、名前、パスワードのどれかがちがいます。確かめて、もう一度入れてください。",
            "Department, name or password is wrong. Check them and try again.",
        ),
        discard=Label("やめて受付一覧へ", "Discard it, to the queue"),
    )

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.service: Registrations = context.context.service.registrations

    def add(
        self,
        routes: APIRouter,
        path: str,
        page: StaffPage,
        *methods: str,
        right: Right | None = None,
    ) -> None:
        """Add a page below ``/staff``; ``right`` is refused to whoever has no role for it."""

        async def behind(request: Request, session: StaffSession, form: Form | None) -> Response:
            if right is not None:
                require(session.identity, right)
            profile = self.service.profile(session.identity.department)
            return await page(Visit(request=request, session=session, profile=profile, form=form))

        self.add_behind(routes, path, behind, *methods)

    # --- the entrance ---------------------------------------------------------------------------

    def units(self, lang: Language) -> list[tuple[str, str]]:
        """The departments."""
        return [
            (each.department, pick(lang, each.name.ja, each.name.en))
            for each in self.service.profiles()
        ]

    async def begun(self, unit: str, name: str, password: str, source: str) -> StaffSession:
        """A new session of a department's staff."""
        return await self.service.staff_log_in(unit, name, password, source)

    async def found(self, token: str) -> StaffSession:
        """The session of a cookie."""
        return await self.service.staff_session(token)

    async def ended(self, token: str) -> None:
        """End a session."""
        await self.service.staff_log_out(token)

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
        if here is None and request.method == "GET":
            here = whole_path(request)
        return self.context.pages.page(
            request,
            f"staff/{template}",
            status=status,
            problems=problems,
            here=here,
            current=current,
            profile=visit.profile,
            **self.frame(request, visit.session),
            **values,
        )

    def frame(self, request: Request, session: StaffSession) -> dict[str, Any]:
        """The menu, the person, and the words of codes."""
        who, lang = session.identity, language_of(request)
        return {
            "who": who,
            "csrf": session.csrf,
            "menu": [entry for entry in MENU if entry.right is None or may(who, entry.right)],
            "can": {right.name: may(who, right) for right in Right},
            "department": self.service.profile(who.department).name,
            "roles": [pick(lang, *words.ROLES[role]) for role in sorted(who.roles)],
            "state_words": lambda state: pick(lang, *words.STATES[state]),
            "event_words": lambda code: pick(lang, *words.words_of(words.EVENTS, code)),
            "mail_words": lambda code: pick(lang, *words.words_of(words.MAILS, code)),
            "delivery_words": lambda code: pick(lang, *words.words_of(words.DELIVERIES, code)),
            "never_sent_words": lambda reason: (
                pick(lang, *found) if (found := words.never_sent_words(reason)) else ""
            ),
            "actor_words": lambda name: pick(lang, *words.words_of(words.ACTORS, name)),
            "action_words": lambda code: pick(lang, *words.words_of(words.ACTIONS, code)),
            "purpose_words": lambda text: pick(lang, *words.purpose_words(text)),
            "kind_words": lambda kind: pick(lang, *words.KINDS[kind]),
        }
