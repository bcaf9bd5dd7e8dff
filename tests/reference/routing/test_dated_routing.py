"""Routing at the edges of a dated directory: midnight in Japan, planned stops, merged centers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from net119_protocol.codes import ProviderState
from net119_protocol.directory import Directory, JurisdictionIndex, Municipalities
from net119_reference.routing import NotRunning, Peers, PeerState, RoutingDecision, route

from tests.protocol.directory.dated import CHITOSE as CHITOSE_ROW
from tests.protocol.directory.dated import TOMAKOMAI as TOMAKOMAI_ROW
from tests.protocol.directory.dated import at, department, made, stop
from tests.reference.routing.network import CHITOSE, TOMAKOMAI, UP, call

NIGHT = stop("provider", "midori", "2026-12-05T01:00:00", "2026-12-05T05:00:00")


def asked(
    index: JurisdictionIndex, directory: Directory, moment: datetime, midori: PeerState = UP
) -> RoutingDecision:
    """Somebody from Tomakomai (provider aoba) who calls in Chitose (provider midori)."""
    view = directory.at(moment)
    peers = Peers("aoba", {"midori": midori})
    return route(call(CHITOSE, "tomakomai"), index, view, view.day, peers)


def test_adoption_flips_at_midnight_in_japan(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    soon = department("chitose", "01224", "chitose", "adopted_from = 2026-12-01")
    directory = made(municipalities, TOMAKOMAI_ROW, soon)
    before = asked(index, directory, at("2026-11-30T14:59:59+00:00"))
    after = asked(index, directory, at("2026-11-30T15:00:00+00:00"))
    assert (before.rule, before.department) == ("not-adopted", "tomakomai")
    assert before.adopts_on == date(2026, 12, 1)
    assert [each.department for each in before.whom_to_phone] == ["chitose"]
    assert (after.rule, after.department, after.provider) == ("other-running", "chitose", "midori")
    assert after.adopts_on is None
    assert before.as_record()["adopts_on"] == "2026-12-01"


def test_the_end_of_adoption_flips_at_midnight_too(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    ending = department("chitose", "01224", "chitose", "adopted_until = 2026-11-30")
    directory = made(municipalities, TOMAKOMAI_ROW, ending)
    assert asked(index, directory, at("2026-11-30T14:59:59+00:00")).rule == "other-running"
    after = asked(index, directory, at("2026-11-30T15:00:00+00:00"))
    assert (after.rule, after.adopts_on) == ("not-adopted", None)


def test_merged_centers_serve_each_other_from_midnight(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    old = department("chitose", "01224", "chitose", "valid_until = 2026-11-30")
    new = department("chitose", "01224", "tomakomai", "valid_from = 2026-12-01")
    directory = made(municipalities, TOMAKOMAI_ROW, old, new)
    before = asked(index, directory, at("2026-11-30T14:59:59+00:00"))
    after = asked(index, directory, at("2026-11-30T15:00:00+00:00"))
    assert (before.rule, before.provider) == ("other-running", "midori")
    assert before.adopts_on is None, "NET119 reaches the place already, by another center"
    assert (after.rule, after.department, after.center) == ("home-center", "chitose", "tomakomai")
    assert after.provider == "aoba"


def test_a_planned_stop_is_not_running_though_the_peer_answers(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    directory = made(municipalities, TOMAKOMAI_ROW, CHITOSE_ROW, NIGHT)
    rules = [
        (found.rule.value, found.not_running)
        for found in (
            asked(index, directory, at(f"2026-12-05T{clock}+09:00"))
            for clock in ("00:59:59", "01:00:00", "04:59:59", "05:00:00")
        )
    ]
    stopped = ("other-not-running", NotRunning.PLANNED_STOP)
    assert rules == [("other-running", None), stopped, stopped, ("other-running", None)]
    during = asked(index, directory, at("2026-12-05T03:00:00+09:00"))
    assert during.stop_until == at("2026-12-05T05:00:00+09:00")
    assert during.department == "tomakomai"
    assert [each.department for each in during.whom_to_phone] == ["chitose"]
    assert during.as_record()["stop_until"] == "2026-12-05T05:00:00+09:00"


@pytest.mark.parametrize(
    ("peer", "why"),
    [
        (PeerState(True, 1.0, ProviderState.MAINTENANCE), NotRunning.MAINTENANCE),
        (PeerState(True, 1.0, ProviderState.OVERLOADED), NotRunning.OVERLOADED),
        (PeerState(True, 1.0, ProviderState.STOPPING), NotRunning.STOPPING),
        # What it told last explains the silence after it.
        (PeerState(False, 99.0, ProviderState.MAINTENANCE), NotRunning.MAINTENANCE),
        (PeerState(False, 1.0), NotRunning.DOWN),
        (PeerState(True, 30.0), NotRunning.DOWN),
        (PeerState(True, None), NotRunning.DOWN),
        (UP, None),
    ],
)
def test_why_a_peer_cannot_be_offered_a_call(
    index: JurisdictionIndex, municipalities: Municipalities, peer: PeerState, why: NotRunning
) -> None:
    directory = made(municipalities, TOMAKOMAI_ROW, CHITOSE_ROW)
    found = asked(index, directory, at("2026-12-05T03:00:00+09:00"), peer)
    assert found.not_running is why
    assert found.stop_until is None
    assert (found.rule == "other-running") == (why is None)


def test_a_stop_of_the_home_center_leaves_the_call_at_home(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    own = stop("center", "tomakomai", "2026-12-05T01:00:00", "2026-12-05T05:00:00")
    view = made(municipalities, TOMAKOMAI_ROW, own).at(at("2026-12-05T03:00:00+09:00"))
    for place in (None, TOMAKOMAI):
        found = route(call(place, "tomakomai"), index, view, view.day, Peers("aoba"))
        assert found.department == "tomakomai"
        # Nobody is offered the call, so nobody's stop kept it from them.
        assert (found.not_running, found.stop_until, found.whom_to_phone) == (None, None, ())


edges = st.sampled_from([at("2026-11-30T15:00:00+00:00"), at("2026-12-04T16:00:00+00:00")])


@given(edge=edges, off=st.timedeltas(timedelta(hours=-3), timedelta(hours=3)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_the_rule_depends_on_the_side_of_the_edge_alone(
    index: JurisdictionIndex, municipalities: Municipalities, edge: datetime, off: timedelta
) -> None:
    soon = department("chitose", "01224", "chitose", "adopted_from = 2026-12-01")
    directory = made(municipalities, TOMAKOMAI_ROW, soon, NIGHT)
    found = asked(index, directory, edge + off)
    adoption = edge == datetime(2026, 11, 30, 15, tzinfo=UTC)
    first, second = (
        ("not-adopted", "other-running") if adoption else ("other-running", "other-not-running")
    )
    assert found.rule == (first if off < timedelta() else second)
    takes = found.rule == "other-running"
    assert (found.department == "chitose") == takes
    assert bool(found.whom_to_phone) == (not takes)
