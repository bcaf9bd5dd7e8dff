"""One run: a server of its own on one core, the load on the other, both gone afterwards."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import trustme

from benchmarks.relaying import prosody, rabbitmq
from benchmarks.relaying.load import Order
from benchmarks.relaying.seats import Ready

OTHERS: dict[str, Callable[[], str | None]] = {
    "rabbitmq": rabbitmq.missing,
    "prosody": prosody.missing,
}
"""Servers of other people: why one cannot be started here, if so."""
SERVERS = ("websockets", "picows", "provider", *OTHERS)
_START_S = 300.0
_STOP_S = 30.0


class RunFailed(Exception):
    """A server did not start, or did wrong; the text says which and why."""


class Certificate:
    """A throw-away authority, and what it issued for loopback addresses."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1", "127.0.0.2")
        self.ca, self.cert, self.key = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
        authority.cert_pem.write_to_path(self.ca)
        issued.cert_chain_pems[0].write_to_path(self.cert)
        issued.private_key_pem.write_to_path(self.key)


def run(
    server: str, folder: Path, certificate: Certificate, *, callers: int, tls: bool, **order: Any
) -> dict[str, Any]:
    """What the load client measured.

    Raises:
        RunFailed: the server did not start, or lost, doubled, reordered or refused a line.
    """
    folder.mkdir(parents=True)
    pair = [str(certificate.cert), str(certificate.key)]
    ready = folder / "ready.json"
    if server == "provider":
        command = [f"benchmarks.relaying.{server}", str(ready), str(callers), str(folder), *pair]
        command += [] if tls else ["plain"]
    elif server in OTHERS:
        command = [f"benchmarks.relaying.{server}", str(ready), str(callers), str(folder)]
        command += [*pair, str(certificate.ca)] if tls else []
    else:
        command = ["benchmarks.relaying.bare", server, str(ready), str(callers)]
        command += pair if tls else []
    with _running(command, folder / "server.log", ready) as started:
        pid = Ready.read(ready).pid or started
        file = folder / "order.json"
        full = Order(str(ready), pid, str(certificate.ca) if tls else None, **order)
        file.write_text(json.dumps(asdict(full)), "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.relaying.load", str(file)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RunFailed(f"{server}: {done.stderr.strip()}; see {folder}")
        result: dict[str, Any] = json.loads(done.stdout)
        return result


@contextlib.contextmanager
def _running(command: list[str], log: Path, ready: Path) -> Iterator[int]:
    with (
        log.open("wb") as out,
        subprocess.Popen([sys.executable, "-m", *command], stdout=out, stderr=out) as process,
    ):
        try:
            until = time.monotonic() + _START_S
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > until:
                    raise RunFailed(f"{command[0]} did not start: {log.read_text('utf-8')[-2000:]}")
                time.sleep(0.05)
            yield process.pid
        finally:
            # What has children of its own is told, so that it sees them end; the others have
            # nothing to put in order.
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_S)
            process.kill()
