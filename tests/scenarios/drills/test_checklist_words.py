"""Words of the drills' checklists: what counts as asked, and what a caller understands."""

import tomllib
from pathlib import Path

import pytest
from net119_protocol.chat import Option
from net119_scenarios.acted.cast import Caller
from net119_scenarios.acted.deeds import Call
from net119_scenarios.acted.understanding import NotUnderstood, mentions, questions, react

from tests.scenarios.drills.test_library import DRILLS, drill_of

READY = (
    Path(__file__).parents[3] / "reference/net119_reference/web/pages/console/data/ready.ja.toml"
)

ILL = "asks by itself what has happened"
REACTS = "asks whether the person reacts, as the item does"
SAME_TOPIC = {
    ("what", "ill-or-hurt"): ILL,
    ("what", "what-happened"): ILL,
    ("place", "place-right"): "makes sure of the place",
    ("place", "landmark"): "the item is a landmark, by which the place is found",
    ("talks", "awake"): REACTS,
    ("conscious", "awake"): REACTS,
    ("do-not-return", "smoke"): "says not to go back",
    ("neighbour", "helper"): "asks to show somebody the screen",
    ("to-tap", "still-there"): "asks to tap a button",
    ("hurt", "where-pain"): "asks where it hurts, as the item does",
    ("out", "smoke"): "says to get out",
    ("not-back", "smoke"): "says not to go back",
    ("blood", "bleeding"): "the same question",
    ("people-inside-second", "people-inside"): "the same question, in another call",
    ("people-inside", "people-inside-second"): "the same question, in another call",
}
"""Item of a checklist, ready text or other item that counts for it: why that is right."""


def ready_texts() -> dict[str, str]:
    """Ready texts of the console for drills, by id."""
    ready = tomllib.loads(READY.read_text(encoding="utf-8"))["ready"]
    return {each["id"]: each["text"] for each in ready if "drill" in each.get("modes", ["drill"])}


@pytest.mark.parametrize("name", DRILLS)
def test_no_line_about_something_else_counts_as_asked(name: str) -> None:
    items, ready = drill_of(name).checklist, ready_texts()
    lines = [*ready.items(), *((item.id, item.ask) for item in items)]
    wrong = [
        f"{item.id}: {text}"
        for item in items
        for topic, text in lines
        if topic != item.id and (item.id, topic) not in SAME_TOPIC and mentions(text, item.words)
    ]
    assert wrong == []


def test_every_exception_is_needed() -> None:
    ready = ready_texts()
    items = [item for name in DRILLS for item in drill_of(name).checklist]
    texts = [*ready.items(), *((item.id, item.ask) for item in items)]
    needed = {
        (item.id, topic) for item in items for topic, text in texts if mentions(text, item.words)
    }
    assert set(SAME_TOPIC) <= needed


@pytest.mark.parametrize(
    ("name", "item_id", "text"),
    [
        ("taps-only", "ill-or-hurt", "助けが必要なのは、だれですか。"),
        ("town-without-net119", "what", "助けが必要なのは、だれですか。"),
        ("mountain-border", "what", "助けが必要なのは、だれですか。"),
        ("fire-next-door", "injured", "助けが必要なのは、だれですか。"),
        ("prank-call", "sure", "本当に助けが必要な人の妨げになります。"),
        ("mountain-border", "battery", "このまま画面を閉じないでください。"),
        ("three-calls", "asked-to-wait", "その場で待ってください。"),
        ("three-calls", "breathing", "息子さんは何歳ですか。"),
        ("tunnel-and-callback", "next-station", "次の駅に救急車が向かっています。"),
        ("silent-call", "on-the-way", "向かいの家の人を呼べますか。"),
    ],
)
def test_a_line_that_only_looks_like_it_does_not_count(name: str, item_id: str, text: str) -> None:
    assert not mentions(text, drill_of(name).item(item_id).words)


@pytest.mark.parametrize("name", DRILLS)
def test_callers_who_converse_understand_the_ready_texts_of_the_console(name: str) -> None:
    ready = tomllib.loads(READY.read_text(encoding="utf-8"))["ready"]
    scenario, seen = DRILLS[name], 0
    for step in scenario.timeline:
        actor = scenario.actors[step.actor] if isinstance(step, Call) and step.actor else None
        if not (isinstance(step, Call) and isinstance(actor, Caller) and actor.answers):
            continue
        for text in ready:
            if step.kind.value not in text.get("kinds", [step.kind.value]):
                continue
            if "drill" not in text.get("modes", ["drill"]):
                continue
            options = [
                Option(id=f"o{n}", label=each) for n, each in enumerate(text.get("options", []))
            ]
            made = react(text["text"], options, actor.answers, actor.otherwise, actor.hard_words)
            understood = not isinstance(made, NotUnderstood) or text["id"] == "not-understood"
            assert understood, f"{step.actor}: {text['text']} {made}"
            seen += 1
    assert seen >= 8 or not any(each.answers for each in scenario.callers().values())


REQUESTS = {"画面を見せ", "画面を閉じない"}
"""Words by which an item asks the caller to do something: there is nothing to answer."""


@pytest.mark.parametrize("name", DRILLS)
def test_what_the_checklist_counts_as_asked_a_caller_can_answer(name: str) -> None:
    """Who asks "何両目ですか" instead of "何号車ですか" must not hear "I do not understand"."""
    callers = DRILLS[name].callers()
    for item in drill_of(name).checklist:
        asked = [each for key, each in callers.items() if item.call in (None, key)]
        known = [word for each in asked for reply in each.answers for word in reply.to]
        if not known or not questions(item.ask):
            continue
        for word in set(item.words) - REQUESTS:
            assert mentions(word, known), f"{item.id}: nobody answers {word!r}"
