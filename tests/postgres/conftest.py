"""One PostgreSQL for all tests of a worker, a database for each test."""

from collections.abc import Iterator

import pytest
from net119_reference.store.migrate import migrate
from net119_simulators.network.ports import FreePorts

from tests.postgres.in_place import providers_on
from tests.postgres.server import PostgresServer, missing


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """A server that runs; a test that stops it starts it again."""
    if why := missing():
        pytest.skip(why)
    ports = FreePorts()
    with PostgresServer(ports.take("127.0.0.1")) as running:
        yield running
    ports.close()


@pytest.fixture(scope="session")
def migrated(server: PostgresServer) -> str:
    """The name of a database with all tables and nothing in it, to make others from."""
    name = server.database("migrated")
    migrate(server.url(name))
    return name


@pytest.fixture
def url(server: PostgresServer, migrated: str) -> Iterator[str]:
    """The address of a database with all tables and nothing in it."""
    name = server.database(template=migrated)
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def empty_url(server: PostgresServer) -> Iterator[str]:
    """The address of a database without a table."""
    name = server.database()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def on_postgres(server: PostgresServer, migrated: str) -> Iterator[None]:
    """Providers of the test have their databases on the server."""
    with providers_on(server, migrated):
        yield
