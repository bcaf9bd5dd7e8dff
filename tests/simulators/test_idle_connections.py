"""A connection is used again at once, and no longer when the provider may be about to close it."""

import asyncio
import time
from types import SimpleNamespace

import pytest
from httpcore._async import http11
from net119_protocol.api.admin import Health
from net119_simulators.api_client import ApiClient
from net119_simulators.errors import UnexpectedAnswer
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface, WireEvent

ANSWER = b"HTTP/1.1 500 No\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno"


class Nowhere:
    def record(self, event: WireEvent) -> None:
        """What is sent does not matter here."""


async def connections_used(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    seen: list[int] = []
    opened = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        mine = opened
        while await reader.readline():
            while await reader.readline() not in {b"\r\n", b""}:
                pass
            seen.append(mine)
            writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    recorder = Recorder(Nowhere(), Interface.A, "phone", "aoba")
    async with server, ApiClient(f"http://127.0.0.1:{port}", None, recorder) as client:
        for later in (0.0, 0.0, 3.0):
            clock = SimpleNamespace(monotonic=lambda later=later: time.monotonic() + later)
            monkeypatch.setattr(http11, "time", clock)
            with pytest.raises(UnexpectedAnswer):
                await client.ask("health", Health)
    return seen


def test_an_idle_connection_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asyncio.run(connections_used(monkeypatch)) == [1, 1, 2]
