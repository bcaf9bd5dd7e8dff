"""How a dispatcher's browser gets in: a log-in, a session, and the short-lived token of its page.

The page is a client of the documented console API like any other.  Its long-lived secret is a
cookie that no script can read; what the page holds is a token of some minutes, in memory alone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from net119_protocol.labels import Label

from net119_reference.ports import DispatcherIdentity


@dataclass(frozen=True)
class ConsoleSession:
    """A dispatcher's log-in; ``token`` is the session cookie, ``csrf`` goes into forms."""

    token: str
    csrf: str
    identity: DispatcherIdentity
    expires_at: datetime


@dataclass(frozen=True)
class PageToken:
    """A token of the console API for a page; good until ``expires_at``."""

    token: str
    expires_at: datetime


class ConsoleDoor(Protocol):
    """Log-ins of dispatchers at the console's page."""

    def centers(self) -> tuple[tuple[str, Label], ...]:
        """This provider's centers of today, by code."""

    async def log_in(self, center: str, name: str, password: str, source: str) -> ConsoleSession:
        """Log in; ``source`` is the client's address.

        Raises:
            StaffLogInRefused: wrong, or locked after too many attempts.
        """

    async def session(self, token: str) -> ConsoleSession:
        """The session of a cookie, prolonged.

        Raises:
            Refused: there is none (``not-authenticated``).
        """

    async def log_out(self, token: str) -> None:
        """End a session, and the page's tokens that it gave."""

    def page_token(self, session: ConsoleSession) -> PageToken:
        """A new token for the page of a session."""
