"""Every moment of a scripted call at which a provider can die, and what becomes of the call.

The moments: before a message arrives, when it has arrived and its sender does not know it yet
(either provider dies), and before and after every commit (the one that commits dies).
``python -m tests.reference.interplay.crash_points`` prints the table.
"""

import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from net119_protocol.codes import CallState

from tests.reference.interplay.flows import FLOWS, People
from tests.reference.interplay.invariants import Invariants
from tests.reference.interplay.node import OPERATORS
from tests.reference.interplay.wires import Pipe
from tests.reference.interplay.world import World


@dataclass(frozen=True)
class Point:
    """A moment and who dies at it; ``number`` counts the moments of its kind in the flow."""

    kind: str
    number: int
    dies: str
    label: str


def points(world: World, flow: str) -> list[Point]:
    """Every point of a flow, in the order of an undisturbed run."""
    found: list[Point] = []
    world.begin()
    begun = {name: node.commits for name, node in world.nodes.items()}
    messages = 0

    def message(label: str, _pipe: Pipe) -> None:
        nonlocal messages
        messages += 1
        found.extend(Point("message", messages, name, label) for name in OPERATORS)

    def commit(name: str) -> None:
        number = world.nodes[name].commits - begun[name]
        for kind in ("before", "after"):
            found.append(Point(kind, number, name, f"{kind} the commit when {world.doing}"))

    world.at_message = message
    for name, node in world.nodes.items():
        node.on_commit = lambda name=name: commit(name)  # type: ignore[misc]  # each name is bound as a default
    try:
        FLOWS[flow](People(world))
    finally:
        for node in world.nodes.values():
            node.on_commit = lambda: None
    return found


def die(world: World, flow: str, point: Point) -> str:
    """Run a flow in which somebody dies at a point; what has become of the call."""
    world.begin()
    law = Invariants(world)
    node = world.nodes[point.dies]
    number = node.commits + point.number
    deaths = [0]
    if point.kind == "before":
        node.dies_before_commit = number
    elif point.kind == "after":
        node.dies_after_commit = number
    else:
        count = [0]

        def message(_label: str, _pipe: Pipe) -> None:
            count[0] += 1
            if count[0] == point.number and node.alive:
                deaths[0] += 1
                node.kill()

        world.at_message = message
    begun = world.tally["died"]
    people = People(world)
    FLOWS[flow](people)
    world.at_message = lambda _when, _pipe: None
    assert world.tally["died"] > begun, f"nobody died at {point}"
    law.come_to_rest()
    return outcome(world, law, people)


def outcome(world: World, law: Invariants, people: People) -> str:
    """What has become of the call, in a few words."""
    (call,) = world.calls
    rows = world.nodes["aoba"].store.rows("SELECT count(*) FROM calls")
    assert rows[0][0] == 1, "the same call twice"
    record = law.record("aoba", call)
    assert record is not None
    assert record["state"] == CallState.CLOSED.value
    lines = len(law.lines("aoba", call))
    owner = record["owner"]["department"]["code"]
    return f"closed by {owner} under epoch {record['epoch']}, {lines} lines"


def table(world: World, flow: str) -> Iterator[tuple[str, str, str]]:
    """Moment, who dies, outcome; moments of the same name and outcome stand once."""
    seen: set[tuple[str, str, str]] = set()
    for point in points(world, flow):
        row = point.label, point.dies, die(world, flow, point)
        if row not in seen:
            seen.add(row)
            yield row


def section(world: World, flow: str) -> str:
    """The part of the document about one flow."""
    text = (FLOWS[flow].__doc__ or "").strip()
    lines = [f"## {flow.capitalize()}", "", text, "", "| moment | dies | the call then |"]
    lines.append("| --- | --- | --- |")
    lines += [f"| {' | '.join(row)} |" for row in table(world, flow)]
    return "\n".join(lines)


def main() -> int:
    """Print the table."""
    from tests.reference.interplay.running import ready

    logging.disable(logging.CRITICAL)
    with ready() as world:
        for flow in FLOWS:
            sys.stdout.write(section(world, flow) + "\n\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
