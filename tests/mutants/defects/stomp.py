"""The transport: STOMP 1.2 as the profile uses it, and what both sides share of it.

`protocol` is shared by judge and judged; these patches change it in the provider's process only.
"""

import contextlib
import json
from typing import Any

from net119_protocol.interconnect import SENDER_HEADER, callee_queue, caller_queue, mapping
from net119_protocol.stomp import ServerSession
from net119_protocol.stomp.head import HeadDecoder
from net119_reference.ports import Channel
from net119_reference.service import inbound, outbox
from net119_reference.stomp_shell.policy import EndpointPolicy

from tests.mutants.registry import Patch, mutant


@mutant("transactions-taken", kills={"STOMP-TRANSACTION": "the endpoint answers with ERROR"})
def transactions_taken(patch: Patch) -> None:
    """BEGIN and COMMIT are swallowed, and a transaction header is not looked at."""

    def on_frame(original: Any, session: Any, frame: Any, now: float) -> None:
        if frame.command not in ("BEGIN", "COMMIT", "ABORT"):
            frame.headers.pop("transaction", None)
            original(session, frame, now)

    patch.around(ServerSession, "_on_frame", on_frame)


@mutant(
    "any-queue-open",
    kills={
        "BAD-SESSIONS": "foreign-subscribe: it is refused with a reason, and logged",
        "STOMP-FOREIGN-SUBSCRIBE": "the endpoint answers with ERROR",
    },
)
def any_queue_open(patch: Patch) -> None:
    """Whoever is connected may subscribe to any queue."""
    patch(EndpointPolicy, "subscribe_refusal", lambda *_: None)


@mutant(
    "stamped-with-the-receiver",
    kills={"STOMP-REPLY-TO-VIA": "it is stamped with the SUT's operator code"},
)
def stamped_with_the_receiver(patch: Patch) -> None:
    """The endpoint stamps its messages with the operator of the queue."""

    def deliver(original: Any, session: Any, *arguments: Any, **named: Any) -> Any:
        name, message, destination, body, headers = arguments
        stamp = {SENDER_HEADER: destination.removeprefix("/queue/").rpartition(".")[0]}
        return original(session, name, message, destination, body, headers | stamp, **named)

    patch.around(ServerSession, "deliver", deliver)


@mutant("always-the-caller-queue", kills={"STOMP-REPLY-TO-VIA": "its own via names the SUT"})
def always_the_caller_queue(patch: Patch) -> None:
    """Replies name the caller queue as the one to answer to, as requests do."""

    def via(original: Any, *, destination: str, operator: str) -> Any:
        return original(destination=caller_queue(operator), operator=operator)

    patch.around(outbox, "Via", via)


@mutant("via-believed", kills={"STOMP-VIA-SPOOFED": "the error says via-mismatch"})
def via_believed(patch: Patch) -> None:
    """Nobody compares the operator that a message names with the one that sent it."""

    async def receive(original: Any, self: Any, sender: str, payload: bytes, channel: Any) -> None:
        queue = caller_queue(sender) if channel is Channel.QUEUE else callee_queue(sender)
        with contextlib.suppress(ValueError, KeyError, TypeError):
            data = json.loads(payload)
            data["via"] |= {"destination": queue, "operator": sender}
            payload = json.dumps(data, ensure_ascii=False).encode()
        await original(self, sender, payload, channel)

    patch.around(inbound.Inbound, "receive", receive)


@mutant(
    "in-reply-to-lost",
    kills={
        "MSG-UNKNOWN-TYPE": "the error names the message that it answers",
        "OFFER-EXPIRED": "the answer names the offer it answers",
    },
)
def in_reply_to_lost(patch: Patch) -> None:
    """The encoding of an envelope leaves out what it answers."""

    def encode(original: Any, envelope: Any) -> bytes:
        encoded: bytes = original(envelope.model_copy(update={"in_reply_to": None}))
        return encoded

    patch.around(mapping, "encode", encode)


@mutant(
    "escapes-kept",
    kills={"STOMP-FOREIGN-SUBSCRIBE": "the receipt is for the subscription"},
)
def escapes_kept(patch: Patch) -> None:
    r"""The codec takes \c, \n and \\ in headers as they stand."""

    def unescape(_original: Any, _decoder: Any, name: str, value: str, *_: Any) -> tuple[str, str]:
        return name, value

    patch.around(HeadDecoder, "_unescape_line", unescape)
