"""Beyond its capacity a provider sheds new calls, with a clear answer, and the open ones go on."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from net119_loadtests import run as running
from net119_loadtests.frames import sheds
from net119_loadtests.house import DATABASE_URL
from net119_loadtests.judging import Judgement
from net119_loadtests.report import doubts_of
from net119_loadtests.shapes import shape_named
from net119_protocol.api.problems import Problem
from net119_protocol.codes import Refusal
from rich.console import Console

WORDS = {
    "message_ja": "混雑",
    "message_en": "busy",
    "other_means_ja": "119",
    "other_means_en": "119",
}


def refusal(words: dict[str, str], code: Refusal = Refusal.OVERLOAD) -> bytes:
    problem = Problem.model_validate({"title": "no", "status": 503, "code": code, **words})
    return problem.model_dump_json(by_alias=True).encode()


def test_a_clear_answer_says_what_else_to_do() -> None:
    assert sheds(refusal(WORDS))


@pytest.mark.parametrize("left_out", sorted(WORDS))
def test_an_answer_without_words_is_not_clear(left_out: str) -> None:
    assert not sheds(refusal({**WORDS, left_out: ""}))


def test_another_refusal_or_none_at_all_is_not_shedding() -> None:
    assert not sheds(refusal(WORDS, Refusal.INTERNAL))
    assert not sheds(b"<html>503</html>")


def load(folder: Path, capacity: int) -> tuple[int, dict[str, Any], str]:
    """Exit status, report and output of a run of the shape."""
    (folder / "thresholds.toml").write_text("[errors]\nmax_share = 0\n[shed_ms]\nmax = 60000\n")
    shown = io.StringIO()
    options = running.Options(
        callers=8,
        duration_s=12.0,
        every_s=0.5,
        thresholds=folder / "thresholds.toml",
        out=folder,
        lang="en",
        shape_name="overload",
        shape=shape_named("overload"),
        capacity=capacity,
    )
    status = running.run(options, Console(file=shown, width=200))
    report: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return status, report, shown.getvalue()


@pytest.mark.slow
def test_half_of_all_are_shed_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATABASE_URL, raising=False)
    status, report, shown = load(tmp_path, capacity=4)
    figures = report["figures"]
    assert (status, report["doubts"]) == (0, []), shown
    assert (figures["callers_ready"], figures["callers_shed"]) == (4, 4)
    assert figures["series"]["shed_ms"]["count"] >= 4
    assert figures["series"]["shedding_ack_ms"]["count"] > 0
    assert report["violations"]["count"] == 0


@pytest.mark.parametrize(
    ("ready", "shed", "doubt"),
    [
        (4, 4, ""),
        (3, 5, "only 3 calls were taken"),
        (8, 0, "no call was shed"),
        (4, 2, "2 of 8 callers"),
    ],
)
def test_calls_shed_too_early_or_not_at_all_prove_nothing(
    ready: int, shed: int, doubt: str
) -> None:
    figures = {"callers": 8, "callers_ready": ready, "callers_shed": shed, "capacity": 4}
    quiet = {"still_down": 0, "settled": True, "series": {}}
    found = doubts_of({**figures, **quiet}, Judgement(calls=4, acks_checked=4))
    assert [doubt in each for each in found] == [True] * bool(doubt)
