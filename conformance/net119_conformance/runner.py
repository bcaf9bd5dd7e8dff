"""Runs the suite: sets up what is judged, lets workers judge it, collects, reports, tidies up."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from net119_conformance.again import renewed, second_verdict
from net119_conformance.baseline import NO_BASELINE, Baseline
from net119_conformance.catalogue import Catalogue, Lang, RequirementStatus, Text, load_catalogue
from net119_conformance.catalogue.model import CatalogueError
from net119_conformance.environment import Environment
from net119_conformance.errors import ConformanceError, SutUnavailable
from net119_conformance.interrupting import unless_interrupted
from net119_conformance.missing import records_of_missing
from net119_conformance.order import Order, order_words
from net119_conformance.plan import Plan, PlanItem, importable_path, plan_items
from net119_conformance.progress import Progress
from net119_conformance.purpose import Purpose, by_purpose, load_purposes
from net119_conformance.record import ItemRecord, unjudged
from net119_conformance.report.files import make_ready, set_aside_words, write_report
from net119_conformance.report.terminal import print_report
from net119_conformance.report.words import say
from net119_conformance.results import make_report
from net119_conformance.scoring import unscored
from net119_conformance.selection import select, selection_words
from net119_conformance.verdict import ExitRule, ExitStatus, Verdict
from net119_conformance.workers import Workers, default_hands, default_workers

DEFAULT_PURPOSES = ("net119_conformance.purposes",)
CLAIM_PURPOSES = ("net119_conformance.claims",)
"""What a profile says not to be there is probed, where one is given."""
ALL_PURPOSES = (*DEFAULT_PURPOSES, *CLAIM_PURPOSES)
"""All that the suite has: what lists, explains and prepares needs them whatever is judged."""
DEFAULT_OUT = Path("build/conformance")
POLL_S = 0.1
STOP_TIMEOUT_S = 30.0


def modules_of(*, profile: bool, more: Iterable[str] = ()) -> tuple[str, ...]:
    """The modules whose purposes a run judges, however it is started.

    ``profile``: a profile makes claims, which are probed. ``more``: a vendor's own modules.
    """
    return (*(ALL_PURPOSES if profile else DEFAULT_PURPOSES), *more)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to judge and how. `only` and `interfaces` select (see `selection`); `out` gets the
    reports; `allowed_not_applicable` overrides the environment's; `catalogue` is by default the
    one that comes with the suite; `baseline` holds the failures that are known; `claimed` is the
    catalogue version that the system claims, "" for that of the suite; `order` is by default a
    random one, drawn for this run."""

    environment: Environment
    purposes: tuple[str, ...] = DEFAULT_PURPOSES
    only: tuple[str, ...] = ()
    interfaces: str = ""
    workers: int = field(default_factory=default_workers)
    hands: int = field(default_factory=default_hands)
    """How many purposes each of the workers judges at once."""
    strict: bool = False
    lang: Lang = "ja"
    out: Path = DEFAULT_OUT
    allowed_not_applicable: frozenset[str] | None = None
    catalogue: Catalogue | None = None
    baseline: Baseline = NO_BASELINE
    claimed: str = ""
    order: Order = field(default_factory=Order.chosen)
    live: bool = True
    """Whether a terminal shows a panel that is redrawn; not where somebody types in it."""

    def rule(self, purposes: Iterable[str] = ()) -> ExitRule:
        """The exit rule of this run of these purposes.

        Raises ConformanceError for a claimed version that there is no snapshot of.
        """
        allowed = self.allowed_not_applicable
        if allowed is None:
            allowed = self.environment.allowed_not_applicable
        return ExitRule(self.strict, allowed, unscored(self.claimed, purposes))


def run(options: Options, console: Console) -> int:
    """Run the suite and write the reports; returns the exit status (see `ExitStatus`).

    Raises ConformanceError if nothing could be judged because options, purposes, the catalogue or
    the environment are wrong (exit status 2). Ctrl-C or SIGTERM end the workers and what the
    environment started, and leave a report marked incomplete.
    """
    if options.workers < 1:
        raise ConformanceError(
            Text(en=f"{options.workers} workers", ja=f"並列数が {options.workers} です"),
            "-n",
            Text(en="use 1 or more", ja="1 以上にしてください"),
        )
    if options.hands < 1:
        raise ConformanceError(
            Text(en=f"{options.hands} hands", ja=f"同時に行う試験の数が {options.hands} です"),
            "--hands",
            Text(en="use 1 or more", ja="1 以上にしてください"),
        )
    return int(asyncio.run(_Run(options, console).run()))


def load_suite(
    modules: tuple[str, ...], catalogue: Catalogue | None = None
) -> tuple[dict[str, Purpose], Catalogue, list[RequirementStatus]]:
    """Purposes, catalogue, and the two joined. Raises ConformanceError if they do not fit."""
    purposes = load_purposes(modules)
    try:
        catalogue = catalogue or load_catalogue()
        statuses = catalogue.join(
            by_purpose(purposes, "requirements"), by_purpose(purposes, "derived")
        )
    except CatalogueError as wrong:
        raise ConformanceError(
            "; ".join(wrong.problems), "requirement catalogue", "mend the files named here"
        ) from wrong
    return purposes, catalogue, statuses


def selected_purposes(
    only: tuple[str, ...] = (),
    interfaces: str = "",
    modules: tuple[str, ...] = DEFAULT_PURPOSES,
    catalogue: Catalogue | None = None,
) -> list[Purpose]:
    """The purposes that a run with these options will judge, for making its environment.

    Raises ConformanceError as `run` does.
    """
    purposes, known, _ = load_suite(modules, catalogue)
    return list(select(purposes, known, only, interfaces).values())


class _Run:
    def __init__(self, options: Options, console: Console) -> None:
        self._options = options
        self._console = console
        self._purposes, self._catalogue, self._statuses = load_suite(
            options.purposes, options.catalogue
        )
        self._selected = select(self._purposes, self._catalogue, options.only, options.interfaces)
        self._rule = options.rule(self._purposes)
        self._records: dict[str, ItemRecord] = {}
        self._interrupted = asyncio.Event()
        self._started_at = datetime.now(UTC)
        self._began = time.monotonic()

    async def run(self) -> ExitStatus:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupted.set)
        out, decisions = make_ready(self._options.out)
        if decisions is not None:
            told = set_aside_words(decisions).get(self._options.lang)
            self._console.print(told, highlight=False, soft_wrap=True)
        listed, homeless = plan_items(self._selected, self._options.environment)
        items = self._options.order.arrange(listed)
        if items:
            said = order_words(self._options.order.seed).get(self._options.lang)
            self._console.print(said, style="dim", highlight=False)
        for name in homeless:
            self._records[name] = unjudged(
                name,
                "none",
                Verdict.NOT_APPLICABLE,
                en="no system under test claims the role this purpose judges",
                ja="この試験の役割を名乗る試験対象がありません",
                at=self._started_at,
            )
        scratch = Path(tempfile.mkdtemp(prefix="net119-conformance-"))
        try:
            await self._judge(items, out, scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        complete = not self._interrupted.is_set()
        return self._finish(items, out, complete=complete)

    async def _judge(self, items: list[PlanItem], out: Path, scratch: Path) -> None:
        environment = self._options.environment
        if not items:
            return
        try:
            with self._console.status(self._say(en="starting …", ja="準備しています…")):
                description = await unless_interrupted(self._interrupted, environment.start())
            if description is None:
                return
            plan = Plan(
                purposes=self._options.purposes,
                suts=tuple(environment.suts()),
                items=tuple(items),
                bench=environment.bench,
                description=dict(description),
                results=scratch,
                out=out,
                sys_path=importable_path(),
                hands=self._options.hands,
            )
            workers = self._options.workers
            await self._work(plan, "plan", [each for each in items if not each.alone], workers)
            one_by_one = plan.model_copy(update={"hands": 1})
            await self._work(one_by_one, "plan-alone", [each for each in items if each.alone], 1)
            await self._judge_again(one_by_one, items)
        except SutUnavailable as gone:
            raise ConformanceError(
                Text(
                    en=f"the system under test cannot be reached: {gone}",
                    ja=f"試験対象に接続できません: {gone}",
                ),
                "environment",
                Text(
                    en="start it, or mend the addresses in its profile",
                    ja="起動するか、プロファイルのアドレスを直してください",
                ),
            ) from gone
        finally:
            await self._stop(environment)

    async def _judge_again(self, one_by_one: Plan, items: list[PlanItem]) -> None:
        """Judge once more, one by one, what the suite itself was too slow to tell about."""
        if self._interrupted.is_set():
            return
        suspect = [each for each in items if self._records[each.name].suspect]
        if not suspect:
            return
        options = self._options
        description = await renewed(
            options.environment, suspect, self._interrupted, self._console, options.lang
        )
        if description is None:
            return
        results, out = one_by_one.results / "again", one_by_one.results / "out"
        for folder in (results, out):
            folder.mkdir()
        own = {"description": dict(description), "results": results, "out": out}
        plan = one_by_one.model_copy(update=own)
        before = {each.name: self._records.pop(each.name) for each in suspect}
        try:
            await self._work(plan, "plan", suspect, 1)
        finally:
            for name, first in before.items():
                second = self._records.get(name)
                self._records[name] = second_verdict(first, second, one_by_one.out, out)
            if (log := out / "pytest.log").exists():
                with (one_by_one.out / log.name).open("ab") as whole:
                    whole.write(log.read_bytes())

    async def _work(self, whole: Plan, name: str, items: list[PlanItem], most: int) -> None:
        """Let workers, at most so many, judge some of the items."""
        if not items or self._interrupted.is_set():
            return
        plan = whole.model_copy(update={"items": tuple(items)})
        plan_file = whole.results / name
        # It may hold tokens of the SUT: for our eyes only (mkdtemp gave the folder mode 700).
        plan_file.write_text(plan.model_dump_json(), "utf-8")
        count = min(most, len(items))
        async with Workers(plan, plan_file, count, plan.out / "pytest.log") as workers:
            await self._follow(plan, workers)

    async def _stop(self, environment: Environment) -> None:
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await environment.stop()
        except TimeoutError:
            self._console.print(
                self._say(
                    en=f"The environment did not stop within {STOP_TIMEOUT_S:g} s.",
                    ja=f"試験環境が {STOP_TIMEOUT_S:g} 秒以内に停止しませんでした。",
                ),
                style="bold red",
            )
        except Exception as wrong:
            # What was judged is judged: the report says it, whatever is left of the environment.
            why = str(wrong) or type(wrong).__name__
            if not isinstance(wrong, ConformanceError):
                why = f"{type(wrong).__name__}: {wrong}"
            self._console.print(
                self._say(
                    en=f"The environment did not stop in order; see what is left of it. {why}",
                    ja=f"試験環境を正しく停止できませんでした。残ったものを確かめてください。{why}",
                ),
                style="bold red",
                markup=False,
            )

    async def _follow(self, plan: Plan, workers: Workers) -> None:
        """Show what the workers do until they end or we are interrupted."""
        options = self._options
        shown = Progress(self._console, options.lang, len(plan.items), live=options.live)
        with shown as progress:
            ended: asyncio.Future[Any] = asyncio.ensure_future(workers.wait())
            stop: asyncio.Future[Any] = asyncio.ensure_future(self._interrupted.wait())
            waiting = {item.name: item for item in plan.items if item.name not in self._records}
            try:
                done: set[asyncio.Future[Any]] = set()
                while not done:
                    done, _ = await asyncio.wait(
                        {ended, stop}, timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED
                    )
                    self._collect(plan, waiting, progress)
            finally:
                ended.cancel()
                stop.cancel()
            if not self._interrupted.is_set():
                self._account_for_missing(plan, workers, progress)

    def _collect(self, plan: Plan, waiting: dict[str, PlanItem], progress: Progress) -> None:
        """Take the records that are there; of ``waiting``, by name, what came is taken out."""
        running = []
        # One look at the folder, ten times a second; not two for each item that is still to come.
        for name in sorted(os.listdir(plan.results)):
            stem = name.rpartition(".")[0]
            item = waiting.get(stem)
            if item is None:
                continue
            if name == plan.record_path(item).name:
                record = self._read(item, plan.record_path(item))
                self._records[item.name] = record
                del waiting[stem]
                progress.done(record)
            elif name == plan.started_path(item).name:
                running.append(item)
        progress.running(running)

    def _read(self, item: PlanItem, path: Path) -> ItemRecord:
        try:
            return ItemRecord.read(path)
        except (OSError, ValueError) as problem:
            return unjudged(
                item.purpose,
                item.sut,
                Verdict.HARNESS_ERROR,
                en=f"the record of this item cannot be read: {problem}",
                ja=f"この試験の記録を読めません: {problem}",
                at=self._started_at,
            )

    def _account_for_missing(self, plan: Plan, workers: Workers, progress: Progress) -> None:
        missing = [item for item in plan.items if item.name not in self._records]
        words = workers.last_words() if missing else ""
        for record in records_of_missing(plan, missing, words, self._started_at):
            self._records[f"{record.id}--{record.sut}"] = record
            progress.done(record)

    def _finish(self, items: list[PlanItem], out: Path, *, complete: bool) -> ExitStatus:
        rule = self._rule
        records = list(self._records.values())
        baseline = self._options.baseline
        status = rule.exit_status(
            ((record.id, record.verdict) for record in records if baseline.excuse(record) is None),
            stale=bool(baseline.stale(records)),
        )
        if not complete:
            status = ExitStatus.INTERRUPTED
        report = make_report(
            catalogue_version=self._catalogue.version,
            statuses=self._statuses,
            purposes=self._purposes,
            suts=self._options.environment.suts(),
            records=records,
            rule=rule,
            not_run=[item.name for item in items if item.name not in self._records],
            complete=complete,
            exit_status=status,
            started_at=self._started_at,
            duration_s=time.monotonic() - self._began,
            baseline=baseline,
            claimed=self._options.claimed,
            selection=selection_words(self._options.only, self._options.interfaces),
            seed=self._options.order.seed,
        )
        files = write_report(
            report,
            records=records,
            purposes=self._purposes,
            requirements=self._catalogue.requirements,
            out=out,
            lang=self._options.lang,
        )
        print_report(report, self._purposes, files, self._console, self._options.lang)
        return status

    def _say(self, *, en: str, ja: str) -> str:
        return say(self._options.lang, en=en, ja=ja)
