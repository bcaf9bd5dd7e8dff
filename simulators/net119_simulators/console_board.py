"""What a console knows: the calls its feed told of, and waiting for what they become."""

from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

from net119_protocol.alarms.incident import Incident
from net119_protocol.api.alarms import AlarmFrame, AlarmUnitFrame, UnitState
from net119_protocol.api.common import AckFrame, LineFrame, PresenceFrame, RefusedFrame
from net119_protocol.api.console import (
    SEEN_CALLS,
    ConsoleCall,
    ConsoleCallFrame,
    ConsoleWelcome,
    PongFrame,
    ReminderFrame,
)
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Presence

from net119_simulators.console_call import ActFrame, CallOnConsole
from net119_simulators.line_log import Violation
from net119_simulators.waiting import Watch

ConsoleFrame: TypeAlias = (
    ConsoleWelcome
    | ConsoleCallFrame
    | LineFrame
    | AckFrame
    | RefusedFrame
    | PresenceFrame
    | ReminderFrame
    | PongFrame
    | AlarmFrame
    | AlarmUnitFrame
    | ActFrame
)


class ConsoleBoard:
    """The calls of one console, fed by the frames of its feed.

    ``refusals`` holds refused frames that name no call, ``stray_violations`` broken rules that
    belong to no call; those of a call stand in its `CallOnConsole`.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._calls: dict[UUID, CallOnConsole] = {}
        self._watch = Watch()
        self._why_down: str | None = "not opened yet"
        self.welcome: ConsoleWelcome | None = None
        self.alarms: dict[UUID, Incident] = {}
        """Incidents of the home alarm service, as told last."""
        self.alarm_units: dict[str, UnitState] = {}
        """Alarm units that were told of, as told last."""
        self.refusals: list[RefusedFrame] = []
        self.stray_violations: list[Violation] = []

    @property
    def connected(self) -> bool:
        """Whether the feed is up."""
        return self._why_down is None

    @property
    def calls(self) -> tuple[CallOnConsole, ...]:
        """All calls that the feed has told of, oldest first."""
        return tuple(self._calls.values())

    @property
    def violations(self) -> list[Violation]:
        """What the provider did against the rules, in all calls."""
        of_calls = (violation for call in self.calls for violation in call.violations)
        return [*self.stray_violations, *of_calls]

    def call(self, call_id: UUID) -> CallOnConsole:
        """What is known of a call; empty while the feed has told nothing of it."""
        if call_id not in self._calls:
            self._calls[call_id] = CallOnConsole(call_id, self.name)
        return self._calls[call_id]

    def seen(self) -> dict[UUID, int]:
        """The last line seen of each call, for the hello: open calls first, then the newest."""
        told = [call for call in reversed(self.calls) if call.log.last_seq]
        told.sort(key=lambda call: call.view is not None and call.view.closed_at is not None)
        return {call.id: call.log.last_seq for call in told[:SEEN_CALLS]}

    def lines(self, call_id: UUID) -> tuple[ChatLine, ...]:
        """Lines of a call in the order in which they came."""
        return self.call(call_id).log.lines

    async def wait_for_call(
        self,
        call_id: UUID,
        within: float = 10.0,
        wanted: Callable[[ConsoleCall], bool] = lambda _: True,
    ) -> ConsoleCall:
        """The call as told last, once it is told and ``wanted``; raises `Waited`."""
        call = self.call(call_id)
        return await self._watch.until(
            lambda: call.view if call.view is not None and wanted(call.view) else None,
            f"{call.where} in a certain state",
            within,
            self._describe(call),
        )

    async def wait_for_any_call(
        self, wanted: Callable[[ConsoleCall], bool] = lambda _: True, within: float = 10.0
    ) -> ConsoleCall:
        """The oldest call whose newest view is ``wanted``; raises `Waited`."""
        return await self._watch.until(
            lambda: next(
                (call.view for call in self.calls if call.view is not None and wanted(call.view)),
                None,
            ),
            f"a call at {self.name}",
            within,
            lambda: f"{self._link()}, {len(self._calls)} calls",
        )

    async def wait_for_line(
        self, call_id: UUID, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """The first line of the call that is ``wanted``; raises `Waited`."""
        call = self.call(call_id)
        return await self._watch.until(
            lambda: next((line for line in call.log.lines if wanted(line)), None),
            f"a certain line in {call.where}",
            within,
            self._describe(call),
        )

    async def wait_for_presence(
        self, call_id: UUID, wanted: Presence, within: float = 10.0
    ) -> None:
        """Wait until the caller's handset is there, or gone, as told last; raises `Waited`."""
        call = self.call(call_id)
        await self._watch.until(
            lambda: True if call.presence is wanted else None,
            f"{call.where}: caller {wanted.value}",
            within,
            self._describe(call),
        )

    async def wait_for_reminder(self, call_id: UUID, within: float = 10.0) -> ReminderFrame:
        """The first reminder (T2) of the call; raises `Waited`."""
        call = self.call(call_id)
        return await self._watch.until(
            lambda: next(iter(call.reminders), None),
            f"a reminder of {call.where}",
            within,
            self._describe(call),
        )

    async def wait_for_alarm(
        self, wanted: Callable[[Incident], bool] = lambda _: True, within: float = 10.0
    ) -> Incident:
        """An incident of the home alarm service that is ``wanted``; raises `Waited`."""
        return await self._watch.until(
            lambda: next((each for each in self.alarms.values() if wanted(each)), None),
            f"an alarm at {self.name}",
            within,
            lambda: f"{self._link()}, {len(self.alarms)} alarms",
        )

    async def wait_for_drop(self, within: float = 10.0) -> str:
        """Wait until the feed is down; returns why. Raises `Waited`."""
        return await self._watch.until(
            lambda: self._why_down,
            f"the end of the feed of {self.name}",
            within,
            self._link,
        )

    def _take(self, frame: ConsoleFrame) -> None:
        if isinstance(frame, ConsoleWelcome):
            self.welcome = frame
            for view in frame.calls:
                self._viewed(view)
        elif isinstance(frame, ConsoleCallFrame):
            self._viewed(frame.call)
        elif isinstance(frame, LineFrame):
            self.call(frame.call_id).came(frame.line)
        elif isinstance(frame, AckFrame):
            self.call(frame.call_id).sender.acknowledged(frame)
        elif isinstance(frame, PresenceFrame):
            self.call(frame.call_id).told_presence(frame.presence)
        elif isinstance(frame, ReminderFrame):
            self.call(frame.call_id).reminders.append(frame)
        elif isinstance(frame, AlarmFrame):
            self.alarms[frame.incident.incident_id] = frame.incident
        elif isinstance(frame, AlarmUnitFrame):
            self.alarm_units[frame.unit.unit_id] = frame.unit
        elif isinstance(frame, PongFrame):
            pass  # a sign of life that says nothing of a call
        elif not isinstance(frame, RefusedFrame):
            self.call(frame.call_id).acts.append(frame)
        elif frame.call_id is None:
            self.refusals.append(frame)
        else:
            call = self.call(frame.call_id)
            call.refusals.append(frame)
            call.sender.refused(frame)
        self._watch.changed()

    def _viewed(self, view: ConsoleCall) -> None:
        self.call(view.call_id).viewed(view)
        self._watch.changed()

    def _unreadable(self, what: str) -> None:
        self.stray_violations.append(Violation("frame", what))
        self._watch.changed()

    def _ended(self, why: str) -> None:
        self._why_down = why
        self._watch.changed()

    def _link(self) -> str:
        return "connected" if self._why_down is None else f"feed down ({self._why_down})"

    def _describe(self, call: CallOnConsole) -> Callable[[], str]:
        return lambda: f"{self._link()}, {call.describe()}"
