"""Happenings as people read them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from net119_protocol.codes import Mode
from net119_protocol.labels import Language, label
from net119_scenarios.caller import WRITTEN
from net119_scenarios.happening import Happening, Role, What
from net119_scenarios.header import MARKS, header
from net119_scenarios.layout import WIDTH
from net119_scenarios.narrator import Narrator
from net119_scenarios.result import Result
from net119_scenarios.words import GLOSS, RULES, Words
from net119_simulators.questions import GREETINGS, PRACTICE_GREETING, QUESTIONS, Question
from net119_simulators.rule_based import FAREWELLS, NO_REPLY
from rich.cells import cell_len

START = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
SAPPORO = {
    "code": "unnamed-01100",
    "ja": "札幌市を管轄する消防本部",
    "en": "the fire department for Sapporo City",
    "phone": "0000-01-0100",
}
COAST_GUARD = {"code": "coast-guard", "ja": "海上保安庁", "en": "Coast Guard", "phone": "118"}
ADVICE: dict[str, Any] = {
    "code": "home-not-adopted",
    "text_ja": "通報地はNET119未導入です。",
    "text_en": "NET119 is not adopted there.",
    "phone_to": [SAPPORO, COAST_GUARD],
}


def told(what: What, role: Role, language: Language = "ja", **details: Any) -> list[str]:
    narrator = Narrator(language)
    narrator.began = START
    at = START + timedelta(seconds=1.234)
    lines = narrator.tell(Happening(what, role, at, details))
    assert all(cell_len(line) <= WIDTH for line in lines)
    return [" ".join(line.split()) for line in lines]


def test_a_line_says_when_who_and_what() -> None:
    assert "".join(told(What.RADIO, Role.CALLER, radio="tunnel", seconds=20.0)).endswith(
        "電波: トンネルに入り、何も通らない（20秒）"
    )
    english = "".join(told(What.RADIO, Role.CALLER, "en", radio="hand-over", seconds=0.0))
    assert english.endswith("radio: hand-over: connections are cut")
    assert "接続が切れた" in "".join(told(What.DROPPED, Role.CALLER))
    assert "connects again" in "".join(told(What.RESUMED, Role.CALLER, "en"))
    assert told(What.ANSWER_PRESSED, Role.LOCAL_DISPATCHER) == [
        "1.23秒 通報地の指令員 「応答」を押す（人の操作）"
    ]
    assert told(What.ANSWER_PRESSED, Role.LOCAL_DISPATCHER, "en") == [
        '1.23 s local dispatcher presses "answer" (a human act)'
    ]


def test_the_routing_rule_is_told_in_words() -> None:
    lines = told(
        What.ROUTED, Role.HOME_PROVIDER, rule="other-running", ambiguous=False, alternatives=[]
    )
    assert "管轄の消防本部に接続" in "".join(lines)
    assert "other-running" not in "".join(lines)
    ambiguous = told(
        What.ROUTED, Role.HOME_PROVIDER, rule="unheard-of", ambiguous=True, alternatives=[SAPPORO]
    )
    assert "unheard-of" in ambiguous[0]
    assert "札幌市を管轄する消防本部" in "".join(ambiguous)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_fits_in_both_languages(rule: str) -> None:
    for language in ("ja", "en"):
        told(
            What.ROUTED,
            Role.HOME_PROVIDER,
            "ja" if language == "ja" else "en",
            rule=rule,
            ambiguous=False,
            alternatives=[],
        )
    assert RULES[rule].ja != RULES[rule].en


def test_whom_to_phone_is_marked_as_fictional_unless_it_is_real() -> None:
    text = "".join(told(What.DISPATCHER_TOLD, Role.HOME_DISPATCHER, **ADVICE))
    assert "札幌市を管轄する消防本部0000-01-0100（架空の番号）" in text.replace(" ", "")
    assert "海上保安庁118（" not in text.replace(" ", "")
    assert "(fictional number)" in " ".join(
        told(What.DISPATCHER_TOLD, Role.HOME_DISPATCHER, "en", **ADVICE)
    )


def test_departments_to_ask_about_are_not_told_to_be_phoned() -> None:
    notice = ADVICE | {"code": "ambiguous"}
    assert "電話する相手" not in "".join(told(What.DISPATCHER_TOLD, Role.HOME_DISPATCHER, **notice))


def test_the_wire_is_told_in_words_with_the_reason() -> None:
    lines = told(
        What.WIRE,
        Role.BETWEEN,
        source="aoba",
        target="akane",
        message="call.reject",
        reason="no-console",
        epoch=1,
    )
    assert lines[0] == "1.23秒 事業者間 aoba → akane call.reject"
    assert lines[1] == "受け入れ不可と回答（理由: 指令台が未接続）"


def test_chat_lines_belong_to_their_writers() -> None:
    narrator = Narrator("ja")
    narrator.began = START

    def line(sender: str, **more: Any) -> str:
        details = {"seq": 3, "sender": sender, "text": "「", "options": []} | more
        return " ".join(narrator.tell(Happening(What.LINE, Role.STAGE, START, details))[0].split())

    assert line("caller", text="胸が苦しいです。") == "0.00秒 通報者 #3 「胸が苦しいです。」"
    assert "通報者 #3 「いる」を選択" in line("caller", choice={"seq": 2, "option": "いる"})
    assert "登録地の指令員 #3" in line("dispatcher")
    narrator.tell(Happening(What.ANSWER_PRESSED, Role.LOCAL_DISPATCHER, START))
    assert "通報地の指令員 #3" in line("dispatcher")
    assert "登録地の事業者 #3 自動メッセージ" in line("system")


def test_names_in_the_chat_are_english_for_readers_of_english() -> None:
    narrator = Narrator("en")
    narrator.began = START
    narrator.tell(Happening(What.DISPATCHER_TOLD, Role.HOME_DISPATCHER, START, ADVICE))
    closing = {"outcome": "relayed-by-phone", "relayed_to": SAPPORO["ja"]}
    lines = narrator.tell(Happening(What.CLOSE_PRESSED, Role.HOME_DISPATCHER, START, closing))
    assert SAPPORO["en"] in " ".join(" ".join(lines).split())


def spoken(questions: tuple[Question, ...]) -> set[str]:
    texts: set[str] = set()
    for question in questions:
        texts |= {question.text, *(reply.label for reply in question.replies)}
        for reply in question.replies:
            texts |= ({reply.then} if reply.then else set()) | spoken(reply.ask)
    return texts


def test_everything_simulated_people_say_has_its_meaning_in_english() -> None:
    texts = {*GREETINGS.values(), PRACTICE_GREETING, NO_REPLY, *FAREWELLS.values()}
    texts |= set(WRITTEN.values())
    for questions in QUESTIONS.values():
        texts |= spoken(questions)
    assert texts - set(GLOSS) == set()
    assert "Illness or accident?" in " ".join(
        told(
            What.LINE,
            Role.STAGE,
            "en",
            seq=1,
            sender="dispatcher",
            text="急病ですか、事故ですか。",
            options=["急病", "事故"],
        )
    )


@pytest.mark.parametrize("mode", MARKS)
def test_the_header_says_what_kind_of_exercise_it_is(mode: Mode) -> None:
    assert MARKS[mode] == (label(mode, "ja"), label(mode, "en").upper())
    for language, word in zip(("ja", "en"), MARKS[mode], strict=True):
        lines = header(mode, language, WIDTH)
        assert word in lines[1]
        assert all(cell_len(line) <= WIDTH for line in lines)


def test_there_is_no_header_for_a_live_call() -> None:
    with pytest.raises(KeyError):
        header(Mode.LIVE, "ja", WIDTH)


def test_the_conclusion_says_what_failed_and_what_was_seen() -> None:
    result = Result(Words("正しく終わりました。", "It ended as it must."))
    assert not result.ok
    result.check("a", True, "一", "one", "unused")
    assert result.ok
    assert Narrator("ja").conclusion(result)[-1] == "正しく終わりました。"
    result.check("b", False, "二", "two", "three")
    assert not result.ok
    text = "\n".join(Narrator("en").conclusion(result))
    assert "FAIL  two" in text
    assert "seen: three" in text
    assert "unused" not in text
    assert "did not end as it must (1 failed)" in text
