"""Feature phones at their pages: characters, warnings, advice."""

import dataclasses
from typing import Any

from net119_protocol.chat import LineContent
from net119_protocol.codes import LinkSecurity, Refusal
from net119_reference.service import feature_phones
from net119_reference.service.core import Core
from net119_reference.web.pages.mobile import charset, chat, placing, rendering
from net119_reference.web.pages.mobile.charset import Charset
from net119_reference.web.pages.mobile.context import MobileContext

from tests.mutants.registry import Patch, mutant

# --- characters ---------------------------------------------------------------------------------


@mutant(
    "rare-characters-as-question-marks",
    kills={
        "MOBILE-CHARACTERS": "characters that the phone cannot show are seen to be replaced",
    },
)
def rare_characters_as_question_marks(patch: Patch) -> None:
    """What the phone cannot show becomes what the codec makes of it."""
    patch(charset, "spelled", lambda _cluster: "?")


@mutant(
    "shift-jis-by-the-book",
    kills={"MOBILE-CHARACTERS": "characters that the phone can show stay as they are"},
)
def shift_jis_by_the_book(patch: Patch) -> None:
    """Shift_JIS as its standard has it: without the characters that phones have beside it."""

    def shows(original: Any, character: str, of: Charset) -> bool:
        try:
            character.encode("shift_jis" if of is Charset.SHIFT_JIS else "utf-8")
        except UnicodeEncodeError:
            return False
        return bool(original(character, of))

    patch.around(charset, "_shows", shows)


@mutant(
    "replaced-without-a-word",
    kills={
        "MOBILE-CHARACTERS": "the dispatcher is told which characters the phone does not show",
        "MOBILE-CHARACTERS-PEER": (
            "the other provider's dispatcher is told what the phone does not show"
        ),
    },
)
def replaced_without_a_word(patch: Patch) -> None:
    """The page shows replacements, and whoever wrote the line does not learn of it."""

    async def note_unshown(*_: Any) -> None:
        return None

    patch(feature_phones.FeaturePhoneDesk, "note_unshown", note_unshown)


@mutant(
    "record-as-the-phone-shows",
    kills={"MOBILE-CHARACTERS": "the record keeps the dispatcher's line as it was written"},
)
def record_as_the_phone_shows(patch: Patch) -> None:
    """Lines are stored as the phone shows them."""

    def say(original: Any, self: Any, *arguments: Any, **named: Any) -> Any:
        *before, content = arguments
        text = charset.shown(content.text, Charset.SHIFT_JIS).text
        shown = LineContent.model_construct(
            text=text, options=content.options, choice=content.choice
        )
        return original(self, *before, shown, **named)

    patch.around(Core, "say", say)


@mutant(
    "emoji-dropped",
    kills={
        "MOBILE-CHARACTERS": "the caller's emoji is seen to be replaced, and nothing else changes",
        "MOBILE-CHARACTERS-PEER": (
            "the caller's emoji reaches the other provider as a visible replacement"
        ),
    },
)
def emoji_dropped(patch: Patch) -> None:
    """A carrier's emoji is left out of the line."""
    patch(charset, "EMOJI", "")


@mutant(
    "emoji-replaced-without-a-word",
    kills={"MOBILE-CHARACTERS": "the caller is told that the emoji was replaced"},
)
def emoji_replaced_without_a_word(patch: Patch) -> None:
    """The page does not say what was done to the line."""
    patch(chat, "notice", lambda _code: None)


# --- no call ------------------------------------------------------------------------------------


@mutant(
    "mobile-call-without-position",
    kills={"MOBILE-POSITIONING-OFF": "with positioning off the phone is refused a call"},
)
def mobile_call_without_position(patch: Patch) -> None:
    """That positioning is off is not passed on, and the call is made without a position."""

    def place(original: Any, self: Any, *arguments: Any) -> Any:
        request, session, draft, choice, fix, *_positioning = arguments
        return original(self, request, session, draft, choice, fix)

    patch.around(placing._Calls, "_place", place)


def _refused_with(patch: Patch, **changed: Any) -> None:
    def problem(original: Any, code: Refusal, detail: str, **named: Any) -> Any:
        return original(code, detail, **named).model_copy(update=changed)

    patch.around(placing, "problem", problem)


@mutant(
    "positioning-off-without-advice",
    kills={"MOBILE-POSITIONING-OFF": "the page tells how to switch positioning on"},
)
def positioning_off_without_advice(patch: Patch) -> None:
    """All that went wrong is told in the same general words."""
    _refused_with(
        patch, code=Refusal.INVALID, message_ja="できませんでした。", message_en="Not done."
    )


@mutant(
    "positioning-off-without-contact",
    kills={"MOBILE-POSITIONING-OFF": "the page tells whom to ask"},
)
def positioning_off_without_contact(patch: Patch) -> None:
    """Nobody is named who could help with the settings."""
    _refused_with(patch, contact_ja="", contact_en="")


@mutant(
    "positioning-off-without-means",
    kills={"MOBILE-POSITIONING-OFF": "the page names another means of calling"},
)
def positioning_off_without_means(patch: Patch) -> None:
    """The refusal ends with the reason."""
    _refused_with(patch, other_means_ja="", other_means_en="")


# --- warnings and advice ------------------------------------------------------------------------


@mutant(
    "plaintext-not-told",
    kills={"MOBILE-PLAINTEXT-WARNING": "the first page warns that it is not encrypted"},
)
def plaintext_not_told(patch: Patch) -> None:
    """The pages do not look at the link they are sent over."""

    def phone_of(original: Any, request: Any) -> Any:
        return dataclasses.replace(original(request), link=LinkSecurity.ENCRYPTED)

    patch.around(rendering, "phone_of", phone_of)


@mutant(
    "plaintext-told-of-all",
    kills={"MOBILE-PLAINTEXT-WARNING": "the encrypted log-in does not warn"},
)
def plaintext_told_of_all(patch: Patch) -> None:
    """The pages below the first one warn, whatever link they are sent over."""

    def phone_of(original: Any, request: Any) -> Any:
        found, below = original(request), request.url.path.rstrip("/") != "/m"
        return dataclasses.replace(found, link=LinkSecurity.PLAINTEXT) if below else found

    patch.around(rendering, "phone_of", phone_of)


@mutant(
    "plaintext-told-of-every-chat",
    kills={
        "MOBILE-PLAINTEXT-WARNING": (
            "a phone that can encrypt can log in and call, warned on no page"
        ),
    },
)
def plaintext_told_of_every_chat(patch: Patch) -> None:
    """The page of a chat warns, whatever link it is sent over."""

    def phone_of(original: Any, request: Any) -> Any:
        found, in_chat = original(request), request.path_params.get("call_id")
        return dataclasses.replace(found, link=LinkSecurity.PLAINTEXT) if in_chat else found

    patch.around(rendering, "phone_of", phone_of)


@mutant(
    "mobile-pages-without-means",
    kills={
        "MOBILE-ADVICE": "after a log-in that failed the page names another means of calling",
        "MOBILE-STOPPED": "in maintenance the menu names other means",
    },
)
def mobile_pages_without_means(patch: Patch) -> None:
    """The pages say what went wrong and leave the caller alone with it."""
    patch(rendering, "OTHER_MEANS_JA", "")


@mutant(
    "chat-without-advice",
    kills={"MOBILE-ADVICE": "during the call the page says to leave the phone on"},
)
def chat_without_advice(patch: Patch) -> None:
    """The call begins with the page that waits, which has no room for advice."""

    def page(original: Any, self: Any, request: Any, template: str, **named: Any) -> Any:
        shown = "wait.html" if template == "chat.html" else template
        return original(self, request, shown, **named)

    patch.around(MobileContext, "page", page)
