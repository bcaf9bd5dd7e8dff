"""Marks and language of the pages of a call: what is left out of one of them."""

from typing import Any

from net119_protocol.codes import Mode
from net119_reference.web.pages.calling import steps
from net119_reference.web.pages.rendering import Pages
from starlette.requests import Request
from starlette.responses import Response

from tests.mutants.registry import Patch, mutant
from tests.mutants.rewriting import rewritten


def _values(patch: Patch, template: str, **changed: Any) -> None:
    """A template is given other values."""

    def page(original: Any, pages: Pages, request: Request, name: str, **values: Any) -> Response:
        if name == template:
            values |= changed
        made: Response = original(pages, request, name, **values)
        return made

    patch.around(Pages, "page", page)


@mutant(
    "practice-chat-looks-real",
    kills={"PAGE-CALL-PRACTICE": "in practice the chat page says so in title and heading"},
)
def practice_chat_looks_real(patch: Patch) -> None:
    """Up to the map practice is marked, and the chat looks like any other."""
    _values(patch, "call-chat.html", practice=False)


@mutant(
    "practice-in-the-banner-only",
    kills={"PAGE-CALL-PRACTICE": "in practice the map page says so in title and heading"},
)
def banner_only(patch: Patch) -> None:
    """The map page has the banner, and neither title nor heading say that it is practice."""
    rewritten(patch, "call-map.html", r"(?<=<title>)【練習】|(?<=<h1>)【練習】|\Z")


@mutant(
    "real-call-marked-as-practice",
    kills={
        "PAGE-CALL-PRACTICE": "of a call that is no practice the map page does not say practice",
    },
)
def real_marked(patch: Patch) -> None:
    """The map page is marked as practice, whatever it is."""
    _values(patch, "call-map.html", practice=True)


@mutant(
    "practice-sent-as-real",
    kills={"PAGE-CALL-PRACTICE": "the console shows a practice call"},
)
def practice_sent_as_real(patch: Patch) -> None:
    """The page is marked, and the call that it sends is not."""
    patch(steps, "mode_of", lambda *_: Mode.TEST)


@mutant(
    "refusals-in-english",
    kills={"PAGE-CALL-JAPANESE": "the page of a refusal is in Japanese"},
)
def refusals_in_english(patch: Patch) -> None:
    """Why there is no call is told in the words of the programme."""

    def page(original: Any, pages: Pages, request: Request, name: str, **values: Any) -> Response:
        if name == "call-refused.html":
            texts = values["texts"]
            values["texts"] = texts._replace(message_ja=texts.message_en)
        made: Response = original(pages, request, name, **values)
        return made

    patch.around(Pages, "page", page)


@mutant(
    "notices-in-english",
    kills={"PAGE-CALL-JAPANESE": "the chat page is in Japanese"},
)
def notices_in_english(patch: Patch) -> None:
    """What the machine tells on the chat page comes in English."""

    def page(original: Any, pages: Pages, request: Request, name: str, **values: Any) -> Response:
        if name == "call-chat.html":
            values["notices"] = [(each.code.value, each.text_en) for each in values["call"].notices]
        made: Response = original(pages, request, name, **values)
        return made

    patch.around(Pages, "page", page)


@mutant(
    "map-page-without-language",
    kills={"PAGE-CALL-JAPANESE": "the map page is in Japanese"},
)
def without_language(patch: Patch) -> None:
    """The map page does not say that it is in Japanese, so it is read out as English."""
    rewritten(patch, "call-map.html", '<html lang="ja">', '<html lang="en">')
