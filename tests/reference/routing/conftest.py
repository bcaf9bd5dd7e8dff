"""The packaged polygons and directory, read once for all tests here."""

import pytest
from net119_protocol.directory import (
    Directory,
    JurisdictionIndex,
    Municipalities,
    load_directory,
    load_municipalities,
)

from tests.reference.routing.network import Network


@pytest.fixture(scope="session")
def municipalities() -> Municipalities:
    return load_municipalities()


@pytest.fixture(scope="session")
def index(municipalities: Municipalities) -> JurisdictionIndex:
    return JurisdictionIndex(municipalities)


@pytest.fixture(scope="session")
def directory(municipalities: Municipalities) -> Directory:
    return load_directory(municipalities)


@pytest.fixture(scope="session")
def network(index: JurisdictionIndex, directory: Directory) -> Network:
    return Network(index, directory)
