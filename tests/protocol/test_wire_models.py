"""The models that every interface shares: what they take, what they refuse, what they write."""

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from net119_protocol import codes
from net119_protocol.api.common import NewLine, SayFrame
from net119_protocol.api.handset import HandsetHello, LogIn, NewCall
from net119_protocol.chat import ChatLine, Choice, LineContent, Option
from net119_protocol.codes import FixSource
from net119_protocol.model import (
    MAX_COUNT,
    TEXT_LIMIT,
    ClientId,
    Code,
    Count,
    Day,
    LongText,
    ShortText,
    Text,
    Timestamp,
    WireModel,
)
from net119_protocol.person import (
    Address,
    Contact,
    FrequentPlace,
    Medical,
    OptionalData,
    RegistrantData,
)
from net119_protocol.places import CallPlace, Fix, Point
from pydantic import TypeAdapter, ValidationError

ADDRESS = {
    "prefecture": "北海道",
    "municipality": "苫小牧市",
    "municipalityCode": "01213",
    "street": "架空町1-2",
    "lat": 42.6,
    "lon": 141.6,
}
PERSON = {
    "name": "髙橋 𠮷美",
    "birthDate": "1952-02-29",
    "sex": "female",
    "address": ADDRESS,
    "mail": "a@b",
}


def field_of(error: ValidationError) -> tuple[str, str]:
    """The first wrong field as a path, and what is said of it."""
    first = error.errors()[0]
    return ".".join(map(str, first["loc"])), first["msg"]


def all_codes() -> list[type[StrEnum]]:
    return [
        each
        for each in vars(codes).values()
        if isinstance(each, type) and issubclass(each, StrEnum) and each is not StrEnum
    ]


@pytest.mark.parametrize("code_list", all_codes(), ids=lambda each: each.__name__)
def test_codes_are_lower_case_words_with_hyphens(code_list: type[StrEnum]) -> None:
    assert list(code_list)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", member.value) for member in code_list)


@pytest.mark.parametrize("text", ["a\ud800", "\udfff", "\ud83d alone", "a\x00b", "\x00"])
@pytest.mark.parametrize("kind", [Text, ShortText, LongText])
def test_text_that_cannot_be_sent_or_stored_is_refused(kind: Any, text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(text)

    assert "can be neither sent nor stored" in field_of(caught.value)[1]


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=200))
def test_all_other_text_is_kept_as_it_is(text: str) -> None:
    class Holder(WireModel):
        held: ShortText

    holder = Holder(held=text)

    assert holder.held == text
    assert Holder.model_validate_json(holder.model_dump_json()) == holder


@pytest.mark.parametrize(
    ("kind", "limit"), [(ShortText, 200), (LongText, TEXT_LIMIT), (ClientId, 64), (Code, 40)]
)
def test_lengths_are_counted_in_characters(kind: Any, limit: int) -> None:
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    assert adapter.validate_python("x" * limit) == "x" * limit
    with pytest.raises(ValidationError):
        adapter.validate_python("x" * (limit + 1))


def test_a_character_outside_the_basic_plane_counts_once() -> None:
    assert TypeAdapter(LongText).validate_python("𠮷" * TEXT_LIMIT)


@pytest.mark.parametrize("value", [True, 1.0, "1", None, -1, MAX_COUNT + 1, 10**400])
def test_only_whole_numbers_in_range_are_counts(value: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Count).validate_python(value)


@pytest.mark.parametrize(
    "value",
    [
        "2026-04-01T00:00:00",
        "2026-04-01",
        "2026-04-01T00:00Z",
        "20260401T000000Z",
        "2026-13-01T00:00:00Z",
        "2026-04-01T24:00:01Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        1775000000,
        1775000000.5,
        True,
        None,
        datetime(2026, 4, 1),  # noqa: DTZ001 - that is the flaw
    ],
)
def test_a_time_without_offset_shape_or_range_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Timestamp).validate_python(value)


def test_a_time_is_kept_in_utc_and_cut_to_milliseconds() -> None:
    local = datetime(2026, 4, 1, 9, 0, 0, 123999, timezone(timedelta(hours=9)))

    read = TypeAdapter(Timestamp).validate_python(local)

    assert read == datetime(2026, 4, 1, 0, 0, 0, 123000, UTC)
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    ["2026-4-1", "2026-02-29", "１９５２-02-29", 0, 86400, "0", "2026-04-01T00:00:00Z", None],
)
def test_a_day_is_written_out(value: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python(value)


def test_a_day_is_taken_from_text_and_from_a_date_but_not_from_a_moment() -> None:
    day = date(2024, 2, 29)

    assert TypeAdapter(Day).validate_python("2024-02-29") == day
    assert TypeAdapter(Day).validate_python(day) == day
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python(datetime(2024, 2, 29, tzinfo=UTC))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lat", 90.001),
        ("lat", -90.001),
        ("lat", float("nan")),
        ("lat", float("inf")),
        ("lat", "42.6"),
        ("lat", True),
        ("lat", None),
        ("lon", 180.001),
        ("lon", -180.001),
        ("lon", float("-inf")),
        ("accuracyM", -0.1),
        ("accuracyM", 1_000_001),
        ("accuracyM", float("nan")),
        ("source", "stars"),
        ("takenAt", "now"),
    ],
)
def test_a_fix_with_a_wrong_value_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Fix.model_validate({"lat": 42.6, "lon": 141.6, **{field: value}})

    assert field_of(caught.value)[0] == field


@pytest.mark.parametrize(("lat", "lon"), [(90, 180), (-90, -180), (0, 0), (-0.0, 45)])
def test_the_ends_of_the_world_are_points(lat: float, lon: float) -> None:
    point = Point(lat=lat, lon=lon)

    assert (point.lat, point.lon) == (lat, lon)


def test_a_call_may_have_no_place_at_all() -> None:
    place = CallPlace.model_validate({"choice": "current"})

    assert (place.point, place.fix, place.registered) == (None, None, None)
    assert place.model_dump(mode="json", by_alias=True, exclude_none=True) == {"choice": "current"}


def test_a_fix_is_gps_unless_said_otherwise() -> None:
    assert Fix(lat=1.0, lon=2.0).source is FixSource.GPS


@pytest.mark.parametrize("code", ["1213", "012130", "０１２１３", "0121a", "", 1213])
def test_a_municipality_code_has_five_digits(code: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Address.model_validate({**ADDRESS, "municipalityCode": code})

    assert field_of(caught.value)[0] == "municipalityCode"


def test_an_address_is_read_out_from_the_prefecture_down() -> None:
    assert Address.model_validate(ADDRESS).one_line() == "北海道苫小牧市架空町1-2"


def test_a_contact_must_be_reachable_somehow() -> None:
    with pytest.raises(ValidationError, match="at least one of phone, fax and mail"):
        Contact.model_validate({"name": "髙橋", "phone": ""})
    for means in ("phone", "fax", "mail"):
        assert Contact.model_validate({"name": "髙橋", means: "000-119"}).name == "髙橋"


def test_the_flat_is_read_out_with_the_address() -> None:
    assert Address.model_validate({**ADDRESS, "flat": "203"}).one_line().endswith("架空町1-2 203")


def test_a_position_is_confirmed_unless_it_says_otherwise() -> None:
    assert Address.model_validate(ADDRESS).position_is_confirmed
    assert Address.model_validate({**ADDRESS, "positionConfirmed": True}).position_is_confirmed
    assert not Address.model_validate({**ADDRESS, "positionConfirmed": False}).position_is_confirmed


@pytest.mark.parametrize("half", ["lat", "lon"])
def test_a_frequent_place_has_a_whole_position_or_none(half: str) -> None:
    place = {"label": "職場", "address": "架空町1"}
    assert FrequentPlace.model_validate(place).lat is None
    assert FrequentPlace.model_validate({**place, "lat": 42.6, "lon": 141.6}).lon == 141.6
    with pytest.raises(ValidationError, match="both lat and lon"):
        FrequentPlace.model_validate({**place, half: 42.6})


def test_a_registrant_needs_little_and_keeps_much() -> None:
    little = RegistrantData.model_validate(PERSON)
    assert (little.kana, little.disability, little.reason, little.optional) == ("", "", "", None)

    optional = OptionalData(medical=Medical(allergy="そば"), sign_language=False)
    much = RegistrantData.model_validate(
        {**PERSON, "optional": optional.model_dump(mode="json", by_alias=True)}
    )
    assert much.optional == optional


@pytest.mark.parametrize("missing", sorted(PERSON))
def test_a_registrant_without_a_required_field_is_refused_by_name(missing: str) -> None:
    data = {name: value for name, value in PERSON.items() if name != missing}

    with pytest.raises(ValidationError) as caught:
        RegistrantData.model_validate(data)

    assert field_of(caught.value)[0] == missing


@pytest.mark.parametrize("value", ["yes", 1, 0, "true"])
def test_yes_and_no_are_not_guessed(value: Any) -> None:
    with pytest.raises(ValidationError):
        OptionalData.model_validate({"signLanguage": value})


@pytest.mark.parametrize("text", ["", " ", "\n\t", "　"])
def test_a_line_says_something(text: str) -> None:
    with pytest.raises(ValidationError, match="a line needs a text or a choice"):
        LineContent(text=text)
    assert LineContent(text=text, choice=Choice(seq=1, option_id="a")).text == text


def test_options_of_one_question_differ_by_id() -> None:
    with pytest.raises(ValidationError, match="same id"):
        LineContent(text="?", options=(Option(id="a", label="x"), Option(id="a", label="y")))


def test_a_question_has_twenty_options_at_most() -> None:
    options = tuple(Option(id=str(number), label="x") for number in range(21))

    assert len(LineContent(text="?", options=options[:20]).options) == 20
    with pytest.raises(ValidationError):
        LineContent(text="?", options=options)


def test_a_line_never_changes_after_it_is_made() -> None:
    line = ChatLine(
        seq=1, client_id="a", sender=codes.SenderRole.CALLER, at=datetime.now(UTC), text="火事"
    )

    with pytest.raises(ValidationError, match="frozen"):
        line.text = "救急"  # type: ignore[misc] # the flaw tested


@pytest.mark.parametrize(
    ("model", "good"),
    [
        (LogIn, {"loginId": "a", "password": "b"}),
        (NewCall, {"clientCallId": "a", "kind": "fire", "place": "home"}),
        (NewLine, {"clientId": "a", "text": "x"}),
        (SayFrame, {"type": "say", "clientId": "a", "text": "x"}),
        (HandsetHello, {"type": "hello", "token": "t" * 16}),
    ],
)
def test_an_unknown_field_from_a_client_of_ours_is_named(
    model: type[WireModel], good: dict[str, Any]
) -> None:
    assert model.model_validate(good).model_fields_set
    with pytest.raises(ValidationError) as caught:
        model.model_validate({**good, "knid": "fire"})

    assert field_of(caught.value)[0] == "knid"


def test_a_call_is_a_test_unless_said_otherwise() -> None:
    """The safety interlock: nothing becomes live by leaving something out."""
    call = NewCall.model_validate({"clientCallId": "a", "kind": "fire", "place": "home"})

    assert call.mode is codes.Mode.TEST


def test_names_are_camel_case_on_the_wire() -> None:
    written = json.loads(Fix(lat=1.0, lon=2.0, accuracy_m=3.0).model_dump_json(by_alias=True))

    assert written == {"lat": 1.0, "lon": 2.0, "accuracyM": 3.0, "source": "gps", "takenAt": None}
