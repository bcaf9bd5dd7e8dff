"""The packaged polygons and directory, read once for all tests here."""

import pytest
from net119_protocol.directory import (
    Directory,
    JurisdictionIndex,
    Municipalities,
    load_directory,
    load_municipalities,
)


@pytest.fixture(scope="session")
def municipalities() -> Municipalities:
    return load_municipalities()


@pytest.fixture(scope="session")
def index(municipalities: Municipalities) -> JurisdictionIndex:
    return JurisdictionIndex(municipalities)


@pytest.fixture(scope="session")
def directory(municipalities: Municipalities) -> Directory:
    return load_directory(municipalities)
