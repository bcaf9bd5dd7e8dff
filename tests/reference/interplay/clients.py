"""What handsets and consoles have seen over all their connections, and what was asked."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from net119_protocol.api.common import CallView, LineStored
from net119_protocol.api.console import ConsoleCall, ConsoleCallFrame, ConsoleWelcome
from net119_protocol.api.handset import CallFrame, HandsetWelcome
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Mode
from net119_protocol.model import WireModel
from net119_reference.ports import Attachment, HandsetIdentity

from tests.reference.service.support import Tape


@dataclass
class Client:
    """A handset or a console, as it would show its calls."""

    seen: dict[UUID, list[ChatLine]] = field(default_factory=dict)
    tape: Tape = field(default_factory=Tape)
    attachment: Attachment | None = None
    screen: dict[UUID, CallView] = field(default_factory=dict)
    """What a handset shows of its call."""
    board: dict[UUID, ConsoleCall] = field(default_factory=dict)
    """What a console shows: the calls of its welcome, and what came after it."""
    modes: set[tuple[UUID, Mode]] = field(default_factory=set)
    """As what each call was ever shown (I5)."""
    shown: list[ConsoleCall] = field(default_factory=list)
    """What a console was shown since somebody looked whether it may be (I6)."""

    def after(self) -> dict[UUID, int]:
        return {call_id: lines[-1].seq for call_id, lines in self.seen.items() if lines}

    def read(self, calls: "list[Placed]") -> None:
        """Take over what has come since the last look."""
        if self.tape.frames:
            for call in calls:
                self.seen.setdefault(call.call_id, []).extend(self.tape.lines(call.call_id))
            for frame in self.tape.frames:
                self._show(frame)
            self.tape.frames.clear()

    def _show(self, frame: WireModel) -> None:
        match frame:
            case HandsetWelcome() | CallFrame():
                self.screen[frame.call.call_id] = frame.call
                self.modes.add((frame.call.call_id, frame.call.mode))
            case ConsoleWelcome():
                self.board = {call.call_id: call for call in frame.calls}
                self._looked_at(*frame.calls)
            case ConsoleCallFrame():
                self.board[frame.call.call_id] = frame.call
                self._looked_at(frame.call)

    def _looked_at(self, *calls: ConsoleCall) -> None:
        self.shown += calls
        self.modes |= {(call.call_id, call.mode) for call in calls}

    def cut(self) -> None:
        """The connection is gone; the next one is another."""
        self.attachment = None
        self.tape = Tape()


@dataclass
class Placed:
    """A call, and what is known of it from outside."""

    call_id: UUID
    anchor: str
    mode: Mode
    handset: Client = field(default_factory=Client)
    caller: HandsetIdentity | None = None
    """Who came by a callback URL, if somebody did."""
    acknowledged: dict[str, LineStored] = field(default_factory=dict)
    by_caller: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    unanswered: dict[str, str] = field(default_factory=dict)
    """Lines of the caller, by client id, whose acknowledgement was lost with the connection."""
    epoch: int = 0
    owner: str = ""
    offering_since: float | None = None


@dataclass
class Asked:
    """A request of somebody at a provider that is not answered yet."""

    call: Placed
    operator: str
    what: str
    task: "asyncio.Task[Any] | None" = None
    client_id: str | None = None
    before: dict[str, int] = field(default_factory=dict)
    """How often the call had been transferred to each department until then."""
    closes: int = 0
    """How often it had been closed."""
