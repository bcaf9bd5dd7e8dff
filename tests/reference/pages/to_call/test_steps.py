"""From the personal call page to the connected call, without JavaScript."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from net119_protocol.codes import CallState, FixSource, Kind, Mode, PlaceChoice
from net119_protocol.places import ChosenPlace, Fix, Point

from tests.reference.pages.to_call.caller import (
    CHITOSE,
    HOME,
    SCHOOL,
    TOMAKOMAI,
    Caller,
    at_console,
    close,
    known,
    look_of,
    measured,
    page,
)


def test_three_taps_lead_to_the_connected_call(somebody: Caller) -> None:
    """CTS-06, CNB-26, CNB-29: kind, place, call; a browser's own question is the fourth."""
    call_id = somebody.call(TOMAKOMAI, here=somebody.map("ambulance", "current"))
    call = known(somebody.site, call_id)
    assert (call.kind, call.mode, call.state) == (Kind.AMBULANCE, Mode.TEST, CallState.RINGING)
    assert call.place.choice is PlaceChoice.CURRENT
    # CTS-07: the position as measured; a browser does not say by what.
    assert call.place.fix == TOMAKOMAI.model_copy(update={"source": FixSource.UNKNOWN})
    assert at_console(somebody.site, call_id).place == call.place


def test_home_sends_the_address_and_the_fix(somebody: Caller) -> None:
    """CNB-27."""
    here = somebody.map("fire", "home")
    assert here.element("stated") == HOME.one_line()
    place = known(somebody.site, somebody.call(CHITOSE, here=here)).place
    assert place.choice is PlaceChoice.HOME
    assert place.registered is not None
    assert (place.registered.address, place.registered.lat) == (HOME.one_line(), HOME.lat)
    assert place.fix is not None
    assert (place.fix.lat, place.fix.lon) == (CHITOSE.lat, CHITOSE.lon)


def test_a_frequent_place_is_offered_if_its_position_was_confirmed(somebody: Caller) -> None:
    """TOM-14."""
    where = somebody.follow(somebody.open(), "data-kind=other").expect("call-place")
    offered = [str(tag["data-number"]) for tag in where.document.select("a[data-place=frequent]")]
    assert offered == ["1"], "the other one has no position"
    assert "ﾋﾞｮｳｲﾝ" not in where.text
    here = somebody.map("other", "frequent")
    assert here.element("stated") == SCHOOL.address
    call = known(somebody.site, somebody.call(TOMAKOMAI, here=here))
    assert call.place.frequent == ChosenPlace(
        lat=SCHOOL.lat or 0, lon=SCHOOL.lon or 0, label="学校①", address=SCHOOL.address
    )
    assert call.place.point == Point(lat=42.65, lon=141.61)
    assert call.place.fix is not None


def test_a_corrected_point_counts_and_the_fix_stays_as_measured(somebody: Caller) -> None:
    """CNB-28, ASO-16."""
    place = known(
        somebody.site, somebody.call(TOMAKOMAI, pin__lat="42.6355", pin__lon="141.6066")
    ).place
    assert place.corrected_pin == place.point == Point(lat=42.6355, lon=141.6066)
    assert place.fix is not None
    assert (place.fix.lat, place.fix.accuracy_m) == (TOMAKOMAI.lat, TOMAKOMAI.accuracy_m)


def test_without_a_position_the_call_goes_on_and_says_so(somebody: Caller) -> None:
    call = known(somebody.site, somebody.call(None))
    assert [each.code.value for each in call.told if each.code.value != "not-received"] == [
        "home-no-position"
    ]


def test_practice_is_told_on_every_page_and_stays_practice(somebody: Caller) -> None:
    """CTS-11, ASO-11, I5."""
    start = somebody.open()
    assert look_of(start) == []
    practice = somebody.follow(start, "data-practice=start").expect("call")
    where = somebody.follow(practice, "data-kind=fire").expect("call-place")
    here = somebody.follow(where, "data-place=current").expect("call-map")
    for each in (practice, where, here):
        assert look_of(each) == ["practice"]
        assert "【練習】" in each.title
        assert "【練習】" in each.headings[0]
        assert each.document.select_one(".practice-banner[data-mode=practice]") is not None
    call_id = somebody.call(TOMAKOMAI, here=here)
    assert known(somebody.site, call_id).mode is Mode.PRACTICE
    # The open practice call is offered, marked; a real call is another one.
    notice = somebody.open().document.select_one("section.practice-call")
    assert notice is not None
    assert "【練習】" in notice.get_text()
    assert known(somebody.site, somebody.call()).mode is Mode.TEST


def test_pressing_twice_and_lost_answers_make_one_call(somebody: Caller) -> None:
    here = somebody.map()
    first = somebody.call(here=here)
    assert somebody.call(CHITOSE, here=here) == first
    # The map reloaded, or reached again by "back": its URL keeps the attempt.
    again = page(somebody.client.get(here.url)).expect("call-map")
    assert somebody.call(here=again) == first
    assert [each.call_id for each in somebody.calls()] == [first]
    # Another kind is another emergency, and whoever goes back to another place says another one.
    assert somebody.call(here=somebody.map("ambulance")) != first
    elsewhere = page(somebody.client.get(here.url.replace("place=current", "place=home")))
    second = somebody.call(here=elsewhere.expect("call-map"))
    assert second != first
    assert known(somebody.site, second).place.choice is PlaceChoice.HOME


def test_an_unfinished_call_is_offered_first(somebody: Caller) -> None:
    call_id = somebody.call()
    start = somebody.open().expect("call")
    (link,) = start.document.select("a[data-call]")
    assert link["href"] == f"{somebody.path}/calls/{call_id}"
    text = start.text
    assert text.index("続いている通報があります") < text.index("何がありましたか")
    close(somebody.site, call_id)
    assert not somebody.open().document.select("a[data-call]")


def test_an_old_page_makes_no_call_by_itself_and_shows_no_closed_one(somebody: Caller) -> None:
    here = somebody.map()
    first = somebody.call(here=here)
    close(somebody.site, first)
    answer = somebody.send(here, **measured(TOMAKOMAI))
    again = page(answer).expect("call-map")
    assert (answer.status_code, len(somebody.calls())) == (409, 1)
    assert "call-closed" in answer.text
    assert again.form("call").value("fix.lat") == repr(TOMAKOMAI.lat)
    assert somebody.call(here=again) != first


def test_the_script_is_answered_with_the_place_of_the_call(somebody: Caller) -> None:
    here = somebody.map()
    form = here.form("call")
    fields = {name: form.value(name) for name in form.names} | {"positioning": "on"}
    answer = somebody.client.post(
        f"{somebody.path}/calls", data=fields, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 201
    assert answer.json()["location"] == answer.headers["location"]
    assert answer.headers["location"].endswith(str(somebody.calls()[0].call_id))


# --- what is wrong is named ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "paths"),
    [
        ({"positioning": ""}, ["positioning"]),
        ({"positioning": "maybe"}, ["positioning"]),
        ({"fix__lat": ""}, ["fix.lat"]),
        ({"fix__lon": ""}, ["fix.lon"]),
        ({"fix__lat": "42,63"}, ["fix.lat"]),
        ({"fix__lat": "nan"}, ["fix.lat"]),
        ({"fix__lat": "90.0001"}, ["fix.lat"]),
        ({"fix__lon": "-180.5"}, ["fix.lon"]),
        ({"fix__lat": "４２"}, ["fix.lat"]),
        ({"fix__lat": "0x10"}, ["fix.lat"]),
        ({"fix__accuracy_m": "-1"}, ["fix.accuracy_m"]),
        ({"fix__accuracy_m": "inf"}, ["fix.accuracy_m"]),
        ({"fix__taken_at": "yesterday"}, ["fix.taken_at"]),
        ({"pin__lat": "42.6"}, ["pin.lon"]),
        ({"pin__lat": "95", "pin__lon": "200"}, ["pin.lat", "pin.lon"]),
        ({"client_call_id": ""}, ["client_call_id"]),
        ({"client_call_id": "x" * 65}, ["client_call_id"]),
        ({"kind": "flood"}, ["kind"]),
        ({"kind": ""}, ["kind"]),
        ({"place": "moon"}, ["place"]),
        ({"place": "frequent"}, ["frequent"]),
        ({"place": "frequent", "frequent": "9", "frequent__label": "学校①"}, ["frequent"]),
        ({"frequent__label": "学校①"}, ["frequent"]),
        ({"frequent": "1"}, ["frequent"]),
        ({"practice": "yes"}, ["practice"]),
    ],
)
def test_a_malformed_field_is_named_and_nothing_is_assumed(
    somebody: Caller, fields: dict[str, str], paths: list[str]
) -> None:
    answer = somebody.send(somebody.map(), **{**measured(TOMAKOMAI), **fields})
    shown = page(answer)
    assert answer.status_code == 422, shown.described()
    told = [str(tag["data-path"]) for tag in shown.document.select("#errors li")]
    assert sorted(set(told)) == sorted(paths)
    assert somebody.calls() == ()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    lat=st.floats(42.55, 42.75),
    lon=st.floats(141.4, 141.8),
    accuracy=st.one_of(st.none(), st.floats(0.0, 1_000_000.0)),
    pin=st.one_of(st.none(), st.tuples(st.floats(42.55, 42.75), st.floats(141.4, 141.8))),
)
def test_fix_pin_and_accuracy_reach_routing_unchanged(
    somebody: Caller,
    lat: float,
    lon: float,
    accuracy: float | None,
    pin: tuple[float, float] | None,
) -> None:
    fix = Fix(lat=lat, lon=lon, accuracy_m=accuracy, source=FixSource.UNKNOWN)
    fields = {} if pin is None else {"pin__lat": repr(pin[0]), "pin__lon": repr(pin[1])}
    call_id = somebody.call(fix, here=somebody.map(), **fields)
    place = known(somebody.site, call_id).place
    assert place.fix == fix
    moved = None if pin is None else Point(lat=pin[0], lon=pin[1])
    assert place.corrected_pin == moved
    assert place.point == (moved or Point(lat=lat, lon=lon))
    close(somebody.site, call_id)


# --- what opens nothing -------------------------------------------------------------------------


def test_the_form_needs_its_own_page_and_device(somebody: Caller) -> None:
    here = somebody.map()
    forged = somebody.send(here, **measured(TOMAKOMAI), csrf="0" * 32)
    assert forged.status_code == 403
    client = somebody.client
    foreign = client.post(
        f"{somebody.path}/calls", data={}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    with somebody.site.http() as stranger:
        for rest in ("", "/place?kind=fire", "/map?kind=fire&place=home"):
            assert page(stranger.get(f"{somebody.path}{rest}")).name == "call-page-closed"
        answer = stranger.post(f"{somebody.path}/calls", data={"kind": "fire"})
        assert page(answer).name == "call-page-closed"
        assert "架空町" not in answer.text
    assert somebody.calls() == ()


def test_urls_lead_back_where_something_is_missing(somebody: Caller) -> None:
    assert somebody.open("/map?kind=fire&place=frequent&frequent=0").status == 422
    assert somebody.open("/map?kind=fire").name == "call-place"
    assert somebody.open("/place").name == "call"
    assert somebody.open("/place?kind=flood").status == 422
    client = somebody.client
    for rest in ("/place?kind=fire", "/map?kind=fire&place=home&practice=1"):
        answer = client.get(f"{somebody.path}{rest}")
        assert answer.status_code == 303
        assert "key=" in answer.headers["location"]
        shown = page(client.get(answer.headers["location"]))
        assert shown.name == ("call-map" if "map" in rest else "call-place")
    assert client.get(f"{somebody.path}/calls").headers["location"] == somebody.path


def test_the_municipality_at_a_point_is_told_in_words(somebody: Caller) -> None:
    client = somebody.client
    found = client.post("/places/at", data={"lat": "42.634", "lon": "141.6055"}).json()
    assert (found["code"], found["ja"], found["outside_japan"]) == (
        "01213", "北海道苫小牧市", False,
    )  # fmt: skip
    assert client.post("/places/at", data={"lat": "37.5", "lon": "127"}).json()["outside_japan"]
    for lat in ("nan", "91", "", "x"):
        assert client.post("/places/at", data={"lat": lat, "lon": "1"}).status_code == 422
