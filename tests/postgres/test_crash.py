"""I1-I4 with both providers on PostgreSQL: the anchor, and then the database, is killed."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from net119_protocol.api.common import LineStored
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Refusal
from net119_simulators.errors import CallRefused
from net119_simulators.line_log import Violation

from tests.postgres.server import PostgresServer
from tests.system.conversation import Chat, Client
from tests.system.test_crash import ANCHOR, OWNER, PATIENT, Talk, check_transcript, talk


@pytest.fixture
def on_server(
    server: PostgresServer, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Processes that are started have databases on the server."""
    names = [f"crash_{operator}" for operator in (ANCHOR, OWNER)]
    for name in names:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    monkeypatch.setenv("NET119_DATABASE__URL", server.url("crash_{operator}"))
    yield
    for name in names:
        server.drop(name)


@dataclass(frozen=True)
class Persistent:
    """Says a line again, as it was, while the database that shall store it is away."""

    client: Client

    async def say(self, text: str, client_id: str) -> LineStored:
        while True:
            try:
                return await self.client.say(text, client_id)
            except CallRefused as refused:
                if refused.code is not Refusal.STORAGE_FAILED:
                    raise
            # As a person does, who reads that it did not work.
            await asyncio.sleep(0.2)

    async def resume(self) -> None:
        await self.client.resume()

    async def wait_for_drop(self) -> None:
        await self.client.wait_for_drop()

    def lines(self) -> tuple[ChatLine, ...]:
        return self.client.lines()

    def violations(self) -> list[Violation]:
        return self.client.violations()


async def kill_each(scene: Talk, server: PostgresServer) -> None:
    await scene.caller.wait_for_acknowledgements(3)
    scene.network.kill(ANCHOR)
    await scene.network.start(ANCHOR)
    await scene.caller.wait_for_acknowledgements(3)
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)
    # The dispatcher's lines need both providers.
    await scene.answerer.wait_for_acknowledgements(3)
    await scene.caller.wait_for_acknowledgements(3)


async def killed(folder: Path, server: PostgresServer) -> None:
    async with talk(folder, PATIENT) as scene:
        for speaker in (scene.caller, scene.answerer):
            speaker.client = Persistent(speaker.client)
        async with Chat(scene.caller, scene.answerer) as chat:
            await chat.while_it_goes_on(kill_each(scene, server))
        stored = (*scene.caller.acknowledged.values(), *scene.answerer.acknowledged.values())
        await scene.wait_until_shown(max(each.seq for each in stored))
        at_anchor, at_owner = await scene.transcripts()
        assert at_anchor == at_owner
        check_transcript(at_anchor, scene.caller, scene.answerer)
        for speaker in (scene.caller, scene.answerer):
            assert speaker.client.violations() == []
            assert speaker.client.lines() == at_anchor
    rows = server.execute("SELECT count(*) FROM lines", f"crash_{ANCHOR}")
    assert rows == [(len(at_anchor),)], "they were stored there"


@pytest.mark.slow
@pytest.mark.usefixtures("on_server")
def test_no_acknowledged_line_is_lost_when_anchor_and_database_are_killed(
    server: PostgresServer, tmp_path: Path
) -> None:
    asyncio.run(killed(tmp_path, server))
