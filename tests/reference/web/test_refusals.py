"""Every way in which HTTP says no: a problem document, and a note of it."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from net119_protocol.api.problems import Problem
from net119_protocol.codes import Refusal
from net119_reference.logs import configure_logs
from net119_reference.ports import Refused, StorageFailed
from net119_reference.web.problems import STATUS

from tests.reference.web.conftest import ADMIN_TOKEN, StartServer
from tests.reference.web.fake_service import DISPATCHER_TOKEN, HANDSET_TOKEN, STAFF_TOKEN
from tests.reference.web.live_server import LiveServer

CALLS = "/api/handset/v1/calls"
CALL = {"clientCallId": "c1", "kind": "fire", "place": "current"}


def problem_of(response: httpx.Response, status: int, code: Refusal) -> Problem:
    """The problem document of a response, checked for what all of them have."""
    assert response.headers["content-type"] == "application/problem+json"
    document = Problem.model_validate_json(response.content)
    assert (response.status_code, document.status, document.code) == (status, status, code)
    assert document.detail
    assert document.message_ja
    assert document.message_en
    assert document.other_means_ja
    return document


def test_each_refusal_of_the_service_has_its_status(server: LiveServer) -> None:
    with server.http(HANDSET_TOKEN) as client:
        for code in Refusal:
            server.service.failures["place_call"] = Refused(code, "so it is", field="place")
            response = client.post(CALLS, json=CALL)
            document = problem_of(response, STATUS[code], code)
            assert (document.detail, document.field) == ("so it is", "place")
            assert server.service.notes.pop() == ("A", "127.0.0.1", code.value, "POST: so it is")
            assert ("retry-after" in response.headers) == (STATUS[code] in (429, 503))
            assert ("www-authenticate" in response.headers) == (STATUS[code] == 401)


def test_a_detail_that_quotes_what_cannot_be_sent_is_made_sendable(server: LiveServer) -> None:
    odd = "key \ud800 and \x00"
    server.service.failures["place_call"] = Refused(Refusal.INVALID, odd * 500, field=odd * 50)
    with server.http(HANDSET_TOKEN) as client:
        document = problem_of(client.post(CALLS, json=CALL), 422, Refusal.INVALID)
    assert document.detail.startswith("key ? and ?")
    assert server.service.notes[0][3].startswith("POST: key ? and ?")


def test_a_failed_commit_is_a_503_to_be_tried_again(server: LiveServer) -> None:
    server.service.failures["caller_says"] = StorageFailed("disk full: 試験花子")
    path = f"{CALLS}/{server.service.call_id}/lines"
    with server.http(HANDSET_TOKEN) as client:
        response = client.post(path, json={"clientId": "a", "text": "火事です"})
    document = problem_of(response, 503, Refusal.STORAGE_FAILED)
    assert response.headers["retry-after"] == "2"
    assert "花子" not in document.detail


def test_an_unexpected_exception_is_a_500_and_the_server_goes_on(
    capsys: pytest.CaptureFixture[str], server: LiveServer
) -> None:
    configure_logs("info", operator="aoba")  # to the stream of this test
    server.service.failures["place_call"] = ZeroDivisionError("試験花子")
    with server.http(HANDSET_TOKEN) as client:
        response = client.post(CALLS, json=CALL)
        problem_of(response, 500, Refusal.INTERNAL)
        del server.service.failures["place_call"]
        assert client.post(CALLS, json=CALL).status_code == 201
    assert server.service.notes[0][2] == "internal-error"
    written = capsys.readouterr().err
    assert "ZeroDivisionError" in written
    assert "花子" not in written


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**CALL, "kind": "flood"}, "kind"),
        ({**CALL, "fix": {"lat": 91, "lon": 141}}, "fix.lat"),
        ({**CALL, "fix": {"lat": "NaN", "lon": 141}}, "fix.lat"),
        ({**CALL, "surprise": 1}, "surprise"),
        ({"kind": "fire", "place": "home"}, "clientCallId"),
        ({**CALL, "clientCallId": "日本"}, "clientCallId"),
        ([], None),
        ("fire", None),
        (None, None),
    ],
)
def test_a_wrong_body_is_a_422_that_names_the_field(
    server: LiveServer, body: Any, field: str | None
) -> None:
    with server.http(HANDSET_TOKEN) as client:
        response = client.post(CALLS, json=body)
    assert problem_of(response, 422, Refusal.INVALID).field == field
    assert server.service.links == []
    assert server.service.notes[0][:3] == ("A", "127.0.0.1", "invalid")


def test_a_refused_value_is_not_repeated_in_the_answer(server: LiveServer) -> None:
    body = {"data": {"name": "試験花子" * 30, "mail": "h@example.invalid"}}
    with server.http(STAFF_TOKEN) as client:
        response = client.post("/api/staff/v1/registrants", json=body)
    problem_of(response, 422, Refusal.INVALID)
    assert "花子" not in response.text
    assert "example" not in response.text
    assert "花子" not in str(server.service.notes)


@pytest.mark.parametrize(
    "content",
    [b"{", b"{'a': 1}", b"\xff\xfe\x00", b'{"a": "\xff"}', b"[" * 60_000, b"1" * 5000],
    ids=["cut", "quotes", "utf-16", "utf-8", "deep", "number"],
)
def test_a_body_that_is_not_json_is_refused(server: LiveServer, content: bytes) -> None:
    with server.http(HANDSET_TOKEN) as client:
        response = client.post(CALLS, content=content, headers={"content-type": "application/json"})
    problem_of(response, 400, Refusal.INVALID)


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", ";"])
def test_another_content_type_is_named_as_the_reason(server: LiveServer, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    with server.http(HANDSET_TOKEN) as client:
        response = client.post(CALLS, content=json.dumps(CALL).encode(), headers=headers)
    assert "application/json" in problem_of(response, 422, Refusal.INVALID).detail


def test_a_body_over_64_kib_is_refused_whether_announced_or_not(server: LiveServer) -> None:
    headers = {"content-type": "application/json"}
    big = json.dumps({**CALL, "clientCallId": "x" * 65536}).encode()
    with server.http(HANDSET_TOKEN) as client:
        announced = client.post(CALLS, content=big, headers=headers)
        problem_of(announced, 413, Refusal.TOO_LARGE)
        in_chunks = client.post(
            CALLS, content=(big[i : i + 1000] for i in range(0, len(big), 1000)), headers=headers
        )
        problem_of(in_chunks, 413, Refusal.TOO_LARGE)
    assert [note[2] for note in server.service.notes] == ["too-large"] * 2


def test_the_admin_api_takes_a_directory_of_up_to_one_mib(server: LiveServer) -> None:
    with server.http(ADMIN_TOKEN) as client:
        path = "/api/admin/v1/directory"
        fits = client.put(path, json={"directory": {"x": "y" * 900_000}})
        assert fits.status_code == 200
        over = client.put(path, json={"directory": {"x": "y" * 1_100_000}})
        problem_of(over, 413, Refusal.TOO_LARGE)


def test_an_unknown_path_and_a_wrong_method_are_problems_too(server: LiveServer) -> None:
    with server.http() as client:
        problem_of(client.get("/nowhere"), 404, Refusal.NOT_FOUND)
        problem_of(client.get(CALLS + "/"), 404, Refusal.NOT_FOUND)
        wrong = client.delete(CALLS)
        problem_of(wrong, 405, Refusal.NOT_FOUND)
    assert wrong.headers["allow"] == "GET, POST"
    assert [note[0] for note in server.service.notes] == ["http", "A", "A"]


WRONG_AUTHORIZATIONS = (
    None,
    "",
    "Bearer",
    "Bearer short",
    "Basic aGFuZHNldDp4eHh4eHh4eA==",
    "Bearer " + "x" * 300,
    "Bearer wrong-token-00000000",
)


def test_without_a_right_token_there_is_a_401(server: LiveServer) -> None:
    doors = (
        (CALLS, "A"),
        ("/api/console/v1/calls", "C"),
        (f"/api/staff/v1/registrants/{uuid4()}", "C"),
        ("/api/admin/v1/refused-inputs", "admin"),
    )
    with server.http() as client:
        for path, interface in doors:
            for value in WRONG_AUTHORIZATIONS:
                headers = {} if value is None else {"Authorization": value}
                response = client.get(path, headers=headers)
                problem_of(response, 401, Refusal.NOT_AUTHENTICATED)
                assert response.headers["www-authenticate"] == "Bearer"
                noted = server.service.notes.pop()
                assert noted[:3] == (interface, "127.0.0.1", "not-authenticated")


def test_two_authorization_headers_are_refused(server: LiveServer) -> None:
    value = f"Bearer {HANDSET_TOKEN}"
    with server.http() as client:
        response = client.get(CALLS, headers=[("Authorization", value), ("Authorization", value)])
    problem_of(response, 401, Refusal.NOT_AUTHENTICATED)


def test_a_token_of_another_kind_does_not_open_a_door(server: LiveServer) -> None:
    with server.http(DISPATCHER_TOKEN) as client:
        problem_of(client.get(CALLS), 401, Refusal.NOT_AUTHENTICATED)
        problem_of(client.get("/api/admin/v1/refused-inputs"), 401, Refusal.NOT_AUTHENTICATED)


def test_an_id_that_is_none_and_a_number_out_of_range_name_their_field(
    server: LiveServer,
) -> None:
    with server.http(HANDSET_TOKEN) as client:
        response = client.get(f"{CALLS}/not-a-uuid")
        assert problem_of(response, 422, Refusal.INVALID).field == "call_id"
        for after in ("-1", "x", "9" * 30):
            response = client.get(f"{CALLS}/{server.service.call_id}/lines?after={after}")
            assert problem_of(response, 422, Refusal.INVALID).field == "after"


def test_the_admin_api_is_not_there_unless_it_is_switched_on(start_server: StartServer) -> None:
    server = start_server(admin={"enabled": False, "token": ADMIN_TOKEN})
    with server.http(ADMIN_TOKEN) as client:
        response = client.get("/api/admin/v1/refused-inputs")
    problem_of(response, 404, Refusal.NOT_FOUND)


def test_the_admin_api_does_not_believe_a_forwarded_address(server: LiveServer) -> None:
    """The address counts that the connection comes from, whatever a header says."""
    with server.http() as client:
        client.get("/nowhere", headers={"X-Forwarded-For": "198.51.100.7"})
    assert server.service.notes[0][1] == "127.0.0.1"


def test_peers_elsewhere_need_the_declaration(server: LiveServer) -> None:
    body = {"peers": [{"operator": "midori", "address": "192.0.2.1"}]}
    with server.http(ADMIN_TOKEN) as client:
        response = client.put("/api/admin/v1/operators", json=body)
    assert problem_of(response, 422, Refusal.INVALID).field == "peers.0.address"
    assert server.service.peers_loaded == ()


def test_guessing_passwords_is_slowed_down_and_a_right_one_clears_it(
    start_server: StartServer,
) -> None:
    server = start_server(limits={"log_in_attempts": 3, "log_in_window_s": 3600})
    path = "/api/handset/v1/sessions"

    def attempt(login_id: str, password: str) -> httpx.Response:
        return client.post(path, json={"loginId": login_id, "password": password})

    with server.http() as client:
        attempt("a", "wrong")
        attempt("a", "wrong")
        assert attempt("a", "right").status_code == 201
        for _ in range(3):
            problem_of(attempt("a", "wrong"), 401, Refusal.NOT_AUTHENTICATED)
        slowed = attempt("a", "right")
        problem_of(slowed, 429, Refusal.TOO_MANY)
        assert 0 < int(slowed.headers["retry-after"]) <= 3600
        assert attempt("b", "right").status_code == 201


def test_going_through_many_ids_is_slowed_down(start_server: StartServer) -> None:
    """Log-in IDs are short: scanning them is bounded for whoever does it."""
    server = start_server(limits={"log_in_failures_of_source": 4, "log_in_window_s": 3600})
    with server.http() as client:
        answers = [
            client.post(
                "/api/handset/v1/sessions", json={"loginId": f"n{number}", "password": "wrong"}
            )
            for number in range(5)
        ]
    for answer in answers[:4]:
        problem_of(answer, 401, Refusal.NOT_AUTHENTICATED)
    problem_of(answers[4], 429, Refusal.TOO_MANY)
