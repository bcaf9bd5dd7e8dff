"""A relay that promises nothing, on `websockets`: what a provider's times are held against.

It speaks as much of the handset and console API as the load needs, and keeps everything in memory:
nothing is validated, stored, bounded or counted. A call exists as soon as its chat is opened at
``/chat/ID``; the token, ``CENTER/MAIL``, says which console has it.

    python -m net119_loadtests.bare_relay READY_FILE [CERT KEY]
"""

import asyncio
import json
import os
import ssl
import sys
from pathlib import Path
from typing import Any

import uvloop
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from net119_loadtests.plan import CHAT

HOST = "127.0.0.1"
_BACKLOG = 2048

Sends = list[tuple[Any, str]]
"""Connections, and the frame that each is sent."""


class Calls:
    """Who is connected to each call and each center. It sends nothing itself."""

    def __init__(self) -> None:
        self._consoles: dict[str, Any] = {}
        self._handsets: dict[str, Any] = {}
        self._counts: dict[str, int] = {}
        self._centers: dict[str, str] = {}

    def enter(self, path: str, token: str, connection: Any) -> tuple[str, Sends]:
        """A connection said hello: which call it has (none for a console), and what is sent."""
        center, _, mail = token.partition("/")
        if not path.startswith(CHAT):
            self._consoles[center] = connection
            return "", [(connection, _json({"type": "welcome", "calls": []}))]
        call_id = path.removeprefix(CHAT)
        self._handsets[call_id], self._centers[call_id] = connection, center
        call = {"callId": call_id, "state": "ringing", "mine": True, "registrant": {"mail": mail}}
        return call_id, [
            (connection, _json({"type": "welcome", "call": {"state": "ringing"}})),
            (self._consoles[center], _json({"type": "call", "call": call})),
        ]

    def take(self, text: str | bytes, own_call: str, connection: Any) -> Sends:
        """A frame came from the handset of ``own_call``, or from a console: what is sent."""
        frame = json.loads(text)
        call_id = own_call or frame["callId"]
        if frame["type"] == "answer":
            answered = _json({"type": "call", "call": {"state": "answered"}})
            return [(self._handsets[call_id], answered)]
        seq = self._counts[call_id] = self._counts.get(call_id, 0) + 1
        name = frame["clientId"]
        ack = {"type": "ack", "callId": call_id, "clientId": name, "seq": seq}
        sender = "caller" if own_call else "dispatcher"
        line = {"seq": seq, "clientId": name, "sender": sender, "text": frame["text"]}
        shown = _json({"type": "line", "callId": call_id, "line": line})
        return [
            (connection, _json(ack)),
            (self._handsets[call_id], shown),
            (self._consoles[self._centers[call_id]], shown),
        ]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def _serve(ready: Path, tls: ssl.SSLContext | None) -> None:
    calls = Calls()

    async def handle(connection: ServerConnection) -> None:
        path = connection.request.path if connection.request else ""
        try:
            hello = json.loads(await connection.recv())
            own_call, sends = calls.enter(path, hello["token"], connection)
            for to, frame in sends:
                await to.send(frame)
            async for text in connection:
                for to, frame in calls.take(text, own_call, connection):
                    await to.send(frame)
        except ConnectionClosed:
            return

    async with serve(handle, HOST, 0, ssl=tls, compression=None, backlog=_BACKLOG) as server:
        part = ready.with_suffix(".part")
        part.write_text(str(next(iter(server.sockets)).getsockname()[1]), "ascii")
        part.rename(ready)
        # It ends with whoever started it, however that ends.
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
        os._exit(0)


def main(arguments: list[str]) -> None:
    """Serve until standard input ends."""
    ready, *pair = arguments
    tls = None
    if pair:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*pair)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(Path(ready), tls))


if __name__ == "__main__":
    main(sys.argv[1:])
