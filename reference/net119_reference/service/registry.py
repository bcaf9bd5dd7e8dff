"""Registrants, their log-ins, and the accounts of dispatchers and staff."""

import asyncio
import functools
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from net119_protocol.api.admin import Account, AccountRole, NewAccount
from net119_protocol.api.staff import (
    Credentials,
    NewRegistrant,
    RegistrantView,
    RegistrationState,
    Suspend,
)
from net119_protocol.codes import Refusal
from net119_protocol.person import RegistrantData
from sqlalchemy.engine import Connection

from net119_reference.ports import (
    DispatcherIdentity,
    HandsetIdentity,
    Refused,
    StaffIdentity,
)
from net119_reference.service import rows
from net119_reference.service.kernel import Kernel, Transaction
from net119_reference.store import Database, schema

_SCRYPT_N = 2**12
"""Cost of a password check, about 10 ms here; the passwords are ours, of 80 random bits."""


@dataclass(frozen=True)
class Registrant:
    """A registrant as stored."""

    registrant_id: UUID
    department: str
    state: RegistrationState
    data: RegistrantData
    applied_at: datetime
    approved_at: datetime | None = None
    reason: str = ""
    login_id: str | None = None
    password_hash: str | None = None

    def view(self) -> RegistrantView:
        """What the department's staff sees."""
        return RegistrantView(
            registrant_id=self.registrant_id,
            state=self.state,
            department=self.department,
            data=self.data,
            applied_at=self.applied_at,
            approved_at=self.approved_at,
            reason=self.reason,
        )


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _password_hash(password: str, salt: bytes) -> str:
    digest = hashlib.scrypt(password.encode(), salt=salt, n=_SCRYPT_N, r=8, p=1)
    return f"{salt.hex()}${digest.hex()}"


def _password_fits(password: str, stored: str) -> bool:
    salt = bytes.fromhex(stored.split("$")[0])
    return hmac.compare_digest(_password_hash(password, salt), stored)


class Registry:
    """All registrants and accounts, in memory and in the database."""

    def __init__(self, kernel: Kernel, database: Database) -> None:
        self._kernel = kernel
        self._database = database
        self._registrants: dict[UUID, Registrant] = {}
        self._by_login: dict[str, UUID] = {}
        self._tokens: dict[str, UUID] = {}
        self._accounts: dict[str, NewAccount] = {}

    async def load(self) -> None:
        """Read everything."""
        await self._database.read(self._load)

    def _load(self, connection: Connection) -> None:
        for row in connection.execute(sa.select(schema.registrants)):
            found = Registrant(
                registrant_id=UUID(row.registrant_id),
                department=row.department,
                state=RegistrationState(row.state),
                data=RegistrantData.model_validate_json(row.data),
                applied_at=rows.moment(row.applied_at),
                approved_at=rows.moment(row.approved_at) if row.approved_at else None,
                reason=row.reason,
                login_id=row.login_id,
                password_hash=row.password_hash,
            )
            self._registrants[found.registrant_id] = found
            if found.login_id:
                self._by_login[found.login_id] = found.registrant_id
        for row in connection.execute(sa.select(schema.handset_tokens)):
            self._tokens[row.token_hash] = UUID(row.registrant_id)
        for row in connection.execute(sa.select(schema.accounts)):
            self._accounts[row.token_hash] = NewAccount(
                role=AccountRole(row.role), unit=row.unit, name=row.name
            )

    # --- identities ---------------------------------------------------------------------------

    def handset(self, token: str) -> HandsetIdentity:
        """Who holds a handset's token.

        Raises:
            Refused: nobody does (``not-authenticated``).
        """
        hashed = token_hash(token)
        registrant_id = self._tokens.get(hashed)
        if registrant_id is None:
            raise Refused(Refusal.NOT_AUTHENTICATED, "this token is not valid; log in again")
        found = self._registrants[registrant_id]
        return HandsetIdentity(registrant_id, found.department, hashed)

    def _account(self, token: str, role: AccountRole) -> NewAccount:
        account = self._accounts.get(token_hash(token))
        if account is None or account.role is not role:
            raise Refused(Refusal.NOT_AUTHENTICATED, f"this is no token of a {role.value}")
        return account

    def dispatcher(self, token: str) -> DispatcherIdentity:
        """The dispatcher with this token; Refused if there is none."""
        account = self._account(token, AccountRole.DISPATCHER)
        return DispatcherIdentity(account.unit, account.name)

    def staff(self, token: str) -> StaffIdentity:
        """The staff member with this token; Refused if there is none."""
        account = self._account(token, AccountRole.STAFF)
        return StaffIdentity(account.unit, account.name)

    def registrant(self, registrant_id: UUID) -> Registrant:
        """A registrant that exists."""
        return self._registrants[registrant_id]

    def of_department(self, who: StaffIdentity, registrant_id: UUID) -> Registrant:
        """A registrant of the staff's own department; another's does not exist for it.

        Raises:
            Refused: there is none (``not-found``).
        """
        found = self._registrants.get(registrant_id)
        if found is None or found.department != who.department:
            raise Refused(Refusal.NOT_FOUND, f"{who.department} has no registrant {registrant_id}")
        return found

    # --- changes ------------------------------------------------------------------------------

    async def add_account(self, body: NewAccount) -> Account:
        """A new token for a dispatcher or a staff member."""
        token = secrets.token_urlsafe(24)
        hashed = token_hash(token)

        def add(tx: Transaction) -> None:
            tx.write(
                rows.INSERT_ACCOUNT,
                token_hash=hashed,
                role=body.role.value,
                unit=body.unit,
                name=body.name,
            )
            tx.put(self._accounts, hashed, body)

        await self._kernel.run(add)
        return Account(token=token, role=body.role, unit=body.unit, name=body.name)

    async def enter(self, who: StaffIdentity, body: NewRegistrant) -> RegistrantView:
        """Key in an application."""

        def enter(tx: Transaction) -> Registrant:
            found = Registrant(
                uuid4(), who.department, RegistrationState.APPLIED, body.data, tx.now
            )
            tx.write(
                rows.INSERT_REGISTRANT,
                registrant_id=str(found.registrant_id),
                department=found.department,
                state=found.state.value,
                data=found.data.model_dump_json(by_alias=True),
                applied_at=rows.stamp(found.applied_at),
                reason="",
            )
            tx.put(self._registrants, found.registrant_id, found)
            return found

        return (await self._kernel.run(enter)).view()

    async def approve(self, who: StaffIdentity, registrant_id: UUID) -> Credentials:
        """Approve an application; the log-in can be read only now."""
        password = secrets.token_urlsafe(10)
        hashed = await asyncio.to_thread(_password_hash, password, secrets.token_bytes(16))
        login_id = f"n{secrets.randbelow(10**9):09d}"

        def approve(tx: Transaction) -> None:
            found = self.of_department(who, registrant_id)
            if found.state is not RegistrationState.APPLIED:
                raise Refused(
                    Refusal.WRONG_STATE, f"this registration is {found.state.value} already"
                )
            if login_id in self._by_login:
                raise Refused(Refusal.OVERLOAD, "that log-in ID is taken; approve again")
            self._change(
                tx,
                replace(
                    found,
                    state=RegistrationState.APPROVED,
                    approved_at=tx.now,
                    login_id=login_id,
                    password_hash=hashed,
                ),
            )
            tx.put(self._by_login, login_id, registrant_id)

        await self._kernel.run(approve)
        return Credentials(registrant_id=registrant_id, login_id=login_id, password=password)

    async def suspend(
        self, who: StaffIdentity, registrant_id: UUID, body: Suspend
    ) -> RegistrantView:
        """Take no further calls of a registrant (CNB-34, ASO-20)."""

        def suspend(tx: Transaction) -> Registrant:
            found = self.of_department(who, registrant_id)
            if found.state is not RegistrationState.APPROVED:
                raise Refused(
                    Refusal.WRONG_STATE,
                    f"this registration is {found.state.value}; only an approved one is suspended",
                )
            return self._change(
                tx, replace(found, state=RegistrationState.SUSPENDED, reason=body.reason)
            )

        return (await self._kernel.run(suspend)).view()

    def _change(self, tx: Transaction, found: Registrant) -> Registrant:
        tx.put(self._registrants, found.registrant_id, found)
        tx.write(
            rows.UPDATE_REGISTRANT,
            b_registrant_id=str(found.registrant_id),
            b_state=found.state.value,
            b_approved_at=rows.stamp(found.approved_at) if found.approved_at else None,
            b_reason=found.reason,
            b_login_id=found.login_id,
            b_password_hash=found.password_hash,
        )
        return found

    async def log_in(self, login_id: str, password: str) -> tuple[str, Registrant]:
        """Check a log-in; returns a new token.

        Raises:
            Refused: unknown ID or wrong password, without saying which.
        """
        registrant_id = self._by_login.get(login_id)
        stored = self._registrants[registrant_id].password_hash if registrant_id else None
        fits = stored is not None and await asyncio.to_thread(_password_fits, password, stored)
        if registrant_id is None or not fits:
            raise Refused(Refusal.NOT_AUTHENTICATED, "the ID or the password is wrong")
        token = secrets.token_urlsafe(24)
        await self._kernel.run(functools.partial(self._add_token, token, registrant_id))
        return token, self._registrants[registrant_id]

    def _add_token(self, token: str, registrant_id: UUID, tx: Transaction) -> None:
        hashed = token_hash(token)
        tx.write(
            rows.INSERT_HANDSET_TOKEN,
            token_hash=hashed,
            registrant_id=str(registrant_id),
            created_at=rows.stamp(tx.now),
        )
        tx.put(self._tokens, hashed, registrant_id)
