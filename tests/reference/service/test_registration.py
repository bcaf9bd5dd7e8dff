"""Registrants, log-ins, accounts, and what survives a restart of them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from net119_protocol.api import admin, handset, staff
from net119_protocol.codes import LinkSecurity, ProviderState, Refusal
from net119_reference.config.model import Limits
from net119_reference.ports import Channel, Refused, StaffIdentity

from tests.reference.service.support import PERSON, ManualClock, Site, new_call, peer

CHITOSE, OTHER = StaffIdentity("chitose", "staff"), StaffIdentity("tomakomai", "staff")


def on_site(
    folder: Path, work: Callable[[Site], Awaitable[None]], limits: Limits | None = None
) -> None:
    async def main() -> None:
        site = await Site("aoba", folder, ManualClock(), limits).start()
        try:
            async with asyncio.timeout(60):
                await work(site)
        finally:
            await site.stop()

    asyncio.run(main())


async def refused(attempt: Awaitable[object]) -> Refusal:
    with pytest.raises(Refused) as found:
        await attempt
    assert found.value.detail
    return found.value.code


async def log_in(site: Site, log_in: staff.Credentials, password: str | None = None) -> str:
    body = handset.LogIn(login_id=log_in.login_id, password=password or log_in.password)
    return (await site.service.log_in(body)).token


def test_from_the_application_to_the_call(folder: Path) -> None:
    async def work(site: Site) -> None:
        service = site.service
        entered = await service.enter_registrant(CHITOSE, staff.NewRegistrant(data=PERSON))
        assert entered.state is staff.RegistrationState.APPLIED
        assert (entered.department, entered.data) == ("chitose", PERSON)
        credentials = await service.approve_registrant(CHITOSE, entered.registrant_id)
        seen = await service.registrant(CHITOSE, entered.registrant_id)
        assert seen.state is staff.RegistrationState.APPROVED
        assert seen.approved_at == site.clock.now()
        session = await service.log_in(
            handset.LogIn(login_id=credentials.login_id, password=credentials.password)
        )
        assert (session.registrant_name, session.home.code) == (PERSON.name, "chitose")
        who = await service.handset_identity(session.token)
        assert (who.registrant_id, who.department) == (entered.registrant_id, "chitose")

        await site.restart()
        assert await site.service.handset_identity(session.token) == who
        assert await log_in(site, credentials) != session.token
        assert (await site.service.registrant(CHITOSE, entered.registrant_id)) == seen

    on_site(folder, work)


def test_two_log_ins_are_two_tokens_that_both_hold(folder: Path) -> None:
    async def work(site: Site) -> None:
        entered = await site.service.enter_registrant(CHITOSE, staff.NewRegistrant(data=PERSON))
        credentials = await site.service.approve_registrant(CHITOSE, entered.registrant_id)
        tokens = {await log_in(site, credentials) for _ in range(2)}
        assert len(tokens) == 2
        for token in tokens:
            found = await site.service.handset_identity(token)
            assert found.registrant_id == entered.registrant_id

    on_site(folder, work)


def test_what_is_wrong_with_a_log_in_is_not_told(folder: Path) -> None:
    async def work(site: Site) -> None:
        entered = await site.service.enter_registrant(CHITOSE, staff.NewRegistrant(data=PERSON))
        credentials = await site.service.approve_registrant(CHITOSE, entered.registrant_id)
        unknown = credentials.model_copy(update={"login_id": "nobody"})
        texts = set()
        for attempt in (log_in(site, credentials, "wrong"), log_in(site, unknown)):
            with pytest.raises(Refused) as found:
                await attempt
            assert found.value.code is Refusal.NOT_AUTHENTICATED
            texts.add(found.value.detail)
        assert len(texts) == 1
        assert await refused(site.service.handset_identity("x" * 32)) is Refusal.NOT_AUTHENTICATED

    on_site(folder, work)


def test_states_of_a_registration(folder: Path) -> None:
    async def work(site: Site) -> None:
        service = site.service
        entered = await service.enter_registrant(CHITOSE, staff.NewRegistrant(data=PERSON))
        registrant, reason = entered.registrant_id, staff.Suspend(reason="prank calls")
        suspend = service.suspend_registrant
        assert await refused(suspend(CHITOSE, registrant, reason)) is Refusal.WRONG_STATE
        for attempt in (
            service.approve_registrant(OTHER, registrant),
            service.registrant(OTHER, registrant),
            service.registrant(CHITOSE, uuid4()),
            suspend(OTHER, registrant, reason),
        ):
            assert await refused(attempt) is Refusal.NOT_FOUND
        credentials = await service.approve_registrant(CHITOSE, registrant)
        approve = service.approve_registrant(CHITOSE, registrant)
        assert await refused(approve) is Refusal.WRONG_STATE
        token = await log_in(site, credentials)
        view = await suspend(CHITOSE, registrant, reason)
        assert (view.state, view.reason) == (staff.RegistrationState.SUSPENDED, "prank calls")
        await site.restart()
        who = await site.service.handset_identity(token)
        placing = site.service.place_call(who, new_call(), LinkSecurity.ENCRYPTED)
        with pytest.raises(Refused) as found:
            await placing
        assert found.value.code is Refusal.REGISTRANT_SUSPENDED
        assert "prank calls" in found.value.detail
        assert site.service.core.open_calls() == []

    on_site(folder, work)


def test_two_approvals_at_once_are_one(folder: Path) -> None:
    async def work(site: Site) -> None:
        entered = await site.service.enter_registrant(CHITOSE, staff.NewRegistrant(data=PERSON))
        found = await asyncio.gather(
            *(site.service.approve_registrant(CHITOSE, entered.registrant_id) for _ in range(2)),
            return_exceptions=True,
        )
        good = [each for each in found if isinstance(each, staff.Credentials)]
        assert len(good) == 1
        assert await log_in(site, good[0])

    on_site(folder, work)


def test_accounts_are_for_our_own_units_and_for_one_role(folder: Path) -> None:
    async def work(site: Site) -> None:
        roles = admin.AccountRole

        def account(role: admin.AccountRole, unit: str) -> Awaitable[admin.Account]:
            return site.service.add_account(admin.NewAccount(role=role, unit=unit, name="x"))

        for role, unit in (
            (roles.DISPATCHER, "chita"),
            (roles.DISPATCHER, "nowhere"),
            (roles.STAFF, "chita-nanbu"),
            (roles.STAFF, "nowhere"),
        ):
            assert await refused(account(role, unit)) is Refusal.INVALID
        dispatcher = await account(roles.DISPATCHER, "chitose")
        clerk = await account(roles.STAFF, "chitose")
        await site.restart()
        service = site.service
        assert (await service.dispatcher_identity(dispatcher.token)).center == "chitose"
        assert (await service.staff_identity(clerk.token)).department == "chitose"
        for attempt in (
            service.dispatcher_identity(clerk.token),
            service.staff_identity(dispatcher.token),
            service.handset_identity(clerk.token),
            service.dispatcher_identity("x" * 24),
        ):
            assert await refused(attempt) is Refusal.NOT_AUTHENTICATED

    on_site(folder, work)


def test_operators_and_directory_outlast_a_restart(folder: Path) -> None:
    async def work(site: Site) -> None:
        await site.service.load_operators(admin.Operators(peers=(peer("akane"),)))
        assert [each.operator for each in site.service.peers()] == ["akane"]
        broken = {"version": "x", "providers": "none"}
        before = site.service.health().directory_version
        assert await refused(site.service.load_directory(broken)) is Refusal.INVALID
        assert site.service.health().directory_version == before
        await site.restart()
        assert [each.operator for each in site.service.peers()] == ["akane"]

    on_site(folder, work)


def test_the_own_state_is_told_to_every_peer_with_a_session(folder: Path) -> None:
    async def work(site: Site) -> None:
        site.service.peer_session("midori", Channel.CLIENT, True)
        site.service.peer_session("akane", Channel.QUEUE, True)
        await site.settle()
        health = await site.service.set_state(admin.SetState(state=ProviderState.MAINTENANCE))
        assert health.status == "maintenance"
        for operator, channel in (("midori", Channel.CLIENT), ("akane", Channel.QUEUE)):
            sent = await site.service.outgoing(operator, channel, 0, 10)
            assert [item.type for item in sent] == ["status.report"] * 2
            assert b'"maintenance"' in sent[-1].payload

    on_site(folder, work)
