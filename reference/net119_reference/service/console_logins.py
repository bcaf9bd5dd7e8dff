"""Dispatchers at the console's page: log-in, and the page's tokens."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from net119_protocol.labels import Label

from net119_reference.console_door import ConsoleSession, PageToken
from net119_reference.ports import DispatcherIdentity
from net119_reference.registration.ports import StaffSession
from net119_reference.service.core import Core
from net119_reference.service.registration.staff_logins import StaffLogins, unit_of_center
from net119_reference.service.registry import token_hash

TOKEN_LIVES = timedelta(minutes=10)
"""So long a page's token is good; the page asks for a new one before."""
TOKENS_OF_SESSION = 20
"""Tokens of one session that are good at the same time: it may have several tabs."""


@dataclass(frozen=True)
class _Given:
    identity: DispatcherIdentity
    session_hash: str
    expires_at: datetime


class ConsoleLogins:
    """See :class:`net119_reference.console_door.ConsoleDoor`.

    The page's tokens are kept in memory alone: after a restart the page gets another one with its
    cookie, and no backup holds any.
    """

    def __init__(self, core: Core, logins: StaffLogins) -> None:
        self._core = core
        self._logins = logins
        self._tokens: dict[str, _Given] = {}

    def centers(self) -> tuple[tuple[str, Label], ...]:
        """This provider's centers of today, by code, and its alarm center."""
        rows = self._core.jurisdiction.view(self._core.clock.now()).centers
        known = {
            code: Label(row.name_ja, row.name_en)
            for code, row in rows.items()
            if row.provider == self._core.operator
        }
        alarms = self._core.config.alarms
        if alarms.enabled:
            known.setdefault(alarms.center, Label(alarms.center_name, alarms.center_name_en))
        return tuple(sorted(known.items()))

    async def log_in(self, center: str, name: str, password: str, source: str) -> ConsoleSession:
        """Check a log-in; wrong ones count, and too many lock the account."""
        found = await self._logins.log_in(unit_of_center(center), name, password, source)
        return _session(found)

    async def session(self, token: str) -> ConsoleSession:
        """The session of a cookie, prolonged."""
        return _session(await self._logins.session(token, of_center=True))

    async def log_out(self, token: str) -> None:
        """End a session, and the tokens that it gave."""
        await self._logins.log_out(token)
        ended = token_hash(token)
        self._tokens = {
            hashed: given for hashed, given in self._tokens.items() if given.session_hash != ended
        }

    def page_token(self, session: ConsoleSession) -> PageToken:
        """A new token for the page of a session."""
        now = self._core.clock.now()
        of_session = token_hash(session.token)
        known = {h: each for h, each in self._tokens.items() if each.expires_at > now}
        mine = [h for h, each in known.items() if each.session_hash == of_session]
        for oldest in mine[: max(0, len(mine) - TOKENS_OF_SESSION + 1)]:
            del known[oldest]
        token = secrets.token_urlsafe(24)
        expires_at = now + TOKEN_LIVES
        known[token_hash(token)] = _Given(session.identity, of_session, expires_at)
        self._tokens = known
        return PageToken(token, expires_at)

    def holder(self, token: str) -> DispatcherIdentity | None:
        """Who holds a page's token; ``None`` if nobody does (any more)."""
        given = self._tokens.get(token_hash(token))
        if given is None or given.expires_at <= self._core.clock.now():
            return None
        return given.identity


def _session(found: StaffSession) -> ConsoleSession:
    center = found.identity.department.removeprefix(unit_of_center(""))
    who = DispatcherIdentity(center, found.identity.name)
    return ConsoleSession(found.token, found.csrf, who, found.expires_at)
