"""Fixtures of the mutants' tests."""

from collections.abc import Iterator

import pytest
from net119_conformance.world.chromium import HostedChromium, find_chromium
from net119_simulators.network.forks import Forks

from tests import forked


@pytest.fixture(scope="session")
def forks() -> Forks:
    """The worker's fork server: importing the reference takes seconds."""
    return forked.server()


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
