"""A registrant's data, as registered, shown to a dispatcher and passed to another department.

Required and optional data are apart, because departments differ in who may see the optional
part and when (ASO-04, invariant I6).
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool, model_validator

from net119_protocol.model import Code, Day, ShortText, Text, WireModel
from net119_protocol.places import Latitude, Longitude


class Sex(StrEnum):
    """Sex as registered (TOM-10, CNB-17, ASO-24)."""

    MALE = "male"
    FEMALE = "female"
    UNSTATED = "unstated"


class Rh(StrEnum):
    """Rh type of the blood (CNB-49)."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNKNOWN = "unknown"
    """Asked, and the person does not know."""


class DeviceKind(StrEnum):
    """Kind of handset, as the forms list them (CNB-48)."""

    SMARTPHONE = "smartphone"
    MOBILE_PHONE = "mobile-phone"
    """A feature phone."""
    OTHER = "other"
    """Anything else; ``device`` says what."""


ADDRESS_LIMIT = 200
"""Longest address in one line, in characters: what a call carries of it."""

Name = Annotated[Text, Field(min_length=1, max_length=80)]
Mail = Annotated[Text, Field(min_length=3, max_length=254)]


class Address(WireModel):
    """A Japanese address with its position.

    ``municipality_code`` is the five-digit JIS code.
    """

    prefecture: Name
    """Prefecture, with its 都, 道, 府 or 県."""
    municipality: Name
    """City, ward, town or village."""
    # Not \d, which takes full-width digits too.
    municipality_code: Annotated[str, Field(pattern=r"^[0-9]{5}$")]
    """JIS X 0402 code of the municipality with its prefecture, five digits."""
    street: ShortText
    """The rest of the address, with the building, and with the flat unless ``flat`` has it."""
    flat: ShortText | None = None
    """Number of the flat, where it is asked apart (CNB-48)."""
    auto_lock: ShortText | None = None
    """That the entrance locks itself, and how to get in (CNB-48)."""
    lat: Latitude
    """Latitude of the position, degrees (TOM-13)."""
    lon: Longitude
    """Longitude of the position, degrees (TOM-13)."""
    position_confirmed: StrictBool | None = None
    """False where nobody confirmed the position on a map, as with a paper form: it is then no
    more than some point of the municipality (`Municipalities.some_point`).  Absent: confirmed."""

    @property
    def position_is_confirmed(self) -> bool:
        """Whether somebody confirmed the position on a map."""
        return self.position_confirmed is not False

    def one_line(self) -> str:
        """The address as a dispatcher reads it out, from the prefecture down to the flat."""
        flat = f" {self.flat}" if self.flat else ""
        return f"{self.prefecture}{self.municipality}{self.street}{flat}"


class Contact(WireModel):
    """An emergency contact; at least one of phone, fax and mail (TOM-15).

    Their order is their rank: the first is tried first (CNB-49).
    """

    name: Name
    """Name of the contact."""
    kana: ShortText = ""
    """Name in kana; may be empty."""
    relation: ShortText = ""
    """Relation to the registrant; may be empty."""
    phone: ShortText | None = None
    """Telephone number."""
    fax: ShortText | None = None
    """Fax number."""
    mail: Mail | None = None
    """Mail address."""
    address: ShortText | None = None
    """Where the contact lives (CNB-49)."""
    remarks: ShortText | None = None
    """Anything to know about reaching the contact (CNB-49)."""

    @model_validator(mode="after")
    def _reachable(self) -> "Contact":
        if not (self.phone or self.fax or self.mail):
            raise ValueError("an emergency contact needs at least one of phone, fax and mail")
        return self


class FrequentPlace(WireModel):
    """A place the registrant often is at (TOM-14, CNB-22)."""

    label: ShortText
    """What the registrant calls the place."""
    address: ShortText
    """Address of the place."""
    note: ShortText = ""
    """Anything to know about it; may be empty."""
    lat: Latitude | None = None
    """Latitude of the position confirmed on the map, degrees; absent if none was (TOM-14)."""
    lon: Longitude | None = None
    """Longitude of the position confirmed on the map, degrees; absent if none was (TOM-14)."""

    @model_validator(mode="after")
    def _both_or_none(self) -> "FrequentPlace":
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a position needs both lat and lon; give both, or neither")
        return self


class Medical(WireModel):
    """Medical data (CNB-23)."""

    blood_type: ShortText | None = None
    """Blood type; with Rh unless ``rh`` has it."""
    rh: Rh | None = None
    """Rh type, where it is asked apart (CNB-49)."""
    history: ShortText | None = None
    """Illnesses, past and present."""
    medication: ShortText | None = None
    """Medicines taken."""
    allergy: ShortText | None = None
    """Allergies."""
    hospital: ShortText | None = None
    """Hospital attended."""
    doctor: ShortText | None = None
    """Doctor in charge."""


class OptionalData(WireModel):
    """The optional part of a registration (TOM-11, CNB-18, CNB-19, CNB-22, CNB-23)."""

    phone: ShortText | None = None
    """Telephone number; the person may be unable to answer by voice."""
    fax: ShortText | None = None
    """Fax number."""
    contacts: tuple[Contact, ...] = ()
    """Emergency contacts, in the order in which to try them."""
    frequent_places: tuple[FrequentPlace, ...] = ()
    """Places the registrant often is at."""
    medical: Medical | None = None
    """Medical data."""
    hearing_person_at_home: StrictBool | None = None
    """Whether somebody who hears lives in the home; absent if not said."""
    sign_language: StrictBool | None = None
    """Whether the registrant uses sign language; absent if not said."""
    writing: StrictBool | None = None
    """Whether the registrant communicates in writing; absent if not said."""
    remarks: ShortText = ""
    """Anything else the crew should know; may be empty."""


class RegistrantData(WireModel):
    """What a person registers (TOM-10, CNB-17, ASO-24).

    ``kana``, ``disability`` and ``reason`` may be empty where the home department does not ask
    for them: a receiving department must cope with that (fact A21).
    """

    name: Name
    """Name as registered, in its own characters."""
    kana: ShortText = ""
    """Name in kana; empty where the home department does not ask for it."""
    birth_date: Day
    """Date of birth."""
    sex: Sex
    """Sex as registered."""
    address: Address
    """Home address with its position."""
    mail: Mail
    """Mail address on record."""
    disability: ShortText = ""
    """Nature of the disability; empty where the home department does not ask for it."""
    reason: ShortText = ""
    """Reason for the registration; empty where the home department does not ask for it."""
    device: ShortText = ""
    """Handset and its carrier, in words; may be empty."""
    device_kind: DeviceKind | None = None
    """Kind of handset, where the form lists kinds (CNB-48)."""
    optional: OptionalData | None = None
    """The optional part; absent while it is sealed (I6) or where there is none."""


class DepartmentRef(WireModel):
    """A department as shown to callers, dispatchers and peers; the phone number is fictional."""

    code: Code
    """Code of the department in the directory."""
    name_ja: ShortText
    """Name in Japanese."""
    name_en: ShortText
    """Name in English."""
    phone: ShortText
    """Number by which another center reaches it; fictional."""
