"""Mailed URLs: their records in memory and database (TOM-08, TOM-17, TOM-20, ASO-13)."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.api.staff import RegistrationState
from net119_protocol.profile.model import Profile
from sqlalchemy.engine import Connection

from net119_reference.ports import Clock
from net119_reference.registration import links as rules
from net119_reference.registration.links import Link, mail_key
from net119_reference.registration.ports import LinkProblem, LinkPurpose, LinkRefused, LinkUse
from net119_reference.registration.record import Registrant
from net119_reference.service.kernel import Transaction
from net119_reference.service.registration import rows
from net119_reference.service.registry import Registry, token_hash
from net119_reference.store import Database
from net119_reference.store import registration_schema as tables


class MailedUrls(ABC):
    """The URLs that were mailed, each known by the hash of its secret only."""

    def __init__(
        self, database: Database, clock: Clock, registry: Registry, public_url: str
    ) -> None:
        self.database = database
        self.clock = clock
        self.registry = registry
        self.public_url = public_url.rstrip("/")
        self.replaced: Callable[[Transaction, str, str], None] = lambda _tx, _old, _new: None
        """Called with the hashes of a URL and of the one that goes on with its work."""
        self._links: dict[str, Link] = {}
        self._links_to: dict[tuple[str, str], tuple[str, ...]] = {}

    @abstractmethod
    def profile(self, department: str) -> Profile:
        """The department's profile."""

    async def load(self) -> None:
        """Read the mailed URLs."""
        await self.database.read(self._load_urls)

    def _load_urls(self, connection: Connection) -> None:
        table = tables.registration_links
        for row in connection.execute(sa.select(table).order_by(table.c.created_at)):
            link = rows.link_of(row)
            self._links[link.token_hash] = link
            key = (link.department, mail_key(link.mail))
            self._links_to[key] = (*self._links_to.get(key, ()), link.token_hash)

    def issue(
        self,
        tx: Transaction,
        purpose: LinkPurpose,
        department: str,
        mail: str,
        *,
        goes_on: bool = False,
        **details: Any,
    ) -> tuple[str, Link]:
        """A new URL to mail, with its record; an unused older one for the same is revoked.

        ``goes_on``: what was entered through the older one, which anybody could have replaced by
        a mail in the person's name, is found again at the new one.
        """
        key = (department, mail_key(mail))
        former = None
        for older in self._links_of(key):
            if older.pending and older.purpose is purpose:
                same = (older.mail, older.registrant_id) == (mail, details.get("registrant_id"))
                if goes_on and same and tx.now < older.expires_at:
                    former = older
                self.change_link(tx, older, revoked_at=tx.now, draft=None)
        if former is not None:
            details |= {name: getattr(former, name) for name in rules.WORK}
        secret = secrets.token_urlsafe(24)
        link = Link(
            token_hash=token_hash(secret),
            purpose=purpose,
            department=department,
            mail=mail,
            created_at=tx.now,
            expires_at=tx.now + rules.LIFETIME[purpose],
            **details,
        )
        tx.write(rows.INSERT_LINK, **rows.link_row(link))
        tx.put(self._links, link.token_hash, link)
        tx.put(self._links_to, key, (*self._links_to.get(key, ()), link.token_hash))
        if former is not None:
            self.replaced(tx, former.token_hash, link.token_hash)
        return f"{self.public_url}/r/{secret}", link

    def _links_of(self, key: tuple[str, str]) -> list[Link]:
        return [self._links[hashed] for hashed in self._links_to.get(key, ())]

    def open_form(self, department: str, mail: str, now: datetime) -> Link | None:
        """The newest URL mailed to an address through which an application can be entered now."""
        key = (department, mail_key(mail))
        usable = (each for each in self._links_of(key) if rules.problem(each, now) is None)
        return max(
            (each for each in usable if each.purpose in rules.FORMS),
            key=lambda each: each.created_at,
            default=None,
        )

    def mailed_too_often(self, department: str, mail: str, now: datetime) -> bool:
        """Whether an address has got its share of URLs for the present."""
        made = (link.created_at for link in self._links_of((department, mail_key(mail))))
        return rules.too_many(made, now)

    def change_link(self, tx: Transaction, before: Link, **changed: Any) -> Link:
        """Store a change of a URL's record; what was typed goes with the draft it made."""
        if "draft" in changed:
            changed.setdefault("entries", None)
        link: Link = replace(before, **changed)
        tx.write(rows.UPDATE_LINK, **rows.changed_link(link))
        tx.put(self._links, link.token_hash, link)
        return link

    def revoke_links(self, tx: Transaction, registrant_id: UUID) -> None:
        """The registration has ended: its URLs open nothing any more."""
        for link in tuple(self._links.values()):
            if link.registrant_id == registrant_id and link.pending:
                self.change_link(tx, link, revoked_at=tx.now, draft=None)

    def revoke_links_elsewhere(self, tx: Transaction, found: Registrant) -> bool:
        """The address has changed: URLs mailed to the former one open nothing any more.

        Whether one of them would have renewed the registration.
        """
        renewing = False
        for link in tuple(self._links.values()):
            elsewhere = mail_key(link.mail) != mail_key(found.data.mail)
            if link.registrant_id == found.registrant_id and link.pending and elsewhere:
                renewing = renewing or link.purpose is LinkPurpose.RENEW
                self.change_link(tx, link, revoked_at=tx.now, draft=None)
        return renewing

    def forget_links(self, tx: Transaction, registrant_id: UUID) -> None:
        """Remove the records of a registration's URLs, which hold its mail address."""
        for link in tuple(self._links.values()):
            if link.registrant_id == registrant_id:
                self.forget_link(tx, link)

    def forget_link(self, tx: Transaction, link: Link) -> None:
        """Remove the record of a URL; it is unknown from now on."""
        key = (link.department, mail_key(link.mail))
        rest = tuple(each for each in self._links_to[key] if each != link.token_hash)
        tx.write(rows.DELETE_LINK, b_token_hash=link.token_hash)
        tx.drop(self._links, link.token_hash)
        if rest:
            tx.put(self._links_to, key, rest)
        else:
            tx.drop(self._links_to, key)

    def links(self) -> tuple[Link, ...]:
        """The records of all URLs."""
        return tuple(self._links.values())

    def link(self, token: str, now: datetime) -> Link:
        """The URL's record.

        Raises:
            LinkRefused: it does not open.
        """
        found = self._links.get(token_hash(token))
        problem = rules.problem(found, now)
        if found is None:
            raise LinkRefused(LinkProblem.UNKNOWN)
        if problem is not None:
            registrant = (
                self.registry.registrant(found.registrant_id) if found.registrant_id else None
            )
            raise LinkRefused(
                problem,
                self.profile(found.department),
                use_of(found, registrant),
                registrant.expires_at if registrant else None,
            )
        return found

    def newer(self, token: str) -> Link | None:
        """The URL that goes on in place of a revoked one; ``None`` if none can be used."""
        link = self._links.get(token_hash(token))
        if link is None or link.revoked_at is None:
            return None
        now = self.clock.now()
        for each in self._links_of((link.department, mail_key(link.mail))):
            same = (each.purpose, each.registrant_id, each.mail)
            if same == (link.purpose, link.registrant_id, link.mail) and (
                each.pending and now < each.expires_at
            ):
                return each
        return None


def use_of(link: Link, registrant: Registrant | None) -> LinkUse | None:
    """What a mailed URL was used for; ``None`` if it was not."""
    if link.used_at is None:
        return None
    if link.purpose is LinkPurpose.ACCOUNT:
        # Stopping sets the state at the moment that uses the URL up.
        stopped = registrant is not None and registrant.state is RegistrationState.STOPPED
        ended = stopped and registrant is not None and registrant.since == link.used_at
        return LinkUse.STOPPED if ended else LinkUse.CHANGED
    return {
        LinkPurpose.APPLY: LinkUse.APPLIED,
        LinkPurpose.CORRECT: LinkUse.CORRECTED,
        LinkPurpose.RENEW: LinkUse.RENEWED,
    }[link.purpose]
