"""What is started for a run: a provider of one or several processes, and its database."""

import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from net119_protocol.directory import Directory
from net119_simulators.network import FreePorts, LocalNetwork, ProviderSpec

from net119_loadtests.disk import Disk, database_disk, disk_at
from net119_loadtests.errors import LoadError

if TYPE_CHECKING:
    # Not at run time: psycopg is needed by those alone who want PostgreSQL.
    from net119_simulators.network.postgresql import PostgresServer

OPERATOR = "aoba"
ADDRESS = "127.0.0.2"
DATABASE_URL = "NET119_DATABASE__URL"
"""Variable of the environment that says which database a provider uses."""
_POSTGRES = {
    "shared_buffers": "128MB",
    "max_connections": "40",
    "max_wal_size": "1GB",
    "autovacuum": "on",
}
_REFERENCE = (sys.executable, "-m", "net119_reference")
_START_S = 120.0


@dataclass(frozen=True)
class Kind:
    """Which provider to start: ``relays`` processes besides an office, 0 for a single process.

    ``postgresql``: on a PostgreSQL started for it; several processes need one anyway, unless the
    environment names one (`DATABASE_URL`).  ``open_calls`` bounds the calls that it takes at once.
    """

    relays: int = 0
    postgresql: bool = False
    open_calls: int | None = None
    small_disk: bool = False
    """Whether the disk of its database is to be filled in the run."""

    @property
    def needs_postgresql(self) -> bool:
        """Whether a PostgreSQL is to be started."""
        return (self.postgresql or self.relays > 0) and DATABASE_URL not in os.environ

    @property
    def postgresql_of_others(self) -> bool:
        """Whether it stands on a database that was there before."""
        return DATABASE_URL in os.environ

    def shown(self) -> dict[str, Any]:
        """For the report."""
        database = "PostgreSQL" if self.postgresql or self.relays else "SQLite"
        if DATABASE_URL in os.environ:
            database = f"as {DATABASE_URL} says"
        return {"relays": self.relays, "database": database}


@dataclass
class House:
    """A provider that was started for the run, and what it stands on."""

    network: LocalNetwork
    kind: Kind
    folder: Path
    database: "PostgresServer | None" = None
    database_name: str = ""
    disk: Disk | None = None

    @property
    def postgresql(self) -> "PostgresServer":
        """The database; raises LoadError if none was started."""
        if self.database is None:
            raise LoadError(
                "no PostgreSQL was started for this run", "--fault", "Give --postgresql"
            )
        return self.database

    def server_pids(self) -> Sequence[int]:
        """The provider's first process at present; empty while it does not run."""
        pid = self.network.supervisor(OPERATOR).pid
        return (pid,) if pid else ()

    def database_pids(self) -> Sequence[int]:
        """The database's first process at present; empty while it does not run."""
        if self.database is None or self.database.stopped:
            return ()
        return (self.database.pid,)

    @property
    def log_file(self) -> Path:
        """The provider's log."""
        return self.folder / OPERATOR / "provider.log"

    @property
    def data_dir(self) -> Path:
        """Where the provider keeps its data."""
        return self.folder / OPERATOR / "data"


@contextlib.asynccontextmanager
async def house(
    folder: Path, kind: Kind, directory: Directory, settings: Mapping[str, Any]
) -> AsyncIterator[House]:
    """Start database and provider; both are gone at the end, come what may.

    Raises:
        LoadError, SimulatorError: one of them cannot be started.
    """
    with contextlib.ExitStack() as stack:
        environment: dict[str, str] = {}
        database, name = None, ""
        disk: Disk | None = None
        if kind.needs_postgresql:
            # On a disk: in memory a flush would cost nothing, and figures would flatter.
            place, settings_of = Path(tempfile.gettempdir()), _POSTGRES
            if kind.small_disk:
                place, disk = stack.enter_context(database_disk())
                settings_of = {**_POSTGRES, "max_wal_size": "256MB"}
            database = stack.enter_context(_postgresql(stack, place, settings_of))
            name = database.database("load")
            environment[DATABASE_URL] = database.url(name)
        command = (*_REFERENCE, "--relays", str(kind.relays)) if kind.relays else _REFERENCE
        spec = ProviderSpec(
            OPERATOR, ADDRESS, command=command, settings=settings, environment=environment
        )
        network = LocalNetwork([spec], folder, directory=directory, start_within_s=_START_S)
        made = House(network, kind, folder, database, name, disk)
        if kind.small_disk and disk is None:
            made.disk = stack.enter_context(disk_at(made.data_dir, made.server_pids))
        async with network:
            yield made


def _postgresql(
    stack: contextlib.ExitStack, place: Path, settings: Mapping[str, str]
) -> "PostgresServer":
    try:
        from net119_simulators.network.postgresql import PostgresServer
    except ImportError as error:
        raise LoadError(
            f"PostgreSQL cannot be used: {error}",
            "--relays, --postgresql",
            "pip install 'net119-testbed[postgres]'",
        ) from error
    ports = FreePorts()
    stack.callback(ports.close)
    return PostgresServer(ports.take("127.0.0.1"), settings, place=place)
