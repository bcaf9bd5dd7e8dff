"""The two sides of `pytest --net119-sut`: the main process, which starts and reports, and workers.

Without xdist the main process is its own only worker.
"""

import asyncio
import shutil
import tempfile
import threading
import time
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from rich.console import Console

from net119_conformance.baseline import NO_BASELINE, read_baseline
from net119_conformance.catalogue import Lang
from net119_conformance.environment import Environment, load_object
from net119_conformance.errors import ConformanceError, SutUnavailable
from net119_conformance.order import Order, order_words
from net119_conformance.plan import Plan, PlanItem, importable_path, plan_items
from net119_conformance.purpose import Purpose
from net119_conformance.pytest_item import Item
from net119_conformance.pytest_plugin import PlannedRun, hard_limit_s
from net119_conformance.record import ItemRecord, unjudged
from net119_conformance.report.files import clear_report, set_aside_words, write_report
from net119_conformance.report.terminal import print_report
from net119_conformance.results import make_report
from net119_conformance.runner import ALL_PURPOSES, load_suite, modules_of, selected_purposes
from net119_conformance.scoring import unscored
from net119_conformance.selection import selection_words
from net119_conformance.sut.reading import read_profile
from net119_conformance.verdict import ExitRule, ExitStatus, Verdict

STARTED_WITHIN_S = 180.0
STOPPED_WITHIN_S = 30.0
_PLAN = "net119_plan"
_ALONE = "net119_alone"
_IDS = "net119::"
T = TypeVar("T")


class _Loop:
    """An event loop in a thread of its own: environments start and stop in one loop, and pytest
    has none."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], within: float) -> T:
        """The result of `work`. Raises TimeoutError."""
        task = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return task.result(within)
        except BaseException:
            task.cancel()
            raise

    def close(self) -> None:
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOPPED_WITHIN_S)
        self._loop.close()


class Side:
    """What both sides do: make items of the plan."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        profile = config.getoption("--net119-sut")
        self.claimed = read_profile(profile).sut.catalogue if profile else ""
        # Purposes of a vendor's own always count.
        ours = load_suite(ALL_PURPOSES)[0] if self.claimed else {}
        newer = unscored(self.claimed, ours)
        self.rule = ExitRule(bool(config.getoption("--net119-strict")), None, newer)
        more = config.getoption("--net119-purposes")
        self.modules = modules_of(profile=bool(profile), more=more)
        self.only = tuple(config.getoption("--net119-only"))
        file = config.getoption("--net119-baseline")
        known = load_suite(self.modules)[0] if file is not None else {}
        self.baseline = NO_BASELINE if file is None else read_baseline(file, known)

    def plan(self) -> Plan:
        """The plan of this run."""
        raise NotImplementedError

    def worker(self) -> int:
        """The number of this worker, from 0."""
        return 0

    def workers(self) -> int:
        """How many workers there are."""
        return 1

    def alone(self) -> bool:
        """True if no tests of the vendor's own were named: then none are collected."""
        return self._config.args_source is not pytest.Config.ArgsSource.ARGS

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Leave out what is collected because nothing was named."""
        if self.alone():
            self._config.args[:] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        """Add an item for each line of the plan."""
        plan = self.plan()
        run = PlannedRun(plan, self.worker())
        limits = [hard_limit_s(each) for each in plan.items]
        # Each worker may have to let one that is alone go first.
        waits = max(limits) * self.workers() if any(each.alone for each in plan.items) else 0.0
        for each in sorted(plan.items, key=lambda one: one.alone):
            item = Item.from_parent(session, name=each.name, nodeid=f"{_IDS}{each.name}")
            item.run, item.plan_item = run, each
            item.rule, item.baseline = self.rule, self.baseline
            # Only for purposes that block the event loop, whose own time-out cannot fire then.
            if self._config.pluginmanager.hasplugin("timeout"):
                item.add_marker(pytest.mark.timeout(hard_limit_s(each) + waits))
            items.append(item)


class Worker(Side):
    """A worker of xdist: it is told where the plan lies."""

    def plan(self) -> Plan:
        """The plan that the main process made."""
        return Plan.model_validate_json(Path(self._told()[_PLAN]).read_bytes())

    def alone(self) -> bool:
        """As the main process found."""
        return bool(self._told()[_ALONE])

    def workers(self) -> int:
        """The number xdist has."""
        return int(self._told()["workercount"])

    def worker(self) -> int:
        """The number xdist gave it."""
        return int("".join(filter(str.isdigit, str(self._told()["workerid"]))) or 0)

    def _told(self) -> Mapping[str, Any]:
        return cast(Mapping[str, Any], vars(self._config)["workerinput"])


class Main(Side):
    """The main process: it starts what is judged, and reports."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(config)
        self._lang: Lang = config.getoption("--net119-lang")
        self._out = Path(config.getoption("--net119-out")).absolute()
        self._scratch: Path | None = None
        self._loop: _Loop | None = None
        self._environment: Environment | None = None
        self._plan: Plan | None = None
        self._homeless: list[str] = []
        self._purposes, self._catalogue, self._statuses = load_suite(self.modules)
        self._started_at = datetime.now(UTC)
        self._began = time.monotonic()
        self._reported: set[str] = set()
        self._selected: set[str] = set()
        self._told = ""
        self._decisions: Path | None = None
        self._order = Order.chosen(
            config.getoption("--net119-order"), config.getoption("--net119-seed")
        )

    def pytest_report_header(self) -> str:
        """Tell the order, and how to have it again."""
        return f"net119: {order_words(self._order.seed, '--net119-seed').get(self._lang)}"

    def plan(self) -> Plan:
        """The plan, made at its first use: then what is judged has been started.

        Only listed, it starts nothing. Raises pytest.UsageError if that cannot be.
        """
        if self._plan is None:
            try:
                if self._config.getoption("collectonly"):
                    return self._listed()
                self._plan = self._start()
            except (ConformanceError, SutUnavailable) as wrong:
                raise pytest.UsageError(str(wrong)) from None
            except TimeoutError:
                raise pytest.UsageError(
                    f"what is judged was not ready within {STARTED_WITHIN_S:g} s"
                ) from None
        return self._plan

    def _chosen(self) -> tuple[Environment, list[PlanItem], list[str]]:
        chosen = selected_purposes(self.only, "", self.modules)
        environment = _environment(self._config, chosen)
        return environment, *plan_items({one.id: one for one in chosen}, environment)

    def _listed(self) -> Plan:
        environment, items, _ = self._chosen()
        return Plan(
            purposes=self.modules,
            suts=tuple(environment.suts()),
            items=tuple(items),
            bench=environment.bench,
            description={},
            results=self._out,
            out=self._out,
            sys_path=(),
        )

    def _start(self) -> Plan:
        environment, items, self._homeless = self._chosen()
        self._environment = environment
        self._out.mkdir(parents=True, exist_ok=True)
        self._decisions = clear_report(self._out)
        self._scratch = Path(tempfile.mkdtemp(prefix="net119-conformance-"))
        self._loop = _Loop()
        description = self._loop.run(_started(environment), STARTED_WITHIN_S)
        plan = Plan(
            purposes=self.modules,
            suts=tuple(environment.suts()),
            items=tuple(self._order.arrange(items)),
            bench=environment.bench,
            description=dict(description),
            results=self._scratch,
            out=self._out,
            sys_path=importable_path(),
        )
        # It may hold tokens of the system: mkdtemp gave the folder mode 700.
        (self._scratch / "plan").write_text(plan.model_dump_json(), "utf-8")
        return plan

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of xdist where the plan lies."""
        self.plan()
        node.workerinput[_ALONE] = self.alone()
        node.workerinput[_PLAN] = str(cast(Path, self._scratch) / "plan")

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        """What a worker will run, after -k and the like."""
        self._selected.update(name.rpartition("::")[2] for name in ids if name.startswith(_IDS))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """The same, without workers."""
        self._selected.update(item.name for item in session.items if isinstance(item, Item))

    def _selection(self, plan: Plan) -> list[str]:
        words = list(selection_words(self.only, ""))
        left_out = len({item.name for item in plan.items} - self._selected)
        if left_out:
            words.append(f"(pytest left out {left_out} of {len(plan.items)})")
        return words

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what was run: what was deselected is no part of the report."""
        name = report.nodeid.rpartition("::")[2]
        if report.when == "call" or report.outcome == "failed":
            self._reported.add(name)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Stop what was started, write the report, and have pytest exit as the verdict says."""
        try:
            if self._plan is not None:
                self._report(session, self._plan)
        finally:
            self._stop()

    def _report(self, session: pytest.Session, plan: Plan) -> None:
        interrupted = session.exitstatus == pytest.ExitCode.INTERRUPTED
        records = [
            self._record(plan, item)
            for item in plan.items
            if item.name in self._reported or plan.record_path(item).exists()
        ]
        records += [
            unjudged(
                name,
                "none",
                Verdict.NOT_APPLICABLE,
                en="no system under test claims the role this purpose judges",
                ja="この試験の役割を名乗る試験対象がありません",
                at=self._started_at,
            )
            for name in self._homeless
        ]
        status = self.rule.exit_status(
            (
                (record.id, record.verdict)
                for record in records
                if self.baseline.excuse(record) is None
            ),
            stale=bool(self.baseline.stale(records)),
        )
        done = {f"{record.id}--{record.sut}" for record in records}
        # Such as after -x: what was to be run and was not is no pass.
        not_run = sorted(self._selected - done)
        if not_run and status is ExitStatus.OK:
            status = ExitStatus.VERDICTS
        if interrupted:
            status = ExitStatus.INTERRUPTED
        report = make_report(
            catalogue_version=self._catalogue.version,
            statuses=self._statuses,
            purposes=self._purposes,
            suts=plan.suts,
            records=records,
            rule=self.rule,
            not_run=not_run,
            complete=not interrupted and not not_run,
            exit_status=status,
            started_at=self._started_at,
            duration_s=time.monotonic() - self._began,
            baseline=self.baseline,
            claimed=self.claimed,
            selection=self._selection(plan),
            seed=self._order.seed,
        )
        files = write_report(
            report,
            records=records,
            purposes=self._purposes,
            requirements=self._catalogue.requirements,
            out=self._out,
            lang=self._lang,
        )
        console = Console(width=100, force_terminal=False)
        with console.capture() as captured:
            print_report(report, self._purposes, files, console, self._lang)
            if self._decisions is not None:
                console.print(set_aside_words(self._decisions).get(self._lang), soft_wrap=True)
        self._told = captured.get()
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = int(status)

    def _record(self, plan: Plan, item: PlanItem) -> ItemRecord:
        try:
            return ItemRecord.read(plan.record_path(item))
        except (OSError, ValueError) as problem:
            return unjudged(
                item.purpose,
                item.sut,
                Verdict.HARNESS_ERROR,
                en=f"the worker left no record that can be read: {problem}",
                ja=f"試験側のプロセスが、読める記録を残しませんでした: {problem}",
                at=self._started_at,
            )

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print what the command would print."""
        if self._told:
            terminalreporter.section("net119 conformance")
            terminalreporter.write(self._told)

    def _stop(self) -> None:
        if self._loop is not None:
            if self._environment is not None:
                with suppress(TimeoutError):
                    self._loop.run(self._environment.stop(), STOPPED_WITHIN_S)
            self._loop.close()
            self._loop = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)


async def _started(environment: Environment) -> Mapping[str, Any]:
    return await environment.start()


def _environment(config: pytest.Config, purposes: list[Purpose]) -> Environment:
    named = config.getoption("--net119-environment")
    if named:
        made = load_object(named, "--net119-environment")(purposes)
        return cast(Environment, made)
    from net119_conformance.sut.reading import read_profile
    from net119_conformance.world.standing import StandingEnvironment

    file = Path(config.getoption("--net119-sut"))
    return StandingEnvironment(read_profile(file), file, purposes)


def side_of(config: pytest.Config) -> Side:
    """The side that this process is on. Raises pytest.UsageError for wrong options."""
    try:
        return Worker(config) if hasattr(config, "workerinput") else Main(config)
    except (ConformanceError, SutUnavailable) as wrong:
        raise pytest.UsageError(str(wrong)) from None
