"""A call to a peer whose endpoint is a plain RabbitMQ, which is killed in the middle of it."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

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


def said_is(text: str) -> Callable[[ChatLine], bool]:
    return lambda line: line.text == text


def test_a_call_survives_the_broker_being_killed(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path / "ca")

    async def scene(broker: RabbitMq) -> None:
        async with (
            provider(tmp_path, issuer, broker) as network,
            peer_at(broker, issuer, network) as peer,
        ):
            await the_call(network, peer, broker)

    with RabbitMq({"aoba": ["akane"]}, AOBA, issuer, tmp_path / "rabbitmq") as broker:
        asyncio.run(scene(broker))
