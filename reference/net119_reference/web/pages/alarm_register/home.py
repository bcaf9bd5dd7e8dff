"""What waits at a station or at all, and how one gets at a ledger: by its number, for a purpose."""

from urllib.parse import urlencode

from fastapi import APIRouter
from net119_protocol.profile.check import FieldProblem
from starlette.responses import Response

from net119_reference.web.pages.alarm_register import words
from net119_reference.web.pages.alarm_register.desk import HOME, Desk, Visit
from net119_reference.web.pages.rendering import pick
from net119_reference.web.pages.routing import see_other

OTHER = "other"
PURPOSE_LIMIT = 200
_NUMBER = FieldProblem(
    "registration",
    "form",
    "登録番号は、1から9999999までの数字で入れてください。",
    "A registration number is a number from 1 to 9999999.",
)
_PURPOSE = FieldProblem(
    "purpose",
    "required",
    "何のために見るかを選んでください。「その他」のときは内容も入れてください。",
    "Choose what it is read for; for something else say what.",
)


def ledger_path(registration: int, purpose: str = "", what: str = "") -> str:
    """The URL path of a ledger's page, or of one below it."""
    path = f"{HOME}/ledgers/{registration}" + (f"/{what}" if what else "")
    return path + (f"?{urlencode({'purpose': purpose})}" if purpose else "")


def purpose_of(visit: Visit) -> str:
    """What a ledger is read for, as it is recorded; empty where it was not said."""
    sent = visit.sent
    code = sent.get("purpose") or visit.asked("purpose")
    text = sent.get("purpose_text") or visit.asked("purpose_text")
    return (text if code == OTHER else code)[:PURPOSE_LIMIT]


def purposes(visit: Visit) -> list[tuple[str, str]]:
    """What a ledger can be read for, to choose from."""
    known = [(code, pick(visit.lang, *label)) for code, label in words.PURPOSES.items()]
    return [*known, (OTHER, pick(visit.lang, "その他", "Something else"))]


def number_of(text: str) -> int | None:
    """A registration number as people write it, in any width."""
    return int(text) if text.isdigit() and len(text) <= 7 and int(text) > 0 else None


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the pages."""

    async def home(visit: Visit) -> Response:
        work = desk.register.work(visit.who)
        return desk.page(
            visit,
            "home.html",
            current="home",
            here=HOME,
            work=work,
            link=ledger_path,
            moved_away=visit.asked("done") == "moved-away",
        )

    async def ledgers(visit: Visit) -> Response:
        typed = {
            name: visit.asked(name) for name in ("registration", "purpose", "purpose_text", "after")
        }
        problems = []
        if typed["registration"]:
            number, purpose = number_of(typed["registration"]), purpose_of(visit)
            problems = [
                *([] if number else [_NUMBER]),
                *([] if purpose and typed["purpose"] else [_PURPOSE]),
            ]
            if number and not problems:
                return see_other(ledger_path(number, purpose))
        after = number_of(typed["after"]) or 0
        rows = await desk.register.rows(visit.who, after) if visit.section else None
        return desk.page(
            visit,
            "ledgers.html",
            current="ledgers",
            status=422 if problems else 200,
            problems=problems,
            typed=typed,
            purposes=purposes(visit),
            rows=rows,
            more=f"{HOME}/ledgers?after={rows.ledgers[-1].registration}"
            if rows and rows.more
            else "",
            link=ledger_path,
        )

    desk.add(routes, HOME, home)
    desk.add(routes, f"{HOME}/ledgers", ledgers)
