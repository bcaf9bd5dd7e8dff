"""Several purposes in the hands of one worker process, and what becomes of each."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from net119_conformance.claim import Claim, process_of, put_down
from net119_conformance.hands import GIVEN_UP, Hands
from net119_conformance.order import Order
from net119_conformance.plan import Plan, PlanItem
from net119_conformance.record import ItemRecord, unjudged
from net119_conformance.verdict import Verdict
from net119_conformance.workers import default_hands

from tests.conformance.engine.test_runner import Ran, run_toys

WITHIN_S = 20.0
LISTED = Order.chosen("listed")


def reasons(ran: Ran) -> dict[str, str]:
    return {result.id: result.reason for result in ran.report.results}


def test_one_worker_has_two_in_hand(tmp_path: Path) -> None:
    ran = run_toys(tmp_path, "TOY-MEET-*", "TOY-PASS", hands=2)
    assert set(ran.verdicts().values()) == {Verdict.PASS}, reasons(ran)
    assert "3 passed" in (tmp_path / "pytest.log").read_text()


def test_with_one_hand_it_is_one_after_the_other(tmp_path: Path) -> None:
    ran = run_toys(tmp_path, "TOY-APART-*", hands=1)
    assert set(ran.verdicts().values()) == {Verdict.PASS}, reasons(ran)


def test_what_has_to_be_alone_is_alone_whatever_the_hands(tmp_path: Path) -> None:
    ran = run_toys(tmp_path, "TOY-ALONE-*", "TOY-MEET-*", hands=2)
    assert len(ran.verdicts()) == 4
    assert set(ran.verdicts().values()) == {Verdict.PASS}, reasons(ran)


def test_a_process_that_dies_takes_along_what_it_has_in_hand_and_nothing_else(
    tmp_path: Path,
) -> None:
    ran = run_toys(tmp_path, "TOY-FAIL", "TOY-KILL-*", "TOY-PASS", hands=2, order=LISTED)
    assert ran.verdicts() == {
        "TOY-FAIL": Verdict.FAIL,
        "TOY-KILL-1": Verdict.HARNESS_ERROR,
        "TOY-KILL-2": Verdict.HARNESS_ERROR,
        "TOY-PASS": Verdict.PASS,
    }
    said = "the worker process died while it ran this purpose, and beside it {}; with --hands 1"
    assert said.format("TOY-KILL-2") in reasons(ran)["TOY-KILL-1"]
    assert said.format("TOY-KILL-1") in reasons(ran)["TOY-KILL-2"]
    beside = next(each for each in ran.report.results if each.id == "TOY-KILL-2")
    assert beside.evidence == "evidence/TOY-KILL-2--toy.jsonl"
    assert "had it in hand died" in (tmp_path / "pytest.log").read_text()


def test_the_last_ones_are_judged_although_their_process_died(tmp_path: Path) -> None:
    """pytest gives the crashed item to nobody again; what was not yet in hand is judged anyway."""
    ran = run_toys(tmp_path, "TOY-CRASH", "TOY-PASS", hands=1, order=LISTED)
    assert ran.verdicts() == {"TOY-CRASH": Verdict.HARNESS_ERROR, "TOY-PASS": Verdict.PASS}
    assert "beside" not in reasons(ran)["TOY-CRASH"]


def test_a_purpose_that_exits_ends_itself_only(tmp_path: Path) -> None:
    ran = run_toys(tmp_path, "TOY-EXIT", "TOY-PASS", hands=1, order=LISTED)
    assert ran.verdicts() == {"TOY-EXIT": Verdict.HARNESS_ERROR, "TOY-PASS": Verdict.PASS}
    assert "SystemExit: enough" in reasons(ran)["TOY-EXIT"]


@pytest.mark.parametrize(
    ("workers", "processors", "hands"),
    [
        (None, 2, 4),
        (None, 1, 4),
        (None, 8, 2),
        (1, 4, 1),
        (2, 2, 4),
        (3, 2, 2),
        (4, 2, 2),
        (9, 8, 1),
    ],
)
def test_workers_share_out_what_is_judged_at_once(
    workers: int | None, processors: int, hands: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert default_hands(workers) == hands


def plan(folder: Path, *names: str, hands: int = 1) -> Plan:
    items = tuple(PlanItem(purpose=name, sut="toy", timeout_s=1.0) for name in names)
    return Plan(
        purposes=(),
        suts=(),
        items=items,
        bench="",
        description={},
        results=folder,
        out=folder,
        sys_path=(),
        hands=hands,
    )


def passed(item: PlanItem) -> ItemRecord:
    at = datetime.now(UTC)
    return unjudged(item.purpose, item.sut, Verdict.PASS, en="judged", ja="判定済み", at=at)


def hands_of(plan: Plan, judge: Callable[[PlanItem], ItemRecord], limit_s: float = 60.0) -> Hands:
    hands = Hands(plan, judge, lambda _: limit_s)
    hands.start()
    return hands


def test_what_blocks_is_given_up_and_another_hand_goes_on(tmp_path: Path) -> None:
    free, ended = threading.Event(), threading.Event()

    def judge(item: PlanItem) -> ItemRecord:
        if item.purpose == "TOY-BLOCKS":
            assert free.wait(WITHIN_S)
            ended.set()
        return passed(item)

    blocks, other = (mine := plan(tmp_path, "TOY-BLOCKS", "TOY-OTHER", hands=2)).items
    log = tmp_path / "evidence" / "TOY-BLOCKS--toy.jsonl"
    log.parent.mkdir()
    log.write_text("")
    hands = hands_of(mine, judge, limit_s=0.2)
    try:
        given_up, after = hands.wait_for(blocks), hands.wait_for(other)
        hands.finish()
    finally:
        free.set()
    assert given_up is not None
    assert after is not None
    assert given_up.verdict is Verdict.HARNESS_ERROR
    (reason,) = given_up.reasons
    assert "blocks its event loop for more than 0.2 s, threading.py:" in reason.en
    assert " < test_hands.py:" in reason.en
    assert given_up.evidence == "evidence/TOY-BLOCKS--toy.jsonl"
    assert after.verdict is Verdict.PASS
    # It comes to its end after all, and its word does not count any more.
    stuck = [each for each in threading.enumerate() if each.name == "hand"]
    assert ended.wait(WITHIN_S)
    for each in stuck:
        each.join(WITHIN_S)
    assert ItemRecord.read(mine.record_path(blocks)) == given_up


def _blocks_for_ever(folder: Path) -> None:
    """A worker with one hand, in a process of its own."""

    def judge(item: PlanItem) -> ItemRecord:
        if item.purpose == "TOY-BLOCKS":
            threading.Event().wait()
        return passed(item)

    mine = plan(folder, "TOY-BLOCKS", "TOY-OTHER")
    hands = hands_of(mine, judge, limit_s=0.2)
    for each in mine.items:
        hands.wait_for(each)


def test_beside_what_blocks_in_the_only_hand_nothing_is_judged(tmp_path: Path) -> None:
    """It could come to its end in the midst of the next one: its process ends, once its record is
    there, and another process takes what is left."""
    worker = multiprocessing.get_context("spawn").Process(target=_blocks_for_ever, args=(tmp_path,))
    worker.start()
    worker.join(WITHIN_S)
    try:
        assert worker.exitcode == GIVEN_UP
    finally:
        worker.kill()
        worker.join()
    blocks, other = (mine := plan(tmp_path, "TOY-BLOCKS", "TOY-OTHER")).items
    assert ItemRecord.read(mine.record_path(blocks)).verdict is Verdict.HARNESS_ERROR
    assert not mine.started_path(other).exists()
    hands = hands_of(mine, passed)
    after = hands.wait_for(other)
    assert after is not None
    assert after.verdict is Verdict.PASS
    # Its word stands, and nobody judges it again.
    given_up = hands.wait_for(blocks)
    assert given_up is not None
    (reason,) = given_up.reasons
    assert "blocks its event loop for more than 0.2 s" in reason.en
    hands.finish()


def test_a_run_goes_on_after_a_worker_ended_for_what_it_had_given_up(tmp_path: Path) -> None:
    ran = run_toys(tmp_path, "TOY-GIVEN-UP", "TOY-ALONE-1", "TOY-PASS", order=LISTED)
    assert ran.verdicts() == {
        "TOY-GIVEN-UP": Verdict.HARNESS_ERROR,
        "TOY-ALONE-1": Verdict.PASS,
        "TOY-PASS": Verdict.PASS,
    }
    assert "blocks its event loop for more than" in reasons(ran)["TOY-GIVEN-UP"]
    assert "its process was ended" in reasons(ran)["TOY-GIVEN-UP"]
    assert "node down" in (tmp_path / "pytest.log").read_text()


def test_two_processes_share_the_plan(tmp_path: Path) -> None:
    """Here two sets of hands; each waits for what is in the hands of the other."""
    both, lock = threading.Barrier(2), threading.Lock()
    judged: list[str] = []

    def judge(item: PlanItem) -> ItemRecord:
        with lock:
            judged.append(item.purpose)
        both.wait(WITHIN_S)
        return passed(item)

    mine = plan(tmp_path, "TOY-1", "TOY-2", "TOY-3", "TOY-4")
    ours = [hands_of(mine, judge), hands_of(mine, judge)]
    for hands in ours:
        for item in mine.items:
            record = hands.wait_for(item)
            assert record is not None
            assert record.id == item.purpose
        hands.finish()
    assert sorted(judged) == ["TOY-1", "TOY-2", "TOY-3", "TOY-4"]


def test_a_record_that_cannot_be_written_holds_nobody_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (mine := plan(tmp_path, "TOY-1", "TOY-2")).items
    mine.record_path(first).with_suffix(".unfinished").mkdir()
    hands = hands_of(mine, passed)
    assert hands.wait_for(first) is None
    assert hands.wait_for(second) is not None
    hands.finish()
    assert "IsADirectoryError" in capsys.readouterr().err


def test_where_nothing_can_be_taken_nobody_waits_for_ever(tmp_path: Path) -> None:
    (item,) = (mine := plan(tmp_path, "TOY-1")).items
    hands = Hands(mine, passed, lambda _: 60.0)
    assert hands.wait_for(item) is None


def test_a_claim_is_taken_once(tmp_path: Path) -> None:
    place = tmp_path / "TOY-1--toy.started"
    assert not put_down(place)
    assert process_of(place) == ""
    claim = Claim.take(place)
    assert claim is not None
    assert Claim.take(place) is None
    assert not put_down(place)
    assert process_of(place).isdigit()
    claim.release()
    assert put_down(place)
    assert Claim.take(place) is None
