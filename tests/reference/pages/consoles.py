"""Dispatchers at the console's page in tests: an account, the log-in, calls that ring there."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager

from net119_protocol.api.admin import AccountRole, NewAccount
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.reference.pages.calling import PagedCall
from tests.reference.pages.looking import tab
from tests.reference.pages.site import Site

PASSWORD = "a long pass phrase"
SATO, SUZUKI = "佐藤 直美", "鈴木 健"
DESK_SIZE: ViewportSize = {"width": 1280, "height": 720}


def hire(site: Site, *names: str) -> str:
    """Give dispatchers of the department's center an account; returns the center's code."""
    town = site.town
    unit = town.provider.core.jurisdiction.own_unit(town.department, town.clock.now())
    assert unit is not None
    center = str(unit.center)
    for name in names:
        body = NewAccount(
            role=AccountRole.DISPATCHER, unit=center, name=name, password=PASSWORD, roles=()
        )
        site.do(functools.partial(town.provider.add_account, body))
    return center


def log_in(page: Page, center: str, name: str) -> None:
    """Log in with a real browser, and wait until the feed is open."""
    page.goto("/console")
    fill_in(page, center, name)


def fill_in(page: Page, center: str, name: str) -> None:
    """Log in at the log-in page that is shown, and wait until the feed is open."""
    page.locator("#center").select_option(center)
    page.locator("#name").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("#log-in button[value=log-in]").click()
    page.wait_for_url("**/console")
    connected(page)


def connected(page: Page) -> None:
    """Wait until the feed is open."""
    expect(page.locator("#connection")).to_have_attribute("data-state", "connected")


def in_queue(page: Page, section: str, call: PagedCall) -> None:
    """Wait until a call stands in a section of the queue."""
    expect(page.locator(f"#queue-{section} [data-call='{call.call_id}']")).to_have_count(1)


def choose(page: Page, call: PagedCall) -> None:
    """Look at a call."""
    page.locator(f"#queue [data-call='{call.call_id}']").click()
    expect(page.locator("#call")).to_be_visible()


@contextmanager
def console(
    browser: Browser, site: Site, center: str, name: str, *, offline: bool = False
) -> Iterator[Page]:
    """A dispatcher who sits at the console while the block runs."""
    with tab(browser, site.base_url, offline=offline) as page:
        page.set_viewport_size(DESK_SIZE)
        log_in(page, center, name)
        yield page
