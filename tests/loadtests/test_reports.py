"""What is made of a result: figures of several generators, JUnit, pages, comparison."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from net119_cli.main import main
from net119_loadtests.charts import Chart, Curve
from net119_loadtests.errors import LoadError
from net119_loadtests.gathering import Gathered
from net119_loadtests.junit import junit_of
from net119_loadtests.page import page_of

from tests.loadtests.reports import bad_judgement, done, floats, late_judgement, result_of, written


def parsed(document: str | bytes) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314  # written by the code under test


def test_generators_add_up() -> None:
    result = result_of(
        done(),
        done(callers_ready=9, errors={"x": 2}, error_examples={"x": "why"}, recovered_s=[4.0]),
    )
    assert result.figures["acked"] == 200
    assert result.figures["rate_per_s"] == 20.0
    assert result.figures["recovered_s"] == [2.0, 4.0]
    assert result.figures["errors"] == {"x": 2}
    assert result.to_json()["figures"]["error_examples"] == {"x": "why"}
    assert result.judgement.calls == 20
    assert result.figures["series"]["ack_ms"]["p99"] == 99.0
    held = {outcome.name: outcome.held for outcome in result.outcomes}
    assert held == {
        "violations": True,
        "errors.share": True,
        "rate.per_s": True,
        "recovery.s": False,
        "ack_ms.p99": False,
    }
    assert result.doubts == ("1 of 20 callers did not get into an answered call",)
    assert not result.passed


def test_a_violation_of_one_generator_is_one_of_the_run() -> None:
    result = result_of(done(), done(judgement=bad_judgement()), limits="")
    assert result.judgement.violations == 1
    assert not result.passed
    assert result_of(done(), done(), limits="").passed


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"settled": False, "acked": 99}, "99 of 100 lines are acknowledged"),
        ({"judgement": late_judgement()}, "1 stored lines were not shown: call 1"),
    ],
)
def test_what_was_still_awaited_at_the_end_fails_the_run(
    change: dict[str, Any], doubt: str
) -> None:
    result = result_of(done(), done(**change), limits="")
    assert not result.passed
    (found,) = result.doubts
    assert doubt.replace("99 of 100", "199 of 200") in found


@pytest.mark.parametrize(("late_ms", "passes"), [(1000.0, True), (1001.0, False)])
def test_a_generator_that_writes_late_has_not_made_the_load(late_ms: float, passes: bool) -> None:
    late = {"event": "series", "name": "late_ms", "values": floats(late_ms)}
    assert result_of(done(), limits="", series=[late]).passed is passes
    bounded = result_of(done(), limits="[late_ms]\np99 = 900", series=[late])
    assert [each.held for each in bounded.outcomes if each.name == "late_ms.p99"] == [False]


@pytest.mark.parametrize(
    ("reached_ms", "cut_off", "passes"), [(900.0, 0, False), (1100.0, 0, True), (5.0, 1, True)]
)
def test_slow_readers_who_never_fell_behind_prove_nothing(
    reached_ms: float, cut_off: int, passes: bool
) -> None:
    slow = {"event": "series", "name": "slow_ack_ms", "values": floats(reached_ms)}
    message = done(slow_cut_off=cut_off)
    result = result_of(message, limits="", series=[slow], more={"slow_stops_s": 4.0})
    assert result.passed is passes
    assert result_of(message, limits="", series=[slow], more={"slow_stops_s": None}).passed


def test_a_fault_that_a_worker_has_not_seen_is_not_recovered_from() -> None:
    fault = {"name": "kill:server", "over_s": 1.0, "recovered_s": 2.0}
    fault |= {"connections_lost": 3, "errors": {"x": 1}}
    result = result_of(done(faults=[fault, fault]), done(faults=[fault]), limits="")
    first, second = result.figures["faults"]
    assert (first["recovered_s"], first["connections_lost"]) == (2.0, 6)
    assert (second["name"], second["recovered_s"]) == ("kill:server", None)
    assert "not all had recovered from fault kill:server at the end" in result.doubts


def test_a_connection_that_does_not_come_back_is_no_recovery() -> None:
    result = result_of(done(still_down=1), limits="[recovery]\nmax_s = 100")
    assert [outcome.found for outcome in result.outcomes if outcome.name == "recovery.s"] == [None]
    assert not result.passed


def test_progress_is_that_of_all_since_it_was_asked_last() -> None:
    gathered = Gathered()
    one = {"t": 3.0, "open": 4, "down": 1, "acked": 7, "errors": 0, "violations": 0, "cpu": 0.25}
    one["cpu_s"] = 1.5
    gathered.ticked("a", one | {"phase": "run", "recent": floats(1.0, 2.0)})
    gathered.ticked("b", one | {"phase": "ramp", "recent": floats(9.0)})
    told = gathered.progress(2.0)
    assert (told["phase"], told["open"], told["rate"], told["p99"]) == ("ramp", 8, 1.5, 9.0)
    assert gathered.progress(1.0)["rate"] == 0


def test_junit_names_every_threshold_and_what_was_not_shown() -> None:
    suite = parsed(junit_of(result_of(done(judgement=bad_judgement()))))[0]
    failed = {case.get("name") for case in suite if case.find("failure") is not None}
    assert failed == {"violations", "ack_ms.p99"}
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("6", "2", "0")
    text = suite[0].findtext("failure") or ""
    assert "消えた & 失われた" in text
    suite = parsed(junit_of(result_of(done(complete=False))))[0]
    assert suite.get("errors") == "1"


@pytest.mark.parametrize(("lang", "word"), [("ja", "不合格"), ("en", "FAILED")])
def test_the_page_shows_all_and_needs_nothing_else(lang: str, word: str) -> None:
    report = json.loads(json.dumps(result_of(done(judgement=bad_judgement())).to_json()))
    page = page_of(report, "ja" if lang == "ja" else "en")
    assert f'<html lang="{lang}">' in page
    assert word in page
    assert "消えた &amp; 失われた" in page
    assert "<b>" not in page
    for elsewhere in ("<script", "http://", "src=", "@import", "url("):
        assert elsewhere not in page
    # Latency, percentiles, open chats, rate, CPU, memory: each a chart with a name.
    assert page.count('role="img"') == 6
    for value in ("99.0", "127.0.0.2", "2026-11-28"):
        assert value in page


def test_a_chart_draws_every_point_within_its_frame_and_breaks_where_nothing_was() -> None:
    curve = Curve("値", [(0.0, 0.0), (1.0, 7.0), (2.0, None), (3.0, 3.0)])
    svg = Chart("名前", "秒", "ms", [curve]).svg()
    root = parsed(svg)
    (line,) = root.findall("polyline")
    points = [tuple(map(float, each.split(","))) for each in line.attrib["points"].split()]
    assert len(points) == 2
    assert points[0][1] > points[1][1]
    assert len(root.findall("circle")) == 1
    assert all(0 <= x <= 760 and 0 <= y <= 260 for x, y in points)
    assert Chart("名前", "秒", "ms", [Curve("値", [(0.0, None)])]).svg() == ""


def compare(before: Path, after: Path, *more: str) -> int:
    return main(["--lang", "en", "load", "compare", str(before), str(after), *more])


def test_compare_fails_where_something_got_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = written(result_of(done()), tmp_path / "a")
    slower = written(result_of(done(acked_in_window=75)), tmp_path / "b")
    assert compare(good, good) == 0
    assert "Nothing got worse" in capsys.readouterr().out
    assert compare(good, slower) == 1
    assert "worse" in capsys.readouterr().out
    assert compare(good, slower, "--tolerance", "30") == 0
    assert compare(slower, good) == 0
    failing = written(result_of(done(errors={"x": 1})), tmp_path / "c")
    assert compare(good, failing, "--tolerance", "1000") == 1


def test_compare_shows_faults_doubts_memory_and_cpu(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fault: dict[str, Any] = {"name": "kill-server", "over_s": 1.0, "recovered_s": 2.0}
    fault |= {"connections_lost": 3, "errors": {}}
    one = written(result_of(done(faults=[fault])), tmp_path / "a")
    assert compare(one, one) == 0
    shown = capsys.readouterr().out
    for word in ("kill-server", "doubts", "most memory of the system", "CPU of the system"):
        assert word in shown

    def spoil(report: dict[str, Any], name: str) -> None:
        if name == "recovered":
            report["figures"]["faults"][0]["recovered_s"] = 9.0
        elif name == "gone":
            report["figures"]["faults"].clear()
        elif name == "doubts":
            report["doubts"].append("one more")
        else:
            report["timeline"][2][name] = 300.0

    for name in ("recovered", "gone", "doubts", "server_rss_mb", "server_cpu"):
        report = json.loads(one.read_text("utf-8"))
        spoil(report, name)
        other = tmp_path / "other.json"
        other.write_text(json.dumps(report), "utf-8")
        assert compare(one, other) == 1, name


def test_compare_says_what_was_not_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = written(result_of(done()), tmp_path / "a")
    other = tmp_path / "b.json"
    report = json.loads(one.read_text("utf-8"))
    report["asked"]["callers"] = 99
    other.write_text(json.dumps(report), "utf-8")
    assert compare(one, other) == 0
    assert "asked.callers: 10 -> 99" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "[]", '{"tool": "other"}'])
def test_what_is_no_report_is_explained(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.json"
    file.write_text(content, "utf-8")
    assert compare(file, file) == 2
    assert str(file) in capsys.readouterr().err


def test_a_run_that_was_cut_short_is_not_compared(tmp_path: Path) -> None:
    from net119_loadtests.comparing import read_report

    with pytest.raises(LoadError, match="interrupted"):
        read_report(written(result_of(done(complete=False)), tmp_path))
