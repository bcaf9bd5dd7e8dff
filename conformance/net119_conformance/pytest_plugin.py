"""The pytest plugin of a conformance run: hands every item of the plan to a worker.

Only the runner loads it (`-p net119_conformance.pytest_plugin`); it is no plugin of a user's tests.
"""

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
from net119_conformance.judge import OPEN_TIMEOUT_S, judge_item
from net119_conformance.plan import Plan, PlanItem
from net119_conformance.purpose import Purpose, load_purposes
from net119_conformance.record import ItemRecord, unjudged
from net119_conformance.verdict import BLOCKING, Verdict


class PlannedRun:
    """The plan in this process, with what is loaded once for all its items."""

    def __init__(self, plan: Plan, worker: int) -> None:
        self.plan = plan
        self.worker = worker

    @cached_property
    def purposes(self) -> dict[str, Purpose]:
        """All purposes by ID."""
        return load_purposes(self.plan.purposes)

    @cached_property
    def bench(self) -> Bench:
        """The bench of this worker, made when the first item needs it."""
        return load_bench(self.plan.bench, self.plan.description, self.worker)

    def run(self, item: PlanItem) -> ItemRecord:
        """Judge one item and leave its record."""
        self.plan.started_path(item).touch()
        try:
            purpose, bench = self.purposes[item.purpose], self.bench
        except Exception as problem:
            record = _no_bench(item, problem)
        else:
            record = judge_item(
                purpose,
                self.plan.sut(item.sut),
                bench,
                self.plan.out,
                timeout_s=item.timeout_s,
            )
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


_RUN = pytest.StashKey[PlannedRun]()


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
    number = re.search(r"\d+", os.environ.get("PYTEST_XDIST_WORKER", ""))
    config.stash[_RUN] = PlannedRun(plan, int(number.group()) if number else 0)
    pipe = config.getoption("--net119-runner-fd")
    if pipe is not None and "PYTEST_XDIST_WORKER" not in os.environ:
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
        plan = metafunc.config.stash[_RUN].plan
        metafunc.parametrize(
            "net119_item",
            [
                pytest.param(item, id=item.name, marks=pytest.mark.timeout(_hard_limit_s(item)))
                for item in plan.items
            ],
        )


def _hard_limit_s(item: PlanItem) -> float:
    # Only for purposes that block the event loop, whose own time-out cannot fire then.
    return item.timeout_s + 2 * OPEN_TIMEOUT_S + 10.0


@pytest.fixture
def net119_record(request: pytest.FixtureRequest, net119_item: PlanItem) -> ItemRecord:
    """The record of the item, just judged."""
    return request.config.stash[_RUN].run(net119_item)


def mirror(record: ItemRecord) -> None:
    """Give pytest the outcome in its own terms, for its log; the record is what counts."""
    text = "; ".join(reason.en for reason in record.reasons) or str(record.verdict)
    if record.verdict is Verdict.NOT_APPLICABLE:
        pytest.skip(text)
    if record.verdict in BLOCKING:
        pytest.fail(f"{record.verdict}: {text}", pytrace=False)
