"""Servers that are no NET119 system: silent, talking nonsense, somebody's web server, dying."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self

from net119_protocol.api.admin import Health

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]

PAGE = b"<!doctype html><title>It works!</title>"


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Takes whatever comes and never says anything."""
    while await reader.read(4096):
        pass


async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with octets that mean nothing."""
    await reader.read(4096)
    writer.write(bytes(range(256)) * 4)
    await writer.drain()


async def web_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Has a page for whatever is asked."""
    while await _asked(reader):
        _answer(writer, "text/html", PAGE)


def provider(operator: str, most: int = 1_000_000) -> Talk:
    """Tells its state as a provider does, and has nothing else; ``most`` requests in all."""
    health = Health(
        status="normal",
        operator=operator,
        version="1",
        catalogue_profile="1",
        directory_version="1",
        open_calls=0,
    )
    left = [most]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while left[0] > 0 and await _asked(reader):
            left[0] -= 1
            _answer(writer, "application/json", health.model_dump_json(by_alias=True).encode())

    return talk


async def _asked(reader: asyncio.StreamReader) -> bool:
    """Read a request, with its body; False at the end."""
    length = 0
    first = line = await reader.readline()
    while line.strip():
        line = await reader.readline()
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    await reader.readexactly(length)
    return bool(first)


def _answer(writer: asyncio.StreamWriter, kind: str, body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)


class Served:
    """Serves at addresses of this machine, in a thread with a loop of its own, while entered."""

    def __init__(self, talk: Talk, *places: tuple[str, int], stem: Path | None = None) -> None:
        self._talk = talk
        self._places = places
        self._tls = None
        if stem is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(f"{stem}.pem", f"{stem}.key")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._talks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._start())
        return self

    def __exit__(self, *_error: object) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _start(self) -> None:
        for host, port in self._places:
            self._servers.append(await asyncio.start_server(self._serve, host, port, ssl=self._tls))

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
