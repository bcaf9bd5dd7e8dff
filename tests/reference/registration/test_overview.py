"""A department's start page and its announcements: numbers, dates, and nothing twice."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.codes import Refusal
from net119_reference.registration.ports import AnnouncementKind, StaffLogInRefused
from net119_reference.service.registration.staff_logins import ATTEMPTS, LOCKED

from tests.reference.registration.support import Town, run, town
from tests.reference.registration.test_life import refused
from tests.reference.registration.test_traces import NAME, PASSWORD, account

DAY = 24 * 3600
KIND = AnnouncementKind.MAINTENANCE


async def _audited(here: Town) -> int:
    audit = await here.desk.audit(here.clerk, None, 1)
    return int(audit.total)


def test_the_numbers_of_a_start_page_are_read_without_a_trace() -> None:
    async def story() -> None:
        async with town("aso") as here:
            await here.apply()
            before = await _audited(here)
            found = await here.desk.overview(here.clerk)
            assert found.by_state == {State.APPLIED: 1}
            assert (found.to_review, found.expiring, found.undeliverable) == (1, 0, 0)
            assert await _audited(here) == before + 1, "that of reading the log itself"

    run(story)


def test_what_expires_within_some_days_is_listed_and_audited() -> None:
    """ASO-13."""

    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            stored = here.desk.office.registry.registrant(row.registrant_id)
            assert stored.expires_at is not None
            left = (stored.expires_at - here.clock.now()).days
            assert (await here.desk.expiring(here.clerk, left - 1, 1)).rows == ()
            (found,) = (await here.desk.expiring(here.clerk, left + 1, 1)).rows
            assert found.registrant_id == row.registrant_id
            assert found.expires_at == stored.expires_at
            assert (await here.desk.overview(here.clerk, left + 1)).expiring == 1
            audit = await here.desk.audit(here.clerk, row.registrant_id, 1)
            assert "expiring" in [each.purpose for each in audit.entries]
            for days in (-1, 10**9):
                wrong = await refused(Refusal.INVALID, here.desk.expiring(here.clerk, days, 1))
                assert wrong.field == "days"

    run(story)


def test_an_announcement_is_mailed_once_for_a_key() -> None:
    """CNB-37: pressed twice, also at once, or again after a restart."""

    async def story() -> None:
        async with town("aso") as here:
            await here.approved()
            assert await here.desk.recipients(here.clerk) == 1

            def announce(text: str = "止まります。", key: str = "k-1") -> Any:
                return here.desk.announce(here.clerk, "保守のお知らせ", text, KIND, key)

            one, two = await asyncio.gather(announce(), announce())
            assert one.announcement_id == two.announcement_id
            await here.restart()
            assert (await announce()).announcement_id == one.announcement_id
            assert len(await here.desk.announcements(here.clerk)) == 1
            other = await refused(Refusal.ID_REUSED, announce("ほかの文"))
            assert other.field == "key"
            assert (await announce(key="k-2")).announcement_id != one.announcement_id
            assert (await announce(key="")).announcement_id != one.announcement_id
            assert len(await here.desk.announcements(here.clerk)) == 3
            long = await refused(Refusal.TOO_LONG, announce(key="k" * 65))
            assert long.field == "key"

    run(story)


def test_an_address_that_cannot_be_written_to_is_no_failed_letter() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            await _move(here, row.registrant_id, "nobody@real.co.jp")
            made = await here.desk.announce(here.clerk, "お知らせ", "本文", KIND)
            numbers = (made.total, made.sent, made.waiting, made.failed, made.unqueued)
            assert numbers == (1, 0, 0, 0, 1)

    run(story)


async def _move(here: Town, registrant_id: UUID, mail: str) -> None:
    """Give a registrant another address, past all checks."""
    registry = here.desk.office.registry
    stored = registry.registrant(registrant_id)
    data = stored.data.model_copy(update={"mail": mail})
    await here.provider.core.kernel.run(lambda tx: registry.change(tx, stored, data=data))


def test_people_are_found_however_their_name_is_typed() -> None:
    async def story() -> None:
        async with town("tomakomai") as here:
            await here.apply()
            for typed in ("ﾀｶﾊｼ", "たかはし　よしこ", "タカハシヨシコ", "髙橋 𠮷子", "YOSHIKO.T@"):
                found = await here.desk.applications(here.clerk, None, typed, 1)
                assert found.total == 1, typed
            assert (await here.desk.applications(here.clerk, None, "サトウ", 1)).total == 0

    run(story)


def test_a_lock_does_not_tell_which_names_exist() -> None:
    async def story() -> None:
        async with town("aso") as here:
            await account(here)

            async def outcomes(name: str) -> list[bool]:
                found = []
                for _ in range(ATTEMPTS + 1):
                    with pytest.raises(StaffLogInRefused) as wrong:
                        await here.desk.staff_log_in("aso", name, "wrong", "127.0.0.9")
                    found.append(wrong.value.locked_until is not None)
                return found

            assert await outcomes(NAME) == await outcomes("誰か 不明")
            await here.restart()
            for name in (NAME, "誰か 不明"):
                with pytest.raises(StaffLogInRefused) as locked:
                    await here.desk.staff_log_in("aso", name, PASSWORD, "127.0.0.9")
                assert locked.value.locked_until == here.clock.now() + LOCKED
            here.clock.advance(LOCKED.total_seconds())
            assert await here.desk.staff_log_in("aso", NAME, PASSWORD, "127.0.0.9")
            assert await outcomes("誰か 不明") == [False] * (ATTEMPTS - 1) + [True, True]

    run(story)


def test_nobody_is_found_by_what_is_sealed() -> None:
    async def story() -> None:
        async with town("aso") as here:
            await here.apply()
            found = await here.desk.applications(here.clerk, None, "髙橋", 1)
            assert [row.kana for row in found.rows] == [""]
            assert (await here.desk.applications(here.clerk, None, "タカハシ", 1)).total == 0

    run(story)
