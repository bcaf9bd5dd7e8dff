"""One daemon for all tests of a worker, with the small images that they judge."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers import daemon, images


@pytest.fixture(scope="session")
def docker_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """DOCKER_HOST of a running daemon that has the image ``images.SHELL``."""
    why_not = daemon.missing()
    if why_not:
        pytest.skip(why_not)
    with daemon.daemon() as host:
        images.import_shell(host, tmp_path_factory.mktemp("shell"))
        yield host


@pytest.fixture
def host(docker_host: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same, in the environment too."""
    monkeypatch.setenv("DOCKER_HOST", docker_host)
    return docker_host


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The folder of a report."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder
