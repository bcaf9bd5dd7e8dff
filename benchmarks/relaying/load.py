"""The load: every handset and console of a run in one process, as cheap as it can be.

Closed loop: each side of each call keeps a fixed number of lines under way, and writes the next
when one is acknowledged.  Open loop: lines are written at fixed times, whatever has come back; a
line's delay counts from the time at which it was due.  Every line must be acknowledged once and
reach the other side once, in order; anything else ends the run.

    python -m benchmarks.relaying.load ORDER_FILE
"""

import asyncio
import gc
import json
import os
import ssl
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop
from picows import WSMsgType, WSTransport, ws_connect

from benchmarks.relaying.dialects import DIALECTS, End, say_frame
from benchmarks.relaying.machine import CLIENT_CORE, cpu_seconds, percentile, pin, rss_bytes
from benchmarks.relaying.seats import NAME, Ready, Step

_CONNECT_AT_ONCE = 32
_SETTLE_S = 180.0
"""A server that stores a few dozen lines per second has that long for thousands under way."""
_STEP_S = 0.005
_SAMPLE_S = 0.25


class Wrong(Exception):
    """The server lost, doubled or reordered a line, or refused one."""


@dataclass(frozen=True)
class Order:
    """What to do: see the module's text; ``rate`` in lines per second for all calls together."""

    ready: str
    server: int
    ca: str | None
    outstanding: int
    speakers: int
    warm_s: float
    closed_s: float
    open_s: float
    open_share: float = 0.5
    primed: bool = False
    """Each speaker writes a line before anything is measured."""
    lines_of_each: int = 0
    """Stop the closed loop when each speaker has written so many; 0: by time."""


class Speaker:
    """One side of one call that writes: even numbers are callers, odd ones dispatchers."""

    def __init__(self, number: int, template: str, transport: WSTransport) -> None:
        self.transport = transport
        self._number = number
        self._parts = template.encode().split(NAME.encode())
        self.written = 0
        self.acked = 0
        self.heard = 0
        self.echoed = 0
        self.due: dict[int, float] = {}
        self.unheard: dict[int, float] = {}

    def say(self, due: float) -> None:
        """Write the next line."""
        self.written += 1
        self.due[self.written] = self.unheard[self.written] = due
        name = b"bench-%d-%d" % (self._number, self.written)
        self.transport.send(WSMsgType.TEXT, name.join(self._parts))


class Load:
    """All connections, and what is measured at them."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.loop = asyncio.get_running_loop()
        self.speakers: list[Speaker] = []
        self.to_ack: list[float] = []
        self.to_other: list[float] = []
        self.relayed = 0
        self._closed_loop = False
        self._measuring = False
        self._stopping = False
        self._failure: str | None = None

    # --- what comes ---------------------------------------------------------------------------

    def acked(self, number: int, line: int) -> None:
        """A line was acknowledged to its writer."""
        speaker = self.speakers[number]
        due = speaker.due.pop(line, None)
        if due is None:
            self.fail(f"line {line} of {number} was acknowledged twice, or never written")
            return
        speaker.acked += 1
        if self._measuring:
            self.to_ack.append((time.perf_counter() - due) * 1000)
        if self._closed_loop and not 0 < self.order.lines_of_each <= speaker.written:
            speaker.say(time.perf_counter())

    def shown(self, number: int, line: int, *, own: bool) -> None:
        """A line came to the other side, or back to its writer as everybody is shown it."""
        speaker = self.speakers[number]
        if own:
            speaker.echoed += 1
            if line != speaker.echoed:
                self.fail(f"line {line} of {number} came back after {speaker.echoed - 1}")
            return
        speaker.heard += 1
        if line != speaker.heard:
            self.fail(f"line {line} of {number} came after {speaker.heard - 1}")
            return
        due = speaker.unheard.pop(line)
        self.relayed += 1
        if self._measuring:
            self.to_other.append((time.perf_counter() - due) * 1000)

    def fail(self, why: str) -> None:
        """Something is not as it must be: the run counts for nothing."""
        if not self._stopping and self._failure is None:
            self._failure = why

    def check(self) -> None:
        """Raise what has gone wrong so far."""
        if self._failure is not None:
            raise Wrong(self._failure)

    # --- phases -------------------------------------------------------------------------------

    async def connect(self, ready: Ready, tls: ssl.SSLContext | None) -> None:
        """Open every console, then every handset."""
        scheme = "ws" if tls is None else "wss"
        slots = asyncio.Semaphore(_CONNECT_AT_ONCE)
        speaks = DIALECTS[ready.dialect]
        headers = {"Sec-WebSocket-Protocol": ready.protocol} if ready.protocol else None

        async def one(side: int, path: str, enters: Sequence[Step]) -> End:
            async with slots:
                _, made = await ws_connect(
                    lambda: speaks(self, side, enters),
                    f"{scheme}://{ready.host}:{ready.port}{path}",
                    ssl_context=tls,
                    extra_headers=headers,
                    websocket_handshake_timeout=60,
                )
                if not isinstance(made, End):
                    raise TypeError(made)
                await asyncio.wait_for(made.entered, 60)
                return made

        desks = await asyncio.gather(*(one(1, d.path, d.enters) for d in ready.desks))
        handsets = await asyncio.gather(*(one(0, s.path, s.enters) for s in ready.seats))
        for number, (seat, handset) in enumerate(zip(ready.seats, handsets, strict=True)):
            plain = say_frame(seat.call_id)
            self.speakers.append(Speaker(2 * number, seat.says or plain, handset.transport))
            console = desks[seat.console].transport
            self.speakers.append(Speaker(2 * number + 1, seat.desk_says or plain, console))
        self.check()

    async def closed(self) -> dict[str, Any]:
        """Keep the server as busy as it gets; samples of time, CPU and lines relayed."""
        order = self.order
        talking = self.speakers[: order.speakers] if order.speakers else self.speakers
        if order.primed:
            # What a server does once for each call, at its first lines, is not what is measured.
            for speaker in talking:
                speaker.say(time.perf_counter())
            await self._settle()
        self._closed_loop = True
        for _ in range(order.outstanding):
            for speaker in talking:
                speaker.say(time.perf_counter())
        until = self.loop.time() + order.warm_s
        while self.loop.time() < until:
            await asyncio.sleep(_SAMPLE_S)
            self.check()
        samples = [self._sample()]
        own = time.process_time()
        until = self.loop.time() + order.closed_s
        goal = order.lines_of_each * len(talking)
        while self.relayed < goal if goal else self.loop.time() < until:
            await asyncio.sleep(_SAMPLE_S)
            self.check()
            samples.append(self._sample())
        own = time.process_time() - own
        self._closed_loop = False
        await self._settle()
        (t0, c0, n0), (t1, c1, n1) = samples[0], samples[-1]
        return {
            "rate": (n1 - n0) / (t1 - t0),
            "cpu_us": (c1 - c0) / (n1 - n0) * 1e6,
            "server_busy": (c1 - c0) / (t1 - t0),
            "client_busy": own / (t1 - t0),
            "samples": samples,
        }

    async def open(self, rate: float) -> dict[str, Any]:
        """Write lines at fixed times, callers and consoles in turn."""
        self._measuring = True
        began = time.perf_counter()
        cpu = cpu_seconds(self.order.server)
        turn = 0
        late = 0.0
        while True:
            now = time.perf_counter() - began
            if now > self.order.open_s:
                break
            late = max(late, now - turn / rate)
            while turn / rate <= now:
                self.speakers[turn % len(self.speakers)].say(began + turn / rate)
                turn += 1
            await asyncio.sleep(_STEP_S if rate * _STEP_S > 1 else 1 / rate)
            self.check()
        cpu = cpu_seconds(self.order.server) - cpu
        await self._settle()
        self._measuring = False
        return {
            "rate": turn / self.order.open_s,
            "cpu_us": cpu / turn * 1e6,
            "latest_ms": late * 1000,
            "ack_ms": _summary(self.to_ack),
            "other_ms": _summary(self.to_other),
        }

    async def _settle(self) -> None:
        """Until everything written has been acknowledged and shown."""
        until = self.loop.time() + _SETTLE_S
        while any(speaker.due or speaker.unheard for speaker in self.speakers):
            self.check()
            if self.loop.time() > until:
                raise Wrong(f"a line was not relayed within {_SETTLE_S:g} s")
            await asyncio.sleep(0.02)

    def _sample(self) -> tuple[float, float, int]:
        return time.perf_counter(), cpu_seconds(self.order.server), self.relayed


def _summary(values: list[float]) -> dict[str, float]:
    return {
        "p50": percentile(values, 0.5),
        "p99": percentile(values, 0.99),
        "max": max(values),
    }


async def _run(order: Order) -> dict[str, Any]:
    tls = None
    if order.ca is not None:
        tls = ssl.create_default_context(cafile=order.ca)
    load = Load(order)
    ready = Ready.read(Path(order.ready))
    began = cpu_seconds(order.server)
    await load.connect(ready, tls)
    result: dict[str, Any] = {
        "callers": len(ready.seats),
        "connect_cpu_ms": (cpu_seconds(order.server) - began) / len(ready.seats) * 1000,
        "rss_per_chat": (rss_bytes(order.server) - ready.rss_before) / len(ready.seats),
    }
    if order.closed_s or order.lines_of_each:
        result["closed"] = await load.closed()
    if order.open_s:
        result["open"] = await load.open(result["closed"]["rate"] * order.open_share)
    return result


def main(arguments: list[str]) -> None:
    """Print the result of an order as JSON; exit with 1 if the server did wrong."""
    order = Order(**json.loads(Path(arguments[0]).read_text("utf-8")))
    pin(CLIENT_CORE)
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            result = runner.run(_run(order))
    except Wrong as wrong:
        print(f"wrong: {wrong}", file=sys.stderr)
        os._exit(1)
    print(json.dumps(result), flush=True)
    # The connections are dropped with the process: closing ten thousand would take its time.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
