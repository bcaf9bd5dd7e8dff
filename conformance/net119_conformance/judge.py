"""Runs one purpose against one SUT and turns whatever happens into a record with a verdict."""

import asyncio
import traceback
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Any

from net119_simulators.errors import SimulatorError, Unreachable

from net119_conformance.catalogue import Text
from net119_conformance.environment import Bench, Sut
from net119_conformance.errors import SUT_ANSWERS, DriverFailed, SutUnavailable, TrialEnded
from net119_conformance.evidence import EvidenceLog
from net119_conformance.purpose import Purpose
from net119_conformance.record import ItemRecord
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict

OPEN_TIMEOUT_S = 60.0
"""For the world of an item to be opened, and again for it to be closed."""
TRACEBACK_FRAMES = 6


def evidence_name(purpose_id: str, sut: str) -> str:
    """Where the evidence of an item lies, relative to the report's folder."""
    return f"evidence/{purpose_id}--{sut}.jsonl"


def with_evidence(record: ItemRecord, out: Path) -> ItemRecord:
    """The record, with the evidence below `out` that an item left which did not come to its end."""
    evidence = evidence_name(record.id, record.sut)
    return record.model_copy(update={"evidence": evidence}) if (out / evidence).exists() else record


def judge_item(
    purpose: Purpose,
    sut: Sut,
    bench: Bench,
    out: Path,
    *,
    open_timeout_s: float = OPEN_TIMEOUT_S,
    timeout_s: float | None = None,
) -> ItemRecord:
    """Run `purpose` against `sut` in an event loop of its own; writes its evidence below `out`.

    `timeout_s` is the time that its function may take, by default the purpose's own.
    Raises nothing but KeyboardInterrupt and SystemExit: everything else becomes a verdict.
    """
    name = evidence_name(purpose.id, sut.key)
    with EvidenceLog(out / name) as evidence:
        trial = Trial(purpose, evidence, derived_binds=sut.derived_binds)
        try:
            limit_s = purpose.timeout_s if timeout_s is None else timeout_s
            asyncio.run(_run(purpose, sut, bench, trial, open_timeout_s, limit_s))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as problem:
            # Also outcomes of pytest (skip, fail), which are no Exceptions: none may end a
            # purpose, or a skip would look like one that does not apply.
            conclude_from(trial, problem)
        return _record(purpose, sut, trial, name)


async def judge_here(
    purpose: Purpose, sut: Sut, bench: Bench, out: Path, *, timeout_s: float
) -> ItemRecord:
    """As `judge_item`, in the event loop that runs; it may be cancelled."""
    name = evidence_name(purpose.id, sut.key)
    loop = asyncio.get_running_loop()
    handler = loop.get_exception_handler()
    with EvidenceLog(out / name) as evidence:
        trial = Trial(purpose, evidence, derived_binds=sut.derived_binds)
        try:
            await _run(purpose, sut, bench, trial, OPEN_TIMEOUT_S, timeout_s)
        except Exception as problem:
            conclude_from(trial, problem)
        finally:
            loop.set_exception_handler(handler)
        return _record(purpose, sut, trial, name)


def _record(purpose: Purpose, sut: Sut, trial: Trial, name: str) -> ItemRecord:
    """What a trial that is over came to."""
    evidence = trial.evidence
    if evidence.failure is not None:
        trial.conclude(
            Verdict.HARNESS_ERROR,
            en=f"the evidence could not be written: {evidence.failure}",
            ja=f"記録を書き込めませんでした: {evidence.failure}",
        )
    return ItemRecord(
        id=purpose.id,
        sut=sut.key,
        verdict=trial.verdict(),
        checks=trial.checks,
        reasons=trial.reasons(),
        started_at=evidence.started_at,
        duration_s=round(evidence.elapsed(), 3),
        evidence=name,
        in_doubt=trial.in_doubt,
        suspect=trial.suspect,
    )


async def _run(
    purpose: Purpose,
    sut: Sut,
    bench: Bench,
    trial: Trial,
    open_timeout_s: float,
    timeout_s: float,
) -> None:
    opened: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: _stray(trial, context.get("exception"))
    )

    async def open_world() -> None:
        opened.append(await context.__aenter__())

    async def close_world() -> None:
        await context.__aexit__(None, None, None)

    context = bench.open(purpose, sut, trial)
    opening = Text(en="the world of the purpose to open", ja="準備の完了")
    step = Text(en="its own next step", ja="試験の次の手順")
    with trial.standstill.watched():
        if not await _stage(trial, open_world(), open_timeout_s, opening):
            return
        try:
            work = trial.go_through(purpose.function(trial, opened[0]))
            own_s = timeout_s if trial.work_limit_s is None else min(timeout_s, trial.work_limit_s)
            await _stage(trial, work, own_s, step)
        finally:
            closing = Text(en="the world of the purpose to close", ja="後始末の完了")
            await _stage(trial, close_world(), open_timeout_s, closing)


async def _stage(trial: Trial, work: Awaitable[None], limit_s: float, waiting_for: Text) -> bool:
    """Await `work` within `limit_s`; whatever it raises becomes a conclusion. True if it ended."""
    limit = asyncio.timeout(limit_s)
    try:
        async with trial.limited(limit):
            await work
    except TimeoutError as late:
        if not limit.expired():
            conclude_from(trial, late)
            return False
        what = " > ".join(trial.waiting_for)
        trial.doubt_if_still()
        trial.conclude(
            Verdict.INCONCLUSIVE,
            en=f"not finished within {limit_s:g} s; was waiting for: {what or waiting_for.en}",
            ja=f"{limit_s:g} 秒以内に終わりませんでした。待っていたもの: {what or waiting_for.ja}",
        )
        return False
    except Exception as problem:
        conclude_from(trial, problem)
        return False
    return True


def conclude_from(trial: Trial, problem: BaseException) -> None:
    """Record what an exception that came out of a purpose or a world means."""
    for leaf in _leaves(problem):
        text = _one_line(leaf)
        if isinstance(leaf, TrialEnded):
            continue
        if isinstance(leaf, DriverFailed):
            trial.conclude(Verdict.INCONCLUSIVE, en=str(leaf), ja=leaf.ja)
        elif (doubt := trial.too_late(leaf) if isinstance(leaf, Exception) else None) is not None:
            trial.doubt(doubt)
        elif isinstance(leaf, SutUnavailable | Unreachable):
            trial.conclude(
                Verdict.INCONCLUSIVE,
                en=f"the system under test cannot be reached: {leaf}",
                ja=f"試験対象に接続できません: {leaf}",
            )
        elif isinstance(leaf, SUT_ANSWERS):
            trial.conclude(
                Verdict.INCONCLUSIVE,
                en=f"on the way to what is judged the system under test answered otherwise: {text}",
                ja=f"判定に至る前に、試験対象が別の答えを返しました: {text}",
            )
        elif isinstance(leaf, TimeoutError):
            # Outside of `observe`: a step on the way to what is judged did not happen.
            waiting = " > ".join(trial.waiting_for)
            detail = "; ".join(part for part in (waiting, str(leaf)) if part) or text
            trial.doubt_if_still()
            trial.conclude(
                Verdict.INCONCLUSIVE,
                en=f"waited in vain: {detail}",
                ja=f"待っていたことが起きませんでした: {detail}",
            )
        else:
            trial.conclude(
                Verdict.HARNESS_ERROR,
                en=f"the suite itself broke: {text}",
                ja=f"試験側の異常です: {text}",
            )
        trial.evidence.note(_short_traceback(leaf))


def _stray(trial: Trial, problem: BaseException | None) -> None:
    """Record what nobody caught: a simulator that breaks in a callback must not look like a SUT
    that stays silent. Noise of the event loop itself, of connections for instance, is left out."""
    if not isinstance(problem, Exception) or isinstance(problem, SimulatorError | OSError):
        return
    frames = traceback.extract_tb(problem.__traceback__)
    if any("net119_" in frame.filename for frame in frames):
        conclude_from(trial, problem)


def _leaves(problem: BaseException) -> Iterator[BaseException]:
    if isinstance(problem, BaseExceptionGroup):
        for inner in problem.exceptions:
            yield from _leaves(inner)
    else:
        yield problem


def _one_line(problem: BaseException) -> str:
    said = " ".join(str(problem).split())
    return f"{type(problem).__name__}: {said}" if said else type(problem).__name__


def _short_traceback(problem: BaseException) -> str:
    """The last frames, with file names only: reports leave the machine they were made on."""
    frames = traceback.extract_tb(problem.__traceback__)[-TRACEBACK_FRAMES:]
    lines = [
        f"  {frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} in {frame.name}: {frame.line}"
        for frame in frames
    ]
    return "\n".join(["traceback (last frames):", *lines, _one_line(problem)])
