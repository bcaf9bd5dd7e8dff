"""Raw sessions against a simulated peer's endpoint, and the evidence that is left."""

import asyncio
import ssl
from pathlib import Path

import pytest
from net119_protocol.interconnect import MessageType, callee_queue, caller_queue
from net119_protocol.stomp import Frame
from net119_simulators.errors import NotConnected, Unreachable, Waited
from net119_simulators.peer import ConnectionEnded, RawSession
from net119_simulators.wiretap import Interface

from tests.simulators.peer.stage import AOBA, STRANGER, pair, said


def test_a_raw_session_is_no_more_than_its_frames(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both, both.aoba.raw_session() as raw:
            connected = await raw.connect()
            assert connected.get("version") == "1.2"
            raw.send_message(b"{", headers={"receipt": "r1"})
            receipt = await raw.expect("RECEIPT")
            assert receipt.get("receipt-id") == "r1"
            assert both.midori.unreadable[0].raw == b"{"
            with pytest.raises(Waited, match=r"MESSAGE .* CONNECTED, RECEIPT; the connection is"):
                await raw.expect("MESSAGE", within=0.01)
            raw.send(Frame("DISCONNECT", {"receipt": "bye"}))
            await raw.expect("RECEIPT", where=lambda frame: frame.get("receipt-id") == "bye")
            await raw.closed()
            with pytest.raises(NotConnected):
                raw.send(Frame("DISCONNECT"))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (Frame("BEGIN", {"transaction": "t"}), "BEGIN refused: no transactions"),
        (
            Frame("SEND", {"destination": callee_queue("midori"), "transaction": "t"}, b"{}"),
            "SEND with a transaction header refused: no transactions",
        ),
        (
            Frame("SUBSCRIBE", {"destination": caller_queue("midori"), "id": "1"}),
            "subscription refused",
        ),
        (
            Frame("SEND", {"destination": caller_queue("aoba"), "receipt": "x"}, b"{}"),
            "destination refused",
        ),
    ],
    ids=["begin", "send in transaction", "foreign subscribe", "send to a caller queue"],
)
def test_stomp_rules_of_the_endpoint(tmp_path: Path, frame: Frame, message: str) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both, both.aoba.raw_session() as raw:
            await raw.connect()
            raw.send(frame)
            error = await raw.expect("ERROR")
            assert error.get("message") == message
            assert error.get("receipt-id") == frame.get("receipt")
            await raw.closed()
            assert len(both.midori.endpoint.refusals) == 1
            assert both.midori.unreadable == []

    asyncio.run(run())


def test_octets_that_are_no_frame(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both, both.aoba.raw_session() as raw:
            await raw.connect()
            raw.send_octets(b"DANCE\n\n\0")
            assert "DANCE" in ((await raw.expect("ERROR")).get("message") or "")
            await raw.closed()
            assert "7 octets" not in both.aoba_tape.between("aoba", "midori")
            assert "8 octets" in both.aoba_tape.between("aoba", "midori")

    asyncio.run(run())


def test_a_stranger_is_turned_away(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both, both.aoba.raw_session(STRANGER) as raw:
            error = await raw.expect("ERROR")
            assert error.get("message") == f"no operator is known here at {STRANGER}"
            await raw.closed()
            with pytest.raises(ConnectionEnded, match=r"CONNECTED .* before the connection was"):
                await raw.expect("CONNECTED")
            assert both.midori.endpoint.turned_away == [STRANGER]
            assert f"ERROR {error.get('message')} to {STRANGER}" in both.midori_tape.between(
                "midori", "aoba"
            )

    asyncio.run(run())


def test_an_untrusted_certificate_is_unreachable(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            tls = ssl.create_default_context()
            with pytest.raises(Unreachable, match="no connection from"):
                async with RawSession(both.aoba.sut, tls, source=AOBA):
                    pass

    asyncio.run(run())


def test_every_frame_is_an_event_on_both_sides(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            await anchored.say_as_caller("たすけて")
            await taken.expect(MessageType.CHAT_MESSAGE)
        sent = both.aoba_tape.between("aoba", "midori")
        for label in (
            "CONNECT",
            "SUBSCRIBE /queue/aoba.caller",
            "SEND call.offer n=1 e=1",
            "SEND call.assign n=2 e=2",
            "SEND chat.message n=3 e=2",
            "ACK",
        ):
            assert label in sent
        assert "DISCONNECT" in both.midori_tape.between("midori", "aoba")
        came = both.aoba_tape.between("midori", "aoba")
        for label in (
            "CONNECTED",
            "RECEIPT",
            "MESSAGE call.accept n=1 e=1",
            "MESSAGE chat.receipt n=2 e=2",
        ):
            assert label in came
        for events in (both.aoba_tape.events, both.midori_tape.events):
            assert {each.interface for each in events} == {Interface.B}
        assert "SEND call.offer n=1 e=1" in both.midori_tape.between("aoba", "midori")
        event = next(each for each in both.aoba_tape.events if "chat.message" in each.label)
        assert event.payload.startswith("SEND\n")
        assert "destination:/queue/midori.callee\n" in event.payload
        assert said(event.payload)["body"]["text"] == "たすけて"

    asyncio.run(run())


def test_a_cut_connection_is_an_event(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            await both.aoba.client_off()
            assert "connection closed" in both.aoba_tape.between("aoba", "midori")

    asyncio.run(run())
