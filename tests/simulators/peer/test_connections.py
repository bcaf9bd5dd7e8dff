"""Sessions, toggles and redelivery of simulated peers."""

import asyncio
import socket
from pathlib import Path

import pytest
from net119_protocol.codes import ProviderState
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.errors import SafetyInterlock, Waited
from net119_simulators.network.authority import Authority
from net119_simulators.peer import (
    CannotListen,
    SendFailed,
    SimulatedPeer,
    SutEndpoint,
    Way,
    altered,
)

from tests.simulators.peer.stage import MIDORI, pair


def test_each_session_begins_with_a_report_both_ways(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path, state=ProviderState.MAINTENANCE) as both:
            reports = [await both.midori.expect(MessageType.STATUS_REPORT) for _ in Way]
            assert {each.way for each in reports} == set(Way)
            states = {each.body_as(bodies.StatusReport).state for each in reports}
            assert states == {ProviderState.MAINTENANCE}
            assert len(await both.aoba.report(ProviderState.NORMAL, "復旧")) == 2
            for _ in Way:
                await both.midori.expect(
                    MessageType.STATUS_REPORT,
                    where=lambda each: each.body_as(bodies.StatusReport).text_ja == "復旧",
                )
            assert both.midori.sut_states[-1].state is ProviderState.NORMAL
            assert both.midori.unexpected() == []

    asyncio.run(run())


def test_without_the_duty_nothing_is_reported(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path, connect=False) as both:
            both.aoba.duties.status_reports = False
            await both.aoba.connected()
            await both.midori.connected()
            anchored = await both.offer()
            await both.midori.expect(MessageType.CALL_OFFER, anchored.call_id)
            assert both.midori.sut_states == []
            assert both.aoba.sut_states != []

    asyncio.run(run())


def test_endpoint_off_and_on(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            port = both.midori.port
            await both.midori.endpoint_off()
            await both.aoba.disconnected(Way.ANCHOR)
            assert both.aoba.is_connected(Way.CALLEE)
            with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
                probe.connect((MIDORI, port))
            anchored = await both.offer()  # waits for the connection
            with pytest.raises(Waited, match="own endpoint off"):
                await both.midori.connected(within=0.01)
            await both.midori.endpoint_on()
            await both.midori.connected()
            assert both.midori.port == port
            await both.midori.expect(MessageType.CALL_OFFER, anchored.call_id)

    asyncio.run(run())


def test_a_port_that_is_freed_a_moment_later_is_had(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            await both.midori.endpoint_off()
            taken = socket.create_server((MIDORI, both.midori.port))
            asyncio.get_running_loop().call_later(0.2, taken.close)
            await both.midori.endpoint_on()
            await both.midori.connected()

    asyncio.run(run())


def test_client_off_and_on(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            await both.aoba.client_off()
            await both.midori.disconnected(Way.CALLEE)
            assert both.midori.is_connected(Way.ANCHOR)
            with pytest.raises(Waited, match="own client off"):
                await both.aoba.connected(within=0.01, ways=[Way.ANCHOR])
            await both.aoba.client_on()
            await both.aoba.connected()
            await both.midori.connected()

    asyncio.run(run())


def test_what_is_not_acknowledged_comes_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            both.aoba.duties.stomp_acks = False
            await taken.ring()
            first = await anchored.expect(MessageType.CALL_RINGING)
            both.aoba.duties.stomp_acks = True
            await both.aoba.cut(Way.ANCHOR)
            again = await anchored.expect(MessageType.CALL_RINGING, repeats=True)
            assert (first.raw, first.repeat) == (again.raw, False)
            assert "redelivered" not in first.frame_headers
            assert again.frame_headers["redelivered"] == "true"
            assert both.aoba.violations == ()

    asyncio.run(run())


def test_what_has_no_receipt_is_sent_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            both.midori.duties.stomp_receipts = False
            anchored = await both.offer()
            await both.midori.expect(MessageType.CALL_OFFER)
            both.midori.duties.stomp_receipts = True
            await both.midori.cut(Way.CALLEE)
            await both.midori.expect(MessageType.CALL_OFFER, anchored.call_id, repeats=True)

    asyncio.run(run())


def test_confirmation_is_the_receipt_or_the_acknowledgement(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            _, taken = await both.call()
            both.aoba.duties.stomp_acks = False
            ringing = await taken.ring()
            with pytest.raises(Waited, match=r"ACK for call\.ringing n=2 e=2"):
                await ringing.confirmed(within=0.05)
            assert ringing.times == 1
            both.aoba.duties.stomp_acks = True
            await (await taken.answer()).confirmed()

    asyncio.run(run())


def test_spoilt_messages_are_kept_and_answered(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, _ = await both.call()
            envelope = both.aoba.build(
                MessageType.CALLER_PRESENCE,
                bodies.CallerPresence(presence="gone", since="2026-04-01T00:00:00Z"),
                anchored.call_id,
                n=2,
            )
            await both.aoba.send_raw(altered(envelope, type="call.dance"))
            error = await both.aoba.expect(MessageType.ERROR)
            assert error.envelope.in_reply_to == envelope.message_id
            assert error.body_as(bodies.ErrorReport).offending_type == "call.dance"
            await both.midori.send_raw(b"{", way=Way.CALLEE)
            await both.midori.expect(MessageType.ERROR)
            assert [each.raw for each in both.aoba.unreadable] == [b"{"]
            assert both.midori.unreadable[0].reason.code.value == "unknown-type"
            assert [each.rule for each in both.aoba.violations] == ["frame"]

    asyncio.run(run())


def test_a_refused_message_is_given_up_and_the_session_comes_back(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            sent = await both.aoba.send_raw(b"{}", "/queue/midori.caller")
            with pytest.raises(SendFailed, match="destination refused"):
                await sent.confirmed()
            assert both.aoba.client.stomp_errors[0].get("message") == "destination refused"
            assert "destination refused" in both.midori.endpoint.refusals[0]
            await both.aoba.connected()
            await both.midori.connected()
            anchored = await both.offer()
            await both.midori.expect(MessageType.CALL_OFFER, anchored.call_id)
            assert sent.times == 1

    asyncio.run(run())


def test_a_forged_stamp_or_via_is_seen(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            _, taken = await both.call()
            forged = both.midori.build(
                MessageType.CALL_RINGING,
                bodies.CallRinging(center="c"),
                taken.call_id,
                via=both.aoba._speaker.via(Way.ANCHOR),
            )
            await both.midori.send_raw(
                altered(forged), headers={"net119-sender": "akane"}, way=Way.CALLEE
            )
            await both.aoba.expect(MessageType.CALL_RINGING)
            assert [each.rule for each in both.aoba.violations] == ["stamp", "via"]

    asyncio.run(run())


def test_heart_beats_come_as_agreed(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path, heart_beat_ms=50) as both, both.aoba.raw_session() as raw:
            connected = await raw.connect({"heart-beat": "0,20"})
            assert connected.get("heart-beat") == "50,50"
            await raw.beats(3)
            assert [frame.command for frame in raw.frames] == ["CONNECTED"]

    asyncio.run(run())


def test_an_address_that_cannot_be_had(tmp_path: Path) -> None:
    async def run() -> None:
        ca = Authority(tmp_path)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            peer = SimulatedPeer(
                "aoba",
                "127.0.0.1",
                port=taken.getsockname()[1],
                sut=SutEndpoint("midori", MIDORI, 1),
                tls_server=ca.server_context(ca.issue("127.0.0.1")),
                tls_client=ca.client_context(),
            )
            with pytest.raises(CannotListen, match=r"127\.0\.0\.1:\d+: cannot listen"):
                await peer.__aenter__()

    asyncio.run(run())


def test_a_sut_elsewhere_must_be_declared(tmp_path: Path) -> None:
    ca = Authority(tmp_path)

    def peer(*declared: str) -> SimulatedPeer:
        return SimulatedPeer(
            "aoba",
            "127.0.0.1",
            port=0,
            sut=SutEndpoint("midori", "192.0.2.1"),
            tls_server=ca.server_context(ca.issue("127.0.0.1")),
            tls_client=ca.client_context(),
            declared_test_hosts=declared,
        )

    async def run() -> None:
        with pytest.raises(SafetyInterlock, match="not declared"):
            peer()
        declared = peer("192.0.2.1")
        with pytest.raises(SafetyInterlock, match="live call"):
            await declared.send_raw(b'{"mode":"live"}')
        assert (await declared.send_raw(b'{"mode":"test"}')).times == 0

    asyncio.run(run())


def test_who_the_sut_is_goes_by_its_address() -> None:
    assert SutEndpoint("a", "127.0.0.2").connects_from("127.0.0.2")
    assert not SutEndpoint("a", "127.0.0.2").connects_from("127.0.0.3")
    assert SutEndpoint("a", "a.example").connects_from("127.0.0.3")
    assert not SutEndpoint("a", "a.example", source="127.0.0.2").connects_from("127.0.0.3")
    assert SutEndpoint("a", "::1", 5).url == "stomps://[::1]:5"
