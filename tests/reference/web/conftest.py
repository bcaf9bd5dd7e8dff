"""Fixtures for tests of the HTTP and WebSocket shell."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from net119_reference.config import Config
from net119_reference.logs import configure_logs

from tests.reference.web.fake_service import FakeService
from tests.reference.web.live_server import Certificates, LiveServer, make_certificates

ADMIN_TOKEN = "admin-token-00000001"
StartServer = Callable[..., LiveServer]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A throw-away CA and a server certificate."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def start_server(certificates: Certificates, tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers with settings laid over the usual ones; all are stopped after the test."""
    configure_logs("info", operator="aoba")
    with ExitStack() as stack:

        def start(**settings: Any) -> LiveServer:
            base: dict[str, Any] = {
                "operator": "aoba",
                "data_dir": tmp_path,
                "admin": {"enabled": True, "token": ADMIN_TOKEN},
            }
            config = Config.model_validate(base | settings)
            server = LiveServer(FakeService(), config, certificates)
            return stack.enter_context(server.running())

        yield start


@pytest.fixture
def server(start_server: StartServer) -> LiveServer:
    """A server with the usual settings."""
    return start_server()
