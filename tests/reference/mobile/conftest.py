"""One provider for the tests of a module."""

from collections.abc import Iterator

import pytest

from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates, make_certificates


@pytest.fixture(scope="session")
def page_certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("page-certificates"))


@pytest.fixture(scope="module")
def tomakomai(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        yield running
