"""A recorder beside a scenario that is acted out keeps what the screens showed."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from net119_protocol.api.common import LineFrame
from net119_protocol.api.console import ConsoleOut
from net119_protocol.api.replays import Replay
from net119_protocol.codes import CallState, Mode, SenderRole
from net119_scenarios.acted import library
from net119_scenarios.acted.performance import Outcome, Performance
from net119_scenarios.acted.venue import Venue
from net119_scenarios.drills import folder
from net119_scenarios.drills.folder import BrokenRecord
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.recorder import Recorder
from net119_scenarios.drills.report.analysis import analysed
from net119_scenarios.drills.report.replay import replay_of
from net119_simulators.dispatcher import Dispatcher
from pydantic import TypeAdapter


def recorded(name: str, into: Path) -> tuple[Outcome, DrillRecord]:
    """Act a scenario out, and read back what was recorded of it."""
    scenario = library.load(name)

    async def act() -> Outcome:
        venue = Venue(scenario)
        recorder = Recorder(scenario, name, clock=lambda: venue.now)
        async with venue:
            outcome = await Performance(scenario, venue, chronicle=recorder).run()
            folder.write(into, recorder.finished(), recorder.frames())
            for center in folder.centers_with_frames(into):
                await replayable(venue, into, center)
            return outcome

    return asyncio.run(act()), folder.read(into)


async def replayable(venue: Venue, drill: Path, center: str) -> None:
    """A provider takes the replay of a center, and shows it to a dispatcher there as it was."""
    provider = venue.view().centers[center].provider
    replay_id, replay = replay_of(drill, center)
    kept = await venue.network.operation(provider).keep_replay(replay_id, replay)
    assert kept.frames == len(replay.frames)
    token = await venue.network.dispatcher_token(provider, center, "見る人")
    url = venue.network.base_url(provider)
    async with Dispatcher(url, venue.network.tls, token) as console:
        seen = await console.api.ask("replay", Replay, path={"replay_id": replay_id})
    assert [(each.at, each.frame.type) for each in seen.frames] == [
        (each.at, each.frame["type"]) for each in replay.frames
    ]


@pytest.mark.slow
def test_a_call_is_kept_with_the_screens_of_both_sides(tmp_path: Path) -> None:
    outcome, record = recorded("traveller-falls-ill", tmp_path)
    assert outcome.result.ok
    assert record.held
    assert record.mode is Mode.DRILL
    assert [each.code for each in record.centers] == ["chitose", "tomakomai"]
    assert {each.actor: each.by for each in record.roles} == {
        "tourist": "simulator",
        "chitose": "simulator",
        "tomakomai": "simulator",
    }
    (call,) = record.calls
    assert (call.name, call.caller, call.caller_name) == ("tourist", "tourist", "髙橋　𠮷子")
    screens = {each.of: each for each in call.screens}
    phone, console = screens["tourist"], screens["chitose"]
    assert [line.said for line in phone.lines] == [line.said for line in console.lines]
    assert [line.said for line in phone.lines].count("胸") == 1, "a tapped answer by its label"
    asked = next(line for line in console.lines if line.options)
    assert asked.options == ("胸", "背中", "腕")
    assert next(line for line in console.lines if line.choice).answers == asked.seq
    assert {line.sender for line in phone.lines} >= {SenderRole.CALLER, SenderRole.DISPATCHER}
    states = [each.state for each in console.states if each.mine]
    assert states == sorted(states, key=[*CallState].index)
    assert (states[0], states[-1]) == (CallState.RINGING, CallState.CLOSED)
    assert console.positions[0].lat == pytest.approx(42.8213)
    assert console.positions[0].radius_m == 100.0
    assert [(act.what, act.center, act.detail) for act in call.acts] == [
        ("dispatched", "chitose", "千歳救急1")
    ]
    dispatched = call.acts[0].at_s
    closed = next(each.at_s for each in console.states if each.state is CallState.CLOSED)
    answered = record.moments["answered"]
    assert record.moments["called"] <= answered <= dispatched <= closed
    assert all(step.state == "done" and step.began_s is not None for step in record.steps)
    assert [told.words.ja for told in record.entries] == [
        entry.words.ja for entry in outcome.timeline.entries
    ]
    frames = folder.read_frames(tmp_path, "chitose")
    assert folder.centers_with_frames(tmp_path) == ("chitose", "tomakomai")
    assert frames[0].frame["type"] == "welcome"
    reading: TypeAdapter[object] = TypeAdapter(ConsoleOut)
    told = [each.frame for each in frames if each.frame["type"] != "acts"]
    read = [reading.validate_python(each) for each in told]
    lines = [each.line.seq for each in read if isinstance(each, LineFrame)]
    assert lines == [line.seq for line in console.lines], "each once, whatever consoles were open"
    (acts,) = (each.frame for each in frames if each.frame["type"] == "acts")
    assert "千歳救急1" in json.dumps(acts["dispatches"], ensure_ascii=False)
    replay_id, replay = replay_of(tmp_path, "chitose")
    assert replay_of(tmp_path, "chitose")[0] == replay_id
    assert replay_of(tmp_path, "tomakomai")[0] != replay_id
    assert abs(replay.began_at - record.began) < timedelta(milliseconds=1)
    assert replay.title_en == record.title.en
    assert [each.at for each in replay.frames] == [each.at for each in frames]
    assert replay.length_s >= frames[-1].at
    analysis = analysed(record)
    assert (analysis.differences, analysis.late) == ((), ())
    (times,) = analysis.calls
    shown = {each.figure: each.seconds for each in times.times}
    assert None not in [shown[each] for each in shown if "transfer" not in each]
    with pytest.raises(BrokenRecord, match="no such file"):
        replay_of(tmp_path, "aso")
