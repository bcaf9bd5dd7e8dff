"""A department's profile: how one fire department runs registration and records, as data.

A new department is a new file, no code. Nothing is averaged between departments: what a source
does not say is left at its neutral default, and the file says so in a comment.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    model_validator,
)

from net119_protocol.application import Basis
from net119_protocol.labels import Label
from net119_protocol.model import Code, LongText, ShortText
from net119_protocol.profile.faults import BilingualError, BrokenRules

T = TypeVar("T")


def _said(text: str) -> str:
    if not text.strip():
        raise BilingualError("空です。書いてください", "is empty; fill it in")
    return text


def _once(values: tuple[T, ...]) -> tuple[T, ...]:
    twice = sorted({str(each) for each in values if values.count(each) > 1})
    if twice:
        names = ", ".join(twice)
        raise BilingualError(
            f"同じものが2回以上あります: {names}。1回だけにしてください",
            f"stands there more than once: {names}; name it once",
        )
    return values


Address = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.example$")
]
"""A mail address of the department's own; its domain ends in ``.example``, where nobody is."""
Days = Annotated[int, Field(ge=1, le=36_600, strict=True)]


class Part(BaseModel):
    """Base of all parts: read-only, and an unknown key is a mistake that is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Part):
    """A text for people in Japanese and English."""

    ja: Annotated[LongText, AfterValidator(_said)]
    en: Annotated[LongText, AfterValidator(_said)]


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


PARTS: Mapping[Item, Item] = {
    Item.FLAT: Item.ADDRESS,
    Item.AUTO_LOCK: Item.ADDRESS,
    Item.CONTACT_ADDRESS: Item.CONTACTS,
    Item.CONTACT_REMARKS: Item.CONTACTS,
    Item.PLACE_POSITION: Item.FREQUENT_PLACES,
    Item.RH: Item.MEDICAL,
}
"""Items that are asked within another, and that one."""


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
    text_capable: StrictBool = False
    """Whether the person must be able to communicate in text (TOM-02)."""
    guardian_below_age: Annotated[int, Field(ge=0, le=30, strict=True)] = 0
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
    months: Annotated[int, Field(ge=0, le=240, strict=True)] = 0
    """Months a registration is valid; 0: no expiry."""
    remind_days: Annotated[tuple[Days, ...], AfterValidator(_once)] = ()
    """Days before the expiry on which a reminder is mailed."""
    suspend_after_days: Annotated[int, Field(ge=0, le=3660, strict=True)] = 0
    """Days after the expiry until the registration is suspended."""
    delete_after_days: Annotated[int, Field(ge=0, le=36_600, strict=True)] = 0
    """Days after the suspension until it is deleted; 0: never by the clock alone."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.renewal is Renewal.NONE) != (self.months == 0):
            raise BilingualError(
                "renewal と months は、両方書くか、両方とも書かないでください",
                "renewal and months go together; give both, or neither",
            )
        # No month is shorter than 28 days: such a reminder always falls into the period.
        early = [each for each in self.remind_days if each >= 28 * self.months]
        if early:
            raise BilingualError(
                f"remind_days の {early[0]} 日前は、有効期間（{self.months} か月）の外です。"
                "短くしてください",
                f"remind_days: {early[0]} days are not within the {self.months} months that a "
                "registration is valid; use fewer",
            )
        return self


class Retention(Part):
    """Clocks of retention."""

    documents_fiscal_years: Annotated[int, Field(ge=0, le=100, strict=True)] = 0
    """Documents are kept so many years from 1 April after the fiscal year of last use (CNB-07)."""
    registrant_days: Days = 1825
    """Registrant data after the end of the registration, where no fiscal years are given."""
    call_records_days: Days = 1825
    """Call records and communication history after the end (ASO-05, CNB-41)."""
    backups_days: Days = 30
    """Backups lose deleted data within so many days (ASO-06)."""
    identity_image_days: Annotated[int, Field(ge=0, le=3660, strict=True)] = 30
    """Identity images after the review; 0: at once."""


class Profile(Part):
    """One department's way of running registration and records."""

    department: Code
    """Code of the department in the directory."""
    name: Bilingual
    contact: Bilingual
    """Whom to ask: section and means, fictional numbers (CNB-15, ASO-10)."""
    source: Annotated[ShortText, AfterValidator(_said)]
    """The document the profile is taken from."""
    channels: Annotated[tuple[Channel, ...], Field(min_length=1), AfterValidator(_once)]
    eligibility: Eligibility
    municipalities: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9]{5}$")], ...],
        Field(min_length=1),
        AfterValidator(_once),
    ]
    """JIS codes of the municipalities whose people may register."""
    required: Annotated[tuple[Item, ...], AfterValidator(_once)]
    optional: Annotated[tuple[Item, ...], AfterValidator(_once)] = ()
    """Items asked besides; what is in neither list is not asked."""
    max_contacts: Annotated[int, Field(ge=0, le=10, strict=True)] = 2
    max_places: Annotated[int, Field(ge=0, le=10, strict=True)] = 3
    mail: Mail
    terms: Terms
    validity: Validity = Validity()
    retention: Retention = Retention()
    second_device: SecondDevice = SecondDevice.REFUSED
    device_change_blocks_old: StrictBool = False
    """The old device stops working from the application for a change on (ASO-12)."""
    insecure_handset: InsecureHandset = InsecureHandset.REFUSED
    optional_visibility: OptionalVisibility = OptionalVisibility.REVIEWED
    practice_calls: StrictBool = True
    callback_mail: StrictBool = True
    service_starts: date | None = None
    """Applications are accepted before this day, calls from it on (ASO-32)."""
    data_passed_on: StrictBool = True
    """Whether the terms say that data go to other departments and agencies (ASO-27, CNB-21)."""

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        broken = tuple(self._broken())
        if broken:
            raise BrokenRules(broken)
        return self

    def _broken(self) -> Iterator[Label]:
        """Every rule across keys that the profile breaks."""
        both = set(self.required) & set(self.optional)
        if both:
            names = ", ".join(sorted(both))
            yield Label(
                f"required と optional の両方にある項目があります: {names}。一方から消してください",
                f"an item is either required or optional, not both: {names}; remove it from one",
            )
        for item, whole in PARTS.items():
            if self.asks(item) and not self.asks(whole):
                yield Label(
                    f"{item} は {whole} の一部です。{whole} も required か optional に"
                    "書いてください",
                    f"{item} is a part of {whole}; name {whole} in required or optional too",
                )
        if Channel.MAIL_WEB not in self.channels:
            return
        if self.mail.application is None:
            yield Label(
                "channels に mail-web があるときは、mail.application が要ります。"
                "書き足してください",
                "the channel mail-web needs mail.application; add it",
            )
        for item in (Item.NAME, Item.MAIL):
            if not self.asks(item):
                yield Label(
                    f"channels に mail-web があるときは、{item} も聞く必要があります。"
                    "required に書き足してください",
                    f"the channel mail-web needs the item {item}; add it to required",
                )

    def asks(self, item: Item) -> bool:
        """Whether the department asks for an item at all."""
        return item in self.required or item in self.optional
