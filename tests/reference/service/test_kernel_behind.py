"""The kernel where other processes write to the same calls all the time."""

from collections.abc import Sequence
from typing import Any

import pytest
from net119_reference.ports import StorageFailed
from net119_reference.service.kernel import ATTEMPTS
from net119_reference.store import Write
from net119_reference.store.level import Behind, News

from tests.reference.service.test_kernel import Bench, on_bench, settled

TEXTS = [f"{each:03d}" for each in range(100)]


class Neighbours:
    """Other processes; they are ahead of every commit of more than so many writes."""

    ahead = False

    def __init__(self, bench: Bench, most: int, patch: pytest.MonkeyPatch) -> None:
        self.most = most
        self.taken = 0
        self._store = bench.database.commit
        patch.setattr(bench.database, "commit", self.commit)
        others: Any = self
        bench.kernel.others = others

    async def commit(self, writes: Sequence[Write]) -> None:
        if len(writes) > self.most:
            raise Behind(News())
        await self._store(writes)

    async def catch_up(self) -> None:
        raise AssertionError("nothing is ahead")

    def take(self, _news: News) -> None:
        self.taken += 1

    def around(self, _touched: object) -> None:
        return None

    def doubt(self, _touched: object) -> None:
        raise AssertionError("nothing failed")


def test_a_batch_that_others_are_always_ahead_of_becomes_smaller_until_it_is_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work(bench: Bench) -> None:
        Neighbours(bench, 3, monkeypatch)
        assert await settled(*map(bench.noting, TEXTS)) == TEXTS
        assert [text for commit in bench.database.commits for text in commit] == TEXTS
        assert bench.published == TEXTS
        assert bench.level == len(TEXTS)

    on_bench(work)


def test_a_command_that_others_are_always_ahead_of_is_given_up_and_only_that_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work(bench: Bench) -> None:
        neighbours = Neighbours(bench, 0, monkeypatch)
        (given_up,) = await settled(bench.noting("first"))
        assert isinstance(given_up, StorageFailed)
        assert neighbours.taken == ATTEMPTS
        assert (bench.published, bench.level, bench.memory) == ([], 0, {})
        neighbours.most = 1
        assert await settled(bench.noting("second")) == ["second"]

    on_bench(work)
