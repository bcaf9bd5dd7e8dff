"""Known failures: what a line excuses, when it is out of date, and what a run makes of both."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest
from net119_conformance.baseline import (
    Baseline,
    Excusable,
    KnownFailure,
    baseline_text,
    read_baseline,
)
from net119_conformance.checks import Check
from net119_conformance.errors import ConformanceError
from net119_conformance.record import ItemRecord, Reason
from net119_conformance.verdict import Verdict
from pydantic import ValidationError

from tests.conformance.engine.test_runner import Ran, run_toys

NAMES = ("CHAT-ORDER", "CHAT-ONCE")


def record(verdict: Verdict, *failed: str, name: str = "CHAT-ORDER", sut: str = "a") -> ItemRecord:
    checks = tuple(
        Check(
            name=each,
            passed=False,
            counts_as=Verdict.FAIL,
            expected="x",
            seen="y",
            offset_s=0,
            after_event=0,
        )
        for each in failed
    )
    return ItemRecord(
        id=name,
        sut=sut,
        verdict=verdict,
        checks=checks,
        started_at=datetime(2026, 4, 1, tzinfo=UTC),
        duration_s=1,
    )


def line(*checks: str, verdict: Verdict = Verdict.FAIL, **more: object) -> KnownFailure:
    given = {"purpose": "CHAT-ORDER", "checks": checks, "reason": "ticket 7", **more}
    return KnownFailure.model_validate({**given, "verdict": verdict})


def test_a_line_excuses_the_failure_it_names() -> None:
    baseline = Baseline(known=(line("in order"),))
    failed = record(Verdict.FAIL, "in order")
    assert baseline.excuse(failed) == line("in order")
    assert baseline.stale([failed]) == ()


@pytest.mark.parametrize(
    "seen",
    [
        record(Verdict.FAIL, "in order", "once"),  # one more check fails than is known
        record(Verdict.HARNESS_ERROR, "in order"),
        record(Verdict.INCONCLUSIVE),
        record(Verdict.FAIL, "in order", name="CHAT-ONCE"),
        record(Verdict.FAIL, "in order", sut="b"),
    ],
)
def test_a_line_excuses_nothing_else(seen: ItemRecord) -> None:
    assert Baseline(known=(line("in order", sut="a"),)).excuse(seen) is None


def broken_off(verdict: Verdict, why: str, *failed: str) -> ItemRecord:
    reason = Reason(verdict=Verdict.INCONCLUSIVE, en=why, ja=why)
    return record(verdict, *failed).model_copy(update={"reasons": (reason,)})


def test_a_known_failure_excuses_no_purpose_that_broke_off_after_it() -> None:
    seen = broken_off(Verdict.FAIL, "waited in vain: the console", "in order")
    assert Baseline(known=(line("in order"),)).excuse(seen) is None
    because = ("waited in vain: the console",)
    assert Baseline(known=(line("in order", because=because),)).excuse(seen) is not None


def test_what_could_not_be_judged_is_excused_for_the_reason_named_and_no_other() -> None:
    known = line(verdict=Verdict.INCONCLUSIVE, because=("offers 'mailbox'",))
    verb = "prerequisite missing: the driver 'hook' offers 'mailbox' (seen: None)"
    baseline = Baseline(known=(known,))
    assert baseline.excuse(broken_off(Verdict.INCONCLUSIVE, verb)) is known
    unreachable = broken_off(Verdict.INCONCLUSIVE, "the system under test cannot be reached")
    assert baseline.excuse(unreachable) is None


def test_a_line_is_out_of_date_once_the_purpose_passes() -> None:
    (stale,) = Baseline(known=(line("in order"),)).stale([record(Verdict.PASS)])
    assert stale.name == "CHAT-ORDER"
    assert "PASS" in stale.why.en


def test_a_line_is_out_of_date_once_one_of_its_checks_holds() -> None:
    known = Baseline(known=(line("in order", "once"),))
    (stale,) = known.stale([record(Verdict.FAIL, "in order")])
    assert "once" in stale.why.ja
    assert "in order" not in stale.why.en


def test_what_comes_and_goes_is_never_out_of_date_but_excuses_no_more_for_it() -> None:
    known = Baseline(known=(line("in order", may_pass=True),))
    assert known.stale([record(Verdict.PASS)]) == ()
    assert known.excuse(record(Verdict.FAIL, "once")) is None


def test_what_could_not_be_told_contradicts_no_line() -> None:
    """The suite itself was too slow: that the failure is gone was not seen."""
    known = Baseline(known=(line("in order"),))
    untold = record(Verdict.INCONCLUSIVE).model_copy(update={"suspect": True})
    assert known.stale([untold]) == ()
    assert known.excuse(untold) is None
    assert known.stale([record(Verdict.INCONCLUSIVE)]), "for another reason"


def test_what_was_not_run_is_not_out_of_date() -> None:
    assert Baseline(known=(line("in order"),)).stale([record(Verdict.PASS, name="CHAT-ONCE")]) == ()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"verdict": "HARNESS_ERROR"}, "HARNESS_ERROR"),
        ({"verdict": "PASS"}, "PASS"),
        ({"checks": ()}, "checks is empty"),
        ({"reason": " "}, "reason is empty"),
        ({"verdict": "INCONCLUSIVE", "checks": ()}, "because is empty"),
        ({"because": ("no", "a")}, "quote 8 characters"),
        ({"tickets": 3}, "tickets"),
    ],
)
def test_an_unsound_line_is_refused(more: dict[str, object], said: str) -> None:
    given = {"purpose": "CHAT-ORDER", "checks": ("in order",), "reason": "ticket 7"}
    with pytest.raises(ValidationError, match=said):
        KnownFailure.model_validate({**given, **more})


def test_the_file_says_all_that_is_wrong_with_it(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    text = baseline_text(
        [
            Excusable("NO-SUCH", "a", Verdict.FAIL, ["x"]),
            Excusable("CHAT-ONCE", "a", Verdict.INCONCLUSIVE, because="no console; no log-in here"),
        ]
        * 2,
        "ticket",
    )
    file.write_text(text, "utf-8")
    with pytest.raises(ConformanceError, match=r"no test purpose NO-SUCH.*CHAT-ONCE--a.*twice"):
        read_baseline(file, NAMES)


@pytest.mark.parametrize("content", [b"\xff", b"known = 3", b"[[known]]\n", b"[[known"])
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "known.toml"
    file.write_bytes(content)
    with pytest.raises(ConformanceError, match=r"known|TOML|read"):
        read_baseline(file, NAMES)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    awkward = '"quoted" \\ 髙𠮷① \x7f\n'
    file = tmp_path / "known.toml"
    file.write_text(
        baseline_text([Excusable("CHAT-ONCE", "a", Verdict.FAIL, [awkward])], awkward), "utf-8"
    )
    (known,) = read_baseline(file, NAMES).known
    assert (known.checks, known.reason, known.sut) == ((awkward,), awkward, "a")


def test_what_a_tester_saw_is_not_quoted_for_it_is_another_in_the_next_run(tmp_path: Path) -> None:
    """Callers have another name each time; what has to be judged stays the same."""
    file = tmp_path / "known.toml"
    because = "only the tester saw the desk (seen: A; B)\nonly the tester saw the line (seen: x)"
    lines = [Excusable("CHAT-ONCE", "a", Verdict.NEEDS_REVIEW, because=because)]
    file.write_text(baseline_text(lines, "looked at"), "utf-8")
    (known,) = read_baseline(file, NAMES).known
    assert known.because == ("only the tester saw the desk", "only the tester saw the line")
    reasons = [f"{each} (seen: C)" for each in known.because]
    for also, excused in (((), True), (("something else (seen: C)",), False)):
        later = record(Verdict.NEEDS_REVIEW, name="CHAT-ONCE").model_copy(
            update={
                "reasons": tuple(
                    Reason(verdict=Verdict.NEEDS_REVIEW, en=each, ja=each)
                    for each in (*reasons, *also)
                )
            }
        )
        assert known.excuses(later) is excused


def toy_line(*checks: str, purpose: str = "TOY-FAIL") -> KnownFailure:
    return KnownFailure(purpose=purpose, checks=checks, reason="ticket 7 髙")


@pytest.fixture(scope="module")
def excused(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    known = Baseline(known=(toy_line("it is red"),))
    out = tmp_path_factory.mktemp("excused")
    return run_toys(out, "TOY-PASS", "TOY-FAIL", baseline=known)


def test_a_run_with_known_failures_only_exits_with_0_and_says_so(excused: Ran) -> None:
    assert excused.status == 0
    by_id = {result.id: result for result in excused.report.results}
    assert by_id["TOY-FAIL"].verdict is Verdict.FAIL
    assert by_id["TOY-FAIL"].known == "ticket 7 髙"
    assert not by_id["TOY-FAIL"].blocking
    assert excused.report.summary.known == 1
    assert "Does not conform: 1 known, nothing new" in excused.shown
    assert "Conforms" not in excused.shown
    page = (excused.out / "report.html").read_text("utf-8")
    assert "既知の 1 件のみ" in page
    assert "ticket 7 髙" in page
    root = ET.fromstring((excused.out / "report.junit.xml").read_text("utf-8"))  # noqa: S314  # our own file, read back
    suite = root.find("testsuite")
    assert suite is not None
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("0", "0", "1")


def test_a_line_out_of_date_fails_a_run_in_which_nothing_else_does(tmp_path: Path) -> None:
    known = Baseline(known=(toy_line("it squeaks", purpose="TOY-PASS"),))
    ran = run_toys(tmp_path, "TOY-PASS", baseline=known)
    assert ran.status == 1
    assert "out of date" in ran.shown
    root = ET.fromstring((tmp_path / "report.junit.xml").read_text("utf-8"))  # noqa: S314  # our own file, read back
    suite = root.find("testsuite")
    assert suite is not None
    assert suite.get("failures") == "1"
    assert "TOY-PASS" in (tmp_path / "report.html").read_text("utf-8").split('id="stale"')[1]
