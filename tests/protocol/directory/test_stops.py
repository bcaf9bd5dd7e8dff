"""Planned stops, and the moments at which the directory says something else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from net119_protocol.codes import ProviderState
from net119_protocol.directory import Directory, DirectoryError, Municipalities, next_change

from tests.protocol.directory.dated import CHITOSE, TOMAKOMAI, at, department, made, stop

NIGHT = ("2026-12-05T01:00:00", "2026-12-05T05:00:00")


def test_a_stop_lasts_from_its_first_to_before_its_last_moment(
    municipalities: Municipalities,
) -> None:
    found = made(municipalities, TOMAKOMAI, CHITOSE, stop("center", "chitose", *NIGHT))
    # Written without an offset: Japan's clock, nine hours ahead of UTC.
    states = {
        moment: found.at(at(moment)).department("chitose").state
        for moment in (
            "2026-12-04T15:59:59.999999+00:00",
            "2026-12-04T16:00:00+00:00",
            "2026-12-05T04:59:59.999999+09:00",
            "2026-12-05T05:00:00+09:00",
        )
    }
    assert list(states.values()) == ["normal", "maintenance", "maintenance", "normal"]
    during = found.at(at("2026-12-05T03:00:00+09:00"))
    assert during.department("tomakomai").state is ProviderState.NORMAL
    stopped = during.department("chitose").stop
    assert stopped is not None
    assert stopped.stop_until == datetime(2026, 12, 4, 20, tzinfo=UTC)
    assert during.department("chitose").adopted, "stopped is not the same as not adopted"


def test_a_stop_of_a_provider_stops_its_centers_and_the_longest_is_named(
    municipalities: Municipalities,
) -> None:
    later = stop("provider", "midori", "2026-12-05T02:00:00+09:00", "2026-12-05T08:00:00+09:00")
    rows = (TOMAKOMAI, CHITOSE, stop("center", "chitose", *NIGHT), later)
    view = made(municipalities, *rows).at(at("2026-12-05T03:00:00+09:00"))
    named = view.department("chitose").stop
    assert named is not None
    assert named.provider == "midori"
    assert view.department("tomakomai").stop is None


def test_a_view_knows_how_long_it_holds(municipalities: Municipalities) -> None:
    found = made(municipalities, TOMAKOMAI, CHITOSE, stop("center", "chitose", *NIGHT))
    view = found.at(at("2026-12-05T00:30:00+09:00"))
    assert view.holds_at(at("2026-12-05T00:59:59+09:00"))
    assert not view.holds_at(at("2026-12-05T01:00:00+09:00"))
    assert not view.holds_at(at("2026-12-04T14:59:59+00:00")), "that is the day before in Japan"
    assert view.holds_at(at("2026-12-05T23:59:59+09:00"))
    with pytest.raises(ValueError, match="offset"):
        view.holds_at(datetime(2026, 12, 5))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (stop("center", "chitose", NIGHT[1], NIGHT[0]), "stops[0]: stop_from 2026-12-05T05:00"),
        (stop("center", "chitose", NIGHT[0], NIGHT[0]), "stops[0]: stop_from 2026-12-05T01:00"),
        (stop("center", "nowhere", *NIGHT), "stops[0].center: unknown center 'nowhere'"),
        (stop("provider", "nobody", *NIGHT), "stops[0].provider: unknown provider 'nobody'"),
        (
            stop("center", "chitose", *NIGHT) + 'provider = "midori"',
            "stops[0]: name what stops: either a provider or a center",
        ),
        (
            "[[stops]]\nstop_from = 2026-12-05T01:00:00\nstop_until = 2026-12-05T02:00:00\n",
            "stops[0]: name what stops",
        ),
        (stop("center", "chitose", "2026-12-05", NIGHT[1]), "stops[0].stop_from: "),
        (stop("center", "chitose", "1764867600", NIGHT[1]), "stops[0].stop_from: "),
        (stop("center", "chitose", '"2026-12-05"', NIGHT[1]), "stops[0].stop_from: "),
        (stop("center", "chitose", '"9999-12-31T23:00:00Z"', NIGHT[1]), "stops[0].stop_from: "),
    ],
)
def test_a_wrong_stop_is_told_by_its_row_in_both_languages(
    municipalities: Municipalities, row: str, said: str
) -> None:
    with pytest.raises(DirectoryError) as caught:
        made(municipalities, TOMAKOMAI, CHITOSE, row)
    assert [each for each in caught.value.problems if each.startswith(said)], caught.value.problems
    assert all(each.text_ja and each.text_en for each in caught.value.findings)


def test_json_carries_a_stop_with_its_offset(municipalities: Municipalities) -> None:
    found = made(municipalities, TOMAKOMAI, CHITOSE, stop("center", "chitose", *NIGHT))
    assert '"stop_from": "2026-12-05T01:00:00+09:00"' in found.to_json()
    assert Directory.from_json(found.to_json(), municipalities).content == found.content


def test_a_place_knows_from_when_on_it_has_net119(municipalities: Municipalities) -> None:
    soon = department("chitose", "01224", "chitose", "adopted_from = 2026-12-01")
    found = made(municipalities, TOMAKOMAI, soon)
    assert found.on(date(2026, 11, 30)).adopts_on("01224") == date(2026, 12, 1)
    assert found.on(date(2026, 12, 1)).adopts_on("01224") is None
    assert found.on(date(2026, 11, 30)).adopts_on("01213") is None, "it has it already"
    assert found.on(date(2026, 11, 30)).adopts_on("01100") is None, "no row names it"
    new = department(
        "new", "01224", "chitose", "valid_from = 2026-12-10", "adopted_from = 2026-12-01"
    )
    assert made(municipalities, new).on(date(2026, 11, 30)).adopts_on("01224") == date(2026, 12, 10)
    never = department(
        "new", "01224", "chitose", "valid_from = 2026-12-10", "adopted_until = 2026-12-01"
    )
    assert made(municipalities, never).on(date(2026, 11, 30)).adopts_on("01224") is None


moments = st.timedeltas(timedelta(), timedelta(days=10)).map(
    lambda after: datetime(2026, 11, 28, tzinfo=UTC) + after
)


@given(moment=moments, later=st.timedeltas(timedelta(), timedelta(days=4)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_changes_before_the_next_change(
    municipalities: Municipalities, moment: datetime, later: timedelta
) -> None:
    soon = department("chitose", "01224", "chitose", "adopted_from = 2026-12-01")
    found = made(municipalities, TOMAKOMAI, soon, stop("provider", "midori", *NIGHT))
    change = next_change(found, moment)
    assert change is None or change > moment
    if change is None or moment + later < change:
        now, then = found.at(moment), found.at(moment + later)
        assert now.departments == then.departments
        assert now.holds_at(moment)
    else:
        edge = change - timedelta(microseconds=1)
        assert found.at(edge).departments == found.at(moment).departments
        assert found.at(edge).departments != found.at(change).departments
