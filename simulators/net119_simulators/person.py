"""People who register: made up, plausible, and the same again for the same seed.

Nobody real can be meant or reached: phone numbers start with 0000, which no number in Japan does,
and mail domains end in ``.example``.
"""

import functools
import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

from net119_protocol.directory import JurisdictionIndex, load_municipalities, random_point_in
from net119_protocol.person import (
    Address,
    Contact,
    FrequentPlace,
    Medical,
    OptionalData,
    RegistrantData,
    Sex,
)

from net119_simulators import person_words as words

T = TypeVar("T")

_OLDEST = date(1930, 1, 1)
_YOUNGEST = date(2017, 12, 31)
_WIDE_NAME_SHARE = 0.15


class UnknownMunicipality(LookupError):
    """No municipality has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"municipality {code!r} is not in the directory's polygons; "
            "give a five-digit JIS code, for example 01213"
        )


@functools.cache
def jurisdictions() -> JurisdictionIndex:
    """The municipalities of the directory's package data with their polygons, read once."""
    return JurisdictionIndex(load_municipalities())


def make_person(seed: int | str, municipality_code: str) -> RegistrantData:
    """The person of this seed who lives in this municipality; the same again on every call.

    Raises:
        UnknownMunicipality: no municipality has this code.
    """
    return draw_person(random.Random(f"{seed}/{municipality_code}"), municipality_code)


def draw_person(rng: random.Random, municipality_code: str) -> RegistrantData:
    """A person living in this municipality, drawn from ``rng``.

    The one source of `make_person` and of the hypothesis strategies.

    Raises:
        UnknownMunicipality: no municipality has this code.
    """
    sex = rng.choices((Sex.MALE, Sex.FEMALE, Sex.UNSTATED), (47, 49, 4))[0]
    surname = _surname(rng)
    given = _given_name(rng, sex)
    return RegistrantData(
        name=f"{surname[0]}　{given[0]}",
        kana=f"{surname[1]}　{given[1]}",
        birth_date=_OLDEST + timedelta(days=rng.randint(0, (_YOUNGEST - _OLDEST).days)),
        sex=sex,
        address=_address(rng, municipality_code),
        mail=_mail(rng, surname, given),
        disability=rng.choice(words.DISABILITIES),
        reason=rng.choice(words.REASONS),
        device=rng.choice(words.DEVICES),
        optional=_optional(rng, surname) if rng.random() < 0.8 else None,
    )


def fictional_phone(rng: random.Random) -> str:
    """A phone number that rings nowhere and looks it: 0000-12-3456."""
    return f"0000-{rng.randint(0, 99):02}-{rng.randint(0, 9999):04}"


def point_in(rng: random.Random, municipality_code: str) -> tuple[float, float]:
    """A point (latitude, longitude) inside a municipality, to six decimals where they suffice.

    Raises:
        UnknownMunicipality: no municipality has this code.
    """
    index = jurisdictions()
    if municipality_code not in index.municipalities:
        raise UnknownMunicipality(municipality_code)
    # Places are tried until one fits: not with numbers that hypothesis steers, but with a
    # generator that starts from one of them.
    lon, lat = random_point_in(index, municipality_code, random.Random(rng.getrandbits(64)))
    short_lon, short_lat = round(lon, 6), round(lat, 6)
    hit = index.at(short_lon, short_lat)
    if hit.municipality == municipality_code and not hit.sea:
        return short_lat, short_lon
    return lat, lon


def _surname(rng: random.Random) -> words.NamePair:
    if rng.random() < _WIDE_NAME_SHARE:
        return rng.choice(words.WIDE_SURNAMES)
    return rng.choices(list(words.SURNAMES), list(words.SURNAMES.values()))[0]


def _given_name(rng: random.Random, sex: Sex) -> words.NamePair:
    if sex is Sex.UNSTATED:
        return rng.choice(words.MALE_NAMES + words.FEMALE_NAMES)
    return rng.choice(words.MALE_NAMES if sex is Sex.MALE else words.FEMALE_NAMES)


def _address(rng: random.Random, municipality_code: str) -> Address:
    lat, lon = point_in(rng, municipality_code)
    where = jurisdictions().municipalities[municipality_code]
    return Address(
        prefecture=where.prefecture,
        municipality=where.name_ja,
        municipality_code=municipality_code,
        street=_street(rng),
        lat=lat,
        lon=lon,
    )


def _street(rng: random.Random) -> str:
    number = f"{rng.randint(1, 9)}丁目{rng.randint(1, 40)}番{rng.randint(1, 30)}号"
    flat = ""
    if rng.random() < 0.35:
        flat = f" {rng.choice(words.BUILDINGS)}{rng.randint(1, 9)}0{rng.randint(1, 9)}号室"
    return f"{rng.choice(words.TOWNS)}{number}{flat}"


def _mail(rng: random.Random, surname: words.NamePair, given: words.NamePair) -> str:
    user = f"{given[2]}.{surname[2]}{rng.randint(1, 9999)}".lower()
    return f"{user}@{rng.choice(words.MAIL_DOMAINS)}"


def _optional(rng: random.Random, surname: words.NamePair) -> OptionalData:
    return OptionalData(
        phone=_perhaps(rng, 0.5, fictional_phone(rng)),
        fax=_perhaps(rng, 0.7, fictional_phone(rng)),
        contacts=tuple(_contact(rng, surname) for _ in range(rng.randint(0, 2))),
        frequent_places=tuple(_frequent_place(rng) for _ in range(rng.randint(0, 2))),
        medical=_perhaps(rng, 0.7, _medical(rng)),
        hearing_person_at_home=rng.choice((True, False, None)),
        sign_language=rng.choice((True, False, None)),
        writing=rng.choice((True, False, None)),
        remarks=rng.choice(words.REMARKS),
    )


def _contact(rng: random.Random, surname: words.NamePair) -> Contact:
    if rng.random() < 0.6:
        family = surname
        relation, sex = rng.choice(words.RELATIONS)
    else:
        family, relation, sex = _surname(rng), rng.choice(words.FRIENDS), Sex.UNSTATED
    given = _given_name(rng, sex)
    means = rng.choice(("phone", "fax", "mail", "all"))
    return Contact(
        name=f"{family[0]}　{given[0]}",
        kana=f"{family[1]}　{given[1]}",
        relation=relation,
        phone=fictional_phone(rng) if means in ("phone", "all") else None,
        fax=fictional_phone(rng) if means in ("fax", "all") else None,
        mail=_mail(rng, family, given) if means in ("mail", "all") else None,
    )


def _frequent_place(rng: random.Random) -> FrequentPlace:
    return FrequentPlace(
        label=rng.choice(words.PLACE_LABELS), address=_street(rng), note=_floor(rng)
    )


def _floor(rng: random.Random) -> str:
    return rng.choice(("", f"{rng.randint(1, 9)}階", "平日の日中"))


def _medical(rng: random.Random) -> Medical:
    return Medical(
        blood_type=_perhaps(rng, 0.8, rng.choice(words.BLOOD_TYPES)),
        history=_some(rng, words.HISTORIES),
        medication=_some(rng, words.MEDICATIONS),
        allergy=_some(rng, words.ALLERGIES),
        hospital=_some(rng, words.HOSPITALS),
        doctor=_perhaps(rng, 0.4, f"{_surname(rng)[0]}医師"),
    )


def _some(rng: random.Random, choices: Sequence[str]) -> str | None:
    return _perhaps(rng, 0.6, rng.choice(choices))


def _perhaps(rng: random.Random, share: float, value: T) -> T | None:
    return value if rng.random() < share else None
