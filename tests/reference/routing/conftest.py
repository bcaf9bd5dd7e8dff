"""The packaged polygons and directory, read once for all tests here."""

import pytest
from net119_protocol.directory import (
    Directory,
    JurisdictionIndex,
    Municipalities,
    load_directory,
)
from net119_reference.service.jurisdiction import japan

from tests.reference.routing.network import Network


@pytest.fixture(scope="session")
def municipalities() -> Municipalities:
    return japan().municipalities


@pytest.fixture(scope="session")
def index() -> JurisdictionIndex:
    return japan()


@pytest.fixture(scope="session")
def directory(municipalities: Municipalities) -> Directory:
    return load_directory(municipalities)


@pytest.fixture(scope="session")
def network(index: JurisdictionIndex, directory: Directory) -> Network:
    return Network(index, directory)
