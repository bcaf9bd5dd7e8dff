"""A PostgreSQL of Debian's package as a process of one's own, for tests and load tests.

Its folder, port and password are its own; nothing of it outlives the context.  A server that is
asked to start by root runs as the user of the package, since it refuses to run as root.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from net119_simulators.errors import SimulatorError

PROGRAMS = Path("/usr/lib/postgresql")
ACCOUNT = "postgres"
"""Debian's package makes it."""
OWNER = "net119"
GUARD = 'exec 3<&0; (read _ <&3; kill -INT "$$"; sleep 5; kill -KILL 0) & exec "$@" </dev/null 3<&-'
"""Runs a command that is stopped when its standard input ends: it does not outlive who started
it, even where that one is killed."""
START_S = 60.0
STOP_S = 30.0
QUICK = {
    "shared_buffers": "16MB",
    "max_connections": "20",
    "autovacuum": "off",
    "max_wal_size": "256MB",
    "timezone": "Asia/Tokyo",
}
"""Small, and with another time zone than ours; what is durable stays as it is by default."""


def missing() -> str | None:
    """Why there can be no PostgreSQL here; ``None`` if there can."""
    if not programs():
        return "postgresql is not installed (make deps)"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(ACCOUNT)
        except KeyError:
            return f"there is no user {ACCOUNT}, and PostgreSQL does not run as root (make deps)"
    return None


def programs() -> Path | None:
    """The folder of the newest version's programs."""
    found = [folder for folder in PROGRAMS.glob("*/bin") if (folder / "initdb").exists()]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


class PostgresUnavailable(SimulatorError):
    """There can be no PostgreSQL here, or it did not start."""


class PostgresServer:
    """A server on a port of its own; runs inside ``with``.  ``kill`` and ``start`` leave its data.

    ``settings`` are laid over those of :data:`QUICK`.  Its folder is made in ``place``; without
    that, in memory, where a flush costs nothing.

    Raises:
        PostgresUnavailable: on entering.
    """

    def __init__(
        self, port: int, settings: Mapping[str, str] | None = None, *, place: Path | None = None
    ) -> None:
        self.port = port
        self._place = place
        self.password = secrets.token_urlsafe(12)
        self._settings = {**QUICK, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = Path()

    def __enter__(self) -> "PostgresServer":
        # Not below the caller's own folder, into which another user may be unable to look.
        place = self._place or _fast_place()
        self._folder = Path(tempfile.mkdtemp(prefix="net119-postgres-", dir=place))
        try:
            self._make()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str, *, user: str = OWNER, password: str | None = None) -> str:
        """The address of a database, as the provider's settings take it."""
        secret = self.password if password is None else password
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def database(self, prefix: str = "test", *, template: str = "template1") -> str:
        """Make a database, as the template is (nobody may be connected to it); returns its name."""
        name = f"{prefix}_{secrets.token_hex(6)}"
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, statement: str | sql.Composed, database: str = "postgres") -> list[object]:
        """Run a statement as the owner of everything; returns the rows."""
        text = statement if isinstance(statement, sql.Composed) else sql.SQL(statement)
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(text)
            return list(cursor.fetchall()) if cursor.description else []

    def start(self, *, patient: bool = False) -> None:
        """Start the server on its data; returns when it takes connections.

        ``patient``: try again while processes of the last one still have its memory.

        Raises:
            PostgresUnavailable: it ended, or was not there in time; with what it printed.
        """
        command = [str(_programs() / "postgres"), "-D", str(self._folder / "data")]
        deadline = time.monotonic() + START_S
        while not self._started(command, deadline):
            if not patient or time.monotonic() > deadline:
                raise PostgresUnavailable(
                    f"PostgreSQL did not start:\n{self.said()[-4000:]}",
                    str(self._folder),
                    "Read what it printed",
                )

    def start_again(self) -> None:
        """Start it if it has ended by itself; else return when it takes connections.

        Raises:
            PostgresUnavailable: it does not come back; with what it printed.
        """
        deadline = time.monotonic() + START_S
        while self._process is not None and self._process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return
            if time.monotonic() > deadline:
                raise PostgresUnavailable(
                    f"PostgreSQL did not come back:\n{self.said()[-4000:]}",
                    str(self._folder),
                    "Read what it printed",
                )
            time.sleep(0.02)
        self._end(signal.SIGINT)
        self.start(patient=True)

    def _started(self, command: list[str], deadline: float) -> bool:
        with (self._folder / "output.txt").open("ab") as output:
            self._process = subprocess.Popen(
                ["sh", "-c", GUARD, "sh", *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
                start_new_session=True,
                user=_account(),
                group=_account(),
                extra_groups=[] if _account() else None,
            )
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return True
            except psycopg.OperationalError:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.02)
                    break
        return False

    def stop(self) -> None:
        """Stop it in good order: those who are connected are sent away."""
        self._end(signal.SIGINT)

    def kill(self, *, first_only: bool = False) -> None:
        """End all its processes at once, as a power failure does.

        ``first_only``: the first one alone; the others see that it is gone, and end.
        """
        self._end(signal.SIGKILL, first_only=first_only)

    def wait_for_restart(self, killed: int) -> None:
        """Return when the server takes connections after one of its processes was killed.

        Raises:
            PostgresUnavailable: not within a minute.
        """
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            # It notices, ends the others, and goes through its log.
            with contextlib.suppress(psycopg.OperationalError):
                if not Path(f"/proc/{killed}").exists():
                    psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                    return
            time.sleep(0.02)
        raise PostgresUnavailable(
            f"PostgreSQL did not come back:\n{self.said()[-4000:]}",
            str(self._folder),
            "Read what it printed",
        )

    @property
    def stopped(self) -> bool:
        """Whether it was stopped or killed, and not started again."""
        return self._process is None

    @property
    def pid(self) -> int:
        """The number of its first process; the others are that one's children."""
        return self._running().pid

    def backends(self, database: str) -> list[int]:
        """The processes that serve the clients of a database."""
        name = sql.Literal(database)
        rows = self.execute(
            sql.SQL("SELECT pid FROM pg_stat_activity WHERE datname = {} ORDER BY pid").format(name)
        )
        return [int(row[0]) for row in rows if isinstance(row, tuple)]

    def pause(self) -> None:
        """Stop all its processes where they are."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Let them go on."""
        self._signal_all(signal.SIGCONT)

    def said(self) -> str:
        """What the server printed."""
        return (self._folder / "output.txt").read_text("utf-8", "replace")

    def files(self) -> list[Path]:
        """The files in which it keeps tables."""
        return [path for path in (self._folder / "data" / "base").rglob("*") if path.is_file()]

    def _make(self) -> None:
        folder = _programs()
        secret = self._folder / "password"
        secret.write_text(self.password)
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            for path in (self._folder, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        subprocess.run(
            [
                *(str(folder / "initdb"), "-D", str(self._folder / "data"), "-U", OWNER),
                *("-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--no-sync"),
                "--locale=C.UTF-8",
            ],
            check=True,
            capture_output=True,
            cwd=self._folder,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            user=_account(),
            group=_account(),
            extra_groups=[] if _account() else None,
        )
        lines = [f"{key} = '{value}'\n" for key, value in self._settings.items()]
        lines += [f"port = {self.port}\n", "listen_addresses = '127.0.0.1'\n"]
        lines += [f"unix_socket_directories = '{self._folder}'\n"]
        with (self._folder / "data" / "postgresql.auto.conf").open("a") as file:
            file.writelines(lines)

    def _end(self, how: signal.Signals, *, first_only: bool = False) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if first_only:
            process.send_signal(how)
        elif how is signal.SIGKILL:
            # Its children have groups of their own, and would finish what they do.
            for pid in self._all(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
        else:
            process.send_signal(how)
        try:
            process.wait(STOP_S)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if process.stdin is not None:
                process.stdin.close()

    def _signal_all(self, how: signal.Signals) -> None:
        for pid in self._all(self._running().pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise RuntimeError("the server does not run")
        return self._process

    def _all(self, pid: int) -> list[int]:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(int(child) for child in children)]


def _programs() -> Path:
    folder = programs()
    why = missing()
    if folder is None or why:
        raise PostgresUnavailable(
            why or "postgresql is not installed", str(PROGRAMS), "apt install postgresql"
        )
    return folder


def _account() -> str | None:
    """Whom the server runs as, if not as us."""
    return ACCOUNT if os.geteuid() == 0 else None


def _fast_place() -> str | None:
    """In memory where the system has such a place: many commits are made, and each is flushed."""
    memory = "/dev/shm"  # noqa: S108  # a folder of its own is made there (mkdtemp)
    return memory if os.access(memory, os.W_OK) else None
