"""One user's ledger as a page: read for a purpose, with what can be done now."""

from fastapi import APIRouter
from starlette.responses import Response

from net119_reference.alarms import ledger as rules
from net119_reference.web.pages.alarm_register.acts import ACTS, offered
from net119_reference.web.pages.alarm_register.desk import HOME, Desk, Visit
from net119_reference.web.pages.alarm_register.home import ledger_path, purpose_of, purposes
from net119_reference.web.pages.rendering import pick

_DONE = {
    "new": ("登録票を入力しました。", "The card is entered."),
    "change": ("変更を入力しました。", "The change is entered."),
    "move": (
        "転居を入力しました。近隣協力員を改めて確かめました。",
        "The move is entered; the helpers were checked again.",
    ),
    **{act.code: (act.done.ja, act.done.en) for act in ACTS},
}


def ask_purpose(desk: Desk, visit: Visit) -> Response:
    """Ask what the ledger is to be read for, before anything of it is shown (KYO-16)."""
    return desk.page(
        visit,
        "purpose.html",
        current="ledgers",
        registration=visit.registration,
        purposes=purposes(visit),
    )


async def ledger_page(desk: Desk, visit: Visit, purpose: str) -> Response:
    """The ledger, read for a purpose, which is recorded."""
    ledger = await desk.register.ledger(visit.who, visit.registration, purpose)
    done = _DONE.get(visit.asked("done"))
    return desk.page(
        visit,
        "ledger.html",
        current="ledgers",
        here=ledger_path(ledger.registration, purpose),
        ledger=ledger,
        purpose=purpose,
        done=pick(visit.lang, *done) if done else "",
        overdue={each.number for each in rules.overdue(ledger, desk.today())},
        acts=offered(visit.section, ledger),
        link=ledger_path,
    )


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the page."""

    async def show(visit: Visit) -> Response:
        purpose = purpose_of(visit)
        if not purpose:
            return ask_purpose(desk, visit)
        return await ledger_page(desk, visit, purpose)

    desk.add(routes, f"{HOME}/ledgers/{{registration}}", show)
