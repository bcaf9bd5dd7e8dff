"""While a person acts no time of an observation goes by; a slow tester is no silent system."""

import asyncio
from contextlib import nullcontext
from pathlib import Path

from net119_conformance.evidence import EvidenceLog
from net119_conformance.trial import Trial

from tests.conformance.engine import toy_purposes


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
