"""What all staff pages share: the log-in, the roles, the menu, and what was typed meanwhile."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.labels import Label
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Profile
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration.ports import Registrations, StaffSession
from net119_reference.registration.roles import Right, may, require
from net119_reference.web.pages.forms import Form, names_its_page, read_form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.rendering import pick
from net119_reference.web.pages.routing import PageContext, see_other
from net119_reference.web.pages.sessions import STAFF, check_csrf, session_token
from net119_reference.web.pages.staff import words

HOME = "/staff"
LOG_IN = "/staff/log-in"
MOST_KEPT = 40_000
"""Characters of a form that are carried through a new log-in."""

StaffPage = Callable[["Visit"], Awaitable[Response]]


@dataclass(frozen=True)
class Visit:
    """One request of a logged-in staff member; ``form`` is what a POST sent."""

    request: Request
    session: StaffSession
    profile: Profile
    form: Form | None = None

    @property
    def who(self) -> StaffIdentity:
        """Who asks."""
        return self.session.identity

    @property
    def sent(self) -> Form:
        """The form that was sent; an empty one if the page was only opened."""
        return self.form or Form({}, {}, "")

    def asked(self, name: str) -> str:
        """A parameter of the URL without surrounding space; empty if there is none."""
        return self.request.query_params.get(name, "").strip()

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


class Desk:
    """Adds staff pages, each behind the log-in and the right it needs."""

    def __init__(self, context: PageContext) -> None:
        self.context = context
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

        async def endpoint(request: Request) -> Response:
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
                    return self.ask_again(request, session, request.url.path, form)
            if right is not None:
                require(session.identity, right)
            profile = self.service.profile(session.identity.department)
            return await page(Visit(request, session, profile, form))

        self.context.add(routes, path, endpoint, *methods)

    async def _session(self, request: Request) -> StaffSession | None:
        token = session_token(request, STAFF)
        if token is None:
            return None
        try:
            return await self.service.staff_session(token)
        except Refused as refused:
            if refused.code is Refusal.NOT_AUTHENTICATED:
                return None
            raise

    # --- without a session --------------------------------------------------------------------

    def ask_log_in(self, request: Request, form: Form | None) -> Response:
        """Send to the log-in; what was typed into a form goes along."""
        path = request.url.path
        ended = session_token(request, STAFF) is not None
        if form is None:
            where = path + (f"?{request.url.query}" if request.url.query else "")
            query = {"next": where} if where != HOME else {}
            if ended:
                query["ended"] = "1"
            return see_other(LOG_IN + (f"?{urlencode(query)}" if query else ""))
        return self.log_in_page(request, status=401, ended=True, path=path, kept=kept(form))

    def log_in_page(
        self,
        request: Request,
        *,
        status: int = 200,
        ended: bool = False,
        path: str = HOME,
        kept: Mapping[str, str] | None = None,
        department: str = "",
        name: str = "",
        wrong: bool = False,
        locked_until: datetime | None = None,
    ) -> Response:
        """The log-in page; ``kept`` is a form that goes on to ``path`` after the log-in."""
        here = LOG_IN + (f"?next={quote(path)}" if path != HOME else "")
        return self.context.pages.page(
            request,
            "staff/log_in.html",
            status=status,
            here=here,
            choices=[
                (each.department, pick(language_of(request), each.name.ja, each.name.en))
                for each in self.service.profiles()
            ],
            ended=ended,
            path=path,
            kept=kept,
            department=department,
            name=name,
            wrong=wrong,
            locked_until=locked_until,
        )

    def ask_again(self, request: Request, session: StaffSession, path: str, form: Form) -> Response:
        """Let a form of an older log-in be sent once more, with all that was typed."""
        return self.context.pages.page(
            request,
            "staff/again.html",
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
        if here is None and request.method == "GET":
            query = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
            here = request.url.path + (f"?{urlencode(query)}" if query else "")
        return self.context.pages.page(
            request,
            f"staff/{template}",
            status=status,
            problems=problems,
            here=here,
            current=current,
            profile=visit.profile,
            **self._frame(request, visit.session),
            **values,
        )

    def _frame(self, request: Request, session: StaffSession) -> dict[str, Any]:
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


def kept(form: Form) -> dict[str, str]:
    """What of a form is worth keeping through a log-in; nothing if it is too much."""
    fields = {name: text for name, text in form.fields.items() if name not in {"csrf", "password"}}
    fields["action"] = form.action
    return fields if sum(map(len, fields.values())) <= MOST_KEPT else {}


def next_path(text: str) -> str:
    """Where to go after the log-in: a staff page of ours, whatever the URL said."""
    inside = text == HOME or text.startswith((f"{HOME}/", f"{HOME}?"))
    plain = text.isascii() and text.isprintable() and "\\" not in text and "//" not in text
    return text if inside and plain and not text.startswith(LOG_IN) else HOME
