"""Messages on their way to an endpoint, and since when a receipt is missing.

A session can live, heart-beats and all, while one RECEIPT never comes.  Only a new session makes
everything unconfirmed be sent again, so that the lost receipt must cost the session.
"""

from collections.abc import Iterator

from net119_reference.ports import Outgoing


class Receipts:
    """What was sent and has no receipt yet, in the order of sending; no I/O and no clock.

    ``within_s``: how long the first of them may stay without a receipt while it is the first.
    An endpoint that is slow but works receipt by receipt is not late, one that skips a message is.
    """

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._items: dict[str, Outgoing] = {}  # by receipt id
        self._first_since = 0.0

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def sent(self, receipt_id: str, item: Outgoing, now: float) -> None:
        """A message was sent, and asked for a receipt."""
        if not self._items:
            self._first_since = now
        self._items[receipt_id] = item

    def item(self, receipt_id: str) -> Outgoing | None:
        """What this receipt would be for."""
        return self._items.get(receipt_id)

    def came(self, receipt_id: str, now: float) -> Outgoing | None:
        """A receipt came; what it is for, ``None`` if for nothing on its way."""
        if next(iter(self._items), None) == receipt_id:
            self._first_since = now
        return self._items.pop(receipt_id, None)

    @property
    def due(self) -> float | None:
        """When the next receipt is late; ``None`` while none is waited for."""
        return self._first_since + self._within_s if self._items else None

    def late(self, now: float) -> Outgoing | None:
        """The message whose receipt is late."""
        due = self.due
        return next(iter(self._items.values())) if due is not None and now >= due else None


__all__ = ["Receipts"]
