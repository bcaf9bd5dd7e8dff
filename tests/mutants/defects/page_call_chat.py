"""The chat at its page without scripts: what was built for scripts only, or forgotten."""

from typing import Any

from net119_protocol.labels import Label
from net119_reference.web.pages.chat import card, page, plea, words
from net119_reference.web.pages.chat.lines import ShownLine

from tests.mutants.registry import Patch, mutant
from tests.mutants.rewriting import rewritten


@mutant(
    "call-page-wants-an-app",
    kills={"PAGE-CALL-FROM-MAIL": "the browser alone leads from the mail to the chat"},
)
def wants_an_app(patch: Patch) -> None:
    """The call page sends people to a store for an app."""
    store = '<p><a href="https://play.google.com/store/apps/details?id=x">アプリ</a></p>'
    rewritten(patch, "call.html", '(?=<section aria-labelledby="facts-title">)', store)


@mutant(
    "dispatcher-by-script-only",
    kills={"PAGE-CALL-FROM-MAIL": "what the dispatcher writes is seen on the page"},
)
def dispatcher_by_script(patch: Patch) -> None:
    """The page itself holds the caller's lines; the dispatcher's come by its script only."""

    def shown(original: Any, lines: Any) -> list[ShownLine]:
        return [each for each in original(lines) if each.line.sender == "caller"]

    patch.around(page, "shown", shown)


@mutant(
    "page-normalises-names",
    kills={"PAGE-CALL-FROM-MAIL": "what is written at the page reaches the console"},
)
def normalises_names(patch: Patch) -> None:
    """What the form sends is brought into the characters of an older set."""

    def line(original: Any, form: Any) -> Any:
        made = original(form)
        if made.text is None:
            return made
        text = made.text.replace("髙", "高").replace("𠮷", "吉").replace("①", "(1)")
        return made.model_copy(update={"text": text})

    patch.around(page, "line_of", line)


@mutant(
    "choices-are-read-only",
    kills={"PAGE-CALL-CHOICES": "all answers to 「息をしていますか」 can be tapped"},
)
def choices_read_only(patch: Patch) -> None:
    """Choices are shown as text, to be typed."""
    rewritten(patch, "call-chat.html", r'<button name="choice"[^>]*>(.*?)</button>|\Z', r"\1")


@mutant(
    "choice-answers-the-first",
    kills={"PAGE-CALL-CHOICES": "the answer to 「息をしていますか」 reaches the console"},
)
def answers_the_first(patch: Patch) -> None:
    """Whichever answer is tapped, the first option is sent."""

    def line(original: Any, form: Any) -> Any:
        made = original(form)
        if made.choice is None:
            return made
        first = made.choice.model_copy(update={"option_id": "o0"})
        return made.model_copy(update={"choice": first})

    patch.around(page, "line_of", line)


@mutant("card-of-any-kind", kills={"PAGE-CALL-CARD": "the card says that it is a fire"})
def card_of_any_kind(patch: Patch) -> None:
    """The card says that help is needed, whatever the call is."""
    patch(plea, "KINDS", dict.fromkeys(plea.KINDS, Label("助けが必要です。", "Help is needed.")))


@mutant("card-without-place", kills={"PAGE-CALL-CARD": "the card says the registered address"})
def card_without_place(patch: Patch) -> None:
    """The card does not say where."""
    patch(plea, "_place", lambda *_given, **_named: [])


@mutant("card-asks-for-nothing", kills={"PAGE-CALL-CARD": "the card asks to phone 119"})
def card_asks_for_nothing(patch: Patch) -> None:
    """The card tells who it is, and not what to do."""
    rewritten(patch, "call-card.html", r'<p data-say="">119番に電話してください</p>')


@mutant(
    "practice-card-asks",
    kills={"PAGE-CALL-CARD": "the card of a practice call says so, and not to phone"},
)
def practice_card_asks(patch: Patch) -> None:
    """The card of a practice call asks strangers to phone 119."""
    patch(card, "ASKS_NOBODY", frozenset())


@mutant(
    "phone-may-be-switched-off",
    kills={"PAGE-CALL-AFTER-REPORT": "the page says to leave the phone on until the crew is there"},
)
def may_be_switched_off(patch: Patch) -> None:
    """The page says that help is coming, and nothing of the phone."""
    patch(words, "COMING", frozenset())


@mutant(
    "page-ends-with-the-first-report",
    kills={"PAGE-CALL-AFTER-REPORT": "the question after the report is seen on the page"},
)
def ends_with_report(patch: Patch) -> None:
    """The page shows the chat up to the caller's report, as if that were all."""

    def shown(original: Any, lines: Any) -> list[ShownLine]:
        found: list[ShownLine] = original(lines)
        mine = [n for n, each in enumerate(found) if each.line.sender == "caller"]
        return found[: mine[0] + 1] if mine else found

    patch.around(page, "shown", shown)
