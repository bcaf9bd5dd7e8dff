"""The doors of this machine and of the local network: who is let in, and to what."""

import pytest
from net119_protocol.codes import LinkSecurity
from net119_reference.web import create_app
from net119_reference.web.link import Door
from net119_reference.web.link_rules import is_this_machine, open_in_lan
from starlette.routing import WebSocketRoute

from tests.reference.web.conftest import ADMIN_TOKEN, StartServer
from tests.reference.web.fake_service import DISPATCHER_TOKEN
from tests.reference.web.test_plaintext import path_of

PAGE = {"Accept": "text/html"}
LOCAL = {"local": {"enabled": True}}
LAN = {"lan": {"enabled": True}}


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8119", "desk-1.localhost:8119", "127.0.0.1:8119", "[::1]:8119"],
)
def test_this_machine_is_served_everything_without_encryption(
    start_server: StartServer, host: str
) -> None:
    server = start_server(**LOCAL)
    assert is_this_machine(host)
    with server.at(Door.LOCAL, Host=host, Authorization=f"Bearer {DISPATCHER_TOKEN}") as client:
        answers = [client.get(path) for path in ("/api/console/v1/calls", "/metrics", "/my")]
    for answer in answers:
        assert answer.status_code == 200
        assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "192.0.2.7", "", "localhost@evil.example", "["],
)
def test_another_name_for_this_machine_is_refused_and_noted(
    start_server: StartServer, host: str
) -> None:
    server = start_server(**LOCAL)
    with server.at(Door.LOCAL, **PAGE, Host=host) as client:
        page = client.get("/console/log-in")
        api = client.get("/api/console/v1/calls")
    assert (page.status_code, api.status_code) == (403, 403)
    assert "localhost" in page.text
    assert "localhost" in api.json()["detail"]
    assert len(server.service.notes) == 2


def test_a_call_from_this_machine_counts_as_not_overheard(start_server: StartServer) -> None:
    server = start_server(**LOCAL)
    with server.at(Door.LOCAL) as client:
        answer = client.post("/api/handset/v1/sessions", json={"loginId": "a", "password": "right"})
        token = answer.json()["token"]
        call = {"clientCallId": "c1", "kind": "fire", "place": "current"}
        made = client.post(
            "/api/handset/v1/calls", json=call, headers={"Authorization": f"Bearer {token}"}
        )
    assert made.status_code == 201
    assert server.service.links == [LinkSecurity.ENCRYPTED]


@pytest.mark.parametrize("consoles", [False, True])
def test_the_local_network_gets_handsets_pages_and_what_is_declared(
    start_server: StartServer, consoles: bool
) -> None:
    server = start_server(lan={"enabled": True, "consoles": consoles})
    with server.at(Door.LAN, **PAGE, Authorization=f"Bearer {ADMIN_TOKEN}") as client:
        for route in create_app(server.service, server.config).routes:
            path = path_of(route)
            if path is None or isinstance(route, WebSocketRoute):
                continue
            first, _, rest = path[1:].partition("/")
            of_caller = first in {"", "my", "c", "b", "r", "m", "places", "static"}
            of_console = first == "console" or path.startswith("/api/console/")
            of_handset = rest.startswith(("handset/", "registration/"))
            expected = of_caller or of_handset or (of_console and consoles)
            assert open_in_lan(path, consoles=consoles) is expected, path
            for method in getattr(route, "methods", None) or {"GET"}:
                answer = client.request(method, path)
                if not expected:
                    assert answer.status_code == 403, path
                    assert method == "HEAD" or "local network" in answer.text


@pytest.mark.parametrize("path", ["/myself", "/consoles", "/c..", "//console", "/api/consoles/x"])
def test_look_alikes_are_not_open_in_the_local_network(path: str) -> None:
    assert not open_in_lan(path, consoles=True)
