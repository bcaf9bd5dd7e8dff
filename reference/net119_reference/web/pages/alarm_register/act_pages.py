"""The pages of acts upon a ledger: what each does, what to enter, and once more if it harms."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from net119_protocol.alarms.people import GuidancePoint, Ledger, NewVisit
from net119_protocol.api import alarm_register as api
from net119_protocol.profile.check import FieldProblem
from pydantic import ValidationError
from starlette.responses import Response

from net119_reference.alarms.ports import RegisterDesk
from net119_reference.ports import Refused
from net119_reference.web.pages.alarm_register import problems, words
from net119_reference.web.pages.alarm_register.acts import ACTS, Act, entry_needs_household
from net119_reference.web.pages.alarm_register.desk import HOME, Desk, Visit
from net119_reference.web.pages.alarm_register.home import ledger_path, number_of, purpose_of
from net119_reference.web.pages.alarm_register.ledgers import ask_purpose, ledger_page
from net119_reference.web.pages.forms import Form
from net119_reference.web.pages.routing import see_other

CONFIRM, NEXT, BACK = "confirm", "next", "back"
POINT = "points."


@dataclass(frozen=True)
class Given:
    """What was entered: texts, days, and which ledger it is for; ``number`` is the entry's."""

    visit: Visit
    registration: int
    number: int
    days: Mapping[str, date]

    def text(self, name: str) -> str:
        """A field's text."""
        return self.visit.sent.get(name)

    def yes(self, name: str) -> bool:
        """Whether a box is ticked."""
        return self.text(name) == "yes"


Doing = Callable[[RegisterDesk, Given], Awaitable[object]]


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add a page for each act."""
    for act in ACTS:
        _add(routes, desk, act, _DOING[act.code])


def _add(routes: APIRouter, desk: Desk, act: Act, doing: Doing) -> None:
    async def show(visit: Visit) -> Response:
        purpose = purpose_of(visit)
        if not purpose:
            return ask_purpose(desk, visit)
        ledger = await desk.register.ledger(visit.who, visit.registration, purpose)
        if not act.may(visit.section, ledger):
            return await ledger_page(desk, visit, purpose)
        return _form(desk, visit, act, ledger)

    async def do(visit: Visit) -> Response:
        purpose, form = purpose_of(visit) or "processing", visit.sent
        ledger = await desk.register.ledger(visit.who, visit.registration, purpose)
        if form.action == BACK:
            return _form(desk, visit, act, ledger)
        days, wrong = _checked(act, form, desk.today(), ledger)
        if wrong:
            return _form(desk, visit, act, ledger, wrong)
        if form.action != CONFIRM and (act.danger or replaces_unit(act, ledger, form)):
            return _form(desk, visit, act, ledger, sure=True)
        given = Given(visit, visit.registration, number_of(form.get("number")) or 0, days)
        try:
            result = await doing(desk.register, given)
        except ValidationError as error:
            return _form(desk, visit, act, ledger, tuple(problems.of_validation(error)))
        except Refused as refused:
            return _form(desk, visit, act, ledger, (_why_not(act, refused),))
        if isinstance(result, api.Installed):
            return desk.page(
                visit, "installed.html", current="ledgers", here=HOME, made=result, purpose=purpose
            )
        if isinstance(result, api.InquiryAnswer):
            return desk.page(
                visit,
                "inquiry.html",
                current="ledgers",
                here=HOME,
                answer=result,
                by=given.text("by"),
                to_whom=words.to_whom(given.text("by")),
                use=given.text("use"),
                back=ledger_path(visit.registration, purpose),
            )
        return see_other(ledger_path(visit.registration, purpose) + f"&done={act.code}")

    path = f"{HOME}/ledgers/{{registration}}/{act.code}"
    desk.add(routes, path, show)
    desk.add(routes, path, do, "POST")


def replaces_unit(act: Act, ledger: Ledger, form: Form) -> bool:
    """Whether another unit than the one in the house is entered, which makes that nobody's."""
    return act.code == "unit" and ledger.unit_id not in (None, form.get("unit_id"))


def _form(
    desk: Desk,
    visit: Visit,
    act: Act,
    ledger: Ledger,
    wrong: tuple[FieldProblem, ...] = (),
    *,
    sure: bool = False,
) -> Response:
    purpose = purpose_of(visit) or "processing"
    typed = dict(visit.sent.fields)
    number = number_of(typed.get("number") or visit.asked("number")) or 0
    today = desk.today().isoformat()
    start = {field.name: today for field in act.fields if field.kind == "day"}
    start |= {"household": ledger.household or "", "by": "" if act.of else visit.who.name}
    if act.code == "inquiry":
        start["by"] = ""
    waits = next((each.to_tell for each in ledger.heard if each.number == number), ())
    path = ledger_path(ledger.registration, purpose, act.code)
    return desk.page(
        visit,
        "act.html",
        current="ledgers",
        status=422 if wrong else 200,
        problems=wrong,
        here=path + (f"&number={number}" if number else ""),
        act=act,
        ledger=ledger,
        number=number,
        target=path,
        back=ledger_path(ledger.registration, purpose),
        typed={**start, **typed},
        waits=waits,
        sure=sure,
    )


def _checked(
    act: Act, form: Form, today: date, ledger: Ledger
) -> tuple[dict[str, date], tuple[FieldProblem, ...]]:
    days: dict[str, date] = {}
    found: list[FieldProblem] = []
    number = number_of(form.get("number")) or 0
    for field in act.fields:
        text = form.get(field.name)
        if field.kind == "day":
            made, wrong = problems.written(field.name, text, today)
            if made is not None:
                days[field.name] = made
            if wrong is not None:
                found.append(wrong)
        elif field.kind == "planned":
            made, wrong = problems.planned(field.name, text, today)
            if made is not None:
                days[field.name] = made
            if wrong is not None:
                found.append(wrong)
        elif field.kind == "choice":
            if text not in {code for code, _ in field.options}:
                found.append(problems.choose(field.name))
        elif field.kind in {"text", "area"}:
            needed = field.required or (
                field.name == "household" and entry_needs_household(ledger, number)
            )
            if needed and not text:
                found.append(problems.missing(field.name))
            elif len(text) > field.limit:
                found.append(problems.too_long(field.name, len(text), field.limit))
    return days, tuple(found)


_CANNOT = {
    "attendance": (
        "工事の予定日が、求められた日より前になっています。日付を確かめてください。",
        "The day of the work lies before that of the question. Check the days.",
    ),
    "unit": (
        "この発信設備は、ほかの利用者のものです。番号を確かめてください。",
        "",
    ),
    "told": (
        "その相手は、伝えるのを待っていません。市民安全課へ先に伝える必要がある場合もあります。",
        "",
    ),
    "give-back": ("協議の回答がまだないか、すでに返送されています。台帳を開き直してください。", ""),
}


def _why_not(act: Act, refused: Refused) -> FieldProblem:
    return problems.of_refusal(refused, *_CANNOT.get(act.code, ("", "")))


# --- what is done ---------------------------------------------------------------------------------


async def _consulted(register: RegisterDesk, given: Given) -> object:
    body = api.AnswerConsultation(answer=given.text("answer"), accepted=given.yes("accepted"))
    return await register.consulted(given.visit.who, given.registration, given.number, body)


async def _give_back(register: RegisterDesk, given: Given) -> object:
    body = api.GiveBack(
        household=given.text("household") or None, on=given.days["on"], survey=given.text("survey")
    )
    return await register.give_back(given.visit.who, given.registration, given.number, body)


async def _at_section(register: RegisterDesk, given: Given) -> object:
    moved = api.LedgerMoves(on=given.days["on"])
    return await register.at_section(given.visit.who, given.registration, moved)


async def _at_station(register: RegisterDesk, given: Given) -> object:
    moved = api.LedgerMoves(on=given.days["on"])
    return await register.at_station(given.visit.who, given.registration, moved)


async def _install(register: RegisterDesk, given: Given) -> object:
    body = api.InstallUnit(unit_id=given.text("unit_id"), on=given.days["on"])
    return await register.install(given.visit.who, given.registration, body)


async def _visit(register: RegisterDesk, given: Given) -> object:
    body = NewVisit(
        on=given.days["on"],
        kind=given.text("kind"),
        points=tuple(each for each in GuidancePoint if given.yes(POINT + each.value)),
        by=given.text("by"),
        note=given.text("note"),
        opinion=given.text("opinion"),
        corps_attended=given.yes("corps_attended"),
        changes_heard=given.text("changes_heard"),
    )
    return await register.visit(given.visit.who, given.registration, body)


async def _attendance(register: RegisterDesk, given: Given) -> object:
    body = api.AskAttendance(
        asked_on=given.days["asked_on"], planned_on=given.days.get("planned_on")
    )
    return await register.attendance_asked(given.visit.who, given.registration, body)


async def _declined(register: RegisterDesk, given: Given) -> object:
    body = api.DeclineAttendance(why=given.text("why"))
    return await register.attendance_declined(given.visit.who, given.registration, body)


async def _heard(register: RegisterDesk, given: Given) -> object:
    body = api.ChangeHeard(what=given.text("what"))
    return await register.heard(given.visit.who, given.registration, body)


async def _told(register: RegisterDesk, given: Given) -> object:
    body = api.ChangePassedOn(to=given.text("to"))
    return await register.passed_on(given.visit.who, given.registration, given.number, body)


async def _inquiry(register: RegisterDesk, given: Given) -> object:
    body = api.Inquiry(by=given.text("by"), purpose=given.text("use"))
    return await register.inquiry(given.visit.who, given.registration, body)


async def _unit_return(register: RegisterDesk, given: Given) -> object:
    body = api.ReturnUnit(received_on=given.days["received_on"])
    return await register.unit_returned(given.visit.who, given.registration, body)


_DOING: Mapping[str, Doing] = {
    "consultation": _consulted,
    "give-back": _give_back,
    "section-way": _at_section,
    "station-way": _at_station,
    "unit": _install,
    "visit": _visit,
    "attendance": _attendance,
    "attendance-declined": _declined,
    "heard": _heard,
    "told": _told,
    "inquiry": _inquiry,
    "unit-return": _unit_return,
}
