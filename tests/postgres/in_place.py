"""Providers of other tests on PostgreSQL: each data folder has a database of its own there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from net119_reference.config.model import Config

from tests.postgres.server import PostgresServer


@contextmanager
def providers_on(server: PostgresServer, template: str) -> Iterator[None]:
    """Inside, a provider whose settings name no database has one on the server."""
    databases: dict[Path, str] = {}

    def url(config: Config) -> str:
        if config.data_dir not in databases:
            databases[config.data_dir] = server.database(template=template)
        return server.url(databases[config.data_dir])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Config, "database_url", property(url))
        yield
    for name in databases.values():
        server.drop(name)
