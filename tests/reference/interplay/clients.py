"""What handsets and consoles have seen over all their connections, and what was asked."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from net119_protocol.api.common import LineStored
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Mode
from net119_reference.ports import Attachment, HandsetIdentity

from tests.reference.service.support import Tape


@dataclass
class Client:
    """A handset or a console, as it would show its calls."""

    seen: dict[UUID, list[ChatLine]] = field(default_factory=dict)
    tape: Tape = field(default_factory=Tape)
    attachment: Attachment | None = None

    def after(self) -> dict[UUID, int]:
        return {call_id: lines[-1].seq for call_id, lines in self.seen.items() if lines}

    def read(self, calls: "list[Placed]") -> None:
        """Take over what has come since the last look."""
        if self.tape.frames:
            for call in calls:
                self.seen.setdefault(call.call_id, []).extend(self.tape.lines(call.call_id))
            self.tape.frames.clear()

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
    task: "asyncio.Task[Any]"
    client_id: str | None = None
