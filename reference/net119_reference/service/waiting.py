"""Messages that wait to be sent to one peer, in order, found fast even in a long backlog."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from net119_reference.ports import Outgoing


class Waiting:
    """Messages by number.  Numbers only grow, so that the list of them is always sorted."""

    def __init__(self) -> None:
        self._items: dict[int, Outgoing] = {}
        self._numbers: list[int] = []

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Outgoing]:
        return iter(self._items.values())

    def add(self, item: Outgoing) -> None:
        """Append a message; its number is above all others."""
        self._items[item.number] = item
        self._numbers.append(item.number)

    def remove(self, number: int) -> bool:
        """Drop a message; returns whether it was here."""
        if self._items.pop(number, None) is None:
            return False
        # Dropped numbers stay in the list until they are half of it: removing each at once would
        # move the whole backlog for every confirmation.
        if len(self._numbers) > 2 * len(self._items) + 16:
            self._numbers = list(self._items)
        return True

    def after(self, number: int, limit: int) -> Sequence[Outgoing]:
        """At most ``limit`` messages above a number, in order."""
        found: list[Outgoing] = []
        for each in range(bisect_right(self._numbers, number), len(self._numbers)):
            if len(found) == limit:
                break
            item = self._items.get(self._numbers[each])
            if item is not None:
                found.append(item)
        return found
