"""Who reads slowly, or not at all, is closed, and never holds memory or other calls."""

import asyncio
import functools
import threading

import pytest
from net119_protocol.codes import Refusal
from net119_reference.direct_socket import DirectSocket
from net119_reference.ports import Sink
from net119_reference.web import connection

from tests.reference.web.conftest import StartServer
from tests.reference.web.live_server import DEADLINE_S
from tests.reference.web.test_sockets import HELLO, chat_of, end_of


@pytest.mark.parametrize(
    "limits", [{"send_queue": 50}, {"send_queue": 1_000_000, "send_queue_octets": 300_000}]
)
def test_a_slow_reader_is_closed_so_that_it_resumes(
    start_server: StartServer, limits: dict[str, int]
) -> None:
    server = start_server(limits=limits)
    service = server.service

    async def flood() -> int:
        sent = 0
        async with asyncio.timeout(DEADLINE_S):
            while service.sinks:
                service.sinks[0].send(service.line("あ" * 2000, sent + 1))
                sent += 1
                await asyncio.sleep(0)
        return sent

    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        talk.until("welcome")
        sent = server.do(flood)
        assert sent > 50
        frames, code = end_of(talk)
    assert code == 4408
    received = [frame["line"]["seq"] for frame in frames]
    # What did arrive has no gap, so that `after` tells exactly where to go on.
    assert received == list(range(1, len(received) + 1))
    assert len(received) < sent


def test_who_reads_nothing_of_a_farewell_is_cut_off(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for it must not stay in memory until the client deigns to go."""
    monkeypatch.setattr(connection, "FAREWELL_S", 0.1)
    limits = {"send_queue": 100_000, "send_queue_octets": 1_000_000_000}
    server = start_server(limits=limits)
    service = server.service

    def flood() -> None:
        sink = service.sinks[0]
        for seq in range(1, 5001):
            sink.send(service.line("あ" * 2000, seq))
        sink.end(Refusal.CALL_CLOSED, "enough")

    cut = threading.Event()
    lost = DirectSocket.connection_lost

    def connection_lost(socket: DirectSocket, error: Exception | None) -> None:
        lost(socket, error)
        cut.set()

    monkeypatch.setattr(DirectSocket, "connection_lost", connection_lost)
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        talk.until("welcome")
        server.do(flood)
        assert cut.wait(DEADLINE_S)
        frames, code = end_of(talk)
    assert code == 1006
    assert len(frames) < 5000


def test_a_long_transcript_on_resume_is_no_reason_to_close(start_server: StartServer) -> None:
    server = start_server(limits={"send_queue": 5})
    service = server.service
    lines = [service.line("あ", seq) for seq in range(1, 501)]

    def send_transcript(sink: Sink) -> None:
        while lines and sink.has_room(functools.partial(send_transcript, sink)):
            sink.send(lines.pop(0))

    service.on_attach = send_transcript
    with server.socket(chat_of(server)) as talk:
        talk.send(HELLO)
        assert [talk.until("line")["line"]["seq"] for _ in range(500)] == list(range(1, 501))
        talk.send({"type": "say", "clientId": "a", "text": "a"})
        assert talk.until("ack")["seq"] == 1
