"""What a known-bad peer is, as data: its name, what it does wrong, and what must come of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from net119_simulators.errors import SimulatorError

if TYPE_CHECKING:
    from net119_simulators.peer.bad.run import BadRun

Act = Callable[["BadRun"], Awaitable[None]]
"""Plays the bad peer in one role: does wrong, watches the system, and makes the checks."""


class PeerRole(StrEnum):
    """Who the bad peer is in a call: where it is the anchor, the system receives, and so on."""

    ORIGINATES = "originates"
    """The peer offers calls of its own registrants to the system."""
    RECEIVES = "receives"
    """The peer is offered calls of the system's registrants."""


@dataclass(frozen=True)
class Words:
    """The same in Japanese and in English."""

    ja: str
    en: str


@dataclass(frozen=True)
class BadPeer:
    """One known-bad peer.

    ``wrong`` says what it does, ``source`` where the defect was seen or which rule it breaks,
    ``sound`` what a sound system does.  ``refusal`` is how the system must refuse (an error code
    of the profile, a reject reason, ``ERROR frame``), ``None`` where there is nothing to refuse.
    ``invariants`` are those that each run checks, besides that an honest call goes through
    afterwards; ``acts`` play it, by role.
    """

    name: str
    title: Words
    wrong: Words
    source: str
    sound: Words
    invariants: tuple[str, ...]
    acts: Mapping[PeerRole, Act]
    refusal: str | None = None
    by_certificate: bool = False
    """Whether it shows a certificate that is not its own, so that a bench must have one for it."""

    @property
    def roles(self) -> tuple[PeerRole, ...]:
        """The roles in which the defect makes sense."""
        return tuple(role for role in PeerRole if role in self.acts)


class StepKind(StrEnum):
    """What a step of a run tells."""

    DID = "did"
    """What the bad peer did, mostly wrong."""
    TOOK = "took"
    """What the system did about it."""
    CHECK = "check"
    """Whether something that must hold does."""


@dataclass(frozen=True)
class Step:
    """One step of a run; ``rule``, ``held``, ``expected`` and ``seen`` belong to a check."""

    kind: StepKind
    text: Words
    rule: str = ""
    held: bool = True
    expected: str = ""
    seen: str = ""


@dataclass(frozen=True)
class BadResult:
    """What came of one run; ``broken_off`` says why it could not be played to its end."""

    name: str
    role: PeerRole
    steps: tuple[Step, ...]
    missing: tuple[str, ...]
    """Invariants that the peer promises to check and the run never got to."""
    broken_off: str | None = None
    broken_by: tuple[SimulatorError, ...] = ()
    """The errors of which ``broken_off`` tells."""

    @property
    def checks(self) -> tuple[Step, ...]:
        """The steps that are checks."""
        return tuple(step for step in self.steps if step.kind is StepKind.CHECK)

    @property
    def survived(self) -> bool:
        """Whether the system did as a sound one does, in everything that was to be checked."""
        whole = self.broken_off is None and not self.missing and bool(self.checks)
        return whole and all(check.held for check in self.checks)
