"""How staff of stations and of the city section get in at the register's pages."""

from typing import TYPE_CHECKING, Protocol

from net119_protocol.labels import Label

if TYPE_CHECKING:
    from net119_reference.registration.ports import StaffSession


class StaffDoor(Protocol):
    """Log-ins at the register's pages; they are good nowhere else."""

    def units(self) -> tuple[tuple[str, Label], ...]:
        """The city section and the stations, by code."""

    async def log_in(self, unit: str, name: str, password: str, source: str) -> "StaffSession":
        """Log in; ``source`` is the client's address.

        Raises:
            StaffLogInRefused: wrong, or locked after too many attempts.
        """

    async def session(self, token: str) -> "StaffSession":
        """The session of a cookie, prolonged.

        Raises:
            Refused: there is none of a station or of the section (``not-authenticated``).
        """

    async def log_out(self, token: str) -> None:
        """End a session."""
