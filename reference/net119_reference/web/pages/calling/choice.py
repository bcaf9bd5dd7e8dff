"""What the caller has chosen so far on the way to a call: it travels in the URLs of the pages.

Nothing personal is in it, so that a URL in a history or a log tells nobody anything.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from net119_protocol.codes import Kind
from net119_protocol.profile.check import FieldProblem

Code = TypeVar("Code", bound=StrEnum)
_KEY = re.compile(r"[A-Za-z0-9_-]{8,24}")
_NUMBER = re.compile(r"[0-9]{1,3}")


class Place(StrEnum):
    """What the place page offers (CNB-26, TOM-14)."""

    CURRENT = "current"
    HOME = "home"
    FREQUENT = "frequent"


@dataclass(frozen=True)
class Choice:
    """Kind, place and practice, as far as they are known.

    ``key`` names this attempt: whatever is pressed twice, reloaded or answered into the void, one
    key, kind and place make one call.
    """

    key: str
    practice: bool = False
    kind: Kind | None = None
    place: Place | None = None
    number: int | None = None
    """Which of the frequent places, counted from 0."""

    @property
    def client_call_id(self) -> str:
        """Name of the call for the service; another kind, place, or practice, is another call.

        Who goes back and chooses another place has said something else, which must not be lost.
        """
        mode = "-practice" if self.practice else ""
        kind = self.kind.value if self.kind else "none"
        place = self.place.value if self.place else "none"
        number = "" if self.number is None else str(self.number)
        return f"page-{self.key}-{kind}-{place}{number}{mode}"

    def query(self, **changes: object) -> str:
        """The query of a URL that says this, with some of it changed."""
        told = replace(self, **changes)  # type: ignore[arg-type]  # fields of this class, by name
        parts: dict[str, str] = {"key": told.key}
        if told.kind is not None:
            parts["kind"] = told.kind.value
        if told.place is not None:
            parts["place"] = told.place.value
        if told.place is Place.FREQUENT and told.number is not None:
            parts["frequent"] = str(told.number)
        if told.practice:
            parts["practice"] = "1"
        return urlencode(parts)


def new_key() -> str:
    """A key that nobody has had before."""
    return secrets.token_urlsafe(12)


def read_choice(said: Mapping[str, str]) -> tuple[Choice, tuple[FieldProblem, ...]]:
    """The choice in a query or a form, and what of it is unreadable.

    What is missing stays open; what is wrong is never taken for something else.
    """
    problems: list[FieldProblem] = []
    practice = said.get("practice", "")
    if practice not in {"", "1"}:
        problems.append(wrong("practice", "練習かどうかが読み取れません。", "Practice or not?"))
    kind = _one_of(Kind, said.get("kind", ""))
    if said.get("kind") and kind is None:
        problems.append(wrong("kind", "種別を選び直してください。", "Choose the kind again."))
    place = _one_of(Place, said.get("place", ""))
    if said.get("place") and place is None:
        problems.append(wrong("place", "場所を選び直してください。", "Choose the place again."))
    number = said.get("frequent", "")
    if number and (place is not Place.FREQUENT or not _NUMBER.fullmatch(number)):
        problems.append(_which())
    if place is Place.FREQUENT and not number:
        problems.append(_which())
    key = said.get("key", "")
    return (
        Choice(
            key=key if _KEY.fullmatch(key) else new_key(),
            practice=practice == "1",
            kind=kind,
            place=place,
            number=int(number) if _NUMBER.fullmatch(number) else None,
        ),
        tuple(problems),
    )


def wrong(path: str, ja: str, en: str, code: str = "invalid") -> FieldProblem:
    """Something wrong with a field."""
    return FieldProblem(path, code, ja, en)


def _which() -> FieldProblem:
    return wrong(
        "frequent", "よく行く場所を選び直してください。", "Choose the frequent place again."
    )


def _one_of(codes: type[Code], text: str) -> Code | None:
    return next((code for code in codes if code.value == text), None)


__all__ = ["Choice", "Place", "new_key", "read_choice", "wrong"]
