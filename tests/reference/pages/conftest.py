"""Sites and browsers for tests of pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.reference.pages.looking import CHROMIUM, chromium
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates, make_certificates


@pytest.fixture(scope="session")
def page_certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("page-certificates"))


@pytest.fixture
def tomakomai(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        yield running


@pytest.fixture
def chita_nanbu(page_certificates: Certificates) -> Iterator[Site]:
    with site("chita-nanbu", page_certificates) as running:
        yield running


@pytest.fixture
def aso(page_certificates: Certificates) -> Iterator[Site]:
    with site("aso", page_certificates) as running:
        yield running


# Not for the session: while it lives, its event loop is in the way of every `asyncio.run`.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; see `make deps`")
    with chromium() as started:
        yield started
