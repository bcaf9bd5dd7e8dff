"""A disk that is full, and a database that fails at random: nothing is lost or invented."""

import asyncio
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from net119_protocol.api.common import LineStored
from net119_protocol.codes import CallState, Refusal
from net119_reference.calls.effects import Change
from net119_reference.config.model import Limits
from net119_reference.ports import Channel, DispatcherIdentity, Refused, StorageFailed
from net119_reference.service.peer_watch import take_home_lost
from net119_reference.store import Write
from net119_reference.store.deciding import DecideAgain
from net119_reference.store.level import Around

from tests.reference.service.support import (
    CLOSED,
    TOKONAME,
    ManualClock,
    Site,
    Tape,
    new_call,
    new_line,
    quick_folder,
)


async def limit_pages(site: Site, pages: int | None) -> None:
    """Let the database be no larger than it is, but for some pages; or as large as it likes."""

    def set_limit(connection: sa.Connection) -> None:
        size = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
        most = 2**30 if pages is None else size + pages
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    await site.service.core.database.read(set_limit)


def test_a_full_disk(folder: Path) -> None:
    """Refused clearly while it lasts; the process stays up; what was acknowledged is there."""

    async def main() -> None:
        many = Limits(registrant_calls=200, registrant_call_burst=200)
        site = await Site("aoba", folder, ManualClock(), many).start()
        caller = await site.registrant()
        tape = Tape()
        call_id = (await site.call(caller, new_call())).call_id
        await site.console(tape)
        await limit_pages(site, 2)
        stored: list[str] = []
        failed: list[str] = []
        for number in range(40):
            site.clock.advance(1)
            text = f"{number}-" + "長" * 1500
            (result,) = await asyncio.gather(
                site.service.caller_says(caller, call_id, new_line(text, f"c{number}")),
                return_exceptions=True,
            )
            if isinstance(result, StorageFailed):
                assert "full" in str(result)
                failed.append(f"c{number}")
            else:
                assert isinstance(result, LineStored)
                stored.append(f"c{number}")
        assert stored
        assert failed
        # Looking still works, and shows what is stored and nothing else.
        at_caller = await site.service.lines_of(caller, call_id, 0)
        said = [line.client_id for line in at_caller.lines if line.sender == "caller"]
        assert said == stored
        assert at_caller.last_seq == len(at_caller.lines) == site.live(call_id).last_seq
        placing = [site.call(caller, new_call()) for _ in range(100)]
        placed = [await asyncio.gather(each, return_exceptions=True) for each in placing]
        refused = [each for (each,) in placed if isinstance(each, StorageFailed)]
        assert refused
        assert len(site.service.core.open_calls()) == 1 + len(placed) - len(refused)

        await limit_pages(site, None)
        for number in range(40):
            site.clock.advance(1)
            text = f"{number}-" + "長" * 1500
            await site.service.caller_says(caller, call_id, new_line(text, f"c{number}"))
        assert (await site.call(caller, new_call())).call_id != call_id
        lines = await site.lines(call_id)
        mine = [line.client_id for line in lines if line.sender == "caller"]
        assert sorted(mine) == sorted(f"c{number}" for number in range(40))
        assert mine[: len(stored)] == stored
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        assert tape.lines(call_id) == lines
        await site.restart()
        assert await site.lines(call_id) == lines
        await site.stop()

    asyncio.run(main())


def test_a_deadline_met_while_the_disk_is_full_is_met_afterwards(folder: Path) -> None:
    async def main() -> None:
        site = await Site("aoba", folder, ManualClock()).start()
        caller = await site.registrant()
        await site.console(Tape())
        call_id = (await site.call(caller, new_call())).call_id
        core = site.service.core
        commit = core.database.commit

        async def full(_writes: Sequence[Write]) -> None:
            raise StorageFailed("the disk is full")

        core.database.commit = full  # type: ignore[method-assign, assignment]  # the test stands in for the disk
        site.clock.advance(60)
        for _ in range(5):
            await asyncio.gather(core.kernel.run(lambda _tx: None), return_exceptions=True)
            site.clock.advance(0.5)
        assert site.live(call_id).known().reminders == 0
        core.database.commit = commit  # type: ignore[method-assign]  # the test stands in for the disk
        site.clock.advance(1)
        await site.settle()
        assert site.live(call_id).known().reminders == 1
        await site.stop()

    asyncio.run(main())


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["call", "away", "say", "repeat", "reuse", "say there", "answer", "close", "time"]
        ),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=6,
)
BATCHES = st.lists(st.tuples(ACTS, st.booleans()), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=BATCHES)
def test_memory_is_what_the_database_has(batches: list[tuple[list[tuple[str, int]], bool]]) -> None:
    """After any mixture of successes, refusals and failed commits.

    Each batch's commands wait together and are committed at once; a batch may fail to commit.
    """

    async def main(folder: Path) -> None:
        site = await Site("aoba", folder, ManualClock()).start()
        caller = await site.registrant()
        tape = Tape()
        await site.console(tape)
        site.service.peer_session("midori", Channel.CLIENT, True)
        site.service.peer_frame("midori")
        await site.settle()
        core = site.service.core
        commit = core.database.commit
        failing = False

        async def sometimes(
            writes: Sequence[Write],
            around: Around | None = None,
            again: DecideAgain | None = None,
        ) -> None:
            if failing:
                raise StorageFailed("as told")
            await commit(writes, around, again)

        core.database.commit = sometimes  # type: ignore[method-assign]  # the test stands in for the disk
        calls = [(await site.call(caller, new_call())).call_id]
        count = 0

        def act(what: str, which: int) -> Any:
            nonlocal count
            count += 1
            call_id = calls[which % len(calls)]
            service, who = site.service, site.dispatcher
            match what:
                case "call":
                    return site.call(caller, new_call())
                case "away":
                    return site.call(caller, new_call(TOKONAME))
                case "say":
                    return service.caller_says(caller, call_id, new_line(f"{count}"))
                case "repeat":
                    return service.caller_says(caller, call_id, new_line("same", "repeated"))
                case "reuse":
                    return service.caller_says(caller, call_id, new_line(f"{count}", "repeated"))
                case "say there":
                    return service.dispatcher_says(who, call_id, new_line(f"{count}"))
                case "answer":
                    return service.answer(DispatcherIdentity("chitose", f"d{count}"), call_id)
                case "close":
                    return service.close(who, call_id, CLOSED)
            site.clock.advance(7)
            return core.kernel.run(lambda _tx: None)

        for acts, fails in batches:
            failing = fails
            results = await asyncio.gather(*(act(*each) for each in acts), return_exceptions=True)
            for (what, _), result in zip(acts, results, strict=True):
                assert not isinstance(result, Exception) or isinstance(
                    result, Refused | StorageFailed
                )
                if what in ("call", "away") and not isinstance(result, BaseException):
                    calls.append(result.call_id)
            failing = False
            site.clock.advance(1)
            await site.settle()
        assert {live.call_id for live in core.lives.values()} == set(calls)
        for call_id in calls:
            live, stored = site.live(call_id), await site.stored(call_id)
            assert live.known().model_dump_json() == stored.known().model_dump_json()
            for name in ("last_seq", "n_out", "n_in", "said", "options", "recent", "held"):
                assert getattr(live, name) == getattr(stored, name), name
            assert live.last_seq == len(live.said) == len(await site.lines(call_id))
            assert tape.lines(call_id) == await site.lines(call_id)
        waiting = await core.database.read(
            lambda connection: connection.execute(
                sa.text("SELECT number FROM outbox WHERE NOT confirmed ORDER BY number")
            ).all()
        )
        in_memory = [
            item.number
            for (peer, channel), _ in core.outbox._waiting.items()
            for item in await site.service.outgoing(peer, channel, 0, 1000)
        ]
        assert sorted(in_memory) == [row.number for row in waiting]
        await site.stop()

    with quick_folder() as name:
        asyncio.run(main(Path(name)))


def test_a_refusal_in_a_failed_batch_names_the_storage(folder: Path) -> None:
    """Nobody is told "somebody else has the call" by an answer that was never stored."""

    async def main() -> None:
        site = await Site("aoba", folder, ManualClock()).start()
        call_id = (await site.call(await site.registrant(), new_call())).call_id
        core = site.service.core
        commit = core.database.commit

        async def full(_writes: Sequence[Write]) -> None:
            raise StorageFailed("the disk is full")

        core.database.commit = full  # type: ignore[method-assign, assignment]  # the test stands in for the disk
        answers = await asyncio.gather(
            *(
                site.service.answer(DispatcherIdentity("chitose", name), call_id)
                for name in ("first", "second")
            ),
            return_exceptions=True,
        )
        assert [type(each) for each in answers] == [StorageFailed] * 2
        core.database.commit = commit  # type: ignore[method-assign]  # the test stands in for the disk
        assert site.live(call_id).known().state is CallState.RINGING
        answered = await site.service.answer(DispatcherIdentity("chitose", "second"), call_id)
        assert answered.answered_by == "second"
        with pytest.raises(Refused) as refused:
            await site.service.answer(DispatcherIdentity("chitose", "first"), call_id)
        assert refused.value.code is Refusal.WRONG_STATE
        await site.stop()

    asyncio.run(main())


def test_a_call_whose_end_could_not_be_stored_stays_in_memory(folder: Path) -> None:
    """Closed calls leave memory, but not in the very batch whose commit fails."""

    async def main() -> None:
        site = await Site("aoba", folder, ManualClock()).start()
        call_id = (await site.call(await site.registrant(), new_call())).call_id
        site.clock.advance(3600)
        core = site.service.core
        commit = core.database.commit

        async def full(_writes: Sequence[Write]) -> None:
            raise StorageFailed("the disk is full")

        core.database.commit = full  # type: ignore[method-assign, assignment]  # the test stands in for the disk
        live = site.live(call_id)
        closed = live.known().model_copy(update={"state": CallState.CLOSED})
        await asyncio.gather(
            core.kernel.run(lambda tx: core.record(tx, live, Change(closed))),
            core.kernel.run(functools.partial(take_home_lost, core)),
            return_exceptions=True,
        )
        core.database.commit = commit  # type: ignore[method-assign]  # the test stands in for the disk
        assert [each.call_id for each in core.open_calls()] == [call_id]
        await core.kernel.run(lambda tx: core.record(tx, live, Change(closed)))
        await site.look_for_lost_peers()
        assert call_id not in core.lives
        await site.stop()

    asyncio.run(main())
