"""What does not hold once the suite itself stood still is judged again, and nobody's fault yet."""

import asyncio
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from net119_conformance import again, standstill
from net119_conformance.environment import Sut
from net119_conformance.export import export
from net119_conformance.judge import judge_item
from net119_conformance.not_before import Since
from net119_conformance.purpose import Purpose
from net119_conformance.record import ItemRecord, Reason
from net119_conformance.replay import replay
from net119_conformance.standstill import TOO_LONG_S, Standstill
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_simulators.errors import Waited
from net119_simulators.peer import OtherAnswer

from tests.conformance.engine.test_runner import run_toys
from tests.conformance.engine.toy_world import ToyBench, ToyEnvironment, ToyWorld, toy

LONG_S = TOO_LONG_S + 0.2


def stands_still(seconds: float) -> None:
    """Let nothing else go on in this loop."""
    time.sleep(seconds)


def judged(body: object, folder: Path) -> ItemRecord:
    purpose = toy("TOY-STILL", body)  # type: ignore[arg-type]  # a purpose's function
    return judge_item(purpose, Sut(key="toy", name="Toy"), ToyBench({}), folder)


def test_it_tells_for_how_long_its_loop_stood_still() -> None:
    async def run() -> Standstill:
        watch = Standstill()
        clock = asyncio.get_running_loop().time
        began = clock()
        with watch.watched():
            await asyncio.sleep(0)
            stands_still(0.3)
            for _ in range(3):
                await asyncio.sleep(0)
            assert watch.longest_s(began) == 0.0, "loops with much to do are late all the time"
            stands_still(0.7)
            assert 0.6 < watch.longest_s(began) < 1.0, "also before it looks again"
            for _ in range(3):
                await asyncio.sleep(0)
            assert watch.longest_s(clock()) == 0.0
            stands_still(0.6)
            assert 1.1 < watch.missed_s(began) < 1.6
            assert watch.missed_s(clock() - 0.2) <= 0.2 + 0.05
            assert watch.too_long(clock())
            watch.bounded = False
            assert not watch.too_long(clock())
        return watch

    assert 0.6 < asyncio.run(run()).longest_s(0.0) < 1.0, "still known when it is over"


async def nothing() -> bool:
    """What is waited for in vain."""
    return await asyncio.Event().wait()


def test_what_is_seen_is_seen(tmp_path: Path) -> None:
    """Standing still excuses what did not come, not what did."""

    async def body(trial: Trial, world: ToyWorld) -> None:
        stands_still(LONG_S)
        trial.check("it squeaks once", False, expected=1, seen=2)

    record = judged(body, tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.FAIL, False)


def test_what_did_not_come_before_it_is_a_failure(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        await trial.observe("it squeaks", nothing(), 0.1, expected="a squeak")
        stands_still(LONG_S)
        await trial.observe("it floats", nothing(), 0.1, expected="a float")

    record = judged(body, tmp_path)
    assert [each.counts_as for each in record.checks] == [Verdict.FAIL, Verdict.INCONCLUSIVE]
    assert (record.verdict, record.suspect) == (Verdict.FAIL, False)


def test_what_did_not_come_since_says_nothing(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it is there", True, expected=1, seen=1)
        stands_still(LONG_S)
        came = await trial.observe("it floats", nothing(), 0.1, expected="a float")
        trial.check("it floats high", came is not None, expected=1, seen=0)
        trial.check("it is wet", False, expected=1, seen=0, level="should")

    record = judged(body, tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.INCONCLUSIVE, True)
    assert [each.counts_as for each in record.checks[1:]] == [
        Verdict.INCONCLUSIVE,
        Verdict.INCONCLUSIVE,
        Verdict.WARN,
    ]
    (reason,) = record.reasons
    assert "the suite itself stood still for 0." in reason.en
    assert "試験する側" in reason.ja
    (replayed,) = replay(tmp_path / str(record.evidence)).items
    assert replayed.verdict is Verdict.INCONCLUSIVE


def test_what_did_not_come_long_after_it_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standstill, "BEFORE_S", 0.05)

    async def body(trial: Trial, world: ToyWorld) -> None:
        stands_still(LONG_S)
        await asyncio.sleep(0.1)
        await trial.observe("it floats", nothing(), 0.1, expected="a float")

    assert judged(body, tmp_path).verdict is Verdict.FAIL


def test_a_step_that_was_waited_for_in_vain_is_judged_again(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it is there", True, expected=1, seen=1)
        stands_still(LONG_S)
        raise Waited("a squeak", 1.0, "nothing")

    record = judged(body, tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.INCONCLUSIVE, True)
    assert any("waited in vain" in each.en for each in record.reasons)


def test_what_holds_after_it_passes(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        stands_still(LONG_S)
        trial.check("it squeaks", True, expected=1, seen=1)

    record = judged(body, tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.PASS, False)


def test_crowds_judge_it_themselves(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.standstill.bounded = False
        stands_still(LONG_S)
        await trial.observe("it squeaks", nothing(), 0.1, expected="a squeak")

    assert judged(body, tmp_path).verdict is Verdict.FAIL


@pytest.mark.parametrize("after_s", [0.3, LONG_S + 0.3])
def test_a_look_for_what_must_not_come_goes_on_for_as_long(after_s: float, tmp_path: Path) -> None:
    """What would have come while the suite stood still comes with its end, or soon after."""

    async def body(trial: Trial, world: ToyWorld) -> None:
        came = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.call_soon(stands_still, LONG_S)
        loop.call_later(after_s, came.set)
        trial.check("it floats", True, expected=1, seen=1)
        await trial.observe_nothing("it does not squeak", came.wait(), 0.2, expected="nothing")

    record = judged(body, tmp_path)
    assert record.checks[-1].seen == "True"
    assert (record.verdict, record.suspect) == (Verdict.INCONCLUSIVE, True)


def test_a_look_that_goes_on_and_sees_nothing_holds(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        asyncio.get_running_loop().call_soon(stands_still, LONG_S)
        trial.check("it floats", True, expected=1, seen=1)
        await trial.observe_nothing("it does not squeak", nothing(), 0.2, expected="nothing")

    record = judged(body, tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.PASS, False)
    assert record.duration_s > 2 * LONG_S - 0.2


def test_a_look_that_ended_while_the_suite_stood_still_saw_nothing(tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        async def look() -> None:
            await asyncio.sleep(0.3)
            raise Waited("a squeak", 0.3, "nothing")

        asyncio.get_running_loop().call_soon(stands_still, LONG_S)
        trial.check("it floats", True, expected=1, seen=1)
        await trial.observe_nothing("it does not squeak", look(), 0.2, expected="nothing")

    record = judged(body, tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.INCONCLUSIVE, True)


@pytest.mark.parametrize(("due_s", "doubtful"), [(0.3, False), (0.9, True), (2.0, False)])
def test_what_was_not_too_early_for_a_suite_that_stood_still(
    due_s: float, doubtful: bool, tmp_path: Path
) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        since = Since()
        await asyncio.sleep(0.4)
        stands_still(LONG_S)
        since.not_before(trial, "it squeaks in time", due_s, ja="鳴るのが早すぎない")

    record = judged(body, tmp_path)
    assert record.suspect is doubtful
    assert (
        record.verdict
        is {
            0.3: Verdict.PASS,
            0.9: Verdict.INCONCLUSIVE,
            2.0: Verdict.FAIL,
        }[due_s]
    )


def test_a_broken_rule_of_the_wire_is_one_however_slow_the_suite_was(tmp_path: Path) -> None:
    """It is found when the purpose's function is over, and the finding itself takes its time."""

    async def body(trial: Trial, world: ToyWorld) -> None:
        stands_still(LONG_S)
        await trial.observe("it floats", nothing(), 0.1, expected="a float")

    purpose = toy("TOY-STILL", body)
    sut = Sut(key="toy", name="Toy")
    record = judge_item(purpose, sut, _Strict({}), tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.FAIL, False)
    (replayed,) = replay(tmp_path / str(record.evidence)).items
    assert replayed.verdict is Verdict.FAIL


class _Strict(ToyBench):
    @asynccontextmanager
    async def _open(self, purpose: Purpose, trial: Trial) -> AsyncIterator[ToyWorld]:
        async with super()._open(purpose, trial) as world:
            yield world
            trial.check("every message follows the rules", False, expected=1, seen=0, surely=True)


@pytest.mark.parametrize(
    ("after_s", "verdict"), [(0.1, Verdict.FAIL), (1.9, Verdict.INCONCLUSIVE), (None, Verdict.FAIL)]
)
@pytest.mark.parametrize("observed", [True, False])
def test_a_peer_of_ours_that_was_too_late_says_nothing(
    after_s: float | None, verdict: Verdict, observed: bool, tmp_path: Path
) -> None:
    answer: Any = SimpleNamespace(label="call.withdraw n=2 e=1", text="{}")

    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.offers_hold_s = 1.6

        async def take() -> None:
            raise OtherAnswer("call.assign", answer, after_s)

        trial.check("it floats", True, expected=1, seen=1)
        if observed:
            await trial.observe("it is assigned", take(), 5, expected="call.assign")
        else:
            await take()

    record = judged(body, tmp_path)
    assert record.verdict is (verdict if observed else Verdict.INCONCLUSIVE)
    assert record.suspect is (after_s == 1.9)
    if record.suspect:
        assert "accepted 1.9 s after the offer had come" in record.reasons[0].en
        assert "call.withdraw n=2 e=1" in record.reasons[0].ja


def test_it_is_judged_again_by_itself(tmp_path: Path) -> None:
    ran = run_toys(tmp_path, "TOY-SLOW-AT-FIRST", "TOY-PASS", hands=2)
    assert ran.verdicts() == {"TOY-SLOW-AT-FIRST": Verdict.PASS, "TOY-PASS": Verdict.PASS}
    assert ran.status == 0
    assert (ran.environment.started, ran.environment.stopped) == (2, 2)
    assert "1 judged again, one by one: TOY-SLOW-AT-FIRST--toy" in ran.shown
    assert replay(tmp_path).stands
    result = next(each for each in ran.report.results if each.id == "TOY-SLOW-AT-FIRST")
    assert result.first == "first/TOY-SLOW-AT-FIRST--toy.jsonl"
    assert "the suite itself stood still" in (tmp_path / result.first).read_text("utf-8")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count(f'href="{result.first}"') == 1
    archive = tmp_path / "filed.zip"
    export(tmp_path, archive, tmp_path / "key", datetime.now(UTC))
    with zipfile.ZipFile(archive) as filed:
        assert result.first in filed.namelist()
    run_toys(tmp_path, "TOY-PASS")
    assert not (tmp_path / result.first).exists(), "left by an earlier run"


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
        stands_still(LONG_S)
        await trial.observe("it floats", nothing(), 0.1, expected="a float")

    record = judged(body, tmp_path)
    assert (record.verdict, record.suspect) == (Verdict.INCONCLUSIVE, False)


def test_a_machine_that_is_too_busy_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "MOST", 0)
    ran = run_toys(tmp_path, "TOY-SLOW-AT-FIRST", "TOY-PASS")
    assert ran.verdicts()["TOY-SLOW-AT-FIRST"] is Verdict.INCONCLUSIVE
    assert ran.environment.started == 1
    assert "too slow to tell about 1 test purposes" in ran.shown


def test_a_second_time_that_broke_changes_nothing(tmp_path: Path) -> None:
    first = ItemRecord(
        id="TOY-STILL",
        sut="toy",
        verdict=Verdict.INCONCLUSIVE,
        started_at=datetime.now(UTC),
        duration_s=1.0,
        evidence="evidence/TOY-STILL--toy.jsonl",
        suspect=True,
    )
    broken = first.model_copy(update={"verdict": Verdict.HARNESS_ERROR})
    for second in (None, broken, first.model_copy(update={"evidence": None})):
        assert again.second_verdict(first, second, tmp_path, tmp_path / "again") == first
    why = Reason(verdict=Verdict.HARNESS_ERROR, en="the suite itself broke", ja="試験側の異常です")
    told = broken.model_copy(update={"reasons": (why,)})
    record = again.second_verdict(first, told, tmp_path, tmp_path / "again")
    assert record.verdict is Verdict.INCONCLUSIVE
    assert [each.en for each in record.reasons] == [why.en]
    assert not list(tmp_path.iterdir())
