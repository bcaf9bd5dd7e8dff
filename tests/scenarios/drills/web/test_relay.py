"""What a container publishes is handed on inside it, and only there."""

import asyncio
from pathlib import Path

import pytest
from net119_cli import main as cli
from net119_scenarios.drills.web import relay
from net119_scenarios.drills.web.relay import Relay, addresses, in_container, own_address

from tests.scenarios.drills.web.running import free_ports

ADDRESS = "127.94.0.1"
MUCH = b"x" * 300_000


def test_a_connection_is_handed_on_with_its_end() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read()).upper())
        writer.close()

    async def run() -> bytes:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Relay(ADDRESS, [port]), asyncio.timeout(30):
            reader, writer = await asyncio.open_connection(ADDRESS, port)
            writer.write(MUCH)
            writer.write_eof()
            answer = await reader.read()
            writer.close()
            return answer

    assert asyncio.run(run()) == MUCH.upper()


def test_where_nobody_listens_the_connection_ends() -> None:
    async def run() -> bytes:
        # A port that was free a moment ago.
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        async with Relay(ADDRESS, [port]), asyncio.timeout(30):
            reader, writer = await asyncio.open_connection(ADDRESS, port)
            answer = await reader.read()
            writer.close()
            return answer

    assert asyncio.run(run()) == b""


@pytest.mark.parametrize(
    ("environment", "mark", "inside"),
    [
        ({}, None, False),
        ({"container": "podman"}, None, True),
        ({}, ".dockerenv", True),
        ({}, "run/.containerenv", True),
    ],
)
def test_a_container_is_known_by_its_marks(
    tmp_path: Path, environment: dict[str, str], mark: str | None, inside: bool
) -> None:
    if mark is not None:
        (tmp_path / mark).parent.mkdir(exist_ok=True)
        (tmp_path / mark).touch()
    assert in_container(environment, tmp_path) is inside


def test_elsewhere_it_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(relay, "in_container", lambda: False)
    arguments = [
        "--listen",
        "0.0.0.0",
        "--port",
        str(free_ports().start),
        "--folder",
        str(tmp_path),
    ]
    assert cli.main(["drill", "serve", *arguments, "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert "--listen 0.0.0.0" in said
    assert "let other machines in" in said


def test_the_wildcard_stands_for_the_one_address_of_a_container() -> None:
    assert own_address("0.0.0.0", ["172.17.0.2"]) == "172.17.0.2"
    assert own_address(ADDRESS, ["172.17.0.2", "192.0.2.2"]) == ADDRESS
    assert "127.0.0.1" not in addresses()


@pytest.mark.parametrize("others", [[], ["172.17.0.1", "192.0.2.2"]])
def test_on_the_network_of_the_host_the_wildcard_is_refused(others: list[str]) -> None:
    with pytest.raises(OSError, match="leave --listen out"):
        own_address("0.0.0.0", others)
