"""What the application form shows: which items, which choices, and what has been typed so far."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from net119_protocol.application import Basis
from net119_protocol.directory import JurisdictionIndex
from net119_protocol.labels import Language, label
from net119_protocol.person import DeviceKind, Rh, Sex
from net119_protocol.profile.model import Certificate, Item, Profile
from net119_protocol.profile.words import word

from net119_reference.config.model import Map
from net119_reference.registration.entries import COUNTS, moved_up, shown_entries
from net119_reference.web.pages.forms import Form
from net119_reference.web.pages.places import listed, named
from net119_reference.web.pages.prefectures import ENGLISH
from net119_reference.web.pages.rendering import pick

Choices = tuple[tuple[str, str], ...]
_ITEM_FIELDS: Mapping[Item, str] = {
    Item.KANA: "data.kana",
    Item.DISABILITY: "data.disability",
    Item.REASON: "data.reason",
    Item.DEVICE: "data.device",
    Item.DEVICE_KIND: "data.device_kind",
    Item.FLAT: "data.address.flat",
    Item.AUTO_LOCK: "data.address.auto_lock",
    Item.PHONE: "data.optional.phone",
    Item.FAX: "data.optional.fax",
    Item.CONTACTS: "data.optional.contacts.",
    Item.FREQUENT_PLACES: "data.optional.frequent_places.",
    Item.MEDICAL: "data.optional.medical.",
    Item.HEARING_PERSON_AT_HOME: "data.optional.hearing_person_at_home",
    Item.SIGN_LANGUAGE: "data.optional.sign_language",
    Item.WRITING: "data.optional.writing",
    Item.REMARKS: "data.optional.remarks",
}
"""Where an item is typed; with a dot at the end, in several fields below it."""


@dataclass(frozen=True)
class ApplicationView:
    """The form of one application, for the applicant's page and for staff who key one in."""

    profile: Profile
    lang: Language
    values: Mapping[str, str]
    index: JurisdictionIndex
    map: Map = field(default_factory=Map)
    fixed_mail: str | None = None
    """The mail address where it cannot be typed: the URL was mailed to it."""
    image: str | None = None
    """URL of the image attached to this form, if there is one."""
    has_earlier_image: bool = False
    """Whether the department has an image from before."""
    asks_image: bool = True
    """Whether an image is asked for at this form."""
    image_mail: str | None = None
    """Where the image can be mailed to, if it can."""

    contacts: ClassVar[str] = "data.optional.contacts"
    places: ClassVar[str] = "data.optional.frequent_places"

    def value(self, name: str) -> str:
        """What has been typed into a field."""
        return self.values.get(name, "")

    def needs(self, item: str) -> bool:
        """Whether an item is required."""
        return Item(item) in self.profile.required

    def shows(self, item: str) -> bool:
        """Whether an item is asked, or there is something of it that must not be lost."""
        found = Item(item)
        path = _ITEM_FIELDS.get(found)
        return self.profile.asks(found) or (
            path is not None
            and any(
                text.strip() and (name == path or (path.endswith(".") and name.startswith(path)))
                for name, text in self.values.items()
            )
        )

    def shows_part(self, item: str, path: str) -> bool:
        """The same for an item that is one field of a block, at ``path``."""
        return self.profile.asks(Item(item)) or bool(self.value(path).strip())

    def count(self, path: str) -> int:
        """How many entries of a list are shown."""
        return shown_entries(self.values, path)

    def count_field(self, path: str) -> str:
        """Name of the hidden field that holds the count."""
        return COUNTS[path]

    @property
    def asks_certificate(self) -> bool:
        """Whether a certificate counts at this department."""
        asked = self.profile.eligibility.certificate is not Certificate.NOT_ASKED
        return asked or bool(self.value("certificate"))

    @property
    def asks_guardian(self) -> bool:
        """Whether a guardian may have to apply."""
        below = self.profile.eligibility.guardian_below_age
        return below > 0 or any(name.startswith("guardian.") for name in self.values)

    @property
    def bases(self) -> Choices:
        """What may tie a person to the area."""
        texts = {
            Basis.LIVES: ("住んでいる", "I live there"),
            Basis.WORKS: ("働いている", "I work there"),
            Basis.STUDIES: ("学校に通っている", "I go to school there"),
            Basis.ACCEPTED: (
                "どれでもない（消防本部の判断を求める）",
                "None of these (I ask for the department's decision)",
            ),
        }
        return tuple(
            (each.value, pick(self.lang, *texts[each])) for each in self.profile.eligibility.bases
        )

    @property
    def area(self) -> Choices:
        """Municipalities whose people the department registers."""
        codes = [*self.profile.municipalities, self.value("basis_municipality")]
        known = [code for code in dict.fromkeys(codes) if code in self.index.municipalities]
        return tuple((code, named(self.index, code, self.lang)) for code in known)

    @property
    def area_in_words(self) -> str:
        """The same as one text."""
        return pick(self.lang, "、", ", ").join(
            named(self.index, code, self.lang)
            for code in self.profile.municipalities
            if code in self.index.municipalities
        )

    @property
    def prefecture(self) -> str:
        """The prefecture chosen; else the one of the department's own area."""
        chosen = self.value("data.address.prefecture").strip()
        if chosen in ENGLISH:
            return chosen
        for code in (self.value("data.address.municipality_code"), *self.profile.municipalities):
            row = self.index.municipalities.get(code.strip())
            if row is not None:
                return row.prefecture
        return ""

    @property
    def prefectures(self) -> Choices:
        """All prefectures; their Japanese name is the value."""
        return tuple((ja, pick(self.lang, ja, en)) for ja, en in ENGLISH.items())

    @property
    def municipalities(self) -> Choices:
        """The municipalities of the chosen prefecture."""
        rows = listed(self.index, self.prefecture)
        return tuple((code, pick(self.lang, ja, en)) for code, ja, en in rows)

    @property
    def sexes(self) -> Choices:
        """Sex as registered."""
        return _labelled(Sex, self.lang)

    @property
    def device_kinds(self) -> Choices:
        """Kinds of handset."""
        return _labelled(DeviceKind, self.lang)

    @property
    def rh_types(self) -> Choices:
        """Rh types, and nothing."""
        return (("", pick(self.lang, "（選ばない）", "(none)")), *_labelled(Rh, self.lang))

    def words(self, code: object) -> str:
        """Words of a profile's code."""
        return pick(self.lang, *word(code))


LISTS: Mapping[str, str] = {"contact": ApplicationView.contacts, "place": ApplicationView.places}
"""The lists by the word that their buttons use."""
ADD = re.compile(r"add-(contact|place)")
REMOVE = re.compile(r"remove-(contact|place)\.([0-9]{1,2})")


def edited(form: Form) -> dict[str, str]:
    """The fields as typed, with an entry more or less if a button asks for it."""
    fields = dict(form.fields)
    if found := ADD.fullmatch(form.action):
        where = LISTS[found[1]]
        fields[COUNTS[where]] = str(shown_entries(fields, where) + 1)
    elif found := REMOVE.fullmatch(form.action):
        where, number = LISTS[found[1]], int(found[2])
        count = shown_entries(fields, where)
        if number < count:
            fields = moved_up(fields, where, number)
            fields[COUNTS[where]] = str(count - 1)
    return fields


def _labelled(codes: Iterable[DeviceKind] | Iterable[Rh], lang: Language) -> Choices:
    return tuple((each.value, label(each, lang)) for each in codes)


__all__ = ["ADD", "LISTS", "REMOVE", "ApplicationView", "edited"]
