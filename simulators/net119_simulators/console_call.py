"""One call as a dispatcher's console has it: its states, lines, and what was wrong with them."""

from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from net119_protocol.api.common import RefusedFrame
from net119_protocol.api.console import ConsoleCall, ReminderFrame
from net119_protocol.api.console_acts import (
    CallbackFrame,
    DiscrepancyFrame,
    LocationFrame,
    TransferFrame,
)
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Presence

from net119_simulators.line_log import LineLog, Violation
from net119_simulators.line_sender import LineSender

ActFrame: TypeAlias = TransferFrame | CallbackFrame | LocationFrame | DiscrepancyFrame


class CallOnConsole:
    """What the feed has told of one call; kept over dropped connections.

    ``views`` are all states told, oldest first; ``refusals`` the refused frames about the call,
    ``presences`` each change of the caller's presence, by whichever frame it was told, ``acts``
    what was told of transfers, callbacks, places and discrepancies.
    """

    def __init__(self, call_id: UUID, console: str) -> None:
        self.id = call_id
        self.log = LineLog()
        self.where = f"call {call_id} at {console}"
        self.sender = LineSender(self.log, self.where, call_id)
        self.views: list[ConsoleCall] = []
        self.presences: list[Presence] = []
        self.reminders: list[ReminderFrame] = []
        self.refusals: list[RefusedFrame] = []
        self.acts: list[ActFrame] = []

    @property
    def view(self) -> ConsoleCall | None:
        """The call as told last; ``None`` while only lines of it have come."""
        return self.views[-1] if self.views else None

    @property
    def presence(self) -> Presence | None:
        """The caller's presence as told last."""
        return self.presences[-1] if self.presences else None

    @property
    def violations(self) -> list[Violation]:
        """What the provider did against the rules in this call."""
        return self.log.violations

    def viewed(self, call: ConsoleCall) -> None:
        """A new state came."""
        known = self.view
        if known is not None:
            if (call.mode, call.kind) != (known.mode, known.kind):
                self.violations.append(
                    Violation("I5", f"mode or kind changed to {call.mode.value}, {call.kind.value}")
                )
            if call.epoch < known.epoch:
                self.violations.append(
                    Violation("I1", f"the epoch went back from {known.epoch} to {call.epoch}")
                )
        self.views.append(call)
        self.told_presence(call.presence)

    @property
    def silences(self) -> list[datetime | None]:
        """Each change of the caller's silence: since when, or ``None`` when it was over.

        A close, which ends it as well, does not count.
        """
        told = [view.silent_since for view in self.views if view.closed_at is None]
        return [new for old, new in zip([None, *told], told, strict=False) if new != old]

    def told_presence(self, presence: Presence) -> None:
        """The caller's presence was told."""
        if presence is not self.presence:
            self.presences.append(presence)

    def came(self, line: ChatLine) -> None:
        """A line came."""
        self.log.take(line)
        self.sender.came(line)

    def describe(self) -> str:
        """State and last lines, for the text of an error."""
        texts = [f"{line.seq} {line.sender.value}: {line.text!r}" for line in self.log.lines[-5:]]
        state = self.view.state.value if self.view else "no view"
        broken = f", violations {self.violations}" if self.violations else ""
        refused = f", refused {[frame.detail for frame in self.refusals]}" if self.refusals else ""
        return f"{state}, last lines {texts}{broken}{refused}"
