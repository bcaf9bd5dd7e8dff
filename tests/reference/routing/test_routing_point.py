"""Which position is routed, what is shown beside it, and when a call is ambiguous."""

from dataclasses import replace

import pytest
from net119_protocol.codes import PlaceChoice
from net119_protocol.directory import (
    Directory,
    JurisdictionIndex,
    Municipalities,
    Overlap,
    PointHit,
    distance_m,
)
from net119_reference.routing import (
    Alternative,
    AlternativeReason,
    Position,
    RoutingInput,
    RoutingRule,
)

from tests.protocol.directory import brute
from tests.reference.routing.network import (
    ASO,
    BORDER,
    CHITOSE,
    SAPPORO,
    SEOUL,
    TOMAKOMAI,
    Network,
    assert_goes,
    fix,
)


def test_the_pin_counts_over_home_and_fix(network: Network) -> None:
    facts = RoutingInput(
        "chitose",
        fix=fix(SAPPORO),
        pin=ASO,
        place=PlaceChoice.HOME,
        registered_address=CHITOSE,
    )
    decision = network.route(facts)
    assert_goes(decision, "other-running", "aso", "aso", "akane")
    assert (decision.point, decision.point_source, decision.radius_m) == (ASO, "pin", 0.0)
    # Home and fix are 35 km apart: both are shown.
    assert decision.home_differs
    assert [(a.department, a.reason.value) for a in decision.alternatives] == [
        ("chitose", "home-differs"),
        ("m-01100", "home-differs"),
    ]


def test_a_frequent_place_counts_over_the_fix_and_a_contradiction_is_shown(
    network: Network,
) -> None:
    """TOM-14."""
    facts = RoutingInput("chitose", fix=fix(TOMAKOMAI), frequent=CHITOSE)
    decision = network.route(facts)
    assert_goes(decision, "home-center", "chitose", "chitose", "aoba")
    assert (decision.point, decision.point_source) == (CHITOSE, "frequent")
    assert decision.radius_m == 0
    assert (decision.place_differs, decision.home_differs) == (True, False)
    assert [(a.department, a.reason.value) for a in decision.alternatives] == [
        ("tomakomai", "place-differs")
    ]
    # There, or with no fix at all, nothing is contradicted; a pin counts over all.
    for there in (fix(CHITOSE), None):
        assert not network.route(replace(facts, fix=there)).place_differs
    pinned = network.route(replace(facts, pin=ASO))
    assert (pinned.point, pinned.point_source) == (ASO, "pin")


def test_home_counts_over_a_fix_that_differs_and_both_are_shown(network: Network) -> None:
    facts = RoutingInput(
        "chitose",
        fix=fix(TOMAKOMAI),
        place=PlaceChoice.HOME,
        registered_address=CHITOSE,
    )
    decision = network.route(facts)
    assert_goes(decision, "home-center", "chitose", "chitose", "aoba")
    assert decision.home_differs
    assert decision.alternatives == (
        Alternative(
            "tomakomai",
            "苫小牧市消防本部",
            "Tomakomai City Fire Department",
            "0000-00-0101",
            AlternativeReason.HOME_DIFFERS,
        ),
    )
    # With "current position" the same fix is simply the point.
    current = network.route(replace(facts, place=PlaceChoice.CURRENT))
    assert_goes(current, "other-running", "tomakomai", "tomakomai", "aoba")
    assert not current.home_differs
    assert current.alternatives == ()


@pytest.mark.parametrize(
    ("metres", "accuracy", "differs"),
    [
        (1_050.0, 20.0, False),
        (1_150.0, 20.0, True),
        (2_500.0, 1_000.0, False),
        (2_700.0, 1_000.0, True),
        (1_450.0, None, False),
        (1_550.0, None, True),
    ],
)
def test_home_differs_by_more_than_accuracy_and_one_kilometre(
    network: Network, metres: float, accuracy: float | None, differs: bool
) -> None:
    moved = Position(CHITOSE.lat + metres / 111_195.0, CHITOSE.lon)
    facts = RoutingInput(
        "chitose",
        fix=fix(moved, accuracy),
        place=PlaceChoice.HOME,
        registered_address=CHITOSE,
    )
    decision = network.route(facts)
    assert decision.home_differs is differs
    assert decision.rule == RoutingRule.HOME_CENTER


@pytest.mark.parametrize("beyond_m", [-0.5, 0.5])
def test_home_differs_from_one_kilometre_beyond_the_accuracy_on(
    network: Network, beyond_m: float
) -> None:
    """Of 1,100 m here: the radius of 95 % is 100 m."""
    low, high = CHITOSE.lat, CHITOSE.lat + 0.02
    for _ in range(50):
        lat = (low + high) / 2
        apart = distance_m(CHITOSE.lon, CHITOSE.lat, CHITOSE.lon, lat)
        low, high = (lat, high) if apart < 1_100.0 + beyond_m else (low, lat)
    facts = RoutingInput(
        "chitose",
        fix=fix(Position(low, CHITOSE.lon)),
        place=PlaceChoice.HOME,
        registered_address=CHITOSE,
    )
    assert network.route(facts).home_differs is (beyond_m > 0)


def test_a_department_is_named_once_though_home_and_fix_both_lie_there(network: Network) -> None:
    elsewhere = Position(CHITOSE.lat + 0.03, CHITOSE.lon)
    facts = RoutingInput(
        "aso",
        fix=fix(elsewhere),
        pin=ASO,
        place=PlaceChoice.HOME,
        registered_address=CHITOSE,
    )
    decision = network.route(facts, operator="akane")
    assert decision.home_differs
    assert [a.department for a in decision.alternatives] == ["chitose"]


def test_home_in_japan_is_believed_over_a_fix_abroad(network: Network) -> None:
    facts = RoutingInput(
        "chitose", fix=fix(SEOUL), place=PlaceChoice.HOME, registered_address=CHITOSE
    )
    decision = network.route(facts)
    assert_goes(decision, "home-center", "chitose", "chitose", "aoba")
    assert decision.home_differs
    assert decision.alternatives == ()


def test_a_disc_over_a_border_is_ambiguous(network: Network) -> None:
    # 300 m into Tomakomai's side, with a 95 % radius of 800 m.
    south = Position(BORDER.lat - 0.004, BORDER.lon)
    decision = network.route(RoutingInput("aso", fix=fix(south, 500.0)), operator="akane")
    assert decision.radius_m == 800.0
    assert decision.ambiguous
    assert {s.department for s in decision.shares} == {"tomakomai", "chitose"}
    assert [s.share for s in decision.shares] == sorted(
        (s.share for s in decision.shares), reverse=True
    )
    assert decision.shares[0].department == decision.department == decision.responsible
    assert [(a.department, a.reason.value) for a in decision.alternatives] == [
        (decision.shares[1].department, "ambiguous")
    ]
    assert decision.rule == RoutingRule.OTHER_RUNNING


@pytest.mark.parametrize(
    ("accuracy_m", "away_m", "ambiguous"),
    [(10.0, 85.0, True), (10.0, 95.0, False), (10.0, 105.0, False), (70.0, 95.0, True)],
)
def test_the_rim_of_the_smallest_disc_leaves_no_doubt(
    network: Network, accuracy_m: float, away_m: float, ambiguous: bool
) -> None:
    """The border here runs straight; 100 m are room for its own error, 112 m are the phone's."""
    place = chitose_side(network, away_m)
    decision = network.route(RoutingInput("tomakomai", fix=fix(place, accuracy_m)))
    assert decision.responsible == "chitose"
    assert decision.ambiguous is ambiguous
    assert bool(decision.alternatives) is ambiguous
    # What the disc covers is recorded all the same.
    assert (len(decision.shares) > 1) is (away_m < decision.radius_m)


class OneDisc(JurisdictionIndex):
    """An index that finds what a test says, so that shares are exact."""

    def __init__(self, *found: Overlap) -> None:
        self._found = list(found)

    def at(self, lon: float, lat: float) -> PointHit:
        return PointHit(self._found[0].municipality, 0.0, False, False)

    def within(self, lon: float, lat: float, radius_m: float) -> list[Overlap]:
        return self._found


@pytest.mark.parametrize(
    ("accuracy_m", "tomakomai", "chitose", "ambiguous"),
    [
        (10.0, 0.98, 0.02, False),
        (10.0, 0.979, 0.021, True),
        # Of the land that the disc covers, where the rest of it lies at sea.
        (10.0, 0.49, 0.01, False),
        (10.0, 0.489, 0.011, True),
        (62.5, 0.98, 0.02, False),
        (62.6, 0.98, 0.02, True),
        (1_000.0, 0.999, 0.001, True),
    ],
)
def test_the_smallest_disc_is_ambiguous_where_others_have_over_2_percent_of_it(
    directory: Directory, accuracy_m: float, tomakomai: float, chitose: float, ambiguous: bool
) -> None:
    index = OneDisc(Overlap("01213", tomakomai), Overlap("01224", chitose))
    facts = RoutingInput("tomakomai", fix=fix(TOMAKOMAI, accuracy_m))
    decision = Network(index, directory).route(facts)
    assert decision.ambiguous is ambiguous
    assert [a.department for a in decision.alternatives] == (["chitose"] if ambiguous else [])
    assert [s.share for s in decision.shares] == [tomakomai, chitose]


def test_of_equal_shares_the_lower_code_comes_first(directory: Directory) -> None:
    index = OneDisc(Overlap("01213", 0.5), Overlap("01224", 0.5))
    decision = Network(index, directory).route(RoutingInput("aso", fix=fix(TOMAKOMAI, 500.0)))
    assert decision.responsible == "chitose"


def chitose_side(network: Network, away_m: float) -> Position:
    """A place in Chitose so far from the border with Tomakomai, north of its middle."""
    low, high = 0.0, 0.01
    for _ in range(40):
        step = (low + high) / 2
        lat = BORDER.lat + step
        inside = network.index.at(BORDER.lon, lat).municipality == "01224"
        far = network.index.border_distance_m("01213", BORDER.lon, lat) > away_m
        low, high = (low, step) if inside and far else (step, high)
    return Position(BORDER.lat + high, BORDER.lon)


def test_overlap_is_summed_by_department(network: Network, municipalities: Municipalities) -> None:
    # No municipality has more of this disc than Kokonoe (44461, not adopted), but two towns of the
    # Aso union have more together.
    place = Position(33.1044, 131.1687)
    raw = brute.shares(municipalities, place.lon, place.lat, 1_600.0)
    assert max(raw, key=lambda code: raw[code]) == "44461"
    decision = network.route(RoutingInput("chitose", fix=fix(place, 1_000.0)))
    assert_goes(decision, "other-running", "aso", "aso", "akane")
    assert [(s.department, s.municipalities) for s in decision.shares] == [
        ("aso", ("43423", "43424")),
        ("m-44461", ("44461",)),
    ]
    assert decision.shares[0].share == pytest.approx(raw["43423"] + raw["43424"], abs=0.01)
    assert decision.municipality in ("43423", "43424")
    assert decision.ambiguous


def test_a_disc_of_one_department_is_not_ambiguous(network: Network) -> None:
    decision = network.route(RoutingInput("chitose", fix=fix(ASO, 100.0)))
    assert not decision.ambiguous
    assert [(s.department, s.municipalities) for s in decision.shares] == [("aso", ("43214",))]
    assert decision.shares[0].share == pytest.approx(1.0)


def test_the_record_of_a_call_without_a_position_is_of_the_same_form(network: Network) -> None:
    """Whoever reads records finds numbers and texts where those of other calls have them."""
    record = network.route(RoutingInput("chitose")).as_record()
    assert (record["no_position"], record["point"]) == (True, None)
    assert (record["reason"], record["radius_m"], record["distance_to_land_m"]) == ("", 0.0, 0.0)
