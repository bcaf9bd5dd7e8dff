"""What waits for the department, and the search among its registrations."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from net119_protocol.api.staff import RegistrationState as State
from starlette.responses import Response

from net119_reference.registration.ports import ApplicationList
from net119_reference.registration.roles import Right, may
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.rendering import pick
from net119_reference.web.pages.staff import words
from net119_reference.web.pages.staff.desk import HOME, Desk, Visit

QUERY_LIMIT = 200
SEARCH = "/staff/search"
REVIEW = "review"


def age(lang: str, since: datetime, now: datetime) -> str:
    """How long something has waited, as people say it."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    days, hours = minutes // 1440, minutes // 60
    if days:
        return f"{days}日" if lang == "ja" else f"{days} day{'s' if days > 1 else ''}"
    if hours:
        return f"{hours}時間" if lang == "ja" else f"{hours} hour{'s' if hours > 1 else ''}"
    return f"{minutes}分" if lang == "ja" else f"{minutes} min"


_DONE = {
    "approve": (
        "承認しました。本人にメールで知らせます。",
        "Approved. The person is told by mail.",
    ),
    "return": (
        "不備で返しました。本人に、直すためのURLをメールで送ります。",
        "Returned. The person is mailed a URL to correct it.",
    ),
    "refuse-confirm": ("登録不可または却下としました。", "Refused or rejected."),
}


def _done(visit: Visit) -> str:
    ja, en = _DONE.get(visit.asked("done"), ("手続きを行いました。", "Done."))
    return pick(language_of(visit.request), ja, en)


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the pages."""

    async def home(visit: Visit) -> Response:
        waiting: dict[str, ApplicationList] = {}
        overview = None
        if may(visit.who, Right.READ):
            overview = await desk.service.overview(visit.who)
            for name, state in (("applied", State.APPLIED), ("changes", State.CHANGE_PENDING)):
                waiting[name] = await desk.service.applications(visit.who, state, "", 1)
        lang = language_of(visit.request)
        return desk.page(
            visit,
            "queue.html",
            current="queue",
            here=HOME,
            waiting=waiting,
            overview=overview,
            done=visit.asked("done"),
            done_words=_done(visit),
            of=_uuid(visit.asked("of")),
            age=lambda since: age(lang, since, desk.service.now()),
        )

    async def search(visit: Visit) -> Response:
        query = visit.asked("q")[:QUERY_LIMIT]
        state = next((each for each in State if each.value == visit.asked("state")), None)
        found = await desk.service.applications(visit.who, state, query, visit.page_number)
        purpose = visit.asked("purpose") if visit.asked("purpose") in words.PURPOSES else ""
        asked = {"q": query, "state": state.value if state else "", "purpose": purpose}
        lang = language_of(visit.request)
        return desk.page(
            visit,
            "search.html",
            current="search",
            found=found,
            query=query,
            state=state.value if state else "",
            states=[("", pick(lang, "すべて", "All"))]
            + [
                (each.value, f"{pick(lang, *text)} ({found.by_state.get(each, 0)})")
                for each, text in words.STATES.items()
            ],
            purpose=purpose,
            purposes=[("", pick(lang, "選んでください", "Choose"))]
            + [(code, pick(lang, *text)) for code, text in words.PURPOSES.items()],
            link=lambda page: f"{SEARCH}?{urlencode({**asked, 'page': page})}",
        )

    desk.add(routes, HOME, home)
    desk.add(routes, SEARCH, search, right=Right.READ)
