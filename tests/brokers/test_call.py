"""Calls to a peer whose endpoint is a plain RabbitMQ, which is killed in the middle of one."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, CloseOutcome, Kind, PlaceChoice, SenderRole
from net119_protocol.interconnect import MessageType
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, ProviderSpec, Timers
from net119_simulators.network.authority import trusting
from net119_simulators.peer import Broker, SimulatedPeer, SutEndpoint, Way
from net119_simulators.person import make_person

from tests.brokers.issuer import Issuer
from tests.brokers.rabbitmq import RabbitMq, missing
from tests.brokers.their_client import their_client
from tests.brokers.their_provider import TheirProvider, now

AKANE, AOBA = "127.0.0.2", "127.0.0.3"
TOMAKOMAI = fixed(42.6341, 141.6055)
WITHIN = 60.0
SAID = ["煙が出ています①", "髙橋です。けが人はいますか", "まだ", "聞こえますか", "はい"]
WHY_NOT = missing()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT)),
]


@contextlib.asynccontextmanager
async def provider(folder: Path, issuer: Issuer, broker: RabbitMq) -> AsyncIterator[LocalNetwork]:
    """The reference as akane, which knows that aoba's endpoint is a broker."""
    own = issuer.issue("akane", AKANE)
    peer = {"operator": "aoba", "address": AOBA, "port": broker.port, "endpoint": "broker"}
    settings: dict[str, Any] = {
        "stomp": {"cert": own.cert_file, "key": own.key_file, "ca": issuer.ca_file},
        "peers": [peer],
    }
    # A restart takes seconds; past T3 the call would go home, as it should.
    timers = Timers(t1_s=20.0, t2_s=120.0, t3_s=120.0, heartbeat_s=1.0, reconnect_s=0.2)
    spec = ProviderSpec("akane", AKANE, settings=settings)
    async with LocalNetwork([spec], folder / "network", timers=timers) as network:
        yield network


def peer_at(broker: RabbitMq, issuer: Issuer, network: LocalNetwork) -> SimulatedPeer:
    """aoba, which works on its queues at the broker."""
    tls = trusting(issuer.ca_file, issuer.issue("aoba", AOBA))
    return SimulatedPeer(
        "aoba",
        AOBA,
        sut=SutEndpoint("akane", *network.stomp_address("akane")),
        tls_server=network.ca.server_context(network.ca.issue(AOBA)),
        tls_client=tls,
        heart_beat_ms=1000,
        broker=Broker(SutEndpoint("aoba", AOBA, broker.port), tls),
    )


def texts(lines: tuple[ChatLine, ...]) -> list[str]:
    """What the people said, in order."""
    return [each.text for each in lines if each.sender is not SenderRole.SYSTEM]


async def the_call(network: LocalNetwork, peer: SimulatedPeer, broker: RabbitMq) -> None:
    await network.wait_until_peers_run("akane", ["aoba"], within=WITHIN)
    credentials = await network.register("akane", "aso", make_person(1, "43428"))
    async with network.phone("akane", credentials) as phone:
        call = await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=TOMAKOMAI)
        offer = await peer.expect(MessageType.CALL_OFFER, call.id, within=WITHIN)
        assert offer.way is Way.CALLEE
        assert "net119-sender" not in offer.frame_headers  # RabbitMQ stamps nothing
        taken = await peer.take(offer, "tomakomai", within=WITHIN)
        await taken.ring()
        await taken.answer()
        await call.wait_for_view(lambda view: view.state is CallState.ANSWERED, within=WITHIN)
        await call.say("煙が出ています①", within=WITHIN)
        await taken.say("髙橋です。けが人はいますか", within=WITHIN)
        # Not acknowledged when the broker is killed: it comes again.
        peer.duties.stomp_acks = False
        await call.say("まだ", within=WITHIN)
        await taken.wait_for_line(said_is("まだ"), within=WITHIN)
        await asyncio.to_thread(broker.stop, signal.SIGKILL)
        peer.duties.stomp_acks = True
        # Said while nobody can deliver it.
        await call.say("聞こえますか", within=WITHIN)
        answer = asyncio.create_task(taken.say("はい", within=2 * WITHIN))
        await asyncio.to_thread(broker.start)
        await answer
        await taken.wait_for_line(said_is("聞こえますか"), within=WITHIN)

        assert taken.is_owner
        await taken.close(CloseOutcome.PRACTICE_DONE, within=WITHIN)
        await call.wait_for_view(lambda view: view.state is CallState.CLOSED, within=WITHIN)
        # Without loss and without doubling, in one order, at the caller and at the peer.
        assert texts(call.lines) == texts(taken.lines) == SAID
        assert call.violations == []
        assert [each for each in peer.violations if each.rule != "stamp"] == []
        # What was not acknowledged came twice, with the same messageId.
        again = peer.find(MessageType.CHAT_MESSAGE, call.id, repeats=True)
        assert any(each.frame_headers.get("redelivered") == "true" for each in again)


def a_whole_callee(broker: RabbitMq, issuer: Issuer) -> None:
    """Take a call, talk, and close it, with stomp.py alone; returns when the anchor has closed."""
    at, own = (broker.address, broker.port), issuer.issue("aoba", AOBA)
    with their_client(at, issuer.ca_file, own, host="aoba", source=AOBA) as session:
        callee = "/queue/aoba.callee"
        ours = TheirProvider(
            session, "aoba", reads=callee, writes="/queue/akane.caller", replies_to=callee
        )
        offer = ours.offered()
        assert offer["body"]["department"] == "tomakomai"
        accept = {"department": "tomakomai", "center": "tomakomai"}
        ours.say("call.accept", accept, answers=offer)
        ours.epoch = ours.expect("call.assign")["epoch"]
        assert ours.epoch > offer["epoch"]
        ours.say("call.ringing", {"center": "tomakomai"})
        ours.say("call.answered", {"dispatcher": "指令員 髙木", "answeredAt": now()})
        line = ours.expect("chat.message")
        got = {name: line["body"][name] for name in ("clientId", "seq", "at")}
        ours.say("chat.receipt", got, answers=line)
        question = {"clientId": "q-1", "sender": "dispatcher", "text": "けが人はいますか𠮷"}
        ours.say("chat.message", question)
        assert ours.expect("chat.receipt")["body"]["seq"] == line["body"]["seq"] + 1
        closing = {"outcome": "practice-done", "note": "終わり", "closedBy": "指令員 髙木"}
        ours.say("call.close", closing)
        assert ours.expect("call.close")["body"]["outcome"] == "practice-done"
        ours.leave()


async def called_through(network: LocalNetwork, broker: RabbitMq, issuer: Issuer) -> None:
    """A caller's side of it, at the real provider akane."""
    credentials = await network.register("akane", "aso", make_person(2, "43428"))
    await network.wait_until_peers_run("akane", ["aoba"], within=WITHIN)
    async with network.phone("akane", credentials) as phone, asyncio.TaskGroup() as other:
        other.create_task(asyncio.to_thread(a_whole_callee, broker, issuer))
        call = await phone.call(Kind.FIRE, PlaceChoice.CURRENT, fix=TOMAKOMAI)
        await call.wait_for_view(lambda view: view.state is CallState.ANSWERED, within=WITHIN)
        await call.say("煙が出ています①", within=WITHIN)
        await call.wait_for_line(said_is("けが人はいますか𠮷"), within=WITHIN)
        await call.wait_for_view(lambda view: view.state is CallState.CLOSED, within=WITHIN)
        assert texts(call.lines) == ["煙が出ています①", "けが人はいますか𠮷"]
        assert call.violations == []


def a_whole_anchor(at: tuple[str, int], issuer: Issuer) -> None:
    """Offer a call to the real provider and be its anchor to the end, with stomp.py alone."""
    own = issuer.issue("aoba", AOBA)
    with their_client(at, issuer.ca_file, own, host="akane", source=AOBA) as session:
        caller = "/queue/aoba.caller"
        ours = TheirProvider(
            session, "aoba", reads=caller, writes="/queue/akane.callee", replies_to=caller
        )
        ours.call_id = str(uuid4())
        offer = ours.say("call.offer", offer_of_aso())
        accept = ours.expect("call.accept")
        assert (accept["inReplyTo"], accept["body"]["center"]) == (offer["messageId"], "aso")
        ours.epoch = 2
        ours.say("call.assign", {"department": "aso", "lastSeq": 0}, answers=accept)
        assert ours.expect("call.ringing")["epoch"] == 2
        assert ours.expect("call.answered")["body"]["dispatcher"] == "指令員 佐藤"
        said = {"sender": "caller", "clientId": "c-1", "text": "水が来ます①", "seq": 1, "at": now()}
        line = ours.say("chat.message", said)
        assert ours.expect("chat.receipt")["inReplyTo"] == line["messageId"]
        answer = ours.expect("chat.message")
        assert (answer["body"]["text"], "seq" in answer["body"]) == ("高い所へ", False)
        given = {"clientId": answer["body"]["clientId"], "seq": 2, "at": now()}
        ours.say("chat.receipt", given, answers=answer)
        closing = ours.expect("call.close")
        ours.say("call.close", closing["body"], answers=closing)
        ours.leave()


def offer_of_aso() -> dict[str, Any]:
    """The least that an offer says, and a person."""
    person = make_person(3, "01213").model_dump(mode="json", by_alias=True, exclude_none=True)
    home = {
        "code": "tomakomai",
        "nameJa": "苫小牧市消防本部",
        "nameEn": "Tomakomai",
        "phone": "0000-00-0001",
    }
    return {
        "department": "aso",
        "kind": "other",
        "openedAt": now(),
        "expiresAt": now(10.0),
        "lastSeq": 0,
        "home": home,
        "registrant": person,
        "place": {"choice": "current", "point": {"lat": 32.95, "lon": 131.12}},
        "routing": {"rule": "other-running", "directoryVersion": "2026-04-01"},
    }


async def offered_to(network: LocalNetwork, issuer: Issuer) -> None:
    """A dispatcher's side of it, at the real provider akane."""
    token = await network.dispatcher_token("akane", "aso", "指令員 佐藤")
    at = network.stomp_address("akane")
    async with network.dispatcher("akane", token) as dispatcher, asyncio.TaskGroup() as other:
        other.create_task(asyncio.to_thread(a_whole_anchor, at, issuer))
        call_id = (await dispatcher.wait_for_any_call(within=WITHIN)).call_id
        await dispatcher.answer(call_id, within=WITHIN)
        await dispatcher.wait_for_line(call_id, said_is("水が来ます①"), within=WITHIN)
        await dispatcher.say(call_id, "高い所へ", within=WITHIN)
        await dispatcher.close(call_id, CloseOutcome.PRACTICE_DONE, within=WITHIN)
        assert texts(dispatcher.call(call_id).log.lines) == ["水が来ます①", "高い所へ"]
        assert dispatcher.violations == []


def said_is(text: str) -> Callable[[ChatLine], bool]:
    return lambda line: line.text == text


def test_calls_through_a_broker_also_where_it_is_killed_in_the_middle(tmp_path: Path) -> None:
    """stomp.py is the whole callee, then an anchor; then a simulated peer takes a call, whose
    broker dies."""
    issuer = Issuer(tmp_path / "ca")

    async def scene(broker: RabbitMq) -> None:
        async with provider(tmp_path, issuer, broker) as network:
            await called_through(network, broker, issuer)
            await offered_to(network, issuer)
            async with peer_at(broker, issuer, network) as peer:
                await the_call(network, peer, broker)

    with RabbitMq({"aoba": ["akane"]}, AOBA, issuer, tmp_path / "rabbitmq") as broker:
        asyncio.run(scene(broker))
