"""Providers of tests are forked: a worker imports the reference once, not once for each provider.

A test that is about the program as it is started (`python -m net119_reference`), or looks into its
process, names that command.
"""

from collections.abc import Iterator
from unittest import mock

import pytest
from net119_simulators.network import local
from net119_simulators.network.forks import Forks

from tests.mutants.registry import CLEAN

_RUNNING: list[Forks] = []


def server() -> Forks:
    """The fork server of this process, started at the first use; it knows all mutants."""
    if not _RUNNING:
        # Only here: it is needed by few tests, and reads all of the suite.
        from tests.mutants.forkserver import MUTANTS, ROOT

        forks = Forks(MUTANTS, folder=ROOT)
        try:
            forks.start()
            forks.wait_until_ready()
        except BaseException:
            forks.stop()
            raise
        _RUNNING.append(forks)
    return _RUNNING[0]


def _forked() -> tuple[str, ...]:
    return server().command(CLEAN)


@pytest.fixture(scope="session", autouse=True)
def providers_are_forked() -> Iterator[None]:
    """Networks that name no command start forks of the reference."""
    with mock.patch.object(local, "default_command", _forked):
        yield
    while _RUNNING:
        _RUNNING.pop().stop()
