"""What the suite asks of a vendor's hook as the system's operator: bodies and answers."""

from typing import Any

from net119_protocol.api.admin import PeerOperator, RefusedInput
from net119_protocol.codes import ProviderState
from net119_protocol.model import Code, Count, ShortText, Timestamp, WireModel


class PeerState(WireModel):
    """A peer as the system sees it."""

    operator: Code
    running: bool
    """Whether calls would be offered to it now (ASO-18)."""
    state: ProviderState = ProviderState.NORMAL
    """What it last reported of itself."""


class State(WireModel):
    """The system's state."""

    operator: Code
    version: ShortText = ""
    directory_version: ShortText = ""
    open_calls: Count = 0
    peers: tuple[PeerState, ...] = ()


class AskRefused(WireModel):
    """What the system logged as refused, after the entry of this number."""

    after: Count = 0


class RefusedEntries(WireModel):
    """Refused inputs, oldest first (invariant I10)."""

    entries: tuple[RefusedInput, ...]


class LoadDirectory(WireModel):
    """Route new calls by this directory (`docs/directory.md`, JSON form)."""

    directory: dict[str, Any]


class LoadOperators(WireModel):
    """These are the peers from now on; sessions to those that stay are kept."""

    peers: tuple[PeerOperator, ...]


class SetState(WireModel):
    """Put the system into an operating state, and tell all peers (ASO-22)."""

    state: ProviderState


class SetClock(WireModel):
    """Let the system's clock go on from this moment."""

    now: Timestamp


class SetTimers(WireModel):
    """Set those of the system's timers that are given, in seconds; the others stay."""

    t1_s: float | None = None
    offer_attempts: int | None = None
    t2_s: float | None = None
    t3_s: float | None = None
    silent_s: float | None = None
    heartbeat_s: float | None = None
    gap_s: float | None = None
