"""Messages of a type that this minor version does not know: refused, but nothing waits for them.

Their sender may go on counting after them, as a newer version does, or use their number again, as
one that takes the refusal for a loss does: both are followed.

The other way round, an older peer may refuse a message of ours without counting it, and then waits
for its number.  Where it asks for that number, it gets another message in its place, one of minor
0 that says what the peer knows already.
"""

import functools
import json
from uuid import UUID

from net119_protocol.codes import ErrorCode, SenderRole
from net119_protocol.interconnect import Body, EnvelopeRefused, MessageType, bodies

from net119_reference.calls.model import Call, Side
from net119_reference.ports import Channel
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live

MOST_AHEAD = 200
"""Numbers beyond the next one that are remembered; a larger gap is refused anyway."""


def count_of(payload: bytes, refused: EnvelopeRefused) -> int | None:
    """``n`` of a message whose type is unknown; ``None`` for any other unreadable message."""
    if refused.code is not ErrorCode.UNKNOWN_TYPE:
        return None
    n = json.loads(payload).get("n")
    return n if type(n) is int and n > 0 else None


def skip(tx: Transaction, live: Live, sender: str, n: int | None) -> bool:
    """Remember that this number need not be waited for; says whether that changes anything.

    Kept in memory only: after a restart a gap is asked for, and the same message comes again.
    """
    ahead = 0 if n is None else n - live.n_in.get(sender, 0)
    if live.call is None or not 0 < ahead <= MOST_AHEAD:
        return False
    tx.put(live.skipped, (sender, n), None)
    return True


def next_of(live: Live, sender: str, wanted: int) -> int:
    """The number that comes next, as far as those before ``wanted`` were skipped."""
    n = live.n_in.get(sender, 0) + 1
    while n < wanted and (sender, n) in live.skipped:
        n += 1
    return n


def refused(
    tx: Transaction, live: Live, peer: str, message_id: UUID | None, body: bodies.ErrorReport
) -> None:
    """Remember that the peer does not know the type of a message of ours.

    Kept in memory only: after a restart the peer asks once more, and refuses it once more.
    """
    if body.code is ErrorCode.UNKNOWN_TYPE and message_id is not None:
        tx.put(live.unknown_to, (peer, message_id), None)


def resend(core: Core, tx: Transaction, live: Live, peer: str, after_n: int) -> None:
    """A peer asks for what it lacks: all of it, or what stands in for what it cannot read."""
    unknown = [message_id for name, message_id in live.unknown_to if name == peer]
    fill = functools.partial(_fill, core, live, peer)
    core.outbox.resend_after(tx, peer, live.call_id, after_n, unknown, fill)


def _fill(core: Core, live: Live, peer: str, tx: Transaction, n: int, channel: Channel) -> None:
    call = live.known()
    found = _stand_in(live, call)
    if found is None:
        core.note(tx, call, "count not filled", f"{peer} waits for message {n}")
        return
    kind, body = found
    core.outbox.send(
        tx, peer, channel, kind, body, mode=call.mode, call_id=call.call_id, epoch=call.epoch, n=n
    )
    core.note(tx, call, "count filled", f"{peer} does not know the type of message {n}")


def _stand_in(live: Live, call: Call) -> tuple[MessageType, Body] | None:
    """What can be said once more without changing anything."""
    if call.side is Side.ANCHOR:
        body = bodies.CallerPresence(presence=call.presence, since=call.presence_since)
        return MessageType.CALLER_PRESENCE, body
    for line in reversed(live.recent):
        if line.sender is SenderRole.CALLER:
            receipt = bodies.ChatReceipt(client_id=line.client_id, seq=line.seq, at=line.at)
            return MessageType.CHAT_RECEIPT, receipt
    if call.answered_at is not None and call.answered_by:
        answered = bodies.CallAnswered(dispatcher=call.answered_by, answered_at=call.answered_at)
        return MessageType.CALL_ANSWERED, answered
    return None
