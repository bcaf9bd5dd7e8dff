"""What the application says of itself is what the protocol's table of operations says."""

from pathlib import Path

from fastapi import FastAPI
from net119_protocol.api.operations import OPERATIONS, SOCKETS
from net119_protocol.spec.compare import compare_openapi
from net119_protocol.spec.openapi import openapi
from net119_reference.config import Config
from net119_reference.web import create_app

from tests.reference.web.fake_service import FakeService


def app(tmp_path: Path) -> FastAPI:
    config = Config.model_validate(
        {
            "operator": "aoba",
            "data_dir": tmp_path,
            "admin": {"enabled": True, "token": "admin-token-00000001"},
        }
    )
    return create_app(FakeService(), config)


def test_the_openapi_description_is_that_of_the_contract(tmp_path: Path) -> None:
    assert compare_openapi(app(tmp_path).openapi(), openapi()) == []


def test_every_operation_and_every_socket_is_there_by_name(tmp_path: Path) -> None:
    made = app(tmp_path)
    for operation in OPERATIONS:
        numbered = ("call_id", "registrant_id", "incident_id", "replay_id")
        texts = (*numbered, "token", "secret", "department")
        parameters = {
            name: "00000000-0000-0000-0000-000000000000"
            for name in texts
            if f"{{{name}}}" in operation.path
        }
        counts = ("registration", "number")
        parameters |= {name: "7" for name in counts if f"{{{name}}}" in operation.path}
        path = str(made.url_path_for(operation.name, **parameters))
        assert path == operation.path.format(**parameters)
    assert {socket.name for socket in SOCKETS} == {"chat", "feed"}
    assert made.url_path_for("feed") == SOCKETS[1].path
