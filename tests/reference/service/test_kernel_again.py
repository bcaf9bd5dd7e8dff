"""The kernel where other processes write to the same calls: it decides again, and tells once."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from net119_reference.ports import StorageFailed
from net119_reference.service.kernel import Transaction
from net119_reference.store import Write
from net119_reference.store.deciding import DecideAgain
from net119_reference.store.level import News

from tests.reference.service.test_kernel import Bench, on_bench, settled

TEXTS = [f"{each:03d}" for each in range(100)]


class Neighbours:
    """Other processes, which are found to be ahead of a commit so many times before it is made."""

    ahead = False

    def __init__(self, bench: Bench, times: int, patch: pytest.MonkeyPatch) -> None:
        self.times = times
        self.taken = 0
        self.doubted = 0
        self.between: Callable[[], None] = lambda: None
        """Done whenever news are taken."""
        self._bench = bench
        self._store = bench.database.commit
        patch.setattr(bench.database, "commit", self.commit)
        others: Any = self
        bench.kernel.others = others

    async def commit(self, writes: Sequence[Write], _around: None, again: DecideAgain) -> None:
        for _ in range(self.times):
            assert not self._bench.published, "told before it was stored"
            writes, _around = again(News())  # type: ignore[assignment]  # None, as `around` gives
        if writes:
            await self._store(writes)

    async def catch_up(self) -> None:
        raise AssertionError("nothing is ahead")

    def take(self, _news: News) -> None:
        # What was decided before is undone by then: the news come upon what is stored alone.
        assert self._bench.memory == {}
        self.taken += 1
        self.between()

    def around(self, _touched: object) -> None:
        return None

    def doubt(self, _touched: object) -> None:
        self.doubted += 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_batch_that_is_decided_again_is_stored_and_told_once(
    times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(bench: Bench) -> None:
        neighbours = Neighbours(bench, times, monkeypatch)
        assert await settled(*map(bench.noting, TEXTS)) == TEXTS
        assert bench.database.commits == [TEXTS]
        assert bench.published == TEXTS
        assert bench.level == len(TEXTS)
        assert (neighbours.taken, neighbours.doubted) == (times, 0)

    on_bench(work)


def test_whoever_wrote_is_told_what_was_decided_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is numbered after those that others have stored meanwhile."""

    async def work(bench: Bench) -> None:
        neighbours = Neighbours(bench, 1, monkeypatch)

        def stored_by_another() -> None:
            bench.level = 7

        neighbours.between = stored_by_another

        def numbered(tx: Transaction) -> int:
            bench.note("line", tx)
            return bench.level

        assert await bench.kernel.run(numbered) == 8

    on_bench(work)


def test_a_line_that_turns_out_to_be_stored_already_is_acknowledged_without_a_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work(bench: Bench) -> None:
        neighbours = Neighbours(bench, 1, monkeypatch)
        known: set[str] = set()
        neighbours.between = lambda: known.add("line")

        def say(tx: Transaction) -> str:
            return "again" if "line" in known else bench.note("line", tx)

        assert await bench.kernel.run(say) == "again"
        assert (bench.database.commits, bench.published, bench.memory) == ([], [], {})

    on_bench(work)


def test_what_was_decided_again_and_then_not_stored_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work(bench: Bench) -> None:
        neighbours = Neighbours(bench, 1, monkeypatch)
        bench.database.failures = [StorageFailed("disk full")]
        (failed,) = await settled(bench.noting("first"))
        assert isinstance(failed, StorageFailed)
        assert (bench.published, bench.level, bench.memory) == ([], 0, {})
        assert neighbours.doubted == 1
        assert await settled(bench.noting("second")) == ["second"]

    on_bench(work)
