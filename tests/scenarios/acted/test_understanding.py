"""What simulated callers make of dispatchers' lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.chat import Option
from net119_scenarios.acted.understanding import (
    MAX_LINE,
    Answering,
    NotUnderstood,
    Reply,
    Why,
    mentions,
    questions,
    react,
    wants_reply,
)
from pydantic import ValidationError

ANSWERS = (
    Answering(to=("息", "呼吸"), say="息はあります。", tap=("ある", "息をしている")),
    Answering(to=("場所", "どこ"), say="列車の中です。"),
    Answering(to=("火事",), tap=("救急",)),
)


def made(text: str, *labels: str) -> Reply | NotUnderstood | None:
    options = tuple(Option(id=f"o{at}", label=label) for at, label in enumerate(labels))
    return react(text, options, ANSWERS, "わかりません。")


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("息はありますか。", "息はあります。"),
        ("呼吸はしていますか？", "息はあります。"),
        ("ｺｷｭｳは？呼吸は?", "息はあります。"),
        ("場所を教えてください。", "列車の中です。"),
        ("場所は", "列車の中です。"),
        ("どこですか。息はありますか。", "列車の中です。息はあります。"),
        ("119番です。落ち着いてください。いまどこにいますか。", "列車の中です。"),
        ("救急車が向かっています。息はありますか。", "息はあります。"),
    ],
)
def test_a_short_question_in_everyday_words_is_answered(text: str, reply: str) -> None:
    assert made(text) == Reply(reply)


@pytest.mark.parametrize(
    "text",
    [
        "119番です。救急ですね。落ち着いて、質問に答えてください。",
        "救急車が向かっています。息が苦しくても動かないでください。"[:11],
        "場所がわかりました。",
        "何かあったら教えてください。",
        "",
        "　",
    ],
)
def test_what_asks_for_nothing_gets_no_reply(text: str) -> None:
    assert made(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("お名前は何ですか。", Why.NO_ANSWER),
        ("ペットはいますか", Why.NO_ANSWER),
        ("息の意識レベルはJCSでいくつですか。", Why.JARGON),
        ("ﾊﾞｲﾀﾙは？", Why.JARGON),
        ("どこですか。息はありますか。名前は何ですか。", Why.TOO_MANY),
        ("息" * MAX_LINE + "はありますか。", Why.TOO_LONG),
    ],
)
def test_what_is_not_understood_says_why(text: str, why: Why) -> None:
    assert made(text) == NotUnderstood(why, "わかりません。")
    assert why.words.ja
    assert why.words.en


def test_an_own_hard_word_is_not_understood() -> None:
    hard = react("息と嚥下はどうですか。", (), ANSWERS, hard_words=("嚥下",))
    assert isinstance(hard, NotUnderstood)
    assert hard.why is Why.JARGON


def test_offered_answers_are_tapped_where_the_answer_knows_them() -> None:
    assert made("息はありますか。", "ない", "ある") == Reply(option="o1")
    assert made("息はありますか。", "はい", "いいえ") == Reply("息はあります。")
    # Who can only tap taps what is offered, whatever the words of the question.
    assert made("選べますか。", "消防", "救急") == Reply(option="o1")
    assert made("火事ですか。", "はい", "いいえ") == NotUnderstood(Why.NO_ANSWER, "わかりません。")


def test_an_answer_without_a_reply_is_refused() -> None:
    with pytest.raises(ValidationError, match="it needs `say`"):
        Answering(to=("息",))


@pytest.mark.parametrize(
    ("text", "words", "there"),
    [
        ("コキュウはどう", ["こきゅう"], True),
        ("ｺｷｭｳ", ["呼吸", "コキュウ"], True),
        ("息", ["呼吸"], False),
        ("い き", ["いき"], True),
        ("カ ゙ス", ["がす"], True),
        ("①番", ["1番"], True),
        ("髙橋さん", ["高橋"], False),
    ],
)
def test_words_are_compared_without_regard_to_width_and_kana(
    text: str, words: list[str], there: bool
) -> None:
    assert mentions(text, words) is there


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert mentions(f"前{text}後", [text])
    reply = react(text, (), ANSWERS)
    assert (reply is None) or wants_reply(text)
    if isinstance(reply, Reply):
        assert reply.text
    assert all(question in text for question in questions(text))
