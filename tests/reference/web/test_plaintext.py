"""The listener without encryption: what it serves, what it turns away, and how (ASO-08, ASO-17)."""

from uuid import uuid4

import pytest
from net119_protocol.api import common, handset
from net119_protocol.codes import LinkSecurity, Refusal
from net119_reference.web import create_app
from net119_reference.web.link_rules import open_in_plaintext
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from websockets.exceptions import InvalidStatus

from tests.reference.web.conftest import StartServer
from tests.reference.web.fake_service import DISPATCHER_TOKEN, HANDSET_TOKEN
from tests.reference.web.live_server import LiveServer
from tests.reference.web.test_sockets import HELLO, chat_of, close_code_of

PUBLIC = "https://net119.example"
FEATURE_PHONE = "DoCoMo/2.0 P903i(c100;TB;W24H12)"
CALL = {"clientCallId": "c1", "kind": "fire", "place": "current"}
OPEN = {"plaintext": {"enabled": True}, "mail": {"public_url": PUBLIC}}
ALLOWED = {**OPEN, "homes": {"chitose": {"plaintext_allowed": True}}}


@pytest.fixture
def plain(start_server: StartServer) -> LiveServer:
    """A server whose department allows handsets without encryption."""
    return start_server(**ALLOWED)


def path_of(route: BaseRoute) -> str | None:
    """A path that this route takes; None for what is no page and no operation."""
    if isinstance(route, Mount):
        return f"{route.path}/x"
    if not isinstance(route, Route | WebSocketRoute):
        return None
    path = route.path
    for name in route.param_convertors:
        path = path.replace(f"{{{name}}}", str(uuid4())).replace(f"{{{name}:path}}", "x")
    return path


def test_no_route_but_the_named_ones_is_reached(plain: LiveServer) -> None:
    routes = [route for route in create_app(plain.service, plain.config).routes if path_of(route)]
    reached = []
    with plain.plain_http(DISPATCHER_TOKEN) as client:
        for route in routes:
            path = path_of(route)
            assert path is not None
            if isinstance(route, WebSocketRoute):
                if path.startswith("/api/handset/"):
                    continue
                with pytest.raises(InvalidStatus), plain.socket(path, plain=True):
                    pass
                continue
            for method in getattr(route, "methods", None) or {"GET"}:
                answer = client.request(method, path)
                turned_away = (
                    answer.headers.get("location", "").startswith(PUBLIC)
                    or PUBLIC in answer.text
                    or (method == "HEAD" and answer.status_code == 403)
                    or path == "/"
                )
                if not turned_away:
                    reached.append(path)
    assert len(routes) > 60
    assert {path.split("/")[1] for path in reached} <= {"m", "static", "api"}
    assert all(open_in_plaintext(path) for path in reached)
    assert any(path.startswith("/api/handset/") for path in reached)
    assert not any(path.startswith(("/api/console", "/api/admin", "/staff")) for path in reached)


@pytest.mark.parametrize(
    "path", ["/mx", "/M", "/m%2e%2e/staff", "/api/handsetx", "/staticx", "/api/handset"]
)
def test_look_alikes_are_not_open(plain: LiveServer, path: str) -> None:
    with plain.plain_http() as client:
        answer = client.get(path)
    assert answer.status_code in {308, 403}
    assert not open_in_plaintext("//m/")


def test_a_call_in_plaintext_is_marked(plain: LiveServer) -> None:
    with plain.plain_http() as client:
        logged_in = client.post(
            "/api/handset/v1/sessions", json={"loginId": "a", "password": "right"}
        )
        session = handset.Session.model_validate_json(logged_in.content)
    # Who writes into headers whatever he likes is not believed.
    with plain.plain_http(session.token) as client:
        headers = {"X-Forwarded-Proto": "https", "Forwarded": "proto=https"}
        placed = client.post("/api/handset/v1/calls", json=CALL, headers=headers)
    assert placed.status_code == 201
    assert plain.service.links == [LinkSecurity.PLAINTEXT]
    with plain.socket(chat_of(plain), plain=True) as talk:
        talk.send(HELLO)
        assert talk.receive()["type"] == "welcome"
        talk.send({"type": "say", "clientId": "a", "text": "火事です"})
        assert common.AckFrame.model_validate(talk.until("ack")).client_id == "a"


def test_where_the_department_does_not_allow_it_nothing_works_and_the_reason_is_told(
    start_server: StartServer,
) -> None:
    # Chitose's own profile refuses (CTS-13).
    server = start_server(**OPEN)
    with server.plain_http(HANDSET_TOKEN) as client:
        answers = [
            client.post("/api/handset/v1/sessions", json={"loginId": "a", "password": "right"}),
            client.post("/api/handset/v1/calls", json=CALL),
            client.get("/api/handset/v1/calls"),
        ]
    for answer in answers:
        assert answer.status_code == 403
        told = answer.json()
        assert told["code"] == Refusal.PLAINTEXT_NOT_ALLOWED.value
        assert "暗号化" in told["messageJa"]
        assert "119" in told["otherMeansJa"]
    with server.socket(chat_of(server), plain=True) as talk:
        talk.send(HELLO)
        assert talk.receive()["code"] == Refusal.PLAINTEXT_NOT_ALLOWED.value
        close_code_of(talk)
    assert server.service.links == []
    with server.http(HANDSET_TOKEN) as client:
        assert client.post("/api/handset/v1/calls", json=CALL).status_code == 201
    assert server.service.links == [LinkSecurity.ENCRYPTED]


def test_a_wrong_password_does_not_tell_what_the_department_allows(
    start_server: StartServer,
) -> None:
    server = start_server(**OPEN)
    with server.plain_http() as client:
        answer = client.post("/api/handset/v1/sessions", json={"loginId": "a", "password": "no"})
    assert answer.json()["code"] == Refusal.NOT_AUTHENTICATED.value


def test_a_harmless_address_leads_to_https(plain: LiveServer) -> None:
    with plain.plain_http() as client:
        answer = client.get("/staff")
        assert (answer.status_code, answer.headers["location"]) == (308, f"{PUBLIC}/staff")
        assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/c/s3cretS3cretS3cret", {}),
        ("GET", "/r/s3cretS3cretS3cret", {}),
        ("GET", "/staff?next=s3cret", {}),
        ("GET", "/staff", {"Cookie": "session=s3cret"}),
        ("POST", "/staff/log-in", {}),
    ],
)
def test_what_may_be_secret_is_not_repeated_in_the_clear(
    plain: LiveServer, method: str, path: str, headers: dict[str, str]
) -> None:
    with plain.plain_http() as client:
        answer = client.request(method, path, headers=headers)
    assert answer.status_code == 403
    assert "location" not in answer.headers
    assert answer.headers["content-type"] == "text/html; charset=Shift_JIS"
    page = answer.content.decode("cp932")
    assert 'data-page="needs-https"' in page
    assert "https で始まるアドレス" in page
    assert f'href="{PUBLIC}"' in page
    assert "3cret" not in page
    code = Refusal.FORBIDDEN.value
    assert [each for _, _, each, _ in plain.service.notes] == [code]
    assert "3cret" not in str(plain.service.notes)


@pytest.mark.parametrize(
    ("path", "to"),
    [("/r/s3cretS3cretS3cret", "/m/r/s3cretS3cretS3cret"), ("/my", "/m/log-in")],
)
def test_a_feature_phone_is_led_to_its_own_page(
    plain: LiveServer, path: str, to: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with plain.plain_http() as client:
        answer = client.get(path, headers={"User-Agent": FEATURE_PHONE})
        assert (answer.status_code, answer.headers["location"]) == (303, to)
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        page = client.get(to, headers={"User-Agent": FEATURE_PHONE})
        assert "needs-https" not in page.content.decode("cp932")
        # Who changes something is not led on: the form would be sent again, or lost.
        posted = client.post(path, headers={"User-Agent": FEATURE_PHONE})
        assert posted.status_code == 403
    assert "3cret" not in str(plain.service.notes)
    assert "3cret" not in "".join(capfd.readouterr())


def test_a_mailed_address_cannot_lead_a_phone_elsewhere(plain: LiveServer) -> None:
    phone = {"User-Agent": FEATURE_PHONE}
    with plain.plain_http() as client:
        odd = client.get("/r/%0d%0aX:1%3f", headers=phone)
        assert odd.headers.get("location", "") == "/m/r/%0D%0AX%3A1%3F"
        for path in ("/r/", "/r//evil.example", "/r/a/b", "/staff/log-in"):
            answer = client.get(path, headers=phone)
            assert not answer.headers.get("location", PUBLIC).startswith("/"), path


def test_the_start_page_leads_to_both(plain: LiveServer) -> None:
    with plain.plain_http() as client:
        answer = client.get("/")
    page = answer.content.decode("cp932")
    assert answer.status_code == 200
    assert f'href="{PUBLIC}"' in page
    assert 'href="/m"' in page
    assert "他人に見られる" in page


def test_a_program_is_refused_with_a_problem_document(plain: LiveServer) -> None:
    with plain.plain_http(DISPATCHER_TOKEN) as client:
        answer = client.get("/api/console/v1/calls")
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert PUBLIC in answer.json()["detail"]


@pytest.mark.parametrize(
    ("public_url", "told"),
    [(PUBLIC, "max-age=86400"), ("https://127.0.0.1:8443", None), ("https://localhost", None)],
)
def test_browsers_are_told_to_come_back_encrypted(
    start_server: StartServer, public_url: str, told: str | None
) -> None:
    server = start_server(**(OPEN | {"mail": {"public_url": public_url}}))
    with server.http() as client:
        for path in ("/health", "/", "/nothing"):
            assert client.get(path).headers.get("strict-transport-security") == told
    with server.plain_http() as client:
        assert "strict-transport-security" not in client.get("/m").headers
