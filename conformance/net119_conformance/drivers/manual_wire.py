"""What interface B showed while a person acted: calls that were offered, answers, lines.

A person reads no identifiers and no numbers; where a message carries them, they are taken from it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from net119_protocol.codes import SenderRole
from net119_protocol.interconnect import EnvelopeRefused, MessageType, bodies
from net119_protocol.interconnect.envelope import Envelope
from net119_protocol.interconnect.mapping import Chosen
from net119_simulators.wiretap import Wiretap

from net119_conformance.evidence import EvidenceLog

T = TypeVar("T")
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True)
class Said:
    """A line of a chat: ``seq`` is None where nobody has numbered it on the wire."""

    seq: int | None
    text: str
    sender: SenderRole


@dataclass(frozen=True)
class _Heard:
    place: int
    by_sut: bool
    envelope: Envelope


class Wire:
    """Reads the evidence of the purpose; ``operator`` is the system's code."""

    def __init__(self, wiretap: Wiretap, operator: str, mapping: Chosen) -> None:
        self._log = wiretap if isinstance(wiretap, EvidenceLog) else None
        self._operator = operator
        self._mapping = mapping
        self._read = 0
        self._heard: list[_Heard] = []

    @property
    def now(self) -> int:
        """How many messages there were until now: a mark for ``since``."""
        return 0 if self._log is None else self._log.count

    def offered_by_sut(self, since: int) -> UUID | None:
        """The call that the system offered after a mark and not before; the first if several."""
        offers = [each for each in self._of(MessageType.CALL_OFFER) if each.by_sut]
        before = {each.envelope.call_id for each in offers if each.place < since}
        for each in offers:
            if each.place >= since and each.envelope.call_id not in before:
                return each.envelope.call_id
        return None

    def offer(self, call_id: UUID) -> bodies.CallOffer | None:
        """The newest offer of a call, by either side."""
        found = [
            each.envelope.body
            for each in self._of(MessageType.CALL_OFFER)
            if each.envelope.call_id == call_id
        ]
        newest = found[-1] if found else None
        return newest if isinstance(newest, bodies.CallOffer) else None

    def sent_by_sut(self, kind: MessageType, call_id: UUID, since: int) -> bool:
        """Whether the system sent such a message of a call after a mark."""
        return any(
            each.by_sut and each.place >= since and each.envelope.call_id == call_id
            for each in self._of(kind)
        )

    def line_by_sut(self, call_id: UUID, text: str, since: int) -> bool:
        """Whether the system sent a line with this text after a mark."""
        return any(
            each.by_sut
            and each.place >= since
            and each.envelope.call_id == call_id
            and isinstance(each.envelope.body, bodies.ChatMessage)
            and each.envelope.body.text == text
            for each in self._of(MessageType.CHAT_MESSAGE)
        )

    def lines(self, call_id: UUID) -> list[Said]:
        """All lines of a call that were on the wire, each once, in the order in which they came.

        Those that nobody took are among them: what must not be shown is asked for as well.
        """
        numbers = {
            each.envelope.body.client_id: each.envelope.body.seq
            for each in self._of(MessageType.CHAT_RECEIPT)
            if each.envelope.call_id == call_id
            and isinstance(each.envelope.body, bodies.ChatReceipt)
        }
        found: dict[str, Said] = {}
        for each in self._of(MessageType.CHAT_MESSAGE):
            body = each.envelope.body
            if each.envelope.call_id != call_id or not isinstance(body, bodies.ChatMessage):
                continue
            seq = body.seq if body.seq is not None else numbers.get(body.client_id)
            found[body.client_id] = Said(seq, body.text, body.sender)
        return list(found.values())

    def _of(self, kind: MessageType) -> list[_Heard]:
        self._catch_up()
        return [each for each in self._heard if each.envelope.type is kind]

    def _catch_up(self) -> None:
        if self._log is None or self._log.count == self._read:
            return
        for line in self._log.spoken():
            place = line.get("n", -1)
            if line["kind"] != "message" or line["interface"] != "B" or place < self._read:
                continue
            head, _, body = str(line["payload"]).partition("\n\n")
            if not head.startswith(("SEND", "MESSAGE")):
                continue
            try:
                envelope = self._mapping.from_wire(body.encode("utf-8", "surrogatepass"))
            except EnvelopeRefused:
                continue  # judged elsewhere
            self._heard.append(_Heard(place, line["source"] == self._operator, envelope))
        self._read = self._log.count

    async def until(self, look: Callable[[], T | None], within: float) -> T | None:
        """What ``look`` gives, looked at again and again; None if nothing came in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            found = look()
            if found is not None or loop.time() >= deadline:
                return found
            await asyncio.sleep(_LOOK_EVERY_S)
