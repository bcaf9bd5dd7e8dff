"""What share of a core one generator process needs for thousands of chatting callers, over TLS.

The generator is the real one, locust included: handsets, consoles, checks of every line, events.
Opposite to it is a relay in memory that promises nothing, so that a small machine can hold both:
it answers the frames that the load needs, and calls are placed without HTTP.  What is stored is
not checked, as there is nothing stored.

    python benchmarks/generator.py                               # 5,000 callers, a line every 5 s
    python benchmarks/generator.py --callers 1000 --every 1
"""

import argparse
import asyncio
import json
import os
import ssl
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# Run as a script, this file's folder is where Python looks for modules.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
# As the generator does: see net119_loadtests.engine.
os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"

from benchmarks.relaying.runs import Certificate, _running

_HOST = "127.0.0.1"
_PER_CONSOLE = 50
_REPLY_EVERY = 3
_FIRST_S = 3.0
"""Left out at the beginning of the measured time."""


async def serve(ready: Path, cert: str, key: str) -> None:
    """Be the relay until killed."""
    from net119_loadtests.bare_relay import Calls
    from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    calls = Calls()

    class Seat(WSListener):
        def __init__(self, path: str) -> None:
            super().__init__()
            self._path = path
            self._call: str | None = None

        def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
            if frame.msg_type == WSMsgType.CLOSE:
                transport.disconnect()
                return
            text = frame.get_payload_as_bytes()
            if self._call is None:
                token = json.loads(text)["token"]
                self._call, sends = calls.enter(self._path, token, transport)
            else:
                sends = calls.take(text, self._call, transport)
            for to, sent in sends:
                to.send(WSMsgType.TEXT, sent.encode())

    server = await ws_create_server(
        lambda request: Seat(request.path.decode()), _HOST, 0, ssl=tls, backlog=2048
    )
    ready.write_text(str(server.sockets[0].getsockname()[1]))  # noqa: ASYNC240  # once, before anything is served
    await server.serve_forever()


def generate(port: int, ca: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Be the generator; what it needed while everybody wrote."""
    import gevent  # type: ignore[import-untyped]  # gevent ships no types
    from locust.env import Environment
    from net119_loadtests.conductor import Conductor, Workers
    from net119_loadtests.locusts import CrowdUser, Pump
    from net119_loadtests.plan import CallerSeat, ConsoleSeat, Plan, loopback_sources
    from net119_loadtests.shapes import STEADY

    centers = -(-options.callers // _PER_CONSOLE)

    def seat(number: int) -> CallerSeat:
        center, mail = f"c{number % centers}", f"{number}@example.jp"
        at = number / options.arrivals
        return CallerSeat(
            number=number,
            token=f"{center}/{mail}",
            mail=mail,
            center=center,
            lat=35,
            lon=137,
            calls_at=at,
        )

    plan = Plan(
        base_url=f"https://{_HOST}:{port}",
        ca_pem=ca.read_text("ascii"),
        bare=True,
        callers=tuple(map(seat, range(options.callers))),
        consoles=tuple(
            ConsoleSeat(number=each, center=f"c{each}", token=f"c{each}/")
            for each in range(centers)
        ),
        shape=STEADY,
        sources=loopback_sources(0),
        duration_s=options.seconds,
        every_s=options.every,
        reply_every=_REPLY_EVERY,
        ramp_s=300,
        settle_s=10,
    )

    ticks: list[dict[str, Any]] = []
    environment = Environment(user_classes=[CrowdUser])
    runner = environment.create_local_runner()
    conductor = Conductor(runner, plan, Workers(), ticks.append)
    gevent.spawn(Pump(environment).run)
    cpu = time.process_time()
    end = conductor.run()
    cpu = time.process_time() - cpu
    busy = [
        each
        for each in ticks
        if each["event"] == "progress" and each["phase"] == "run" and each["acked"]
    ][int(_FIRST_S) :]
    lines = busy[-1]["acked"] - busy[0]["acked"]
    cost = (busy[-1]["generator_cpu_s"] - busy[0]["generator_cpu_s"]) / lines
    asked_for = options.callers / options.every * (1 + 1 / _REPLY_EVERY)
    return {
        "callers": end["callers_ready"],
        "lines/s asked for": round(asked_for, 1),
        "lines/s": end["rate_per_s"],
        "us/line": round(cost * 1e6, 1),
        # Does not suffer from neighbours, who keep the real rate low on a busy machine.
        "share of a core at the rate asked for": round(cost * asked_for, 3),
        "whole run, CPU s": round(cpu, 1),
        "acked": end["acked"],
        "said": end["said"],
        "errors": end["errors"],
        "behind schedule ms": end["series"]["late_ms"],
        "ack ms": end["series"]["ack_ms"],
        "violations": ticks[-1].get("violations"),
        "locust events": environment.stats.total.num_requests,
        "load average": os.getloadavg(),
    }


def main() -> int:
    """Measure once and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--callers", type=int, default=5000)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between a caller's lines")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--arrivals", type=float, default=200.0, help="calls per second")
    parser.add_argument("--serve", nargs=3, metavar=("READY", "CERT", "KEY"), help="be the relay")
    options = parser.parse_args()
    if options.serve:
        import uvloop

        ready, cert, key = options.serve
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(Path(ready), cert, key))
    with tempfile.TemporaryDirectory(prefix="net119-generator-") as name:
        certificate = Certificate(Path(name))
        ready = Path(name) / "ready"
        pair = [str(certificate.cert), str(certificate.key)]
        command = ["benchmarks.generator", "--serve", str(ready), *pair]
        with _running(command, Path(name) / "server.log", ready):
            time.sleep(0.2)
            found = generate(int(ready.read_text()), certificate.ca, options)
    for key, value in found.items():
        print(f"{key}: {value}")
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
