"""One daemon for all tests of a worker, with the small images that they judge."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from docker.errors import DockerException

from tests.containers import daemon, images
from tests.forbid_skips import NO_DAEMON


@pytest.fixture(scope="session")
def docker_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """DOCKER_HOST of a running daemon that has the image ``images.SHELL``."""
    if daemon.not_installed():
        pytest.skip("dockerd is not installed (make deps)")
    why_not = daemon.not_permitted()
    if why_not:
        pytest.skip(NO_DAEMON + why_not)
    with ExitStack() as stack:
        try:
            host = stack.enter_context(daemon.daemon())
            images.import_shell(host, tmp_path_factory.mktemp("shell"))
            images.run_shell(host)
        except (daemon.DidNotStart, DockerException) as problem:
            pytest.skip(f"{NO_DAEMON}{problem}")
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
