"""Callers at a provider that a module's tests share."""

from collections.abc import Iterator

import pytest

from tests.reference.pages.site import Site, site
from tests.reference.pages.to_call.caller import Caller, caller
from tests.reference.web.live_server import Certificates


@pytest.fixture(scope="module")
def here(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        yield running


@pytest.fixture
def somebody(here: Site) -> Iterator[Caller]:
    with caller(here) as found:
        yield found
