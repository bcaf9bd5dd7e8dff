"""What holds of routing whatever it is told."""

import json
import math
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from net119_protocol.codes import LinkSecurity, PlaceChoice, Positioning, ProviderState
from net119_protocol.directory import Directory, JurisdictionIndex, Municipalities
from net119_reference.routing import (
    REFUSING_RULES,
    CallerStanding,
    Fix,
    Peers,
    PeerState,
    Position,
    RoutingInput,
    RoutingRule,
    Standing,
    route,
)

from tests.protocol.directory import brute

PROPERTY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY = date(2026, 4, 1)
OPERATORS = ("aoba", "midori", "akane")

anywhere = st.builds(Position, lat=st.floats(-90, 90), lon=st.floats(-180, 180))
around_japan = st.builds(Position, lat=st.floats(24, 46), lon=st.floats(123, 150))
around_sources = st.sampled_from(
    [(42.75, 141.48), (34.8, 136.9), (33.0, 131.1), (43.06, 141.35)]
).flatmap(
    lambda c: st.builds(
        Position, lat=st.floats(c[0] - 0.3, c[0] + 0.3), lon=st.floats(c[1] - 0.3, c[1] + 0.3)
    )
)
positions = st.one_of(anywhere, around_japan, around_sources)
fixes = st.builds(
    Fix, position=positions, accuracy_m=st.none() | st.floats(0, 1e7, allow_nan=False)
)
inputs = st.builds(
    RoutingInput,
    home_department=st.sampled_from(["tomakomai", "chitose", "chita-nanbu", "aso", "m-01100"]),
    standing=st.builds(CallerStanding, st.sampled_from([*[Standing.OK] * 4, *Standing])),
    link=st.sampled_from([*[LinkSecurity.ENCRYPTED] * 3, LinkSecurity.PLAINTEXT]),
    positioning=st.sampled_from([*[Positioning.ON] * 4, *Positioning]),
    fix=st.none() | fixes,
    pin=st.none() | positions,
    place=st.sampled_from(list(PlaceChoice)),
    registered_address=st.none() | positions,
    plaintext_allowed=st.booleans(),
)
states = st.builds(
    PeerState,
    session_up=st.booleans(),
    last_frame_age_s=st.none() | st.floats(0, 100),
    state=st.sampled_from(list(ProviderState)),
)
peers = st.builds(
    Peers,
    operator=st.sampled_from(OPERATORS),
    states=st.dictionaries(st.sampled_from(OPERATORS), states),
)


@given(facts=inputs, peers=peers)
@PROPERTY
def test_routing_is_total_deterministic_and_says_exactly_one_thing(
    index: JurisdictionIndex, directory: Directory, facts: RoutingInput, peers: Peers
) -> None:
    view = directory.on(DAY)
    decision = route(facts, index, directory, DAY, peers)
    assert decision == route(facts, index, view, DAY, peers)
    assert json.loads(json.dumps(decision.as_record(), allow_nan=False))["rule"] == decision.rule
    assert decision.accepted == (decision.rule not in REFUSING_RULES)
    assert decision.accepted == (decision.department is not None)
    assert sum(s.share for s in decision.shares) <= 1.0 + 1e-9
    shares = [s.share for s in decision.shares]
    # Of the smallest disc the outermost 2 % are room for the borders' own error (RIM_SHARE).
    doubt = 0.02 * sum(shares) if decision.radius_m <= 100.0 else 0.0
    assert decision.ambiguous == (sum(shares[1:]) > doubt)
    named = [a.department for a in decision.alternatives if a.reason == "ambiguous"]
    assert named == [s.department for s in decision.shares[1:] if decision.ambiguous]
    assert decision.no_position == (facts.fix is None)
    assert decision.department not in [a.department for a in decision.alternatives] or (
        decision.department == decision.home_department != decision.responsible
    )
    if not decision.accepted:
        return
    assert decision.department is not None
    receiver = view.department(decision.department)
    assert (decision.center, decision.provider) == (receiver.center, receiver.provider)
    home = view.department(facts.home_department)
    if decision.rule == RoutingRule.OTHER_RUNNING:
        assert receiver.adopted
        assert receiver.center != home.center
        assert (
            decision.provider == peers.operator or peers.states[receiver.provider or ""].session_up
        )
    elif decision.rule == RoutingRule.HOME_CENTER:
        assert receiver.code == home.code or receiver.center == home.center
    else:
        assert receiver.code == home.code
    told = decision.rule in (
        RoutingRule.FAR_AT_SEA,
        RoutingRule.OTHER_NOT_RUNNING,
        RoutingRule.NOT_ADOPTED,
    )
    assert bool(decision.whom_to_phone) == told


@given(position=around_sources, accuracy=st.none() | st.floats(1, 3_000), home=st.booleans())
@settings(PROPERTY, max_examples=60)
def test_the_department_is_the_one_that_brute_force_finds(
    index: JurisdictionIndex,
    directory: Directory,
    municipalities: Municipalities,
    position: Position,
    accuracy: float | None,
    home: bool,
) -> None:
    """Owner of the largest overlap, written again from the directory file and plain polygons."""
    owner = {m: row.code for row in directory.content.departments for m in row.municipalities}
    decision = route(
        RoutingInput("chitose", fix=Fix(position, accuracy)),
        index,
        directory,
        DAY,
        Peers("aoba", {}),
    )
    radius = 500.0 if accuracy is None else max(100.0, 1.6 * accuracy)
    assert decision.radius_m == pytest.approx(radius)
    sums: dict[str, float] = {}
    raw = brute.shares(municipalities, position.lon, position.lat, radius)
    total = max(1.0, sum(raw.values()))  # more than 1 on doubly claimed ground
    for code, share in raw.items():
        department = owner.get(code, f"m-{code}")
        sums[department] = sums.get(department, 0.0) + share / total
    found = {s.department: s.share for s in decision.shares}
    for department in sums.keys() | found.keys():
        assert found.get(department, 0.0) == pytest.approx(sums.get(department, 0.0), abs=0.012)
    if not sums or max(sums.values()) < 0.02:
        return  # at sea, or a sliver that the two ways of measuring may see differently
    best = max(sums.values())
    assert sums[decision.responsible or ""] >= best - 0.025
    expected = {"chitose": "home-center", "tomakomai": "other-running"}
    not_running = "not-adopted" if (decision.responsible or "").startswith("m-") else ""
    assert decision.rule.value == expected.get(
        decision.responsible or "", not_running or "other-not-running"
    )


@given(facts=inputs, peers=peers)
@PROPERTY
def test_a_peer_going_down_only_ever_brings_a_call_home(
    index: JurisdictionIndex, directory: Directory, facts: RoutingInput, peers: Peers
) -> None:
    before = route(facts, index, directory, DAY, peers)
    after = route(facts, index, directory, DAY, Peers(peers.operator, {}))
    if after != before:
        assert before.rule == RoutingRule.OTHER_RUNNING
        assert after.rule == RoutingRule.OTHER_NOT_RUNNING
        assert after.department == facts.home_department
        assert after.responsible == before.responsible


@given(facts=inputs, peers=peers)
@PROPERTY
def test_what_a_plaintext_call_says_of_its_place_is_never_searched(
    index: JurisdictionIndex, directory: Directory, facts: RoutingInput, peers: Peers
) -> None:
    decision = route(facts, index, directory, DAY, peers)
    if facts.link == LinkSecurity.PLAINTEXT:
        assert decision.responsible is None
        assert decision.rule in REFUSING_RULES | {RoutingRule.PLAINTEXT_HOME}


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (math.nan, 141.0),
        (42.0, math.nan),
        (math.inf, 141.0),
        (42.0, -math.inf),
        (90.001, 141.0),
        (-90.001, 141.0),
        (42.0, 180.001),
        (141.0, 42.0),
    ],
)
def test_what_is_no_position_cannot_be_made(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match=r"latitude|longitude"):
        Position(lat, lon)


@pytest.mark.parametrize("accuracy", [-1.0, math.nan, math.inf])
def test_what_is_no_accuracy_cannot_be_made(accuracy: float) -> None:
    with pytest.raises(ValueError, match="accuracy"):
        Fix(Position(42.0, 141.0), accuracy)
    with pytest.raises(ValueError, match="radius"):
        Fix(Position(42.0, 141.0), radius_95_m=accuracy)


@pytest.mark.parametrize(
    ("accuracy", "radius_95", "radius"),
    [
        (None, None, 500.0),
        (10.0, None, 100.0),
        (1_000.0, None, 1_600.0),
        (10.0, 300.0, 300.0),
        (None, 5.0, 100.0),
        (None, 1e9, 50_000.0),
    ],
)
def test_the_radius_of_a_fix(
    accuracy: float | None, radius_95: float | None, radius: float
) -> None:
    assert Fix(Position(42.0, 141.0), accuracy, radius_95_m=radius_95).radius_m == radius


def test_a_point_far_off_whose_disc_touches_land_can_be_recorded(
    index: JurisdictionIndex, directory: Directory
) -> None:
    # About 33 km off the coast near Tomakomai, with a disc of 50 km.
    fix = Fix(Position(42.30, 141.70), accuracy_m=40_000.0)
    facts = RoutingInput(home_department="tomakomai", fix=fix)
    decision = route(facts, index, directory, DAY, Peers("aoba"))
    assert index.at(141.70, 42.30).outside_japan
    assert decision.accepted
    assert decision.distance_to_land_m is None
    json.dumps(decision.as_record(), allow_nan=False)
