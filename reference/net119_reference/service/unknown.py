"""Messages of a type that this minor version does not know: refused, but nothing waits for them.

Their sender may go on counting after them, as a newer version does, or use their number again, as
one that takes the refusal for a loss does: both are followed.
"""

import json

from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import EnvelopeRefused

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
