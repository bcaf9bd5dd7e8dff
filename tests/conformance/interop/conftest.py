"""One fork server for all bad partners: the reference is imported once."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_simulators.network.forks import Forks, fork_server

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def partners() -> Iterator[Forks]:
    """Forks that become bad partners, mutants, or the reference as it is, by name."""
    command = (sys.executable, "-m", "tests.conformance.interop.forkserver")
    with fork_server(command, folder=ROOT) as forks:
        yield forks
