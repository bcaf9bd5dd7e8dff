"""One load run, from the options to the exit status."""

import asyncio
import contextlib
import dataclasses
import importlib.util
import signal
import tempfile
from collections.abc import AsyncIterator, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from net119_simulators.safety import host_of, is_loopback
from rich.console import Console

from net119_loadtests.bare import measure_bare, with_ratios
from net119_loadtests.binding import check_bind
from net119_loadtests.entering import enter
from net119_loadtests.errors import INTERRUPTED, Interrupted, LoadError
from net119_loadtests.faults import check_possible
from net119_loadtests.generating import COMMAND, generate
from net119_loadtests.injecting import Injector
from net119_loadtests.judging import Judgement
from net119_loadtests.junit import JUNIT, write_junit, write_not_run
from net119_loadtests.metrics import Pages
from net119_loadtests.options import Options
from net119_loadtests.page import file_name, write_pages
from net119_loadtests.plan import CallerSeat, ConsoleSeat, Plan, check_parts, loopback_sources
from net119_loadtests.processes import DATABASE, GENERATOR, SERVER, Processes, peaks
from net119_loadtests.provider import Provider, trust
from net119_loadtests.providing import own_provider, run_name, running_provider
from net119_loadtests.report import REPORT, Result, make_result
from net119_loadtests.shapes import turns_of
from net119_loadtests.show import Shower
from net119_loadtests.thresholds import (
    Recovery,
    Thresholds,
    Times,
    load_thresholds,
    p99_bound_ms,
)
from net119_loadtests.world import centers_for, people_at

__all__ = ["Options", "run"]

T = TypeVar("T")

_RAMP_S = 30.0
_STOP_S = 40.0
_CHECK_S = 0.1
"""Time to check one call after a run that was stopped."""


def run(options: Options, console: Console) -> int:
    """Carry out a run, show it, write ``report.json``, and return the exit status.

    0: all thresholds held and no invariant was violated; 1: not so; 130: interrupted.

    Raises:
        LoadError, or another error with ``what``, ``where`` and ``what_to_do``: the run could not
            be set up or carried out. Then ``junit.xml`` says so, and no earlier run's report is
            left in ``options.out``.
    """
    try:
        _clear(options.out)
        return _run(options, console)
    except Exception as error:
        write_not_run(error, options.out)
        raise


def _clear(folder: Path) -> None:
    """Take away what an earlier run has left, which would be read as the result of this one."""
    for name in (REPORT, JUNIT, file_name("ja"), file_name("en")):
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise LoadError(
                f"an earlier report cannot be taken away: {error}",
                f"--out {folder}",
                "Give another folder",
            ) from error


def _run(options: Options, console: Console) -> int:
    if importlib.util.find_spec("locust") is None:
        raise LoadError(
            "locust, which makes the load, is not installed",
            "net119 load run",
            "pip install 'net119-testbed[load]', or run make load",
        )
    thresholds = load_thresholds(options.thresholds)
    check_possible(options.faults, None if options.running else options.kind)
    # Before anything is started: what would be refused after minutes of preparing otherwise.
    turns_of(options.shape, options.callers, options.duration_s, options.arrivals_per_s)
    if options.running is None:
        check_parts(
            options.workers or options.expect,
            centers_for(options.callers),
            "--master" if options.expect else "--workers",
        )
    if options.expect:
        check_bind(*options.bind)
    if thresholds.recovery is None and options.shape.recovery_max_s is not None:
        # What breaks by itself in a shape must come back, whatever else is asked for.
        recovery = Recovery(max_s=options.shape.recovery_max_s)
        thresholds = thresholds.model_copy(update={"recovery": recovery})
    thresholds = _with_shedding(thresholds, options)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LoadError(
            f"the folder cannot be made: {error}", f"--out {options.out}", "Give another folder"
        ) from error
    return asyncio.run(_Run(options, thresholds, Shower(console, options.lang)).carry_out())


def _with_shedding(thresholds: Thresholds, options: Options) -> Thresholds:
    """With the shape's own bounds for shedding, where calls are to be shed and none is given."""
    shape = options.shape
    if options.capacity is None or options.capacity >= options.callers:
        return thresholds
    bounds = {"shed_ms": shape.shed_p99_ms, "shedding_ack_ms": shape.shedding_ack_p99_ms}
    update = {
        name: Times(p99=limit)
        for name, limit in bounds.items()
        if limit is not None and getattr(thresholds, name) is None
    }
    return thresholds.model_copy(update=update)


class _Run:
    def __init__(self, options: Options, thresholds: Thresholds, shower: Shower) -> None:
        self._options = options
        self._thresholds = thresholds
        self._shower = shower
        self._stop = asyncio.Event()
        self._timeline: list[dict[str, Any]] = []
        self._processes = Processes({})
        self._pages: Pages | None = None
        self._injector: Injector | None = None
        self._generator: tuple[int, ...] = ()

    async def carry_out(self) -> int:
        loop = asyncio.get_running_loop()
        working = asyncio.ensure_future(self._measured())

        def interrupt() -> None:
            # The first time in good order, with what has been measured so far; then at once.
            if self._stop.is_set():
                working.cancel()
            self._stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, interrupt)
        try:
            result = await working
        except (Interrupted, asyncio.CancelledError):
            return INTERRUPTED
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
        report = result.write(self._options.out)
        write_junit(result, self._options.out)
        write_pages(result.to_json(), self._options.out)
        self._shower.result(result, report)
        if not result.complete:
            return INTERRUPTED
        return 0 if result.passed else 1

    async def _measured(self) -> Result:
        with tempfile.TemporaryDirectory(prefix="net119-load-") as name, self._shower:
            folder = Path(name)
            async with self._provider(folder) as provider:
                async with self._watched(provider):
                    result, plan = await self._load(provider, folder)
                return dataclasses.replace(result, bare=await self._bare(result, plan, folder))

    @contextlib.asynccontextmanager
    async def _watched(self, provider: Provider) -> AsyncIterator[None]:
        """Watch what the provider tells of its processes, where these cannot be seen."""
        options = self._options
        urls = options.metrics_urls
        if not urls and (provider.house or options.server_pids):
            yield
            return
        secure = provider.base_url.startswith("https:")
        pages = Pages(
            urls or (f"{provider.base_url}/metrics",),
            trust(provider.ca_file) if secure else None,
            provider.test_hosts,
        )
        async with contextlib.AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(pages.watched())
            except LoadError:
                # A provider need not have such a page; one that was named must be there.
                if urls:
                    raise
            else:
                self._pages = pages
            yield

    async def _bare(self, result: Result, plan: Plan, folder: Path) -> dict[str, Any]:
        """The ratios to a bare relay, or why there are none."""
        options, shower = self._options, self._shower
        near = is_loopback(host_of(plan.base_url))
        if options.bare is False:
            return {"whyNot": "left out by --no-bare"}
        if options.bare is None and not near:
            return {"whyNot": "the system under test is on another machine"}
        if options.expect:
            return {"whyNot": "the generators are on other machines"}
        if self._stop.is_set():
            return {"whyNot": "interrupted"}
        shower.say(ja="素の中継と比べています", en="Measuring a bare relay for comparison")
        log = options.out / "bare-generator.log"
        rest = (folder, log, shower.running, self._stop, self._command(web=False))
        try:
            bare = await measure_bare(plan, options.callers, *rest)
        except LoadError as error:
            return {"whyNot": f"{error.what} ({error.where})"}
        return with_ratios(bare, result.figures["series"], self._timeline)

    @contextlib.asynccontextmanager
    async def _provider(self, folder: Path) -> AsyncIterator[Provider]:
        options = self._options
        if options.running is not None:
            entering = running_provider(options.running)
        else:
            self._shower.say(ja="参照実装を起動しています", en="Starting the reference provider")
            log = options.out / "provider.log"
            kind = options.kind_started
            entering = own_provider(folder, options.callers, options.every_s, log, kind)
        async with contextlib.AsyncExitStack() as stack:
            yield await self._unless_stopped(stack.enter_async_context(entering))

    async def _load(self, provider: Provider, folder: Path) -> tuple[Result, Plan]:
        options, shower = self._options, self._shower
        house = provider.house
        self._processes = Processes(
            {
                SERVER: lambda: (*(house.server_pids() if house else ()), *options.server_pids),
                DATABASE: lambda: house.database_pids() if house else (),
                GENERATOR: lambda: self._generator,
            }
        )
        started_at = datetime.now(UTC)
        turns = turns_of(options.shape, options.callers, options.duration_s, options.arrivals_per_s)
        people = people_at(provider.places, len(turns), run_name())

        def entered(done: int, total: int) -> None:
            shower.step("登録者を登録中", "registering callers", done, total)

        callers, consoles = await self._unless_stopped(enter(provider, people, entered))
        seats = tuple(
            seat.model_copy(update={"calls_at": turn.calls, "leaves_at": turn.leaves})
            for seat, turn in zip(callers, turns, strict=True)
        )
        plan = self._plan(provider, seats, consoles)
        self._injector = Injector(
            options.faults, house, options.first_fault_s, options.fault_pause_s
        )
        plan.write(folder / "plan.json")
        figures = await generate(
            folder / "plan.json",
            options.out / "generator.log",
            self._told,
            self._stop,
            self._command(),
            stop_within_s=_STOP_S + _CHECK_S * len(seats),
            started=self._generating,
            besides=self._injector.run if options.faults else None,
        )
        figures["capacity"] = options.capacity
        slow = options.shape.slow
        figures["slow_stops_s"] = None if slow is None else slow.stops_for_s
        figures["faults_missing"] = self._injector.missing()
        figures["peaks"] = peaks(self._timeline)
        result = make_result(
            options.asked,
            started_at,
            provider,
            figures,
            Judgement.from_json(figures.pop("judgement")),
            self._thresholds,
            self._timeline,
            complete=bool(figures["complete"]) and not self._stop.is_set(),
        )
        return result, plan

    def _plan(
        self,
        provider: Provider,
        callers: tuple[CallerSeat, ...],
        consoles: tuple[ConsoleSeat, ...],
    ) -> Plan:
        options = self._options
        sources = options.sources
        host = host_of(provider.base_url)
        if not sources and is_loopback(host) and ":" not in host:
            sources = loopback_sources(0)
        return Plan(
            base_url=provider.base_url,
            ca_pem=provider.ca_file.read_text("ascii") if provider.ca_file else None,
            declared_test_hosts=provider.test_hosts,
            own=provider.own,
            callers=callers,
            consoles=consoles,
            shape=options.shape,
            scripts=options.scripts,
            greetings=options.greetings,
            sources=sources,
            duration_s=options.duration_s,
            every_s=options.every_s,
            reply_every=options.reply_every,
            ramp_s=_RAMP_S + options.callers / options.arrivals_per_s,
            settle_s=options.settle_s,
            capacity=options.capacity,
            p99_bound_ms=p99_bound_ms(self._thresholds),
        )

    def _command(self, *, web: bool = True) -> tuple[str, ...]:
        options = self._options
        if options.generator:
            return options.generator
        more: list[str] = []
        if options.workers:
            more += ["--workers", str(options.workers)]
        elif options.expect:
            host, port = options.bind
            more += ["--expect", str(options.expect), "--bind", host, "--port", str(port)]
            more += ["--within", str(options.wait_s)]
        if options.web is not None and web:
            more += ["--web", str(options.web)]
        return (*COMMAND, *more, "--silent", str(options.silence_s))

    def _generating(self, pid: int) -> None:
        self._generator = (pid,)

    def _told(self, message: dict[str, Any]) -> None:
        if self._injector is not None:
            self._injector.took(message["event"], str(message.get("phase", "")))
        match message["event"]:
            case "progress":
                self._progress(message)
            case "checked":
                done, total = message["done"], message["total"]
                self._shower.step("全通話を照合中", "checking all calls", done, total)
            case "web":
                self._shower.say(ja=f"Locust: {message['url']}", en=f"Locust: {message['url']}")
            case "workers":
                self._shower.waiting(message["here"], message["wanted"], message["left_s"])
            case "master":
                self._shower.say(
                    ja=f"ワーカーの接続先: {message['host']} {message['port']}",
                    en=f"Workers connect to {message['host']} {message['port']}",
                )

    def _progress(self, message: dict[str, Any]) -> None:
        self._timeline.append(
            {key: value for key, value in message.items() if key != "event"}
            | self._processes.sample()
            | (self._pages.sample() if self._pages else {})
        )
        self._shower.running(message)

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of ``work``; raises Interrupted as soon as the user wants to stop."""
        working = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise Interrupted
        finally:
            for task in (working, stopping):
                task.cancel()
            await asyncio.gather(working, stopping, return_exceptions=True)
