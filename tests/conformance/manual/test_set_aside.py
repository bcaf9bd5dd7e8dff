"""While a person acts no time of an observation goes by; a slow tester is no silent system."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from net119_conformance.environment import Sut
from net119_conformance.evidence import EvidenceLog
from net119_conformance.judge import judge_item
from net119_conformance.manual.doable import DOABLE
from net119_conformance.manual.steps import MOST_EXTENSIONS
from net119_conformance.purpose import Purpose
from net119_conformance.record import ItemRecord
from net119_conformance.sut.time_limits import (
    BETWEEN_STEPS_S,
    MOST_STEPS,
    time_limit,
    time_limit_by_hand,
)
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_simulators.network.specs import Timers

from tests.conformance.engine import toy_purposes
from tests.conformance.engine.toy_world import toy


def observed(folder: Path, *, aside: bool) -> bool:
    """Whether an act of a person that takes longer than the limit counts as seen."""

    async def go() -> bool:
        with EvidenceLog(folder / "evidence" / "TOY--sut.jsonl") as evidence:
            trial = Trial(toy_purposes.PASS, evidence)

            async def person() -> str:
                done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
                asyncio.get_running_loop().call_later(0.1, done.set_result, "done")
                with trial.set_aside() if aside else nullcontext():
                    return await done

            seen = await trial.observe("a person acts", person(), 0.05, expected="done")
            # Time goes on afterwards as before.
            never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            assert await trial.observe("nothing more", never, 0.02, expected="x") is None
            return seen == "done"

    return asyncio.run(go())


def test_time_stands_still_while_a_person_acts(tmp_path: Path) -> None:
    assert observed(tmp_path, aside=True)
    assert not observed(tmp_path, aside=False)


class Patient:
    """A bench at which people act: the purpose's own time is short, theirs is not."""

    @asynccontextmanager
    async def open(self, purpose: Purpose, sut: Sut, trial: Trial) -> AsyncIterator[None]:
        trial.work_limit_s = 0.05
        yield


def judged(folder: Path, *, aside: bool) -> ItemRecord:
    """A purpose in which a person takes longer than its function may."""

    async def body(trial: Trial, world: None) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.1, done.set_result, None)
        with trial.set_aside() if aside else nullcontext():
            await done
        trial.check("the person has acted", True, expected="", seen="")
        if not aside:
            return
        # Time goes on afterwards as before.
        with trial.waiting("what never comes"):
            await asyncio.Event().wait()

    return judge_item(toy("TOY-SLOW", body), Sut(key="toy", name="Toy"), Patient(), folder)


def test_the_limit_of_the_whole_purpose_stands_still_too(tmp_path: Path) -> None:
    slow = judged(tmp_path, aside=True)
    assert [each.name for each in slow.checks] == ["the person has acted"]
    assert slow.verdict is Verdict.INCONCLUSIVE
    assert "was waiting for: what never comes" in slow.reasons[0].en
    assert not judged(tmp_path, aside=False).checks


def test_only_purposes_that_ask_a_person_get_a_persons_time() -> None:
    timers, step_s = Timers(), 300.0
    nobody = toy_purposes.PASS
    assert time_limit_by_hand(nobody, timers, step_s) == time_limit(nobody, timers)
    for name in sorted(DOABLE):
        one = replace(nobody, id=name)
        allowed = MOST_STEPS * step_s * (1 + MOST_EXTENSIONS)
        limit = time_limit_by_hand(one, timers, step_s)
        assert limit == time_limit(one, timers) + BETWEEN_STEPS_S + allowed
