"""Messages of a type that this minor version does not know: refused, but counted."""

import hashlib
import json
from uuid import UUID

from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import EnvelopeRefused

from net119_reference.ports import Channel
from net119_reference.service import rows
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live


def count_of(payload: bytes, refused: EnvelopeRefused) -> int | None:
    """``n`` of a message whose type is unknown; ``None`` for any other unreadable message."""
    if refused.code is not ErrorCode.UNKNOWN_TYPE:
        return None
    n = json.loads(payload).get("n")
    return n if type(n) is int and n > 0 else None


def take(
    tx: Transaction,
    live: Live,
    sender: str,
    channel: Channel,
    message_id: UUID | None,
    n: int | None,
) -> bool:
    """Count the message if it is the next one of its sender; says whether it was."""
    if live.call is None or message_id is None:
        return False
    known = (sender, message_id) in live.handled
    if known or n != live.n_in.get(sender, 0) + 1:
        return False
    digest = hashlib.sha256(f"unknown type {message_id}".encode()).hexdigest()
    tx.put(live.handled, (sender, message_id), digest)
    tx.put(live.n_in, sender, n)
    tx.write(
        rows.INSERT_INBOX,
        sender=sender,
        message_id=str(message_id),
        call_id=str(live.call_id),
        n=n,
        channel=channel.value,
        digest=digest,
        held=None,
        received_at=rows.stamp(tx.now),
    )
    return True
