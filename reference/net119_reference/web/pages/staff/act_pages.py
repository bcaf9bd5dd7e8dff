"""The pages of acts upon a registration: what it does, what to enter, and once more if it harms."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from uuid import UUID

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.directory import japan_date
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Item, Profile
from net119_protocol.profile.wareki import DateProblem, written_day
from net119_protocol.profile.words import ITEMS
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.registration.ports import (
    Disclosure,
    NotAccepted,
    Overtaken,
    RegistrantRecord,
    WithdrawalForm,
)
from net119_reference.web.pages.forms import Form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.rendering import pick
from net119_reference.web.pages.routing import see_other
from net119_reference.web.pages.staff import words
from net119_reference.web.pages.staff.acts import ACTS, Act, offered
from net119_reference.web.pages.staff.decisions import reason_problem, version_of
from net119_reference.web.pages.staff.desk import Desk, Visit
from net119_reference.web.pages.staff.record import (
    Again,
    ask_purpose,
    path_of,
    purpose_of,
    record_page,
    registrant_id_of,
)
from net119_reference.web.pages.staff.registrant import PATH

TEXT_LIMIT = 200
CONFIRM, NEXT, BACK = "confirm", "next", "back"
ITEM = "items."
Doing = Callable[[Desk, Visit, UUID, int], Awaitable[None]]


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add a page for each act."""
    for act in ACTS:
        if act.code in _DOING:
            _add(routes, desk, act, _DOING[act.code])


def _add(routes: APIRouter, desk: Desk, act: Act, doing: Doing) -> None:
    async def show(visit: Visit) -> Response:
        registrant_id, purpose = registrant_id_of(visit), purpose_of(visit)
        if not purpose:
            return ask_purpose(desk, visit)
        record = await desk.service.application(visit.who, registrant_id, purpose)
        if act not in offered(visit.who, record.state):
            again = Again(409, faster=True)
            return await record_page(desk, visit, registrant_id, purpose, again)
        return _form(desk, visit, act, record)

    async def do(visit: Visit) -> Response:
        registrant_id, purpose = registrant_id_of(visit), purpose_of(visit) or "update"
        form = visit.sent
        back = form.action == BACK
        version, wrong = version_of(form), () if back else _problems(act, form)
        if not wrong and not back and (form.action == CONFIRM or not act.danger):
            try:
                await doing(desk, visit, registrant_id, version)
                return see_other(path_of(registrant_id, purpose) + f"&done={act.code}")
            except NotAccepted as refused:
                wrong = refused.problems
            except Overtaken:
                again = Again(409, (), form.fields, faster=True)
                return await record_page(desk, visit, registrant_id, purpose, again)
            except Refused as refused:
                if refused.code is not Refusal.WRONG_STATE:
                    raise
                wrong = (_cannot(refused),)
        record = await desk.service.application(visit.who, registrant_id, purpose)
        if record.version != version:
            again = Again(409, (), form.fields, faster=True)
            return await record_page(desk, visit, registrant_id, purpose, again)
        return _form(desk, visit, act, record, wrong=wrong, sure=not wrong and not back)

    desk.add(routes, f"{PATH}/{act.code}", show, right=act.right)
    desk.add(routes, f"{PATH}/{act.code}", do, "POST", right=act.right)


def _form(
    desk: Desk,
    visit: Visit,
    act: Act,
    record: RegistrantRecord,
    *,
    wrong: tuple[FieldProblem, ...] = (),
    sure: bool = False,
) -> Response:
    purpose, lang = purpose_of(visit), language_of(visit.request)
    return desk.page(
        visit,
        "act.html",
        current="search",
        status=422 if wrong else 200,
        problems=wrong,
        here=path_of(record.registrant_id, purpose, act.code),
        act=act,
        record=record,
        purpose=purpose,
        back=path_of(record.registrant_id, purpose),
        target=path_of(record.registrant_id, purpose, act.code),
        typed=visit.sent.fields,
        today_text=japan_date(desk.service.now()).isoformat(),
        items=[(f"{ITEM}{item.value}", pick(lang, *ITEMS[item])) for item in _asked(visit.profile)],
        sure=sure,
    )


def _asked(profile: Profile) -> list[Item]:
    return [item for item in Item if profile.asks(item)]


def _cannot(refused: Refused) -> FieldProblem:
    if refused.field == "data.mail":
        return FieldProblem(
            "act",
            "not-mailed",
            "登録されたアドレスにメールを送れないので、再発行できません。"
            "先にメールアドレスを変更してください。",
            "The address on record cannot be mailed, so nothing was done. Change it first.",
        )
    return FieldProblem(
        "act",
        "wrong-state",
        "いまの状態では、この手続きはできません。",
        "This cannot be done in the present state.",
    )


# --- what is entered ------------------------------------------------------------------------------


def received_on(form: Form, name: str) -> tuple[date | None, FieldProblem | None]:
    """A day that a paper was received on, western or Japanese, or what is wrong with it."""
    try:
        found = written_day(form.get(name)[:40])
    except DateProblem as problem:
        # The codec's texts speak of the day of birth.
        return None, FieldProblem(
            name,
            problem.code,
            "受け付けた日を、2026-04-01 または 令和8年4月1日 のように入れてください。"
            if problem.code in {"empty", "form"}
            else problem.ja,
            "Write the day of receipt like 2026-04-01 or 令和8年4月1日."
            if problem.code in {"empty", "form"}
            else problem.en,
        )
    return found, None


def long_text(form: Form, name: str, *, required: bool = False) -> FieldProblem | None:
    """What is wrong with a short text of staff's."""
    text = form.get(name)
    if required and not text:
        return words.missing(name)
    if len(text) > TEXT_LIMIT:
        return words.too_long(name, len(text), TEXT_LIMIT)
    return None


def _problems(act: Act, form: Form) -> tuple[FieldProblem, ...]:
    found: list[FieldProblem | None] = []
    for name in act.fields:
        match name:
            case "reason":
                found.append(reason_problem(form.get("reason")))
            case "requested" if form.get("requested") != "yes":
                found.append(
                    FieldProblem(
                        "requested",
                        "required",
                        "本人の請求であることを確かめて、印をつけてください。",
                        "Make sure that the person asked for it, and tick the box.",
                    )
                )
            case "paper.received_on":
                found.append(received_on(form, name)[1])
            case "to" | "why":
                found.append(long_text(form, name, required=True))
            case "form.number" | "form.note":
                found.append(long_text(form, name))
            case "items" if not _items(form.fields):
                found.append(
                    FieldProblem(
                        "items",
                        "required",
                        "伝えた項目を選んでください。",
                        "Choose the items that were given.",
                    )
                )
    return tuple(each for each in found if each is not None)


def _items(fields: Mapping[str, str]) -> tuple[Item, ...]:
    return tuple(item for item in Item if fields.get(f"{ITEM}{item.value}") == "yes")


# --- what is done ---------------------------------------------------------------------------------


async def _suspend(desk: Desk, visit: Visit, registrant_id: UUID, version: int) -> None:
    reason = visit.sent.get("reason")
    await desk.service.suspend_registration(visit.who, registrant_id, version, reason)


async def _resume(desk: Desk, visit: Visit, registrant_id: UUID, version: int) -> None:
    await desk.service.resume(visit.who, registrant_id, version)


async def _cancel(desk: Desk, visit: Visit, registrant_id: UUID, version: int) -> None:
    await desk.service.cancel(visit.who, registrant_id, version, visit.sent.get("reason"))


async def _delete(desk: Desk, visit: Visit, registrant_id: UUID, version: int) -> None:
    await desk.service.delete_on_request(visit.who, registrant_id, version)


async def _withdraw(desk: Desk, visit: Visit, registrant_id: UUID, version: int) -> None:
    form = visit.sent
    received, _ = received_on(form, "paper.received_on")
    if received is None:
        raise Refused(Refusal.INVALID, "the day of receipt is missing", field="paper.received_on")
    paper = WithdrawalForm(
        form.get("form.signed") == "yes", received, form.get("form.number"), form.get("form.note")
    )
    await desk.service.withdraw(visit.who, registrant_id, version, paper)


async def _password(desk: Desk, visit: Visit, registrant_id: UUID, version: int) -> None:
    lost = visit.sent.get("device_lost") == "yes"
    await desk.service.issue_password(visit.who, registrant_id, version, device_lost=lost)


async def _disclose(desk: Desk, visit: Visit, registrant_id: UUID, version: int) -> None:
    form = visit.sent
    given = Disclosure(form.get("to"), form.get("why"), _items(form.fields))
    await desk.service.record_disclosure(visit.who, registrant_id, given)


_DOING: Mapping[str, Doing] = {
    "suspend": _suspend,
    "resume": _resume,
    "cancel": _cancel,
    "delete": _delete,
    "withdraw": _withdraw,
    "password": _password,
    "disclose": _disclose,
}
