"""What the leader of a drill does, and what the interlock lets nobody do."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from net119_protocol.codes import Mode
from net119_scenarios.drills import interlock
from net119_scenarios.drills import rehearsal as rehearsal_module
from net119_scenarios.drills.control import DrillState, NotNow, StepState
from net119_scenarios.drills.interlock import InterlockRefuses
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.rehearsal import Rehearsal
from net119_scenarios.drills.view import InterlockView

from tests.scenarios.drills.playing import SCENARIO, Place, Played, play


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """One for all drills here."""
    found = Place()
    yield found
    found.close()


@pytest.mark.slow
def test_the_leader_pauses_injects_skips_and_ends(place: Place, tmp_path: Path) -> None:
    async def deeds(it: Played) -> None:
        rehearsal, call = it.rehearsal, await it.call()
        await it.until_step(3, StepState.AWAITED)
        rehearsal.pause("leader")
        await it.console.answer(call)  # people may go on; what is simulated stands still
        await it.console.say(call, "どこですか。")
        await it.heard(call, "どこですか")
        with pytest.raises(NotNow):
            rehearsal.pause()
        stood, passed = it.view().elapsed_s, it.clock_s()
        await it.until(lambda _: it.clock_s() > passed + 0.3)
        assert it.view().elapsed_s == stood
        assert not any("ホーム" in line.text for line in it.console.lines(call))
        rehearsal.resume("leader")
        await it.heard(call, "二番ホーム")
        rehearsal.inject("moves", "leader")
        await it.until(
            lambda view: view.injections[1].times == 1 and not view.injections[1].running
        )
        assert (await it.console.record(call)).trail[-1].cause.value == "moved"
        with pytest.raises(LookupError):
            rehearsal.inject("earthquake")
        await it.until_step(8, StepState.AWAITED)
        rehearsal.skip("leader", number=8)
        with pytest.raises(NotNow):
            rehearsal.skip("leader", number=8)
        assert it.step(8).state is StepState.SKIPPED
        rehearsal.inject("falls-silent", "leader")
        await it.until(lambda view: bool(view.calls) and view.calls[0].presence == "gone")
        rehearsal.end("leader")

    record, rehearsal = play(place, tmp_path, deeds)
    assert [(each.what, each.detail) for each in record.controls] == [
        ("start", ""),
        ("pause", ""),
        ("resume", ""),
        ("inject", "moves"),
        ("skip", "8"),
        ("inject", "falls-silent"),
        ("end", ""),
    ]
    assert len(record.pauses) == 1
    states = {step.number: step.state for step in record.steps}
    assert (states[7], states[10]) == ("skipped", "not-reached")
    assert not record.held
    with pytest.raises(NotNow):
        rehearsal.inject("moves")


@pytest.mark.slow
def test_a_drill_that_ends_before_it_begins_has_a_record(place: Place, tmp_path: Path) -> None:
    async def run() -> DrillRecord:
        rehearsal = Rehearsal(SCENARIO, place.venue, name="faint", folder=tmp_path)
        with pytest.raises(NotNow, match="places"):
            rehearsal.start()
        running = asyncio.create_task(rehearsal.run())
        await rehearsal.until_ready()
        rehearsal.end("leader")
        return await running

    record = place.runner.run(run())
    assert record.calls == ()
    assert {step.state for step in record.steps} == {"not-reached"}
    assert [check.reached for check in record.checks] == [False] * 3


@pytest.mark.slow
def test_the_interlock_stops_injections_when_a_live_call_appears(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from net119_scenarios.drills import lookout

    live: list[Any] = []
    asked = lookout.Lookout._calls

    async def calls(self: Any, provider: str, center: str) -> Any:
        found = await asked(self, provider, center)
        # A provider of a drill takes no live calls: what one elsewhere would show is put here.
        return (
            tuple(each.model_copy(update={"mode": Mode.LIVE}) for each in found) if live else found
        )

    monkeypatch.setattr(lookout.Lookout, "_calls", calls)

    async def deeds(it: Played) -> None:
        assert it.view().interlock.safe
        await it.call()
        live.append(True)
        view = await it.until(lambda view: not view.interlock.safe)
        assert view.interlock.reasons[0].code == "live-call"
        assert len(view.interlock.live_calls) == 1
        assert not view.can.inject
        with pytest.raises(InterlockRefuses, match="live call"):
            it.rehearsal.inject("moves")
        it.rehearsal.end()

    record, _ = play(place, tmp_path, deeds)
    assert [each.what for each in record.controls] == ["start", "end"]


@pytest.mark.slow
def test_no_drill_begins_beside_a_live_call(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Looking:
        """Sees what a lookout of a system in use would see."""

        def __init__(self, *_: object) -> None: ...

        async def look(self, _shown: object = ()) -> InterlockView:
            """A live call."""
            live: Any = SimpleNamespace(
                call_id=uuid4(),
                mode=Mode.LIVE,
                closed_at=None,
                owner=SimpleNamespace(name_ja="苫小牧市消防本部"),
            )
            return interlock.look("drill", {"aoba": "https://127.0.0.2:1"}, [live])

        async def close(self) -> None:
            """Nothing is open."""

    monkeypatch.setattr(rehearsal_module, "Lookout", Looking)

    async def run() -> Rehearsal:
        rehearsal = Rehearsal(SCENARIO, place.venue, name="faint", folder=tmp_path)
        with pytest.raises(InterlockRefuses, match="a live call"):
            await rehearsal.run(start=True)
        return rehearsal

    rehearsal = place.runner.run(run())
    assert rehearsal.state is DrillState.ENDED
    view = rehearsal.snapshot()
    assert not view.can.start
    assert view.calls == ()
    assert list(tmp_path.iterdir()) == []
