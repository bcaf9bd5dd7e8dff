"""Every row of the routing table, at real places, with expectations written down by hand."""

from dataclasses import replace
from datetime import date

import pytest
from net119_protocol.codes import LinkSecurity, PlaceChoice, Positioning, ProviderState
from net119_protocol.directory import (
    Directory,
    Municipalities,
    UnknownDepartment,
)
from net119_reference.routing import (
    AlternativeReason,
    CallerStanding,
    Contact,
    NotRunning,
    Peers,
    PeerState,
    PointSource,
    Position,
    RoutingInput,
    RoutingOutcome,
    RoutingRule,
    Standing,
    fall_back_home,
    route,
)

from tests.reference.routing.network import (
    ASO,
    CHITOSE,
    DAY,
    ISE_BAY,
    MIHAMA,
    NORTH_OF_WAKKANAI,
    OFF_CAPE_SOYA,
    OFF_MINAMICHITA,
    OFF_SAKHALIN,
    SAPPORO,
    SEOUL,
    TOKONAME,
    TOMAKOMAI,
    Network,
    assert_goes,
    assert_refused,
    call,
    fix,
    phones,
)

# --- rows that refuse ------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Standing.REFUSED, Standing.SUSPENDED])
def test_refused_registrant_before_anything_else(network: Network, status: Standing) -> None:
    facts = replace(
        call(SEOUL),
        standing=CallerStanding(status, "いたずら通報"),
        positioning=Positioning.OFF,
        link=LinkSecurity.PLAINTEXT,
    )
    decision = network.route(facts)
    assert_refused(decision, "refused-registrant")
    assert decision.reason == "いたずら通報"


@pytest.mark.parametrize("positioning", [Positioning.OFF, Positioning.DENIED])
@pytest.mark.parametrize("link", list(LinkSecurity))
@pytest.mark.parametrize("pin", [None, TOMAKOMAI])
def test_positioning_off_on_any_link_even_with_a_pin(
    network: Network, positioning: Positioning, link: LinkSecurity, pin: Position | None
) -> None:
    facts = replace(call(None), positioning=positioning, link=link, plaintext_allowed=True, pin=pin)
    decision = network.route(facts)
    assert_refused(decision, "positioning-off")
    assert decision.reason == "", "only a registrant who may not call has a reason of their own"


@pytest.mark.parametrize("place", [SEOUL, OFF_SAKHALIN, Position(-33.86, 151.21)])
@pytest.mark.parametrize("link", list(LinkSecurity))
@pytest.mark.parametrize("allowed", [True, False])
def test_outside_japan_on_any_link(
    network: Network, place: Position, link: LinkSecurity, allowed: bool
) -> None:
    facts = replace(call(place), link=link, plaintext_allowed=allowed)
    assert_refused(network.route(facts), "outside-japan")


def test_plaintext_not_allowed(network: Network) -> None:
    facts = replace(call(CHITOSE), link=LinkSecurity.PLAINTEXT, plaintext_allowed=False)
    decision = network.route(facts)
    assert_refused(decision, "plaintext-not-allowed")
    assert decision.plaintext


# --- rows that go home without a search ------------------------------------------------------


@pytest.mark.parametrize("place", [CHITOSE, TOMAKOMAI, SAPPORO, NORTH_OF_WAKKANAI, None])
def test_plaintext_allowed_is_not_searched(network: Network, place: Position | None) -> None:
    facts = replace(call(place, "aso"), link=LinkSecurity.PLAINTEXT, plaintext_allowed=True)
    decision = network.route(facts, operator="akane")
    assert_goes(decision, "plaintext-home", "aso", "aso", "akane")
    assert decision.plaintext
    assert decision.responsible is None
    assert decision.municipality is None
    assert not [*decision.whom_to_phone, *decision.alternatives, *decision.shares]


def test_no_position_goes_home_marked(network: Network) -> None:
    decision = network.route(call(None))
    assert_goes(decision, "no-position", "chitose", "chitose", "aoba")
    assert decision.no_position
    assert (decision.point, decision.point_source, decision.radius_m) == (None, None, 0.0)
    assert decision.responsible is None


def test_a_registered_address_counts_only_if_home_was_said(network: Network) -> None:
    facts = replace(call(None), registered_address=TOMAKOMAI)
    assert network.route(facts).rule == RoutingRule.NO_POSITION
    said = network.route(replace(facts, place=PlaceChoice.HOME))
    assert_goes(said, "other-running", "tomakomai", "tomakomai", "aoba")
    assert said.no_position
    assert (said.point, said.point_source, said.radius_m) == (TOMAKOMAI, "home", 0.0)


def test_a_pin_stands_in_for_a_missing_fix(network: Network) -> None:
    decision = network.route(replace(call(None), pin=ASO))
    assert_goes(decision, "other-running", "aso", "aso", "akane")
    assert decision.no_position
    assert (decision.point, decision.point_source) == (ASO, "pin")


# --- at sea ----------------------------------------------------------------------------------


def test_near_a_coast_the_nearest_municipality_counts(network: Network) -> None:
    decision = network.route(call(OFF_MINAMICHITA))
    assert_goes(decision, "other-running", "chita-nanbu", "chita", "midori")
    assert decision.municipality == "23445"
    assert decision.distance_to_land_m == pytest.approx(840, rel=0.01)
    soya = network.route(call(OFF_CAPE_SOYA))
    assert_goes(soya, "not-adopted", "chitose", "chitose", "aoba")
    assert phones(soya) == [("稚内市を管轄する消防本部", "0000-01-0214")]


def test_far_at_sea_goes_home_and_names_the_coast_guard(network: Network) -> None:
    decision = network.route(call(NORTH_OF_WAKKANAI))
    assert_goes(decision, "far-at-sea", "chitose", "chitose", "aoba")
    assert decision.whom_to_phone == (
        Contact(
            "稚内市を管轄する消防本部",
            "the fire department for Wakkanai City",
            "0000-01-0214",
            "m-01214",
        ),
        Contact("海上保安庁", "Japan Coast Guard", "118"),
    )
    # Even where the nearest department could take it, or is home itself.
    assert network.route(call(ISE_BAY)).rule == RoutingRule.FAR_AT_SEA
    at_home = network.route(call(ISE_BAY, "chita-nanbu"), operator="midori")
    assert_goes(at_home, "far-at-sea", "chita-nanbu", "chita", "midori")
    assert [phone for _, phone in phones(at_home)] == ["0000-00-0231", "118"]


@pytest.mark.parametrize("beyond_m", [-0.5, 0.5])
def test_far_at_sea_begins_1_km_from_land(network: Network, beyond_m: float) -> None:
    place = off_minamitorishima(network, 1_000.0 + beyond_m)
    decision = network.route(call(place))
    assert decision.responsible == "m-13421"
    assert decision.rule.value == ("far-at-sea" if beyond_m > 0 else "not-adopted")
    assert decision.distance_to_land_m == pytest.approx(1_000.0 + beyond_m, abs=0.01)


def off_minamitorishima(network: Network, away_m: float) -> Position:
    """A place so far east of an island with no other land around."""
    lat, (west, east) = 24.285, (153.98, 154.1)
    for _ in range(50):
        lon = (west + east) / 2
        near = network.index.border_distance_m("13421", lon, lat) < away_m
        west, east = (lon, east) if near else (west, lon)
    return Position(lat, west)


def test_a_disc_that_reaches_land_is_not_far_at_sea(network: Network) -> None:
    facts = RoutingInput(home_department="chitose", fix=fix(ISE_BAY, 3_000.0))
    decision = network.route(facts)
    assert decision.rule == RoutingRule.OTHER_RUNNING
    assert decision.center == "chita"
    assert decision.distance_to_land_m is not None
    assert decision.distance_to_land_m > 1_000.0


# --- served by the home center ---------------------------------------------------------------


def test_in_its_own_area(network: Network) -> None:
    decision = network.route(call(CHITOSE))
    assert_goes(decision, "home-center", "chitose", "chitose", "aoba")
    assert (decision.responsible, decision.municipality) == ("chitose", "01224")
    assert (decision.point, decision.point_source) == (CHITOSE, "fix")
    assert (decision.radius_m, decision.distance_to_land_m) == (100.0, 0.0)
    assert not [*decision.whom_to_phone, *decision.alternatives]
    flags = (decision.ambiguous, decision.no_position, decision.plaintext, decision.home_differs)
    assert flags == (False, False, False, False)


def test_the_home_center_serves_its_whole_joint_area(network: Network) -> None:
    decision = network.route(call(TOKONAME, "chita-nanbu"), operator="midori")
    assert_goes(decision, "home-center", "chita-tokoname", "chita", "midori")


# --- another department ----------------------------------------------------------------------


def test_another_center_of_the_same_provider_needs_no_session(network: Network) -> None:
    decision = network.route(call(TOMAKOMAI), aoba=None)
    assert_goes(decision, "other-running", "tomakomai", "tomakomai", "aoba")


@pytest.mark.parametrize(
    ("place", "home", "operator", "expected"),
    [
        (MIHAMA, "chitose", "aoba", ("chita-nanbu", "chita", "midori")),
        (ASO, "tomakomai", "aoba", ("aso", "aso", "akane")),
        (CHITOSE, "aso", "akane", ("chitose", "chitose", "aoba")),
        (TOKONAME, "aso", "akane", ("chita-tokoname", "chita", "midori")),
    ],
)
def test_another_provider_that_runs(
    network: Network, place: Position, home: str, operator: str, expected: tuple[str, str, str]
) -> None:
    decision = network.route(call(place, home), operator=operator)
    assert_goes(decision, "other-running", *expected)
    assert decision.home_department == home


@pytest.mark.parametrize(
    "state",
    [
        None,
        PeerState(session_up=False, last_frame_age_s=1.0),
        PeerState(session_up=True, last_frame_age_s=None),
        PeerState(session_up=True, last_frame_age_s=30.0),
        PeerState(session_up=True, last_frame_age_s=3_600.0),
        PeerState(session_up=True, last_frame_age_s=float("nan")),
        PeerState(True, 1.0, ProviderState.MAINTENANCE),
        PeerState(True, 1.0, ProviderState.OVERLOADED),
        PeerState(True, 1.0, ProviderState.STOPPING),
    ],
)
def test_another_provider_that_does_not_run(network: Network, state: PeerState | None) -> None:
    decision = network.route(call(ASO), akane=state)
    assert_goes(decision, "other-not-running", "chitose", "chitose", "aoba")
    assert decision.responsible == "aso"
    assert phones(decision) == [("阿蘇広域行政事務組合消防本部", "0000-00-0431")]


def test_just_inside_t3_a_peer_runs(network: Network) -> None:
    state = PeerState(session_up=True, last_frame_age_s=29.999)
    assert network.route(call(ASO), akane=state).rule == RoutingRule.OTHER_RUNNING


def test_a_center_in_maintenance_is_not_running(
    network: Network, municipalities: Municipalities
) -> None:
    content = network.directory.content
    centers = tuple(
        c.model_copy(update={"state": ProviderState.MAINTENANCE}) if c.code == "tomakomai" else c
        for c in content.centers
    )
    changed = Directory(content.model_copy(update={"centers": centers}), municipalities)
    decision = Network(network.index, changed).route(call(TOMAKOMAI))
    assert_goes(decision, "other-not-running", "chitose", "chitose", "aoba")
    assert phones(decision) == [("苫小牧市消防本部", "0000-00-0101")]


def test_not_adopted_goes_home_and_says_whom_to_phone(network: Network) -> None:
    decision = network.route(call(SAPPORO))
    assert_goes(decision, "not-adopted", "chitose", "chitose", "aoba")
    assert decision.responsible == "m-01100"
    assert phones(decision) == [("札幌市を管轄する消防本部", "0000-01-0100")]
    assert decision.whom_to_phone[0].name_en == "the fire department for Sapporo City"


def test_a_home_department_without_net119_answers_for_itself_and_for_no_other(
    network: Network,
) -> None:
    """Its adoption has ended, its registrants still call: neither has a center to share."""
    at_home = network.route(call(SAPPORO, "m-01100"))
    assert (at_home.rule, at_home.department) == ("home-center", "m-01100")
    assert (at_home.center, at_home.whom_to_phone) == (None, ())
    away = network.route(call(OFF_CAPE_SOYA, "m-01100"))
    assert (away.rule, away.department) == ("not-adopted", "m-01100")
    assert phones(away) == [("稚内市を管轄する消防本部", "0000-01-0214")]


def test_adoption_depends_on_the_day(network: Network) -> None:
    before = network.route(call(ASO), day=date(2021, 3, 31))
    after = network.route(call(ASO), day=date(2021, 4, 1))
    assert (before.rule.value, after.rule.value) == ("not-adopted", "other-running")
    assert phones(before) == [("阿蘇広域行政事務組合消防本部", "0000-00-0431")]


# --- what happens after the offer ------------------------------------------------------------


@pytest.mark.parametrize("rule", [RoutingRule.PEER_REJECTED, RoutingRule.PEER_SILENT])
def test_a_call_that_its_peer_does_not_take_goes_home(network: Network, rule: RoutingRule) -> None:
    offered = network.route(call(ASO))
    decision = fall_back_home(offered, rule, network.directory.on(DAY))
    assert_goes(decision, rule.value, "chitose", "chitose", "aoba")
    assert phones(decision) == [("阿蘇広域行政事務組合消防本部", "0000-00-0431")]
    assert (decision.responsible, decision.point) == ("aso", offered.point)


def test_only_an_offered_call_can_fall_back(network: Network) -> None:
    view = network.directory.on(DAY)
    with pytest.raises(ValueError, match="falls back only when"):
        fall_back_home(network.route(call(ASO)), RoutingRule.NOT_ADOPTED, view)
    with pytest.raises(ValueError, match="was not offered"):
        fall_back_home(network.route(call(CHITOSE)), RoutingRule.PEER_SILENT, view)


# --- mistakes of the caller of the function --------------------------------------------------


def test_an_unknown_home_department_is_named(network: Network) -> None:
    with pytest.raises(UnknownDepartment, match="nowhere"):
        network.route(call(CHITOSE, "nowhere"))


def test_a_view_of_another_day_is_refused(network: Network) -> None:
    view = network.directory.on(date(2026, 1, 1))
    with pytest.raises(ValueError, match="2026-01-01"):
        route(call(CHITOSE), network.index, view, DAY, Peers("aoba"))
    assert route(call(CHITOSE), network.index, view, view.day, Peers("aoba")).accepted


def test_every_rule_has_its_stable_name() -> None:
    assert [rule.value for rule in RoutingRule] == [
        "refused-registrant",
        "positioning-off",
        "outside-japan",
        "plaintext-not-allowed",
        "plaintext-home",
        "no-position",
        "far-at-sea",
        "home-center",
        "other-running",
        "other-not-running",
        "not-adopted",
        "peer-rejected",
        "peer-silent",
    ]
    assert [outcome.value for outcome in RoutingOutcome] == ["accept", "refuse"]


def test_what_a_record_holds_beside_the_rule_has_stable_names_too() -> None:
    assert [each.value for each in PointSource] == ["pin", "home", "frequent", "fix"]
    assert [each.value for each in AlternativeReason] == [
        "ambiguous",
        "home-differs",
        "place-differs",
    ]
    assert [each.value for each in NotRunning] == [
        "planned-stop",
        "maintenance",
        "overloaded",
        "stopping",
        "down",
    ]
