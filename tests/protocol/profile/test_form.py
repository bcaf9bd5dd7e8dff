"""The codec of forms: what is shown comes back, and whatever comes is answered, never raised."""

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.application import Application
from net119_protocol.person import FrequentPlace, Medical, OptionalData
from net119_protocol.profile.form import MAX_ENTRIES, MAX_FIELDS, from_fields, to_fields
from net119_protocol.profile.form_fields import BLOCKS, FIELDS, LISTS, FieldKind
from pydantic import BaseModel, ValidationError

from tests.protocol.profile.forms import FULL, applications

BARE = {
    "data.name": "髙橋　𠮷子",
    "data.birth_date": "1993-06-01",
    "data.sex": "female",
    "data.address.prefecture": "北海道",
    "data.address.municipality": "苫小牧市",
    "data.address.municipality_code": "01213",
    "data.address.street": "架空町1-2",
    "data.address.lat": "42.6",
    "data.address.lon": "141.6",
    "data.mail": "yoshiko@mail.example",
    "basis": "lives",
}
C, P = LISTS


def codes(fields: Mapping[str, object]) -> list[tuple[str, str]]:
    """What is wrong with a form, of which then nothing comes."""
    application, problems = from_fields(fields)
    assert (application is None) == bool(problems)
    assert all(each.ja and each.en for each in problems)
    return [(each.path, each.code) for each in problems]


def read(**fields: str) -> Application:
    """The application of the bare form with more fields, ``__`` for a dot."""
    application, problems = from_fields(
        {**BARE, **{name.replace("__", "."): value for name, value in fields.items()}}
    )
    assert problems == ()
    assert application is not None
    return application


@given(applications())
def test_what_is_shown_comes_back_as_it_was(application: Application) -> None:
    assert from_fields(to_fields(application)) == (application, ())


def test_a_block_with_nothing_in_it_comes_back_too() -> None:
    for data in (
        FULL.data.model_copy(update={"optional": OptionalData()}),
        FULL.data.model_copy(update={"optional": OptionalData(medical=Medical())}),
        FULL.data.model_copy(
            update={
                "optional": OptionalData(frequent_places=(FrequentPlace(label="", address=""),))
            }
        ),
    ):
        application = Application(data=data)
        assert from_fields(to_fields(application)) == (application, ())


def test_every_field_of_an_application_has_a_field_of_the_form_and_no_other() -> None:
    """A field added to the model must be added here, or it could never be entered."""
    assert from_fields(to_fields(FULL)) == (FULL, ())
    assert {name.replace(".0", ".*") for name in to_fields(FULL)} == set(FIELDS)
    assert set(_leaves(Application, "")) == set(FIELDS)


def _leaves(model: type[BaseModel], above: str) -> list[str]:
    found = []
    for name, info in model.model_fields.items():
        path = f"{above}{name}"
        inner = _models_in(info.annotation)
        entry = ".*" if path in LISTS else ""
        found += _leaves(inner[0], f"{path}{entry}.") if inner else [path]
    return found


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    parts = getattr(annotation, "__args__", ())
    return [model for part in parts for model in _models_in(part)]


@pytest.mark.parametrize(
    "name", [n for n, f in FIELDS.items() if f.kind in (FieldKind.TEXT, FieldKind.LINES)]
)
def test_a_text_may_be_as_long_as_the_model_takes_and_no_longer(name: str) -> None:
    limit = FIELDS[name].limit
    path = name.replace("*", "0")
    fields = {**to_fields(FULL), path: "長" * limit}
    application, problems = from_fields(fields)
    assert problems == ()
    assert application is not None
    assert to_fields(application)[path] == "長" * limit
    assert codes({**fields, path: "長" * (limit + 1)}) == [(path, "too-long")]
    document = FULL.model_dump(mode="json")
    inner: Any = document
    *above, last = path.split(".")
    for part in above:
        inner = inner[int(part) if part.isdigit() else part]
    inner[last] = "長" * (limit + 1)
    with pytest.raises(ValidationError, match=f"at most {limit} items"):
        Application.model_validate_json(json.dumps(document))


def test_a_form_left_blank_says_what_is_missing_and_a_block_left_blank_is_none() -> None:
    assert codes({}) == [
        (path, "missing")
        for path in BARE
        if path not in ("data.address.street", "data.address.lon")
    ]
    blank = {each.replace("*", "0"): " 　\n" for each in FIELDS}
    assert codes(blank) == codes({})
    entered = from_fields({**blank, **BARE})[0]
    assert entered is not None
    assert entered.data.optional is None
    assert entered.guardian is None


@pytest.mark.parametrize(
    "written",
    ["1993-6-1", "1993/06/01", "１９９３年６月１日", "平成5年6月1日", " H5.6.1 ", "19930601"],
)
def test_a_birth_date_is_taken_as_people_write_it(written: str) -> None:
    assert read(data__birth_date=written).data.birth_date == date(1993, 6, 1)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("data.birth_date", "きのう", "form"),
        ("data.birth_date", "2026-02-30", "no-such-date"),
        ("data.birth_date", "昭和70年1月1日", "outside-era"),
        ("data.birth_date", "1" * 100, "too-long"),
        ("data.sex", "woman", "not-a-choice"),
        ("data.sex", "x" * 10_000, "too-long"),
        ("data.device_kind", "phone", "not-a-choice"),
        ("data.optional.medical.rh", "+", "not-a-choice"),
        ("basis", "born", "not-a-choice"),
        ("certificate", "maybe", "not-a-choice"),
        ("data.optional.writing", "true", "not-a-choice"),
        ("basis_municipality", "1213", "not-a-choice"),
        ("data.address.municipality_code", "0121x", "not-a-choice"),
        ("data.address.lat", "north", "not-a-number"),
        ("data.address.lat", "nan", "not-a-number"),
        ("data.address.lat", "90.01", "out-of-range"),
        ("data.address.lon", "-181", "out-of-range"),
        ("data.address.lon", "1e999", "out-of-range"),
        ("data.name", "a\0b", "invisible-character"),
        ("data.name", "a\ud800b", "invisible-character"),
        ("data.mail", "ab", "not-an-address"),
        ("data.mail", b"bytes", "not-text"),
        ("data.optional.contacts.0.name", "一郎", "no-means"),
        ("data.nothing", "", "unknown-field"),
        ("data.optional.contacts.*.name", "一郎", "unknown-field"),
        ("data.optional.contacts.00.name", "一郎", "unknown-field"),
        ("data.optional.contacts.-1.name", "一郎", "unknown-field"),
        ("data.optional.contacts.٣.name", "一郎", "unknown-field"),
        ("data.optional.contacts.name", "一郎", "unknown-field"),
        ("guardian.age", "40", "unknown-field"),
    ],
)
def test_each_fault_is_told_at_its_field(path: str, value: object, code: str) -> None:
    where = path.removesuffix(".name") if code == "no-means" else path
    told = codes({**BARE, path: value})
    # What is no text is not there either.
    assert told[0] == (where, code)
    assert told[1:] == ([(path, "missing")] if code == "not-text" else [])


def test_half_a_position_is_told_at_its_other_half() -> None:
    assert codes({**BARE, "data.address.lon": ""}) == [("data.address.lon", "missing")]
    assert codes({**BARE, "data.address.lat": ""}) == [("data.address.lat", "missing")]
    place = {f"{P}.0.label": "職場", f"{P}.0.address": "架空町"}
    assert from_fields({**BARE, **place})[1] == ()
    assert codes({**BARE, **place, f"{P}.0.lat": "42"}) == [(f"{P}.0.lon", "missing")]


def test_blank_entries_are_left_out_and_the_order_of_the_rest_is_kept() -> None:
    fields = {f"{C}.{n}.name": "" for n in range(4)}
    fields |= {f"{C}.{n}.phone": " " for n in range(4)}
    fields |= {f"{C}.1.name": "一郎", f"{C}.1.phone": "1", f"{C}.3.name": "二郎", f"{C}.3.fax": "2"}
    optional = read(**fields).data.optional
    assert optional is not None
    assert [each.name for each in optional.contacts] == ["一郎", "二郎"]
    assert codes({**BARE, **fields, f"{C}.3.fax": ""}) == [(f"{C}.3", "no-means")]


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        (["1"], "gap"),
        (["0", "2"], "gap"),
        ([str(MAX_ENTRIES)], "too-many"),
        (["999999"], "too-many"),
    ]
    + [(["9" * 5000], "too-many")],
)
def test_gaps_and_far_numbers_are_one_problem_of_the_list(numbers: list[str], code: str) -> None:
    fields = {f"{C}.{n}.name": "一郎" for n in numbers} | {f"{C}.{n}.phone": "1" for n in numbers}
    assert codes({**BARE, **fields}) == [(C, code)]


def test_a_million_fields_are_one_problem() -> None:
    assert codes({f"data.x{n}": "x" for n in range(1_000_000)}) == [("", "too-many-fields")]


def test_unknown_names_are_told_a_few_times_only_and_in_short() -> None:
    told = codes({**BARE, **{f"data.{'x' * 1000}{n}": "" for n in range(MAX_FIELDS - len(BARE))}})
    assert len(told) == 10
    assert max(len(path) for path, _ in told) == 100


def test_names_of_the_page_are_left_alone() -> None:
    assert read(action="next", csrf="x", image="", datum="tokyo") == read()


def test_line_ends_are_those_of_one_kind() -> None:
    assert read(data__reason="一行目\r\n二行目\r三行目").data.reason == "一行目\n二行目\n三行目"


def test_a_marker_opens_a_block_and_anything_else_does_not() -> None:
    assert codes({**BARE, "guardian": "yes"}) == [("guardian.name", "missing")]
    assert codes({**BARE, f"{C}.0": "yes"}) == [(f"{C}.0.name", "missing"), (f"{C}.0", "no-means")]
    assert read(guardian="no", **{C + ".0": "", "data.optional": "on"}) == read()


NAMES = (
    st.sampled_from([*(n.replace("*", "0") for n in (*FIELDS, *BLOCKS)), *FIELDS, *LISTS])
    | st.builds(
        lambda path, number, name: f"{path}.{number}.{name}",
        st.sampled_from((*LISTS, "data")),
        st.integers(-1, 25) | st.text(max_size=3),
        st.sampled_from(("name", "label", "lat", "phone", "")),
    )
    | st.text(max_size=20).map(lambda text: f"data.{text}")
    | st.text(max_size=20)
)
VALUES = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        ["yes", "no", "42.0", "1993-06-01", "元", "female", "lives", "01213", "R0.1.1"]
    ),
    st.from_regex(r"[令和平成昭和RHS]{0,2}[0-9０-９元]{1,4}[年./-][0-9]{1,3}[月./-][0-9]{1,3}"),
    st.none(),
    st.binary(max_size=3),
)


@given(st.dictionaries(NAMES, VALUES, max_size=40), st.booleans())
def test_nothing_that_comes_raises_and_what_is_taken_is_settled(
    fields: dict[str, object], complete: bool
) -> None:
    application, problems = from_fields({**BARE, **fields} if complete else fields)
    assert (application is None) == bool(problems)
    for each in problems:
        assert isinstance(each.path, str)
        assert each.code
        assert each.ja
        assert each.en
        assert each.code != "invalid", "the fields' own checks are as strict as the model"
    if application is not None:
        assert from_fields(to_fields(application)) == (application, ())


def test_choices_are_those_of_the_model() -> None:
    for name, field in FIELDS.items():
        if field.kind is FieldKind.CHOICE:
            assert field.choices is not None
            for code in field.choices:
                assert isinstance(code, StrEnum)
                path = name.replace("*", "0")
                application, problems = from_fields({**to_fields(FULL), path: code.value})
                assert problems == ()
                assert application is not None
                assert to_fields(application)[path] == code.value
