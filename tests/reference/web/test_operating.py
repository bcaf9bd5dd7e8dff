"""Health, metrics, the ordinary answers, and the access log."""

import json
from uuid import UUID

import pytest
from net119_protocol.api import admin, console, handset, staff
from net119_protocol.codes import LinkSecurity, Refusal
from net119_reference.logs import configure_logs
from net119_reference.ports import Refused

from tests.reference.web.conftest import ADMIN_TOKEN
from tests.reference.web.fake_service import (
    DISPATCHER_TOKEN,
    HANDSET_TOKEN,
    PERSON,
    STAFF_TOKEN,
)
from tests.reference.web.live_server import LiveServer

CALL = {"clientCallId": "c1", "kind": "fire", "place": "current"}


def test_health_and_metrics_need_no_token(server: LiveServer) -> None:
    with server.http(HANDSET_TOKEN) as client:
        health = admin.Health.model_validate_json(client.get("/health").content)
        assert health.open_calls == 3
        client.post("/api/handset/v1/calls", json=CALL)
        server.service.failures["place_call"] = Refused(Refusal.OUTSIDE_JAPAN, "at sea")
        client.post("/api/handset/v1/calls", json=CALL)
        path = f"/api/handset/v1/calls/{server.service.call_id}/lines"
        client.post(path, json={"clientId": "a", "text": "a"})
    with server.http() as client:
        response = client.get("/metrics")
        for name in ("process_cpu_seconds_total", "process_resident_memory_bytes"):
            assert f"\n{name} " in response.text
    text = response.text
    assert response.headers["content-type"].startswith("text/plain")
    for line in (
        'net119_open_calls{operator="aoba"} 3.0',
        'net119_calls_total{operator="aoba",reason="none",result="placed"} 1.0',
        'net119_calls_total{operator="aoba",reason="outside-japan",result="refused"} 1.0',
        'net119_lines_total{operator="aoba",sender="caller"} 1.0',
        'net119_refused_inputs_total{code="outside-japan",interface="A",operator="aoba"} 1.0',
    ):
        assert line in text
    assert 'net119_http_seconds_count{name="call",operator="aoba",status="201"} 1.0' in text


def test_a_handset_calls_over_an_encrypted_link(server: LiveServer) -> None:
    with server.http() as client:
        logged_in = client.post(
            "/api/handset/v1/sessions", json={"loginId": "a", "password": "right"}
        )
        session = handset.Session.model_validate_json(logged_in.content)
    with server.http(session.token) as client:
        answer = client.post("/api/handset/v1/calls", json=CALL)
        address = handset.CallAddress.model_validate_json(answer.content)
        assert (logged_in.status_code, answer.status_code) == (201, 201)
        assert "answeredBy" not in answer.json()["call"]
        mine = client.get("/api/handset/v1/calls").json()["calls"]
        assert mine == [answer.json()["call"]]
        path = f"/api/handset/v1/calls/{address.call.call_id}"
        assert client.get(path).json() == answer.json()["call"]
        assert client.get(f"{path}/lines?after=5").json()["lines"] == []
    assert server.service.afters == [5]
    assert server.service.links == [LinkSecurity.ENCRYPTED]


def test_a_console_works_without_its_feed(server: LiveServer) -> None:
    base = f"/api/console/v1/calls/{server.service.call_id}"
    with server.http(DISPATCHER_TOKEN) as client:
        calls = console.CallList.model_validate_json(client.get("/api/console/v1/calls").content)
        assert calls.calls[0].registrant == PERSON
        console.CallRecord.model_validate_json(client.get(base).content)
        console.ConsoleCall.model_validate_json(client.post(f"{base}/answer").content)
        stored = client.post(f"{base}/lines", json={"clientId": "a", "text": "どこですか"})
        assert (stored.status_code, stored.json()["seq"]) == (201, 1)
        closed = client.post(f"{base}/close", json={"outcome": "dispatched"})
        console.ConsoleCall.model_validate_json(closed.content)


def test_staff_key_in_and_approve(server: LiveServer) -> None:
    data = PERSON.model_dump(mode="json", by_alias=True)
    with server.http(STAFF_TOKEN) as client:
        entered = client.post("/api/staff/v1/registrants", json={"data": data})
        view = staff.RegistrantView.model_validate_json(entered.content)
        base = f"/api/staff/v1/registrants/{view.registrant_id}"
        assert UUID(client.get(base).json()["registrantId"]) == view.registrant_id
        assert client.post(f"{base}/approve").json()["loginId"] == "id"
        assert client.post(f"{base}/suspend", json={"reason": "moved"}).status_code == 200


def test_the_admin_api_loads_a_test_bed(server: LiveServer) -> None:
    with server.http(ADMIN_TOKEN) as client:
        peers = {"peers": [{"operator": "midori", "address": "127.0.0.3"}]}
        assert client.put("/api/admin/v1/operators", json=peers).status_code == 200
        account = {"role": "dispatcher", "unit": "chitose", "name": "A"}
        assert client.post("/api/admin/v1/accounts", json=account).status_code == 201
        assert client.put("/api/admin/v1/state", json={"state": "maintenance"}).status_code == 200
        modes = client.get("/api/admin/v1/modes").json()["modes"]
        assert modes == ["drill", "practice", "test"]
        assert client.get("/api/admin/v1/refused-inputs?after=0").json() == {"entries": []}
    assert [peer.operator for peer in server.service.peers_loaded] == ["midori"]


def test_the_access_log_holds_what_happened_and_nobody_s_data(
    capsys: pytest.CaptureFixture[str], server: LiveServer
) -> None:
    configure_logs("info", operator="aoba")  # to the stream of this test
    data = PERSON.model_dump(mode="json", by_alias=True)
    with server.http(STAFF_TOKEN) as client:
        client.post("/api/staff/v1/registrants?who=hanako", json={"data": data})
        client.get(f"/api/staff/v1/registrants/{server.service.call_id}")
    server.stop()
    written = capsys.readouterr().err
    requests = [json.loads(line) for line in written.splitlines()]
    assert [
        (line["method"], line["path"], line["status"])
        for line in requests
        if line["event"] == "request"
    ] == [
        ("POST", "/api/staff/v1/registrants", 201),
        ("GET", "/api/staff/v1/registrants/{registrant_id}", 200),
    ]
    for secret in ("花子", "hanako", "秘密町", STAFF_TOKEN):
        assert secret not in written
