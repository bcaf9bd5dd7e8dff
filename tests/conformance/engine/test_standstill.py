"""What does not hold once the suite itself stood still is judged again, and nobody's fault yet."""

import asyncio
import time
from pathlib import Path

import pytest
from net119_conformance import standstill
from net119_conformance.environment import Sut
from net119_conformance.judge import judge_item
from net119_conformance.record import ItemRecord
from net119_conformance.replay import replay
from net119_conformance.standstill import TOO_LONG_S, Standstill
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_simulators.errors import Waited
from net119_simulators.peer import AcceptedTooLate

from tests.conformance.engine.test_runner import run_toys
from tests.conformance.engine.toy_world import ToyBench, ToyEnvironment, ToyWorld, toy


def stands_still(seconds: float) -> None:
    """Let nothing else go on in this loop."""
    time.sleep(seconds)


def judged(body: object, folder: Path) -> ItemRecord:
    purpose = toy("TOY-STILL", body)  # type: ignore[arg-type]  # a purpose's function
    return judge_item(purpose, Sut(key="toy", name="Toy"), ToyBench({}), folder)


def test_it_tells_for_how_long_its_loop_stood_still() -> None:
    async def run() -> Standstill:
        watch = Standstill()
        with watch.watched():
            await asyncio.sleep(0)
            stands_still(0.3)
            before = watch.longest_s
            for _ in range(3):
                await asyncio.sleep(0)
            assert 0.2 < before <= watch.longest_s < TOO_LONG_S
            stands_still(0.3)
        return watch

    watch = asyncio.run(run())
    assert 0.2 < watch.longest_s < TOO_LONG_S, "each by itself"
    assert watch.total_s > 0.4
    assert not watch.too_long


def test_a_failure_before_it_stands(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it squeaks", False, expected=1, seen=0)
        stands_still(TOO_LONG_S + 0.1)
        trial.check("it floats", False, expected=1, seen=0)

    record = judged(body, tmp_path)
    assert record.verdict is Verdict.FAIL
    assert [each.counts_as for each in record.checks] == [Verdict.FAIL, Verdict.INCONCLUSIVE]
    assert not record.suspect


def test_a_failure_after_it_says_nothing(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it squeaks", True, expected=1, seen=1)
        stands_still(TOO_LONG_S + 0.1)
        trial.check("it floats", False, expected=1, seen=0)
        trial.check("it flies", False, expected=1, seen=0)

    record = judged(body, tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.INCONCLUSIVE, True)
    (reason,) = record.reasons
    assert "the suite itself stood still for 0." in reason.en
    assert "試験する側" in reason.ja
    (again,) = replay(tmp_path / str(record.evidence)).items
    assert again.verdict is Verdict.INCONCLUSIVE


def test_what_holds_after_it_passes(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        stands_still(TOO_LONG_S + 0.1)
        trial.check("it squeaks", True, expected=1, seen=1)

    record = judged(body, tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.PASS, False)


def test_crowds_judge_it_themselves(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.standstill.bounded = False
        stands_still(TOO_LONG_S + 0.1)
        trial.check("it squeaks", False, expected=1, seen=0)

    assert judged(body, tmp_path).verdict is Verdict.FAIL


def test_a_look_for_what_must_not_come_goes_on_for_as_long(tmp_path: Path) -> None:
    """What would have come while the suite stood still comes after it."""

    async def body(trial: Trial, world: ToyWorld) -> None:
        came = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.call_soon(stands_still, 0.4)
        # Due after the look, which saw nothing of its own 0.2 s.
        loop.call_later(0.45, came.set)
        trial.check("it floats", True, expected=1, seen=1)
        await trial.observe_nothing("it does not squeak", came.wait(), 0.2, expected="nothing")

    record = judged(body, tmp_path)
    assert record.verdict is Verdict.FAIL
    assert record.checks[-1].seen == "True"


def test_a_look_that_ends_by_itself_stays_silent(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        async def look() -> None:
            await asyncio.sleep(0.3)
            raise Waited("a squeak", 0.3, "nothing")

        asyncio.get_running_loop().call_soon(stands_still, 0.4)
        trial.check("it floats", True, expected=1, seen=1)
        await trial.observe_nothing("it does not squeak", look(), 0.2, expected="nothing")

    assert judged(body, tmp_path).verdict is Verdict.PASS


def test_a_peer_of_ours_that_was_too_late_says_nothing(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        async def take() -> None:
            raise AcceptedTooLate("call.withdraw n=2 e=1", 1.9, 2.0)

        trial.check("it floats", True, expected=1, seen=1)
        await trial.observe("it is assigned", take(), 5, expected="call.assign")

    record = judged(body, tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.INCONCLUSIVE, True)
    (reason,) = record.reasons
    assert "the simulated peer accepted 1.9 s after the offer had come" in reason.en


def test_it_is_judged_again_by_itself(tmp_path: Path) -> None:
    ran = run_toys(tmp_path, "TOY-SLOW-AT-FIRST", "TOY-PASS", hands=2)
    assert ran.verdicts() == {"TOY-SLOW-AT-FIRST": Verdict.PASS, "TOY-PASS": Verdict.PASS}
    assert ran.status == 0
    assert (ran.environment.started, ran.environment.stopped) == (2, 2)
    said = "The suite itself was too slow to tell; judged again, one by one: TOY-SLOW-AT-FIRST--toy"
    assert said in ran.shown
    assert replay(tmp_path).stands


def test_once_more_is_enough(tmp_path: Path) -> None:
    ran = run_toys(tmp_path, "TOY-ALWAYS-SLOW", "TOY-PASS", lang="ja")
    assert ran.verdicts()["TOY-ALWAYS-SLOW"] is Verdict.INCONCLUSIVE
    assert ran.status == 1
    assert ran.environment.started == 2
    assert "一つずつ判定し直します: TOY-ALWAYS-SLOW--toy" in ran.shown


def test_what_cannot_be_judged_again_stays_as_it_was(tmp_path: Path) -> None:
    environment = ToyEnvironment(description={"never_again": True})
    ran = run_toys(tmp_path, "TOY-ALWAYS-SLOW", "TOY-PASS", environment=environment)
    assert ran.verdicts() == {
        "TOY-ALWAYS-SLOW": Verdict.INCONCLUSIVE,
        "TOY-PASS": Verdict.PASS,
    }
    assert "They could not be judged again. toy: the toy is gone. buy one" in ran.shown
    assert replay(tmp_path).stands


def test_nobody_who_acts_by_hand_has_to_do_it_again(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.work_limit_s = 30.0
        stands_still(TOO_LONG_S + 0.1)
        trial.check("it floats", False, expected=1, seen=0)

    record = judged(body, tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.INCONCLUSIVE, False)


def test_short_delays_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standstill, "SHORT_S", 5.0)

    async def run() -> float:
        watch = Standstill()
        with watch.watched():
            stands_still(0.2)
            return watch.total_s

    assert asyncio.run(run()) == 0.0
