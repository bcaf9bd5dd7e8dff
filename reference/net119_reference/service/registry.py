"""Registrants, their log-ins and call pages, and the tokens of dispatchers and staff."""

import asyncio
import base64
import functools
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.api.admin import Account, AccountRole, NewAccount
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Refusal
from sqlalchemy.engine import Connection

from net119_reference.ports import (
    DispatcherIdentity,
    HandsetIdentity,
    Refused,
    StaffIdentity,
)
from net119_reference.registration.links import mail_key
from net119_reference.registration.record import Registrant
from net119_reference.registration.states import LIVE
from net119_reference.service import rows
from net119_reference.service.kernel import Kernel, Transaction
from net119_reference.service.passwords import GENERATED, waste_a_check
from net119_reference.service.passwords import password_fits as _password_fits
from net119_reference.service.registration import rows as registration_rows
from net119_reference.store import Database, schema
from net119_reference.store import registration_schema as tables

WRONG_LOG_IN = "the ID or the password is wrong"


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def page_token(secret: str, device: str) -> str:
    """The token of a call page opened on its device: made of both, and telling neither."""
    made = hmac.new(device.encode(), b"call-page:" + secret.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")


@dataclass(frozen=True)
class Page:
    """A personal call page as stored."""

    secret_hash: str
    registrant_id: UUID
    device_hash: str
    created_at: datetime
    revoked_why: str | None = None
    session_hash: str | None = None
    """Of the token that opening it gives; ``None`` for pages of before there were such tokens,
    which must be made anew."""


class Registry:
    """All registrants and accounts, in memory and in the database."""

    def __init__(self, kernel: Kernel, database: Database) -> None:
        self._kernel = kernel
        self._database = database
        self._registrants: dict[UUID, Registrant] = {}
        self._by_login: dict[str, UUID] = {}
        self._by_mail: dict[tuple[str, str], frozenset[UUID]] = {}
        self._tokens: dict[str, UUID] = {}
        self._token_times: dict[str, datetime] = {}
        self._token_ends: dict[str, datetime] = {}
        self._tokens_of: dict[UUID, frozenset[str]] = {}
        self._pages: dict[str, Page] = {}
        self._page_of: dict[UUID, str] = {}
        self._page_sessions: dict[str, str] = {}
        self._ended_pages: dict[str, str] = {}
        self.on_page_ended: Callable[[str, str], None] = lambda _session_hash, _why: None
        """Told of each call page that has ended, with why, when that is durable."""
        self._accounts: dict[str, NewAccount] = {}

    async def load(self) -> None:
        """Read everything."""
        await self._database.read(self._load)

    def _load(self, connection: Connection) -> None:
        for row in connection.execute(sa.select(schema.registrants)):
            found = registration_rows.registrant_of(row)
            self._registrants[found.registrant_id] = found
            if found.login_id:
                self._by_login[found.login_id] = found.registrant_id
            key = _mail_of(found)
            self._by_mail[key] = self._by_mail.get(key, frozenset()) | {found.registrant_id}
        for row in connection.execute(sa.select(schema.handset_tokens)):
            owner = UUID(row.registrant_id)
            self._tokens[row.token_hash] = owner
            self._token_times[row.token_hash] = rows.moment(row.created_at)
            if row.expires_at is not None:
                self._token_ends[row.token_hash] = rows.moment(row.expires_at)
            self._tokens_of[owner] = self._tokens_of.get(owner, frozenset()) | {row.token_hash}
        for row in connection.execute(sa.select(tables.call_pages)):
            page = Page(
                row.secret_hash,
                UUID(row.registrant_id),
                row.device_hash,
                rows.moment(row.created_at),
                row.revoked_why,
                row.session_hash,
            )
            self._pages[page.secret_hash] = page
            if page.revoked_why is not None:
                if page.session_hash is not None:
                    self._ended_pages[page.session_hash] = page.revoked_why
            else:
                self._page_of[page.registrant_id] = page.secret_hash
                if page.session_hash is not None:
                    self._page_sessions[page.session_hash] = page.secret_hash
        for row in connection.execute(sa.select(schema.accounts)):
            self._accounts[row.token_hash] = NewAccount(
                role=AccountRole(row.role), unit=row.unit, name=row.name
            )

    # --- identities ---------------------------------------------------------------------------

    def handset(self, token: str) -> HandsetIdentity:
        """Who holds a handset's token, of a log-in or of a call page opened on its device.

        Raises:
            Refused: nobody does (``not-authenticated``).
        """
        hashed = token_hash(token)
        registrant_id = self._tokens.get(hashed)
        if (ends := self._token_ends.get(hashed)) is not None and ends <= self._kernel.now():
            registrant_id = None
        if (page := self._page_sessions.get(hashed)) is not None:
            registrant_id = self._pages[page].registrant_id
        if registrant_id is None:
            raise Refused(Refusal.NOT_AUTHENTICATED, "this token is not valid; log in again")
        found = self._registrants[registrant_id]
        return HandsetIdentity(registrant_id, found.department, hashed)

    def page_ended(self, who: HandsetIdentity) -> str | None:
        """Why the call page that gave this identity has ended; ``None`` if it has not."""
        return self._ended_pages.get(who.token_hash)

    def logged_in_at(self, who: HandsetIdentity) -> datetime | None:
        """When ID and password were given for this token; ``None`` if a call page gave it."""
        return self._token_times.get(who.token_hash)

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

    def find(self, registrant_id: UUID) -> Registrant | None:
        """A registrant, if there is one of this number."""
        return self._registrants.get(registrant_id)

    def everybody(self) -> tuple[Registrant, ...]:
        """Every registrant of this provider."""
        return tuple(self._registrants.values())

    def of_department(self, who: StaffIdentity, registrant_id: UUID) -> Registrant:
        """A registrant of the staff's own department; another's does not exist for it.

        Raises:
            Refused: there is none (``not-found``).
        """
        found = self._registrants.get(registrant_id)
        if found is None or found.department != who.department:
            raise Refused(Refusal.NOT_FOUND, f"{who.department} has no registrant {registrant_id}")
        return found

    def all_of(self, department: str) -> list[Registrant]:
        """Every registrant of a department."""
        return [each for each in self._registrants.values() if each.department == department]

    def with_mail(self, department: str, address: str) -> Registrant | None:
        """The department's live registration or application with this mail address."""
        for registrant_id in self._by_mail.get((department, mail_key(address)), ()):
            found = self._registrants[registrant_id]
            if found.state in LIVE:
                return found
        return None

    def mail_of(self, registrant_id: UUID) -> str | None:
        """The mail address on record (invariant I8); ``None`` once the record is destroyed."""
        found = self._registrants.get(registrant_id)
        gone = found is None or found.state is RegistrationState.DESTROYED
        return None if found is None or gone else found.data.mail

    # --- registrants --------------------------------------------------------------------------

    def add(self, tx: Transaction, found: Registrant) -> Registrant:
        """Store a new registrant."""
        tx.write(registration_rows.INSERT_REGISTRANT, **registration_rows.registrant_row(found))
        tx.put(self._registrants, found.registrant_id, found)
        self._index_mail(tx, found)
        return found

    def change(self, tx: Transaction, before: Registrant, **changed: Any) -> Registrant:
        """Store a change of a registrant; its version grows."""
        found: Registrant = replace(before, version=before.version + 1, **changed)
        row = registration_rows.registrant_row(found)
        for fixed in ("department", "applied_at"):
            del row[fixed]
        tx.write(registration_rows.UPDATE_REGISTRANT, **registration_rows.prefixed(row))
        tx.put(self._registrants, found.registrant_id, found)
        if _mail_of(found) != _mail_of(before):
            key = _mail_of(before)
            tx.put(self._by_mail, key, self._by_mail[key] - {found.registrant_id})
            self._index_mail(tx, found)
        if found.login_id and found.login_id != before.login_id:
            tx.put(self._by_login, found.login_id, found.registrant_id)
        return found

    def _index_mail(self, tx: Transaction, found: Registrant) -> None:
        key = _mail_of(found)
        tx.put(self._by_mail, key, self._by_mail.get(key, frozenset()) | {found.registrant_id})

    def free_login_id(self) -> str:
        """A log-in ID that nobody has."""
        while True:
            login_id = f"n{secrets.randbelow(10**9):09d}"
            if login_id not in self._by_login:
                return login_id

    # --- log-ins and call pages ---------------------------------------------------------------

    async def log_in(
        self, login_id: str, password: str, *, token: str = "", lives: timedelta | None = None
    ) -> tuple[str, Registrant]:
        """Check a log-in; returns a new token.

        Args:
            token: what to use as the token; by default a random one.
            lives: how long it is good for; see :meth:`prolong`. By default until the log-out.

        Raises:
            Refused: unknown ID, wrong password, or a registration that has ended or whose device
                is blocked, without saying which (TOM-22, ASO-12).
        """
        registrant_id = self._by_login.get(login_id)
        stored = self._registrants[registrant_id].password_hash if registrant_id else None
        if registrant_id is None or stored is None:
            await asyncio.to_thread(waste_a_check, password, GENERATED)
            raise Refused(Refusal.NOT_AUTHENTICATED, WRONG_LOG_IN)
        if not await asyncio.to_thread(_password_fits, password, stored):
            raise Refused(Refusal.NOT_AUTHENTICATED, WRONG_LOG_IN)
        token = token or secrets.token_urlsafe(24)
        await self._kernel.run(functools.partial(self._add_token, token, registrant_id, lives))
        return token, self._registrants[registrant_id]

    def _add_token(
        self, token: str, registrant_id: UUID, lives: timedelta | None, tx: Transaction
    ) -> None:
        found = self._registrants[registrant_id]
        if found.password_hash is None or found.device_blocked:
            raise Refused(Refusal.NOT_AUTHENTICATED, WRONG_LOG_IN)
        hashed = token_hash(token)
        tx.write(
            rows.INSERT_HANDSET_TOKEN,
            token_hash=hashed,
            registrant_id=str(registrant_id),
            created_at=rows.stamp(tx.now),
            expires_at=None if lives is None else rows.stamp(tx.now + lives),
        )
        if lives is not None:
            for each in [each for each, ends in self._token_ends.items() if ends <= tx.now]:
                self.drop_token(tx, each)
            tx.put(self._token_ends, hashed, tx.now + lives)
        tx.put(self._tokens, hashed, registrant_id)
        tx.put(self._token_times, hashed, tx.now)
        known = self._tokens_of.get(registrant_id, frozenset())
        tx.put(self._tokens_of, registrant_id, known | {hashed})

    def prolong(self, tx: Transaction, hashed: str, lives: timedelta) -> None:
        """Let a log-in that ends by itself be good for so long from now on.

        Less than a minute's difference is not worth a write.
        """
        ends = self._token_ends.get(hashed)
        until = tx.now + lives
        if ends is not None and ends > tx.now and abs(until - ends) >= timedelta(minutes=1):
            tx.write(
                rows.PROLONG_HANDSET_TOKEN, b_token_hash=hashed, b_expires_at=rows.stamp(until)
            )
            tx.put(self._token_ends, hashed, until)

    def drop_token(self, tx: Transaction, hashed: str) -> None:
        """End one log-in; nothing happens if there is none."""
        owner = self._tokens.get(hashed)
        if owner is not None:
            tx.write(registration_rows.DELETE_TOKEN, b_token_hash=hashed)
            tx.drop(self._tokens, hashed)
            tx.drop(self._token_times, hashed)
            tx.drop(self._token_ends, hashed)
            tx.put(self._tokens_of, owner, self._tokens_of[owner] - {hashed})

    def end_log_ins(self, tx: Transaction, registrant_id: UUID) -> None:
        """End every log-in of a registrant."""
        for hashed in self._tokens_of.get(registrant_id, ()):
            self.drop_token(tx, hashed)

    def shut_out(self, tx: Transaction, registrant_id: UUID, why: str) -> None:
        """End every log-in of a registrant, and the call page."""
        self.end_log_ins(tx, registrant_id)
        self.revoke_page(tx, registrant_id, why)

    def page_of(self, registrant_id: UUID) -> Page | None:
        """The registrant's call page that is in force."""
        hashed = self._page_of.get(registrant_id)
        return self._pages[hashed] if hashed else None

    def page(self, secret: str) -> Page | None:
        """The page with this secret, revoked or not."""
        return self._pages.get(token_hash(secret))

    def add_page(self, tx: Transaction, page: Page) -> None:
        """Store a new call page; revoke the former before."""
        tx.write(
            registration_rows.INSERT_PAGE,
            secret_hash=page.secret_hash,
            registrant_id=str(page.registrant_id),
            device_hash=page.device_hash,
            created_at=rows.stamp(page.created_at),
            session_hash=page.session_hash,
        )
        tx.put(self._pages, page.secret_hash, page)
        if page.session_hash is not None:
            tx.put(self._page_sessions, page.session_hash, page.secret_hash)
        tx.put(self._page_of, page.registrant_id, page.secret_hash)

    def revoke_page(self, tx: Transaction, registrant_id: UUID, why: str) -> bool:
        """End the registrant's call page; whether there was one."""
        page = self.page_of(registrant_id)
        if page is None:
            return False
        tx.write(
            registration_rows.REVOKE_PAGE,
            b_secret_hash=page.secret_hash,
            b_revoked_at=rows.stamp(tx.now),
            b_revoked_why=why,
        )
        tx.put(self._pages, page.secret_hash, replace(page, revoked_why=why))
        tx.drop(self._page_of, registrant_id)
        if page.session_hash is not None:
            tx.drop(self._page_sessions, page.session_hash)
            tx.put(self._ended_pages, page.session_hash, why)
            tx.after(functools.partial(self.on_page_ended, page.session_hash, why))
        return True

    # --- accounts -----------------------------------------------------------------------------

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
            tx.put(self._accounts, hashed, body.model_copy(update={"password": None}))

        await self._kernel.run(add)
        return Account(token=token, role=body.role, unit=body.unit, name=body.name)


def _mail_of(found: Registrant) -> tuple[str, str]:
    return found.department, mail_key(found.data.mail)


__all__ = ["WRONG_LOG_IN", "Page", "Registrant", "Registry", "page_token", "token_hash"]
