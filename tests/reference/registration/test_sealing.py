"""Optional data stay sealed wherever they stand (I6, ASO-04), and a change names each item."""

import json
from datetime import date
from typing import Any

import pytest
from net119_protocol.application import Application
from net119_protocol.person import (
    Address,
    Contact,
    DeviceKind,
    FrequentPlace,
    Medical,
    OptionalData,
    RegistrantData,
    Rh,
    Sex,
)
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Item
from net119_reference.registration.changes import changes, changes_device
from net119_reference.registration.visibility import (
    before_answer,
    changed_items,
    remains_keyed_in,
    visible,
    visible_application,
    with_sealed,
)

ASO, NANBU = (load_profiles()[code] for code in ("aso", "chita-nanbu"))
MARK = "秘密"


def person(**changed: Any) -> RegistrantData:
    """Somebody each of whose optional texts says so."""
    address = Address(
        prefecture="熊本県",
        municipality="阿蘇市",
        municipality_code="43214",
        street="架空町1",
        flat=f"{MARK}101",
        auto_lock=f"{MARK}#119",
        lat=32.9,
        lon=131.1,
        position_confirmed=False,
    )
    contact = Contact(name=MARK, phone="0000-1-1", address=MARK, remarks=MARK)
    optional = OptionalData(
        phone=MARK,
        contacts=(contact,),
        frequent_places=(FrequentPlace(label=MARK, address=MARK, lat=33.0, lon=131.0),),
        medical=Medical(rh=Rh.NEGATIVE, history=MARK),
        remarks=MARK,
    )
    plain: dict[str, Any] = {
        "name": "髙橋",
        "birth_date": date(1980, 1, 1),
        "sex": Sex.FEMALE,
        "address": address,
        "mail": "a@mail.example",
        "kana": MARK,
        "disability": MARK,
        "reason": MARK,
        "device": "架空モバイル",
        "device_kind": DeviceKind.MOBILE_PHONE,
        "optional": optional,
    }
    return RegistrantData(**{**plain, **changed})


def test_sealed_data_show_nothing_optional_wherever_it_stands() -> None:
    seen = visible_application(Application(data=person()), ASO, keyed_in=False)
    text = json.dumps(seen.model_dump(mode="json"), ensure_ascii=False)
    assert MARK not in text
    assert "negative" not in text
    assert seen.data.device == "架空モバイル", "that it changes is for staff to review"
    assert seen.data.address.street == "架空町1"
    assert not seen.data.address.position_is_confirmed, "that is for the department to see"


@pytest.mark.parametrize(("profile", "keyed_in"), [(ASO, True), (NANBU, False)])
def test_what_staff_keyed_in_or_review_is_theirs_to_read(profile: Any, keyed_in: bool) -> None:
    assert visible(person(), profile, keyed_in=keyed_in) == person()


def test_what_the_department_requires_of_an_address_is_not_sealed() -> None:
    asking = ASO.model_copy(update={"required": (*ASO.required, Item.FLAT)})
    address = visible(person(), asking, keyed_in=False).address
    assert (address.flat, address.auto_lock) == (f"{MARK}101", None)


def test_what_the_department_requires_is_not_sealed() -> None:
    required = (*ASO.required, Item.PHONE, Item.DISABILITY)
    seen = visible(person(), ASO.model_copy(update={"required": required}), keyed_in=False)
    assert seen.optional == OptionalData(phone=MARK)
    assert (seen.disability, seen.kana) == (MARK, "")


def test_while_a_call_rings_nothing_that_any_department_leaves_optional_is_shown() -> None:
    """Whatever the home department requires: a receiving provider does not know it."""
    told = person()
    seen = before_answer(told)
    assert MARK not in seen.model_dump_json()
    assert (seen.name, seen.birth_date, seen.mail, seen.device) == (
        told.name,
        told.birth_date,
        told.mail,
        told.device,
    )
    assert seen.address.street == told.address.street
    assert (seen.address.lat, seen.address.position_confirmed) == (32.9, False)


def test_what_staff_cannot_see_they_cannot_destroy() -> None:
    blind = visible(person(), ASO, keyed_in=False)
    entered = blind.model_copy(
        update={
            "name": "髙橋　𠮷子",
            "optional": OptionalData(phone="0000-2-2", medical=Medical(allergy="卵")),
        }
    )
    kept = with_sealed(entered, person(), ASO, keyed_in=False)
    assert kept.name == "髙橋　𠮷子"
    assert kept.kana == kept.disability == kept.reason == MARK
    assert kept.device == "架空モバイル"
    assert kept.address == person().address
    old = person().optional
    assert old is not None
    assert kept.optional == old.model_copy(
        update={
            "phone": "0000-2-2",
            "medical": Medical(rh=Rh.NEGATIVE, history=MARK, allergy="卵"),
        }
    )


def test_nothing_entered_changes_nothing_that_is_sealed() -> None:
    assert with_sealed(visible(person(), ASO, keyed_in=False), person(), ASO, keyed_in=False) == (
        person()
    )


@pytest.mark.parametrize("moved", [{"street": "架空町2"}, {"municipality_code": "43423"}])
def test_the_flat_of_a_home_that_is_left_stays_behind(moved: dict[str, str]) -> None:
    blind = visible(person(), ASO, keyed_in=False)
    entered = blind.model_copy(update={"address": blind.address.model_copy(update=moved)})
    address = with_sealed(entered, person(), ASO, keyed_in=False).address
    assert address == entered.address
    assert (address.flat, address.auto_lock) == (None, None)


@pytest.mark.parametrize(("profile", "keyed_in"), [(ASO, True), (NANBU, False)])
def test_what_staff_see_they_can_take_out(profile: Any, keyed_in: bool) -> None:
    bare = person(kana="", disability="", reason="", optional=None)
    assert with_sealed(bare, person(), profile, keyed_in=keyed_in) == bare


def test_what_staff_enter_where_nothing_was_is_all_there_is() -> None:
    bare = person(optional=None)
    for entered in (None, OptionalData(medical=Medical(allergy="卵"), remarks="犬")):
        told = bare.model_copy(update={"optional": entered})
        assert with_sealed(told, bare, ASO, keyed_in=False).optional == entered
    kept = with_sealed(bare, person(), ASO, keyed_in=False).optional
    assert kept == person().optional, "the medical data, too"


SICK = OptionalData(medical=Medical(medication=MARK))


def test_of_a_change_to_sealed_data_it_is_told_only_that_there_is_one() -> None:
    """ASO-04: that somebody entered a medicine tells of the illness."""
    before = Application(data=person(optional=None))
    renamed = Application(data=person(optional=None, name="髙橋　良子"))
    sick = Application(data=person(optional=SICK))
    both = Application(data=person(optional=SICK, name="髙橋　良子"))

    def told(after: Application, profile: Any, *, keyed_in: bool) -> tuple[str, ...]:
        return changed_items(before, after, profile, keyed_in=keyed_in)

    assert told(before, ASO, keyed_in=False) == ()
    assert told(renamed, ASO, keyed_in=False) == ("data.name",)
    assert told(sick, ASO, keyed_in=False) == ("data.optional",)
    assert told(both, ASO, keyed_in=False) == ("data.name", "data.optional")
    open_to_read = ("data.name", "data.optional.medical.medication")
    assert told(both, ASO, keyed_in=True) == open_to_read
    assert told(both, NANBU, keyed_in=False) == open_to_read


def test_what_a_person_adds_to_what_staff_keyed_in_seals_the_record() -> None:
    """ASO-04: staff have not read it; what they have read they know already."""
    before = Application(data=person(optional=None))
    renamed = Application(data=person(optional=None, name="髙橋　良子"))
    sick = Application(data=person(optional=SICK))
    assert remains_keyed_in(before, renamed, ASO, keyed_in=True)
    assert not remains_keyed_in(before, sick, ASO, keyed_in=True)
    assert remains_keyed_in(before, sick, NANBU, keyed_in=True), "nothing is sealed there"
    assert not remains_keyed_in(before, renamed, ASO, keyed_in=False)


def test_a_change_names_each_new_item_with_before_and_after() -> None:
    before = person()
    address = before.address.model_copy(update={"flat": "203", "position_confirmed": None})
    extra = OptionalData(medical=Medical(rh=Rh.POSITIVE))
    after = person(address=address, optional=extra, device_kind=DeviceKind.SMARTPHONE)
    found = {
        each.path: (each.before, each.after)
        for each in changes(Application(data=before), Application(data=after))
    }
    assert found["data.address.flat"] == (f"{MARK}101", "203")
    assert found["data.address.position_confirmed"] == ("no", "")
    assert found["data.optional.medical.rh"] == ("negative", "positive")
    assert found["data.optional.contacts.0.address"] == (MARK, "")
    assert found["data.optional.contacts.0.remarks"] == (MARK, "")
    assert found["data.optional.frequent_places.0.lat"] == ("33.0", "")
    assert found["data.device_kind"] == ("mobile-phone", "smartphone")
    assert "data.address.auto_lock" not in found


def test_another_kind_of_handset_is_another_device() -> None:
    before = Application(data=person(device="架空モバイル"))
    after = Application(data=person(device="架空モバイル", device_kind=DeviceKind.SMARTPHONE))
    assert changes_device(before, after)
    assert not changes_device(after, after)
