"""Routing (管轄振分け): which department a call goes to, and by which rule. Pure functions."""

from net119_reference.routing.decision import (
    COAST_GUARD,
    REFUSING_RULES,
    Alternative,
    AlternativeReason,
    Contact,
    DepartmentShare,
    PointSource,
    RoutingDecision,
    RoutingOutcome,
    RoutingRule,
)
from net119_reference.routing.facts import (
    T3_S,
    CallerStanding,
    Fix,
    NotRunning,
    Peers,
    PeerState,
    Position,
    RoutingInput,
    Standing,
)
from net119_reference.routing.route import fall_back_home, route

__all__ = [
    "COAST_GUARD",
    "REFUSING_RULES",
    "T3_S",
    "Alternative",
    "AlternativeReason",
    "CallerStanding",
    "Contact",
    "DepartmentShare",
    "Fix",
    "NotRunning",
    "PeerState",
    "Peers",
    "PointSource",
    "Position",
    "RoutingDecision",
    "RoutingInput",
    "RoutingOutcome",
    "RoutingRule",
    "Standing",
    "fall_back_home",
    "route",
]
