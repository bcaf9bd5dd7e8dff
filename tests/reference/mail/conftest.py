"""A place for databases that is quick to write to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reference.service.support import quick_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with quick_folder() as name:
        yield Path(name)
