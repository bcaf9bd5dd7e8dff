import random
import re

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from net119_protocol.person import RegistrantData
from net119_simulators.person import UnknownMunicipality, draw_person, jurisdictions, make_person
from net119_simulators.strategies import municipality_codes, persons

KATAKANA = re.compile(r"^[ァ-ヶー]+　[ァ-ヶー]+$")
FICTIONAL = re.compile(r"^0000-\d{2}-\d{4}$")


def phones_and_mails(person: RegistrantData) -> tuple[list[str], list[str]]:
    phones, mails = [], [person.mail]
    if person.optional is not None:
        for contact in person.optional.contacts:
            phones += [contact.phone, contact.fax]
            mails += [contact.mail] if contact.mail else []
        phones += [person.optional.phone, person.optional.fax]
    return [phone for phone in phones if phone is not None], mails


@given(seed=st.integers(), code=municipality_codes())
@settings(max_examples=60, deadline=None)
def test_same_seed_same_person_inside_the_municipality(seed: int, code: str) -> None:
    person = make_person(seed, code)
    assert make_person(seed, code) == person
    known = jurisdictions().municipalities
    assert person.address.municipality == known[code].name_ja
    assert person.address.prefecture == known[code].prefecture
    assert shapely.intersects_xy(known.polygon(code), person.address.lon, person.address.lat)


@given(person=persons(("01213", "23224", "43428")))
@settings(max_examples=100, deadline=None)
def test_nobody_real_can_be_reached(person: RegistrantData) -> None:
    phones, mails = phones_and_mails(person)
    assert all(FICTIONAL.match(phone) for phone in phones)
    assert all(mail.endswith(".example") for mail in mails)
    assert KATAKANA.match(person.kana)
    assert RegistrantData.model_validate_json(person.model_dump_json(by_alias=True)) == person


def test_strategy_and_seed_share_one_source() -> None:
    assert draw_person(random.Random("7/01213"), "01213") == make_person(7, "01213")


def test_some_people_have_characters_that_old_systems_lose() -> None:
    names = "".join(make_person(seed, "01213").name for seed in range(400))
    assert {"髙", "𠮷", "﨑"} <= set(names)


def test_different_seeds_give_different_people() -> None:
    assert len({make_person(seed, "01213").mail for seed in range(200)}) > 190


def test_optional_data_are_sometimes_there_and_sometimes_not() -> None:
    people = [make_person(seed, "01213") for seed in range(60)]
    assert {person.optional is None for person in people} == {True, False}
    assert any(person.optional and person.optional.medical for person in people)
    assert any(person.optional and person.optional.contacts for person in people)


def test_unknown_municipality_is_named() -> None:
    with pytest.raises(UnknownMunicipality, match="99999"):
        make_person(1, "99999")
