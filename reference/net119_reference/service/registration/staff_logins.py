"""Staff and dispatchers at the pages: accounts with passwords, lock-out, sessions."""

import asyncio
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from net119_protocol.api.admin import AccountRole, NewAccount, StaffRole
from net119_protocol.codes import Refusal
from sqlalchemy.engine import Connection

from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration.folding import one_width
from net119_reference.registration.ports import StaffLogInRefused, StaffSession
from net119_reference.service.kernel import Transaction
from net119_reference.service.passwords import CHOSEN, password_fits, waste_a_check
from net119_reference.service.registration.office import Office
from net119_reference.service.registry import token_hash
from net119_reference.service.rows import moment, stamp
from net119_reference.store import registration_schema as tables

ATTEMPTS = 5
"""Wrong passwords in a row until an account is locked."""
LOCKED = timedelta(minutes=15)
STRANGERS = 10_000
"""Names of nobody that are remembered at a time."""
IDLE = timedelta(minutes=30)
"""A session ends after so long without use."""
PROLONG = timedelta(minutes=1)
"""Prolonged in steps of this, so that not every page is a write."""

_ACCOUNTS, _SESSIONS = tables.staff_accounts, tables.staff_sessions
_STRANGERS = tables.staff_strangers
_INSERT_STRANGER = sa.insert(_STRANGERS)
_DELETE_STRANGER = sa.delete(_STRANGERS).where(
    _STRANGERS.c.name_hash == sa.bindparam("b_name_hash")
)
_INSERT_ACCOUNT = sa.insert(_ACCOUNTS)
_COUNT = (
    sa.update(_ACCOUNTS)
    .where(
        _ACCOUNTS.c.department == sa.bindparam("b_department"),
        _ACCOUNTS.c.name == sa.bindparam("b_name"),
    )
    .values(failures=sa.bindparam("b_failures"), locked_until=sa.bindparam("b_locked_until"))
)
_INSERT_SESSION = sa.insert(_SESSIONS)
_PROLONG_SESSION = (
    sa.update(_SESSIONS)
    .where(_SESSIONS.c.token_hash == sa.bindparam("b_token_hash"))
    .values(expires_at=sa.bindparam("b_expires_at"))
)
_DELETE_SESSION = sa.delete(_SESSIONS).where(_SESSIONS.c.token_hash == sa.bindparam("b_token_hash"))


_UNIT_LIMIT = 40
"""Characters that the database keeps of a unit's code."""
_CENTER = "@"
"""Begins the unit of a dispatcher's account: no code of a department does."""


def unit_of_center(center: str) -> str:
    """Under which name a center's dispatchers stand among the accounts of departments."""
    return f"{_CENTER}{center}"


@dataclass(frozen=True)
class _Login:
    department: str
    name: str
    password_hash: str
    roles: frozenset[StaffRole]
    failures: int = 0
    locked_until: datetime | None = None


_NOBODY = _Login("", "", "", frozenset())


@dataclass(frozen=True)
class _Session:
    csrf: str
    department: str
    name: str
    expires_at: datetime


class StaffLogins:
    """Log-ins of staff members."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._logins: dict[tuple[str, str], _Login] = {}
        self._strangers: dict[str, _Login] = {}
        """Names that nobody has, and that somebody tried; they lock like all others, or the lock
        would tell who works here."""
        self._sessions: dict[str, _Session] = {}

    async def load(self) -> None:
        """Read accounts and sessions."""
        await self._office.database.read(self._load)

    def _load(self, connection: Connection) -> None:
        for row in connection.execute(sa.select(_ACCOUNTS)):
            self._logins[row.department, row.name] = _Login(
                row.department,
                row.name,
                row.password_hash,
                frozenset(StaffRole(each) for each in row.roles.split()),
                row.failures,
                moment(row.locked_until) if row.locked_until else None,
            )
        for row in connection.execute(sa.select(_STRANGERS)):
            self._strangers[row.name_hash] = replace(
                _NOBODY,
                failures=row.failures,
                locked_until=moment(row.locked_until) if row.locked_until else None,
            )
        for row in connection.execute(sa.select(_SESSIONS)):
            self._sessions[row.token_hash] = _Session(
                row.csrf, row.department, row.name, moment(row.expires_at)
            )

    async def add(self, body: NewAccount) -> None:
        """A log-in for the account, if it has a password.

        Raises:
            Refused: the department has a staff member of this name.
        """
        if body.password is None:
            return
        at_center = body.role is AccountRole.DISPATCHER
        unit = unit_of_center(body.unit) if at_center else body.unit
        if len(unit) > _UNIT_LIMIT:
            raise Refused(
                Refusal.INVALID,
                f"the code of the center is longer than {_UNIT_LIMIT - len(_CENTER)} characters",
                field="unit",
            )
        hashed = await asyncio.to_thread(CHOSEN.hash, body.password)
        found = _Login(unit, body.name, hashed, frozenset(() if at_center else body.roles))

        def add(tx: Transaction) -> None:
            if self._known(unit, body.name) is not None:
                member = "dispatcher" if at_center else "staff member"
                raise Refused(
                    Refusal.INVALID,
                    f"{body.unit} has a {member} of this name already",
                    field="name",
                )
            tx.write(
                _INSERT_ACCOUNT,
                department=found.department,
                name=found.name,
                password_hash=hashed,
                roles=" ".join(sorted(found.roles)),
            )
            tx.put(self._logins, (found.department, found.name), found)

        await self._office.kernel.run(add)

    def over(self, at: datetime) -> int:
        """How many sessions have ended by a moment without being logged out."""
        return sum(1 for session in self._sessions.values() if session.expires_at <= at)

    def sweep(self, tx: Transaction) -> None:
        """Remove the sessions that have ended."""
        for hashed, session in tuple(self._sessions.items()):
            if session.expires_at <= tx.now:
                tx.write(_DELETE_SESSION, b_token_hash=hashed)
                tx.drop(self._sessions, hashed)

    async def log_in(self, department: str, name: str, password: str, source: str) -> StaffSession:
        """Check a log-in; a wrong one counts, and too many lock the account."""
        known = self._login(department, name)
        locked = _locked(known, self._office.clock.now())
        if locked is not None:
            raise StaffLogInRefused(locked)
        if known.password_hash:
            fits = await asyncio.to_thread(password_fits, password, known.password_hash)
        else:
            await asyncio.to_thread(waste_a_check, password, CHOSEN)
            fits = False
        found = await self._office.kernel.run(
            lambda tx: self._decide(tx, department, name, fits, source)
        )
        if isinstance(found, StaffLogInRefused):
            raise found
        return found

    def _decide(
        self, tx: Transaction, department: str, name: str, fits: bool, source: str
    ) -> StaffSession | StaffLogInRefused:
        # Returned, not raised: what a command that raises has written is not stored.
        known = self._login(department, name)
        locked = _locked(known, tx.now)
        if locked is not None:
            return StaffLogInRefused(locked)
        failures = 0 if fits else known.failures + 1
        until = tx.now + LOCKED if failures >= ATTEMPTS else None
        if failures != known.failures or until != known.locked_until:
            self._count(tx, replace(known, failures=failures % ATTEMPTS, locked_until=until))
        if not known.password_hash:
            # The name may be a password in the wrong field: it is kept nowhere.
            return StaffLogInRefused(until)
        if not fits:
            what = f"from {source}" + (f", locked until {until.isoformat()}" if until else "")
            self._audit(tx, known, "log-in-refused", what)
            return StaffLogInRefused(until)
        self._audit(tx, known, "log-in", f"from {source}")
        return self._open(tx, known)

    def _audit(self, tx: Transaction, known: _Login, action: str, what: str) -> None:
        department, page = known.department, "staff pages"
        if department.startswith(_CENTER):
            # In the trail of a department whose auditors read it, and whose rules destroy it.
            center = department.removeprefix(_CENTER)
            found = self._office.jurisdiction.view(tx.now).departments_of(center)
            department, page = found[0].code if found else center, "console page"
        self._office.audit(tx, department, known.name, action, None, page, what)

    def _count(self, tx: Transaction, changed: _Login) -> None:
        if not changed.password_hash:
            self._count_stranger(tx, changed)
            return
        tx.write(
            _COUNT,
            b_department=changed.department,
            b_name=changed.name,
            b_failures=changed.failures,
            b_locked_until=stamp(changed.locked_until) if changed.locked_until else None,
        )
        tx.put(self._logins, (changed.department, changed.name), changed)

    def _count_stranger(self, tx: Transaction, changed: _Login) -> None:
        hashed = _name_hash(changed.department, changed.name)
        over = [each for each, known in self._strangers.items() if _is_over(known, tx.now)]
        oldest = [next(iter(self._strangers))] if len(self._strangers) >= STRANGERS else []
        for each in {*over, *oldest, hashed} & self._strangers.keys():
            tx.write(_DELETE_STRANGER, b_name_hash=each)
            tx.drop(self._strangers, each)
        until = changed.locked_until
        tx.write(
            _INSERT_STRANGER,
            name_hash=hashed,
            failures=changed.failures,
            locked_until=stamp(until) if until else None,
        )
        tx.put(self._strangers, hashed, replace(changed, department="", name=""))

    def _known(self, department: str, name: str) -> _Login | None:
        """The log-in of this name in any width, as its holder may type it."""
        exact = self._logins.get((department, name))
        if exact is not None:
            return exact
        wanted = one_width(name)
        alike = (each for each in self._logins.values() if one_width(each.name) == wanted)
        return next((each for each in alike if each.department == department), None)

    def _login(self, department: str, name: str) -> _Login:
        """The log-in of this name; one that no password fits, where nobody has the name."""
        known = self._known(department, name)
        if known is not None:
            return known
        name = one_width(name)
        stranger = self._strangers.get(_name_hash(department, name), _NOBODY)
        return replace(stranger, department=department, name=name)

    def _open(self, tx: Transaction, known: _Login) -> StaffSession:
        self._forget_expired(tx)
        token, csrf = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        session = _Session(csrf, known.department, known.name, tx.now + IDLE)
        values: dict[str, Any] = {
            "token_hash": token_hash(token),
            "csrf": csrf,
            "department": known.department,
            "name": known.name,
            "expires_at": stamp(session.expires_at),
        }
        tx.write(_INSERT_SESSION, **values)
        tx.put(self._sessions, token_hash(token), session)
        return StaffSession(token, csrf, _identity(known), session.expires_at)

    async def session(self, token: str, *, of_center: bool = False) -> StaffSession:
        """The session of a token, prolonged.

        Args:
            of_center: a dispatcher's is wanted, and no staff member's.
        """
        hashed, now = token_hash(token), self._office.clock.now()
        found = self._sessions.get(hashed)
        if found is not None and found.department.startswith(_CENTER) is not of_center:
            found = None
        if found is None or now >= found.expires_at:
            raise Refused(Refusal.NOT_AUTHENTICATED, "the session has ended; log in again")
        known = self._logins[found.department, found.name]
        if found.expires_at < now + IDLE - PROLONG:
            found = replace(found, expires_at=now + IDLE)
            prolonged = found

            def prolong(tx: Transaction) -> None:
                tx.write(
                    _PROLONG_SESSION,
                    b_token_hash=hashed,
                    b_expires_at=stamp(prolonged.expires_at),
                )
                tx.put(self._sessions, hashed, prolonged)

            await self._office.kernel.run(prolong)
        return StaffSession(token, found.csrf, _identity(known), found.expires_at)

    async def log_out(self, token: str) -> None:
        """End a session."""
        hashed = token_hash(token)

        def end(tx: Transaction) -> None:
            if hashed in self._sessions:
                self._end(tx, hashed)

        await self._office.kernel.run(end)

    def _end(self, tx: Transaction, hashed: str) -> None:
        tx.write(_DELETE_SESSION, b_token_hash=hashed)
        tx.drop(self._sessions, hashed)

    def _forget_expired(self, tx: Transaction) -> None:
        for hashed, session in tuple(self._sessions.items()):
            if tx.now >= session.expires_at:
                self._end(tx, hashed)


def _name_hash(department: str, name: str) -> str:
    return token_hash(f"{department}\0{name}")


def _is_over(known: _Login, now: datetime) -> bool:
    """Whether the lock of a name has ended: it starts anew, like that of an account."""
    return known.locked_until is not None and now >= known.locked_until


def _locked(known: _Login, now: datetime) -> datetime | None:
    locked = known.locked_until is not None and now < known.locked_until
    return known.locked_until if locked else None


def _identity(known: _Login) -> StaffIdentity:
    return StaffIdentity(known.department, known.name, known.roles)
