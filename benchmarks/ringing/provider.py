"""The reference provider, which also carries bare messages, and notes when things happened.

It is the whole provider with its own settings.  A bare message takes the same way as any other:
its row in the outbox is committed by the same kernel, it goes through the same STOMP shells, and
its receiver commits a row of the inbox before it acknowledges it, together with the row of its
answer.  Nothing reads it: no envelope, no call, no routing.  With ``rows`` its commits are those
of a call: each writes, by the same statements, the rows that a call's commit wrote before it
(`commits.py`), under other ids; without, they hold the messages' rows alone.

    python -m benchmarks.ringing.provider --config FILE

Orders come in as lines of JSON at the socket ``bench.sock`` beside the settings.
"""

import asyncio
import functools
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from net119_protocol.api.console import ConsoleCallFrame
from net119_protocol.codes import CallState
from net119_protocol.interconnect import callee_queue, caller_queue
from net119_protocol.model import WireModel
from net119_reference import app
from net119_reference.config import Config
from net119_reference.connected import ShownLine
from net119_reference.ports import Attachment, Channel, Outgoing, Sink
from net119_reference.service import rows
from net119_reference.service.kernel import Transaction
from net119_reference.service.outbox import Outbox
from net119_reference.service.provider import Provider

from benchmarks.ringing.commits import Commits

SOCKET = "bench.sock"
_MARK = b'{"bare":'
_LOOK_EVERY_S = 0.002
_LAST = 3
"""Messages of a bare exchange; offer, accept and assign are as many."""


class Noted:
    """When what happened (nanoseconds of a clock that all processes share), by call."""

    def __init__(self) -> None:
        self.at: dict[tuple[str, str], int] = {}
        self._waiting: dict[tuple[str, str], asyncio.Event] = defaultdict(asyncio.Event)
        self.sizes: dict[str, int] = {}

    def note(self, what: str, call_id: str) -> None:
        """The first time counts."""
        if (what, call_id) not in self.at:
            self.at[what, call_id] = time.monotonic_ns()
            self._waiting[what, call_id].set()

    async def wait(self, what: str, call_id: str) -> int:
        """When it happened, once it has."""
        await self._waiting[what, call_id].wait()
        return self.at[what, call_id]


class Watching:
    """A console's connection whose frames are looked at on their way."""

    def __init__(self, sink: Sink, noted: Noted) -> None:
        self._sink = sink
        self._noted = noted
        self.end = sink.end
        self.has_room = sink.has_room

    def send(self, frame: WireModel | ShownLine) -> None:
        """Hand a frame to the connection; the one that rings is noted then."""
        self._sink.send(frame)
        if isinstance(frame, ConsoleCallFrame) and frame.call.state is CallState.RINGING:
            self._noted.note("end", str(frame.call.call_id))


class Bench:
    """What is laid around a provider."""

    def __init__(self, service: Provider) -> None:
        self._service = service
        self._core = service.core
        self._noted = Noted()
        self._commits = 0
        self._receive = service.receive
        self._attach = service.attach_console
        self._committed = self._core.kernel.commit_seconds
        self._store = self._core.outbox._store
        self._seen = Commits(self._core.kernel._database.commit)

    def lay(self) -> None:
        """Begin to note."""
        patches: dict[str, Any] = {"receive": self.receive, "attach_console": self.attach}
        for name, value in patches.items():
            setattr(self._service, name, value)
        self._core.kernel.commit_seconds = self.committed
        database = self._core.kernel._database
        for target, name, value in (
            (self._core.outbox, "_store", self.store),
            (database, "commit", self._seen.commit),
        ):
            setattr(target, name, value)

    def committed(self, seconds: float) -> None:
        """A transaction is durable."""
        self._commits += 1
        self._committed(seconds)

    def store(
        self, tx: Transaction, item: Outgoing, *, call_id: str | None, n: int, answers: str | None
    ) -> None:
        """A message is about to be stored; the first one of an exchange begins it."""
        if call_id is not None and item.type in ("call.offer", "bare.1"):
            self._noted.note("begin", call_id)
        self._noted.sizes[item.type] = len(item.payload)
        self._store(tx, item, call_id=call_id, n=n, answers=answers)

    async def attach(self, who: Any, after: Any, sink: Sink) -> Attachment:
        """A console connects."""
        return await self._attach(who, after, Watching(sink, self._noted))

    # --- bare messages ------------------------------------------------------------------------

    async def receive(self, sender: str, payload: bytes, channel: Channel) -> None:
        """Take a message; returns when it is durable, as the shells expect."""
        if not payload.startswith(_MARK):
            await self._receive(sender, payload, channel)
            return
        bare = json.loads(payload)["bare"]
        await self._core.kernel.run(functools.partial(self._take, sender, channel, bare))

    def _take(self, sender: str, channel: Channel, bare: dict[str, Any], tx: Transaction) -> None:
        call_id, step = bare["id"], bare["step"]
        tx.write(
            rows.INSERT_INBOX,
            sender=sender,
            message_id=bare["message"],
            call_id=call_id,
            n=step,
            channel=channel.value,
            digest="0" * 64,
            held=None,
            received_at=rows.stamp(tx.now),
        )
        if bare["rows"]:
            # What arrives as message n is committed as the call's commit n + 1.
            self._seen.write_again(tx, step + 1, call_id, self._core.outbox._numbers)
        if step < _LAST:
            self._send(tx, sender, channel, call_id, step + 1, bare["sizes"], bare["rows"])
        else:
            tx.after(functools.partial(self._noted.note, "end", call_id))

    def _send(
        self,
        tx: Transaction,
        peer: str,
        channel: Channel,
        call_id: str,
        step: int,
        sizes: list[int],
        as_call: bool,
    ) -> None:
        message_id = uuid4()
        bare = {
            "id": call_id,
            "step": step,
            "message": str(message_id),
            "sizes": sizes,
            "rows": as_call,
        }
        head = json.dumps({"bare": bare, "pad": ""}, separators=(",", ":"))[:-2]
        pad = "x" * (sizes[step - 1] - len(head) - 2)
        outbox: Outbox = self._core.outbox
        item = Outgoing(
            number=next(outbox._numbers),
            peer=peer,
            channel=channel,
            destination=(callee_queue if channel is Channel.CLIENT else caller_queue)(peer),
            message_id=message_id,
            type=f"bare.{step}",
            payload=f'{head}{pad}"}}'.encode(),
        )
        self.store(tx, item, call_id=call_id, n=step, answers=None)

    def _begin(self, order: dict[str, Any], tx: Transaction) -> None:
        call_id, as_call = str(UUID(order["id"])), bool(order["rows"])
        if as_call:
            self._seen.write_again(tx, 1, call_id, self._core.outbox._numbers)
        self._send(tx, order["peer"], Channel.CLIENT, call_id, 1, order["sizes"], as_call)

    # --- orders -------------------------------------------------------------------------------

    async def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked, and answer."""
        match order["do"]:
            case "bare":
                await self._core.kernel.run(functools.partial(self._begin, order))
            case "wait":
                return {"at": await self._noted.wait(order["what"], order["id"])}
            case "idle":
                while self._core.outbox.counts():  # noqa: ASYNC110  # the outbox tells nobody that it is empty
                    await asyncio.sleep(_LOOK_EVERY_S)
        return {
            "commits": self._commits,
            "sizes": self._noted.sizes,
            "rows": self._seen.rows,
        }

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: an order a line, an answer a line."""
        while line := await reader.readline():
            answer = await self.obey(json.loads(line))
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()


def main(arguments: list[str]) -> int:
    """Run a provider until it is stopped."""
    take_up: Callable[[Provider, Config], Coroutine[Any, Any, None]] = app.take_up
    servers: list[asyncio.Server] = []  # one that nobody holds is closed

    async def watched(service: Provider, config: Config) -> None:
        await take_up(service, config)
        bench = Bench(service)
        bench.lay()
        servers.append(
            await asyncio.start_unix_server(bench.attend, Path(config.data_dir).parent / SOCKET)
        )

    with patch.object(app, "take_up", watched):
        return app.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
