"""Interface C for a department's staff as a program: registrations, their review and records.

The staff pages do the same by hand.  Every read is audited with the purpose that the reader gives
(CNB-40), and optional data are shown as the department's profile allows (ASO-04).
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.model import (
    Count,
    Day,
    ShortText,
    StrictModel,
    Text,
    Timestamp,
    WireModel,
)
from net119_protocol.profile.model import Item

Reason = Annotated[Text, Field(min_length=1, max_length=200)]


class RegistrationRow(WireModel):
    """One line of a list of registrations."""

    registrant_id: UUID
    name: ShortText
    mail: Text
    state: RegistrationState
    version: Count
    applied_at: Timestamp
    keyed_in: bool
    login_id: ShortText | None = None
    expires_at: Timestamp | None = None


class RegistrationPage(WireModel):
    """One page of a department's registrations; ``page`` counts from 1.

    Those longest in their state come first; of those that expire, the first to expire.
    """

    rows: tuple[RegistrationRow, ...]
    page: Count
    pages: Count
    total: Count


class Defect(WireModel):
    """What is wrong with one item of an application.

    ``path`` is dotted, such as ``data.kana`` or ``image``; the texts are for the applicant.
    """

    path: ShortText
    code: ShortText = "staff"
    ja: ShortText = ""
    en: ShortText = ""


class ItemBeforeAfter(WireModel):
    """One item of a change (CNB-44), as text; empty where there was or is nothing."""

    path: ShortText
    before: Text = ""
    after: Text = ""


class Happened(WireModel):
    """One event in a registration's life."""

    at: Timestamp
    actor: ShortText
    what: ShortText
    detail: Text = ""


class SentMail(WireModel):
    """A mail to the registrant and what became of it (ASO-09)."""

    kind: ShortText
    recipient: Text
    status: ShortText
    reason: Text = ""
    at: Timestamp


class RegistrationRecord(WireModel):
    """One registration with its application, its changes and its history."""

    registrant_id: UUID
    version: Count
    """Given back with a decision, which fails if somebody was faster."""
    number: ShortText = ""
    """The department's own number of the paper form (CNB-44); a search finds it, too."""
    state: RegistrationState
    application: Application
    sealed: bool
    """Whether there are optional data that this reader may not see (ASO-04)."""
    proposal: Application | None = None
    changes: tuple[ItemBeforeAfter, ...] = ()
    keyed_in: bool = False
    terms_version: ShortText = ""
    applied_at: Timestamp
    approved_at: Timestamp | None = None
    expires_at: Timestamp | None = None
    reason: ShortText = ""
    login_id: ShortText | None = None
    has_image: bool = False
    history: tuple[Happened, ...] = ()
    mails: tuple[SentMail, ...] = ()


class Decision(StrEnum):
    """What staff decide about a registration."""

    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"
    CANCEL = "cancel"
    SUSPEND = "suspend"
    RESUME = "resume"
    DELETE = "delete"


class Decide(StrictModel):
    """A decision; ``version`` is that of the record it was made on.

    ``reason`` is needed to refuse, cancel and suspend; ``defects`` to return.
    """

    version: Count
    decision: Decision
    reason: ShortText = ""
    defects: tuple[Defect, ...] = ()


class PaperApplication(StrictModel):
    """A paper form keyed in by staff, with what it says besides (CNB-03, CNB-44, CNB-47)."""

    application: Application
    consent_signed: StrictBool
    received_on: Day
    terms_version: ShortText
    guardian_signed: StrictBool = False
    number: ShortText = ""
    note: ShortText = ""


class KeyedIn(WireModel):
    """The registration that a paper form became."""

    registrant_id: UUID


class LastFiled(StrictModel):
    """Who a change form says it is from, as registered or as last changed (CNB-50)."""

    name: ShortText
    birth_date: Day
    mail: Text


class PaperChange(StrictModel):
    """A change form keyed in by staff; it is reviewed like any other change (CNB-44, CNB-50)."""

    version: Count
    last_filed: LastFiled
    application: Application
    """What is registered, with the items that change put in."""
    device_changed: StrictBool = False
    """Whether the form says so; a new carrier counts, though nothing else may change."""
    received_on: Day
    number: ShortText = ""
    """The department's own number of the form; may be empty."""
    note: ShortText = ""


class Withdraw(StrictModel):
    """A signed form by which a person ends the registration (CNB-44, CNB-50)."""

    version: Count
    signed: StrictBool
    received_on: Day
    number: ShortText = ""
    """The department's own number of the form; may be empty."""
    note: ShortText = ""


class IssuePassword(StrictModel):
    """A new password for a person who lost the old one; it is mailed to the address on record.

    Every log-in ends; the call page ends only with ``device_lost``.
    """

    version: Count
    device_lost: StrictBool = False


class NewDisclosure(StrictModel):
    """Data given to somebody outside a call, to be recorded (CNB-21)."""

    to: Reason
    """Agency, hospital or police station, and the person there."""
    why: Reason
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=50)]
    """Items that were given, by the codes of department profiles."""


class DisclosureRecorded(WireModel):
    """A disclosure that is in the audit log now."""

    registrant_id: UUID
    to: ShortText
    why: ShortText
    items: tuple[Item, ...]


class FailedMail(WireModel):
    """A mail of the department that did not arrive (ASO-09)."""

    registrant_id: UUID | None = None
    recipient: Text
    kind: ShortText
    status: ShortText
    reason: Text = ""
    at: Timestamp


class FailedMails(WireModel):
    """Mails that did not arrive, newest first."""

    mails: tuple[FailedMail, ...]


class Access(WireModel):
    """One access to, or disclosure of, personal data (CNB-40)."""

    number: Count
    at: Timestamp
    actor: ShortText
    action: ShortText
    registrant_id: UUID | None = None
    purpose: ShortText
    what: Text = ""


class Accesses(WireModel):
    """One page of the department's audit log, newest first."""

    entries: tuple[Access, ...]
    page: Count
    pages: Count
    total: Count


class Deletion(WireModel):
    """A destroyed record, which backups must have lost by a day (ASO-06)."""

    registrant_id: UUID
    at: Timestamp
    why: ShortText
    backups_by: Timestamp
    backups_done: bool


class Deletions(WireModel):
    """Destroyed records, oldest first; they name nobody."""

    deletions: tuple[Deletion, ...]


class AnnouncementKind(StrEnum):
    """What is announced to all registrants of a department."""

    MAINTENANCE = "maintenance"
    TERMS = "terms"
    DEVICE = "device"
    OTHER = "other"


class NewAnnouncement(StrictModel):
    """A mail to all registrants of the department (CNB-12, CNB-37, CNB-43)."""

    kind: AnnouncementKind
    subject: Annotated[Text, Field(min_length=1, max_length=100)]
    text: Annotated[Text, Field(min_length=1, max_length=2000)]
    key: Annotated[Text, Field(max_length=64)] = ""
    """Of the sender's choice: the same announcement with the same key is mailed once only."""


class AnnouncementView(WireModel):
    """An announcement and how far it has got."""

    announcement_id: UUID
    at: Timestamp
    kind: AnnouncementKind
    subject: ShortText
    total: Count
    sent: Count
    waiting: Count
    failed: Count
    """Given up, or bounced."""
    unqueued: Count = 0
    """Never sent off: the address cannot be written to."""


class Announcements(WireModel):
    """The department's announcements, newest first."""

    announcements: tuple[AnnouncementView, ...]


__all__ = [
    "Access",
    "Accesses",
    "AnnouncementKind",
    "AnnouncementView",
    "Announcements",
    "Decide",
    "Decision",
    "Defect",
    "Deletion",
    "Deletions",
    "DisclosureRecorded",
    "FailedMail",
    "FailedMails",
    "Happened",
    "IssuePassword",
    "ItemBeforeAfter",
    "KeyedIn",
    "LastFiled",
    "NewAnnouncement",
    "NewDisclosure",
    "PaperApplication",
    "PaperChange",
    "RegistrationPage",
    "RegistrationRecord",
    "RegistrationRow",
    "SentMail",
    "Withdraw",
]
