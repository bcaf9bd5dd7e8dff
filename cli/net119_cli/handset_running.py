"""Runs trials of phones and prints them; everything started is stopped, however it ends."""

import asyncio
import json
import random
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from net119_protocol.codes import Mode
from net119_protocol.labels import Label
from net119_protocol.profile.load import load_profiles
from net119_scenarios.header import header
from net119_scenarios.layout import WIDTH
from net119_simulators.handsets import Handset
from net119_simulators.handsets.bench import Bench
from net119_simulators.handsets.position import Measured
from net119_simulators.handsets.remote import Elsewhere, try_elsewhere
from net119_simulators.handsets.trial import Happened, TrialResult
from net119_simulators.person import point_in

from net119_cli import handset_report as report
from net119_cli.errors import UserError
from net119_cli.handset_output import in_use
from net119_cli.language import current_language, text

AT_ONCE = 3
"""Phones tried at the same time; the waiting is mostly the providers'."""
T = TypeVar("T")


@dataclass(frozen=True)
class Output:
    """How a trial is printed."""

    evidence: bool
    as_json: bool

    def begin(self, handset: Handset, department: str) -> None:
        """Who is tried where, and that it is a test."""
        if self.as_json:
            return
        print(*header(Mode.TEST, current_language().value, WIDTH), sep="\n")
        profile = load_profiles()[department]
        title, office = handset.title, profile.name
        name, where = in_use(Label(title.ja, title.en)), in_use(Label(office.ja, office.en))
        print(text(ja=f"{name}（{where}）", en=f"{name} ({where})"), flush=True)

    def tell(self, happened: Happened) -> None:
        """A step."""
        if not self.as_json:
            print(*report.step_lines(happened, evidence=self.evidence), sep="\n", flush=True)

    def end(self, entry: report.Entry) -> int:
        """The conclusion; returns the exit status."""
        if self.as_json:
            print(json.dumps(report.document([entry])[0], ensure_ascii=False, indent=2))
        else:
            print(*report.conclusion(entry), sep="\n")
        return 0 if entry.result.usable else 1


def try_here(handset: Handset, department: str, seed: int, output: Output) -> int:
    """At a provider started here; 0 if the user gets through, else 1."""

    async def act() -> TrialResult:
        if not output.as_json:
            print(text(ja="  起動しています…", en="  Starting ..."), flush=True)
        async with Bench([department]) as bench:
            return await bench.trial(handset, department, output.tell, seed=seed)

    output.begin(handset, department)
    return output.end(_entry(handset, department, run(act())))


def try_there(
    where: Elsewhere, handset: Handset, department: str, seed: int, output: Output
) -> int:
    """At a provider that runs elsewhere; 0 if the user gets through, else 1."""
    rng = random.Random(f"{handset.name}/{seed}")
    municipalities = load_profiles()[department].municipalities
    here = Measured(*point_in(rng, rng.choice(municipalities)), handset.position.accuracy_m)
    try:
        where.trusted()
    except (OSError, ValueError) as wrong:
        raise UserError(
            text(ja=f"認証局を読めません: {wrong}", en=f"the authority cannot be read: {wrong}"),
            "--ca",
            text(ja="PEM のファイルを指定してください", en="give a PEM file"),
        ) from wrong
    output.begin(handset, department)
    result = run(try_elsewhere(where, handset, here, output.tell))
    profile, plain = load_profiles()[department], where.plaintext_url
    entry = report.entry_elsewhere(
        handset, profile, result, url=where.base_url, plaintext_url=plain
    )
    return output.end(entry)


def matrix_here(
    handsets: Sequence[Handset],
    departments: Sequence[str],
    seed: int,
    *,
    html: Path | None,
    json_file: Path | None,
) -> int:
    """Every phone at every department; 0 if all came as predicted, else 1."""
    print(*header(Mode.TEST, current_language().value, WIDTH), sep="\n")
    print(text(ja="事業者を起動しています…", en="Starting the providers ..."), flush=True)
    total = len(handsets) * len(departments)
    done: list[report.Entry] = []

    def finished(entry: report.Entry) -> None:
        done.append(entry)
        mark = text(ja="予想どおり", en="as predicted")
        if entry.differences:
            mark = text(ja="予想と違う", en="NOT AS PREDICTED")
        line = f"[{len(done):>3}/{total}] {entry.handset.name} ({entry.department}): {mark}"
        print(line, file=sys.stderr, flush=True)

    entries = run(all_trials(handsets, departments, seed, finished))
    print(*report.matrix_lines(entries), sep="\n")
    if html is not None:
        html.write_text(report.html_page(entries), "utf-8")
    if json_file is not None:
        report.write_json(entries, json_file)
    return 1 if any(each.differences for each in entries) else 0


async def all_trials(
    handsets: Sequence[Handset],
    departments: Sequence[str],
    seed: int,
    finished: Callable[[report.Entry], None],
) -> list[report.Entry]:
    """Try every phone at every department, in the order of both.

    Raises what `Bench` raises on entering.
    """
    async with Bench(departments) as bench:
        pairs = [(handset, each) for each in departments for handset in handsets]
        return await trials_at(bench, pairs, seed, finished)


async def trials_at(
    bench: Bench,
    pairs: Sequence[tuple[Handset, str]],
    seed: int,
    finished: Callable[[report.Entry], None] = lambda _: None,
    *,
    registers: Callable[[Handset, str], bool] = lambda _handset, _department: True,
) -> list[report.Entry]:
    """Try phones at departments of a bench, a few at once; the results in the pairs' order.

    ``registers`` says whether a phone registers itself there; else staff key its owner in.
    """
    some = asyncio.Semaphore(AT_ONCE)

    async def one(handset: Handset, department: str) -> report.Entry:
        by_phone = registers(handset, department)
        async with some:
            result = await bench.trial(handset, department, seed=seed, register=by_phone)
        entry = _entry(handset, department, result, registered=by_phone)
        finished(entry)
        return entry

    return list(await asyncio.gather(*(one(*pair) for pair in pairs)))


def _entry(
    handset: Handset, department: str, result: TrialResult, *, registered: bool = True
) -> report.Entry:
    return report.entry_of(handset, load_profiles()[department], result, registered=registered)


def run(act: Coroutine[Any, Any, T]) -> T:
    """Run it; Ctrl-C, SIGTERM and SIGHUP end it in good order (KeyboardInterrupt)."""

    async def until_signalled() -> T:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        end: Callable[[], object] = task.cancel if task is not None else loop.stop
        # Ctrl-C is asyncio's own. These two would end this process without stopping anything.
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, end)
        return await act

    try:
        return asyncio.run(until_signalled())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
