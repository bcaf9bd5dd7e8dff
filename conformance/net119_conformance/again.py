"""A second round of a run, for what the suite itself was too slow to tell about in the first."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from net119_conformance.catalogue import Lang
from net119_conformance.environment import Description, Environment
from net119_conformance.errors import ConformanceError, DriverFailed
from net119_conformance.interrupting import unless_interrupted
from net119_conformance.judge import evidence_name
from net119_conformance.plan import PlanItem
from net119_conformance.record import ItemRecord
from net119_conformance.report.files import FIRST
from net119_conformance.report.words import say
from net119_conformance.verdict import Verdict

MOST = 40
"""More than that is no moment in which a machine stood still: it is too busy for the suite."""
WITHIN_S = 180.0
"""Within which the environment has to be ready again."""


async def renewed(
    environment: Environment,
    suspect: Sequence[PlanItem],
    interrupted: asyncio.Event,
    console: Console,
    lang: Lang,
) -> Description | None:
    """Say what is judged again, and have the environment ready for it.

    None if it cannot be, which is said, or the run was interrupted: then what was found stands,
    that nothing can be told.
    """

    def tell(*, en: str, ja: str, style: str = "") -> None:
        words = say(lang, en=en, ja=ja)
        console.print(words, style=style, soft_wrap=True, markup=False, highlight=False)

    names = ", ".join(each.name for each in suspect)
    if len(suspect) > MOST:
        tell(
            en=f"The suite itself was too slow to tell about {len(suspect)} test purposes. This "
            f"machine is too busy; run them again when it is not, or with fewer --hands: {names}",
            ja=f"試験する側の処理が遅れ、{len(suspect)} 件を判定できませんでした。"
            f"負荷の低いときに、または --hands を減らして、再度実行してください: {names}",
            style="bold red",
        )
        return None
    tell(
        en=f"The suite itself may have been too slow to tell; {len(suspect)} judged again, one by "
        f"one: {names}",
        ja=f"試験する側の処理が遅れて判定できなかった可能性があるため、{len(suspect)} 件を一つずつ"
        f"判定し直します: {names}",
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            return await unless_interrupted(interrupted, environment.renew())
    except Exception as wrong:
        # Whatever it is: what was judged is judged, and the report says it.
        en = ja = f"{type(wrong).__name__}: {wrong}"
        if isinstance(wrong, ConformanceError | DriverFailed):
            en, ja = str(wrong), wrong.ja
        elif isinstance(wrong, TimeoutError):
            en = f"Nothing was ready again within {WITHIN_S:g} s."
            ja = f"{WITHIN_S:g} 秒以内に準備が終わりませんでした。"
        tell(
            en=f"They could not be judged again. {en}",
            ja=f"判定し直せませんでした。{ja}",
            style="bold red",
        )
        return None


def second_verdict(
    first: ItemRecord, second: ItemRecord | None, out: Path, again: Path
) -> ItemRecord:
    """The record that counts. If it is the second, its evidence comes from below ``again`` to its
    place below ``out``, and that of the first is kept aside.

    A second time that was interrupted, or broke, changes no verdict; that it broke stands beside
    the reasons.
    """
    if second is not None and second.verdict is Verdict.HARNESS_ERROR:
        told = [each.model_copy(update={"verdict": first.verdict}) for each in second.reasons]
        return first.model_copy(update={"reasons": (*first.reasons, *told)})
    if second is None or second.evidence is None:
        return first
    name = evidence_name(first.id, first.sut)
    kept = Path(FIRST) / Path(name).name
    (out / FIRST).mkdir(exist_ok=True)
    if (out / name).exists():
        (out / name).replace(out / kept)
    shutil.move(again / name, out / name)
    return second.model_copy(update={"first": kept.as_posix()})
