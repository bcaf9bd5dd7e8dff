"""Map tiles of another server, where the configuration names one."""

import re

import pytest
from net119_reference.config.model import Map
from playwright.sync_api import Browser

from tests.reference.pages.applying import mailed_url
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

TILES = Map(tile_url="https://127.0.0.9:9443/{z}/{x}/{y}.png", attribution="試験 & 地図")


def test_no_other_host_without_a_setting(tomakomai: Site) -> None:
    with tomakomai.http() as client:
        page = client.get(f"{mailed_url(tomakomai)}/form")
    assert "img-src 'self' data:;" in page.headers["Content-Security-Policy"]
    assert "data-tiles" not in page.text


@pytest.mark.browser
def test_tiles_are_asked_for_and_credited(
    page_certificates: Certificates, browser: Browser
) -> None:
    """ASO-23."""
    with site("tomakomai", page_certificates, map=TILES) as running:
        url = mailed_url(running)
        with running.http() as client:
            policy = client.get(f"{url}/form").headers["Content-Security-Policy"]
        assert "img-src 'self' data: https://127.0.0.9:9443;" in policy
        for rest in ("script-src 'self';", "connect-src 'self';"):
            assert rest in policy
        context = browser.new_context(base_url=running.base_url, ignore_https_errors=True)
        try:
            page = context.new_page()
            page.goto(f"{url}/form")
            page.locator("[name='data.address.municipality_code']").select_option("01213")
            with page.expect_request("https://127.0.0.9:9443/**") as asked:
                page.locator(".open-map").click()
            assert re.fullmatch(r"https://127\.0\.0\.9:9443/\d+/\d+/\d+\.png", asked.value.url)
            # The path of the page is a secret.
            assert not asked.value.headers.get("referer")
            credit = page.locator(".leaflet-control-attribution")
            assert "試験 & 地図" in credit.inner_text()
        finally:
            context.close()
