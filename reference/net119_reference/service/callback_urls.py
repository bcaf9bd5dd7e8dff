"""The URLs of callback mails and the sessions they open, in memory and in the database.

Of a URL's secret and of a token only the hash is known here; each is good for one call.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.codes import Refusal
from sqlalchemy.engine import Connection

from net119_reference.service.kernel import Transaction
from net119_reference.service.registry import token_hash
from net119_reference.service.rows import moment, stamp
from net119_reference.store.callback_schema import callback_sessions, callback_urls

_U = callback_urls
_INSERT_URL = sa.insert(_U)
_UPDATE_URL = (
    sa.update(_U)
    .where(_U.c.secret_hash == sa.bindparam("b_secret_hash"))
    .values(replaced=sa.bindparam("b_replaced"), opened=sa.bindparam("b_opened"))
)
_INSERT_SESSION = sa.insert(callback_sessions)


@dataclass(frozen=True)
class CallbackUrl:
    """One mailed URL: the call it comes back to, and which of its callbacks it belongs to.

    ``replaced``: a newer callback of the call was mailed.  ``opened``: the caller came by it.
    """

    secret_hash: str
    call_id: UUID
    number: int
    letter: str
    expires_at: datetime
    replaced: bool = False
    opened: bool = False

    def shut(self, now: datetime, *, call_open: bool) -> Refusal | None:
        """Why it does not open; ``None`` if it does.

        Whoever came by it is not cut off in the middle of the call, neither by the clock nor by
        another callback.
        """
        if self.opened and call_open:
            return None
        if self.replaced:
            return Refusal.LINK_REVOKED
        return Refusal.LINK_EXPIRED if now >= self.expires_at else None


class CallbackUrls:
    """All callback URLs of this provider."""

    def __init__(self) -> None:
        self._urls: dict[str, CallbackUrl] = {}
        self._newest: dict[UUID, str] = {}
        self._by_letter: dict[str, str] = {}
        self._sessions: dict[str, str] = {}

    def load(self, connection: Connection) -> None:
        """Read them."""
        for row in connection.execute(sa.select(_U).order_by(_U.c.call_id, _U.c.number)):
            found = CallbackUrl(
                row.secret_hash,
                UUID(row.call_id),
                row.number,
                row.letter,
                moment(row.expires_at),
                row.replaced,
                row.opened,
            )
            self._urls[found.secret_hash] = found
            self._by_letter[found.letter] = found.secret_hash
            self._newest[found.call_id] = found.secret_hash
        for row in connection.execute(sa.select(callback_sessions)):
            self._sessions[row.token_hash] = row.secret_hash

    @staticmethod
    def new_secret() -> str:
        """192 random bits: nobody guesses it."""
        return secrets.token_urlsafe(24)

    def add(
        self,
        tx: Transaction,
        secret: str,
        *,
        call_id: UUID,
        number: int,
        letter: str,
        expires_at: datetime,
    ) -> None:
        """Store a URL; it takes the place of the call's former one."""
        former = self._urls.get(self._newest.get(call_id, ""))
        if former is not None:
            self._change(tx, replace(former, replaced=True))
        url = CallbackUrl(token_hash(secret), call_id, number, letter, expires_at)
        tx.write(
            _INSERT_URL,
            secret_hash=url.secret_hash,
            call_id=str(call_id),
            number=number,
            letter=letter,
            expires_at=stamp(expires_at),
            replaced=False,
            opened=False,
        )
        tx.put(self._urls, url.secret_hash, url)
        tx.put(self._by_letter, letter, url.secret_hash)
        tx.put(self._newest, call_id, url.secret_hash)

    def _change(self, tx: Transaction, url: CallbackUrl) -> None:
        tx.write(
            _UPDATE_URL,
            b_secret_hash=url.secret_hash,
            b_replaced=url.replaced,
            b_opened=url.opened,
        )
        tx.put(self._urls, url.secret_hash, url)

    def by_secret(self, secret: str) -> CallbackUrl | None:
        """The URL with this secret."""
        return self._urls.get(token_hash(secret))

    def present(self, url: CallbackUrl) -> CallbackUrl:
        """A URL that was read before, as it is now."""
        return self._urls.get(url.secret_hash, url)

    def by_letter(self, message_id: str) -> CallbackUrl | None:
        """The URL that a letter carried."""
        return self._urls.get(self._by_letter.get(message_id, ""))

    def all(self) -> tuple[CallbackUrl, ...]:
        """Every URL."""
        return tuple(self._urls.values())

    def open(self, tx: Transaction, url: CallbackUrl, token: str) -> None:
        """The caller came by the URL; the token is good for its call from now on."""
        if not url.opened:
            self._change(tx, replace(url, opened=True))
        hashed = token_hash(token)
        tx.write(
            _INSERT_SESSION,
            token_hash=hashed,
            call_id=str(url.call_id),
            secret_hash=url.secret_hash,
        )
        tx.put(self._sessions, hashed, url.secret_hash)

    def of_session(self, token: str) -> CallbackUrl | None:
        """The URL by which the holder of this token came."""
        return self._urls.get(self._sessions.get(token_hash(token), ""))
