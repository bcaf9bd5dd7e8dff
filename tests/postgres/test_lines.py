"""I2 where the database itself is killed: no acknowledged line is lost, none is stored twice."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from net119_protocol.api.common import LineStored, NewLine
from net119_protocol.codes import SenderRole
from net119_reference.config.model import Limits
from net119_reference.ports import OutcomeUnknown, StorageFailed

from tests.postgres.server import PostgresServer
from tests.reference.service.conftest import _read_polygons_once
from tests.reference.service.support import ManualClock, Site, Tape, new_call, new_line

KILLS = 4
LIMITS = Limits(line_burst=100_000, lines_per_s=100_000.0)


class Voice:
    """Says lines one after the other, each again with its ``clientId`` until it is acknowledged."""

    def __init__(self, name: str, say: Callable[[NewLine], Awaitable[LineStored]]) -> None:
        self.name = name
        self.acknowledged: dict[str, int] = {}
        """Numbers of lines by text."""
        self.heard = asyncio.Event()
        self.failures: list[StorageFailed] = []
        self._say = say

    async def speak(self, over: asyncio.Event) -> None:
        for number in itertools.count(1):
            if over.is_set():
                return
            line = new_line(
                f"{self.name} {number} 髙橋𠮷子①", f"{self.name}-{number}".replace(" ", "-")
            )
            while line.text not in self.acknowledged:
                try:
                    told = await self._say(line)
                except StorageFailed as error:
                    self.failures.append(error)
                    # As a phone does, which waits before it tries again.
                    await asyncio.sleep(0.01)
                else:
                    self.acknowledged[line.text] = told.seq
                    self.heard.set()

    async def more(self, count: int) -> None:
        """Return when this many more lines have been acknowledged."""
        wanted = len(self.acknowledged) + count
        while len(self.acknowledged) < wanted:
            self.heard.clear()
            await self.heard.wait()


@pytest.mark.usefixtures("on_postgres")
def test_no_acknowledged_line_is_lost_when_the_database_is_killed(
    server: PostgresServer, tmp_path: Path
) -> None:
    async def main() -> None:
        site = await Site("aoba", tmp_path, ManualClock(), LIMITS).start()
        caller, phone, console = await site.registrant(), Tape(), Tape()
        await site.console(console)
        call_id = (await site.call(caller, new_call())).call_id
        await site.service.answer(site.dispatcher, call_id)
        site.attachments.append(await site.service.attach_handset(caller, call_id, 0, phone))
        service = site.service
        voices = [
            *(
                Voice(f"caller {each}", lambda line: service.caller_says(caller, call_id, line))
                for each in range(3)
            ),
            Voice(
                "dispatcher",
                lambda line: service.dispatcher_says(site.dispatcher, call_id, line),
            ),
        ]
        over = asyncio.Event()
        async with asyncio.TaskGroup() as speaking:
            for voice in voices:
                speaking.create_task(voice.speak(over))
            for _ in range(KILLS):
                await asyncio.gather(*(voice.more(5) for voice in voices))
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
            await asyncio.gather(*(voice.more(5) for voice in voices))
            over.set()
        lines = await site.lines(call_id)
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        said = {line.text: line.seq for line in lines if line.sender is not SenderRole.SYSTEM}
        acknowledged = {text: seq for voice in voices for text, seq in voice.acknowledged.items()}
        assert acknowledged == said
        for tape in (phone, console):
            # What was shown is what is stored, once and in order.
            assert tape.lines(call_id) == lines
        assert any(isinstance(each, OutcomeUnknown) for each in voices[0].failures)
        await site.restart()
        assert await site.lines(call_id) == lines
        await site.stop()

    asyncio.run(asyncio.wait_for(main(), 120))


__all__ = ["_read_polygons_once"]
