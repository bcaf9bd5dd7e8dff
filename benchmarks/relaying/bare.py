"""Bare relays: the same messages between the same connections, in memory, without any promise.

What a program must do at the very least: parse the line, number it, acknowledge it to its writer
and hand it to the other side.  Nothing is validated, stored, bounded or counted.

    python -m benchmarks.relaying.bare websockets|picows READY_FILE CALLERS [CERT KEY]
"""

import asyncio
import json
import os
import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.relaying.machine import SERVER_CORE, pin, rss_bytes
from benchmarks.relaying.seats import PER_CONSOLE, WELCOME, Desk, Ready, Seat, consoles_for

HOST = "127.0.0.1"
_ENTERS = (('{"type":"hello"}', WELCOME),)


class Relay:
    """The calls: who is connected to each, and how many lines it has."""

    def __init__(self) -> None:
        self.handsets: dict[str, Any] = {}
        self.consoles: dict[str, Any] = {}
        self.counts: dict[str, int] = {}

    def enter(self, path: str, connection: Any) -> tuple[str, str]:
        """A connection said hello; which call it has (none for a console), and its console."""
        kind, *rest = path.strip("/").split("/")
        if kind == "feed":
            self.consoles[rest[0]] = connection
            return "", rest[0]
        self.handsets[rest[1]] = connection
        return rest[1], rest[0]

    def take(self, text: str | bytes, call_id: str, console: str) -> tuple[str, Any, str]:
        """The acknowledgement of a line; to whom else it goes, and as what."""
        said = json.loads(text)
        from_console = not call_id
        call_id = call_id or said["callId"]
        seq = self.counts[call_id] = self.counts.get(call_id, 0) + 1
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        name = said["clientId"]
        ack = {"type": "ack", "callId": call_id, "clientId": name, "seq": seq, "at": at}
        line = {
            "text": said["text"],
            "seq": seq,
            "clientId": name,
            "sender": "dispatcher" if from_console else "caller",
            "at": at,
        }
        other = self.handsets[call_id] if from_console else self.consoles[console]
        return _json(ack), other, _json({"type": "line", "callId": call_id, "line": line})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def on_websockets(relay: Relay, tls: ssl.SSLContext | None) -> int:
    """Serve with `websockets`; returns the port."""

    async def handle(connection: ServerConnection) -> None:
        path = connection.request.path if connection.request else ""
        try:
            await connection.recv()
            call_id, console = relay.enter(path, connection)
            await connection.send('{"type":"welcome"}')
            async for text in connection:
                ack, other, line = relay.take(text, call_id, console)
                await connection.send(ack)
                await other.send(line)
        except ConnectionClosed:
            return

    server = await serve(handle, HOST, 0, ssl=tls, compression=None, backlog=2048)
    return int(next(iter(server.sockets)).getsockname()[1])


class _Listener(WSListener):
    def __init__(self, relay: Relay, path: str) -> None:
        super().__init__()
        self._relay = relay
        self._path = path
        self._seat: tuple[str, str] | None = None

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close()
            transport.disconnect()
        elif self._seat is None:
            self._seat = self._relay.enter(self._path, transport)
            transport.send(WSMsgType.TEXT, b'{"type":"welcome"}')
        else:
            ack, other, line = self._relay.take(frame.get_payload_as_bytes(), *self._seat)
            transport.send(WSMsgType.TEXT, ack.encode())
            other.send(WSMsgType.TEXT, line.encode())


async def on_picows(relay: Relay, tls: ssl.SSLContext | None) -> int:
    """Serve with `picows`; returns the port."""

    def listener(request: WSUpgradeRequest) -> WSListener:
        return _Listener(relay, request.path.decode())

    server = await ws_create_server(listener, HOST, 0, ssl=tls, backlog=2048)
    return int(server.sockets[0].getsockname()[1])


def _seats(callers: int) -> tuple[tuple[Seat, ...], tuple[Desk, ...]]:
    seats = []
    for number in range(callers):
        console = number // PER_CONSOLE
        call_id = str(UUID(int=number + 1))
        seats.append(Seat(call_id, f"/chat/{console}/{call_id}", _ENTERS, console))
    desks = tuple(Desk(f"/feed/{number}", _ENTERS) for number in range(consoles_for(callers)))
    return tuple(seats), desks


async def _serve(kind: str, ready: Path, callers: int, tls: ssl.SSLContext | None) -> None:
    relay = Relay()
    port = await (on_websockets if kind == "websockets" else on_picows)(relay, tls)
    seats, desks = _seats(callers)
    Ready(port, HOST, rss_bytes(os.getpid()), seats, desks).write(ready)
    await asyncio.Event().wait()


def main(arguments: list[str]) -> None:
    """Serve until killed."""
    kind, ready, callers, *pair = arguments
    tls = None
    if pair:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*pair)
    pin(SERVER_CORE)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(kind, Path(ready), int(callers), tls))


if __name__ == "__main__":
    main(sys.argv[1:])
