"""Says lines on a WebSocket and waits until they are acknowledged."""

from uuid import UUID, uuid4

from net119_protocol.api.common import AckFrame, LineStored, NewLine, RefusedFrame, SayFrame
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Refusal

from net119_simulators.errors import CallRefused
from net119_simulators.frame_socket import refusal
from net119_simulators.line_log import LineLog


def new_client_id() -> str:
    """An identifier for one line or one call, never given twice."""
    return uuid4().hex


class LineSender:
    """One's own lines in one call: which are still unanswered, and what was answered.

    A line stays pending until it is acknowledged or refused, so that a resumed connection can send
    it again under the same ``client_id``. ``not-confirmed`` is no end: the provider goes on sending
    the line, and the numbered line itself then confirms it.
    """

    def __init__(self, log: LineLog, where: str, call_id: UUID | None = None) -> None:
        self._log = log
        self._where = where
        self._call_id = call_id
        self._pending: dict[str, NewLine] = {}
        self._answers: dict[str, LineStored] = {}
        self._refused: dict[str, RefusedFrame] = {}
        self._unconfirmed: set[str] = set()

    def frame(self, line: NewLine) -> SayFrame:
        """The frame that says this line, which is pending from now on."""
        self._pending[line.client_id] = line
        self._refused.pop(line.client_id, None)
        return SayFrame(
            client_id=line.client_id,
            text=line.text,
            options=line.options,
            choice=line.choice,
            call_id=self._call_id,
        )

    def pending(self) -> tuple[NewLine, ...]:
        """Lines said but neither acknowledged nor refused, in the order they were said."""
        return tuple(self._pending.values())

    def acknowledged(self, frame: AckFrame | LineStored) -> None:
        """The provider says that the line is stored."""
        self._pending.pop(frame.client_id, None)
        # The log keeps the first one; a line said twice is told what came the second time.
        self._answers[frame.client_id] = LineStored(
            client_id=frame.client_id, seq=frame.seq, at=frame.at
        )
        self._log.acknowledged(frame)

    def refused(self, frame: RefusedFrame) -> None:
        """The provider refuses the line that the frame names."""
        if frame.client_id is None:
            return
        if frame.code is Refusal.NOT_CONFIRMED:
            self._unconfirmed.add(frame.client_id)
        else:
            self._pending.pop(frame.client_id, None)
            self._refused[frame.client_id] = frame

    def came(self, line: ChatLine) -> None:
        """A numbered line of the call came; it may be one's own."""
        if line.client_id in self._unconfirmed and line.client_id in self._pending:
            self.acknowledged(LineStored(client_id=line.client_id, seq=line.seq, at=line.at))

    def outcome(self, client_id: str) -> LineStored | None:
        """The acknowledgement of a pending line, ``None`` while there is no answer.

        Raises:
            CallRefused: the line was refused.
        """
        if client_id in self._pending:
            return None
        if client_id in self._refused:
            raise self.refusal(self._refused[client_id])
        return self._answers.get(client_id) or self._log.stored(client_id)

    def refusal(self, frame: RefusedFrame) -> CallRefused:
        """The exception for a refused frame."""
        return refusal(frame, self._where)
