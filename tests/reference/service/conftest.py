"""What is costly to build is built once: the polygons and the directory."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from net119_reference.service import jurisdiction

from tests.reference.service.support import quick_folder


def _once(build: Callable[..., Any]) -> Callable[..., Any]:
    """The first result for ever: every service of these tests asks for the same data."""
    built: list[Any] = []

    def get(*arguments: Any) -> Any:
        if not built:
            built.append(build(*arguments))
        return built[0]

    return get


@pytest.fixture(autouse=True, scope="session")
def _read_polygons_once() -> Iterator[None]:
    """Every service has its own Jurisdiction, on shared immutable data."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("load_municipalities", "JurisdictionIndex", "load_directory"):
            patch.setattr(jurisdiction, name, _once(getattr(jurisdiction, name)))
        yield


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for a database that is quick to write to."""
    with quick_folder() as name:
        yield Path(name)
