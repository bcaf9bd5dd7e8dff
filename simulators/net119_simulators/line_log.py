"""The lines of a call as one side gets them, and what is wrong with how they come."""

from dataclasses import dataclass

from net119_protocol.api.common import AckFrame, LineStored
from net119_protocol.chat import ChatLine


@dataclass(frozen=True)
class Violation:
    """A rule that the provider broke, as this simulator saw it.

    ``rule`` is the invariant (``I2``, ``I3``, ``I4``) or ``frame`` for what cannot be read.
    """

    rule: str
    what: str


class LineLog:
    """Lines of one call, kept over dropped connections, with the violations found in them.

    Numbers must come as 1, 2, 3, ... (I3); a number comes once (I4) and never with another
    content; an acknowledged line has the number that was acknowledged (I2). ``after`` is the
    number of the last line that is known already and not asked for.
    """

    def __init__(self, after: int = 0) -> None:
        self._lines: dict[int, ChatLine] = {}
        self._order: list[ChatLine] = []
        self._stored: dict[str, LineStored] = {}
        self.violations: list[Violation] = []
        self.last_seq = after
        """Highest number so far: what a resumed connection says it has."""

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """The lines in the order in which they came."""
        return tuple(self._order)

    def stored(self, client_id: str) -> LineStored | None:
        """The acknowledgement of one's own line, if it came."""
        return self._stored.get(client_id)

    def take(self, line: ChatLine) -> bool:
        """A line came; whether it is new."""
        known = self._lines.get(line.seq)
        if known is not None:
            self._repeated(line, known)
            return False
        if line.seq <= self.last_seq:
            self._broken("I3", f"line {line.seq} came after line {self.last_seq}")
        elif line.seq > self.last_seq + 1:
            self._broken(
                "I3", f"line {line.seq} came after line {self.last_seq}: lines between are missing"
            )
        self._lines[line.seq] = line
        self._order.append(line)
        self.last_seq = max(self.last_seq, line.seq)
        ack = self._stored.get(line.client_id)
        if ack is not None and ack.seq != line.seq:
            self._wrong_number(line.client_id, ack.seq, line.seq)
        return True

    def acknowledged(self, frame: AckFrame | LineStored) -> None:
        """One's own line was acknowledged."""
        ack = LineStored(client_id=frame.client_id, seq=frame.seq, at=frame.at)
        before = self._stored.setdefault(ack.client_id, ack)
        if before.seq != ack.seq:
            self._broken(
                "I4",
                f"line {ack.client_id!r} was acknowledged as {before.seq}, then as {ack.seq}",
            )
        line = self._lines.get(ack.seq)
        if line is not None and line.client_id != ack.client_id:
            self._broken(
                "I2", f"number {ack.seq} was acknowledged but holds line {line.client_id!r}"
            )

    def unseen(self) -> tuple[LineStored, ...]:
        """Acknowledged lines that have not come back as lines: lost if this stays so (I2)."""
        return tuple(ack for ack in self._stored.values() if ack.seq not in self._lines)

    def _repeated(self, line: ChatLine, known: ChatLine) -> None:
        if line == known:
            self._broken("I4", f"line {line.seq} came twice")
        else:
            self._broken("I3", f"line {line.seq} came again with another content")

    def _wrong_number(self, client_id: str, acknowledged: int, came: int) -> None:
        if acknowledged in self._lines and self._lines[acknowledged].client_id == client_id:
            self._broken("I4", f"line {client_id!r} came as {acknowledged} and as {came}")
        else:
            self._broken("I2", f"line {client_id!r} was acknowledged as {acknowledged}, is {came}")

    def _broken(self, rule: str, what: str) -> None:
        self.violations.append(Violation(rule, what))
