"""Who is connected, and what they are sent once it is durable."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from net119_protocol.chat import ChatLine
from net119_protocol.model import WireModel

from net119_reference.connected import ShownLine
from net119_reference.ports import Sink


class Subscriber:
    """One connection.

    Lines that become durable while the earlier ones are still being read for a newcomer wait in
    ``_late``; a line is never sent twice and never before an earlier one of its call (I3, I4).
    """

    def __init__(self, sink: Sink, who: str = "") -> None:
        self.sink = sink
        self.who = who
        """The dispatcher's name, of a console."""
        self.gone = False
        """Its client has left, perhaps before it was registered: it must not be any more."""
        # By the number that an id is: that of UUID is computed anew each time it is looked for.
        self._sent: dict[int, int] = {}
        self._late: dict[int, list[ChatLine]] = {}

    def follow(self, call_id: UUID, after: int, earlier: Iterable[ChatLine] | None) -> None:
        """Send the lines of a call above ``after``, and from here on what comes.

        Where the earlier ones are not at hand (``None``) they have to be read, and handed to
        :meth:`caught_up`.
        """
        self.catching_up(call_id, after)
        if earlier is not None:
            self.caught_up(call_id, earlier)

    def waits_for_earlier(self, call_id: UUID) -> bool:
        """Whether earlier lines of the call have to be read for it."""
        return call_id.int in self._late

    def catching_up(self, call_id: UUID, after: int) -> None:
        """Earlier lines of the call, above ``after``, are being read; hold back newer ones.

        What was sent to it already is not sent again.
        """
        self._sent.setdefault(call_id.int, after)
        self._late.setdefault(call_id.int, [])

    def has(self, call_id: UUID, after: int) -> None:
        """The client has the lines of a call up to this one, and is not to get them again."""
        self._sent.setdefault(call_id.int, after)

    def caught_up(self, call_id: UUID, lines: Iterable[ChatLine]) -> None:
        """The earlier lines are here; send them, then what came meanwhile."""
        late = self._late.pop(call_id.int, [])
        for line in (*lines, *late):
            self._send(call_id, line)

    def line(self, call_id: UUID, line: ChatLine, shown: ShownLine | None = None) -> None:
        """A line became durable; ``shown`` is its frame, where it is at hand."""
        if self._late and call_id.int in self._late:
            self._late[call_id.int].append(line)
        else:
            self._send(call_id, line, shown)

    def _send(self, call_id: UUID, line: ChatLine, shown: ShownLine | None = None) -> None:
        key = call_id.int
        if line.seq > self._sent.get(key, 0):
            self._sent[key] = line.seq
            self.sink.send(shown or ShownLine(call_id, line))


class Hub:
    """Connections by call (handsets) and by center (consoles)."""

    def __init__(self) -> None:
        # By the number, as in Subscriber.
        self._handsets: dict[int, set[Subscriber]] = defaultdict(set)
        self._consoles: dict[str, set[Subscriber]] = defaultdict(set)

    def add_handset(self, call_id: UUID, subscriber: Subscriber) -> None:
        """A handset is connected to its call."""
        self._handsets[call_id.int].add(subscriber)

    def remove_handset(self, call_id: UUID, subscriber: Subscriber) -> bool:
        """It is gone; returns whether it was the call's last one."""
        connected = self._handsets[call_id.int]
        connected.discard(subscriber)
        if not connected:
            self._handsets.pop(call_id.int, None)
        return not connected

    def has_handset(self, call_id: UUID) -> bool:
        """Whether a handset of the call is connected."""
        return bool(self._handsets.get(call_id.int))

    def add_console(self, center: str, subscriber: Subscriber) -> None:
        """A console of the center is connected."""
        self._consoles[center].add(subscriber)

    def remove_console(self, center: str, subscriber: Subscriber) -> None:
        """It is gone."""
        self._consoles[center].discard(subscriber)

    def has_console(self, center: str) -> bool:
        """Whether somebody sits at a console of the center."""
        return bool(self._consoles.get(center))

    def at_consoles(self, center: str) -> frozenset[str]:
        """The names of who sits at a console of the center."""
        return frozenset(each.who for each in self._consoles.get(center, ()))

    def to_handsets(self, call_id: UUID, frame: WireModel) -> None:
        """Send a frame to the call's handsets."""
        for subscriber in tuple(self._handsets.get(call_id.int, ())):
            subscriber.sink.send(frame)

    def to_consoles(self, centers: Iterable[str], frame_for: Callable[[str], WireModel]) -> None:
        """Send each center's consoles the frame made for that center."""
        for center in centers:
            subscribers = tuple(self._consoles.get(center, ()))
            if subscribers:
                frame = frame_for(center)
                for subscriber in subscribers:
                    subscriber.sink.send(frame)

    def catching_up(self, call_id: UUID, centers: Iterable[str]) -> list[Subscriber]:
        """The consoles of the centers, which hold back lines until they have the earlier ones."""
        found = [each for center in centers for each in tuple(self._consoles.get(center, ()))]
        for subscriber in found:
            subscriber.catching_up(call_id, 0)
        return found

    def line(
        self, call_id: UUID, centers: Iterable[str], line: ChatLine, document: str = ""
    ) -> None:
        """Send a line to everyone who follows the call."""
        shown = ShownLine(call_id, line, document)
        for subscriber in tuple(self._handsets.get(call_id.int, ())):
            subscriber.line(call_id, line, shown)
        for center in centers:
            for subscriber in tuple(self._consoles.get(center, ())):
                subscriber.line(call_id, line, shown)

    def console_counts(self) -> Mapping[str, int]:
        """Connected consoles by center."""
        return {center: len(found) for center, found in self._consoles.items() if found}
