"""A sweep does what is due by then, tells what it did, and at its moment neither more nor less."""

import sqlite3
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog
from net119_protocol.api.admin import AccountRole, NewAccount, RecordAct, StaffRole, SweepOrder
from net119_protocol.api.console import CloseCall
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.codes import CloseOutcome, LinkSecurity
from net119_protocol.profile.model import Retention
from net119_reference.ports import DispatcherIdentity
from net119_reference.registration.deleted import Deleted
from net119_reference.registration.expiry import months_later
from net119_reference.registration.links import KEPT
from net119_reference.registration.ports import LinkProblem, LinkRefused, PaperDetails
from net119_reference.service.records.deletions import read_list

from tests.reference.registration.passing import ASO, TODAY, dump, keyed_in, state, sweep_on
from tests.reference.registration.support import Town, application, photo, run, town
from tests.reference.service.support import new_call

PASSWORD = "合言葉 at the office"
EXPIRED = months_later(TODAY, ASO.validity.months) + timedelta(days=1)
LIFE = {RecordAct.REMIND, RecordAct.EXPIRE, RecordAct.SUSPEND, RecordAct.END}


async def sweep_at(here: Town, moment: datetime) -> dict[RecordAct, int]:
    """Let it become that moment, and sweep; what was done, by kind."""
    here.clock.advance((moment - here.clock.now()).total_seconds())
    done = await here.provider.sweep(SweepOrder(dry_run=False))
    return {row.act: row.count for row in done.rows}


async def second_person(here: Town) -> UUID:
    """Somebody whom staff have registered beside the one with the mailbox."""
    paper = PaperDetails(consent_signed=True, received_on=TODAY, terms_version=ASO.terms.version)
    told = application("aso", mail="other@phone.example")
    keyed: UUID = await here.desk.key_in(here.clerk, told, paper)
    await here.desk.approve(here.clerk, keyed, 0)
    return keyed


async def urls_swept_at(here: Town, moment: datetime) -> dict[RecordAct, int]:
    """As :func:`sweep_at`, without the letters that the URLs came in."""
    done = await sweep_at(here, moment)
    return {
        act: done[act] for act in (RecordAct.DELETE_DRAFT, RecordAct.DELETE_LINK) if act in done
    }


async def link_problem(here: Town, token: str) -> LinkProblem:
    with pytest.raises(LinkRefused) as closed:
        await here.desk.open_link(token)
    return closed.value.code


def test_without_mail_nobody_expires_for_nobody_could_be_asked() -> None:
    """ASO-13: who was never asked has not been silent."""

    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            await here.settled()
            office = here.desk.office
            post, office.post = office.post, None
            done = await sweep_on(here, EXPIRED + timedelta(days=400))
            assert not LIFE & done.keys()
            assert RecordAct.DELETE_LETTER not in done
            assert await sweep_at(here, here.clock.now()) == {}
            assert await state(here, row.registrant_id) is State.APPROVED
            office.post = post
            assert RecordAct.EXPIRE in await sweep_at(here, here.clock.now())

    run(story)


def test_sessions_of_staff_that_have_ended_are_deleted_though_no_letter_is() -> None:
    async def story() -> None:
        async with town("aso") as here:
            account = NewAccount(
                role=AccountRole.STAFF,
                unit="aso",
                name="山田 花子",
                password=PASSWORD,
                roles=(StaffRole.CLERK,),
            )
            await here.provider.add_account(account)
            await here.desk.staff_log_in("aso", "山田 花子", PASSWORD, "127.0.0.9")
            assert await sweep_at(here, here.clock.now()) == {}
            assert await sweep_on(here, TODAY + timedelta(days=1)) == {RecordAct.DELETE_SESSION: 1}
            assert await sweep_at(here, here.clock.now()) == {}

    run(story)


def test_a_draft_ends_with_its_url_and_the_url_is_unknown_a_month_later() -> None:
    """At the very moment: before it the person can submit, after it nobody can."""

    async def story() -> None:
        async with town("tomakomai") as here:
            token = await here.start_application()
            await here.desk.attach_image(token, photo())
            (link,) = here.desk.office.links()
            ends, second = link.expires_at, timedelta(seconds=1)
            assert await urls_swept_at(here, ends - second) == {}
            assert await here.desk.own_image(token)
            assert await urls_swept_at(here, ends) == {RecordAct.DELETE_DRAFT: 1}
            assert await here.desk.images.read_draft(link.token_hash) is None
            assert await link_problem(here, token) is LinkProblem.EXPIRED
            assert await urls_swept_at(here, ends + KEPT - second) == {}
            assert await link_problem(here, token) is LinkProblem.EXPIRED
            assert await urls_swept_at(here, ends + KEPT) == {RecordAct.DELETE_LINK: 1}
            assert await link_problem(here, token) is LinkProblem.UNKNOWN
            assert here.desk.office.links() == ()

    run(story)


def test_a_url_through_which_nothing_was_entered_leaves_no_draft() -> None:
    async def story() -> None:
        async with town("aso") as here:
            await here.start_application()
            (link,) = here.desk.office.links()
            assert await urls_swept_at(here, link.expires_at) == {}
            assert await urls_swept_at(here, link.expires_at + KEPT) == {RecordAct.DELETE_LINK: 1}

    run(story)


def test_a_late_sweep_takes_the_draft_and_its_url_at_once() -> None:
    async def story() -> None:
        async with town("tomakomai") as here:
            token = await here.start_application()
            await here.desk.attach_image(token, photo())
            (link,) = here.desk.office.links()
            both = {RecordAct.DELETE_DRAFT: 1, RecordAct.DELETE_LINK: 1}
            assert await urls_swept_at(here, link.expires_at + KEPT) == both
            assert await here.desk.images.read_draft(link.token_hash) is None
            assert await urls_swept_at(here, here.clock.now()) == {}

    run(story)


def test_who_renews_while_the_sweep_is_looking_is_not_expired_nor_told_as_expired(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """I9, ASO-13."""

    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            await sweep_on(here, EXPIRED - timedelta(days=8))
            token = await here.token(await here.letter("更新のお願い"))
            sweeper = here.provider.records.sweeper
            look = sweeper.look

            async def slow(at: datetime) -> Any:
                plan = await look(at)
                await here.desk.renew(token)
                return plan

            monkeypatch.setattr(sweeper, "look", slow)
            assert RecordAct.EXPIRE not in await sweep_on(here, EXPIRED)
            assert await state(here, row.registrant_id) is State.APPROVED

    run(story)


def test_what_a_list_from_elsewhere_says_is_destroyed_once_and_nothing_else() -> None:
    """ASO-06: the list of a provider whose database was restored from a backup."""

    async def story() -> None:
        async with town("aso") as here:
            gone, _login_id, _password = await here.approved()
            other = await second_person(here)
            await here.settled()
            now = here.clock.now()
            until = now + timedelta(days=30)
            back = Deleted(gone.registrant_id, "aso", now, "request", until)
            unknown = Deleted(uuid4(), "aso", now, "request", until)
            again = here.provider.records.sweeper.delete_again
            assert await again([back, unknown]) == 1
            assert await state(here, gone.registrant_id) is State.DESTROYED
            assert await state(here, other) is State.APPROVED
            assert await again([back, unknown]) == 0
            listed = read_list(here.folder / "deletions.jsonl")
            assert {each.registrant_id for each in listed} == {
                gone.registrant_id,
                unknown.registrant_id,
            }
            assert gone.mail not in dump(here)

    run(story)


def test_the_log_says_how_many_of_each_kind_were_swept() -> None:
    async def story() -> None:
        async with town("aso") as here:
            await here.approved()
            await second_person(here)
            await sweep_on(here, EXPIRED)

    with structlog.testing.capture_logs() as logs:
        run(story)
    swept = [each for each in logs if each["event"] == "swept" and "expire" in each]
    assert [each["expire"] for each in swept] == [2]
    assert swept[0]["until"] == EXPIRED.isoformat()


@pytest.mark.parametrize("department_left", [True, False])
def test_other_providers_calls_are_kept_for_the_longest_period_of_our_departments(
    monkeypatch: pytest.MonkeyPatch, department_left: bool
) -> None:
    """ASO-05: for the neutral one where this provider answers for no department any more."""

    async def story() -> None:
        async with town("chita-nanbu") as here:
            _keyed, who = await keyed_in(here)
            placed = await here.provider.place_call(who, new_call(), LinkSecurity.ENCRYPTED)
            call_id = placed.call.call_id
            desk = DispatcherIdentity(here.provider.core.live(call_id).known().home.center, "佐藤")
            await here.provider.answer(desk, call_id)
            closed = CloseCall(outcome=CloseOutcome.PRACTICE_DONE)
            await here.provider.close(desk, call_id, closed)
            with sqlite3.connect(here.folder / "net119.db") as database:
                database.execute("UPDATE calls SET registrant_id = NULL")
            office, days = here.desk.office, Retention().call_records_days
            if department_left:
                profile, days = office.profile("chita-nanbu"), days + 100
                longer = profile.retention.model_copy(update={"call_records_days": days})
                update = {"retention": longer}
                office._profiles["chita-nanbu"] = profile.model_copy(update=update)
            else:
                monkeypatch.setattr(office, "own_profiles", tuple)
            end = TODAY + timedelta(days=days)
            before = await sweep_on(here, end - timedelta(days=1), time(23, 59))
            assert RecordAct.DESTROY_PEER_CALLS not in before
            assert (await sweep_on(here, end))[RecordAct.DESTROY_PEER_CALLS] == 1

    run(story)
