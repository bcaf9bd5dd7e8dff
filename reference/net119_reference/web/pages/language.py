"""Japanese or English: the reader's choice, kept in a cookie; Japanese until somebody chooses."""

from net119_protocol.labels import Language
from starlette.requests import Request
from starlette.responses import Response

COOKIE = "net119_lang"
PARAMETER = "lang"
_LANGUAGES: tuple[Language, ...] = ("ja", "en")
_A_YEAR_S = 365 * 24 * 3600


def language_of(request: Request) -> Language:
    """The language to answer in.

    The browser's own preference is not asked: Japanese phones set to another language belong to
    people whose department, terms and chat are Japanese all the same (CNB-09).
    """
    for wanted in (request.query_params.get(PARAMETER), request.cookies.get(COOKIE)):
        for known in _LANGUAGES:
            if wanted == known:
                return known
    return "ja"


def keep_language(request: Request, response: Response) -> None:
    """Remember a choice made with ``?lang=``."""
    if request.query_params.get(PARAMETER) in _LANGUAGES:
        response.set_cookie(
            COOKIE,
            language_of(request),
            max_age=_A_YEAR_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
