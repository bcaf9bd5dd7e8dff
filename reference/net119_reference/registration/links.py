"""Mailed URLs: single use, expiring, and bounded in number for each address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from net119_protocol.application import Application
from net119_protocol.profile.check import FieldProblem

from net119_reference.registration.ports import LinkProblem, LinkPurpose

LIFETIME = {
    LinkPurpose.APPLY: timedelta(hours=24),
    LinkPurpose.CORRECT: timedelta(days=14),
    LinkPurpose.ACCOUNT: timedelta(hours=24),
    LinkPurpose.RENEW: timedelta(days=60),
}
"""How long a mailed URL can be used: short where the person has just asked for it."""
FORMS = frozenset({LinkPurpose.APPLY, LinkPurpose.CORRECT, LinkPurpose.ACCOUNT})
"""Purposes of the URLs through which an application is entered."""
KEPT = timedelta(days=30)
"""So long after its end a URL still says why it does not open; then it is unknown."""
WORK = ("draft", "entries", "terms_version", "terms_at")
"""What somebody has done through a URL; the image, stored apart, goes with it."""
WINDOW = timedelta(hours=1)
PER_WINDOW = 5
"""URLs mailed to one address within the window; more are not answered (mail floods)."""


@dataclass(frozen=True)
class Link:
    """A mailed URL; only the hash of its secret is known here."""

    token_hash: str
    purpose: LinkPurpose
    department: str
    mail: str
    created_at: datetime
    expires_at: datetime
    registrant_id: UUID | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    terms_version: str | None = None
    terms_at: datetime | None = None
    draft: Application | None = None
    """What was entered last, where it can be read."""
    entries: Mapping[str, str] | None = None
    """The fields of the form as typed, right or wrong; ``None`` where no page was used."""
    defects: tuple[FieldProblem, ...] = ()

    @property
    def pending(self) -> bool:
        """Neither used nor revoked."""
        return self.used_at is None and self.revoked_at is None

    @property
    def ends_at(self) -> datetime:
        """When it opens nothing any more."""
        return self.used_at or self.revoked_at or self.expires_at


def problem(link: Link | None, now: datetime) -> LinkProblem | None:
    """Why a URL does not open at this moment; ``None`` if it does."""
    if link is None:
        return LinkProblem.UNKNOWN
    if link.used_at is not None:
        return LinkProblem.USED
    if link.revoked_at is not None:
        return LinkProblem.REVOKED
    return LinkProblem.EXPIRED if now >= link.expires_at else None


def too_many(made: Iterable[datetime], now: datetime) -> bool:
    """Whether an address has been mailed its share of URLs already."""
    return sum(1 for moment in made if now - moment < WINDOW) >= PER_WINDOW


def mail_key(address: str) -> str:
    """What two spellings of one mail address have in common."""
    return address.strip().casefold()
