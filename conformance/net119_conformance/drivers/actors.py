"""The people at a system under test, as purposes move them: a caller, and a dispatcher."""

from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from net119_protocol.api.common import CallView, LineStored
from net119_protocol.api.console import CallRecord, ConsoleCall, ReminderFrame
from net119_protocol.api.console_acts import (
    Blocked,
    Callback,
    CallDisclosure,
    Discrepancy,
    Dispatch,
    LocationAsked,
    Transfer,
)
from net119_protocol.api.handset import LocationRequestFrame, NewLocation
from net119_protocol.chat import ChatLine, Option
from net119_protocol.codes import (
    CloseOutcome,
    DiscrepancyKind,
    Kind,
    Mode,
    PlaceChoice,
    Positioning,
    ReceiverKind,
)
from net119_protocol.places import Fix, Point


class HandsetCall(Protocol):
    """A call from its caller's side."""

    @property
    def id(self) -> UUID:
        """The call."""

    @property
    def view(self) -> CallView:
        """The call as told last."""

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """The chat as the handset has it, in the order in which it came."""

    @property
    def last_seq(self) -> int:
        """Number of the newest line it has."""

    @property
    def violations(self) -> Sequence[object]:
        """Breaches of order or uniqueness that the handset noticed (I3, I4)."""

    async def say(
        self,
        text: str,
        *,
        options: Sequence[Option] = (),
        client_id: str | None = None,
        within: float = 10.0,
    ) -> LineStored:
        """Say a line; returns with the acknowledgement."""

    async def choose(
        self, seq: int, option_id: str, *, client_id: str | None = None, within: float = 10.0
    ) -> LineStored:
        """Tap an answer."""

    def drop(self) -> None:
        """Cut the connection without a good-bye."""

    async def resume(self, *, within: float = 10.0) -> None:
        """Connect again, asking for what came after the last line seen."""

    async def wait_for_line(
        self, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """A line that fits, had or coming."""

    async def wait_for_view(
        self, wanted: Callable[[CallView], bool], within: float = 10.0
    ) -> CallView:
        """A state that fits, had last or coming."""

    async def wait_for_drop(self, within: float = 10.0) -> str:
        """The connection has gone; why."""

    async def tell_location(self, where: NewLocation) -> None:
        """Tell where the handset is, or why it cannot."""

    async def wait_for_location_request(self, within: float = 10.0) -> LocationRequestFrame:
        """The newest request for the position, had or coming."""


class Handset(Protocol):
    """A logged-in handset."""

    async def call(
        self,
        kind: Kind,
        place: PlaceChoice,
        *,
        mode: Mode = Mode.TEST,
        fix: Fix | None = None,
        positioning: Positioning = Positioning.ON,
        corrected_pin: Point | None = None,
        client_call_id: str | None = None,
    ) -> HandsetCall:
        """Call for help; a refusal is raised as ``CallRefused``."""

    async def come_back(self, url: str) -> HandsetCall:
        """Open the URL of a callback mail, and the chat of its call."""


class Console(Protocol):
    """A dispatcher at an open console."""

    @property
    def violations(self) -> Sequence[object]:
        """Breaches of order or uniqueness that the console noticed (I3, I4)."""

    def lines(self, call_id: UUID) -> tuple[ChatLine, ...]:
        """Lines of a call in the order in which they came."""

    async def wait_for_call(
        self,
        call_id: UUID,
        within: float = 10.0,
        wanted: Callable[[ConsoleCall], bool] = lambda _: True,
    ) -> ConsoleCall:
        """The call as told last, once the console shows it and it fits."""

    async def answer(
        self, call_id: UUID, *, within: float = 10.0, over_http: bool = False
    ) -> ConsoleCall:
        """Take the call; ``over_http``: by a request of its own, not by the feed."""

    async def take_over(self, call_id: UUID) -> ConsoleCall:
        """Take an answered call over from a colleague; a refusal is raised as ``CallRefused``."""

    async def say(
        self,
        call_id: UUID,
        text: str,
        options: Sequence[Option] = (),
        *,
        client_id: str | None = None,
        within: float = 10.0,
    ) -> LineStored:
        """Say a line; returns with the acknowledgement."""

    async def close(
        self,
        call_id: UUID,
        outcome: CloseOutcome,
        *,
        note: str = "",
        within: float = 10.0,
    ) -> ConsoleCall:
        """Close the call."""

    async def close_without_outcome(self, call_id: UUID) -> ConsoleCall:
        """Try to close the call without an outcome; a refusal is raised as ``CallRefused``."""

    async def transfer(self, call_id: UUID, department: str, reason: str = "") -> Transfer:
        """Give the call to another department; returns once that is done or has failed."""

    async def ask_location(self, call_id: UUID) -> LocationAsked:
        """Ask where the caller is."""

    async def report_discrepancy(
        self, call_id: UUID, kind: DiscrepancyKind, detail: str, department: str | None = None
    ) -> Discrepancy:
        """Report that something was wrong with the call."""

    async def call_back(self, call_id: UUID) -> Callback:
        """Mail the caller a URL that leads back to the call; see ``state`` for what came of it."""

    async def wait_for_callback(
        self,
        call_id: UUID,
        wanted: Callable[[Callback], bool] = lambda _: True,
        within: float = 10.0,
    ) -> Callback:
        """The first callback told by the feed that fits, had or coming."""

    async def disclose(
        self, call_id: UUID, receiver: ReceiverKind, receiver_name: str, what: str, why: str = ""
    ) -> CallDisclosure:
        """Record that the caller's data were given to somebody outside."""

    async def record_dispatch(self, call_id: UUID, units: str, note: str = "") -> Dispatch:
        """Record that a crew was sent; a refusal is raised as ``CallRefused``."""

    async def block_caller(self, call_id: UUID, reason: str) -> Blocked:
        """Refuse further calls of this caller; a refusal is raised as ``CallRefused``."""

    async def wait_for_reminder(self, call_id: UUID, within: float = 10.0) -> ReminderFrame:
        """The first reminder that nobody has answered a call, had or coming."""

    async def record(self, call_id: UUID) -> CallRecord:
        """The call with transcript and history."""

    async def center_calls(self) -> tuple[ConsoleCall, ...]:
        """All calls of the center, newest first."""

    async def calls_before(self) -> frozenset[UUID]:
        """IDs of the calls that the center has now, which are none of what is judged.

        A person tells them from those that come, and `center_calls` has none of them then.
        """

    async def wait_for_line(
        self, call_id: UUID, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """A line of the call that fits, had or coming."""
