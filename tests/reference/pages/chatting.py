"""What a caller does at the chat page in a browser, and what stands there."""

from playwright.sync_api import Page, expect

from tests.reference.pages.calling import PagedCall


def open_chat(page: Page, call: PagedCall) -> None:
    """Open the page and wait until it is connected."""
    page.goto(call.path)
    connected(page)


def connected(page: Page) -> None:
    expect(page.locator("#connection")).to_have_attribute("data-state", "connected")


def say(page: Page, text: str) -> None:
    """Write a line and press the button."""
    page.fill("#text", text)
    page.click("#say button")


def fates(page: Page) -> list[str]:
    """What the page says of each own line."""
    return page.locator(".line.caller .fate").all_inner_texts()


def shown(page: Page) -> list[str]:
    """The texts of all lines, in the order of the page."""
    return page.locator(".line .text").all_text_contents()


def settled(page: Page) -> None:
    """Wait until every own line is acknowledged."""
    expect(page.locator(".line.pending, .line.failed")).to_have_count(0)
