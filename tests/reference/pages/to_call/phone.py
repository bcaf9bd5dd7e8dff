"""A smartphone at the call page: touch, a position of its own, and coverage that can be lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from net119_protocol.places import Fix
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, expect

from tests.reference.pages.to_call.caller import Caller


def position(fix: Fix) -> Geolocation:
    """A position as Playwright wants it."""
    return Geolocation(latitude=fix.lat, longitude=fix.lon, accuracy=fix.accuracy_m or 0.0)


@contextmanager
def phone(
    browser: Browser,
    caller: Caller,
    fix: Fix | None,
    *,
    permitted: bool = True,
    width: int = 390,
    breaks: str = "",
    **options: Any,
) -> Iterator[Page]:
    """The caller's own device, at its call page; what breaks the page's policy or script fails.

    ``breaks``: what the test itself breaks, as the browser tells it.
    """
    context: BrowserContext = browser.new_context(
        base_url=caller.site.base_url,
        ignore_https_errors=True,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        viewport={"width": width, "height": 844},
        has_touch=True,
        is_mobile=True,
        permissions=["geolocation"] if permitted else [],
        geolocation=position(fix) if fix else None,
        **options,
    )
    context.add_cookies(
        [
            {
                "name": "net119_device",
                "value": caller.client.cookies["net119_device"],
                "url": caller.site.base_url,
                "secure": True,
                "httpOnly": True,
            }
        ]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        page.goto(caller.path)
        yield page
    finally:
        context.close()
    # What the network or a status says is the browser's own word, and tested by itself.
    real = [
        each
        for each in complaints
        if "Failed to load resource" not in each and not (breaks and breaks in each)
    ]
    assert real == [], f"the browser complained: {real}"


def to_map(page: Page, kind: str = "fire", place: str = "current") -> None:
    """Tap kind and place."""
    page.locator(f"a[data-kind={kind}]").tap()
    page.locator(f"a[data-place={place}]").first.tap()
    expect(page.locator("body")).to_have_attribute("data-page", "call-map")


def call(page: Page) -> None:
    """Tap the button, and wait for the page of the call."""
    page.locator("button[value=call]").tap()
    page.wait_for_url("**/calls/*")


def value(page: Page, name: str) -> str:
    """What stands in a field of the form."""
    return page.locator(f"#call [name='{name}']:not([type=radio])").input_value()
