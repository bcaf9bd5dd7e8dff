"""Fixtures of the mutants' tests."""

from collections.abc import Iterator

import pytest
from net119_conformance.world.chromium import HostedChromium, find_chromium

from tests.mutants.forks import Forks, fork_server


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """A fork server, one for each worker: importing the reference takes seconds."""
    with fork_server() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    """The URL of a real browser that all mutants of a worker share; empty where there is none."""
    if find_chromium() is None:
        yield ""
        return
    browser = HostedChromium(None)
    try:
        yield browser.start()
    finally:
        browser.stop()
