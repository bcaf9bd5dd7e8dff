"""What simulators tell an observer: every message they send or receive.

A simulator is given a :class:`Wiretap`; conformance records the events as evidence, a narrated
call prints some of them, and load tests leave it out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol


class Interface(StrEnum):
    """Interfaces of the design: handset, provider, console, mail, alarm unit, operation."""

    A = "A"
    B = "B"
    C = "C"
    M = "M"
    H = "H"
    ADMIN = "admin"


@dataclass(frozen=True)
class WireEvent:
    """One message on the wire.

    ``source`` and ``target`` name the actors ("phone 1", "aoba"); ``label`` is short, fit for an
    arrow of a sequence diagram ("POST /calls", "call.offer n=1"); ``payload`` is what was sent,
    as text (bytes that are not UTF-8 are escaped), with secrets replaced.
    """

    at: datetime
    interface: Interface
    source: str
    target: str
    label: str
    payload: str = ""


class Wiretap(Protocol):
    """Takes the events of simulators; must not block and must not raise."""

    def record(self, event: WireEvent) -> None:
        """Take one event."""


class Silence:
    """A wiretap that keeps nothing."""

    def record(self, event: WireEvent) -> None:
        """Drop the event."""


def event(
    interface: Interface, source: str, target: str, label: str, payload: str | bytes = ""
) -> WireEvent:
    """An event that happens now."""
    text = payload if isinstance(payload, str) else payload.decode("utf-8", "backslashreplace")
    return WireEvent(datetime.now(UTC), interface, source, target, label, text)
