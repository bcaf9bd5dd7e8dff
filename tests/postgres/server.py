"""A PostgreSQL of Debian's package as a process of the tests' own.

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

PROGRAMS = Path("/usr/lib/postgresql")
ACCOUNT = "postgres"
"""Debian's package makes it."""
OWNER = "net119"
GUARD = 'exec 3<&0; (read _ <&3; kill -INT "$$"; sleep 5; kill -KILL 0) & exec "$@" </dev/null 3<&-'
"""Runs a command that is stopped when its standard input ends: it does not outlive the tests, even
where those are killed."""
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


class PostgresServer:
    """A server on a port of its own; runs inside ``with``.  ``kill`` and ``start`` leave its data.

    ``settings`` are laid over those of :data:`QUICK`.
    """

    def __init__(self, port: int, settings: Mapping[str, str] | None = None) -> None:
        self.port = port
        self.password = secrets.token_urlsafe(12)
        self._settings = {**QUICK, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = Path()

    def __enter__(self) -> "PostgresServer":
        # Not below the tests' own folder, into which another user cannot look.
        self._folder = Path(tempfile.mkdtemp(prefix="net119-postgres-", dir=_fast_place()))
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

    def start(self) -> None:
        """Start the server on its data; returns when it takes connections.

        Raises:
            RuntimeError: it ended, or was not there in time; with what it printed.
        """
        folder = programs()
        assert folder is not None, missing()
        command = [str(folder / "postgres"), "-D", str(self._folder / "data")]
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
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.02)
                    break
        raise RuntimeError(f"PostgreSQL did not start:\n{self.said()[-4000:]}")

    def stop(self) -> None:
        """Stop it in good order: those who are connected are sent away."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End all its processes at once, as a power failure does."""
        self._end(signal.SIGKILL)

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
        folder = programs()
        assert folder is not None, missing()
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

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if how is signal.SIGKILL:
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
        assert self._process is not None
        for pid in self._all(self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)

    def _all(self, pid: int) -> list[int]:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(int(child) for child in children)]


def _account() -> str | None:
    """Whom the server runs as, if not as us."""
    return ACCOUNT if os.geteuid() == 0 else None


def _fast_place() -> str | None:
    """In memory where the system has such a place: many commits are made, and each is flushed."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
