"""One provider for the tests of a module, and who answers there."""

from collections.abc import Iterator

import pytest

from tests.reference.mobile.answering import Desk, desk_of
from tests.reference.pages.person import Person, registered
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates, make_certificates


@pytest.fixture(scope="session")
def page_certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("page-certificates"))


@pytest.fixture(scope="module")
def tomakomai(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        yield running


@pytest.fixture(scope="module")
def person(tomakomai: Site) -> Person:
    return registered(tomakomai)


@pytest.fixture(scope="module")
def desk(tomakomai: Site) -> Desk:
    return desk_of(tomakomai)
