"""I2-I4 with a provider of several processes: each of them is killed in one chat."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_protocol.api.common import Transcript
from net119_protocol.codes import Kind, PlaceChoice, Refusal, SenderRole
from net119_simulators.errors import CallRefused
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.person import make_person
from net119_simulators.phone_call import PhoneCall

from tests.postgres.server import PostgresServer
from tests.system.conversation import PATIENCE_S, Chat, ConsoleClient, PhoneClient, Speaker
from tests.system.test_crash import CHATTY, PATIENT, check_transcript
from tests.turns import revision

OPERATOR = "aoba"
RELAYS = 2
COMMAND = (sys.executable, "-m", "net119_reference", "--relays", str(RELAYS))


@pytest.fixture
def on_server(
    server: PostgresServer, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The provider that is started has its database on the server."""
    name = f"several_{OPERATOR}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    monkeypatch.setenv("NET119_DATABASE__URL", server.url("several_{operator}"))
    yield
    server.drop(name)


def log_of(folder: Path) -> Path:
    return next(folder.rglob("*.log"))


def started(log: Path, name: str) -> list[int]:
    """Process numbers of every time that a process was started."""
    entries = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return [each["pid"] for each in entries if each["event"] == "started" and each["which"] == name]


async def kill_each(log: Path, speakers: tuple[Speaker, Speaker]) -> None:
    # To start an office again takes long: it is killed in every third commit.
    office = ("office",) if revision() % 3 == 0 else ()
    for name in ("relay-1", "relay-2", *office):
        for speaker in speakers:
            await speaker.wait_for_acknowledgements(3)
        before = started(log, name)
        os.kill(before[-1], signal.SIGKILL)
        # Whoever was connected to it is at another one now, or at the one that came after it.
        for speaker in speakers:
            await speaker.wait_for_acknowledgements(3)
        assert len(started(log, name)) > len(before)
    for speaker in speakers:
        await speaker.wait_for_resumptions(1)
        await speaker.wait_for_acknowledgements(3)


async def killed(folder: Path) -> int:
    spec = ProviderSpec(OPERATOR, "127.0.0.2")
    async with LocalNetwork(
        [spec],
        folder,
        timers=PATIENT,
        settings=CHATTY,
        command=COMMAND,
        start_within_s=PATIENCE_S,
    ) as network:
        log = log_of(folder)
        credentials = await network.register(OPERATOR, "chitose", make_person(1, "01224"))
        token = await network.dispatcher_token(OPERATOR, "chitose")
        dispatcher = network.dispatcher(OPERATOR, token)
        async with dispatcher, network.phone(OPERATOR, credentials) as phone:
            place = fixed(42.8210, 141.6509)
            call = await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=place)
            await dispatcher.wait_for_call(call.id, PATIENCE_S)
            await dispatcher.answer(call.id, within=PATIENCE_S)
            caller = Speaker("caller", PhoneClient(call))
            answerer = Speaker("dispatcher", ConsoleClient(dispatcher, call.id))
            async with Chat(caller, answerer) as chat:
                await chat.while_it_goes_on(kill_each(log, (caller, answerer)))
            stored = (*caller.acknowledged.values(), *answerer.acknowledged.values())
            last = max(each.seq for each in stored)
            await call.wait_for_line(lambda line: line.seq >= last, PATIENCE_S)
            await dispatcher.wait_for_line(call.id, lambda line: line.seq >= last, PATIENCE_S)
            # The office may have been killed last: a relay waits for it some time.
            lines = (await once_more(call)).lines
            check_transcript(lines, caller, answerer)
            for speaker in (caller, answerer):
                assert speaker.client.violations() == []
                assert speaker.client.lines() == lines
    return sum(line.sender is not SenderRole.SYSTEM for line in lines)


async def once_more(call: PhoneCall) -> Transcript:
    """The transcript, which is asked for again while the office is being started."""
    while True:
        try:
            return await call.poll()
        except CallRefused as refused:
            if refused.code is not Refusal.STORAGE_FAILED:
                raise


@pytest.mark.slow
@pytest.mark.usefixtures("on_server")
def test_no_acknowledged_line_is_lost_when_each_process_is_killed(tmp_path: Path) -> None:
    assert asyncio.run(killed(tmp_path)) >= 18
