"""Locust's page of a run (`net119 load run --web`), in a real browser."""

import re
import socket

import pytest
from playwright.sync_api import Page, expect

from tests.loadtests.test_workers_command import ALONE, SMALL, Start, address, start
from tests.reference.pages.looking import CHROMIUM, PICTURED, PICTURES, chromium

__all__ = ["address", "start"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed; see `make deps`"),
]


@pytest.fixture
def port() -> str:
    """Where the page may be served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def picture(page: Page, name: str) -> None:
    if PICTURED:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"load-web-{name}.png", full_page=True)


def test_the_page_shows_the_run_and_ends_it_in_good_order(start: Start, port: str) -> None:
    command = start(*ALONE, "--duration", "10m", "--web", port)
    url = f"http://127.0.0.1:{port}"
    assert f"Locust: {url}" in command.until("Locust:")
    command.until("measuring")
    with chromium() as browser:
        page = browser.new_page(base_url=url, viewport={"width": 1280, "height": 900})
        page.goto("/")
        expect(page.get_by_role("cell", name="seen_by_dispatcher_ms", exact=True)).to_be_visible()
        picture(page, "running")
        page.get_by_role("button", name="Stop").click()
        status, shown = command.end()
    assert status == 130, shown
    assert "partial" in shown
    report = command.report()
    assert (report["complete"], report["violations"]["count"]) == (False, 0)
    figures = report["figures"]
    assert figures["said"] == figures["acked"] == report["checks"]["linesStored"] > 0


def test_whoever_starts_at_the_page_while_workers_come_disturbs_nothing(
    start: Start, port: str, address: str
) -> None:
    options = "--duration", "2s", "--master", "2", "--bind", address, "--web", port
    command = start(*SMALL, *options)
    command.until("Locust:")
    first = start("--worker", address)
    command.until("workers 1/2")
    with chromium() as browser:
        page = browser.new_page(base_url=f"http://127.0.0.1:{port}")
        page.goto("/")
        page.get_by_role("button", name=re.compile("start", re.IGNORECASE)).click()
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        picture(page, "waiting")
        second = start("--worker", address)
        status, shown = command.end()
    assert status == 0, shown
    assert command.report()["figures"]["generators"] == 2
    assert [first.end()[0], second.end()[0]] == [0, 0]
