"""The kernel by itself, over a database that counts commits and fails when told to."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa
from net119_protocol.codes import Refusal
from net119_reference.ports import OutcomeUnknown, Refused, StorageFailed
from net119_reference.registration.ports import NotAccepted
from net119_reference.service import kernel as kernel_module
from net119_reference.service.kernel import Kernel, Transaction
from net119_reference.store import Database, Write

from tests.reference.service.support import START, ManualClock

STATEMENT = sa.text("not run")


class CountingDatabase:
    """Keeps what was committed; ``gate`` holds commits back, ``failures`` fail the next ones."""

    def __init__(self) -> None:
        self.commits: list[list[str]] = []
        self.failures: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.began = asyncio.Event()
        self.outcomes: asyncio.Queue[bool] = asyncio.Queue()
        """What became of commits of unknown outcome."""
        self.asked = asyncio.Event()

    async def settle(self) -> bool:
        self.asked.set()
        if self.outcomes.empty():
            raise StorageFailed("still away")
        return self.outcomes.get_nowait()

    async def commit(self, writes: Sequence[Write]) -> None:
        self.began.set()
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.commits.append([write.parameters["text"] for write in writes])


class Bench:
    """A kernel with a memory of its own."""

    def __init__(self) -> None:
        self.database = CountingDatabase()
        self.clock = ManualClock()
        self.kernel = Kernel(cast(Database, self.database), self.clock)
        self.memory: dict[str, int] = {}
        self.published: list[str] = []
        self.level = 0

    def note(self, text: str, tx: Transaction) -> str:
        tx.write(STATEMENT, text=text)
        tx.put(self.memory, text, len(self.memory))
        tx.set(self, "level", self.level + 1)
        tx.after(lambda: self.published.append(text))
        return text

    def do(self, text: str, tx: Transaction, after: Callable[[], None] = lambda: None) -> None:
        self.note(text, tx)
        tx.after(after)

    def refuse(self, text: str, tx: Transaction) -> str:
        self.note(text, tx)
        raise Refused(Refusal.INVALID, f"no {text}")

    def noting(self, text: str) -> "asyncio.Task[str]":
        return asyncio.create_task(self.kernel.run(lambda tx: self.note(text, tx)))

    def refusing(self, text: str) -> "asyncio.Task[str]":
        return asyncio.create_task(self.kernel.run(lambda tx: self.refuse(text, tx)))


def on_bench(work: Callable[[Bench], Awaitable[None]]) -> None:
    async def main() -> None:
        bench = Bench()
        bench.kernel.start()
        async with asyncio.timeout(20):
            await work(bench)
            await bench.kernel.stop()

    asyncio.run(main())


async def settled(*tasks: "asyncio.Task[Any]") -> list[Any]:
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_what_waits_goes_into_one_transaction_in_order() -> None:
    async def work(bench: Bench) -> None:
        bench.database.gate.clear()
        first = bench.noting("first")
        await bench.database.began.wait()
        rest = [bench.noting(f"{number:03d}") for number in range(100)]
        bench.database.gate.set()
        assert await settled(first, *rest) == ["first", *(f"{each:03d}" for each in range(100))]
        assert bench.database.commits == [["first"], [f"{each:03d}" for each in range(100)]]

    on_bench(work)


def test_no_result_and_no_frame_before_the_commit_is_done() -> None:
    async def work(bench: Bench) -> None:
        bench.database.gate.clear()
        task = bench.noting("one")
        looking = asyncio.create_task(bench.kernel.run(lambda _tx: dict(bench.memory)))
        await bench.database.began.wait()
        for _ in range(20):
            await asyncio.sleep(0)
        assert not task.done()
        assert not looking.done()
        assert bench.published == []
        bench.database.gate.set()
        assert await task == "one"
        assert await looking == {"one": 0}
        assert bench.published == ["one"]

    on_bench(work)


def test_a_command_without_writes_needs_no_commit() -> None:
    async def work(bench: Bench) -> None:
        assert await bench.kernel.run(lambda _tx: 7) == 7
        assert bench.database.commits == []

    on_bench(work)


def test_a_refusal_undoes_its_own_command_only() -> None:
    async def work(bench: Bench) -> None:
        found = await settled(bench.noting("a"), bench.refusing("b"), bench.noting("c"))
        assert found[0] == "a"
        assert isinstance(found[1], Refused)
        assert found[2] == "c"
        assert bench.database.commits == [["a", "c"]]
        assert bench.memory == {"a": 0, "c": 1}
        assert bench.published == ["a", "c"]
        assert bench.level == 2

    on_bench(work)


def test_a_defect_in_one_command_does_not_take_the_others_with_it() -> None:
    async def work(bench: Bench) -> None:
        def broken(tx: Transaction) -> None:
            bench.note("broken", tx)
            raise ZeroDivisionError

        failing = asyncio.create_task(bench.kernel.run(broken))
        found = await settled(bench.noting("a"), failing, bench.noting("c"))
        assert found[0] == "a"
        assert isinstance(found[1], ZeroDivisionError)
        assert found[2] == "c"
        assert bench.memory == {"a": 0, "c": 1}

    on_bench(work)


def test_a_failed_commit_undoes_the_whole_batch_and_tells_every_caller() -> None:
    async def work(bench: Bench) -> None:
        await bench.noting("before")
        bench.database.failures.append(StorageFailed("the disk is full"))
        looking = asyncio.create_task(bench.kernel.run(lambda _tx: dict(bench.memory)))
        found = await settled(bench.noting("a"), looking, bench.refusing("b"), bench.noting("c"))
        # Also who looked, or was refused, must not act on what was undone.
        assert [type(each) for each in found] == [StorageFailed] * 4
        assert bench.memory == {"before": 0}
        assert bench.level == 1
        assert bench.published == ["before"]
        assert await bench.noting("after") == "after"
        assert bench.memory == {"before": 0, "after": 1}
        assert bench.database.commits == [["before"], ["after"]]

    on_bench(work)


def test_a_commit_that_fails_in_an_unknown_way_does_not_end_the_kernel() -> None:
    async def work(bench: Bench) -> None:
        bench.database.failures.append(OverflowError("too large for a column"))
        (found,) = await settled(bench.noting("a"))
        assert isinstance(found, StorageFailed)
        assert bench.memory == {}
        assert await bench.noting("b") == "b"

    on_bench(work)


def test_undo_restores_replaced_and_removed_entries() -> None:
    async def work(bench: Bench) -> None:
        bench.memory.update(kept=1, dropped=2)

        def change(tx: Transaction) -> None:
            tx.put(bench.memory, "kept", 10)
            tx.put(bench.memory, "kept", 11)
            tx.drop(bench.memory, "dropped")
            tx.drop(bench.memory, "never there")
            tx.put(bench.memory, "new", 3)
            tx.write(STATEMENT, text="x")

        bench.database.failures.append(StorageFailed("full"))
        with pytest.raises(StorageFailed):
            await bench.kernel.run(change)
        assert bench.memory == {"kept": 1, "dropped": 2}

    on_bench(work)


def test_a_caller_that_has_gone_does_not_stop_its_command() -> None:
    async def work(bench: Bench) -> None:
        bench.database.gate.clear()
        first = bench.noting("first")
        await bench.database.began.wait()
        gone, stays = bench.noting("gone"), bench.noting("stays")
        await asyncio.sleep(0)
        gone.cancel()
        bench.database.gate.set()
        await settled(first, gone, stays)
        assert bench.database.commits == [["first"], ["gone", "stays"]]

    on_bench(work)


def test_a_deadline_runs_when_its_time_has_come_and_not_before() -> None:
    async def work(bench: Bench) -> None:
        for seconds in (20, 10):
            due = functools.partial(bench.do, f"{seconds} s")
            bench.kernel.at(START + timedelta(seconds=seconds), due)
        await bench.noting("now")
        bench.clock.advance(9.9)
        await bench.noting("at 9.9")
        bench.clock.advance(0.1)
        await bench.noting("at 10")
        bench.clock.advance(100)
        await bench.noting("at 110")
        await bench.kernel.run(lambda _tx: None)
        noted = [text for commit in bench.database.commits for text in commit]
        assert noted == ["now", "at 9.9", "at 10", "10 s", "at 110", "20 s"]

    on_bench(work)


def test_a_deadline_wakes_the_kernel_by_itself() -> None:
    async def work(bench: Bench) -> None:
        done = asyncio.Event()
        bench.kernel.at(START - timedelta(seconds=1), lambda tx: tx.after(done.set))
        await done.wait()

    on_bench(work)


def test_a_deadline_that_could_not_be_stored_comes_again() -> None:
    async def work(bench: Bench) -> None:
        bench.kernel.at(START + timedelta(seconds=5), functools.partial(bench.do, "due"))
        bench.clock.advance(5)
        bench.database.failures += [StorageFailed("full")] * 2
        for _ in range(4):
            await settled(asyncio.create_task(bench.kernel.run(lambda _tx: None)))
            bench.clock.advance(2)
        await bench.kernel.run(lambda _tx: None)
        await bench.kernel.run(lambda _tx: None)
        assert bench.database.commits == [["due"]]
        assert bench.memory == {"due": 0}

    on_bench(work)


def test_a_posted_command_that_could_not_be_stored_comes_again_unless_it_is_not_wanted() -> None:
    async def work(bench: Bench) -> None:
        bench.database.failures.append(StorageFailed("full"))
        bench.kernel.post(functools.partial(bench.do, "again"))
        bench.kernel.post(functools.partial(bench.do, "once"), again=False)
        with pytest.raises(StorageFailed):
            await bench.kernel.run(lambda _tx: None)
        bench.clock.advance(2)
        await bench.kernel.run(lambda _tx: None)
        await bench.kernel.run(lambda _tx: None)
        assert bench.database.commits == [["again"]]

    on_bench(work)


def test_stop_finishes_what_waits_and_takes_nothing_new() -> None:
    async def main() -> None:
        bench = Bench()
        bench.kernel.start()
        bench.database.gate.clear()
        tasks = [bench.noting("first")]
        await bench.database.began.wait()
        tasks += [bench.noting("second"), bench.noting("third")]
        await asyncio.sleep(0)
        stopping = asyncio.create_task(bench.kernel.stop())
        await asyncio.sleep(0)
        late = bench.noting("late")
        bench.database.gate.set()
        async with asyncio.timeout(20):
            found = await settled(*tasks, late)
            await stopping
        assert found[:3] == ["first", "second", "third"]
        assert isinstance(found[3], StorageFailed)
        assert bench.database.commits == [["first"], ["second", "third"]]

    asyncio.run(main())


def test_an_after_action_that_fails_does_not_stop_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def work(bench: Bench) -> None:
        def command(tx: Transaction) -> None:
            tx.after(lambda: [][0])
            bench.note("a", tx)

        await bench.kernel.run(command)
        assert bench.published == ["a"]

    on_bench(work)
    assert "publishing failed" in caplog.text


def test_an_ordinary_no_is_no_defect(caplog: pytest.LogCaptureFixture) -> None:
    async def work(bench: Bench) -> None:
        def decline(tx: Transaction) -> None:
            raise NotAccepted(())

        with pytest.raises(NotAccepted):
            await bench.kernel.run(decline)
        assert "command failed" not in caplog.text

    on_bench(work)


@pytest.mark.parametrize("stored", [True, False])
def test_a_commit_of_unknown_outcome_is_settled_before_anything_else_runs(
    stored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I2: memory goes with what the database has; nobody waits for a database that is away."""
    monkeypatch.setattr(kernel_module, "RETRY", timedelta(seconds=0.02))

    async def work(bench: Bench) -> None:
        bench.database.failures = [OutcomeUnknown("gone")]
        posted, later = asyncio.Event(), asyncio.Event()
        first = bench.noting("first")
        bench.kernel.post(lambda tx: bench.do("posted", tx, posted.set))
        with pytest.raises(OutcomeUnknown, match="gone"):
            await first
        with pytest.raises(StorageFailed, match="still away"):
            await _once_retried(bench)
        # Nothing was published, and nothing undone.
        assert (bench.published, bench.level) == ([], 2)
        bench.kernel.post(lambda tx: bench.do("later", tx, later.set))
        bench.database.outcomes.put_nowait(stored)
        await later.wait()
        if stored:
            assert bench.published == ["posted", "first", "later"]
            assert list(bench.memory) == bench.published
            assert posted.is_set()
        else:
            assert bench.published == list(bench.memory) == ["later"]
            # Nobody else would repeat what was posted.
            bench.clock.advance(2)
            bench.kernel.wake()
            await posted.wait()

    on_bench(work)


async def _once_retried(bench: Bench) -> None:
    """A command while the outcome is unknown, after the database was asked in vain."""
    await bench.database.asked.wait()
    bench.database.asked.clear()
    await bench.database.asked.wait()
    await bench.kernel.run(lambda tx: bench.note("second", tx))


def test_a_provider_stops_while_the_outcome_is_unknown() -> None:
    async def work(bench: Bench) -> None:
        bench.database.failures = [OutcomeUnknown("gone")]
        with pytest.raises(OutcomeUnknown):
            await bench.noting("first")
        await bench.database.asked.wait()

    # The bench stops its kernel, and would run into its deadline.
    on_bench(work)
