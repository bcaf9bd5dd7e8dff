"""Prosody, an XMPP server, as a chat relay over WebSocket: a room for each call, with its archive.

A line is a message to the room.  The room stores it in the archive (SQLite) and then sends it to
everybody in it with the archive's ID, its writer too, which is the acknowledgement; so all see the
same order and nothing that is not stored, as with the provider.  Each line is a transaction of
its own, flushed in the only thread there is: SQLite's default, synchronous=FULL, here with a
write-ahead log, which saves Prosody most of the flushes of its default, and with Lua's generational
collector, which halves the CPU time for a line.  Not promised: that a line sent twice is stored
once.

    python -m benchmarks.relaying.prosody READY_FILE CALLERS FOLDER [CERT KEY CA]
"""

import contextlib
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from benchmarks.relaying.children import (
    HOST,
    await_start,
    child,
    free_port,
    listens,
    wait_for_stop,
)
from benchmarks.relaying.dialects import say_frame
from benchmarks.relaying.machine import SERVER_CORE, pin, rss_bytes
from benchmarks.relaying.seats import NAME, PER_CONSOLE, Desk, Ready, Seat, Step, consoles_for

_HOST = "net119.test"
_ROOMS = f"rooms.{_HOST}"
_PATH = "/xmpp-websocket"
_FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
_SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
_BIND = "urn:ietf:params:xml:ns:xmpp-bind"
_MUC = "http://jabber.org/protocol/muc"


def missing() -> str | None:
    """Why there can be no Prosody here; ``None`` if there can."""
    if shutil.which("prosody") is None:
        return "prosody is not installed (make deps)"
    if not any(Path("/usr/lib").glob("*/lua/5.4/dbd/sqlite3.so")):
        return "lua-dbi-sqlite3, with which prosody stores, is not installed (make deps)"
    return None


def _enters(rooms: Sequence[str], nick: str) -> tuple[Step, ...]:
    hello = f'<open xmlns="{_FRAMING}" to="{_HOST}" version="1.0"/>'
    auth = f'<auth xmlns="{_SASL}" mechanism="ANONYMOUS"/>'
    bind = f'<iq xmlns="jabber:client" type="set" id="in"><bind xmlns="{_BIND}"/></iq>'
    joins = (
        (
            f'<presence xmlns="jabber:client" to="{room}@{_ROOMS}/{nick}">'
            f'<x xmlns="{_MUC}"/></presence>',
            # Sent last to whoever comes into a room.
            "<subject",
        )
        for room in rooms
    )
    return (
        (hello, "features"),
        (auth, "<success"),
        (hello, "features"),
        (bind, "</bind>"),
        *joins,
    )


def _says(call_id: str) -> str:
    text = say_frame(call_id).replace('"', "&quot;")
    to = f"{call_id}@{_ROOMS}"
    head = f'<message xmlns="jabber:client" to="{to}" type="groupchat" id="{NAME}">'
    return f"{head}<body>{text}</body></message>"


def _seats(callers: int) -> tuple[tuple[Seat, ...], tuple[Desk, ...]]:
    seats = []
    rooms: list[list[str]] = [[] for _ in range(consoles_for(callers))]
    for number in range(callers):
        console, call_id = number // PER_CONSOLE, str(UUID(int=number + 1))
        rooms[console].append(call_id)
        said = _says(call_id)
        seats.append(Seat(call_id, _PATH, _enters([call_id], "caller"), console, said, said))
    return tuple(seats), tuple(Desk(_PATH, _enters(each, "console")) for each in rooms)


def _settings(folder: Path, port: int, tls: Sequence[str]) -> str:
    secure = ""
    if tls:
        cert, key, _ = tls
        secure = f'https_ssl = {{ certificate = "{cert}", key = "{key}" }}'
    ports = (f"{{ {port} }}", "{}")
    plain, encrypted = reversed(ports) if tls else ports
    return f"""\
daemonize = false
run_as_root = true
pidfile = "{folder / "prosody.pid"}"
data_path = "{folder}"
certificates = "{folder}"
log = {{ warn = "*console" }}
network_backend = "epoll"
gc = {{ mode = "generational" }}
interfaces = {{ "{HOST}" }}
network_settings = {{ tcp_backlog = 2048 }}
modules_enabled = {{ "saslauth", "websocket" }}
modules_disabled = {{ "s2s", "offline", "posix" }}
c2s_ports = {{}}
http_interfaces = {{ "{HOST}" }}
https_interfaces = {{ "{HOST}" }}
http_ports = {plain}
https_ports = {encrypted}
{secure}
c2s_require_encryption = false
consider_websocket_secure = true
storage = {{ muc_log = "sql" }}
default_storage = "memory"
sql = {{ driver = "SQLite3", database = "{folder / "archive.sqlite"}" }}

VirtualHost "{_HOST}"
authentication = "anonymous"
http_host = "{HOST}"

Component "{_ROOMS}" "muc"
modules_enabled = {{ "muc_mam" }}
muc_log_by_default = true
muc_log_presences = false
muc_room_locking = false
-- A room that is not persistent is destroyed with its archive when the last one leaves it.
muc_room_default_persistent = true
muc_room_default_history_length = 0
"""


def main(arguments: list[str]) -> None:
    """Serve until told to stop."""
    ready, callers, folder_name, *tls = arguments
    folder = Path(folder_name)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    pin(SERVER_CORE)
    port, settings, log = free_port(), folder / "prosody.cfg.lua", folder / "output.txt"
    settings.write_text(_settings(folder, port, tls), "utf-8")
    # What a database is journalled by stands in its file; Prosody does not change it.
    with contextlib.closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.execute("PRAGMA journal_mode=WAL")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    command = ["prosody", "-F", "--config", str(settings)]
    with child(command, environment, log) as pid:
        await_start(pid, lambda: listens(port), lambda: log.read_text("utf-8", "replace"))
        seats, desks = _seats(int(callers))
        Ready(port, HOST, rss_bytes(pid), seats, desks, pid, dialect="xmpp", protocol="xmpp").write(
            Path(ready)
        )
        wait_for_stop()


if __name__ == "__main__":
    main(sys.argv[1:])
