"""A running house, and a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.reference.pages.looking import CHROMIUM, chromium
from tests.scenarios.drills.web.running import RunningHouse


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHouse]:
    """What `net119 drill serve` runs."""
    with RunningHouse(tmp_path_factory.mktemp("drills")).serving() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; see `make deps`")
    with chromium() as started:
        yield started
