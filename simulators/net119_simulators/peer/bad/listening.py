"""Peers that listen wrongly: twice at once, or without acknowledging what came."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from net119_protocol.interconnect import EnvelopeRefused, MessageType, caller_queue
from net119_protocol.stomp import Frame

from net119_simulators.errors import Waited
from net119_simulators.peer.bad.run import BadRun
from net119_simulators.peer.bad.talk import Talk
from net119_simulators.peer.raw import RawSession

_LOOK_EVERY_S = 0.05


async def two_sessions(run: BadRun) -> None:
    """Two subscriptions, one after the other closed without an acknowledgement."""
    await run.peer.client_off()
    raws = [await run.raw(), await run.raw()]
    for raw in raws:
        await _listen(run, raw, "client-individual")
    run.did(
        "同じキューを二つの接続で購読し、どちらも ACK を返さない",
        "it subscribed to its queue on two connections, neither of which acknowledges",
    )
    call = await run.offer()  # kept until the client is on
    since = run.looking()
    raws[0].send_message(run.peer.mapping.to_wire(call.sent[0]))
    given = await run.comes(
        "I4",
        "答えは、どちらか一つの購読に渡される",
        "the answer is handed to one subscription, whichever",
        _given(run, raws, call.call_id),
        "call.accept on one of them",
    )
    if given is not None:
        (other,) = (raw for raw in raws if raw is not given)
        run.check(
            "I4",
            "もう一つの購読には渡されない",
            "the other subscription does not get it",
            not await _comes_to(run, other, call.call_id, since.left()),
            "nothing",
            "call.accept" if _answers(run, other, call.call_id) else "nothing",
        )
        given.send_octets(Frame("DISCONNECT").encode())
        run.did("ACK を返さずに、その接続を閉じた", "it closed that one without acknowledging")
        await run.comes(
            "I2",
            "ACK のなかった答えは、残った接続にもう一度渡される",
            "what was not acknowledged is handed to the connection that is left",
            _given(run, [other], call.call_id),
            "call.accept on the other",
        )
        other.send_octets(Frame("DISCONNECT").encode())
    await run.peer.client_on()
    await run.peer.connected(run.patience)
    await call.accepted(run.patience)
    await call.assign()
    talk = await Talk.go_on(run, call)
    await talk.holds()


async def _listen(run: BadRun, raw: RawSession, ack: str) -> None:
    """Connect, and subscribe to the peer's queue."""
    await raw.connect()
    subscription = {"id": "1", "destination": caller_queue(run.peer.operator), "ack": ack}
    raw.send(Frame("SUBSCRIBE", {**subscription, "receipt": "listening"}))
    await raw.expect("RECEIPT", within=run.patience)


def _answers(run: BadRun, raw: RawSession, call_id: UUID) -> bool:
    """Whether the acceptance of a call came on this connection."""
    return any(_accepts(run, frame, call_id) for frame in raw.frames if frame.command == "MESSAGE")


def _accepts(run: BadRun, frame: Frame, call_id: UUID) -> bool:
    try:
        got = run.peer.mapping.from_wire(frame.body)
    except EnvelopeRefused:
        return False
    return got.type is MessageType.CALL_ACCEPT and got.call_id == call_id


async def _comes_to(run: BadRun, raw: RawSession, call_id: UUID, within_s: float) -> bool:
    """Whether it comes there in this time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while not _answers(run, raw, call_id):
        if loop.time() >= deadline:
            return False
        await asyncio.sleep(_LOOK_EVERY_S)
    return True


async def _given(run: BadRun, raws: Sequence[RawSession], call_id: UUID) -> RawSession:
    """The connection on which the acceptance comes; raises Waited."""
    looks = int(run.patience / _LOOK_EVERY_S)
    for _ in range(looks):
        for raw in raws:
            if await _comes_to(run, raw, call_id, _LOOK_EVERY_S / len(raws)):
                return raw
    raise Waited("call.accept", run.patience, "neither of the subscriptions had it")


async def ack_auto(run: BadRun) -> None:
    """Acknowledges by ``ack:auto``, and loses what came."""
    await run.peer.client_off()
    raw = await run.raw()
    await _listen(run, raw, "auto")
    run.did(
        "ack:auto で購読し、答えを受け取った直後に落ちた",
        "it subscribed with ack:auto and went down right after the answer came",
    )
    call = await run.offer()  # kept until the client is on
    raw.send_message(run.peer.mapping.to_wire(call.sent[0]))
    await _given(run, [raw], call.call_id)
    raw.send_octets(Frame("DISCONNECT").encode())
    await run.peer.client_on()
    await run.peer.connected(run.patience)
    run.did("戻って、同じ申し出をもう一度送った", "it came back and sent the same offer once more")
    await run.comes(
        "I2",
        "失われた答えが、もう一度返る",
        "the answer that was lost is given again",
        call.accepted(run.patience),
        "call.accept",
    )
    await call.assign()
    talk = await Talk.go_on(run, call)
    await talk.holds()
