"""Keeps the record of a drill on the disk while it goes on, for a process that ends suddenly."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from net119_simulators.errors import SimulatorError

from net119_scenarios.acted.timeline import Sort, Timeline
from net119_scenarios.drills import folder as folders
from net119_scenarios.drills.changes import Pacing
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.recorder import Recorder

_EVERY_S = 1.0
_SHARE = 20
"""The longer a record takes to write, the less often it is written: 5 % of the time at most."""


def telling(timeline: Timeline) -> Callable[[Exception], None]:
    """Says in the timeline that the record cannot be written."""

    def tell(wrong: Exception) -> None:
        why = str(wrong) if isinstance(wrong, SimulatorError) else repr(wrong)
        ja, en = f"記録を書けない: {why}", f"the record cannot be written: {why}"
        timeline.add("", Sort.STAGE, ja, en)

    return tell


async def keep(
    so_far: Callable[[], DrillRecord],
    recorder: Recorder,
    root: Path,
    pacing: Pacing,
    tell: Callable[[Exception], None],
) -> None:
    """From the beginning of the drill until it is cancelled, write what there is, as interrupted.

    ``so_far`` makes the record of now, once ``recorder`` says that the drill has begun.
    Whoever ends the drill writes the whole record in its place. ``tell`` is called once if it
    cannot be made or written, for whatever reason; the next time it may be possible.
    """
    told = False
    while not recorder.has_begun:
        await pacing.change(None)
    while True:
        begun = time.monotonic()
        try:
            record = so_far()
            folders.write(root / record.id, record, recorder.frames())
        except Exception as wrong:
            if not told:
                tell(wrong)
            told = True
        took = time.monotonic() - begun
        await asyncio.sleep(max(_EVERY_S, took * _SHARE))


__all__ = ["keep", "telling"]
