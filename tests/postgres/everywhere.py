"""Runs any tests on PostgreSQL: ``pytest -p tests.postgres.everywhere tests/reference/service``.

Those that look into SQLite's files fail by nature.
"""

from collections.abc import Iterator

import pytest

from tests.postgres.conftest import migrated, server
from tests.postgres.in_place import providers_on
from tests.postgres.server import PostgresServer


@pytest.fixture(autouse=True)
def _on_postgres(server: PostgresServer, migrated: str) -> Iterator[None]:
    with providers_on(server, migrated):
        yield


__all__ = ["_on_postgres", "migrated", "server"]
