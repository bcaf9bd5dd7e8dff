"""Judges every ordered pair of several systems, one purpose after the other, and reports."""

import asyncio
import shutil
import signal
import tempfile
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from rich.console import Console

from net119_conformance.catalogue import Lang, Text, load_catalogue
from net119_conformance.environment import Sut
from net119_conformance.errors import ConformanceError
from net119_conformance.interop.bench import PairBench
from net119_conformance.interop.cells import (
    Matrix,
    System,
    Words,
    all_pairs,
    judged_pairs,
    pair_key,
)
from net119_conformance.interop.members import Source
from net119_conformance.interop.network import PairNetwork
from net119_conformance.interop.page import matrix_page
from net119_conformance.interop.terminal import print_matrix
from net119_conformance.interrupting import unless_interrupted
from net119_conformance.judge import judge_here
from net119_conformance.plan import PlanItem
from net119_conformance.progress import Progress
from net119_conformance.purpose import Purpose, load_purposes
from net119_conformance.record import ItemRecord
from net119_conformance.report.files import clear_report, set_aside_words, write_file, write_report
from net119_conformance.report.words import say
from net119_conformance.results import make_report
from net119_conformance.sut.time_limits import OFFER, PEER, time_limit
from net119_conformance.verdict import ExitRule, ExitStatus

PURPOSES = "net119_conformance.interop.purposes"
DEFAULT_OUT = Path("build/interop")
MATRIX_JSON, MATRIX_HTML = "matrix.json", "matrix.html"
STOP_S = 60.0
ORDER = (
    "PAIR-ROUTE",
    "PAIR-CHAT",
    "PAIR-CLOSE",
    "PAIR-TRANSFER",
    "PAIR-TRANSFER-ASKED",
    "PAIR-CALLBACK",
    "PAIR-LINK",
    "PAIR-CRASH-RECEIVING",
    "PAIR-CRASH-ORIGINATING",
)
"""The plain things first; what may leave a system in pieces last."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to judge and how. ``only`` holds purposes or patterns of their IDs; ``out`` gets the
    reports; ``strict``: warnings keep the run from exiting with 0, too."""

    sources: Sequence[Source]
    only: tuple[str, ...] = ()
    strict: bool = False
    lang: Lang = "ja"
    out: Path = DEFAULT_OUT


def run(options: Options, console: Console) -> int:
    """Judge all pairs and write the reports; returns the exit status (see `ExitStatus`).

    Raises ConformanceError if nothing could be judged. Ctrl-C or SIGTERM end what was started, and
    leave a matrix whose pairs that were not judged say so.
    """
    return int(asyncio.run(_Run(options, console).run()))


def pair_purposes(only: Sequence[str] = ()) -> dict[str, Purpose]:
    """The purposes of pairs by ID, in the order in which they are judged.

    Raises:
        ConformanceError: ``only`` names one that there is not.
    """
    found = load_purposes([PURPOSES])
    every = {name: found[name] for name in sorted(found, key=_place)}
    for pattern in only:
        if not any(fnmatchcase(each, pattern) for each in every):
            raise ConformanceError(
                Text(
                    en=f"no purpose of pairs is called {pattern!r}",
                    ja=f"{pattern!r} という相互接続の試験はありません",
                ),
                f"--only {pattern}",
                Text(
                    en=f"use some of {', '.join(every)}",
                    ja=f"次から選んでください: {', '.join(every)}",
                ),
            )
    return {
        name: each
        for name, each in every.items()
        if not only or any(fnmatchcase(name, pattern) for pattern in only)
    }


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


class _Run:
    def __init__(self, options: Options, console: Console) -> None:
        self._options = options
        self._console = console
        self._purposes = pair_purposes(options.only)
        self._systems = [source.system() for source in options.sources]
        self._rule = ExitRule(options.strict)
        self._records: list[ItemRecord] = []
        self._interrupted = asyncio.Event()
        self._started_at = datetime.now(UTC)
        self._began = time.monotonic()
        self._items = [
            PlanItem(
                purpose=each.id,
                sut=pair_key(one, other),
                timeout_s=self._limit(each, one, other),
            )
            for one, other in judged_pairs(self._systems)
            for each in self._purposes.values()
        ]

    async def run(self) -> ExitStatus:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupted.set)
        out = self._prepared()
        folder = Path(tempfile.mkdtemp(prefix="net119-interop-"))
        network = PairNetwork(self._options.sources, list(self._purposes.values()), folder)
        bench = PairBench(network)
        try:
            with self._console.status(say(self._options.lang, en="starting …", ja="準備中 …")):
                started = await unless_interrupted(self._interrupted, _true(network.start()))
            if started:
                await self._judge(bench, out)
        finally:
            try:
                await self._stop(network)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        return self._finish(bench, out)

    async def _stop(self, network: PairNetwork) -> None:
        """End everything; what was judged is judged, whatever is left of the systems."""
        try:
            async with asyncio.timeout(STOP_S):
                await network.stop()
        except Exception as wrong:
            why = str(wrong) or type(wrong).__name__
            if isinstance(wrong, TimeoutError):
                why = f"TimeoutError: {STOP_S:g} s"
            elif not isinstance(wrong, ConformanceError):
                why = f"{type(wrong).__name__}: {wrong}"
            self._console.print(
                say(
                    self._options.lang,
                    en=f"The systems did not stop in order; see what is left of them. {why}",
                    ja=f"システムを正しく停止できませんでした。残ったものを確かめてください。{why}",
                ),
                style="bold red",
                markup=False,
            )

    async def _judge(self, bench: PairBench, out: Path) -> None:
        suts = {sut.key: sut for sut in self._suts()}
        with Progress(self._console, self._options.lang, len(self._items)) as progress:
            for item in self._items:
                progress.running([item])
                record = await unless_interrupted(
                    self._interrupted,
                    judge_here(
                        self._purposes[item.purpose],
                        suts[item.sut],
                        bench,
                        out,
                        timeout_s=item.timeout_s,
                    ),
                )
                if record is None:
                    return
                self._records.append(record)
                progress.done(record)

    def _prepared(self) -> Path:
        out = self._options.out.absolute()
        try:
            out.mkdir(parents=True, exist_ok=True)
            decisions = clear_report(out)
            for name in (MATRIX_JSON, MATRIX_HTML):
                (out / name).unlink(missing_ok=True)
        except OSError as problem:
            raise ConformanceError(
                Text(
                    en=f"the folder for the report cannot be used: {problem.strerror or problem}",
                    ja=f"結果表のフォルダーを使えません: {problem.strerror or problem}",
                ),
                f"--out {out}",
                Text(
                    en="name a folder that can be written to",
                    ja="書き込めるフォルダーを指定してください",
                ),
            ) from problem
        if decisions is not None:
            told = set_aside_words(decisions).get(self._options.lang)
            self._console.print(told, highlight=False, soft_wrap=True)
        return out

    def _limit(self, purpose: Purpose, one: str, other: str) -> float:
        profiles = {source.profile.sut.key: source.profile for source in self._options.sources}
        timers = [profiles[each].timers.timers() for each in (one, other)]
        return max(time_limit(purpose, each, (OFFER, PEER)) for each in timers)

    def _suts(self) -> list[Sut]:
        by_key = {system.key: system for system in self._systems}
        return [
            Sut(
                key=pair_key(one, other),
                name=f"{by_key[one].name} → {by_key[other].name}",
                details={
                    "originating": _named(by_key[one]),
                    "receiving": _named(by_key[other]),
                },
            )
            for one, other in judged_pairs(self._systems)
        ]

    def _finish(self, bench: PairBench, out: Path) -> ExitStatus:
        complete = not self._interrupted.is_set()
        status = self._rule.exit_status((each.id, each.verdict) for each in self._records)
        if not complete:
            status = ExitStatus.INTERRUPTED
        done = {(each.id, each.sut) for each in self._records}
        catalogue = load_catalogue()
        report = make_report(
            catalogue_version=catalogue.version,
            statuses=(),
            purposes=self._purposes,
            suts=self._suts(),
            records=self._records,
            rule=self._rule,
            not_run=[each.name for each in self._items if (each.purpose, each.sut) not in done],
            complete=complete,
            exit_status=status,
            started_at=self._started_at,
            duration_s=time.monotonic() - self._began,
            selection=[f"--only {each}" for each in self._options.only],
        )
        write_report(
            report,
            records=self._records,
            purposes=self._purposes,
            requirements=catalogue.requirements,
            out=out,
            lang=self._options.lang,
        )
        matrix = Matrix(
            generator=report.generator,
            started_at=self._started_at,
            duration_s=report.summary.duration_s,
            complete=complete,
            exit_status=int(status),
            systems=tuple(self._systems),
            purposes={name: Words.of(each.title) for name, each in self._purposes.items()},
            pairs=all_pairs(self._systems, self._purposes, self._records, bench.faults, self._rule),
        )
        write_file(out / MATRIX_JSON, matrix.to_json())
        write_file(out / MATRIX_HTML, matrix_page(matrix, self._options.lang))
        print_matrix(matrix, out / MATRIX_HTML, self._console, self._options.lang)
        return status


async def _true(work: Awaitable[None]) -> bool:
    await work
    return True


def _named(system: System) -> str:
    return f"{system.key}: {system.name} {system.version}"
