"""What the testbed asks of a machine: each check says what it found and how to mend it."""

import errno
import platform
import resource
import shutil
import socket
import sqlite3
import ssl
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from net119_cli.language import text

ADDRESSES = ("127.0.0.2", "127.0.0.3")
"""Loopback addresses of the two providers that run by default; a peer is known by its address."""

PORTS: Mapping[int, str] = {
    8443: "HTTPS",
    61614: "STOMP/TLS",
    8080: "HTTP",
}
"""The ports a provider listens on by default, with what it speaks there."""

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 35, 0)  # RETURNING: a chat line is numbered and stored in one statement
OLDEST_OPENSSL = (1, 1, 1)  # the first with TLS 1.3
FEWEST_FILES = 1_024
WANTED_FILES = 20_000
LEAST_SPACE_MB = 200
WANTED_SPACE_MB = 1_000


class State(StrEnum):
    """Outcome of a check."""

    OK = "ok"
    NOTE = "note"  # the testbed runs, but something optional is missing or less than wanted
    MISSING = "missing"  # the testbed does not run without it


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is for, and how to mend it (empty where nothing is to do)."""

    id: str
    title: str
    state: State
    found: str
    purpose: str
    remedy: str = ""


def check_machine() -> Iterator[Finding]:
    """What must be there, in the order in which its lack would be noticed.

    Opens sockets on loopback only, and closes them again.
    """
    yield check_python(sys.version_info[:3])
    yield check_openssl(ssl.OPENSSL_VERSION, ssl.OPENSSL_VERSION_INFO[:3])
    yield check_old_tls()
    yield check_sqlite(sqlite3.sqlite_version_info)
    yield check_open_files(*resource.getrlimit(resource.RLIMIT_NOFILE))
    # One finding for each file system, not for each folder.
    places = {place.stat().st_dev: place for place in (Path(tempfile.gettempdir()), Path.cwd())}
    for place in places.values():
        yield check_space(place, shutil.disk_usage(place).free // 1_000_000)
    for address in ADDRESSES:
        found = check_address(address)
        yield found
        if found.state is State.OK:
            yield check_ports(address, PORTS)


def check_python(version: tuple[int, ...]) -> Finding:
    """Python itself: the newest syntax and libraries used here are 3.11's."""
    fits = version >= OLDEST_PYTHON
    wanted = dotted(OLDEST_PYTHON)
    return Finding(
        id="python",
        title="Python",
        state=State.OK if fits else State.MISSING,
        found=f"{dotted(version)} ({platform.python_implementation()})",
        purpose=text(ja="すべて", en="everything"),
        remedy=""
        if fits
        else text(
            ja=f"Python {wanted} 以降を入れ、make PYTHON=python{wanted} で作り直してください",
            en=f"install Python {wanted} or later and run make PYTHON=python{wanted}",
        ),
    )


def check_openssl(name: str, version: tuple[int, ...]) -> Finding:
    """OpenSSL as linked into Python: interconnect and pages need TLS 1.2 and later."""
    fits = version >= OLDEST_OPENSSL and not name.startswith("LibreSSL")
    return Finding(
        id="openssl",
        title="OpenSSL",
        state=State.OK if fits else State.MISSING,
        found=" ".join(name.split()[:2]),
        purpose=text(ja="事業者間接続と HTTPS", en="interconnect and HTTPS"),
        remedy=""
        if fits
        else text(
            ja=f"OpenSSL {dotted(OLDEST_OPENSSL)} 以降とリンクした Python を使ってください",
            en=f"use a Python linked with OpenSSL {dotted(OLDEST_OPENSSL)} or later",
        ),
    )


def check_old_tls() -> Finding:
    """TLS 1.0, which providers of old handsets must still accept (ASO-08)."""
    from net119_cli.tls_probe import speaks

    works = speaks(ssl.TLSVersion.TLSv1)
    return Finding(
        id="tls-1.0",
        title="TLS 1.0",
        state=State.OK if works else State.NOTE,
        found=text(ja="使えます", en="works")
        if works
        else text(ja="使えません", en="does not work"),
        purpose=text(
            ja="古い携帯電話の接続の試験 (ASO-08)",
            en="testing connections of old handsets (ASO-08)",
        ),
        remedy=""
        if works
        else text(
            ja="OpenSSL の設定で禁じられています。RHEL 系では update-crypto-policies --set LEGACY、"
            "ほかでは openssl.cnf の MinProtocol を確かめてください",
            en="OpenSSL's configuration forbids it: on RHEL and its kin "
            "update-crypto-policies --set LEGACY, elsewhere MinProtocol in openssl.cnf",
        ),
    )


def check_sqlite(version: tuple[int, ...]) -> Finding:
    """SQLite as linked into Python."""
    fits = version >= OLDEST_SQLITE
    return Finding(
        id="sqlite",
        title="SQLite",
        state=State.OK if fits else State.MISSING,
        found=dotted(version),
        purpose=text(ja="参照実装の既定の保存先", en="where the reference stores by default"),
        remedy=""
        if fits
        else text(
            ja=f"SQLite {dotted(OLDEST_SQLITE)} 以降とリンクした Python を使ってください",
            en=f"use a Python linked with SQLite {dotted(OLDEST_SQLITE)} or later",
        ),
    )


def check_open_files(soft: int, hard: int) -> Finding:
    """The limit of open files for each process; every simulated caller holds a socket."""
    unlimited = resource.RLIM_INFINITY
    enough = soft == unlimited or soft >= WANTED_FILES
    state = State.OK if enough else State.MISSING if soft < FEWEST_FILES else State.NOTE
    reachable = hard == unlimited or hard >= WANTED_FILES
    return Finding(
        id="open-files",
        title=text(ja="同時に開けるファイル数", en="open-file limit"),
        state=state,
        found=text(
            ja=f"{_limit(soft)} (上限 {_limit(hard)})", en=f"{_limit(soft)} (hard {_limit(hard)})"
        ),
        purpose=text(
            ja=f"負荷試験は {WANTED_FILES:,}、その他は {FEWEST_FILES:,} を使います",
            en=f"{WANTED_FILES:,} for load, {FEWEST_FILES:,} for the rest",
        ),
        remedy=""
        if enough
        else text(
            ja=f"同じ端末で先に ulimit -n {WANTED_FILES} を実行してください",
            en=f"run ulimit -n {WANTED_FILES} in this shell first",
        )
        if reachable
        else text(
            ja=f"root で上限を上げてから (/etc/security/limits.conf の nofile)、"
            f"ulimit -n {WANTED_FILES} を実行してください",
            en="raise the hard limit as root (nofile in /etc/security/limits.conf), "
            f"then run ulimit -n {WANTED_FILES}",
        ),
    )


def check_space(place: Path, free_mb: int) -> Finding:
    """Free space where the testbed writes, in megabytes (10^6 bytes)."""
    state = State.OK
    if free_mb < WANTED_SPACE_MB:
        state = State.NOTE if free_mb >= LEAST_SPACE_MB else State.MISSING
    return Finding(
        id=f"space:{place}",
        title=text(ja=f"空き容量 {place}", en=f"free space in {place}"),
        state=state,
        found=f"{free_mb:,} MB",
        purpose=text(ja="データベース、記録、報告書", en="databases, evidence, reports"),
        remedy=""
        if state is State.OK
        else text(
            ja=f"{WANTED_SPACE_MB:,} MB 以上空けるか、広い場所で実行してください "
            "(一時領域の場所は TMPDIR で変わります)",
            en=f"free {WANTED_SPACE_MB:,} MB, or run where there is more "
            "(TMPDIR moves temporary files)",
        ),
    )


def check_address(address: str) -> Finding:
    """Whether a loopback address besides 127.0.0.1 can be bound."""
    problem = ""
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError as error:
            problem = error.strerror or str(error)
    return Finding(
        id=f"address:{address}",
        title=text(ja=f"アドレス {address}", en=f"address {address}"),
        state=State.MISSING if problem else State.OK,
        found=problem or text(ja="使えます", en="can be bound"),
        purpose=text(
            ja="事業者ごとに 1 つ",
            en="one for each provider",
        ),
        remedy=text(
            ja=f"Linux では ip link set lo up、macOS では ifconfig lo0 alias {address} up "
            "を root で実行してください",
            en=f"as root: on Linux ip link set lo up, on macOS ifconfig lo0 alias {address} up",
        )
        if problem
        else "",
    )


def check_ports(address: str, ports: Mapping[int, str]) -> Finding:
    """Whether a provider could listen on its default ports (port -> what is spoken there)."""
    taken = {port: why for port in ports if (why := _why_not_free(address, port))}
    return Finding(
        id=f"ports:{address}",
        title=text(ja=f"{address} のポート", en=f"ports of {address}"),
        state=State.MISSING if taken else State.OK,
        found=", ".join(
            f"{port} {spoken} {taken.get(port) or text(ja='空き', en='free')}"
            for port, spoken in ports.items()
        ),
        purpose=text(ja="事業者が待ち受けます", en="a provider listens there"),
        remedy=text(
            ja="使っているプログラムを止めてください "
            "(すでに動いている net119 serve かもしれません)。"
            f"調べるには: ss -ltnp | grep -E '{_pattern(taken)}'",
            en="stop what uses them (perhaps a net119 serve already running); to find it: "
            f"ss -ltnp | grep -E '{_pattern(taken)}'",
        )
        if taken
        else "",
    )


def _why_not_free(address: str, port: int) -> str:
    with socket.socket() as probe:
        # As a server does it: connections of an earlier run that linger in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return text(ja="使用中", en="in use")
            return error.strerror or str(error)
    return ""


def _pattern(ports: Iterable[int]) -> str:
    return "|".join(f":{port}" for port in ports)


def _limit(value: int) -> str:
    if value == resource.RLIM_INFINITY:
        return text(ja="無制限", en="unlimited")
    return f"{value:,}"


def dotted(version: Iterable[int]) -> str:
    """(3, 11, 7) -> "3.11.7"."""
    return ".".join(str(part) for part in version)
