"""Desks of the world: the SUT's own console page in a real browser, as dispatchers use it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, NoReturn

from net119_conformance.at_desk import Desk
from net119_conformance.drivers.console_keys import ConsoleKeys
from net119_conformance.drivers.interface import Verb
from net119_conformance.left_out import NO_CONSOLE_PAGE
from net119_conformance.world.smartphones import Smartphones

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

NOT_FOUND = 404
_WIDTH, _HEIGHT = 1280, 720


class Desks(Smartphones):
    """Consoles in real browsers; part of `World`."""

    _stack: AsyncExitStack

    def desk_unit(self) -> tuple[str, str]:
        """The center of the purpose's home department, and a name for a new dispatcher."""
        raise NotImplementedError

    async def desk(self, center: str = "") -> Desk:
        """A dispatcher at the SUT's own console page, by default of the home's center.

        Ends the purpose as `in_browser` and `no_console_page` do.
        """
        self.claimed(Verb.CONSOLE_PAGE)
        self.in_browser()
        home, name = self.desk_unit()
        keys = await self.driver.console_keys(center or home, name)
        self.trial.evidence.redact.hide(keys.password)
        with self.trial.waiting("the console page in the real browser"):
            context = await self._stack.enter_async_context(self._desktop())
            desk = Desk(await context.new_page(), keys.name, self.patience)
            if await desk.open(keys.url) == NOT_FOUND:
                self.no_console_page()
            await self._log_in(desk, keys)
        return desk

    def no_console_page(self) -> NoReturn:
        """End the purpose, as the system has no console page."""
        self.trial.not_applicable(NO_CONSOLE_PAGE.en, ja=NO_CONSOLE_PAGE.ja)

    async def _log_in(self, desk: Desk, keys: ConsoleKeys) -> None:
        self.trial.evidence.note(f"Chromium: {keys.name} logs in at the console page")
        await desk.log_in(keys.center, keys.name, keys.password)

    @asynccontextmanager
    async def _desktop(self) -> "AsyncIterator[BrowserContext]":
        from playwright.async_api import ViewportSize, async_playwright

        async with async_playwright() as playwright:
            browser = await playwright.chromium.connect_over_cdp(self._chromium)
            context = await browser.new_context(
                viewport=ViewportSize(width=_WIDTH, height=_HEIGHT),
                locale="ja-JP",
                timezone_id="Asia/Tokyo",
            )
            try:
                context.set_default_timeout(self.patience * 2500)
                yield context
            finally:
                await context.close()
                await browser.close()
