"""What a bad peer's run needs of a system besides interface B: a phone, a console, its log.

Simulated phones and consoles are such, and so are those of any driver that can do as much.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from net119_protocol.api.admin import Health, RefusedInput
from net119_protocol.api.common import CallView, LineStored
from net119_protocol.api.console import CallRecord, ConsoleCall
from net119_protocol.chat import ChatLine, Option
from net119_protocol.codes import CloseOutcome, Kind, Mode, PlaceChoice
from net119_protocol.person import RegistrantData
from net119_protocol.places import Fix


class Caller(Protocol):
    """A call of the system's, from its caller's side."""

    @property
    def id(self) -> UUID:
        """The call."""

    @property
    def view(self) -> CallView:
        """The call as told last."""

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """The chat as the phone has it, in the order in which it came."""

    @property
    def violations(self) -> Sequence[object]:
        """Breaches of order or uniqueness that the phone noticed (I3, I4)."""

    async def say(
        self,
        text: str,
        *,
        options: Sequence[Option] = (),
        client_id: str | None = None,
        within: float = 10.0,
    ) -> LineStored:
        """Say a line; returns with the acknowledgement."""

    async def wait_for_line(
        self, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """A line that fits, had or coming; raises Waited."""

    async def wait_for_view(
        self, wanted: Callable[[CallView], bool], within: float = 10.0
    ) -> CallView:
        """A state that fits, had last or coming; raises Waited."""


class Phone(Protocol):
    """A registrant's phone, logged in."""

    async def call(
        self, kind: Kind, place: PlaceChoice, *, mode: Mode = Mode.TEST, fix: Fix | None = None
    ) -> Caller:
        """Call for help."""


class Desk(Protocol):
    """A dispatcher at an open console of the system."""

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
        """The call as told last, once the console shows it and it fits; raises Waited."""

    async def answer(self, call_id: UUID, *, within: float = 10.0) -> ConsoleCall:
        """Take the call."""

    async def say(
        self,
        call_id: UUID,
        text: str,
        options: Sequence[Option] = (),
        *,
        client_id: str | None = None,
        within: float = 10.0,
    ) -> LineStored:
        """Say a line; returns with the acknowledgement; raises Waited."""

    async def close(
        self, call_id: UUID, outcome: CloseOutcome, *, note: str = "", within: float = 10.0
    ) -> ConsoleCall:
        """Close the call."""

    async def record(self, call_id: UUID) -> CallRecord:
        """The call with transcript and history."""

    async def center_calls(self) -> tuple[ConsoleCall, ...]:
        """All calls of the center, newest first."""

    async def wait_for_line(
        self, call_id: UUID, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """A line of the call that fits, had or coming; raises Waited."""


class Access(Protocol):
    """The way to the system's registration and administration."""

    def phone(self, person: RegistrantData) -> AbstractAsyncContextManager[Phone]:
        """Register somebody with the system's department; the phone is logged in on entering."""

    async def health(self) -> Health:
        """The system's state, and which peers it counts as running."""

    async def refused_inputs(self) -> Sequence[RefusedInput]:
        """What the system logged as refused."""
