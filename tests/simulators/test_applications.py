"""People who register: whatever the department and the seed, their application is in order."""

import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from net119_protocol.application import Basis
from net119_protocol.profile import check
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Item
from net119_simulators.applications import make_applying, moved
from net119_simulators.identity_card import CAMERA, identity_card
from net119_simulators.person import jurisdictions, make_person
from PIL import Image

TODAY = date(2026, 7, 1)
PROFILES = load_profiles()
DEPARTMENTS = sorted(PROFILES)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(DEPARTMENTS), st.integers(0, 10**6))
def test_every_application_is_in_order(department: str, seed: int) -> None:
    profile = PROFILES[department]
    person = make_applying(profile, seed, TODAY)
    found = check.problems(profile, person.application, TODAY, has_image=person.image is not None)
    assert found == ()
    address = person.application.data.address
    hit = jurisdictions().at(address.lon, address.lat)
    assert hit.municipality == address.municipality_code
    inside = address.municipality_code in profile.municipalities
    assert inside == (person.application.basis is Basis.LIVES)


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_the_same_seed_is_the_same_person_and_mails_differ(department: str) -> None:
    profile = PROFILES[department]
    people = [make_applying(profile, seed, TODAY) for seed in range(200)]
    assert people[7] == make_applying(profile, 7, TODAY)
    assert len({person.mail for person in people}) == 200
    bases = {person.application.basis for person in people}
    assert len(bases) > 1, "more than one reason to register occurs"
    guarded = any(person.application.guardian is not None for person in people)
    assert guarded == (profile.eligibility.guardian_below_age > 0)


def test_what_is_not_asked_is_not_told() -> None:
    for seed in range(50):
        person = make_applying(PROFILES["tomakomai"], seed, TODAY)
        data = person.application.data
        assert (data.disability, data.device, data.device_kind) == ("", "", None)
        assert data.optional is None or data.optional.medical is None
        assert person.image is not None
    assert make_applying(PROFILES["aso"], 1, TODAY).image is None
    assert not PROFILES["aso"].asks(Item.IDENTITY_IMAGE)


def test_who_has_moved_lives_elsewhere_in_the_same_municipality() -> None:
    before = make_applying(PROFILES["chitose"], 3, TODAY, basis=Basis.LIVES).application
    after = moved(before, 3)
    assert after.data.address.street != before.data.address.street
    assert after.data.address.municipality_code == before.data.address.municipality_code
    assert after.data.name == before.data.name
    assert check.problems(PROFILES["chitose"], after, TODAY) == ()


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_the_card_is_a_marked_specimen_with_the_position_of_a_phone(file_format: str) -> None:
    person = make_person(7, "01213")
    content = identity_card(person, 7, file_format=file_format)
    image = Image.open(io.BytesIO(content))
    assert image.format == file_format
    exif = image.getexif()
    assert exif[0x010F] == CAMERA
    gps = exif.get_ifd(0x8825)
    degrees, minutes, seconds = (float(part) for part in gps[2])
    assert abs(degrees + minutes / 60 + seconds / 3600 - person.address.lat) < 1e-5
    assert gps[1] == "N"
    red = sum(
        count
        for count, color in image.convert("RGB").getcolors(1 << 24) or []
        if isinstance(color, tuple) and color[0] > 170 and color[1] < 80
    )
    assert red > 3_000, "見本 stands across it"
    assert identity_card(person, 7, file_format=file_format) == content


def test_cards_of_different_people_differ() -> None:
    cards = {identity_card(make_person(seed, "01213"), seed) for seed in range(5)}
    assert len(cards) == 5
