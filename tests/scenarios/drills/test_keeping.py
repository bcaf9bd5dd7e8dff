"""The record on the disk while a drill goes on."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from net119_scenarios.acted.timeline import Entry, Timeline
from net119_scenarios.drills import folder as folders
from net119_scenarios.drills import keeping
from net119_scenarios.drills.changes import Pacing
from net119_scenarios.drills.control import Control
from net119_scenarios.drills.folder import BrokenRecord
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.recorder import Recorder

from tests.scenarios.drills.playing import SCENARIO


async def kept(
    recorder: Recorder,
    root: Path,
    deeds: Callable[[], None],
    holds: Callable[[], bool],
    tell: Callable[[Exception], None],
) -> None:
    """Keep until something holds; ``deeds`` happen once it is kept."""
    pacing = Pacing(Control(len(SCENARIO.timeline)))
    task = asyncio.create_task(keeping.keep(recorder.so_far, recorder, root, pacing, tell))
    await asyncio.sleep(0)
    assert not task.done(), "it waits for the beginning"
    recorder.began()
    pacing.changed()
    deeds()
    async with asyncio.timeout(10):
        while not holds():
            assert not task.done()
            await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_a_record_is_written_step_by_step_until_the_drill_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_EVERY_S", 0.0)
    recorder = Recorder(SCENARIO, "faint", pace=1)
    wrong: list[Exception] = []

    def now() -> DrillRecord | None:
        found = list(folders.drills_in(tmp_path))
        return folders.read(found[0]) if found else None

    def deeds() -> None:
        recorder.step_began(0)
        recorder.step_ended(0)
        recorder.pause()

    def holds() -> bool:
        record = now()
        return record is not None and record.steps[0].state == "done"

    asyncio.run(kept(recorder, tmp_path, deeds, holds, wrong.append))
    seen = now()
    assert seen is not None
    assert (seen.interrupted, seen.pace, seen.checks, len(seen.pauses)) == (True, 1, (), 1)
    assert recorder.paused, "to look ends no pause"
    assert not wrong
    whole = recorder.finished()
    assert (whole.id, whole.interrupted) == (seen.id, False)
    folders.write(tmp_path / whole.id, whole, recorder.frames())
    assert now() == whole


def test_a_folder_that_cannot_be_written_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_EVERY_S", 0.0)
    root = tmp_path / "file"
    root.write_text("")
    tries = 0
    write = folders.write

    def counted(*given: object) -> None:
        nonlocal tries
        tries += 1
        write(*given)  # type: ignore[arg-type]  # handed on as they come

    monkeypatch.setattr(folders, "write", counted)
    wrong: list[Exception] = []
    recorder = Recorder(SCENARIO, "faint")
    asyncio.run(kept(recorder, root, lambda: None, lambda: tries >= 3, wrong.append))
    assert len(wrong) == 1
    assert isinstance(wrong[0], BrokenRecord)
    assert "cannot be written" in wrong[0].what


def test_whatever_breaks_a_record_is_told_once_and_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_EVERY_S", 0.0)
    recorder = Recorder(SCENARIO, "faint")
    so_far, tries = recorder.so_far, 0

    def broken_twice() -> DrillRecord:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise KeyError("髙𠮷①")
        return so_far()

    monkeypatch.setattr(recorder, "so_far", broken_twice)
    told: list[Entry] = []
    timeline = Timeline(told.append, lambda: datetime.now(UTC))
    tell = keeping.telling(timeline)

    def holds() -> bool:
        return bool(list(folders.drills_in(tmp_path)))

    asyncio.run(kept(recorder, tmp_path, lambda: None, holds, tell))
    (entry,) = told
    assert "KeyError('髙𠮷①')" in entry.words.ja
    assert "cannot be written" in entry.words.en
    assert tries >= 3
