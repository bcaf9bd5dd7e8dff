"""The provider as a process: starts, says that it is ready, refuses a taken port, stops cleanly."""

import json
import os
import select
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

DEADLINE_S = 90.0
CONFIG = """
operator = "aoba"
data_dir = "data"
[http]
port = {port}
cert = "server.pem"
key = "server.key"
[stomp]
port = 0
ca = "ca.pem"
"""


# A ClientHello of SSL 3.0 that offers RSA with 3DES.
SSL3_HELLO = (
    bytes.fromhex("160300002d010000290300") + b"\x11" * 32 + bytes.fromhex("000002000a0100")
)


class Process:
    """A provider in a process of its own; its log lines are read as they come."""

    def __init__(self, folder: Path, port: int = 0, more: str = "") -> None:
        config = folder / f"config-{port}.toml"
        config.write_text(CONFIG.format(port=port) + more)
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("NET119_")
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "net119_reference", "--config", config, "--stop-with-parent"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        self.seen: list[str] = []
        self._rest = b""

    def wait_for(self, event: str) -> dict[str, Any]:
        """The log line of this event."""
        assert self.process.stderr is not None
        descriptor = self.process.stderr.fileno()
        deadline = time.monotonic() + DEADLINE_S
        while True:
            line, found, rest = self._rest.partition(b"\n")
            if found:
                self._rest = rest
                self.seen.append(line.decode())
                entry = json.loads(line)
                if entry["event"] == event:
                    assert isinstance(entry, dict)
                    return entry
                continue
            ready, _, _ = select.select([descriptor], [], [], deadline - time.monotonic())
            part = os.read(descriptor, 65536) if ready else b""
            assert part, f"no {event!r} in {self.seen}"
            self._rest += part

    def end(self) -> tuple[int, str]:
        """Exit status and what is left on standard error."""
        _, rest = self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode, rest.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    leaf = authority.issue_cert("127.0.0.1")
    leaf.cert_chain_pems[0].write_to_path(str(tmp_path / "server.pem"))
    leaf.private_key_pem.write_to_path(str(tmp_path / "server.key"))
    return tmp_path


@pytest.fixture
def provider(folder: Path) -> Iterator[Process]:
    started = Process(folder)
    yield started
    if started.process.poll() is None:
        started.process.kill()
    started.process.communicate()


def test_a_provider_serves_and_stops_on_sigterm(folder: Path, provider: Process) -> None:
    ready = provider.wait_for("ready")
    health = httpx.get(
        f"{ready['https']}/health",
        verify=ssl.create_default_context(cafile=str(folder / "ca.pem")),
        timeout=DEADLINE_S,
        trust_env=False,
    )
    assert health.json()["operator"] == "aoba"

    second = Process(folder, int(ready["https"].rpartition(":")[2]))
    status, said = second.end()
    assert status == 2
    assert "in use by another program" in said
    assert "Traceback" not in said

    provider.process.send_signal(signal.SIGTERM)
    assert provider.wait_for("stopping")["why"] == "SIGTERM"
    provider.wait_for("stopped")
    assert provider.end()[0] == 0


def test_a_provider_stops_when_its_parent_is_gone(provider: Process) -> None:
    provider.wait_for("ready")
    assert provider.process.stdin is not None
    provider.process.stdin.close()
    provider.process.stdin = None
    assert provider.wait_for("stopping")["why"] == "parent is gone"
    assert provider.end()[0] == 0


def test_old_phones_are_served_or_told_why_not_and_the_log_knows(folder: Path) -> None:
    doors = "".join(
        f"[{section}]\nenabled = true\nport = 0\n" for section in ("plaintext", "local", "lan")
    )
    provider = Process(folder, more=doors)
    try:
        ready = provider.wait_for("ready")
        here = httpx.URL(ready["local"])
        assert here.host == "localhost"
        console = httpx.get(
            f"http://127.0.0.1:{here.port}/console/log-in", timeout=DEADLINE_S, trust_env=False
        )
        assert 'data-page="console-log-in"' in console.text
        trusting = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        away = httpx.get(
            f"{ready['lan']}/console/log-in", verify=trusting, timeout=DEADLINE_S, trust_env=False
        )
        assert away.status_code == 403
        assert provider.wait_for("refused")["code"] == "forbidden"
        start = httpx.get(f"{ready['plaintext']}/", timeout=DEADLINE_S, trust_env=False)
        assert (start.status_code, "needs-https" in start.text) == (200, True)

        secure = httpx.URL(ready["https"])
        with socket.create_connection((secure.host, secure.port or 0), DEADLINE_S) as phone:
            phone.sendall(SSL3_HELLO)
            assert phone.recv(100) == bytes((21, 3, 0, 0, 2, 2, 70))
        refused = provider.wait_for("refused")
        assert (refused["interface"], refused["code"]) == ("tls", "ssl-only")
        assert refused["source"] == "127.0.0.1"
        assert "offered up to SSL 3.0" in refused["detail"]
        assert "RSA_3DES_EDE_CBC_SHA" in refused["detail"]

        context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        counted = httpx.get(
            f"{ready['https']}/metrics", verify=context, timeout=DEADLINE_S, trust_env=False
        )
        line = 'net119_failed_handshakes_total{operator="aoba",reason="ssl-only"} 1.0'
        assert line in counted.text

        provider.process.send_signal(signal.SIGTERM)
        provider.wait_for("stopped")
        assert provider.end()[0] == 0
    finally:
        if provider.process.poll() is None:
            provider.process.kill()
            provider.process.communicate()
