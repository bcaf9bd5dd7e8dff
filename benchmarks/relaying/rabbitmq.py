"""RabbitMQ with STOMP over WebSocket as a chat relay, each line in a durable archive.

A handset and a console each have a queue of their own for what is live; every line is also routed
to one durable quorum queue, the archive, which nobody empties.  A RECEIPT is sent when every queue
has the line: a quorum queue has it when its log is written and fsynced, many lines at a time.  So
what is acknowledged is durable, as with the provider.  Not promised: that a line is stored before
the other side sees it, and a number in its call.

    python -m benchmarks.relaying.rabbitmq READY_FILE CALLERS FOLDER [CERT KEY CA]
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from benchmarks.relaying.children import HOST, await_start, child, free_port, wait_for_stop
from benchmarks.relaying.dialects import say_frame
from benchmarks.relaying.machine import SERVER_CORE, pin, rss_bytes
from benchmarks.relaying.seats import NAME, PER_CONSOLE, Desk, Ready, Seat, Step, consoles_for

_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""The server itself; the one in /usr/sbin changes the user first."""
_READY = "Server startup complete"
_EXCHANGE = "calls"
# One scheduler, as the server has one core; one that has nothing to do sleeps instead of spinning.
_ONE_CORE = "+S 1:1 +SDcpu 1:1 +SDio 1 +sbwt none +sbwtdcpu none +sbwtdio none"


def missing() -> str | None:
    """Why there can be no RabbitMQ here; ``None`` if there can."""
    if not _SERVER.exists() or shutil.which("epmd") is None:
        return "rabbitmq-server is not installed (make deps)"
    return None


def _frame(command: str, headers: dict[str, str], body: str = "") -> str:
    rows = "".join(f"{name}:{value}\n" for name, value in headers.items())
    return f"{command}\n{rows}\n{body}\0"


def _enters(key: str) -> tuple[Step, ...]:
    connect = {"accept-version": "1.2", "host": "/", "login": "guest", "passcode": "guest"}
    subscribe = {"id": "0", "destination": f"/exchange/{_EXCHANGE}/{key}", "ack": "auto"}
    return (
        (_frame("CONNECT", connect | {"heart-beat": "0,0"}), "CONNECTED"),
        (_frame("SUBSCRIBE", subscribe | {"receipt": "in"}), "receipt-id:in"),
    )


def _says(key: str, call_id: str) -> str:
    headers = {
        "destination": f"/exchange/{_EXCHANGE}/{key}",
        "content-type": "application/json",
        "persistent": "true",
        "receipt": NAME,
    }
    return _frame("SEND", headers, say_frame(call_id))


def _seats(callers: int) -> tuple[tuple[Seat, ...], tuple[Desk, ...]]:
    seats = []
    for number in range(callers):
        console, call_id = number // PER_CONSOLE, str(UUID(int=number + 1))
        desk, call = f"console.{console}", f"call.{call_id}"
        heard_at = _enters(call)
        said = _says(desk, call_id), _says(call, call_id)
        seats.append(Seat(call_id, "/ws", heard_at, console, *said))
    desks = (Desk("/ws", _enters(f"console.{number}")) for number in range(consoles_for(callers)))
    return tuple(seats), tuple(desks)


def _write_settings(folder: Path, port: int, tls: Sequence[str]) -> None:
    kind = "ssl" if tls else "tcp"
    rows = [
        "listeners.tcp = none",
        "stomp.listeners.tcp = none",
        f"web_stomp.{kind}.ip = {HOST}",
        f"web_stomp.{kind}.port = {port}",
        f"web_stomp.{kind}.backlog = 2048",
        "web_stomp.cowboy_opts.idle_timeout = 600000",
        f"load_definitions = {folder / 'definitions.json'}",
        # The load average of a small machine is no reason to look at the memory so often.
        "collect_statistics_interval = 60000",
    ]
    if tls:
        cert, key, ca = tls
        rows += [f"web_stomp.ssl.{k} = {v}" for k, v in (("certfile", cert), ("keyfile", key))]
        rows += [f"web_stomp.ssl.cacertfile = {ca}", "web_stomp.tcp.listener = none"]
    (folder / "rabbitmq.conf").write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "enabled_plugins").write_text("[rabbitmq_web_stomp].\n", "utf-8")
    durable = {"vhost": "/", "durable": True, "auto_delete": False}
    archive = {"source": _EXCHANGE, "vhost": "/", "destination": "archive"}
    definitions = {
        "vhosts": [{"name": "/"}],
        "users": [{"name": "guest", "password": "guest", "tags": ""}],
        "permissions": [
            {"user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
        ],
        "exchanges": [
            {"name": _EXCHANGE, "type": "topic", "internal": False, "arguments": {}, **durable}
        ],
        "queues": [{"name": "archive", "arguments": {"x-queue-type": "quorum"}, **durable}],
        "bindings": [{"destination_type": "queue", "routing_key": "#", "arguments": {}, **archive}],
    }
    (folder / "definitions.json").write_text(json.dumps(definitions), "utf-8")


def _environment(folder: Path, port: int, epmd: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        # The Erlang cookie is written to the home directory.
        "HOME": str(folder),
        "ERL_EPMD_ADDRESS": HOST,
        "ERL_EPMD_PORT": str(epmd),
        "RABBITMQ_NODENAME": f"net119-{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            f"-kernel inet_dist_use_interface {{127,0,0,1}} {_ONE_CORE}"
        ),
    }


def main(arguments: list[str]) -> None:
    """Serve until told to stop."""
    ready, callers, folder_name, *tls = arguments
    folder = Path(folder_name)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    pin(SERVER_CORE)
    port, epmd = free_port(), free_port()
    _write_settings(folder, port, tls)
    environment = _environment(folder, port, epmd)

    def said() -> str:
        logs = [folder / "output.txt", *(folder / "log").glob("*.log")]
        return "".join(log.read_text("utf-8", "replace") for log in logs if log.exists())

    with ExitStack() as running:
        epmd_command = ["epmd", "-port", str(epmd), "-address", HOST]
        running.enter_context(child(epmd_command, environment, folder / "epmd.txt"))
        script = running.enter_context(child([str(_SERVER)], environment, folder / "output.txt"))
        await_start(script, lambda: _READY in said(), said)
        node = int((folder / "pid").read_text("ascii"))
        seats, desks = _seats(int(callers))
        Ready(
            port, HOST, rss_bytes(node), seats, desks, node, dialect="stomp", protocol="v12.stomp"
        ).write(Path(ready))
        wait_for_stop()


if __name__ == "__main__":
    main(sys.argv[1:])
