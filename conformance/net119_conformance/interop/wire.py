"""What the two systems of a pair said to each other about a call, as it was recorded.

Pure: it takes the events of interface B and answers questions about them.
"""

from collections.abc import Callable, Collection
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from net119_protocol.interconnect import Envelope, EnvelopeRefused, MessageType, bodies
from net119_protocol.interconnect.mapping import Chosen
from net119_simulators.wiretap import Interface, WireEvent

from net119_conformance.interop.blame import Side

_WITH_BODY = ("SEND\n", "MESSAGE\n")


@dataclass(frozen=True)
class Said:
    """A message that one side sent, and when it was seen."""

    side: Side
    at: datetime
    envelope: Envelope

    @property
    def body(self) -> Any:
        """Its content."""
        return self.envelope.body


Fits = Callable[[Said], bool]


class PairWire:
    """The recorded messages of one pair.

    ``operators`` are the codes of the two by side, as they stand in events; ``mapping`` reads the
    messages.
    """

    def __init__(self, originating: str, receiving: str, mapping: Chosen) -> None:
        self._sides = {originating: Side.ORIGINATING, receiving: Side.RECEIVING}
        self._mapping = mapping
        self._said: list[Said] = []
        self.unreadable: list[tuple[Side, str]] = []
        """What could not be read, with its sender."""

    def take(self, event: WireEvent) -> None:
        """Take an event; those that are not of interface B between the two are left out."""
        if event.interface is not Interface.B:
            return
        side = self._sides.get(event.source)
        if side is None or self._sides.get(event.target) is not side.other:
            return
        if not event.payload.startswith(_WITH_BODY):
            return
        _, _, body = event.payload.partition("\n\n")
        try:
            envelope = self._mapping.from_wire(body.encode("utf-8", "surrogatepass"))
        except EnvelopeRefused as refused:
            self.unreadable.append((side, str(refused)))
            return
        self._said.append(Said(side, event.at, envelope))

    @property
    def heard(self) -> bool:
        """Whether either said anything."""
        return bool(self._said or self.unreadable)

    @property
    def mark(self) -> int:
        """Stands for now: what comes later is `after` it."""
        return len(self._said)

    def after(self, mark: int) -> "PairWire":
        """The messages that were said after a mark for the first time; repeats do not count."""
        before = {each.envelope.message_id for each in self._said[:mark]}
        later = copy(self)
        later._said = [each for each in self._said if each.envelope.message_id not in before]
        return later

    def find(
        self,
        side: Side,
        kind: MessageType,
        call_id: UUID | None = None,
        fits: Fits = lambda _: True,
    ) -> list[Said]:
        """Messages of a side of this type, about this call, oldest first; repeats once each."""
        found: dict[UUID, Said] = {}
        for each in self._said:
            envelope = each.envelope
            of_call = call_id is None or envelope.call_id == call_id
            if each.side is side and envelope.type is kind and of_call and fits(each):
                found.setdefault(envelope.message_id, each)
        return list(found.values())

    def last(self, side: Side, kinds: Collection[MessageType], call_id: UUID) -> MessageType | None:
        """Of which of these types a side's last message about a call was; repeats do not count."""
        found = {
            each.envelope.message_id: each.envelope.type
            for each in self._said
            if each.side is side and each.envelope.call_id == call_id
        }
        types = [kind for kind in found.values() if kind in kinds]
        return types[-1] if types else None

    def refused(self, by: Side, call_id: UUID) -> str:
        """With which code a side refused something of this call by `error`; empty: it did not."""
        found = self.find(by, MessageType.ERROR, call_id)
        body = found[-1].body if found else None
        return body.code.value if isinstance(body, bodies.ErrorReport) else ""
