"""What a peer must remember of a call to speak of it: counts, epoch, mode, and what it sent."""

from dataclasses import dataclass, field
from uuid import UUID

from net119_protocol.codes import Mode
from net119_protocol.interconnect import UNCOUNTED, Envelope, bodies

from net119_simulators.peer.specs import Way


@dataclass
class CallLedger:
    """One call, as the messages of both sides show it.

    ``way`` and ``mode`` are those of its first message; ``epoch`` the highest that was assigned;
    ``n_out`` and ``n_in`` the last counts of the peer and the SUT.
    """

    way: Way
    mode: Mode
    epoch: int = 0
    n_out: int = 0
    n_in: int = 0
    sent: list[Envelope] = field(default_factory=list)

    def next_n(self) -> int:
        """The next count of the peer; it is used up."""
        self.n_out += 1
        return self.n_out

    def count(self, envelope: Envelope) -> str | None:
        """Take in the count of a new message of the SUT; what is wrong with it, if anything."""
        if envelope.type in UNCOUNTED:
            return None
        expected, self.n_in = self.n_in + 1, max(self.n_in, envelope.n)
        if envelope.n == expected:
            return None
        return f"{envelope.type.value} has n={envelope.n}, but {expected} was next"

    def keep(self, envelope: Envelope) -> None:
        """A message was sent; one that is sent again is kept once."""
        if all(each.message_id != envelope.message_id for each in self.sent):
            self.sent.append(envelope)

    def answers_to(self, message_id: UUID) -> list[Envelope]:
        """What was sent in answer to this message."""
        return [each for each in self.sent if each.in_reply_to == message_id]

    def line(self, client_id: str) -> bodies.ChatMessage | None:
        """The line that the peer sent under this name."""
        for each in self.sent:
            if isinstance(each.body, bodies.ChatMessage) and each.body.client_id == client_id:
                return each.body
        return None

    def sent_after(self, n: int) -> list[Envelope]:
        """Counted messages with a higher count, in their order."""
        return sorted((each for each in self.sent if each.n > n), key=lambda each: each.n)
