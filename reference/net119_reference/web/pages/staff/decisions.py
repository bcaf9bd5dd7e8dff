"""The review: approve, return with what is wrong, refuse or reject; the slower of two is told."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.profile.check import FieldProblem
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.registration.item_names import label_of_path
from net119_reference.registration.roles import Right
from net119_reference.service.registration.review import REASON_LIMIT
from net119_reference.web.pages.forms import Form
from net119_reference.web.pages.routing import see_other
from net119_reference.web.pages.staff import words
from net119_reference.web.pages.staff.desk import HOME, Desk, Visit
from net119_reference.web.pages.staff.record import (
    Again,
    path_of,
    purpose_of,
    record_page,
    registrant_id_of,
)
from net119_reference.web.pages.staff.registrant import PATH

DEFECT, COMMON = "defect.", "common."
DEFECT_LIMIT = 400
WHOLE = "whole"
"""Stands for the application as a whole in names of fields, whose path is empty."""


def defects_of(form: Form) -> tuple[tuple[FieldProblem, ...], tuple[FieldProblem, ...]]:
    """What the reviewer found wrong, and what is wrong with how it was written."""
    found: list[FieldProblem] = []
    wrong: list[FieldProblem] = []
    names = [name.removeprefix(DEFECT) for name in form.fields if name.startswith(DEFECT)]
    names += [name.removeprefix(COMMON) for name in form.fields if name.startswith(COMMON)]
    for name in dict.fromkeys(names):
        own, code = form.get(DEFECT + name), form.get(COMMON + name)
        path = "" if name == WHOLE else name
        common = words.COMMON_DEFECTS.get(code)
        if not own and not code:
            continue
        if (path and label_of_path(path, "ja") == path) or (code and common is None):
            raise Refused(Refusal.INVALID, f"the form has no such field or text: {name[:80]}")
        if len(own) > DEFECT_LIMIT:
            wrong.append(
                _problem(
                    DEFECT + name,
                    "too-long",
                    f"{DEFECT_LIMIT}文字までです（いま{len(own)}文字）。短くしてください。",
                    f"At most {DEFECT_LIMIT} characters (now {len(own)}). Shorten it.",
                )
            )
            continue
        ja, en = common or ("", "")
        found.append(FieldProblem(path, code or "staff", (ja + own), f"{en} {own}".strip()))
    if sum(len(each.ja) + len(each.en) for each in found) > TEXT_LIMIT:
        wrong.append(
            _problem(
                "decide",
                "too-long",
                "直してほしいところの文章が、全部で長すぎます。短くしてください。",
                "The texts are too long all together. Shorten them.",
            )
        )
    return tuple(found), tuple(wrong)


def version_of(form: Form) -> int:
    """The version that the reader has seen.

    Raises:
        Refused: the form does not say it (``invalid``).
    """
    text = form.get("version")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused(Refusal.INVALID, "the form does not say which version was seen")
    return int(text)


def reason_problem(text: str) -> FieldProblem | None:
    """What is wrong with a reason that the person is told."""
    if not text:
        return _problem(
            "reason",
            "required",
            "理由を書いてください。本人へのメールに載ります。",
            "Give a reason; it goes into the mail to the person.",
        )
    if len(text) > REASON_LIMIT:
        return _problem(
            "reason",
            "too-long",
            f"理由は{REASON_LIMIT}文字までです（いま{len(text)}文字）。短くしてください。",
            f"At most {REASON_LIMIT} characters (now {len(text)}). Shorten it.",
        )
    return None


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the form's target."""

    async def decide(visit: Visit) -> Response:
        registrant_id = registrant_id_of(visit)
        problems = _wrong(visit.sent)
        if problems:
            return await _again(desk, visit, registrant_id, Again(422, problems, visit.sent.fields))
        try:
            return await _carry_out(desk, visit, registrant_id)
        except Refused as refused:
            if refused.code is not Refusal.WRONG_STATE:
                raise
            problem = _taken(refused)
            again = Again(409, problem, visit.sent.fields, faster=not problem)
            return await _again(desk, visit, registrant_id, again)

    desk.add(routes, f"{PATH}/decide", decide, "POST", right=Right.REVIEW)


async def _again(desk: Desk, visit: Visit, registrant_id: UUID, again: Again) -> Response:
    return await record_page(desk, visit, registrant_id, purpose_of(visit) or "review", again)


async def _carry_out(desk: Desk, visit: Visit, registrant_id: UUID) -> Response:
    form, who, version = visit.sent, visit.who, version_of(visit.sent)
    match form.action:
        case "approve":
            await desk.service.approve(who, registrant_id, version)
        case "return":
            await desk.service.return_(who, registrant_id, version, defects_of(form)[0])
        case "refuse-confirm":
            await desk.service.refuse(who, registrant_id, version, form.get("reason"))
        case "back":
            return await _again(desk, visit, registrant_id, Again(typed=form.fields))
        case "refuse":
            return desk.page(
                visit,
                "refuse.html",
                current="search",
                here=path_of(registrant_id, purpose_of(visit)),
                registrant_id=registrant_id,
                fields=_carried(form.fields),
                reason=form.get("reason"),
                change=form.get("change") == "yes",
            )
        case _:
            raise Refused(Refusal.INVALID, "press one of the buttons of the form")
    return see_other(f"{HOME}?done={form.action}&of={registrant_id}")


def _carried(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in fields.items() if name != "csrf"}


def _wrong(form: Form) -> tuple[FieldProblem, ...]:
    """What keeps the decision from being carried out."""
    defects, wrong = defects_of(form)
    if form.action == "approve" and (defects or wrong or form.get("reason")):
        return (
            _problem(
                "decide",
                "texts-left",
                "直してほしいところや理由が書いてあります。承認するなら、書いたものを消してください。",
                "You wrote what is wrong, or a reason. To approve, remove those texts.",
            ),
        )
    if form.action == "return":
        if wrong or defects:
            return wrong
        return (
            _problem(
                "decide",
                "required",
                "直してほしい項目を開いて、何を直すか書いてください。",
                "Open the items that are wrong and say what to correct.",
            ),
        )
    if form.action in {"refuse", "refuse-confirm"}:
        problem = reason_problem(form.get("reason"))
        return (problem,) if problem else ()
    return ()


def _taken(refused: Refused) -> tuple[FieldProblem, ...]:
    """The new address of a change belongs to somebody else meanwhile: no other clerk was faster."""
    if refused.field != "data.mail":
        return ()
    return (
        _problem(
            f"{DEFECT}data.mail",
            "duplicate-mail",
            "新しいメールアドレスは、ほかの方がすでに登録しています。不備で返すか、却下してください。",
            "Somebody else has registered the new mail address. Return the change or reject it.",
        ),
    )


def _problem(path: str, code: str, ja: str, en: str) -> FieldProblem:
    return FieldProblem(path, code, ja, en)
