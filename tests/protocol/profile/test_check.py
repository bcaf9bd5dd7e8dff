"""What each department refuses of an application, and that it says why (TOM-02, CTS-05, ...)."""

from datetime import date
from typing import Any

import pytest
from net119_protocol.application import Application, Basis, Guardian
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
from net119_protocol.profile.check import age_on, path_of, problems
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Item, Profile

TODAY = date(2026, 11, 24)
PROFILES = load_profiles()
PLACES = {
    "tomakomai": ("北海道", "苫小牧市", "01213"),
    "chitose": ("北海道", "千歳市", "01224"),
    "chita-nanbu": ("愛知県", "南知多町", "23445"),
    "aso": ("熊本県", "阿蘇市", "43214"),
}


def application(department: str, **changes: Any) -> Application:
    """An application that the department takes, with changes to its data."""
    prefecture, municipality, code = PLACES[department]
    data: dict[str, Any] = {
        "name": "髙橋　𠮷子①",
        "kana": "タカハシ　ヨシコ",
        "birth_date": date(1980, 2, 29),
        "sex": Sex.FEMALE,
        "address": Address(
            prefecture=prefecture,
            municipality=municipality,
            municipality_code=code,
            street="1丁目2番3号",
            lat=35.0,
            lon=135.0,
        ),
        "mail": "yoshiko.t@mail.example",
        "disability": "聴覚障害",
        "reason": "音声で話せないため",
        "device": "スマートフォン",
        "optional": OptionalData(phone="0000-12-3456", fax="0000-12-3457"),
    }
    outer = {key: changes.pop(key) for key in list(changes) if key in Application.model_fields}
    fitting: dict[str, Any] = {"certificate": True, "text_capable": True}
    return Application(data=RegistrantData(**{**data, **changes}), **{**fitting, **outer})


def codes(profile: Profile, given: Application, *, has_image: bool = True) -> set[tuple[str, str]]:
    return {(each.path, each.code) for each in problems(profile, given, TODAY, has_image=has_image)}


@pytest.mark.parametrize("department", PLACES)
def test_a_fitting_application_is_taken(department: str) -> None:
    assert codes(PROFILES[department], application(department)) == set()


@pytest.mark.parametrize("department", PLACES)
def test_every_required_item_is_asked_for_by_name(department: str) -> None:
    profile = PROFILES[department]
    bare = application(department, kana="", disability="", reason="", device="", optional=None)
    found = codes(profile, bare, has_image=False)
    can_be_left_out = {
        Item.KANA,
        Item.DISABILITY,
        Item.REASON,
        Item.DEVICE,
        Item.PHONE,
        Item.FAX,
        Item.IDENTITY_IMAGE,
    }
    wanted = {(path_of(item), "missing") for item in profile.required if item in can_be_left_out}
    assert found == wanted


@pytest.mark.parametrize("department", PLACES)
def test_only_tomakomai_asks_for_an_image(department: str) -> None:
    found = codes(PROFILES[department], application(department), has_image=False)
    assert found == ({("image", "missing")} if department == "tomakomai" else set())


@pytest.mark.parametrize(
    ("department", "works", "certificate"),
    [
        ("tomakomai", set(), set()),
        ("chitose", set(), {("certificate", "missing")}),
        ("chita-nanbu", {("basis", "not-eligible")}, {("certificate", "missing")}),
        ("aso", set(), set()),
    ],
)
def test_who_may_register(
    department: str, works: set[tuple[str, str]], certificate: set[tuple[str, str]]
) -> None:
    profile = PROFILES[department]
    place = profile.municipalities[0]
    commuter = application(department, basis=Basis.WORKS, basis_municipality=place)
    assert codes(profile, commuter) == works
    assert codes(profile, application(department, certificate=None)) == certificate


def test_only_tomakomai_asks_for_writing() -> None:
    found = {
        department: codes(profile, application(department, text_capable=False))
        for department, profile in PROFILES.items()
    }
    assert found.pop("tomakomai") == {("text_capable", "text-needed")}
    assert not any(found.values())


@pytest.mark.parametrize("department", PLACES)
def test_an_address_outside_the_area_is_refused(department: str) -> None:
    elsewhere = application(department)
    address = elsewhere.data.address.model_copy(update={"municipality_code": "13101"})
    given = application(department, address=address)
    assert codes(PROFILES[department], given) == {
        ("data.address.municipality_code", "outside-area")
    }


def test_a_place_of_work_outside_the_area_is_refused() -> None:
    given = application("aso", basis=Basis.WORKS, basis_municipality="13101")
    assert codes(PROFILES["aso"], given) == {("basis_municipality", "outside-area")}


def test_whom_the_department_is_to_accept_may_live_anywhere() -> None:
    given = application("chita-nanbu", basis=Basis.ACCEPTED, certificate=None)
    assert codes(PROFILES["chita-nanbu"], given) == set()


@pytest.mark.parametrize(
    ("born", "needed"),
    [(date(2008, 11, 24), False), (date(2008, 11, 25), True), (date(2015, 4, 1), True)],
)
def test_a_guardian_applies_for_a_minor(born: date, needed: bool) -> None:
    """CNB-47: who turns 18 today no longer needs one."""
    profile = PROFILES["chita-nanbu"]
    alone = codes(profile, application("chita-nanbu", birth_date=born))
    assert alone == ({("guardian", "guardian-needed")} if needed else set())
    guardian = Guardian(name="髙橋　一郎", relation="父")
    assert codes(profile, application("chita-nanbu", birth_date=born, guardian=guardian)) == set()


def test_who_is_born_on_a_leap_day_ages_on_1_march() -> None:
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "山田\u200b花子"}, ("data.name", "invisible-character")),
        ({"name": "\u202e花子"}, ("data.name", "invisible-character")),
        ({"name": "花子\x07"}, ("data.name", "invisible-character")),
        ({"name": "花子\u3164"}, ("data.name", "invisible-character")),
        ({"reason": "話せない\u202e"}, ("data.reason", "invisible-character")),
        ({"kana": "Hanako"}, ("data.kana", "not-kana")),
        ({"birth_date": date(2026, 11, 25)}, ("data.birth_date", "future")),
        ({"birth_date": date(1850, 1, 1)}, ("data.birth_date", "too-old")),
        ({"mail": "a--b@mail.example"}, ("data.mail", "symbols-doubled")),
        ({"name": "　"}, ("data.name", "missing")),
    ],
)
def test_bad_input_is_named(changes: dict[str, Any], problem: tuple[str, str]) -> None:
    assert codes(PROFILES["tomakomai"], application("tomakomai", **changes)) == {problem}


@pytest.mark.parametrize(
    "kana",
    ["たかはし　よしこ", "タカハシ ヨシコ", "ﾀｶﾊｼ ﾖｼｺ", "ジョー・スミス", "カ\u3099ント"],
)
def test_kana_of_all_kinds_is_taken(kana: str) -> None:
    assert codes(PROFILES["tomakomai"], application("tomakomai", kana=kana)) == set()


# CJK Extension H is newer than the tables of Python 3.11; the last has a variation selector.
@pytest.mark.parametrize("name", ["髙橋", "𠮷田", "①郎", "\U00031350本", "葛\U000e0100城", "Ō Sŭ"])
def test_rare_characters_in_names_are_taken(name: str) -> None:
    assert codes(PROFILES["tomakomai"], application("tomakomai", name=name)) == set()


def test_longer_texts_may_have_several_lines() -> None:
    given = application("tomakomai", reason="声が出ません。\r\n電話ができません。")
    assert codes(PROFILES["tomakomai"], given) == set()


def test_texts_of_contacts_and_places_are_looked_at_too() -> None:
    optional = OptionalData(
        phone="　",
        fax="0000-12-3457",
        contacts=(
            Contact(name="一\u200b郎", kana="Ichiro", mail="a..b@docomo.example"),
            Contact(name="二郎", mail="a;b@docomo.example"),
            Contact(name="三郎", phone=" "),
        ),
        frequent_places=(FrequentPlace(label="勤め先", address="\u200e2丁目", note="1階\n裏口"),),
    )
    profile = PROFILES["chita-nanbu"].model_copy(update={"max_contacts": 3})
    assert codes(profile, application("chita-nanbu", optional=optional)) == {
        ("data.optional.phone", "missing"),
        ("data.optional.contacts.0.name", "invisible-character"),
        ("data.optional.contacts.0.kana", "not-kana"),
        ("data.optional.contacts.1.mail", "unsendable"),
        ("data.optional.contacts.2", "no-means"),
        ("data.optional.frequent_places.0.address", "invisible-character"),
    }


@pytest.mark.parametrize(
    ("department", "wanted"),
    [
        ("tomakomai", set()),
        ("chitose", set()),  # staff decide
        ("chita-nanbu", {("certificate", "certificate-needed")}),
        ("aso", set()),
    ],
)
def test_who_holds_no_certificate(department: str, wanted: set[tuple[str, str]]) -> None:
    given = application(department, certificate=False)
    assert codes(PROFILES[department], given) == wanted


def test_too_many_contacts_and_places() -> None:
    profile = PROFILES["chita-nanbu"]
    contact = Contact(name="髙橋　一郎", phone="0000-11-1111")
    place = FrequentPlace(label="勤め先", address="2丁目")
    optional = OptionalData(
        phone="0000-12-3456",
        fax="0000-12-3457",
        contacts=(contact,) * 3,
        frequent_places=(place,) * 4,
    )
    found = codes(profile, application("chita-nanbu", optional=optional))
    assert found == {
        ("data.optional.contacts", "too-many"),
        ("data.optional.frequent_places", "too-many"),
    }


def test_every_problem_speaks_both_languages() -> None:
    bare = application(
        "tomakomai", kana="x", mail=".a@mail.example", reason="", basis=Basis.ACCEPTED
    )
    found = problems(PROFILES["tomakomai"], bare, TODAY)
    assert len(found) >= 4
    for each in found:
        assert any(ord(c) > 0x3000 for c in each.ja)
        assert each.en.isascii()


def _asking(*items: Item) -> Profile:
    """Chita-Nanbu, were it to require these items."""
    nanbu = PROFILES["chita-nanbu"]
    return nanbu.model_copy(update={"required": (*nanbu.required, *items)})


def _with_address(**changes: Any) -> Application:
    plain = application("chita-nanbu")
    address = plain.data.address.model_copy(update=changes)
    return application("chita-nanbu", address=address)


def _with_optional(**changes: Any) -> Application:
    extra = OptionalData(phone="0000-12-3456", fax="0000-12-3457", **changes)
    return application("chita-nanbu", optional=extra)


@pytest.mark.parametrize(("item", "name"), [(Item.FLAT, "flat"), (Item.AUTO_LOCK, "auto_lock")])
def test_a_required_part_of_the_address_is_asked_for(item: Item, name: str) -> None:
    path = f"data.address.{name}"
    assert codes(_asking(item), application("chita-nanbu")) == {(path, "missing")}
    assert codes(_asking(item), _with_address(**{name: " "})) == {(path, "missing")}
    assert codes(_asking(item), _with_address(**{name: "203"})) == set()


@pytest.mark.parametrize(
    ("item", "name"), [(Item.CONTACT_ADDRESS, "address"), (Item.CONTACT_REMARKS, "remarks")]
)
def test_a_required_detail_of_contacts_is_asked_of_each(item: Item, name: str) -> None:
    one = Contact(name="髙橋　一郎", phone="0000-1-1", **{name: "千歳市架空1"})
    other = Contact(name="髙橋　二郎", phone="0000-1-2")
    given = _with_optional(contacts=(one, other))
    assert codes(_asking(item), given) == {(f"data.optional.contacts.1.{name}", "missing")}
    assert codes(PROFILES["chita-nanbu"], given) == set()


def test_a_required_position_is_asked_of_each_place() -> None:
    found = FrequentPlace(label="職場", address="架空1", lat=34.7, lon=136.9)
    lost = FrequentPlace(label="病院", address="架空2")
    given = _with_optional(frequent_places=(found, lost))
    problem = ("data.optional.frequent_places.1.lat", "missing")
    assert codes(_asking(Item.PLACE_POSITION), given) == {problem}
    assert codes(PROFILES["chita-nanbu"], given) == set()


def test_rh_is_asked_for_where_it_is_required() -> None:
    problem = ("data.optional.medical.rh", "missing")
    assert codes(_asking(Item.RH), application("chita-nanbu")) == {problem}
    given = _with_optional(medical=Medical(rh=Rh.UNKNOWN))
    assert codes(_asking(Item.RH, Item.MEDICAL), given) == set()


def test_a_kind_of_handset_stands_for_its_words_but_not_the_kind_other() -> None:
    nanbu = PROFILES["chita-nanbu"]
    smart = application("chita-nanbu", device="", device_kind=DeviceKind.SMARTPHONE)
    other = application("chita-nanbu", device="", device_kind=DeviceKind.OTHER)
    assert codes(nanbu, smart) == set()
    assert codes(nanbu, other) == {("data.device", "missing")}
    elsewhere = application("aso", device="", device_kind=DeviceKind.OTHER)
    assert codes(PROFILES["aso"], elsewhere) == {("data.device", "missing")}
    assert codes(_asking(Item.DEVICE_KIND), smart) == set()
    missing = {("data.device_kind", "missing")}
    assert codes(_asking(Item.DEVICE_KIND), application("chita-nanbu")) == missing


def test_an_address_too_long_for_a_call_is_told_before_it_is_registered() -> None:
    nanbu = PROFILES["chita-nanbu"]
    before = len("愛知県南知多町")
    assert codes(nanbu, _with_address(street="丁" * (200 - before))) == set()
    too_long = {("data.address.street", "too-long")}
    assert codes(nanbu, _with_address(street="丁" * (201 - before))) == too_long
    assert codes(nanbu, _with_address(street="丁" * (197 - before), flat="101")) == too_long


def test_invisible_characters_are_found_in_the_new_texts_too() -> None:
    hidden = "a\u200bb"
    contact = Contact(name="髙橋", phone="0000-1-1", address=hidden, remarks=hidden)
    given = application(
        "chita-nanbu",
        address=_with_address(flat=hidden, auto_lock=hidden).data.address,
        optional=OptionalData(phone="0000-12-3456", fax="0000-12-3457", contacts=(contact,)),
    )
    assert codes(PROFILES["chita-nanbu"], given) == {
        (path, "invisible-character")
        for path in (
            "data.address.flat",
            "data.address.auto_lock",
            "data.optional.contacts.0.address",
            "data.optional.contacts.0.remarks",
        )
    }
