"""A RabbitMQ of Debian's package with its STOMP plugin, as a process of the tests' own.

Node directory, Erlang cookie, epmd and ports are its own; nothing of it outlives the context.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from net119_simulators.network.authority import Certificate
from net119_simulators.network.ports import FreePorts

from tests.brokers.issuer import Issuer

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""The server itself; the one in /usr/sbin changes the user first."""
GUARD = 'exec 3<&0; (read _ <&3; kill -KILL 0) & exec "$@" </dev/null 3<&-'
"""Runs a command whose whole process group ends with its standard input: it does not outlive the
tests, even where those are killed."""
READY = "Server startup complete"
START_S = 90.0
STOP_S = 20.0
MAX_MESSAGE = 512 * 1024


def missing() -> str | None:
    """Why there can be no RabbitMQ here; ``None`` if there can."""
    if not SERVER.exists() or shutil.which("epmd") is None:
        return "rabbitmq-server is not installed (make deps)"
    return None


class RabbitMq:
    """The endpoints of some owners, each for its peers, at one address; runs inside ``with``.

    ``stop`` and ``start`` leave its data.
    """

    def __init__(
        self, endpoints: Mapping[str, Sequence[str]], address: str, issuer: Issuer, folder: Path
    ) -> None:
        self.address = address
        self._ports = FreePorts()
        self.port = self._ports.take(address)
        self._epmd_port = self._ports.take("127.0.0.1")
        self._dist_port = self._ports.take("127.0.0.1")
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        for name in ("home", "log", "mnesia"):
            (folder / name).mkdir(parents=True)
        self._write_files(endpoints, issuer, issuer.issue("broker", address))

    @property
    def pid(self) -> int:
        """The script that waits for the node."""
        return self._processes[-1].pid

    def __enter__(self) -> "RabbitMq":
        try:
            self._spawn(["epmd", "-port", str(self._epmd_port), "-address", "127.0.0.1"])
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            self._end(process, signal.SIGTERM)
        self._processes.clear()
        self._ports.close()

    def start(self) -> None:
        """Start the node; returns when it says that all of it runs.

        Raises:
            RuntimeError: it ended, or was not there in time; with what it printed.
        """
        before = self._said().count(READY)
        node = self._spawn([str(SERVER)])
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            # The STOMP listener opens before the plugin that reads certificates runs.
            if self._said().count(READY) > before:
                return
            try:
                node.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        raise RuntimeError(f"RabbitMQ did not start:\n{self._said()[-4000:]}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the node: in good order by SIGTERM, as a power failure does by SIGKILL."""
        self._end(self._processes.pop(), how)

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self._folder / "output.txt").open("ab") as output:
            process = subprocess.Popen(
                ["sh", "-c", GUARD, "sh", *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env=self._environment(),
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def _environment(self) -> dict[str, str]:
        at = self._folder
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            # The Erlang cookie is written to the home directory.
            "HOME": str(at / "home"),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_NODENAME": f"net119-{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(at / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(at / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(at / "mnesia"),
            "RABBITMQ_LOG_BASE": str(at / "log"),
            "RABBITMQ_PID_FILE": str(at / "pid"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _end(self, process: subprocess.Popen[bytes], how: signal.Signals) -> None:
        """The script, the node and its helpers are one process group."""
        for sign, within in ((how, STOP_S), (signal.SIGKILL, STOP_S)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(within)
        deadline = time.monotonic() + STOP_S
        while time.monotonic() < deadline:
            try:
                os.killpg(process.pid, 0)
            except ProcessLookupError:
                if process.stdin is not None:
                    process.stdin.close()
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        raise RuntimeError(f"process group {process.pid} does not end")

    def _said(self) -> str:
        logs = [self._folder / "output.txt", *sorted((self._folder / "log").glob("*.log"))]
        return "".join(file.read_text("utf-8", "replace") for file in logs)

    def _write_files(
        self, endpoints: Mapping[str, Sequence[str]], issuer: Issuer, own: Certificate
    ) -> None:
        at = self._folder
        (at / "enabled_plugins").write_text("[rabbitmq_stomp,rabbitmq_auth_mechanism_ssl].\n")
        (at / "rabbitmq.conf").write_text(configuration(self, issuer.ca_file, own, at))
        (at / "definitions.json").write_text(json.dumps(definitions(endpoints)))


def configuration(broker: RabbitMq, ca: Path, own: Certificate, folder: Path) -> str:
    """What docs/other-brokers.md says of ``rabbitmq.conf``."""
    return f"""\
listeners.tcp = none
stomp.listeners.tcp = none
stomp.listeners.ssl.1 = {broker.address}:{broker.port}
ssl_options.cacertfile = {ca}
ssl_options.certfile = {own.cert_file}
ssl_options.keyfile = {own.key_file}
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
ssl_cert_login_from = common_name
stomp.ssl_cert_login = true
max_message_size = {MAX_MESSAGE}
load_definitions = {folder / "definitions.json"}
"""


def definitions(endpoints: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """Users without password, a virtual host named like each owner, its queues, everybody's rights.

    What docs/other-brokers.md says of ``definitions.json``.
    """
    users = sorted({name for owner, peers in endpoints.items() for name in (owner, *peers)})
    pairs = [(owner, peer) for owner, peers in endpoints.items() for peer in peers]
    queues = [(owner, f"{owner}.callee") for owner in endpoints]
    queues += [(owner, f"{peer}.caller") for owner, peer in pairs]
    return {
        "users": [{"name": name, "password_hash": "", "tags": ""} for name in users],
        "vhosts": [{"name": owner} for owner in endpoints],
        "permissions": [_rights_of_owner(owner, peers) for owner, peers in endpoints.items()]
        + [_rights_of_peer(owner, peer) for owner, peer in pairs],
        "queues": [
            {"name": name, "vhost": owner, "durable": True, "auto_delete": False, "arguments": {}}
            for owner, name in queues
        ],
    }


def _rights_of_owner(owner: str, peers: Sequence[str]) -> dict[str, str]:
    callers = "|".join(peers)
    return {
        "user": owner,
        "vhost": owner,
        "configure": rf"^({owner}\.callee|({callers})\.caller)$",
        "write": rf"^(({callers})\.caller|amq\.default)$",
        "read": rf"^{owner}\.callee$",
    }


def _rights_of_peer(owner: str, peer: str) -> dict[str, str]:
    return {
        "user": peer,
        "vhost": owner,
        # RabbitMQ declares /queue/NAME at every SEND and SUBSCRIBE, which is "configure".
        "configure": rf"^({owner}\.callee|{peer}\.caller)$",
        "write": rf"^({owner}\.callee|amq\.default)$",
        "read": rf"^{peer}\.caller$",
    }
