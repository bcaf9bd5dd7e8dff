"""Staff of stations and of the city section at the register's pages."""

from net119_protocol.codes import Refusal
from net119_protocol.labels import Label

from net119_reference.config.alarms import Alarms
from net119_reference.ports import Refused
from net119_reference.registration.ports import StaffSession
from net119_reference.service.registration.staff_logins import StaffLogins

SECTION = Label("予防部市民安全課", "City safety section")


class AlarmLogins:
    """See :class:`net119_reference.alarms.door.StaffDoor`."""

    def __init__(self, config: Alarms, logins: StaffLogins) -> None:
        self._config = config
        self._logins = logins

    def units(self) -> tuple[tuple[str, Label], ...]:
        """The city section and the stations, by code."""
        if not self._config.enabled:
            return ()
        stations = (
            (each.code, Label(each.name, f"{each.code.capitalize()} fire station"))
            for each in self._config.stations
        )
        return ((self._config.section, SECTION), *stations)

    def _is_ours(self, unit: str) -> bool:
        return any(unit == code for code, _ in self.units())

    async def log_in(self, unit: str, name: str, password: str, source: str) -> StaffSession:
        """Check a log-in; wrong ones count, and too many lock the account."""
        return await self._logins.log_in(
            unit if self._is_ours(unit) else "", name, password, source
        )

    async def session(self, token: str) -> StaffSession:
        """The session of a token, prolonged."""
        found = await self._logins.session(token)
        if not self._is_ours(found.identity.department):
            raise Refused(Refusal.NOT_AUTHENTICATED, "this log-in is for other pages")
        return found

    async def log_out(self, token: str) -> None:
        """End a session."""
        await self._logins.log_out(token)
