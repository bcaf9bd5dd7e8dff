"""A second round of a run, for what the suite itself was too slow to tell about in the first."""

import asyncio
from collections.abc import Sequence

from rich.console import Console

from net119_conformance.catalogue import Lang
from net119_conformance.environment import Description, Environment
from net119_conformance.errors import ConformanceError, SutUnavailable
from net119_conformance.interrupting import unless_interrupted
from net119_conformance.plan import PlanItem
from net119_conformance.report.words import say


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
    names = ", ".join(each.name for each in suspect)
    console.print(
        say(
            lang,
            en=f"The suite itself was too slow to tell; judged again, one by one: {names}",
            ja=f"試験する側の処理が遅れて判定できなかったため、一つずつ判定し直します: {names}",
        ),
        soft_wrap=True,
        markup=False,
        highlight=False,
    )
    try:
        return await unless_interrupted(interrupted, environment.renew())
    except (ConformanceError, SutUnavailable) as wrong:
        text = wrong.ja if isinstance(wrong, ConformanceError) else str(wrong)
        console.print(
            say(
                lang,
                en=f"They could not be judged again. {wrong}",
                ja=f"判定し直せませんでした。{text}",
            ),
            style="bold red",
            soft_wrap=True,
            markup=False,
        )
        return None
