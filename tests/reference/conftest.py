"""What the tests of the provider share: the municipalities, read once for each worker."""

from collections.abc import Iterator

import pytest
from net119_protocol.directory import JurisdictionIndex, Municipalities, load_municipalities
from net119_reference.service import jurisdiction


@pytest.fixture(scope="session", autouse=True)
def municipalities_read_once() -> Iterator[None]:
    """Providers of this process share the polygons and their index, which nothing changes.

    Reading them costs a second of processor time for each provider, more than most tests do, and
    a worker that had read them for each of its tests held 5 GB at the end.
    """
    municipalities = load_municipalities()
    index = JurisdictionIndex(municipalities)

    def the_index(asked: Municipalities) -> JurisdictionIndex:
        return index if asked is municipalities else JurisdictionIndex(asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jurisdiction, "load_municipalities", lambda: municipalities)
        patch.setattr(jurisdiction, "JurisdictionIndex", the_index)
        yield
