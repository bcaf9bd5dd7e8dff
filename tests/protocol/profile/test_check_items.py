"""Each item of the form by itself: what asks for it, and what may stand in it."""

import json
import string
from datetime import date
from typing import Any

import pytest
from net119_protocol.application import Application, Basis
from net119_protocol.person import Contact, FrequentPlace, Medical, OptionalData, Rh
from net119_protocol.profile.check import FieldProblem, path_of, problems
from net119_protocol.profile.form_fields import FIELDS, FieldKind
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Item, Profile

from tests.protocol.profile.forms import FULL

TODAY = date(2026, 11, 24)
NANBU = load_profiles()["chita-nanbu"]
TEXTS = {
    name.replace("*", "0"): field.kind
    for name, field in FIELDS.items()
    if field.kind in (FieldKind.TEXT, FieldKind.LINES) and not name.endswith("mail")
}
"""Every text of an application, and of which kind; mail addresses have a rule of their own."""


def found(
    application: Application, profile: Profile = NANBU, *, has_image: bool = True
) -> list[FieldProblem]:
    """What is wrong with an application, each of it told in both languages."""
    told = list(problems(profile, application, TODAY, has_image=has_image))
    for each in told:
        assert any(ord(character) > 0x3000 for character in each.ja)
        assert each.en.strip()
    return told


def codes(application: Application, path: str) -> set[str]:
    """What is wrong with one field."""
    return {each.code for each in found(application) if each.path == path}


def with_text(path: str, text: str) -> Application:
    """The application with every field, with another text in one."""
    document: Any = json.loads(FULL.model_dump_json())
    inner, (*above, last) = document, path.split(".")
    for part in above:
        inner = inner[int(part) if part.isdigit() else part]
    inner[last] = text
    return Application.model_validate_json(json.dumps(document))


def with_optional(**changes: Any) -> Application:
    """The application with every field, with another optional part."""
    data = FULL.data.model_copy(update={"optional": OptionalData(**changes)})
    return FULL.model_copy(update={"data": data})


def asking(*items: Item) -> Profile:
    """A department that requires these items, and nothing else."""
    return NANBU.model_copy(update={"required": items, "optional": ()})


@pytest.mark.parametrize("path", TEXTS)
def test_a_character_that_nobody_sees_is_found_in_every_text(path: str) -> None:
    assert codes(with_text(path, "見え\u200bない"), path) == {"invisible-character"}


@pytest.mark.parametrize(("path", "kind"), TEXTS.items())
def test_a_text_of_one_line_has_one_line(path: str, kind: FieldKind) -> None:
    wrong = set() if kind is FieldKind.LINES else {"invisible-character"}
    assert codes(with_text(path, "一行目\n二行目"), path) == wrong


@pytest.mark.parametrize(
    "character",
    [
        *"\u034f\u115f\u1160\u17b4\u17b5\u2028\u2029\u2800\u3164\uffa0",
        "\ue000",  # of private use: a dispatcher's screen shows another character, or a box
        "\u2066",
        "\x7f",
    ],
)
def test_whatever_is_shown_as_nothing_is_named_by_its_number(character: str) -> None:
    for path in ("data.name", "data.reason"):
        (told,) = [each for each in found(with_text(path, f"花{character}子")) if each.path == path]
        assert told.code == "invisible-character"
        number = f"U+{ord(character):04X}"
        assert number in told.ja
        assert number in told.en


def test_latin_letters_and_digits_may_stand_in_a_name() -> None:
    for text in (string.ascii_letters, string.digits):
        assert codes(with_text("data.name", text), "data.name") == set()


BLANK_DATA = FULL.data.model_copy(
    update={
        "name": "　",
        "kana": " ",
        "address": FULL.data.address.model_copy(
            update={"street": " ", "flat": None, "auto_lock": "　"}
        ),
        "mail": "   ",
        "disability": "\n",
        "reason": " ",
        "device": " ",
        "device_kind": None,
        "optional": OptionalData(phone=" ", remarks="　", medical=Medical()),
    }
)
WITHOUT = Application(data=BLANK_DATA, basis=Basis.ACCEPTED)
"""Nothing but what the model itself demands; spaces are nothing."""
ASKED = [
    item
    for item in Item
    if item
    not in {
        Item.BIRTH_DATE,
        Item.SEX,  # no application is without these
        Item.CONTACT_ADDRESS,
        Item.CONTACT_REMARKS,
        Item.PLACE_POSITION,  # asked of each entry, if there is one
    }
]


@pytest.mark.parametrize("item", ASKED)
def test_an_item_is_asked_for_where_it_is_required_and_only_there(item: Item) -> None:
    missing = [
        each.path
        for each in found(WITHOUT, asking(item), has_image=False)
        if each.code == "missing"
    ]
    assert missing == [path_of(item)]
    assert found(WITHOUT, asking(), has_image=False) == []
    given = FULL.model_copy(update={"basis": Basis.ACCEPTED})
    assert found(given, asking(item), has_image=True) == []


def test_to_answer_no_is_to_answer() -> None:
    items = (Item.HEARING_PERSON_AT_HOME, Item.SIGN_LANGUAGE, Item.WRITING)
    said_no = with_optional(hearing_person_at_home=False, sign_language=False, writing=False)
    assert not [each for each in found(said_no, asking(*items)) if each.code == "missing"]


def test_of_the_medical_data_any_one_will_do_and_the_rh_type_is_its_own() -> None:
    for medical in (Medical(allergy="卵"), Medical(rh=Rh.UNKNOWN)):
        told = found(with_optional(medical=medical), asking(Item.MEDICAL))
        assert "data.optional.medical" not in {each.path for each in told}
    told = found(with_optional(medical=Medical(allergy="卵")), asking(Item.RH))
    assert "data.optional.medical.rh" in {each.path for each in told}


@pytest.mark.parametrize("means", ["phone", "fax", "mail"])
def test_one_means_is_enough_to_reach_a_contact(means: str) -> None:
    """TOM-15."""
    reached = {"phone": "0000-1-1", "fax": "0000-1-2", "mail": "i@mail.example"}
    one = Contact(name="一郎", **{means: reached[means]})
    assert codes(with_optional(contacts=(one,)), "data.optional.contacts.0") == set()
    blank = one.model_copy(update={means: " "})
    assert codes(with_optional(contacts=(blank,)), "data.optional.contacts.0") == {"no-means"}


def test_a_frequent_place_has_a_label_and_an_address() -> None:
    """TOM-14."""
    places = (FrequentPlace(label=" ", address="架空町"), FrequentPlace(label="職場", address="　"))
    told = {(each.path, each.code) for each in found(with_optional(frequent_places=places))}
    where = "data.optional.frequent_places"
    assert {(f"{where}.0.label", "missing"), (f"{where}.1.address", "missing")} <= told
    assert not {(f"{where}.0.address", "missing"), (f"{where}.1.label", "missing")} & told


def test_as_many_contacts_and_places_as_the_department_has_room_for() -> None:
    one, place = (
        Contact(name="一郎", phone="0000-1-1"),
        FrequentPlace(label="職場", address="架空町"),
    )
    most = {
        "contacts": (one,) * NANBU.max_contacts,
        "frequent_places": (place,) * NANBU.max_places,
    }
    more = {name: (*entries, entries[0]) for name, entries in most.items()}
    told = {each.path for each in found(with_optional(**most)) if each.code == "too-many"}
    assert told == set()
    told = {each.path for each in found(with_optional(**more)) if each.code == "too-many"}
    assert told == {f"data.optional.{name}" for name in most}


def test_a_blank_mail_address_is_missing_and_not_wrong_as_well() -> None:
    assert codes(WITHOUT, "data.mail") == {"missing"}


def test_who_has_not_said_whether_they_can_write_is_asked() -> None:
    """TOM-02."""
    tomakomai = load_profiles()["tomakomai"]
    unsaid = FULL.model_copy(update={"text_capable": None})
    told = {(each.path, each.code) for each in found(unsaid, tomakomai)}
    assert ("text_capable", "text-needed") in told


@pytest.mark.parametrize(
    ("bases", "ja"),
    [
        ((Basis.LIVES, Basis.ACCEPTED), "消防本部の判断を求める"),
        ((Basis.LIVES,), "この消防本部では登録できません"),
    ],
)
def test_who_holds_no_certificate_is_told_what_is_left_to_do(
    bases: tuple[Basis, ...], ja: str
) -> None:
    """CNB-02: to ask for the department's decision, where it takes people so."""
    rule = NANBU.eligibility.model_copy(update={"bases": bases})
    profile = NANBU.model_copy(update={"eligibility": rule})
    without = FULL.model_copy(update={"certificate": False, "basis": Basis.LIVES})
    (told,) = [each for each in found(without, profile) if each.path == "certificate"]
    assert told.code == "certificate-needed"
    assert ja in told.ja


def test_a_birth_date_that_is_yet_to_come_asks_for_no_guardian() -> None:
    """CNB-47: it is a slip, not a minor's."""
    data = FULL.data.model_copy(update={"birth_date": date(2027, 1, 1)})
    told = found(FULL.model_copy(update={"data": data, "guardian": None}))
    paths = {each.path for each in told}
    assert "data.birth_date" in paths
    assert "guardian" not in paths
