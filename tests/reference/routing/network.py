"""Places, a network that is well, and what a decision must say; shared by the routing tests."""

from datetime import date

from net119_protocol.directory import Directory, JurisdictionIndex
from net119_reference.routing import (
    Fix,
    Peers,
    PeerState,
    Position,
    RoutingDecision,
    RoutingInput,
    route,
)

DAY = date(2026, 4, 1)
UP = PeerState(session_up=True, last_frame_age_s=3.0)

TOMAKOMAI = Position(42.6341, 141.6055)
CHITOSE = Position(42.8210, 141.6509)
SAPPORO = Position(43.06, 141.35)
TOKONAME = Position(34.8867, 136.8324)
MIHAMA = Position(34.7788, 136.9082)
ASO = Position(32.9520, 131.1210)
SEOUL = Position(37.5665, 126.9780)
OFF_MINAMICHITA = Position(34.72, 136.874)  # 840 m from land
ISE_BAY = Position(34.75, 136.83)  # 1.7 km from land
OFF_CAPE_SOYA = Position(45.53, 141.93)  # 930 m from land
NORTH_OF_WAKKANAI = Position(45.60, 141.80)  # 12 km from land
OFF_SAKHALIN = Position(46.20, 141.90)  # over 60 km from Hokkaido
BORDER = Position(42.752055, 141.478092)  # of Tomakomai and Chitose, half and half


class Network:
    """Index, directory and peers that are all well, unless a test says otherwise."""

    def __init__(self, index: JurisdictionIndex, directory: Directory) -> None:
        self.index = index
        self.directory = directory

    def route(
        self,
        facts: RoutingInput,
        *,
        operator: str = "aoba",
        day: date = DAY,
        **changed: PeerState | None,
    ) -> RoutingDecision:
        states = dict.fromkeys(("aoba", "midori", "akane"), UP) | changed
        known = {code: state for code, state in states.items() if state is not None}
        peers = Peers(operator, known)
        return route(facts, self.index, self.directory, day, peers)


def fix(position: Position, accuracy_m: float | None = 20.0) -> Fix:
    return Fix(position, accuracy_m)


def call(position: Position | None, home: str = "chitose") -> RoutingInput:
    return RoutingInput(home_department=home, fix=fix(position) if position else None)


def assert_refused(decision: RoutingDecision, rule: str) -> None:
    assert (decision.outcome.value, decision.rule.value) == ("refuse", rule)
    assert not decision.accepted
    assert (decision.department, decision.center, decision.provider) == (None, None, None)
    assert not [*decision.whom_to_phone, *decision.alternatives, *decision.shares]


def assert_goes(
    decision: RoutingDecision, rule: str, department: str, center: str, provider: str
) -> None:
    assert (decision.outcome.value, decision.rule.value) == ("accept", rule)
    assert (decision.department, decision.center, decision.provider) == (
        department,
        center,
        provider,
    )
    assert decision.directory_version == "2026-04-01"


def phones(decision: RoutingDecision) -> list[tuple[str, str]]:
    return [(contact.name_ja, contact.phone) for contact in decision.whom_to_phone]
