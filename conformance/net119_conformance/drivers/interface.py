"""What a test purpose may do with a system under test, besides speaking interface B.

A driver gives the purposes a handset, a console, staff and administration of the SUT.  Each
group of verbs is optional: the driver claims what it can do, and a purpose that needs more is
INCONCLUSIVE, never passed.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from net119_protocol.api.admin import Health, RefusedInput
from net119_protocol.api.common import CallView, LineStored
from net119_protocol.api.console import CallRecord, ConsoleCall
from net119_protocol.api.staff import Credentials
from net119_protocol.chat import ChatLine, Option
from net119_protocol.codes import (
    CloseOutcome,
    Kind,
    Mode,
    PlaceChoice,
    Positioning,
    ProviderState,
)
from net119_protocol.person import RegistrantData
from net119_protocol.places import Fix, Point
from net119_simulators.wiretap import Wiretap


class Verb(StrEnum):
    """Groups of verbs that a driver may claim."""

    HANDSET = "handset"
    CONSOLE = "console"
    STAFF = "staff"
    LOG = "log"
    """Reading what the SUT refused."""
    STATE = "state"
    """Setting the SUT's own operating state."""
    CRASH = "crash"
    """Killing the SUT without warning and starting it again."""


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

    async def record(self, call_id: UUID) -> CallRecord:
        """The call with transcript and history."""

    async def center_calls(self) -> tuple[ConsoleCall, ...]:
        """All calls of the center, newest first."""

    async def wait_for_line(
        self, call_id: UUID, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """A line of the call that fits, had or coming."""


class Driver(Protocol):
    """Hands a purpose the SUT's handsets, consoles, staff and administration."""

    name: str
    verbs: frozenset[Verb]

    async def register(self, department: str, person: RegistrantData) -> Credentials:
        """Register a person with a department of the SUT, approved."""

    async def suspend(self, department: str, credentials: Credentials, reason: str) -> None:
        """Refuse the registrant's further calls."""

    def handset(
        self, credentials: Credentials, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Handset]:
        """A handset that logs in on entering; a refused log-in is raised as ``CallRefused``."""

    async def call_as_stranger(self, fix: Fix, *, token: str | None, wiretap: Wiretap) -> UUID:
        """Call without any log-in, with an invented session or none; returns the call taken.

        A refusal is raised as ``CallRefused``.
        """

    def console(
        self, center: str, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Console]:
        """A console of a center, connected while entered."""

    async def health(self) -> Health:
        """The SUT's state, its peers among it."""

    async def refused_inputs(self, after: int = 0) -> tuple[RefusedInput, ...]:
        """What the SUT logged as refused."""

    async def set_state(self, state: ProviderState) -> None:
        """Put the SUT into an operating state."""

    async def crash(self) -> None:
        """Kill the SUT without warning, start it again, and wait until it serves."""

    async def close(self) -> None:
        """Let go of connections."""
