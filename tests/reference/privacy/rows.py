"""What the table of routes says of one route."""

from dataclasses import dataclass

from net119_reference.registration.roles import Right

from tests.reference.privacy.asks import Asks

FEW = frozenset({"name"})
WHOLE = frozenset({"name", "birth", "street", "mail", "reason", "device"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """One route: what is asked of it, whom it may show anything, and what it must show them."""

    asks: Asks
    audience: str = "nobody"
    must: frozenset[str] = NONE
    right: Right | None = None
    """For staff: the right with which it must be shown."""
    subject: str = "plain"
    """Which of the department's people a list must show."""
