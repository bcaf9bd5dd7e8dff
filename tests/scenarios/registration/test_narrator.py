"""A registration is told in both languages, in 80 columns, to its end or to where it failed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from net119_protocol.labels import Language
from net119_scenarios.registration.narrator import RegistrationNarrator, opening
from net119_scenarios.registration.plan import RegisterRequest, plan_registration, profiled
from net119_scenarios.registration.steps import EXPECTED, Failed, Step, Taken
from net119_scenarios.result import Result
from net119_scenarios.words import Words
from rich.cells import cell_len

BEGAN = datetime(2026, 7, 1, tzinfo=UTC)
MAIL = {"sender": "a@net119-aoba.example", "subject": "NET119 登録のご案内"}
LONG = "https://127.110.51.1:25620/r/ulQg…"
DETAILS: dict[Step, dict[str, Any]] = {
    Step.EMPTY_MAIL: {"sender": "shota@mail.example", "to": "r.tomakomai@net119-aoba.example"},
    Step.URL_MAIL: {**MAIL, "url": LONG},
    Step.TERMS: {"heading": "利用規約", "version": "2026-04"},
    Step.FORM: {"items": [{"ja": "氏名", "en": "name"}] * 12},
    Step.IMAGE: {"octets": 58_000},
    Step.CONFIRM: {"name": "髙橋　𠮷子", "street": "若葉台1丁目", "mail": "shota@mail.example"},
    Step.SUBMIT: {"heading": "申請を受け付けました"},
    Step.RECEIVED_MAIL: MAIL,
    Step.STAFF_LOG_IN: {"name": "審査係（模擬）", "heading": "審査待ち"},
    Step.KEY_IN: {"guardian": "髙橋　花江", "number": "見本-7"},
    Step.REVIEW: {"sealed": True, "image": 40_000},
    Step.APPROVE: {"heading": "承認しました"},
    Step.COMPLETION_MAIL: {**MAIL, "url": LONG, "login_id": "t1234567"},
    Step.LOG_IN: {"heading": "メニュー"},
    Step.CALL_PAGE: {"url": LONG, "heading": "通報"},
}


def fits(lines: list[str]) -> str:
    assert lines
    assert all(cell_len(line) <= 80 for line in lines), lines
    return "\n".join(lines)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_step_is_told_with_its_time_and_actor(language: Language) -> None:
    narrator = RegistrationNarrator(language)
    narrator.began = BEGAN
    for number, step in enumerate(Step):
        taken = Taken(step, BEGAN + timedelta(seconds=number), DETAILS[step])
        text = fits(narrator.tell(taken))
        assert f"{number}.00" in text
        assert narrator.seconds(taken.at) == number
        assert narrator.plain(taken)
    told = {narrator.plain(Taken(step, BEGAN, DETAILS[step])) for step in Step}
    assert len(told) == len(Step)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("department", sorted(profiled()))
def test_the_introduction_says_who_where_and_how(language: Language, department: str) -> None:
    plan = plan_registration(RegisterRequest(department, 7), date(2026, 7, 1))
    text = fits([*opening(language, 80), *RegistrationNarrator(language).introduction(plan)])
    assert plan.person.application.data.name.replace("　", "") in text.replace("　", "")
    assert ("試験" if language == "ja" else "TEST") in text
    paper = "紙" if language == "ja" else "paper"
    assert (paper in text) is not plan.by_mail


def test_a_failure_says_which_step_what_was_expected_and_what_came_instead() -> None:
    narrator = RegistrationNarrator("en")
    text = fits(narrator.tell(Failed(Step.TERMS, "page problem, status 404")))
    for part in ("terms", "the URL shows the terms", "page problem, status 404"):
        assert part in text


def test_the_end_counts_what_was_not_seen() -> None:
    result = Result(Words("完了しました。", "Done."))
    for step in (Step.EMPTY_MAIL, Step.URL_MAIL):
        words = EXPECTED[step]
        result.check(step.value, True, words.ja, words.en)
    narrator = RegistrationNarrator("ja")
    assert fits(narrator.conclusion(result)).endswith("完了しました。")
    words = EXPECTED[Step.TERMS]
    result.check(Step.TERMS.value, False, words.ja, words.en, "page problem")
    for step in (Step.FORM, Step.SUBMIT):
        words = EXPECTED[step]
        result.not_reached(step.value, words.ja, words.en)
    said = fits(narrator.conclusion(result))
    assert said.endswith("（不可1件、未到達2件）。")
    assert said.count("  不可") == 1
    assert said.count("  未到達") == 2
    said = fits(RegistrationNarrator("en").conclusion(result))
    assert said.endswith("(1 failed, 2 not reached).")
    assert said.count("FAIL") == 1
    assert not Result(Words("", "")).ok, "without a step it is no success"
