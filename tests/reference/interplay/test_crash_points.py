"""A provider dies at every point of a scripted call: the invariants hold, the call is closed."""

import os

import pytest
from net119_protocol.interconnect import MessageType

from tests.reference.interplay.crash_points import DOCUMENT, Walk, die, missing, points, told
from tests.reference.interplay.flows import FLOWS, People, operators
from tests.reference.interplay.running import ready
from tests.turns import ALL as ALL_TURNS
from tests.turns import revision

ALL = ALL_TURNS or os.environ.get("NET119_CRASH_POINTS") == "all"
"""`make crash-points` walks every point, which takes some minutes; `make test` every sixteenth,
other ones for each commit."""
EACH = 16
NOT_IN_A_FLOW = {MessageType.CHAT_RESUME, MessageType.ERROR}
"""Sent only when something was lost or is wrong; the random machine has both."""


@pytest.mark.parametrize("flow", FLOWS)
def test_every_crash_point(flow: str) -> None:
    """``python -m tests.reference.interplay.crash_points`` writes the document."""
    document = DOCUMENT.read_text(encoding="utf-8")
    with ready(operators(flow)) as world:
        found = points(world, flow)
        assert missing(world, flow, found) == set()
        chosen = found if ALL else found[(list(FLOWS).index(flow) + revision()) % EACH :: EACH]
        walked = Walk(flow, {point: die(world, flow, point) for point in chosen})
    for point, outcome in walked.outcomes.items():
        assert outcome.startswith("closed by ")
        assert outcome in told(document, flow)[point.label][point.dies].split("; "), (
            f"not as told: {point}"
        )
    if ALL:
        assert f"{walked.section()}\n" in document, "docs/crash-points.md is of another version"


def test_a_point_that_was_not_walked_is_missed() -> None:
    flow = "callback while open"
    with ready() as world:
        found = points(world, flow)
        for left_out in (found[0], found[len(found) // 2], found[-1]):
            rest = [each for each in found if each != left_out]
            lacking = {(left_out.kind, left_out.number, left_out.dies)}
            assert missing(world, flow, rest) == lacking


def test_the_flows_have_every_type_of_message() -> None:
    seen = set()
    with ready() as world:
        for name, flow in FLOWS.items():
            if operators(name) != world.operators:
                continue  # of the types that the others have
            world.begin()
            flow(People(world))
            seen |= {line.partition(" ")[2] for line in world.log}
    assert {each.value for each in set(MessageType) - NOT_IN_A_FLOW} <= seen
