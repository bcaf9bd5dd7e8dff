"""Dispatchers at console pages of providers that run as processes, in one real browser."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from net119_conformance.at_desk import Desk
from net119_simulators.network import LocalNetwork
from playwright.async_api import Browser, async_playwright

from tests.reference.pages.looking import CHROMIUM, SWITCHES

PATIENCE_S = 30.0
PASSWORD = "a long pass phrase"


def in_thread(work: Coroutine[Any, Any, None]) -> None:
    """Run it beside whatever event loop other tests' browsers have in this thread."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A real browser; it trusts the throw-away certificates of tests."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            yield browser
        finally:
            await browser.close()


async def sit_down(
    browser: Browser, network: LocalNetwork, operator: str, center: str, name: str
) -> Desk:
    """A new dispatcher of a center, logged in at the console's page."""
    await network.operation(operator).add_dispatcher(center, name, PASSWORD)
    context = await browser.new_context(
        ignore_https_errors=True, locale="ja-JP", viewport={"width": 1280, "height": 720}
    )
    context.set_default_timeout(1000 * PATIENCE_S)
    desk = Desk(await context.new_page(), name, PATIENCE_S)
    assert await desk.open(network.base_url(operator)) == 200
    await desk.log_in(center, name, PASSWORD)
    return desk
