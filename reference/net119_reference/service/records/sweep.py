"""The sweep: everything that time has made due for the records, done in bounded batches.

It first looks (reading only, which is all that a dry run does), then carries out what it saw in
commands of the kernel.  Each command looks again at the record as it is by then, does what is due
and writes the letters about it in one transaction: a crash leaves a record either untouched or
done, with its letter, and the next sweep goes on with the rest.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from net119_protocol.api import admin
from net119_protocol.api.staff import RegistrationState
from net119_protocol.profile.model import Profile, Validity

from net119_reference.logs import get_log
from net119_reference.ports import StorageFailed
from net119_reference.records.course import course
from net119_reference.records.due import Due
from net119_reference.records.fiscal import japan_day
from net119_reference.registration.deleted import Deleted
from net119_reference.registration.links import KEPT, Link
from net119_reference.registration.record import Registrant
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.records import deletions, facts
from net119_reference.service.records.acts import Acts
from net119_reference.service.records.facts import Facts
from net119_reference.service.records.table import Plan, table
from net119_reference.service.registration.desk import RegistrationDesk
from net119_reference.service.registration.office import SYSTEM

T = TypeVar("T")
_Record = tuple[UUID, str, tuple[Due, ...]]
"""A registration, its department, and what is due for it."""
BATCH = 100
"""Records in one command; more would make calls wait."""
log = get_log("records")


class Sweeper:
    """Sweeps the records of a provider; ``file`` is the list of deletions beside the database."""

    def __init__(self, core: Core, desk: RegistrationDesk, file: Path) -> None:
        self._core = core
        self._desk = desk
        self._office = desk.office
        self._acts = Acts(core, desk.office, desk.images, desk.review)
        self.file = file
        self._one_at_a_time = asyncio.Lock()

    # --- looking ------------------------------------------------------------------------------

    async def look(self, at: datetime) -> Plan:
        """What will be due at a moment if nothing happens before; changes nothing.

        Raises:
            StorageFailed: the database cannot be read.
            BadList: the list of deletions cannot be read.
        """
        database, office = self._core.database, self._office
        known = await database.read(facts.read)
        # Which department of ours had such a call may have changed in it: the longest counts.
        profiles = office.own_profiles() or (office.profile("none"),)
        kept = timedelta(days=max(each.retention.call_records_days for each in profiles))
        late = functools.partial(facts.peer_calls, at, kept)
        listed = await asyncio.to_thread(deletions.read_list, self.file)
        return Plan(
            at=at,
            facts=known,
            records=tuple(self._due(known, at)),
            again=tuple(entry for entry in listed if self._is_back(entry)),
            peer_calls=await database.read(late),
            drafts=tuple(link for link in office.links() if self._draft_is_over(link, at)),
            links=tuple(link for link in office.links() if link.ends_at + KEPT <= at),
            sessions=self._desk.logins.over(at),
            letters=await office.post.old(at) if office.post is not None else 0,
        )

    def _due(self, known: Facts, at: datetime) -> Iterator[_Record]:
        in_call = self._in_call()
        for found in self._office.registry.everybody():
            try:
                dues = self._course(found, known, at, in_call)
            except Exception as error:
                _left_out(found.registrant_id, error)
                continue
            if dues:
                yield found.registrant_id, found.department, dues

    def _course(
        self, found: Registrant, known: Facts, at: datetime, in_call: frozenset[UUID]
    ) -> tuple[Due, ...]:
        clock = facts.clock_of(
            found,
            known,
            has_image=self._desk.images.has(found.registrant_id),
            in_call=found.registrant_id in in_call,
        )
        return course(clock, self._rules(found.department), japan_day(at))

    def _rules(self, department: str) -> Profile:
        """The department's rules; without mail nobody can be asked, so nobody expires."""
        profile = self._office.profile(department)
        if self._office.post is None:
            return profile.model_copy(update={"validity": Validity()})
        return profile

    def _in_call(self) -> frozenset[UUID]:
        calls = (live.known() for live in self._core.open_calls())
        return frozenset(call.registrant_id for call in calls if call.registrant_id is not None)

    def _is_back(self, entry: Deleted) -> bool:
        found = self._office.registry.find(entry.registrant_id)
        return found is not None and found.state is not RegistrationState.DESTROYED

    def _draft_is_over(self, link: Link, at: datetime) -> bool:
        """Whether nobody can submit the draft any more (a submitted one has left the URL)."""
        typed = link.draft is not None or link.entries is not None
        kept = typed or self._desk.images.has(None, link.token_hash)
        return kept and link.ends_at <= at

    # --- doing --------------------------------------------------------------------------------

    async def sweep(self) -> admin.Sweep:
        """Do what is due now; once more at the same moment does nothing.

        Raises:
            StorageFailed: what has been done so far is stored, the rest is left for the next time.
            BadList: the list of deletions cannot be read; nothing was done.
        """
        async with self._one_at_a_time:
            plan = await self.look(self._core.clock.now())
            run = self._core.kernel.run

            async def carry_out(batch: Sequence[_Record]) -> Sequence[_Record]:
                ids = [found for found, _, _ in batch]
                calls = await self._core.database.read(functools.partial(facts.calls_of, ids))
                return await run(functools.partial(self._carry_out, plan, calls))

            for again in _batches(plan.again):
                await run(functools.partial(self._delete_again, again))
            done_for = [
                each
                for batch in _batches(plan.records)
                for each in await _all_that_can(batch, carry_out)
            ]
            plan = replace(plan, records=tuple(done_for))
            for old in _batches(plan.peer_calls):
                await run(functools.partial(self._destroy_peer_calls, old))
            for links in _batches((*plan.drafts, *plan.links)):
                await run(functools.partial(self._forget, plan.at, links))
            if plan.sessions or plan.letters:
                await run(self._forget_rest)
            await self._write_list()
            await self._core.database.scrub()
            done = admin.Sweep(at=plan.at, dry_run=False, rows=table(plan))
            counts: dict[str, int] = {}
            for row in done.rows:
                counts[row.act.value] = counts.get(row.act.value, 0) + row.count
            log.info("swept", until=japan_day(plan.at).isoformat(), **counts)
            return done

    # --- deletions ----------------------------------------------------------------------------

    async def listed(self) -> tuple[Deleted, ...]:
        """Every destroyed record, by the database and by the list beside it, oldest first."""
        known = await self._core.database.read(deletions.stored)
        beside = await asyncio.to_thread(deletions.read_list, self.file)
        return deletions.together(beside, known)

    async def write_list(self) -> None:
        """Bring the list beside the database up to date, and leave no trace of whom it lists."""
        async with self._one_at_a_time:
            await self._write_list()
            await self._core.database.scrub()

    async def _write_list(self, more: Iterable[Deleted] = ()) -> None:
        entries = deletions.together(more, await self.listed())
        if entries != await asyncio.to_thread(deletions.read_list, self.file):
            await asyncio.to_thread(deletions.write_list, self.file, entries)

    async def delete_again(self, more: Iterable[Deleted]) -> int:
        """Destroy what the lists say was destroyed and a restored backup has again; how many."""
        async with self._one_at_a_time:
            await self._write_list(more)
            back = [entry for entry in await self.listed() if self._is_back(entry)]
            for again in _batches(back):
                await self._core.kernel.run(functools.partial(self._delete_again, again))
            await self._write_list()
            return len(back)

    async def confirm_backups(self) -> int:
        """No backup holds the deleted records any more; how many were not confirmed before."""
        async with self._one_at_a_time:
            entries = await self.listed()
            left = [entry for entry in entries if not entry.backups_done]

            def confirm(tx: Transaction) -> None:
                for entry in left:
                    tx.write(deletions.CONFIRM, b_registrant_id=str(entry.registrant_id))

            await self._core.kernel.run(confirm)
            done = [replace(entry, backups_done=True) for entry in entries]
            await asyncio.to_thread(deletions.write_list, self.file, done)
            return len(left)

    def _carry_out(
        self, plan: Plan, calls: dict[UUID, list[UUID]], tx: Transaction
    ) -> Sequence[_Record]:
        """Do what is due by now, which may be less than was seen; what was done."""
        in_call = self._in_call()
        done: list[_Record] = []
        for registrant_id, closed in calls.items():
            found = self._office.registry.registrant(registrant_id)
            if dues := self._course(found, plan.facts, plan.at, in_call):
                self._acts.carry_out(tx, found, dues, closed)
                done.append((registrant_id, found.department, dues))
        return done

    def _delete_again(self, again: Sequence[Deleted], tx: Transaction) -> None:
        for entry in again:
            if self._is_back(entry):
                found = self._office.registry.registrant(entry.registrant_id)
                self._desk.review.destroy(tx, found, SYSTEM, entry.why)

    def _destroy_peer_calls(self, calls: Sequence[UUID], tx: Transaction) -> None:
        self._acts.destroy_calls(tx, calls)

    def _forget(self, at: datetime, links: Sequence[Link], tx: Transaction) -> None:
        present = {link.token_hash: link for link in self._office.links()}
        for before in links:
            link = present.get(before.token_hash)
            if link is None:
                continue
            if self._draft_is_over(link, at):
                self._desk.images.delete_draft(tx, link.token_hash)
                link = self._office.change_link(tx, link, draft=None, defects=())
                present[link.token_hash] = link
            if link.ends_at + KEPT <= at:
                self._office.forget_link(tx, link)
                del present[link.token_hash]

    def _forget_rest(self, tx: Transaction) -> None:
        self._desk.logins.sweep(tx)
        if self._office.post is not None:
            self._office.post.sweep(tx)


async def _all_that_can(
    batch: Sequence[_Record], act: Callable[[Sequence[_Record]], Awaitable[Sequence[_Record]]]
) -> Sequence[_Record]:
    """Act on a batch; one record that is broken keeps none of the others. What was done.

    Raises:
        StorageFailed: nothing can be stored at present, whatever the record.
    """
    try:
        return await act(batch)
    except StorageFailed:
        raise
    except Exception as error:
        if len(batch) == 1:
            _left_out(batch[0][0], error)
            return ()
        return [one for each in batch for one in await _all_that_can([each], act)]


def _left_out(registrant_id: UUID, error: Exception) -> None:
    log.error("a record could not be swept", registrant=str(registrant_id), exc_info=error)


def _batches(everything: Iterable[T]) -> Iterator[list[T]]:
    """The same in lists of :data:`BATCH`."""
    rest = iter(everything)
    while batch := list(islice(rest, BATCH)):
        yield batch
