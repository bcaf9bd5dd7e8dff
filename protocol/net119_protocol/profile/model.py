"""A department's profile: how one fire department runs registration and records, as data.

A new department is a new file, no code. Nothing is averaged between departments: what a source
does not say is left at its neutral default, and the file says so in a comment.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from net119_protocol.application import Basis
from net119_protocol.model import Code, LongText, ShortText
from net119_protocol.profile.faults import BilingualError

Address = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.example$")
]
"""A mail address of the department's own; its domain ends in ``.example``, where nobody is."""
Days = Annotated[int, Field(ge=1, le=36_600)]


class Part(BaseModel):
    """Base of all parts: read-only, and an unknown key is a mistake that is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Part):
    """A text for people in Japanese and English."""

    ja: LongText
    en: LongText


class Channel(StrEnum):
    """How an application reaches the department (fact A18)."""

    MAIL_WEB = "mail-web"
    PAPER = "paper"


class Item(StrEnum):
    """Items of an application."""

    NAME = "name"
    KANA = "kana"
    BIRTH_DATE = "birth-date"
    SEX = "sex"
    ADDRESS = "address"
    MAIL = "mail"
    PHONE = "phone"
    FAX = "fax"
    DISABILITY = "disability"
    REASON = "reason"
    DEVICE = "device"
    IDENTITY_IMAGE = "identity-image"
    CONTACTS = "contacts"
    FREQUENT_PLACES = "frequent-places"
    MEDICAL = "medical"
    HEARING_PERSON_AT_HOME = "hearing-person-at-home"
    SIGN_LANGUAGE = "sign-language"
    WRITING = "writing"
    REMARKS = "remarks"
    FLAT = "flat"
    AUTO_LOCK = "auto-lock"
    CONTACT_ADDRESS = "contact-address"
    CONTACT_REMARKS = "contact-remarks"
    PLACE_POSITION = "place-position"
    RH = "rh"
    DEVICE_KIND = "device-kind"


class MailRule(StrEnum):
    """Which mail addresses can be registered (fact A53)."""

    SYMBOLS = "symbols"
    """No symbol at the start, before the @, or doubled (TOM-06, CTS-14)."""
    WHITELIST = "whitelist"
    """Letters, digits, ``. - _ @``; no two periods in a row, none right before the @ (CNB-16)."""
    NONE = "none"
    """Any address that mail can be sent to (ASO)."""


class Certificate(StrEnum):
    """Whether a disability certificate is asked for."""

    NOT_ASKED = "not-asked"
    REQUIRED = "required"
    """A certificate; whoever has none must be accepted by the department (CNB-02)."""
    OR_DECISION = "or-decision"
    """A certificate, or the department's decision that voice calls are difficult (CTS-05)."""


class Renewal(StrEnum):
    """How a registrant shows the intention to go on (fact A25)."""

    NONE = "none"
    URL = "url"
    """A mailed URL, when opened, renews the expiry date (ASO-13)."""
    REPLY = "reply"
    """A mail is to be answered (CNB-24)."""


class SecondDevice(StrEnum):
    """What happens when a personal call page is asked for on a second device (CNB-10)."""

    REFUSED = "refused"
    REPLACES = "replaces"


class InsecureHandset(StrEnum):
    """Policy for handsets that cannot communicate securely (CNB-11, ASO-08)."""

    REFUSED = "refused"
    PLAINTEXT = "plaintext"


class OptionalVisibility(StrEnum):
    """When the department may read optional data (I6, ASO-04)."""

    REVIEWED = "reviewed"
    """From the application on: the department reviews it."""
    SEALED = "sealed"
    """Not before a call sends it, but for what staff keyed in themselves."""


class Result(StrEnum):
    """Results of a review that can be mailed (ASO-02, ASO-03)."""

    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Eligibility(Part):
    """Who may register."""

    bases: Annotated[tuple[Basis, ...], Field(min_length=1)]
    certificate: Certificate = Certificate.NOT_ASKED
    text_capable: bool = False
    """Whether the person must be able to communicate in text (TOM-02)."""
    guardian_below_age: Annotated[int, Field(ge=0, le=30)] = 0
    """A guardian applies for persons below this age; 0: never asked (CNB-47)."""


class Mail(Part):
    """Addresses and rule of mail."""

    rule: MailRule
    application: Address | None = None
    """Where the empty mail goes; none where the only way is paper (TOM-08, CTS-15)."""
    registration_sender: Address
    """Sends mail about registration (TOM-07, CNB-14)."""
    service_sender: Address
    """Sends every other mail: callback, maintenance, renewal."""
    result: tuple[Result, ...] = (Result.APPROVED,)
    """Which results of a review are mailed (TOM-17, CNB-04, ASO-02, ASO-03)."""

    @model_validator(mode="after")
    def _application_apart(self) -> Self:
        if self.application in (self.registration_sender, self.service_sender):
            raise BilingualError(
                "申請用アドレスは、送信元のアドレスと別にしてください（TOM-23）",
                "the application address must be neither sender address (TOM-23); use another",
            )
        return self


class Terms(Part):
    """Terms of use; the accepted version is on record (CNB-43)."""

    version: ShortText
    effective: date
    text: Bilingual


class Validity(Part):
    """Expiry and renewal of a registration."""

    renewal: Renewal = Renewal.NONE
    months: Annotated[int, Field(ge=0, le=240)] = 0
    """Months a registration is valid; 0: no expiry."""
    remind_days: tuple[Days, ...] = ()
    """Days before the expiry on which a reminder is mailed."""
    suspend_after_days: Annotated[int, Field(ge=0, le=3660)] = 0
    """Days after the expiry until the registration is suspended."""
    delete_after_days: Annotated[int, Field(ge=0, le=36_600)] = 0
    """Days after the suspension until it is deleted; 0: never by the clock alone."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.renewal is Renewal.NONE) != (self.months == 0):
            raise BilingualError(
                "renewal と months は、両方書くか、両方とも書かないでください",
                "renewal and months go together; give both, or neither",
            )
        return self


class Retention(Part):
    """Clocks of retention."""

    documents_fiscal_years: Annotated[int, Field(ge=0, le=100)] = 0
    """Documents are kept so many years from 1 April after the fiscal year of last use (CNB-07)."""
    registrant_days: Days = 1825
    """Registrant data after the end of the registration, where no fiscal years are given."""
    call_records_days: Days = 1825
    """Call records and communication history after the end (ASO-05, CNB-41)."""
    backups_days: Days = 30
    """Backups lose deleted data within so many days (ASO-06)."""
    identity_image_days: Annotated[int, Field(ge=0, le=3660)] = 30
    """Identity images after the review; 0: at once."""


class Profile(Part):
    """One department's way of running registration and records."""

    department: Code
    """Code of the department in the directory."""
    name: Bilingual
    contact: Bilingual
    """Whom to ask: section and means, fictional numbers (CNB-15, ASO-10)."""
    source: ShortText
    """The document the profile is taken from."""
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    eligibility: Eligibility
    municipalities: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9]{5}$")], ...], Field(min_length=1)
    ]
    """JIS codes of the municipalities whose people may register."""
    required: tuple[Item, ...]
    optional: tuple[Item, ...] = ()
    """Items asked besides; what is in neither list is not asked."""
    max_contacts: Annotated[int, Field(ge=0, le=10)] = 2
    max_places: Annotated[int, Field(ge=0, le=10)] = 3
    mail: Mail
    terms: Terms
    validity: Validity = Validity()
    retention: Retention = Retention()
    second_device: SecondDevice = SecondDevice.REFUSED
    device_change_blocks_old: bool = False
    """The old device stops working from the application for a change on (ASO-12)."""
    insecure_handset: InsecureHandset = InsecureHandset.REFUSED
    optional_visibility: OptionalVisibility = OptionalVisibility.REVIEWED
    practice_calls: bool = True
    callback_mail: bool = True
    service_starts: date | None = None
    """Applications are accepted before this day, calls from it on (ASO-32)."""
    data_passed_on: bool = True
    """Whether the terms say that data go to other departments and agencies (ASO-27, CNB-21)."""

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        both = set(self.required) & set(self.optional)
        if both:
            names = ", ".join(sorted(both))
            raise BilingualError(
                f"required と optional の両方にある項目があります: {names}。一方から消してください",
                f"an item is either required or optional, not both: {names}; remove it from one",
            )
        if Channel.MAIL_WEB in self.channels and self.mail.application is None:
            raise BilingualError(
                "channels に mail-web があるときは、mail.application が要ります。"
                "書き足してください",
                "the channel mail-web needs mail.application; add it",
            )
        return self

    def asks(self, item: Item) -> bool:
        """Whether the department asks for an item at all."""
        return item in self.required or item in self.optional
