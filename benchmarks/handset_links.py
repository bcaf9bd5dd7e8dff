"""What a handset's connection costs the load generator: websockets.sync under gevent, and asyncio.

The same handsets and consoles at the same bare relay, over TLS, in a process that does nothing
else: each handset writes a line at fixed times, its frames are parsed as JSON and counted.  A line
is one frame sent, its acknowledgement received by the handset, and the line received by a console.

    python benchmarks/handset_links.py                       # each way in turn, three rounds
    python benchmarks/handset_links.py --callers 500 --rounds 1

`us/line` is the generator's CPU time for one line; it does not suffer from neighbours.
"""

import argparse
import asyncio
import json
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Run as a script, this file's folder is where Python looks for modules.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.relaying.runs import Certificate, _running
from benchmarks.relaying.seats import Ready

WAYS = ("gevent", "websockets", "picows")
_TEXT = "救急車をお願いします。二階の寝室にいます。"
_AT_ONCE = 32


class Counts:
    """What has come in so far."""

    def __init__(self) -> None:
        self.acks = 0
        self.lines = 0
        self.said = 0

    def take(self, text: str | bytes) -> None:
        """Count a frame."""
        kind = json.loads(text)["type"]
        self.acks += kind == "ack"
        self.lines += kind == "line"

    def frame(self, number: int) -> str:
        """The next line of a handset."""
        self.said += 1
        return json.dumps(
            {"type": "say", "clientId": f"c{number}-{self.said}", "text": _TEXT}, ensure_ascii=False
        )


def _figures(counts: Counts, began: float, cpu: float, connect_cpu: float) -> dict[str, float]:
    spent = time.process_time() - cpu
    return {
        "lines": counts.said,
        "lines/s": counts.said / (time.monotonic() - began),
        "us/line": spent / max(1, counts.said) * 1e6,
        "share of a core": spent / (time.monotonic() - began),
        "connect ms": connect_cpu * 1000,
        "lost": counts.said - counts.acks,
    }


def gevent_way(ready: Ready, tls: ssl.SSLContext, every_s: float, for_s: float) -> dict[str, float]:
    """`websockets.sync`, a greenlet for each handset and its reader."""
    import gevent  # type: ignore[import-untyped]  # gevent ships no types
    from gevent.pool import Pool  # type: ignore[import-untyped]  # gevent ships no types
    from websockets.sync.client import connect

    counts = Counts()

    def read(connection: Any) -> None:
        for text in connection:
            counts.take(text)

    def one(path: str, hello: str) -> Any:
        opening = connect(
            f"wss://{ready.host}:{ready.port}{path}",
            ssl=tls,
            compression=None,
            proxy=None,
            ping_interval=None,
            open_timeout=60,
        )
        connection = opening.__enter__()
        connection.send(hello)
        connection.recv()
        gevent.spawn(read, connection)
        return connection

    cpu = time.process_time()
    pool = Pool(_AT_ONCE)
    pool.map(lambda d: one(d.path, d.enters[0][0]), ready.desks)
    handsets = pool.map(lambda s: one(s.path, s.enters[0][0]), ready.seats)
    connect_cpu = (time.process_time() - cpu) / len(handsets)
    began, cpu = time.monotonic(), time.process_time()

    def talk(number: int, connection: Any) -> None:
        due = began + every_s * number / len(handsets)
        while due < began + for_s:
            gevent.sleep(max(0.0, due - time.monotonic()))
            connection.send(counts.frame(number))
            due += every_s

    gevent.joinall([gevent.spawn(talk, *each) for each in enumerate(handsets)])
    gevent.sleep(1.0)
    return _figures(counts, began, cpu, connect_cpu)


async def _talk(
    sends: list[Callable[[str], Any]],
    counts: Counts,
    every_s: float,
    for_s: float,
    connect_cpu: float,
) -> dict[str, float]:
    began, cpu = time.monotonic(), time.process_time()
    turn = 0
    step = every_s / len(sends)
    while turn * step < for_s:
        while turn * step <= time.monotonic() - began:
            number = turn % len(sends)
            said = sends[number](counts.frame(number))
            if said is not None:
                await said
            turn += 1
        await asyncio.sleep(0.01)
    await asyncio.sleep(1.0)
    return _figures(counts, began, cpu, connect_cpu)


async def websockets_way(
    ready: Ready, tls: ssl.SSLContext, every_s: float, for_s: float
) -> dict[str, float]:
    """`websockets.asyncio`, a task for each reader, on uvloop."""
    from websockets.asyncio.client import connect

    counts = Counts()
    slots = asyncio.Semaphore(_AT_ONCE)
    readers = []

    async def read(connection: Any) -> None:
        async for text in connection:
            counts.take(text)

    async def one(path: str, hello: str) -> Any:
        async with slots:
            connection = await connect(
                f"wss://{ready.host}:{ready.port}{path}",
                ssl=tls,
                compression=None,
                proxy=None,
                ping_interval=None,
                open_timeout=60,
            )
            await connection.send(hello)
            await connection.recv()
        readers.append(asyncio.create_task(read(connection)))
        return connection

    cpu = time.process_time()
    await asyncio.gather(*(one(d.path, d.enters[0][0]) for d in ready.desks))
    handsets = await asyncio.gather(*(one(s.path, s.enters[0][0]) for s in ready.seats))
    connect_cpu = (time.process_time() - cpu) / len(handsets)
    return await _talk([each.send for each in handsets], counts, every_s, for_s, connect_cpu)


async def picows_way(
    ready: Ready, tls: ssl.SSLContext, every_s: float, for_s: float
) -> dict[str, float]:
    """`picows`, a callback for each frame, on uvloop."""
    from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

    counts = Counts()
    slots = asyncio.Semaphore(_AT_ONCE)

    class End(WSListener):
        def __init__(self) -> None:
            super().__init__()
            self.welcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
            if self.welcome.done():
                counts.take(frame.get_payload_as_bytes())
            else:
                self.welcome.set_result(None)

    async def one(path: str, hello: str) -> Callable[[str], None]:
        async with slots:
            transport, made = await ws_connect(
                End,
                f"wss://{ready.host}:{ready.port}{path}",
                ssl_context=tls,
                websocket_handshake_timeout=60,
            )
            transport.send(WSMsgType.TEXT, hello.encode())
            if isinstance(made, End):
                await made.welcome
        return lambda text: transport.send(WSMsgType.TEXT, text.encode())

    cpu = time.process_time()
    await asyncio.gather(*(one(d.path, d.enters[0][0]) for d in ready.desks))
    handsets = await asyncio.gather(*(one(s.path, s.enters[0][0]) for s in ready.seats))
    connect_cpu = (time.process_time() - cpu) / len(handsets)
    return await _talk(list(handsets), counts, every_s, for_s, connect_cpu)


def inside(way: str, ready_file: str, ca: str, every_s: float, for_s: float) -> None:
    """Be the generator process of one way, and print its figures."""
    ready = Ready.read(Path(ready_file))
    tls = ssl.create_default_context(cafile=ca)
    if way == "gevent":
        found = gevent_way(ready, tls, every_s, for_s)
    else:
        import uvloop

        chosen = {"websockets": websockets_way, "picows": picows_way}[way]
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(chosen(ready, tls, every_s, for_s))
    print(json.dumps(found), flush=True)
    # Closing thousands of connections would take its time.
    os._exit(0)


def main() -> int:
    """Measure each way and print medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--callers", type=int, default=1000)
    parser.add_argument(
        "--every", type=float, default=1.0, help="seconds between a handset's lines"
    )
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--inside", nargs=3, metavar=("WAY", "READY", "CA"))
    options = parser.parse_args()
    if options.inside:
        way, ready, ca = options.inside
        inside(way, ready, ca, options.every, options.seconds)
        return 0
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="net119-links-") as name:
        certificate = Certificate(Path(name))
        for turn in range(options.rounds):
            for way in WAYS:
                folder = Path(name) / f"{turn}-{way}"
                folder.mkdir()
                found[way].append(_once(way, folder, certificate, options))
                print(way, {k: round(v, 2) for k, v in found[way][-1].items()}, flush=True)
    print(f"load average {os.getloadavg()}; medians:")
    for way, rounds in found.items():
        print(way, {key: round(statistics.median(r[key] for r in rounds), 2) for key in rounds[0]})
    return 0


def _once(
    way: str, folder: Path, certificate: Certificate, options: argparse.Namespace
) -> dict[str, float]:
    ready = folder / "ready.json"
    server = ["benchmarks.relaying.bare", "picows", str(ready), str(options.callers)]
    server += [str(certificate.cert), str(certificate.key)]
    start = [sys.executable, __file__]
    if way == "gevent":
        patched = (
            "import gevent.monkey as m; m.patch_all(); import runpy, sys; sys.argv = sys.argv[1:]; "
        )
        start = [sys.executable, "-c", patched + "runpy.run_path(sys.argv[0], run_name='__main__')"]
        start.append(__file__)
    with _running(server, folder / "server.log", ready):
        done = subprocess.run(
            [
                *start,
                "--inside",
                way,
                str(ready),
                str(certificate.ca),
                "--every",
                str(options.every),
                "--seconds",
                str(options.seconds),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr}")
    result: dict[str, float] = json.loads(done.stdout)
    return result


if __name__ == "__main__":
    sys.exit(main())
