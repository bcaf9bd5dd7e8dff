"""A purpose that is judged in this process: what each verb of a trial leads to."""

import asyncio
import errno
import io
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from net119_conformance.checks import CheckLevel
from net119_conformance.environment import Sut
from net119_conformance.judge import judge_item
from net119_conformance.record import ItemRecord
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_simulators.errors import NotConnected, UnexpectedAnswer, Waited
from net119_simulators.wiretap import Interface, event

from tests.conformance.engine.toy_world import ToyBench, ToyWorld, toy

Body = Callable[[Trial, ToyWorld], Awaitable[None]]


@pytest.fixture
def judge(tmp_path: Path) -> Callable[..., ItemRecord]:
    """Judges a function as a purpose, without workers."""

    def run(
        body: Body,
        *,
        needs: str | None = None,
        timeout_s: float = 30.0,
        derived_binds: bool = False,
        requirements: tuple[str, ...] = ("TOY-01",),
        derived: tuple[str, ...] = (),
    ) -> ItemRecord:
        purpose = toy(
            "TOY-UNDER-TEST",
            body,
            needs=needs,
            timeout_s=timeout_s,
            requirements=requirements,
            derived=derived,
        )
        sut = Sut(key="toy", name="Toy", derived_binds=derived_binds)
        return judge_item(purpose, sut, ToyBench({}), tmp_path)

    return run


Judge = Callable[..., ItemRecord]


def test_all_mismatches_are_reported_not_only_the_first(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        assert trial.check("first", False, expected=1, seen=2) is False
        assert trial.check("second", True, expected=1, seen=1) is True
        trial.check("third", False, expected="a", seen="b")

    record = judge(body)
    assert record.verdict is Verdict.FAIL
    assert [(check.name, check.passed) for check in record.checks] == [
        ("first", False),
        ("second", True),
        ("third", False),
    ]


def test_a_failed_check_stays_a_failure_whatever_breaks_after_it(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it squeaks", False, expected=1, seen=0)
        raise RuntimeError("and then")

    record = judge(body)
    assert record.verdict is Verdict.FAIL
    assert [reason.verdict for reason in record.reasons] == [Verdict.HARNESS_ERROR]


def test_what_is_no_bool_is_no_check(judge: Judge) -> None:
    async def forgotten() -> bool:
        return False

    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("forgot to await", forgotten(), expected="", seen="")  # type: ignore[arg-type]  # the forgotten await is what is tested
        trial.check("it squeaks", True, expected="", seen="")

    record = judge(body)
    assert record.verdict is Verdict.HARNESS_ERROR
    assert "coroutine" in record.reasons[0].en


def test_catching_the_way_out_does_not_help(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it squeaks", True, expected="", seen="")
        try:
            trial.require("a child is present", False)
        except Exception as swallowed:
            trial.evidence.note(str(swallowed))

    assert judge(body).verdict is Verdict.INCONCLUSIVE


def test_a_prerequisite_that_is_met_is_returned_but_is_no_evidence(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        maybe: str | None = "child"
        assert trial.require("a child is present", maybe).upper() == "CHILD"

    record = judge(body)
    assert record.verdict is Verdict.INCONCLUSIVE
    assert "no evidence" in record.reasons[0].en


@pytest.mark.parametrize("level", ["should", "derived"])
def test_a_weaker_check_warns(judge: Judge, level: str) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it squeaks twice", False, expected=2, seen=1, level=level)

    assert judge(body).verdict is Verdict.WARN
    binding = judge(body, derived_binds=True).verdict
    assert binding is (Verdict.FAIL if level == "derived" else Verdict.WARN)


def test_in_a_purpose_of_derived_parts_only_checks_are_derived(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it says so", False, expected="", seen="")

    record = judge(body, requirements=(), derived=("TOY-02",))
    assert record.verdict is Verdict.WARN
    assert record.checks[0].level is CheckLevel.DERIVED


def test_an_observation_that_comes_is_returned_and_counts(judge: Judge) -> None:
    async def squeak() -> str:
        return "squeak"

    async def body(trial: Trial, world: ToyWorld) -> None:
        assert await trial.observe("it squeaks", squeak(), 5, expected="a squeak") == "squeak"

    record = judge(body)
    assert record.verdict is Verdict.PASS
    assert record.checks[0].seen == "squeak"


def test_an_observation_that_does_not_come_fails_by_name(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        silence = asyncio.Event().wait()
        assert await trial.observe("it squeaks", silence, 0.01, expected="a squeak") is None
        trial.check("reached the end", True, expected="", seen="")

    record = judge(body)
    assert record.verdict is Verdict.FAIL
    assert [check.name for check in record.checks] == ["it squeaks", "reached the end"]
    assert "nothing within 0.01 s" in record.checks[0].seen


def test_a_refusal_where_an_observation_was_due_fails_by_name(judge: Judge) -> None:
    class Refused(Exception):
        pass

    async def refuse() -> str:
        raise Refused("not on Sundays")

    async def body(trial: Trial, world: ToyWorld) -> None:
        await trial.observe("it squeaks", refuse(), 5, expected="a squeak", refusals=(Refused,))

    record = judge(body)
    assert record.verdict is Verdict.FAIL
    assert record.checks[0].seen == "Refused: not on Sundays"


def test_silence_can_be_what_is_expected(judge: Judge) -> None:
    async def squeak() -> str:
        return "squeak"

    async def body(trial: Trial, world: ToyWorld) -> None:
        silence = asyncio.Event().wait()
        assert await trial.observe_nothing("stays quiet", silence, 0.01, expected="nothing")
        assert not await trial.observe_nothing("quiet again", squeak(), 5, expected="nothing")

    record = judge(body)
    assert record.verdict is Verdict.FAIL
    assert [check.passed for check in record.checks] == [True, False]
    assert record.checks[1].seen == "squeak"


def test_silence_alone_is_no_evidence(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        await trial.observe_nothing("quiet", asyncio.Event().wait(), 0.01, expected="nothing")

    record = judge(body)
    assert [check.passed for check in record.checks] == [True]
    assert record.verdict is Verdict.INCONCLUSIVE
    assert "silence" in record.reasons[0].en


def test_a_wait_that_ends_early_is_no_silence(judge: Judge) -> None:
    async def gone() -> str:
        raise Waited("a squeak", 0.0, "the toy has left")

    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it squeaks", True, expected="", seen="")
        await trial.observe_nothing("stays quiet", gone(), 5, expected="nothing")

    assert judge(body).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "answer", [UnexpectedAnswer("status 500", "POST /calls"), NotConnected("phone", "closed")]
)
def test_what_the_sut_answers_is_never_the_fault_of_the_suite(
    judge: Judge, answer: Exception
) -> None:
    async def squeak() -> str:
        raise answer

    async def judged(trial: Trial, world: ToyWorld) -> None:
        await trial.observe("it squeaks", squeak(), 5, expected="a squeak")

    async def on_the_way(trial: Trial, world: ToyWorld) -> None:
        trial.check("it floats", True, expected="", seen="")
        await squeak()

    assert judge(judged).verdict is Verdict.FAIL
    assert judge(on_the_way).verdict is Verdict.INCONCLUSIVE


def test_a_simulator_that_breaks_in_a_callback_is_the_harness_fault(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        # An unknown level is refused in our own code.
        broken = partial(trial.check, "unheard", True, expected="", seen="", level="no such level")
        asyncio.get_running_loop().call_soon(broken)
        await asyncio.sleep(0.01)
        trial.check("it squeaks", True, expected="", seen="")

    record = judge(body)
    assert record.verdict is Verdict.HARNESS_ERROR
    assert "no such level" in record.reasons[0].en


def test_evidence_that_cannot_be_written_proves_nothing(judge: Judge) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.evidence._file = Full()
        world.say("POST /calls")
        trial.check("it squeaks", True, expected="", seen="")

    record = judge(body)
    assert record.verdict is Verdict.HARNESS_ERROR
    assert "No space left" in record.reasons[0].en


def test_the_purpose_time_out_names_what_was_awaited(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it squeaks", True, expected="", seen="")
        await trial.observe("it wakes up", asyncio.Event().wait(), 60, expected="awake")

    record = judge(body, timeout_s=0.05)
    assert record.verdict is Verdict.INCONCLUSIVE
    assert "it wakes up" in record.reasons[0].en


def test_a_time_out_outside_of_an_observation_is_inconclusive(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        raise TimeoutError("the console did not connect within 5 s")

    record = judge(body)
    assert record.verdict is Verdict.INCONCLUSIVE
    assert "the console did not connect" in record.reasons[0].en


@pytest.mark.parametrize(
    ("needs", "verdict", "said"),
    [
        ("out of reach", Verdict.INCONCLUSIVE, "127.0.0.2:8443 refused"),
        ("broken set-up", Verdict.HARNESS_ERROR, "KeyError"),
        ("broken tidying", Verdict.HARNESS_ERROR, "still talking"),
    ],
)
def test_worlds_that_fail(judge: Judge, needs: str, verdict: Verdict, said: str) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it squeaks", True, expected="", seen="")

    record = judge(body, needs=needs)
    assert record.verdict is verdict
    assert said in record.reasons[0].en


def test_exceptions_of_a_task_group_are_judged_one_by_one(judge: Judge) -> None:
    async def fail() -> None:
        raise LookupError("in a task")

    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it squeaks", True, expected="", seen="")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fail())

    record = judge(body)
    assert record.verdict is Verdict.HARNESS_ERROR
    assert "LookupError: in a task" in record.reasons[0].en


def test_a_skip_of_pytest_is_no_way_out(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it squeaks", True, expected="", seen="")
        pytest.skip("not today")

    assert judge(body).verdict is Verdict.HARNESS_ERROR


def test_a_cancellation_from_within_is_the_harness_fault(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("it squeaks", True, expected="", seen="")
        raise asyncio.CancelledError

    assert judge(body).verdict is Verdict.HARNESS_ERROR


def test_an_interruption_goes_through(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        sys.exit(3)

    with pytest.raises(SystemExit):
        judge(body)


def test_not_applicable_after_a_probe_that_passed(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("the claim holds: it is refused", True, expected="", seen="")
        trial.not_applicable("the toy has no squeaker")

    assert judge(body).verdict is Verdict.NOT_APPLICABLE


def test_not_applicable_after_a_probe_that_failed_is_a_failure(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.check("the claim holds: it is refused", False, expected="", seen="")
        trial.not_applicable("the toy has no squeaker")

    assert judge(body).verdict is Verdict.FAIL


def test_a_check_points_at_the_message_it_is_about(judge: Judge) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        world.say("one", "m-1")
        second = event(Interface.B, "aoba", "midori", "two", "m-2")
        trial.evidence.record(second)
        world.say("three", "m-3")
        trial.check("by event", False, expected="", seen="", offending=second)
        trial.check("by text", False, expected="", seen="", offending="m-1")
        trial.check("unknown", False, expected="", seen="", offending="m-9")

    record = judge(body)
    assert [check.offending for check in record.checks] == [1, 0, None]
    assert {check.after_event for check in record.checks} == {3}
