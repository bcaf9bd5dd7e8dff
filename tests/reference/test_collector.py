"""When the garbage collector looks through everything."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest
from net119_reference.collector import collect_all_seldom, only_the_young


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.enable()


class Node:
    """May be in a cycle."""

    def __init__(self) -> None:
        self.other: Node | None = None


def old_cycle() -> "weakref.ref[Node]":
    """Garbage that the collector has seen alive, so that it counts as old."""
    a, b = Node(), Node()
    a.other, b.other = b, a
    gc.collect()
    return weakref.ref(a)


def test_the_collector_runs_but_does_not_look_through_everything_by_itself() -> None:
    gc.disable()
    only_the_young()
    assert gc.isenabled()
    before = gc.get_stats()[2]["collections"]
    # Far more than would make it look through everything otherwise.
    held = [[[each]] for each in range(400_000)]
    assert len(held) == 400_000
    assert gc.get_stats()[2]["collections"] == before
    assert gc.get_stats()[1]["collections"] > 0


def test_old_garbage_is_collected_all_the_same_and_pauses_grow_with_what_it_takes() -> None:
    only_the_young()
    garbage = old_cycle()
    now = [0.0]
    pauses: list[float] = []
    takes = iter([0.001, 1.0, 0.2])

    def collect() -> None:
        gc.collect()
        now[0] += next(takes)

    async def sleep(seconds: float) -> None:
        assert (garbage() is None) is bool(pauses)
        pauses.append(seconds)
        if len(pauses) == 4:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(collect_all_seldom(collect, lambda: now[0], sleep))
    assert pauses == pytest.approx([30, 30, 200, 40])
