"""A drill that a person plays: here a client of the documented API at another console."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import CallState, CloseOutcome, Kind, Mode, PlaceChoice
from net119_scenarios.acted.reading import read_scenario
from net119_scenarios.drills.control import StepState
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.rehearsal import Rehearsal
from net119_scenarios.drills.roles import RolePlay

from tests.scenarios.drills.playing import FAINT, LONG, SCENARIO, Place, Played, play

TUNNEL = (
    FAINT[: FAINT.index("timeline:")]
    + """\
timeline:
  - {id: called, actor: rider, do: call, kind: ambulance}
  - {actor: rider, do: converse, meanwhile: true}
  - {id: answered, actor: tomakomai, do: answer}
  - {actor: rider, do: lose, how: tunnel}
  - {actor: tomakomai, do: wait, presence: gone}
  - {id: called-back, actor: tomakomai, do: call-back}
  - {actor: rider, do: open-callback}
  - {id: welcomed, actor: tomakomai, do: say, text: 戻れましたね。}
  - {actor: rider, do: hear, text: 戻れましたね}
  - {actor: rider, do: say, text: はい。}
  - {id: sent, actor: tomakomai, do: dispatch, units: 救急1（訓練）}
  - {id: closed, actor: tomakomai, do: close, outcome: practice-done}
must:
  - {check: callback, actor: tomakomai, state: opened}
targets:
  - {begin: called, end: answered, seconds: 20, what: {ja: 応答まで, en: until the answer}}
"""
    + FAINT[FAINT.index("drill:") : FAINT.index("  bad:")]
)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """One for all drills here."""
    found = Place()
    yield found
    found.close()


@pytest.mark.slow
def test_a_person_plays_the_dispatcher_in_own_words(place: Place, tmp_path: Path) -> None:
    async def deeds(it: Played) -> None:
        call = await it.call()
        await it.until_step(3, StepState.AWAITED)
        assert it.step(3).person
        await it.console.answer(call)
        await it.until_step(8, StepState.AWAITED)
        await it.console.say(call, "119番、消防です。いまどこにいますか？")
        await it.heard(call, "二番ホーム")
        await it.console.say(call, "こきゅうはどうですか")
        await it.heard(call, "わかりません")  # kana are no kanji: this caller knows 呼吸 and 息
        await it.console.say(call, "息をしていますか。")
        await it.heard(call, "息はあります")
        await it.console.record_dispatch(call, "救急7")
        await it.console.say(call, "救急車がすぐ行きます。")
        await it.until_step(10, StepState.DONE)
        await it.console.close(call, CloseOutcome.PRACTICE_DONE)

    record, _ = play(place, tmp_path, deeds)
    role = record.role("tomakomai")
    assert role is not None
    assert (role.by, role.who) == ("person", "佐藤")
    assert {step.state for step in record.steps} == {"done"}, record.steps
    assert record.held, record.checks
    assert {"called", "answered", "asked-where", "asked-breathing", "sent"} <= record.moments.keys()
    assert [each.text for each in record.not_understood] == ["こきゅうはどうですか"]
    told = [(entry.actor, entry.words.ja) for entry in record.entries]
    assert ("tomakomai", "出動を記録する（訓練）: 救急7") in told, told
    assert ("tomakomai", "発言1 「119番、消防です。いまどこにいますか？」") in told, told


@pytest.mark.slow
def test_a_step_waits_for_its_like_and_for_nothing_else(place: Place, tmp_path: Path) -> None:
    async def deeds(it: Played) -> None:
        call = await it.call()
        await it.console.answer(call)
        await it.until_step(8, StepState.AWAITED)
        # Talk, a question for the position and a look at the record send nobody.
        await it.console.say(call, "少し待ってください。")
        asked = await it.console.ask_location(call)
        assert asked.handset_connected
        record = await it.console.record(call)
        assert record.dispatches == ()
        async with asyncio.timeout(LONG):  # the simulated phone answers by itself
            while not [p for p in record.trail if p.cause.value == "asked"]:
                record = await it.console.record(call)
        await it.looked(8)
        assert it.step(8).state is StepState.AWAITED
        await it.console.record_dispatch(call, "救急7")
        await it.until_step(8, StepState.DONE)
        await it.until(
            lambda view: (
                view.steps[10].state is StepState.AWAITED or view.steps[9].state is StepState.DOING
            )
        )
        it.rehearsal.end("leader")

    record, _ = play(place, tmp_path, deeds)
    states = {step.number: step.state for step in record.steps}
    assert (states[7], states[10]) == ("done", "not-reached")
    acts = [(act.what, act.center) for act in record.calls[0].acts]
    assert acts == [("position-asked", "tomakomai"), ("dispatched", "tomakomai")]
    assert [each.what for each in record.controls] == ["start", "end"]


@pytest.mark.slow
def test_a_call_back_that_fails_is_not_done(place: Place, tmp_path: Path) -> None:
    scenario = read_scenario(TUNNEL, "tunnel.yaml")

    async def deeds(it: Played) -> None:
        boxes = it.venue.boxes
        call = await it.call()
        await it.console.answer(call)
        await it.console.record_dispatch(call, "救急7")  # long before the script wants it
        await it.until_step(6, StepState.AWAITED)
        await it.console.say(call, "息はありますか。")  # read when the caller is back
        mail = (await it.console.record(call)).call.registrant.mail
        good = it.venue.situation("open")
        boxes.set_rule(mail, it.venue.situation("no-such-mailbox"))
        back = await it.console.call_back(call)
        await it.console.wait_for_callback(
            call, lambda b: b.number == back.number and b.state == "failed", LONG
        )
        await it.looked(6)
        assert it.step(6).state is StepState.AWAITED
        boxes.set_rule(mail, good)
        await it.console.call_back(call)
        await it.until_step(7, StepState.DONE)
        await it.heard(call, "息はあります。")
        await it.console.say(call, "つながりましたね。")
        await it.until_step(11, StepState.DONE)
        await it.console.close(call, CloseOutcome.PRACTICE_DONE)

    record, _ = play(place, tmp_path, deeds, scenario)
    assert {step.state for step in record.steps} == {"done"}, record.steps
    assert [act.what for call in record.calls for act in call.acts].count("callback-failed") == 1
    moments = record.moments
    assert record.steps[10].id == "sent"
    began_s = record.steps[10].began_s
    assert began_s is not None
    assert moments["answered"] <= moments["sent"] < moments["called-back"] < began_s
    (sent,) = (act for act in record.calls[0].acts if act.what == "dispatched")
    assert moments["sent"] == sent.at_s, "what the same report shows elsewhere"


@pytest.mark.slow
def test_a_person_calls_with_a_real_phone(place: Place, tmp_path: Path) -> None:
    roles = {"rider": RolePlay("person", "高橋")}
    rehearsal = Rehearsal(SCENARIO, place.venue, roles, name="faint", folder=tmp_path, pace=0)

    async def run() -> DrillRecord:
        network = place.venue.network
        running = asyncio.create_task(rehearsal.run())
        try:
            await rehearsal.until_ready()
            rehearsal.start()
            role = next(each for each in rehearsal.snapshot().roles if each.actor == "rider")
            credentials = Credentials(
                registrant_id=uuid4(), login_id=role.login_id, password=role.password
            )
            async with network.phone(role.provider, credentials, name="phone") as phone:
                assert rehearsal.snapshot().steps[0].state is StepState.AWAITED
                call = await phone.call(Kind.FIRE, PlaceChoice.HOME, mode=Mode.DRILL)
                await call.wait_for_line(lambda line: "どこ" in line.text, LONG)
                await call.say("二番ホームにいます。")
                await call.wait_for_line(lambda line: "息は" in line.text, LONG)
                await call.say("はい、息はあります。")
                await call.wait_for_view(lambda view: view.state is CallState.CLOSED, LONG)
            async with asyncio.timeout(LONG):
                return await running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    record = place.runner.run(run())
    assert {step.state for step in record.steps} == {"done"}, record.steps
    assert record.held, record.checks
    (call,) = record.calls
    assert (call.name, call.caller, call.kind) == ("rider", "rider", Kind.FIRE)
    told = [(entry.actor, entry.words.ja) for entry in record.entries]
    assert any(who == "rider" and "はい、息はあります。" in what for who, what in told), told
