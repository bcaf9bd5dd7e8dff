"""What is wrong with a form of the register, in both languages, and with which field."""

from collections.abc import Iterator
from datetime import date, timedelta

from net119_protocol.codes import Refusal
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.wareki import DateProblem, written_day
from pydantic import ValidationError

from net119_reference.ports import Refused

OLDEST = timedelta(days=3_660)
"""Days that are entered lie not further back, see the register."""


def missing(name: str) -> FieldProblem:
    """A field that is needed."""
    return FieldProblem(name, "required", "この欄を入れてください。", "Fill in this field.")


def choose(name: str) -> FieldProblem:
    """A choice that is needed."""
    return FieldProblem(name, "required", "この欄を選んでください。", "Choose one.")


def too_long(name: str, length: int, limit: int) -> FieldProblem:
    """A text that is too long."""
    return FieldProblem(
        name,
        "too-long",
        f"{limit}文字までです（いま{length}文字）。短くしてください。",
        f"At most {limit} characters (now {length}). Shorten it.",
    )


def minutes(name: str) -> FieldProblem:
    """A way that is no number of minutes."""
    return FieldProblem(
        name,
        "form",
        "駆け付けるのにかかる時間を、0から240までの分で入れてください。",
        "Give the minutes that the way takes, from 0 to 240.",
    )


def written(name: str, text: str, today: date) -> tuple[date | None, FieldProblem | None]:
    """A day that can have been, western or Japanese, or what is wrong with it."""
    try:
        found = written_day(text[:40])
    except DateProblem as problem:
        plain = problem.code in {"empty", "form"}
        ja = "2026-04-01 または 令和8年4月1日 のように入れてください。"
        return None, FieldProblem(
            name,
            problem.code,
            ja if plain else problem.ja,
            "Write the day like 2026-04-01 or 令和8年4月1日." if plain else problem.en,
        )
    if not today - OLDEST <= found <= today:
        return None, FieldProblem(
            name,
            "not-then",
            "今日までの日付を入れてください（10年より前は入れられません）。",
            "Give a day not later than today, and not more than ten years ago.",
        )
    return found, None


def planned(name: str, text: str, today: date) -> tuple[date | None, FieldProblem | None]:
    """A day that may lie ahead, by a year at most, or none; or what is wrong with it."""
    if not text:
        return None, None
    found, problem = written(name, text, today + timedelta(days=366))
    if problem is not None and problem.code == "not-then":
        problem = FieldProblem(
            name,
            "not-then",
            "予定日は、1年後までの日付で入れてください。",
            "Give a day within the next year.",
        )
    return found, problem


def of_validation(error: ValidationError) -> Iterator[FieldProblem]:
    """What a model refuses of what no check of ours has named."""
    for each in error.errors():
        yield FieldProblem(
            ".".join(map(str, each["loc"])) or "act",
            "invalid",
            "使えない文字か、正しくない形の内容があります。",
            "It holds what cannot be stored, or has another form.",
        )


_FIELDS = {
    "registration": FieldProblem(
        "registration",
        "taken",
        "この登録番号は、すでに使われています（返還された番号も使えません）。",
        "This number is taken; numbers are not used again.",
    ),
    "station": FieldProblem(
        "ward",
        "other-station",
        "この住所を受け持つのは別の消防署です。",
        "Another station is in charge of this address.",
    ),
}


def of_refusal(refused: Refused, ja: str = "", en: str = "") -> FieldProblem:
    """Why the register does not do it; ``ja`` and ``en`` where the act knows the reason.

    Raises:
        Refused: it is no matter of what was entered.
    """
    if refused.code not in (Refusal.WRONG_STATE, Refusal.INVALID):
        raise refused
    known = _FIELDS.get(refused.field or "")
    if known is not None:
        return known
    return FieldProblem(
        "act",
        refused.code.value,
        ja or "いまの台帳の状態では、この手続きはできません。台帳を開き直して確かめてください。",
        en or f"This cannot be done: {refused.detail}",
    )
