"""What is written down of a person, and what is not: the audit log, deletion, staff log-ins."""

import asyncio
import sqlite3

import pytest
from net119_protocol.api.admin import AccountRole, NewAccount, StaffRole
from net119_protocol.api.handset import LogIn
from net119_protocol.codes import LinkSecurity, Refusal
from net119_reference.mail.schedule import Delivery
from net119_reference.ports import DispatcherIdentity, Refused, StaffIdentity
from net119_reference.registration.ports import StaffLogInRefused
from net119_reference.service.registration.staff_logins import ATTEMPTS, IDLE, LOCKED

from tests.reference.registration.support import ME, Town, run, town
from tests.reference.service.support import new_call

PASSWORD = "合言葉 at the office"
NAME = "山田 花子"


async def account(here: Town, *roles: StaffRole, password: str | None = PASSWORD) -> None:
    await here.provider.add_account(
        NewAccount(
            role=AccountRole.STAFF,
            unit=here.department,
            name=NAME,
            password=password,
            roles=roles,
        )
    )


async def attempt(here: Town, password: str) -> StaffIdentity:
    session = await here.desk.staff_log_in(here.department, NAME, password, "127.0.0.9")
    found: StaffIdentity = session.identity
    return found


def test_a_call_and_the_reading_of_its_record_are_in_the_audit_log() -> None:
    """CNB-39, CNB-40: each disclosure and each access."""

    async def story() -> None:
        async with town("tomakomai") as here:
            row, login_id, password = await here.approved()
            session = await here.provider.log_in(LogIn(login_id=login_id, password=password))
            who = await here.provider.handset_identity(session.token)
            placed = await here.provider.place_call(who, new_call(), LinkSecurity.ENCRYPTED)
            center = here.provider.core.live(placed.call.call_id).known().home.center
            await here.provider.call_record(DispatcherIdentity(center, "佐藤"), placed.call.call_id)
            audit = await here.desk.audit(here.clerk, row.registrant_id, 1)
            found = [(each.action, each.actor, each.what) for each in audit.entries]
            assert ("disclosed", f"call {placed.call.call_id}", f"center {center}") in found
            assert ("read", "佐藤", f"center {center}") in found
            assert all(each.purpose for each in audit.entries)

    run(story)


def test_after_deletion_the_mail_address_is_gone_but_from_the_last_letter() -> None:
    """ASO-06."""

    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            version = await here.version(row.registrant_id)
            await here.desk.delete_on_request(here.clerk, row.registrant_id, version)
            await here.letter("利用を停止しました")
            with sqlite3.connect(here.folder / "net119.db") as database:
                rest = [line for line in database.iterdump() if ME in line]
            assert len(rest) == 1
            assert 'INSERT INTO "mail_outbox"' in rest[0]
            office = here.provider.post_office
            assert office is not None

            async def sent() -> bool | None:
                return (await office.counts()).get(Delivery.SENT) == 1 or None

            await here.until(sent)

    run(story)


def test_a_staff_member_logs_in_with_the_roles_given() -> None:
    async def story() -> None:
        async with town("aso") as here:
            await account(here, StaffRole.AUDITOR)
            session = await here.desk.staff_log_in("aso", NAME, PASSWORD, "127.0.0.9")
            assert session.identity == StaffIdentity("aso", NAME, frozenset({StaffRole.AUDITOR}))
            assert (await here.desk.staff_session(session.token)).csrf == session.csrf
            await here.desk.audit(session.identity, None, 1)
            row = await here.apply()
            for forbidden in (
                here.desk.applications(session.identity, None, "", 1),
                here.desk.application(session.identity, row.registrant_id, "x"),
                here.desk.approve(session.identity, row.registrant_id, row.version),
            ):
                with pytest.raises(Refused) as refused:
                    await forbidden
                assert refused.value.code is Refusal.FORBIDDEN
            with sqlite3.connect(here.folder / "net119.db") as database:
                rest = "\n".join(database.iterdump())
            assert PASSWORD not in rest
            assert session.token not in rest

    run(story)


@pytest.mark.parametrize("typed", ["山田　花子", " 山田  花子 ", "山田 花子"])
def test_the_width_of_a_space_in_a_name_does_not_matter(typed: str) -> None:
    async def story() -> None:
        async with town("aso") as here:
            await account(here, StaffRole.CLERK)
            session = await here.desk.staff_log_in("aso", typed, PASSWORD, "127.0.0.9")
            assert session.identity.name == NAME
            again = NewAccount(
                role=AccountRole.STAFF, unit="aso", name=typed, password=PASSWORD, roles=()
            )
            with pytest.raises(Refused) as twice:
                await here.provider.add_account(again)
            assert twice.value.field == "name"

    run(story)


def test_a_session_lasts_while_it_is_used_outlives_a_restart_and_ends() -> None:
    async def story() -> None:
        async with town("aso") as here:
            await account(here, StaffRole.CLERK)
            session = await here.desk.staff_log_in("aso", NAME, PASSWORD, "127.0.0.9")
            for _ in range(3):
                here.clock.advance(IDLE.total_seconds() * 0.9)
                await here.desk.staff_session(session.token)
            await here.restart()
            await here.desk.staff_session(session.token)
            here.clock.advance(IDLE.total_seconds() + 1)
            with pytest.raises(Refused):
                await here.desk.staff_session(session.token)
            session = await here.desk.staff_log_in("aso", NAME, PASSWORD, "127.0.0.9")
            await here.desk.staff_log_out(session.token)
            with pytest.raises(Refused):
                await here.desk.staff_session(session.token)

    run(story)


def test_guessing_locks_the_account_for_a_while_also_at_once() -> None:
    async def story() -> None:
        async with town("aso") as here:
            await account(here, StaffRole.CLERK)
            guesses = [attempt(here, f"wrong {number}") for number in range(ATTEMPTS)]
            found = await asyncio.gather(*guesses, return_exceptions=True)
            assert all(isinstance(each, StaffLogInRefused) for each in found)
            with pytest.raises(StaffLogInRefused) as locked:
                await attempt(here, PASSWORD)
            assert locked.value.locked_until == here.clock.now() + LOCKED
            await here.restart()
            with pytest.raises(StaffLogInRefused):
                await attempt(here, PASSWORD)
            here.clock.advance(LOCKED.total_seconds())
            assert (await attempt(here, PASSWORD)).name == NAME

    run(story)


def test_an_unknown_name_and_one_without_password_are_refused_alike() -> None:
    async def story() -> None:
        async with town("aso") as here:
            await account(here, password=None)
            for name in (NAME, "誰か"):
                with pytest.raises(StaffLogInRefused) as refused:
                    await here.desk.staff_log_in("aso", name, PASSWORD, "127.0.0.9")
                assert refused.value.locked_until is None

    run(story)
