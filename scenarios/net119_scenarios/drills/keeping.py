"""Keeps the record of a drill on the disk while it goes on, for a process that ends suddenly."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from net119_scenarios.drills import folder as folders
from net119_scenarios.drills.changes import Pacing
from net119_scenarios.drills.folder import BrokenRecord
from net119_scenarios.drills.recorder import Recorder

_EVERY_S = 1.0
_SHARE = 20
"""The longer a record takes to write, the less often it is written: 5 % of the time at most."""


async def keep(
    recorder: Recorder, root: Path, pacing: Pacing, tell: Callable[[BrokenRecord], None]
) -> None:
    """From the beginning of the drill until it is cancelled, write what there is, as interrupted.

    Whoever ends the drill writes the whole record in its place. ``tell`` is called once if it
    cannot be written; the next time it may be possible.
    """
    told = False
    while not recorder.has_begun:
        await pacing.change(None)
    while True:
        begun = time.monotonic()
        record = recorder.so_far()
        try:
            folders.write(root / record.id, record, recorder.frames())
        except BrokenRecord as wrong:
            if not told:
                tell(wrong)
            told = True
        took = time.monotonic() - begun
        await asyncio.sleep(max(_EVERY_S, took * _SHARE))


__all__ = ["keep"]
