"""The WebSockets of handset and console: hello, frames, refusals, and how they end."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from net119_protocol.api import common, console, handset
from net119_protocol.codes import Refusal
from net119_protocol.model import MAX_COUNT
from net119_reference.ports import Refused, StorageFailed
from pydantic import TypeAdapter
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.reference.web.conftest import StartServer
from tests.reference.web.fake_service import DISPATCHER_TOKEN, HANDSET_TOKEN
from tests.reference.web.live_server import DEADLINE_S, LiveServer, Talk

FEED = "/api/console/v1/feed"
HELLO = {"type": "hello", "token": HANDSET_TOKEN}
CONSOLE_HELLO = {"type": "hello", "token": DISPATCHER_TOKEN}


def chat_of(server: LiveServer) -> str:
    return f"/api/handset/v1/calls/{server.service.call_id}/chat"


def close_code_of(talk: Talk) -> int:
    """The code with which the server closes; frames before it are passed over."""
    return end_of(talk)[1]


def end_of(talk: Talk) -> tuple[list[dict[str, Any]], int]:
    """All frames up to the server's closing, and its code."""
    frames = []
    while True:
        try:
            frames.append(talk.receive())
        except ConnectionClosed as closed:
            return frames, 1006 if closed.rcvd is None else closed.rcvd.code


def wait_until_detached(server: LiveServer) -> None:
    async def detached() -> None:
        async with asyncio.timeout(DEADLINE_S):
            await server.service.some_detached.wait()

    server.do(detached)


def test_a_handset_says_hello_then_a_line_and_gets_its_acknowledgement(
    server: LiveServer,
) -> None:
    with server.socket(chat_of(server)) as talk:
        talk.send({**HELLO, "after": 7})
        welcome = talk.receive()
        handset.HandsetWelcome.model_validate(welcome)
        talk.send({"type": "say", "clientId": "a", "text": "火事です"})
        acknowledged = common.AckFrame.model_validate(talk.until("ack"))
        assert (acknowledged.client_id, acknowledged.seq) == ("a", 1)
    assert server.service.afters == [7]
    said = server.service.said[0][1]
    assert (type(said), said.text) == (common.NewLine, "火事です")
    wait_until_detached(server)
    assert server.service.notes == []


def test_what_the_service_sends_reaches_the_handset_in_order(server: LiveServer) -> None:
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        talk.until("welcome")
        service = server.service

        def send_lines() -> None:
            for seq in range(1, 51):
                service.sinks[0].send(service.line("救急車が向かっています", seq))

        server.do(send_lines)
        assert [talk.until("line")["line"]["seq"] for _ in range(50)] == list(range(1, 51))


@pytest.mark.parametrize(
    ("frame", "field", "client_id"),
    [
        ("not json", None, None),
        ("[]", None, None),
        ({"type": "shout", "clientId": "x"}, "type", "x"),
        ({"clientId": "x"}, "type", "x"),
        ({"type": "say", "text": "a"}, "clientId", None),
        ({"type": "say", "clientId": "x", "text": " "}, None, "x"),
        ({"type": "say", "clientId": "x", "text": "a", "extra": 1}, "extra", "x"),
        (
            {"type": "say", "clientId": "x", "choice": {"seq": 0, "optionId": "y"}},
            "choice.seq",
            "x",
        ),
        ({"type": "say", "clientId": "日本", "text": "a"}, "clientId", None),
        ('{"type": "say", "clientId": "x", "text": "\\ud800"}', None, None),
        (b"\x00\x01", None, None),
    ],
)
def test_an_invalid_frame_is_refused_by_field_and_the_connection_stays(
    server: LiveServer, frame: Any, field: str | None, client_id: str | None
) -> None:
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        talk.until("welcome")
        talk.send(frame)
        refused = common.RefusedFrame.model_validate(talk.until("refused"))
        assert refused.code is Refusal.INVALID
        assert (refused.field, refused.client_id) == (field, client_id)
        assert refused.detail
        assert refused.message_ja
        talk.send({"type": "say", "clientId": "z", "text": "まだ話せます"})
        assert talk.until("ack")["clientId"] == "z"
    assert [note[:3] for note in server.service.notes] == [("A", "127.0.0.1", "invalid")]


def test_a_line_that_is_too_long_is_refused_as_that(server: LiveServer) -> None:
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        talk.until("welcome")
        talk.send({"type": "say", "clientId": "x", "text": "あ" * 2001})
        refused = talk.until("refused")
        assert (refused["code"], refused["field"]) == ("too-long", "text")


@pytest.mark.parametrize("size", [64 * 1024 + 1, 2 * 1024 * 1024])
def test_a_frame_that_is_too_large_ends_the_connection(server: LiveServer, size: int) -> None:
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        talk.until("welcome")
        talk.send("x" * size)
        if size < 1024 * 1024:  # above that the frame is not even read
            assert talk.until("refused")["code"] == "too-large"
        assert close_code_of(talk) == 1009
    wait_until_detached(server)
    assert len(server.service.notes) == 1


def test_a_console_may_name_as_many_calls_as_the_contract_allows(server: LiveServer) -> None:
    after = {str(uuid4()): MAX_COUNT for _ in range(console.SEEN_CALLS + 1)}
    with server.socket(FEED) as talk:
        talk.send({**CONSOLE_HELLO, "after": after})
        refused = talk.until("refused")
        assert refused["field"] == "after"
        assert str(console.SEEN_CALLS) in refused["detail"]
        after.popitem()
        talk.send({**CONSOLE_HELLO, "after": after})
        assert talk.until("welcome")


@pytest.mark.parametrize("path", ["chat", "feed"])
def test_an_unknown_token_is_told_and_sent_away(server: LiveServer, path: str) -> None:
    with server.socket(chat_of(server) if path == "chat" else FEED) as talk:
        talk.send({"type": "hello", "token": "wrong-token-00000000"})
        assert talk.receive()["code"] == "not-authenticated"
        assert close_code_of(talk) == 4401
    assert server.service.notes[0][2] == "not-authenticated"
    assert server.service.detached == 0


@pytest.mark.parametrize("call", ["00000000-0000-4000-8000-000000000000", "no-uuid"])
def test_an_unknown_call_is_told_and_sent_away(server: LiveServer, call: str) -> None:
    with server.socket(f"/api/handset/v1/calls/{call}/chat") as talk:
        talk.send(HELLO)
        assert talk.receive()["code"] == "unknown-call"
        assert close_code_of(talk) == 4404


@pytest.mark.parametrize(
    ("failure", "code", "close_code"),
    [
        (Refused(Refusal.REGISTRANT_SUSPENDED, "suspended"), "registrant-suspended", 4403),
        (StorageFailed("disk full"), "storage-failed", 1013),
    ],
)
def test_a_refused_attachment_is_told_and_sent_away(
    server: LiveServer, failure: Exception, code: str, close_code: int
) -> None:
    server.service.failures["attach_handset"] = failure
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        assert talk.receive()["code"] == code
        assert close_code_of(talk) == close_code


def test_without_hello_in_time_the_connection_ends(start_server: StartServer) -> None:
    server = start_server(timers={"hello_s": 0.2})
    with server.socket(FEED) as talk:
        assert talk.receive()["code"] == "not-authenticated"
        assert close_code_of(talk) == 4401


def test_frames_before_hello_are_refused_and_hello_still_counts(server: LiveServer) -> None:
    with server.socket(chat_of(server)) as talk:
        talk.send({"type": "say", "clientId": "a", "text": "早すぎます"})
        refused = talk.receive()
        assert (refused["code"], refused["clientId"]) == ("not-authenticated", "a")
        talk.send(HELLO)
        talk.until("welcome")
        talk.send(HELLO)
        assert talk.until("refused")["code"] == "wrong-state"
    assert server.service.said == []


def test_a_path_that_is_no_socket_is_refused_and_noted(server: LiveServer) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        server.socket("/api/handset/v1/nowhere"),
    ):
        pass
    assert refused.value.response.status_code == 403
    assert server.service.notes[0][:3] == ("A", "127.0.0.1", "not-found")


def test_refusals_and_failures_of_a_line_name_the_line(server: LiveServer) -> None:
    failures = (
        (Refused(Refusal.CALL_CLOSED, "the call is closed"), "call-closed"),
        (StorageFailed("disk full"), "storage-failed"),
        (ZeroDivisionError("試験花子"), "internal-error"),
    )
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        talk.until("welcome")
        for failure, code in failures:
            server.service.failures["caller_says"] = failure
            talk.send({"type": "say", "clientId": code, "text": "a"})
            refused = talk.until("refused")
            assert (refused["code"], refused["clientId"]) == (code, code)
            assert "花子" not in json.dumps(refused, ensure_ascii=False)
        del server.service.failures["caller_says"]
        talk.send({"type": "say", "clientId": "ok", "text": "a"})
        assert talk.until("ack")["clientId"] == "ok"


def test_a_chat_is_for_its_own_call_only(server: LiveServer) -> None:
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        talk.until("welcome")
        talk.send({"type": "say", "clientId": "a", "text": "a", "callId": str(uuid4())})
        refused = talk.until("refused")
        assert (refused["code"], refused["field"]) == ("not-your-call", "callId")


def test_a_console_answers_says_and_closes(server: LiveServer) -> None:
    call = str(server.service.call_id)
    with server.socket(FEED) as talk:
        talk.send({**CONSOLE_HELLO, "after": {call: 4}})
        console.ConsoleWelcome.model_validate(talk.receive())
        talk.send({"type": "answer", "callId": call})
        assert talk.until("call")["call"]["callId"] == call
        options = [{"id": "y", "label": "はい"}]
        talk.send(
            {"type": "say", "callId": call, "clientId": "q", "text": "火は?", "options": options}
        )
        assert talk.until("ack") == {
            "type": "ack",
            "callId": call,
            "clientId": "q",
            "seq": 1,
            "at": "2026-04-01T00:00:00.000Z",
        }
        talk.send({"type": "say", "clientId": "r", "text": "どの通報?"})
        assert talk.until("refused")["field"] == "callId"
        talk.send({"type": "close", "callId": call, "outcome": "dispatched"})
        assert talk.until("call")["call"]["callId"] == call
        talk.send({"type": "close", "callId": str(uuid4()), "outcome": "dispatched"})
        assert talk.until("refused")["code"] == "unknown-call"
    assert server.service.afters == [{server.service.call_id: 4}]
    TypeAdapter(console.ConsoleIn).validate_python({"type": "answer", "callId": call})


def test_a_slow_line_of_one_call_does_not_hold_up_another(server: LiveServer) -> None:
    call, other = str(server.service.call_id), str(uuid4())
    gate = asyncio.Event()
    server.service.gates["dispatcher_says"] = gate
    with server.socket(FEED) as talk:
        talk.send(CONSOLE_HELLO)
        talk.until("welcome")
        talk.send({"type": "say", "callId": call, "clientId": "1", "text": "a"})
        talk.send({"type": "say", "callId": call, "clientId": "2", "text": "b"})
        talk.send({"type": "answer", "callId": other})
        assert talk.receive()["code"] == "unknown-call"
        server.do(gate.set)
        assert [talk.until("ack")["clientId"] for _ in range(2)] == ["1", "2"]


def test_a_command_under_way_is_finished_when_the_client_goes(server: LiveServer) -> None:
    gate = asyncio.Event()
    server.service.gates["caller_says"] = gate
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        talk.until("welcome")
        talk.send({"type": "say", "clientId": "last", "text": "助けて"})
        # The answer to this one tells that the line before it was taken up.
        talk.send("not json")
        talk.until("refused")
    wait_until_detached(server)
    server.do(gate.set)
    server.stop()
    assert [line.client_id for _, line in server.service.said] == ["last"]


def test_a_stopping_server_says_so(server: LiveServer) -> None:
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        talk.until("welcome")
        server.stop()
        assert close_code_of(talk) == 1012
    assert server.service.detached == 1


def test_a_client_that_goes_without_a_word_is_detached(server: LiveServer) -> None:
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        talk.until("welcome")
        server.do(talk.connection.transport.abort)
        wait_until_detached(server)
