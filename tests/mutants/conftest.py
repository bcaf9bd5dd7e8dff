"""Fixtures of the mutants' tests."""

from collections.abc import Iterator

import pytest

from tests.mutants.forks import Forks, fork_server


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """A fork server, one for each worker: importing the reference takes seconds."""
    with fork_server() as server:
        yield server
