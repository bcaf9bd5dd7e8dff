"""What goes wrong beside what a purpose looks at is a check of it, and nothing else is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from net119_conformance.evidence import EvidenceLog
from net119_conformance.strict import judge_strictly
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_protocol.interconnect import MessageType
from net119_simulators.wiretap import Interface, event

from tests.conformance.engine.test_wire_rules import DEFECTS, good, log
from tests.conformance.engine.toy_purposes import PASS


@dataclass(frozen=True)
class Came:
    type: MessageType
    label: str
    at: datetime = datetime(2026, 4, 1, tzinfo=UTC)


def judged(path: Path, spoil: Callable[[list[dict[str, Any]]], None] | None, *came: Came) -> Trial:
    """A purpose that passed, beside which these messages came."""
    messages = good()
    if spoil is not None:
        spoil(messages)
    with EvidenceLog(path) as evidence:
        trial = Trial(PASS, evidence)
        for line in log(messages):
            evidence.record(event(Interface.B, "aoba", "peer", "MESSAGE", line["payload"]))
        trial.check("it squeaks", True, expected="", seen="")
        judge_strictly(trial, "aoba", came)
    return trial


def test_nothing_wrong_adds_no_check(tmp_path: Path) -> None:
    assert [check.name for check in judged(tmp_path / "log.jsonl", None).checks] == ["it squeaks"]


@pytest.mark.parametrize("rule", DEFECTS)
def test_a_broken_rule_fails_and_names_the_message(tmp_path: Path, rule: str) -> None:
    at, spoil = DEFECTS[rule]
    trial = judged(tmp_path / "log.jsonl", spoil)
    assert trial.verdict() is Verdict.FAIL
    failed = [check for check in trial.checks if not check.passed and check.name.endswith(rule)]
    assert [check.offending for check in failed] == [at]


def test_an_error_about_an_honest_message_fails(tmp_path: Path) -> None:
    trial = judged(tmp_path / "log.jsonl", None, Came(MessageType.ERROR, "error e=3"))
    assert trial.verdict() is Verdict.FAIL
    assert trial.checks[-1].seen == "error e=3"


def test_another_message_that_nothing_accounts_for_is_named_as_a_warning(tmp_path: Path) -> None:
    came = Came(MessageType.CALL_ACCEPT, "call.accept n=2")
    trial = judged(tmp_path / "log.jsonl", None, came)
    assert trial.verdict() is Verdict.WARN
    assert trial.checks[-1].seen == "call.accept n=2"


def test_what_crossed_the_end_is_left_out_but_for_an_error(tmp_path: Path) -> None:
    late = Came(MessageType.CALL_RINGING, "call.ringing n=2", datetime.now(UTC))
    assert judged(tmp_path / "a.jsonl", None, late).verdict() is Verdict.PASS
    error = Came(MessageType.ERROR, "error e=3", datetime.now(UTC))
    assert judged(tmp_path / "b.jsonl", None, error).verdict() is Verdict.FAIL


def test_what_is_masked_in_the_log_is_judged_as_it_was_said(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    messages = good()
    messages[3] |= {"n": 2, "mode": "live"}
    with EvidenceLog(path) as evidence:
        evidence.mask_people("aoba")
        trial = Trial(PASS, evidence)
        for line in log(messages):
            payload = line["payload"].replace('"text"', '"name": "実在 花子", "text"')
            evidence.record(event(Interface.B, "aoba", "peer", "MESSAGE", payload))
        trial.check("it squeaks", True, expected="", seen="")
        judge_strictly(trial, "aoba", ())
    assert "実在" not in path.read_text("utf-8")
    assert {check.name.rpartition(": ")[2] for check in trial.checks[1:]} == {"count", "mode"}
