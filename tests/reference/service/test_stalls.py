"""A database that stalls: new calls are shed within a time that is known, open ones go on."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from net119_protocol.codes import Refusal
from net119_reference.config.model import Limits
from net119_reference.service.stalls import Stall
from net119_reference.store import Write

from tests.reference.service.support import ManualClock, Site, new_call, new_line
from tests.reference.service.test_registration import on_site, refused


class Held:
    """Holds a site's commits back."""

    def __init__(self, site: Site) -> None:
        self.open = asyncio.Event()
        self.began = asyncio.Event()
        database = site.service.core.database
        commit = database.commit

        async def held(writes: Sequence[Write]) -> None:
            self.began.set()
            await self.open.wait()
            await commit(writes)

        database.commit = held  # type: ignore[method-assign, assignment]  # no other processes


def test_it_begins_after_the_limit_and_does_not_flap() -> None:
    clock = ManualClock()
    stall = Stall(2.0, lambda: 0.0, clock.elapsed)
    assert not stall.waited(1.2)
    assert not stall.waited(2.0)
    assert stall.waited(2.1)
    clock.advance(1.9)
    assert stall.lasts()
    assert stall.waited(1.5)  # still slow: the quick time begins anew
    clock.advance(1.9)
    assert stall.waited(0.0)
    clock.advance(0.2)
    assert not stall.lasts()
    assert not stall.waited(1.2)


def test_new_calls_are_shed_while_the_disk_stalls_and_lines_wait(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(site: Site) -> None:
        who = await site.registrant()
        limit_s = site.service.core.config.limits.stall_s
        call_id = (await site.call(who, new_call())).call_id
        held = Held(site)
        line = asyncio.create_task(site.service.caller_says(who, call_id, new_line("煙です", "a")))
        await held.began.wait()
        site.clock.advance(limit_s / 2)
        early = asyncio.create_task(site.call(who, new_call()))
        await asyncio.sleep(0)
        assert not early.done()
        site.clock.advance(limit_s / 2 + 0.1)
        # At once, before anything is stored.
        assert await refused(site.call(who, new_call())) is Refusal.OVERLOAD
        assert not line.done()
        held.open.set()
        await line
        assert await refused(early) is Refusal.OVERLOAD
        assert await refused(site.call(who, new_call())) is Refusal.OVERLOAD
        site.clock.advance(limit_s + 0.1)
        await site.call(who, new_call())
        told = [each.getMessage() for each in caplog.records if "new calls" in each.getMessage()]
        assert len(told) == 2

    on_site(folder, work, Limits())


def test_a_call_that_waits_is_shed_in_time_and_not_made_afterwards(folder: Path) -> None:
    async def main() -> None:
        site = await Site("aoba", folder, ManualClock(), Limits(stall_s=0.5)).start()
        who = await site.registrant()
        call_id = (await site.call(who, new_call())).call_id
        held = Held(site)
        line = asyncio.create_task(
            site.service.caller_says(who, call_id, new_line("火事です", "a"))
        )
        await held.began.wait()
        # The clock of the stall stands: this is the call's own patience.
        assert await refused(site.call(who, new_call())) is Refusal.OVERLOAD
        held.open.set()
        await line
        assert [each.call_id for each in site.service.core.open_calls()] == [call_id]
        # What is being stored is no call that was not received: it is waited for.
        held.open.clear()
        held.began.clear()
        body = new_call()
        first = asyncio.create_task(site.call(who, body))
        await held.began.wait()
        again = asyncio.create_task(site.call(who, body))
        site.clock.advance(60)
        late = asyncio.create_task(site.call(who, body))
        done, _ = await asyncio.wait({first, again, late}, timeout=1)
        assert not done
        held.open.set()
        calls = await asyncio.gather(first, again, late)
        assert len({each.call_id for each in calls}) == 1
        assert len(site.service.core.open_calls()) == 2
        await site.stop()

    asyncio.run(main())


def test_the_repeat_of_a_call_of_before_a_restart_is_found_while_the_database_stalls(
    folder: Path,
) -> None:
    """Nobody whose call rings is told that it was not received."""

    async def work(site: Site) -> None:
        who, body = await site.registrant(), new_call()
        made = await site.call(who, body)
        await site.restart()
        assert site.service.core.stall.waited(10)
        assert await refused(site.call(who, new_call())) is Refusal.OVERLOAD
        assert (await site.call(who, body)).call_id == made.call_id

    on_site(folder, work, Limits())
