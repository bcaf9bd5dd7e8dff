"""Messages of either end that do not fit, and the errors that answer them."""

from datetime import UTC, datetime
from typing import Any

from net119_protocol.codes import ErrorCode, SenderRole
from net119_protocol.interconnect import Envelope, MessageType, bodies
from net119_reference.ports import Channel

from tests.reference.service.link import Pipe, forged
from tests.reference.service.pair import Pair


def carried(pair: Pair, kind: MessageType) -> Envelope:
    """The last message of a type that went over the link."""
    return [envelope for _, envelope in pair.link.carried if envelope.type is kind][-1]


async def errors(pair: Pair, pipe: Pipe) -> list[tuple[ErrorCode, str | None]]:
    """Code and field of the errors that wait on a pipe, which are taken off it."""
    found = []
    await pair.link.settle()
    while await pipe.waiting():
        envelope = await pipe.deliver(arrives=False)
        assert isinstance(envelope.body, bodies.ErrorReport)
        found.append((envelope.body.code, envelope.body.field))
    return found


async def to_anchor(pair: Pair, payload: bytes) -> list[tuple[ErrorCode, str | None]]:
    await pair.a.service.receive("midori", payload, Channel.CLIENT)
    return await errors(pair, pair.link.to_b())


async def to_callee(pair: Pair, payload: bytes) -> list[tuple[ErrorCode, str | None]]:
    await pair.b.service.receive("aoba", payload, Channel.QUEUE)
    return await errors(pair, pair.link.to_a())


def line_of_dispatcher(text: str = "x", **changes: Any) -> bodies.ChatMessage:
    return bodies.ChatMessage(
        client_id=f"c-{text}", sender=SenderRole.DISPATCHER, text=text, **changes
    )


def numbered(seq: int, client_id: str, text: str = "x") -> bodies.ChatMessage:
    return bodies.ChatMessage(
        client_id=client_id,
        sender=SenderRole.CALLER,
        text=text,
        seq=seq,
        at=datetime(2026, 4, 1, tzinfo=UTC),
    )


def from_owner(pair: Pair, body: Any = None, **changes: Any) -> bytes:
    """A dispatcher's line of midori, next in its count unless said otherwise."""
    like = carried(pair, MessageType.CALL_ANSWERED)
    assert like.call_id is not None
    given: dict[str, Any] = {
        "n": pair.a.live(like.call_id).n_in["midori"] + 1,
        "type": MessageType.CHAT_MESSAGE,
    } | changes
    return forged(like, body=body or line_of_dispatcher(), **given)


def from_anchor(pair: Pair, body: Any, **changes: Any) -> bytes:
    """A message of the anchor, next in its count unless said otherwise."""
    like = carried(pair, MessageType.CALL_ASSIGN)
    assert like.call_id is not None
    given: dict[str, Any] = {
        "n": pair.b.live(like.call_id).n_in["aoba"] + 1,
        "type": MessageType.CHAT_MESSAGE,
    } | changes
    return forged(like, body=body, **given)
