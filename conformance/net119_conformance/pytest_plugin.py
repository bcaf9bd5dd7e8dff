"""The pytest plugin of a conformance run: workers judge the plan, and pytest looks on.

Only the runner loads it (`-p net119_conformance.pytest_plugin`); it is no plugin of a user's tests.
"""

import gc
import os
import re
import signal
import sys
import threading
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pytest

from net119_conformance.environment import Bench, load_bench
from net119_conformance.errors import SutUnavailable
from net119_conformance.hands import Hands
from net119_conformance.judge import OPEN_TIMEOUT_S, judge_item
from net119_conformance.plan import Plan, PlanItem
from net119_conformance.purpose import Purpose, load_purposes
from net119_conformance.record import ItemRecord, unjudged
from net119_conformance.verdict import BLOCKING, Verdict


class PlannedRun:
    """The plan in this process, with what is loaded once for all its items.

    ``spares``: the process is ours alone, and may leave what it has loaded out of collections of
    garbage.
    """

    def __init__(self, plan: Plan, worker: int, *, spares: bool = False) -> None:
        self.plan = plan
        self.worker = worker
        self._setting_up = threading.Lock()
        self._spares = spares

    @cached_property
    def purposes(self) -> dict[str, Purpose]:
        """All purposes by ID."""
        return load_purposes(self.plan.purposes)

    @cached_property
    def bench(self) -> Bench:
        """The bench of this worker, made when the first item needs it."""
        return load_bench(self.plan.bench, self.plan.description, self.worker)

    def judge(self, item: PlanItem) -> ItemRecord:
        """Judge one item; several threads may do so at once."""
        try:
            with self._setting_up:
                purpose, bench = self.purposes[item.purpose], self.bench
                if self._spares:
                    self._spare_what_is_loaded()
        except Exception as problem:
            return _no_bench(item, problem)
        return judge_item(
            purpose, self.plan.sut(item.sut), bench, self.plan.out, timeout_s=item.timeout_s
        )

    def _spare_what_is_loaded(self) -> None:
        """Let Python's collector of garbage leave alone what stays until the process ends.

        It went through it 40 times in a run, for up to 0.9 s each time on a busy machine, and all
        hands of the process stood still meanwhile.
        """
        self._spares = False
        gc.collect()
        gc.freeze()

    def run(self, item: PlanItem) -> ItemRecord:
        """Judge one item and leave its record."""
        self.plan.started_path(item).touch()
        record = self.judge(item)
        record.write(self.plan.record_path(item))
        return record


def _no_bench(item: PlanItem, problem: Exception) -> ItemRecord:
    unreachable = isinstance(problem, SutUnavailable)
    text = f"{type(problem).__name__}: {problem}"
    return unjudged(
        item.purpose,
        item.sut,
        Verdict.INCONCLUSIVE if unreachable else Verdict.HARNESS_ERROR,
        en=f"the worker could not be set up: {text}",
        ja=f"試験の実行環境を準備できませんでした: {text}",
        at=datetime.now(UTC),
    )


_PLAN = pytest.StashKey[Plan]()
_HANDS = pytest.StashKey[Hands]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that the runner gives."""
    parser.addoption("--net119-plan", type=Path, help="JSON file of the run's plan")
    parser.addoption("--net119-runner-fd", type=int, help="pipe that the runner holds open")


def pytest_configure(config: pytest.Config) -> None:
    """Read the plan; in the controlling process also watch for the end of the runner."""
    path = config.getoption("--net119-plan")
    if path is None:
        raise pytest.UsageError("net119_conformance.pytest_plugin needs --net119-plan FILE")
    plan = Plan.model_validate_json(Path(path).read_bytes())
    sys.path[:] = [*sys.path, *(entry for entry in plan.sys_path if entry not in sys.path)]
    config.stash[_PLAN] = plan
    pipe = config.getoption("--net119-runner-fd")
    number = re.search(r"\d+", os.environ.get("PYTEST_XDIST_WORKER", ""))
    if number:
        run = PlannedRun(plan, int(number.group()), spares=True)
        config.stash[_HANDS] = Hands(plan, run.judge, hard_limit_s)
    elif pipe is not None:
        threading.Thread(target=_end_with_runner, args=(pipe,), daemon=True).start()


def _end_with_runner(pipe: int) -> None:
    """The runner holds the other end of this pipe. If it closes, the runner is gone, however it
    ended, and this process group, which is ours alone, must not outlive it."""
    while os.read(pipe, 4096):
        pass
    os.killpg(os.getpgid(0), signal.SIGKILL)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One pytest item for each item of the plan."""
    if "net119_item" in metafunc.fixturenames:
        plan = metafunc.config.stash[_PLAN]
        metafunc.parametrize(
            "net119_item",
            [pytest.param(item, id=item.name) for item in plan.items],
        )


def hard_limit_s(item: PlanItem) -> float:
    """Seconds; only for purposes that block the event loop, whose own time-out cannot fire then."""
    return item.timeout_s + 2 * OPEN_TIMEOUT_S + 10.0


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Begin, in a worker, whatever pytest gives it: a worker that takes the place of one that died
    may get nothing, and yet something is left to judge."""
    if _HANDS in session.config.stash:
        session.config.stash[_HANDS].start()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let no worker end before what it has in hand."""
    if _HANDS in session.config.stash:
        session.config.stash[_HANDS].finish()


@pytest.fixture
def net119_record(request: pytest.FixtureRequest, net119_item: PlanItem) -> ItemRecord:
    """The record of the item, whoever judged it."""
    record = request.config.stash[_HANDS].wait_for(net119_item)
    if record is None:
        pytest.fail("the worker process that had it in hand died", pytrace=False)
    return record


def mirror(record: ItemRecord) -> None:
    """Give pytest the outcome in its own terms, for its log; the record is what counts."""
    text = "; ".join(reason.en for reason in record.reasons) or str(record.verdict)
    if record.verdict is Verdict.NOT_APPLICABLE:
        pytest.skip(text)
    if record.verdict in BLOCKING:
        pytest.fail(f"{record.verdict}: {text}", pytrace=False)
