"""How HTTP says no: statuses by code, and problem documents (RFC 9457)."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from net119_protocol.api.problems import MEDIA_TYPE, ItemProblem, Problem
from net119_protocol.codes import Refusal
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Profile
from net119_protocol.texts import refusal_texts
from starlette.responses import Response

from net119_reference.ports import Refused

STATUS: Mapping[Refusal, int] = {
    Refusal.NOT_AUTHENTICATED: 401,
    Refusal.REGISTRANT_REFUSED: 403,
    Refusal.REGISTRANT_SUSPENDED: 403,
    Refusal.NOT_IN_SERVICE: 403,
    Refusal.NO_DISPATCH: 403,
    Refusal.POSITIONING_OFF: 403,
    Refusal.OUTSIDE_JAPAN: 403,
    Refusal.PLAINTEXT_NOT_ALLOWED: 403,
    Refusal.MODE_NOT_ACCEPTED: 403,
    Refusal.FORBIDDEN: 403,
    Refusal.UNKNOWN_CALL: 404,
    # That another's call exists is nobody's business.
    Refusal.NOT_YOUR_CALL: 404,
    Refusal.NOT_FOUND: 404,
    Refusal.CALL_CLOSED: 409,
    Refusal.NOT_ANSWERED: 409,
    Refusal.OWNED_BY_OTHER: 409,
    Refusal.NOT_OWNER: 409,
    Refusal.WRONG_STATE: 409,
    Refusal.ID_REUSED: 409,
    Refusal.TOO_LARGE: 413,
    Refusal.INVALID: 422,
    Refusal.TOO_LONG: 422,
    Refusal.TOO_MANY: 429,
    Refusal.INTERNAL: 500,
    Refusal.STORAGE_FAILED: 503,
    Refusal.NOT_CONFIRMED: 503,
    Refusal.OVERLOAD: 503,
    Refusal.LINK_UNKNOWN: 404,
    Refusal.LINK_USED: 410,
    Refusal.LINK_EXPIRED: 410,
    Refusal.LINK_REVOKED: 410,
    Refusal.NOT_ACCEPTED: 422,
    Refusal.IMAGE_REFUSED: 422,
    Refusal.CALL_PAGE_UNKNOWN: 404,
    Refusal.CALL_PAGE_REPLACED: 403,
    Refusal.CALL_PAGE_REVOKED: 403,
    Refusal.CALL_PAGE_OTHER_DEVICE: 403,
    Refusal.CALL_PAGE_ENDED: 403,
    Refusal.CALL_PAGE_DEVICE_CHANGE: 403,
}
RETRY_AFTER_S = 2
"""What a client is asked to wait after a 503 or 429 that says nothing else."""

_SHOWN_ERRORS = 5
_SHOWN_CHARACTERS = 200


class DetailedRefusal(Refused):
    """A refusal that says more: whose department to ask, and what is wrong with which item."""

    def __init__(
        self,
        code: Refusal,
        detail: str,
        *,
        field: str | None = None,
        profile: Profile | None = None,
        problems: tuple[ItemProblem, ...] = (),
    ) -> None:
        super().__init__(code, detail, field=field)
        self.profile = profile
        self.problems = problems


def item_problems(problems: Iterable[FieldProblem]) -> tuple[ItemProblem, ...]:
    """What is wrong with the items of an application, as it travels."""
    return tuple(
        ItemProblem(path=each.path, code=each.code, ja=each.ja, en=each.en) for each in problems
    )


def not_accepted(code: Refusal, problems: Sequence[FieldProblem]) -> DetailedRefusal:
    """The refusal of an application that names everything wrong with it."""
    detail = "; ".join(f"{each.path or 'application'}: {each.en}" for each in problems)
    first = problems[0].path if problems else ""
    return DetailedRefusal(code, detail, field=first or None, problems=item_problems(problems))


def showable(text: str, limit: int = TEXT_LIMIT) -> str:
    """The text cut to a length, with what no answer or log can hold replaced visibly.

    A detail may quote a key or a name that the client chose, half surrogates and NUL included.
    """
    cut = text[:limit].encode("utf-8", "replace").decode("utf-8")
    return cut.replace("\x00", "?")


def problem(
    code: Refusal,
    detail: str,
    *,
    field: str | None = None,
    status: int | None = None,
    profile: Profile | None = None,
    problems: tuple[ItemProblem, ...] = (),
) -> Problem:
    """The problem document for a refusal; ``status`` only where it differs from the table's.

    ``profile`` is that of the department to ask (CNB-15).
    """
    texts = refusal_texts(code)
    number = STATUS[code] if status is None else status
    return Problem(
        title=HTTPStatus(number).phrase,
        status=number,
        code=code,
        detail=showable(detail),
        field=None if field is None else showable(field, _SHOWN_CHARACTERS),
        message_ja=texts.message_ja,
        message_en=texts.message_en,
        other_means_ja=texts.other_means_ja,
        other_means_en=texts.other_means_en,
        contact_ja=profile.contact.ja if profile else "",
        contact_en=profile.contact.en if profile else "",
        problems=problems,
    )


def problem_response(document: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The response that carries a problem document, with the headers that its status demands."""
    all_headers = dict(headers or {})
    if document.status == HTTPStatus.UNAUTHORIZED:
        all_headers["WWW-Authenticate"] = "Bearer"
    if document.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        all_headers.setdefault("Retry-After", str(RETRY_AFTER_S))
    return Response(
        document.model_dump_json(by_alias=True, exclude_none=True),
        status_code=document.status,
        media_type=MEDIA_TYPE,
        headers=all_headers,
    )


def explain_errors(errors: Sequence[Mapping[str, Any]], *, skip: int) -> tuple[str, str | None]:
    """What a validation found: a text without the values, and the first wrong field's path.

    Args:
        errors: as pydantic reports them.
        skip: leading parts of each path that are no field of the sender's (``body``, a frame's
            type).
    """
    shown = []
    first: str | None = None
    for error in errors[:_SHOWN_ERRORS]:
        path = ".".join(str(part) for part in error["loc"][skip:])
        if first is None and path:
            first = path[:_SHOWN_CHARACTERS]
        reason = _reason(error)[:_SHOWN_CHARACTERS]
        shown.append(f"{path[:_SHOWN_CHARACTERS]}: {reason}" if path else reason)
    more = len(errors) - _SHOWN_ERRORS
    if more > 0:
        shown.append(f"and {more} more")
    return "; ".join(shown), first


def code_of_errors(errors: Sequence[Mapping[str, Any]]) -> Refusal:
    """The code for what a validation found: a text over its limit has one of its own."""
    too_long = all(
        error["type"] in _TOO_LONG and error["loc"] and error["loc"][-1] == "text"
        for error in errors
    )
    return Refusal.TOO_LONG if too_long else Refusal.INVALID


_TOO_LONG = ("too_long", "string_too_long")


def _reason(error: Mapping[str, Any]) -> str:
    limit = error.get("ctx", {}).get("max_length")
    if error["type"] in _TOO_LONG and limit is not None:
        return f"is longer than allowed; the limit is {limit}"
    return str(error["msg"]).removeprefix("Value error, ")
