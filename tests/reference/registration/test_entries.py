"""What a person typed into the form: everything wrong is said at once, and nothing twice."""

from datetime import date
from typing import Any

import pytest
import shapely
from net119_protocol.application import Basis
from net119_protocol.directory import COAST_M, JurisdictionIndex, load_municipalities
from net119_protocol.person import Address
from net119_protocol.profile.form import to_fields
from net119_protocol.profile.load import load_profiles
from net119_reference.registration.entries import (
    COUNTS,
    Reading,
    fields_of,
    kept,
    moved_up,
    read,
    shown_entries,
)

from tests.reference.registration.support import application

TODAY = date(2026, 11, 24)
NANBU = load_profiles()["chita-nanbu"]
CODE, PREFECTURE, NAME = (
    f"data.address.{each}" for each in ("municipality_code", "prefecture", "municipality")
)
LAT, LON, CONFIRMED = (f"data.address.{each}" for each in ("lat", "lon", "position_confirmed"))
CONTACTS, PLACES = COUNTS
HOME = {LAT: "34.715000", LON: "136.930000", CONFIRMED: "yes"}
"""On land, in 南知多町."""


@pytest.fixture(scope="module")
def index() -> JurisdictionIndex:
    return JurisdictionIndex(load_municipalities())


def form(**changes: str | None) -> dict[str, str]:
    """A complete form of Chita-Nanbu; ``__`` stands for a dot, ``None`` for a field left out."""
    fields: dict[str, str | None] = {
        **to_fields(application("chita-nanbu")),
        **HOME,
        **{name.replace("__", "."): text for name, text in changes.items()},
    }
    return {name: text for name, text in fields.items() if text is not None}


def reading(
    index: JurisdictionIndex, fields: dict[str, Any], before: Address | None = None
) -> Reading:
    return read(fields, NANBU, index, TODAY, has_image=False, before=before)


def told(index: JurisdictionIndex, fields: dict[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with a form, each in both languages; an application comes of a right one."""
    found = reading(index, fields)
    for each in found.problems:
        assert any(ord(character) > 0x3000 for character in each.ja)
        assert each.en.strip()
    assert found.problems or found.application is not None
    return [(each.path, each.code) for each in found.problems]


def test_a_complete_form_is_taken(index: JurisdictionIndex) -> None:
    assert told(index, form()) == []


def test_the_code_of_the_municipality_says_its_name_and_prefecture(
    index: JurisdictionIndex,
) -> None:
    """Whatever else the page sent; what is on record keeps its own spelling of the same one."""
    fields = form(data__address__prefecture="東京都", data__address__municipality=None)
    fields[CODE] = f" {fields[CODE]} "
    found = reading(index, fields).application
    assert found is not None
    assert (found.data.address.prefecture, found.data.address.municipality) == (
        "愛知県",
        "知多郡南知多町",
    )
    old = found.data.address.model_copy(update={"prefecture": "愛知", "municipality": "南知多"})
    found = reading(index, fields, old).application
    assert found is not None
    assert (found.data.address.prefecture, found.data.address.municipality) == ("愛知", "南知多")
    moved = old.model_copy(update={"municipality_code": "23446"})
    found = reading(index, fields, moved).application
    assert found is not None
    assert (found.data.address.prefecture, found.data.address.municipality) == (
        "愛知県",
        "知多郡南知多町",
    )


@pytest.mark.parametrize(("code", "why"), [("", "missing"), ("南知多町", "not-a-choice")])
def test_a_municipality_that_is_none_is_told_once(
    index: JurisdictionIndex, code: str, why: str
) -> None:
    """The page asks for one municipality, not for its name and its code."""
    fields = form(data__address__municipality=None, data__address__municipality_code=code)
    assert told(index, fields) == [(CODE, why)]


def test_a_municipality_that_nobody_knows_is_outside_the_area(index: JurisdictionIndex) -> None:
    assert told(index, form(data__address__municipality_code="99999")) == [(CODE, "outside-area")]


def test_without_the_map_the_home_is_somewhere_in_its_municipality(
    index: JurisdictionIndex,
) -> None:
    """Fact A37: and it says so; what the map showed meanwhile does not count."""
    for fields in (
        form(data__address__position_confirmed="no"),
        form(
            data__address__position_confirmed="no",
            data__address__lat=None,
            data__address__lon=None,
        ),
    ):
        found = reading(index, fields)
        assert found.problems == ()
        assert found.application is not None
        address = found.application.data.address
        here = index.municipalities.some_point(address.municipality_code)
        assert (address.lat, address.lon) == pytest.approx(here, abs=1e-6)
        assert address.position_confirmed is False
        again = fields_of(found.application)
        assert {LAT, LON} & again.keys() == set(), "no mark on the map that nobody set"
        assert again[CONFIRMED] == "no"
    shown = fields_of(application("chita-nanbu"))
    assert {LAT, LON} <= shown.keys()


def test_a_mark_where_the_map_put_it_is_told_and_one_beside_it_is_not(
    index: JurisdictionIndex,
) -> None:
    lat, lon = index.municipalities.some_point("23445")
    start = {LAT: f"{lat:.6f}", LON: f"{lon:.6f}"}
    assert told(index, form() | start) == [(LAT, "not-moved")]
    unsaid = form(data__address__position_confirmed=None) | start
    assert told(index, unsaid) == [(LAT, "not-moved")]
    for moved in ({LAT: f"{lat + 0.00001:.6f}"}, {LON: f"{lon + 0.00001:.6f}"}):
        assert told(index, form() | start | moved) == []


def test_a_home_lies_in_its_municipality_as_exactly_as_borders_are_known(
    index: JurisdictionIndex,
) -> None:
    """TOM-13: coasts are simplified, so a little beside it is inside."""
    coast = shapely.get_coordinates(index.municipalities.polygon("23445"))
    south = coast[coast[:, 1].argmin()]
    degree_m = 110_900.0
    for metres, wrong in ((COAST_M - 20, []), (COAST_M + 20, [(LAT, "outside-municipality")])):
        at = {LAT: f"{south[1] - metres / degree_m:.6f}", LON: f"{south[0]:.6f}"}
        assert told(index, form() | at) == wrong


def test_a_position_that_cannot_be_read_is_not_judged_as_well(index: JurisdictionIndex) -> None:
    assert told(index, form(data__address__lat="north")) == [(LAT, "not-a-number")]
    assert told(index, form(data__address__lon="")) == [(LON, "missing")]
    assert told(index, form(data__address__lat=None, data__address__lon=None)) == [(LAT, "missing")]


def test_everything_wrong_is_told_at_once_in_the_order_of_the_form(
    index: JurisdictionIndex,
) -> None:
    """What cannot be read, and what the department refuses of the rest."""
    fields = form(
        data__mail="a..b@mail.example",
        data__birth_date="平成99年1月1日",
        data__kana="Yoshiko",
        data__name="",
        data__optional__phone="でんわ",
        certificate="maybe",
    )
    assert told(index, fields) == [
        ("data.name", "missing"),
        ("data.kana", "not-kana"),
        ("data.birth_date", "outside-era"),
        ("data.mail", "doubled-period"),
        ("data.optional.phone", "not-a-number"),
        ("certificate", "not-a-choice"),
    ]
    assert reading(index, fields).application is None


def test_a_form_left_blank_names_each_item_once(index: JurisdictionIndex) -> None:
    found = told(index, {})
    paths = [path for path, _ in found]
    assert len(set(paths)) == len(paths)
    assert {"data.name", "data.kana", "data.mail", "basis", CODE, LAT} <= set(paths)
    assert LON not in paths, "a position is one thing"


def test_who_has_not_said_why_they_register_is_not_told_where_to_live(
    index: JurisdictionIndex,
) -> None:
    """Only who registers for living there has to live there."""
    tokyo = {CODE: "13101", LAT: "35.694", LON: "139.754"}
    assert told(index, form(basis=None) | tokyo) == [("basis", "missing")]
    assert told(index, form() | tokyo) == [(CODE, "outside-area")]
    asked = form(basis=Basis.ACCEPTED.value) | tokyo
    assert told(index, asked) == []


def test_a_guardian_is_asked_for_where_the_age_is_known(index: JurisdictionIndex) -> None:
    """CNB-47."""
    minor = {"data__birth_date": "2015-04-01"}
    assert told(index, form(**minor)) == [("guardian", "guardian-needed")]
    assert told(index, form(data__birth_date="きのう")) == [("data.birth_date", "form")]
    started = {**minor, "guardian__relation": "父"}
    assert told(index, form(**started)) == [("guardian.name", "missing")]
    assert told(index, form(**minor, guardian__name="髙橋　一郎")) == []


def test_an_entry_that_cannot_be_read_hides_nothing_outside_its_list(
    index: JurisdictionIndex,
) -> None:
    fields = form(
        **{
            f"{CONTACTS}.0.fax": None,
            f"{CONTACTS}.0.phone": None,
            f"{CONTACTS}.0.mail": None,
            f"{PLACES}.0.label": "職場",
            "data.kana": "Yoshiko",
        }
    )
    assert set(told(index, fields)) == {
        ("data.kana", "not-kana"),
        (f"{CONTACTS}.0", "no-means"),
        (f"{PLACES}.0.address", "missing"),
    }


def test_the_page_s_own_fields_are_not_kept_with_what_was_typed() -> None:
    mine = {
        "data.name": "髙橋",
        f"{CONTACTS}.3.name": "一郎",
        f"{CONTACTS}.3": "yes",
        COUNTS[CONTACTS]: "2",
        "guardian": "yes",
        "basis": "lives",
    }
    other = {"action": "next", "csrf": "x", "data.nothing": "x", f"{CONTACTS}.x.name": "x", "": "x"}
    assert kept({**mine, **other}) == mine


def test_an_entry_that_is_removed_leaves_no_gap() -> None:
    fields = {
        f"{CONTACTS}.0.name": "一郎",
        f"{CONTACTS}.1.name": "二郎",
        f"{CONTACTS}.1.phone": "2",
        f"{CONTACTS}.2": "yes",
        f"{CONTACTS}.10.name": "十郎",
        f"{PLACES}.1.label": "職場",
        COUNTS[CONTACTS]: "3",
        "data.name": "髙橋",
    }
    assert moved_up(fields, CONTACTS, 1) == {
        f"{CONTACTS}.0.name": "一郎",
        f"{CONTACTS}.1": "yes",
        f"{CONTACTS}.9.name": "十郎",
        f"{PLACES}.1.label": "職場",
        COUNTS[CONTACTS]: "3",
        "data.name": "髙橋",
    }
    assert moved_up(fields, CONTACTS, 99) == fields


@pytest.mark.parametrize(
    ("counted", "shown"),
    [
        (None, 2),
        ("", 2),
        ("0", 2),
        ("1", 2),
        (" 4 ", 4),
        ("99", 99),
        ("100", 2),  # nobody has so many; a page that grows without end harms the person
        ("-1", 2),
        ("٣", 2),
        ("x", 2),
    ],
)
def test_the_form_shows_every_entry_that_was_typed_and_the_blank_ones_asked_for(
    counted: str | None, shown: int
) -> None:
    fields = {f"{CONTACTS}.1.name": "二郎", f"{PLACES}.5.label": "職場", f"{CONTACTS}.x.name": "x"}
    if counted is not None:
        fields[COUNTS[CONTACTS]] = counted
    assert shown_entries(fields, CONTACTS) == shown
    assert shown_entries({}, CONTACTS) == 0
