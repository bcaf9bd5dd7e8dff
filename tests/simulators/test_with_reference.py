"""The simulators against the real thing: two reference providers, one killed in mid-chat."""

import asyncio
from pathlib import Path

import psutil
import pytest
from net119_protocol.codes import CloseOutcome, Kind, PlaceChoice, Presence
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.person import make_person

TOMAKOMAI = fixed(42.6341, 141.6055)
SAID = ["one", "two", "three", "four", "five", "six"]


async def call_over_two_providers(network: LocalNetwork) -> None:
    await network.wait_until_peers_run("akane", ["aoba"], within=60)
    await network.wait_until_peers_run("aoba", ["akane"], within=60)
    credentials = await network.register("akane", "aso", make_person(1, "43428"))
    token = await network.dispatcher_token("aoba", "tomakomai")
    dispatcher = network.dispatcher("aoba", token)
    async with dispatcher, network.phone("akane", credentials) as phone:
        call = await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=TOMAKOMAI)
        await dispatcher.wait_for_call(call.id, 30)
        await dispatcher.answer(call.id, within=30)
        await call.say("one", within=30)
        await dispatcher.say(call.id, "two", within=30)

        call.drop()
        await dispatcher.wait_for_presence(call.id, Presence.GONE, within=30)
        await dispatcher.say(call.id, "three", within=30)
        await call.resume(within=30)
        await call.say("four", within=30)

        network.kill("akane")
        await call.wait_for_drop()
        five = asyncio.create_task(dispatcher.say(call.id, "five", within=90))
        await network.start("akane")
        await call.resume(within=30)
        await five
        await call.wait_for_line(lambda line: line.text == "five", within=30)
        await call.say("six", within=30)
        await dispatcher.wait_for_line(call.id, lambda line: line.text == "six", within=30)

        await dispatcher.close(call.id, CloseOutcome.PRACTICE_DONE, within=30)
        record = await dispatcher.record(call.id)
        texts = [line.text for line in call.lines]
        assert texts == [line.text for line in dispatcher.lines(call.id)]
        assert texts == [line.text for line in record.lines]
        assert [text for text in texts if text in SAID] == SAID
        assert call.violations == dispatcher.violations == []
        assert call.unseen() == ()


@pytest.mark.slow
def test_call_survives_a_dropped_phone_and_a_killed_anchor(tmp_path: Path) -> None:
    specs = (ProviderSpec("akane", "127.0.0.2"), ProviderSpec("aoba", "127.0.0.3"))

    async def scene() -> list[int | None]:
        async with LocalNetwork(specs, tmp_path) as network:
            await call_over_two_providers(network)
            return [network.supervisor(spec.operator).pid for spec in specs]

    pids = asyncio.run(scene())
    assert None not in pids
    assert not any(psutil.pid_exists(pid) for pid in pids if pid is not None)
