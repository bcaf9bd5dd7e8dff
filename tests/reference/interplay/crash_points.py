"""Every moment of a scripted call at which a provider can die, and what becomes of the call.

The moments: before a message or a letter arrives, when it has arrived and its sender does not know
it yet (either provider dies), and before and after every commit (the one that commits dies).
``python -m tests.reference.interplay.crash_points`` writes the table of ``docs/crash-points.md``.
"""

import logging
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from net119_protocol.codes import CallState

from tests.reference.interplay.flows import FLOWS, People, operators
from tests.reference.interplay.invariants import Invariants
from tests.reference.interplay.wires import STRANGER
from tests.reference.interplay.world import World

DOCUMENT = Path(__file__).parents[3] / "docs" / "crash-points.md"
MARK = "<!-- What follows is written by the module; do not edit it. -->\n\n"
_KINDS = {"message": "at messages", "before": "before commits", "after": "after commits"}


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

    def message(label: str) -> None:
        nonlocal messages
        messages += 1
        found.extend(Point("message", messages, name, label) for name in world.operators)

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

        def message(_label: str) -> None:
            count[0] += 1
            if count[0] == point.number and node.alive:
                deaths[0] += 1
                node.kill()

        world.at_message = message
    begun = world.tally["died"]
    people = People(world, law.check)
    FLOWS[flow](people)
    world.at_message = lambda _when: None
    assert world.tally["died"] > begun, f"nobody died at {point}"
    law.come_to_rest()
    return outcome(world, law, people)


def outcome(world: World, law: Invariants, people: People) -> str:
    """What has become of the call, in a few words."""
    (call,) = world.calls
    rows = world.nodes["aoba"].store.rows("SELECT count(*) FROM calls")
    assert rows[0][0] == 1, "the same call twice"
    record = world.record("aoba", call)
    assert record is not None
    assert record["state"] == CallState.CLOSED.value
    lines = len(law.transcripts.of("aoba", call))
    owner = record["owner"]["department"]["code"]
    return f"closed by {owner} under epoch {record['epoch']}, {lines} lines"


def missing(world: World, flow: str, walked: Iterable[Point]) -> set[tuple[str, int, str]]:
    """The moments of a flow at which nobody has died yet, by kind, number and who dies.

    Counted by what has come over the links and by the commits of the stores, not by the hooks
    by which the points are found.
    """
    world.begin()
    begun = {name: node.commits for name, node in world.nodes.items()}
    carried = len(world.log)
    FLOWS[flow](People(world))
    strangers = f"{STRANGER}->" if world.has_stranger else "nobody->"
    carried = sum(not line.startswith(strangers) for line in world.log[carried:])
    wanted = {
        ("message", number, name)
        for number in range(1, 2 * carried + 1)
        for name in world.operators
    }
    for name, node in world.nodes.items():
        numbers = range(1, node.commits - begun[name] + 1)
        wanted |= {(kind, number, name) for kind in ("before", "after") for number in numbers}
    return wanted - {(each.kind, each.number, each.dies) for each in walked}


@dataclass(frozen=True)
class Walk:
    """A flow of which every point was walked, with what became of the call at each."""

    flow: str
    outcomes: dict[Point, str]

    def rows(self) -> Iterator[tuple[str, int, str, str]]:
        """Moment, number of points, what has become of the call after each provider has died."""
        by_label: dict[str, dict[str, list[str]]] = {}
        for point, found in self.outcomes.items():
            by_label.setdefault(point.label, {}).setdefault(point.dies, []).append(found)
        for label, by_name in by_label.items():
            cells = (
                "; ".join(dict.fromkeys(by_name.get(name, []))) or "—"
                for name in operators(self.flow)
            )
            yield label, sum(map(len, by_name.values())), *cells  # type: ignore[misc]  # one cell for each operator

    def section(self) -> str:
        """The part of the document about this flow."""
        text = (FLOWS[self.flow].__doc__ or "").strip()
        kinds = Counter(each.kind for each in self.outcomes)
        counts = ", ".join(f"{kinds[kind]} {what}" for kind, what in _KINDS.items())
        lines = [f"## {self.flow.capitalize()}", "", text, ""]
        lines += [f"{len(self.outcomes)} points: {counts}.", ""]
        names = operators(self.flow)
        lines += [f"| moment | points | {' | '.join(f'{name} dies' for name in names)} |"]
        lines += [f"| --- | --- | {' | '.join('---' for _ in names)} |"]
        lines += [f"| {' | '.join(map(str, row))} |" for row in self.rows()]
        return "\n".join(lines)


def walk(world: World, flow: str) -> Walk:
    """Let everybody die at every point of a flow."""
    return Walk(flow, {point: die(world, flow, point) for point in points(world, flow)})


def told(document: str, flow: str) -> dict[str, dict[str, str]]:
    """What the document says becomes of the call: by moment and by who dies."""
    part = document.partition(f"## {flow.capitalize()}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return {row[0]: dict(zip(operators(flow), row[2:], strict=True)) for row in rows[1:]}


def main() -> int:
    """Write the document; with names of flows, print their parts only."""
    from tests.reference.interplay.running import ready

    logging.disable(logging.CRITICAL)
    chosen = sys.argv[1:]
    sections = []
    for flow in chosen or FLOWS:
        with ready(operators(flow)) as world:
            sections.append(walk(world, flow).section())
    text = "\n\n".join(sections) + "\n"
    if chosen:
        sys.stdout.write(text)
    else:
        before = DOCUMENT.read_text(encoding="utf-8")
        DOCUMENT.write_text(before.partition(MARK)[0] + MARK + text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
