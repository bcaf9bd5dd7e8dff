"""What the two roles of a peer in a call have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any
from uuid import UUID

from net119_protocol.chat import ChatLine
from net119_protocol.codes import ErrorCode, Mode
from net119_protocol.interconnect import Body, Envelope, bodies

from net119_simulators.line_log import Violation
from net119_simulators.peer.inbox import Inbox, Types, Where
from net119_simulators.peer.ledger import CallLedger
from net119_simulators.peer.messages import TYPE_OF, Received
from net119_simulators.peer.sending import Sent
from net119_simulators.peer.speaker import Speaker
from net119_simulators.peer.specs import Duties
from net119_simulators.waiting import Watch


class PeerCall(ABC):
    """A call in which a simulated peer takes part.

    ``errors`` are the SUT's refusals of the peer's messages in this call; ``violations`` what the
    SUT broke in it.
    """

    def __init__(
        self,
        call_id: UUID,
        ledger: CallLedger,
        speaker: Speaker,
        inbox: Inbox,
        duties: Duties,
        watch: Watch,
    ) -> None:
        self.call_id = call_id
        self.errors: list[bodies.ErrorReport] = []
        self._ledger = ledger
        self._speaker = speaker
        self._inbox = inbox
        self._duties = duties
        self._watch = watch
        self._broken: list[Violation] = []

    @property
    def epoch(self) -> int:
        """The ownership that the peer knows."""
        return self._ledger.epoch

    @property
    def next_n(self) -> int:
        """The count that the peer's next message of the call will have; it is not used up."""
        return self._ledger.n_out + 1

    @property
    def sent(self) -> tuple[Envelope, ...]:
        """What the peer sent in this call, each message once."""
        return tuple(self._ledger.sent)

    @property
    def mode(self) -> Mode:
        """How the call is meant."""
        return self._ledger.mode

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What the SUT broke in this call, as the peer saw it."""
        return tuple(self._broken)

    @property
    @abstractmethod
    def lines(self) -> tuple[ChatLine, ...]:
        """The numbered lines of the call, in the order in which they got here."""

    def line(self, seq: int) -> ChatLine | None:
        """The line of this number, if it is there."""
        return next((line for line in self.lines if line.seq == seq), None)

    async def wait_for_line(
        self, fits: Callable[[ChatLine], bool], within: float = 5.0
    ) -> ChatLine:
        """The first numbered line that fits, once it is there.

        Raises:
            Waited: there is none in time.
        """
        return await self._watch.until(
            lambda: next((line for line in self.lines if fits(line)), None),
            f"a line of call {self.call_id}",
            within,
            lambda: (
                f"{[f'{each.seq} {each.text[:40]}' for each in self.lines]}; " + self._inbox.seen()
            ),
        )

    async def send(self, body: Body, *, in_reply_to: UUID | None = None, **overrides: Any) -> Sent:
        """Send any message of this call; its type is that of the body."""
        return self._send(body, in_reply_to=in_reply_to, **overrides)

    async def expect(
        self,
        types: Types,
        *,
        within: float = 5.0,
        where: Where | None = None,
        repeats: bool | None = False,
    ) -> Received:
        """Wait for a message of this call; see ``SimulatedPeer.expect``."""
        return await self._inbox.expect(
            types, self.call_id, within=within, where=where, repeats=repeats
        )

    async def resume(self, after_n: int | None = None, after_seq: int | None = None) -> Sent:
        """Ask the SUT to send again what follows (default: all after what is here)."""
        last = max((line.seq for line in self.lines), default=0)
        return self._send(
            bodies.ChatResume(
                after_n=self._ledger.n_in if after_n is None else after_n,
                after_seq=last if after_seq is None else after_seq,
            )
        )

    def on_message(self, received: Received) -> None:
        """A new message of this call came; the peer calls this."""
        body = received.body
        if isinstance(body, bodies.ErrorReport):
            self.errors.append(body)  # left to whoever expects it
        elif isinstance(body, bodies.ChatResume):
            received.handled = True
            if self._duties.answer_resume:
                for envelope in self._ledger.sent_after(body.after_n):
                    self._speaker.send(envelope)
        else:
            self._on_message(received)
        self._watch.changed()

    @abstractmethod
    def _on_message(self, received: Received) -> None: ...

    def _send(self, body: Body, *, in_reply_to: UUID | None = None, **overrides: Any) -> Sent:
        kind = TYPE_OF[type(body)]
        envelope = self._speaker.build(
            kind, body, self.call_id, in_reply_to=in_reply_to, **overrides
        )
        return self._speaker.send(envelope)

    async def _answer(
        self, types: Types, answers: UUID | None, within: float, where: Where | None = None
    ) -> Received:
        return await self._inbox.expect(
            types, self.call_id, within=within, where=where, answers=answers
        )

    def _breaks(self, rule: str, what: str) -> None:
        self._broken.append(Violation(rule, f"call {self.call_id}: {what}"))

    def _refuse(self, received: Received, code: ErrorCode, detail: str, field: str) -> None:
        if self._duties.refuse:
            epoch = self.epoch if code is ErrorCode.STALE_EPOCH else None
            self._speaker.refuse(received, code, detail, field, epoch)
