"""Runs the minimal provider: `python -m tests.minimal_provider --me aoba ...` until it is ended."""

import argparse
import asyncio
import signal
import sys
import threading
from pathlib import Path

from tests.minimal_provider.hook import serve
from tests.minimal_provider.links import Settings, contexts
from tests.minimal_provider.provider import Provider

ROOT = Path(__file__).parent.parent.parent


def main() -> None:
    """Read the options, and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.minimal_provider", description=__doc__)
    parser.add_argument("--me", required=True, help="our operator code")
    parser.add_argument("--address", required=True, help="our own address")
    parser.add_argument("--port", type=int, default=61614, help="of our STOMP endpoint")
    parser.add_argument("--hook-port", type=int, default=9119)
    parser.add_argument("--tls", type=Path, required=True, help="folder: ca.pem, and ours")
    parser.add_argument("--certificate", help="its name, without .pem; default: our address")
    parser.add_argument("--reference", type=Path, default=ROOT / "docs" / "reference")
    parser.add_argument("--polygons", type=Path, required=True, help="GeoJSON of municipalities")
    parser.add_argument("--modes", default="test,practice,drill")
    parser.add_argument("--t1", type=float, default=5.0)
    parser.add_argument("--attempts", type=int, default=2)
    parser.add_argument("--t2", type=float, default=60.0)
    parser.add_argument("--t3", type=float, default=30.0)
    parser.add_argument("--silent", type=float, default=60.0)
    parser.add_argument("--heart-beat", type=float, default=10.0)
    parser.add_argument("--gap", type=float, default=2.0)
    asyncio.run(run(parser.parse_args()))


async def run(asked: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    server, client = contexts(asked.tls, asked.certificate or asked.address)
    settings = Settings(
        asked.me, asked.address, asked.port, asked.heart_beat, asked.t3, server, client
    )
    provider = Provider(
        settings, asked.reference, asked.polygons, asked.modes.split(","), asked.gap
    )
    parts = provider.parts
    parts.t1_s, parts.attempts, parts.t2_s = asked.t1, asked.attempts, asked.t2
    parts.silent_s = asked.silent
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await provider.start()
    hook = serve(provider, asked.address, asked.hook_port)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    sys.stdout.write(f"{asked.me} serves: hook http://{asked.address}:{asked.hook_port}\n")
    sys.stdout.flush()
    try:
        await ended.wait()
    finally:
        hook.shutdown()
        await provider.stop()


if __name__ == "__main__":
    main()
