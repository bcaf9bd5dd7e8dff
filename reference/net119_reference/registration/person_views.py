"""What applicants and registrants see of their registration, and how their URLs are refused."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from net119_protocol.api.registration import LinkPurpose
from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.person import Address, FrequentPlace
from net119_protocol.profile.model import Profile

from net119_reference.ports import Declined, HandsetIdentity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from net119_protocol.profile.check import FieldProblem


class LinkProblem(StrEnum):
    """Why a mailed URL does not open."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    """A newer one was mailed, or the registration has ended."""


class LinkUse(StrEnum):
    """What a mailed URL was used for."""

    APPLIED = "applied"
    CORRECTED = "corrected"
    CHANGED = "changed"
    STOPPED = "stopped"
    RENEWED = "renewed"


class LinkRefused(Declined):
    """A mailed URL does not open; ``profile`` says whom to ask where the URL was ever ours.

    ``used`` says what it was used for, where it was, and ``expires_on`` until when it renewed.
    """

    def __init__(
        self,
        code: LinkProblem,
        profile: Profile | None = None,
        used: "LinkUse | None" = None,
        expires_on: datetime | None = None,
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.profile = profile
        self.used = used
        self.expires_on = expires_on


class NotAccepted(Declined):
    """An application is not submitted: ``problems`` says what is wrong, per field.

    Codes of ours besides those of the profile's check: ``terms`` (not accepted yet), ``nothing``
    (no draft), ``duplicate-mail`` (this address is registered, or applied for, already),
    ``unchanged`` (a change that changes nothing); ``path`` is then "" or ``data.mail``.
    """

    def __init__(self, problems: "tuple[FieldProblem, ...]") -> None:
        super().__init__(", ".join(f"{each.path}: {each.code}" for each in problems))
        self.problems = problems


@dataclass(frozen=True)
class LinkView:
    """What a mailed URL shows to the person who holds it: their own data only."""

    purpose: LinkPurpose
    profile: Profile
    mail: str
    """Address the URL was mailed to."""
    mail_is_fixed: bool
    """Whether it is the one to register: always so for an application, which it proves."""
    expires_at: datetime
    terms_accepted: str | None
    """Version accepted through this URL or, for an account, on record."""
    application: Application | None
    """The draft; without one, what is registered."""
    drafted: bool
    """Whether ``application`` is a draft kept through this URL."""
    registered: Application | None
    """What is on record now, which a draft would change."""
    entries: "Mapping[str, str] | None"
    """The form's fields as they were typed last, readable or not (``keep_entries``)."""
    defects: "tuple[FieldProblem, ...]"
    """What the reviewer found wrong (``CORRECT``)."""
    has_image: bool
    """Whether there is an identity image, of this URL or of the registration."""
    has_own_image: bool
    """Whether one was attached through this URL."""
    expires_on: datetime | None
    """When the registration expires, if it does; ``None`` before the first submission."""
    state: RegistrationState | None
    """State of the registration; ``None`` before the first submission."""
    registrant_name: str


class CallPageProblem(StrEnum):
    """Why a personal call page does not open."""

    UNKNOWN = "unknown"
    REPLACED = "replaced"
    """Another device has got the call page (CNB-10)."""
    REVOKED = "revoked"
    OTHER_DEVICE = "other-device"
    """The URL is right, the device is not the one it was made for."""
    ENDED = "ended"
    """The registration has been stopped, cancelled or deleted (TOM-22)."""
    DEVICE_CHANGE = "device-change"
    """A device change has been applied for; this device no longer works (ASO-12)."""


class CallPageRefused(Declined):
    """A call page does not open; ``profile`` says whom to ask (CNB-15)."""

    def __init__(self, code: CallPageProblem, profile: Profile | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.profile = profile


@dataclass(frozen=True)
class CallPage:
    """A personal call page.  Its secret is shown once, in the URL, and opens nothing by itself."""

    secret: str
    replaced: bool
    """Whether another device lost its call page through this."""


@dataclass(frozen=True)
class CallPageSession:
    """A call page opened on the device it was made for."""

    identity: HandsetIdentity
    token: str
    """Token of interface A, the same for each opening; valid as long as the page is."""


@dataclass(frozen=True)
class CallPlaces:
    """The registered places that a caller may name, for the caller's own pages."""

    home: Address
    frequent: tuple[FrequentPlace, ...]
    """All of them, in their order; a call may name those with a position (TOM-14)."""


@dataclass(frozen=True)
class AccountView:
    """A logged-in registrant's own account."""

    registrant_id: UUID
    name: str
    mail: str
    profile: Profile
    state: RegistrationState
    reason: str
    expires_at: datetime | None
    has_call_page: bool
    call_page_made_at: datetime | None
    call_page_here: bool
    """Whether the call page is that of the device that asks."""
    terms_accepted: str | None
    starts_on: date | None
    """Day from which calls are taken, where it is still to come (ASO-32)."""
