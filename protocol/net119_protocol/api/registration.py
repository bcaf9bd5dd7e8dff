"""Interface A for programs: applying for registration through mailed URLs, and the own account.

A mailed URL ends in a secret; whoever holds it does with this API what the pages below the URL
do by hand.  It is the only key: no log-in is needed, nor possible before the registration.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from net119_protocol.api.handset import Token
from net119_protocol.api.problems import ItemProblem
from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application, Basis
from net119_protocol.model import (
    Code,
    Count,
    Day,
    LongText,
    ShortText,
    StrictModel,
    Text,
    Timestamp,
    WireModel,
)
from net119_protocol.profile.model import Certificate, Item, MailRule

DeviceKey = Annotated[Text, Field(min_length=16, max_length=200)]
"""What a device keeps to be known again, such as a page's random cookie."""


class LinkPurpose(StrEnum):
    """What a mailed URL is for."""

    APPLY = "apply"
    """An application, from the terms on."""
    CORRECT = "correct"
    """An application (or a change) that was returned with defects."""
    ACCOUNT = "account"
    """Change or stop, chosen on the page."""
    RENEW = "renew"
    """Going on after the expiry date (ASO-13)."""


class TermsOfUse(WireModel):
    """The department's terms in force (TOM-09, CNB-43)."""

    version: ShortText
    effective: Day
    ja: Text
    en: Text


class FormAsked(WireModel):
    """What the department asks of an applicant, from its profile."""

    required: tuple[Item, ...]
    optional: tuple[Item, ...]
    max_contacts: Count
    max_places: Count
    bases: tuple[Basis, ...]
    certificate: Certificate
    text_capable: bool
    guardian_below_age: Count
    mail_rule: MailRule


class MailedUrl(WireModel):
    """What a mailed URL shows to the person who holds it: their own data only."""

    purpose: LinkPurpose
    department: Code
    department_ja: ShortText
    department_en: ShortText
    contact_ja: LongText
    contact_en: LongText
    mail: Text
    """Address the URL was mailed to."""
    expires_at: Timestamp
    terms: TermsOfUse
    terms_accepted: ShortText | None = None
    """Version accepted through this URL or, for an account, on record."""
    form: FormAsked
    application: Application | None = None
    """The draft; without one, what is registered."""
    drafted: bool
    """Whether ``application`` is a draft kept through this URL."""
    defects: tuple[ItemProblem, ...] = ()
    """What the reviewer found wrong."""
    has_image: bool
    state: RegistrationState | None = None
    """State of the registration; absent before the first submission."""


class AcceptTerms(StrictModel):
    """Consent to the terms of this version."""

    version: ShortText


class DraftKept(WireModel):
    """The draft is kept; ``problems`` says what is still wrong with it, if anything."""

    problems: tuple[ItemProblem, ...]


class Renewed(WireModel):
    """The registration goes on."""

    expires_at: Timestamp


class AccountView(WireModel):
    """A logged-in registrant's own account."""

    name: ShortText
    mail: Text
    department: Code
    contact_ja: LongText
    contact_en: LongText
    state: RegistrationState
    reason: ShortText = ""
    expires_at: Timestamp | None = None
    has_call_page: bool
    terms_accepted: ShortText | None = None


class NewCallPage(StrictModel):
    """Asks for a personal call page on the device with this key (TOM-19, CNB-10)."""

    device: DeviceKey


class CallPageMade(WireModel):
    """A personal call page; its URL is ``/c/`` with the secret, which is shown this once."""

    secret: Token
    replaced: bool
    """Whether another device lost its call page through this."""


class OpenCallPage(StrictModel):
    """Opens a call page: the secret of its URL, and the key of the device that opens it."""

    secret: Token
    device: DeviceKey


class CallPageOpened(WireModel):
    """An open call page; the token authorises calls as that of a log-in does."""

    token: Token
    registrant_name: ShortText
    department: Code


__all__ = [
    "AcceptTerms",
    "AccountView",
    "CallPageMade",
    "CallPageOpened",
    "DraftKept",
    "FormAsked",
    "LinkPurpose",
    "MailedUrl",
    "NewCallPage",
    "OpenCallPage",
    "Renewed",
    "TermsOfUse",
]
