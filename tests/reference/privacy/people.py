"""People every datum of whom can be recognised wherever it turns up."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from net119_protocol.application import Application
from net119_protocol.person import (
    Address,
    Contact,
    FrequentPlace,
    Medical,
    OptionalData,
    RegistrantData,
    Sex,
)
from PIL import Image

PLACES = {
    "tomakomai": ("北海道", "苫小牧市", "01213", 42.634, 141.605),
    "chitose": ("北海道", "千歳市", "01224", 42.821, 141.6509),
}
SEALED = frozenset(
    {
        "phone",
        "fax",
        "contact",
        "contact-kana",
        "contact-phone",
        "contact-address",
        "place",
        "place-address",
        "place-lat",
        "history",
        "medication",
        "allergy",
        "doctor",
        "remarks",
        "flat",
        "auto-lock",
        "disability",
    }
)
"""Fields that a department with sealed optional data does not see before a call (ASO-04)."""
WITH_THE_ANSWER = SEALED | {"kana", "reason"}
"""Fields that no console gets while a call rings: any department may leave them optional."""
IMAGE, SECRET, LOGIN = "image", "secret", "login"
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ"


@dataclass
class Marked:
    """A person, or what somebody entered, with the texts that tell of each field."""

    key: str
    department: str
    data: RegistrantData
    marks: dict[str, tuple[str, ...]]
    number: int
    tag: str
    keyed_in: bool = False
    filed: bool = True
    """Whether the department has got the data: a draft is nobody's but its author's."""
    author: str = ""
    """Key of the person whose draft or change this is; empty if it is a person's own record."""
    gone: bool = False
    """Whether the data were destroyed on request: from then on nobody sees them."""
    registrant_id: UUID | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    """Secrets of mailed URLs by purpose."""
    session: str = ""
    device: str = ""
    page: str = ""
    mobile: str = ""
    """Secret of a feature phone's session."""

    @property
    def role(self) -> str:
        """What the person is there for; each department has one of each."""
        return self.key.partition("-")[2]

    @property
    def application(self) -> Application:
        """The data as a complete application."""
        return Application(data=self.data, text_capable=True)

    def keep_secret(self, *secrets: str) -> None:
        """Count these among what nobody but the person may see."""
        self.marks[SECRET] = (*self.marks.get(SECRET, ()), *secrets)

    def photo(self) -> bytes:
        """A picture whose colour tells whose it is."""
        out = io.BytesIO()
        Image.new("RGB", (64, 48), colour(self.number)).save(out, "JPEG", quality=95)
        return out.getvalue()


def colour(number: int) -> tuple[int, int, int]:
    """The colour of a person's picture."""
    return (20 + 40 * (number % 6), 20 + 40 * (number // 6), 90)


def number_of(picture: bytes) -> int:
    """Whose picture it is."""
    seen = Image.open(io.BytesIO(picture)).convert("RGB").getpixel((30, 20))
    assert isinstance(seen, tuple)
    return min(
        range(36),
        key=lambda each: sum((a - b) ** 2 for a, b in zip(seen, colour(each), strict=True)),
    )


def marked(key: str, department: str, number: int, **flags: Any) -> Marked:
    """A person with unmistakable data in every field."""
    tag = f"q{chr(97 + number // 20)}{chr(97 + number % 20)}"
    prefecture, municipality, code, lat, lon = PLACES[department]
    kana = "ヴ" + _KANA[number] + "ヰ" + _KANA[number]
    lat, place_lat = (round(each + number * 0.0002 + 0.0000123, 7) for each in (lat, lat + 0.01))
    born = date(1931 + number, 3, 1 + number % 20)
    data = RegistrantData(
        name=f"見本{tag}name",
        kana=kana,
        birth_date=born,
        sex=Sex.FEMALE,
        address=Address(
            prefecture=prefecture,
            municipality=municipality,
            municipality_code=code,
            street=f"見本町{tag}street",
            flat=f"{tag}flat",
            auto_lock=f"{tag}lock",
            lat=lat,
            lon=lon,
        ),
        mail=f"{tag}mail@phone.example",
        disability=f"{tag}disability",
        reason=f"{tag}reason",
        device=f"スマートフォン{tag}device",
        optional=OptionalData(
            phone=f"0{number:02d}0-7411-22",
            fax=f"0{number:02d}0-7411-33",
            contacts=(
                Contact(
                    name=f"{tag}contact",
                    kana=kana + "ヱ",
                    phone=f"0{number:02d}0-7411-44",
                    address=f"{tag}caddress",
                ),
            ),
            frequent_places=(
                FrequentPlace(
                    label=f"{tag}place", address=f"{tag}paddress", lat=place_lat, lon=lon
                ),
            ),
            medical=Medical(
                history=f"{tag}history",
                medication=f"{tag}medication",
                allergy=f"{tag}allergy",
                doctor=f"{tag}doctor",
            ),
            remarks=f"{tag}remarks",
        ),
    )
    marks = {
        "name": (f"{tag}name",),
        "kana": (kana,),
        "birth": (
            born.isoformat(),
            f"{born.year}年{born.month}月{born.day}日",
            f"{born.day} {born:%B} {born.year}",
        ),
        "street": (f"{tag}street",),
        "lat": (f"{lat:.6f}", f"{lat:.5f}, "),
        "mail": (f"{tag}mail",),
        "disability": (f"{tag}disability",),
        "reason": (f"{tag}reason",),
        "device": (f"{tag}device",),
        "phone": (f"0{number:02d}0-7411-22",),
        "fax": (f"0{number:02d}0-7411-33",),
        "contact": (f"{tag}contact",),
        "contact-kana": (kana + "ヱ",),
        "contact-phone": (f"0{number:02d}0-7411-44",),
        "contact-address": (f"{tag}caddress",),
        "place": (f"{tag}place",),
        "place-address": (f"{tag}paddress",),
        "place-lat": (f"{place_lat:.6f}", f"{place_lat:.5f}, "),
        "history": (f"{tag}history",),
        "medication": (f"{tag}medication",),
        "allergy": (f"{tag}allergy",),
        "doctor": (f"{tag}doctor",),
        "remarks": (f"{tag}remarks",),
        "flat": (f"{tag}flat",),
        "auto-lock": (f"{tag}lock",),
        IMAGE: (f"<picture {number}>",),
    }
    return Marked(key, department, data, marks, number, tag, **flags)


def seen_in(text: str, people: Mapping[str, Marked]) -> set[tuple[str, str]]:
    """Whose data stand in a text, and which of them."""
    found: set[tuple[str, str]] = set()
    for person in people.values():
        # Most marks begin with the person's tag: one look for it instead of one for each.
        tagged = person.tag in text
        for name, marks in person.marks.items():
            if any((tagged or not mark.startswith(person.tag)) and mark in text for mark in marks):
                found.add((person.key, name))
    return found
