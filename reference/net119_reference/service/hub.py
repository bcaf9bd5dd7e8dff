"""Who is connected, and what they are sent once it is durable."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from net119_protocol.chat import ChatLine
from net119_protocol.model import WireModel

from net119_reference.connected import ShownLine
from net119_reference.ports import Sink

LATE = 500
"""Lines of a call that are held back for a newcomer, no more than are in memory anyway (``RECENT``
of ``live.py``); of what came before these, some are read again."""


class _Late:
    """Lines that became durable while the earlier ones are read, the newest ones at least."""

    def __init__(self) -> None:
        self.lines: list[ChatLine] = []
        self.dropped = False

    def add(self, line: ChatLine) -> None:
        if len(self.lines) >= LATE:
            self.lines.clear()
            self.dropped = True
        self.lines.append(line)


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
        self._late: dict[int, _Late] = {}

    def follow(self, call_id: UUID, after: int, earlier: Iterable[ChatLine] | None) -> None:
        """Send the lines of a call above ``after``, and from here on what comes.

        Where the earlier ones are not at hand (``None``), or are more than the client takes at
        once, they have to be read (:class:`~net119_reference.service.transcripts.Earlier`).
        """
        self.catching_up(call_id, after)
        if earlier is None:
            return
        for line in earlier:
            if not self.sink.has_room():
                return
            self._send(call_id, line)
        self.caught_up(call_id)

    def waits_for_earlier(self, call_id: UUID) -> bool:
        """Whether earlier lines of the call have to be read for it."""
        return call_id.int in self._late

    def catching_up(self, call_id: UUID, after: int) -> None:
        """Earlier lines of the call, above ``after``, are being read; hold back newer ones.

        What was sent to it already is not sent again.
        """
        self._sent.setdefault(call_id.int, after)
        self._late.setdefault(call_id.int, _Late())

    def has(self, call_id: UUID, after: int) -> None:
        """The client has the lines of a call up to this one, and is not to get them again."""
        self._sent.setdefault(call_id.int, after)

    def reads_after(self, call_id: UUID) -> int:
        """After which number stored lines are to be read for it now."""
        late = self._late.get(call_id.int)
        if late is not None:
            late.dropped = False  # what was dropped so far is stored, and is read
        return self._sent.get(call_id.int, 0)

    def earlier(self, call_id: UUID, line: ChatLine) -> None:
        """Send a line that was read, or held back; newer ones are held back still."""
        self._send(call_id, line)

    def caught_up(self, call_id: UUID) -> Sequence[ChatLine] | None:
        """All lines that were read are sent.

        Returns:
            What was held back meanwhile, to be sent before this is asked again; if nothing was,
            lines are sent as they come from here on.  None: more came than is held back, and has
            to be read.
        """
        late = self._late.get(call_id.int)
        if late is None:
            return ()
        if late.dropped:
            return None
        if late.lines:
            self._late[call_id.int] = _Late()
        else:
            del self._late[call_id.int]
        return late.lines

    def line(self, call_id: UUID, line: ChatLine, shown: ShownLine | None = None) -> None:
        """A line became durable; ``shown`` is its frame, where it is at hand."""
        late = self._late.get(call_id.int) if self._late else None
        if late is None:
            self._send(call_id, line, shown)
        else:
            late.add(line)

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
        """The consoles of the centers, which hold back lines until they have the earlier ones.

        Without those for which the call's earlier lines are being read already: two that read for
        one console would each take for shown what the other still has to show.
        """
        consoles = [each for center in centers for each in tuple(self._consoles.get(center, ()))]
        found = [each for each in consoles if not each.waits_for_earlier(call_id)]
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
