"""What staff do for a person at the counter: withdrawal, new password, disclosure, overtaking."""

from datetime import date, timedelta
from typing import Any

import pytest
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.codes import Refusal
from net119_protocol.directory import japan_date
from net119_protocol.person import OptionalData
from net119_protocol.profile.model import Item
from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration.ports import (
    AuditFilter,
    CallPageProblem,
    CallPageRefused,
    Disclosure,
    NotAccepted,
    Overtaken,
    WithdrawalForm,
)

from tests.reference.registration.support import OPTIONAL, Town, run, town
from tests.reference.registration.test_life import DEVICE, OTHER, log_in, refused


def _what(record: Any) -> list[str]:
    return [each.what for each in record.history]


async def _password(here: Town) -> str:
    letter = await here.letter("新しいパスワード")
    return letter.text.partition("パスワード: ")[2].partition("\n")[0]


def test_a_signed_form_ends_a_registration_as_an_act_of_its_own() -> None:
    """CNB-50: not by the department's decision, so not a cancellation."""

    async def story() -> None:
        async with town("aso") as here:
            row, login_id, password = await here.approved()
            version = await here.version(row.registrant_id)
            today = japan_date(here.clock.now())
            for wrong, path in (
                (WithdrawalForm(signed=False, received_on=today), "form.signed"),
                (WithdrawalForm(True, today + timedelta(days=1)), "paper.received_on"),
            ):
                with pytest.raises(NotAccepted) as found:
                    await here.desk.withdraw(here.clerk, row.registrant_id, version, wrong)
                assert [each.path for each in found.value.problems] == [path]
            form = WithdrawalForm(True, today, number="第12号", note="転出")
            await here.desk.withdraw(here.clerk, row.registrant_id, version, form)
            record = await here.desk.application(here.clerk, row.registrant_id, "check")
            assert record.state is State.STOPPED
            assert record.history[-1].what == "withdrawn"
            assert record.history[-1].actor == here.clerk.name
            assert "第12号" in record.history[-1].detail
            assert today.isoformat() in record.history[-1].detail
            await here.letter("停止")
            with pytest.raises(Refused):
                await log_in(here, login_id, password)

    run(story)


@pytest.mark.parametrize("device_lost", [False, True])
def test_a_new_password_replaces_the_lost_one(device_lost: bool) -> None:
    """A forgotten password takes nobody's call page away; a lost device does."""

    async def story() -> None:
        async with town("aso") as here:
            row, login_id, old = await here.approved()
            token = await log_in(here, login_id, old)
            who = await here.provider.handset_identity(token)
            page = await here.desk.new_call_page(who, DEVICE)
            version = await here.version(row.registrant_id)
            await here.desk.issue_password(
                here.clerk, row.registrant_id, version, device_lost=device_lost
            )
            new = await _password(here)
            assert new != old
            for dead in (log_in(here, login_id, old), here.provider.handset_identity(token)):
                await refused(Refusal.NOT_AUTHENTICATED, dead)
            again = await here.provider.handset_identity(await log_in(here, login_id, new))
            if device_lost:
                with pytest.raises(CallPageRefused) as ended:
                    await here.desk.open_call_page(page.secret, DEVICE)
                assert ended.value.code is CallPageProblem.REVOKED
            else:
                assert (await here.desk.open_call_page(page.secret, DEVICE)).token
            record = await here.desk.application(here.clerk, row.registrant_id, "check")
            assert "password-issued" in _what(record)
            assert ("call-page-revoked" in _what(record)) is device_lost
            assert (await here.desk.new_call_page(again, OTHER)).replaced is not device_lost

    run(story)


def test_an_application_has_no_password_to_renew() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row = await here.apply()
            attempt = here.desk.issue_password(here.clerk, row.registrant_id, row.version)
            await refused(Refusal.WRONG_STATE, attempt)

    run(story)


def test_a_password_that_cannot_be_mailed_is_not_changed() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row, login_id, password = await here.approved()
            version = await here.version(row.registrant_id)
            here.desk.office.post = None
            attempt = here.desk.issue_password(here.clerk, row.registrant_id, version)
            assert (await refused(Refusal.WRONG_STATE, attempt)).field == "data.mail"
            assert await log_in(here, login_id, password)

    run(story)


def test_a_disclosure_outside_a_call_is_in_the_audit_log() -> None:
    """CNB-21: to whom, why, which items."""

    async def story() -> None:
        async with town("aso") as here:
            row = await here.apply()
            given = Disclosure("架空病院 佐藤医師", "救急搬送", (Item.NAME, Item.MEDICAL))
            await here.desk.record_disclosure(here.clerk, row.registrant_id, given)
            audit = await here.desk.audit(here.clerk, row.registrant_id, 1)
            (entry,) = [each for each in audit.entries if each.action == "disclosed"]
            assert entry.purpose == "救急搬送"
            assert entry.what == "to 架空病院 佐藤医師: name, medical"
            assert entry.actor == here.clerk.name
            for wrong, field in (
                (Disclosure(" ", "救急搬送", (Item.NAME,)), "to"),
                (Disclosure("架空病院", "", (Item.NAME,)), "why"),
                (Disclosure("架空病院", "救急搬送", ()), "items"),
            ):
                attempt = here.desk.record_disclosure(here.clerk, row.registrant_id, wrong)
                assert (await refused(Refusal.INVALID, attempt)).field == field
            stranger = StaffIdentity("tomakomai", "田中")
            attempt = here.desk.record_disclosure(stranger, row.registrant_id, given)
            await refused(Refusal.NOT_FOUND, attempt)

    run(story)


def test_the_slower_of_two_clerks_is_told_who_decided_and_when() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row = await here.apply()
            here.clock.advance(60)
            await here.desk.approve(here.clerk, row.registrant_id, row.version)
            decided = here.clock.now()
            here.clock.advance(60)
            other = StaffIdentity("aso", "鈴木 係員")
            for restarted in (False, True):
                if restarted:
                    await here.restart()
                with pytest.raises(Overtaken) as late:
                    await here.desk.refuse(other, row.registrant_id, row.version, "重複")
                assert late.value.code is Refusal.WRONG_STATE
                assert late.value.field == "version"
                assert late.value.actor == here.clerk.name
                assert late.value.what == "approved"
                assert late.value.at == decided
                assert here.clerk.name in late.value.detail

    run(story)


def test_a_change_keyed_in_keeps_what_the_clerk_cannot_see() -> None:
    """ASO-04: the form shows no sealed data, so it must not erase them either."""

    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            record = await here.desk.application(here.clerk, row.registrant_id, "change")
            assert record.application.data.optional is None
            data = record.application.data.model_copy(update={"name": "髙橋　良子"})
            changed = record.application.model_copy(update={"data": data})
            await here.desk.key_in_change(here.clerk, row.registrant_id, record.version, changed)
            version = await here.version(row.registrant_id)
            await here.desk.approve(here.clerk, row.registrant_id, version)
            stored = here.desk.office.registry.registrant(row.registrant_id)
            assert stored.data.name == "髙橋　良子"
            assert stored.data.optional == OPTIONAL

    run(story)


def test_a_sealed_flat_alone_makes_a_record_sealed() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row = await here.apply(optional=OptionalData())
            stored = here.desk.office.registry.registrant(row.registrant_id)
            address = stored.data.address.model_copy(update={"auto_lock": "#119"})
            data = stored.data.model_copy(update={"optional": None, "address": address})
            kernel = here.provider.core.kernel
            await kernel.run(lambda tx: here.desk.office.registry.change(tx, stored, data=data))
            record = await here.desk.application(here.clerk, row.registrant_id, "review")
            assert record.sealed
            assert record.application.data.address.auto_lock is None

    run(story)


def test_the_audit_log_is_narrowed_by_actor_and_days_of_japan() -> None:
    async def story() -> None:
        async with town("aso") as here:
            other = StaffIdentity("aso", "鈴木 係員")
            await here.desk.applications(here.clerk, None, "", 1)
            here.clock.advance(3 * 24 * 3600)
            await here.desk.applications(other, None, "", 1)
            today = japan_date(here.clock.now())

            async def actions(only: AuditFilter) -> list[tuple[str, str]]:
                found = await here.desk.audit(here.clerk, None, 1, only)
                return [(each.actor, each.action) for each in found.entries]

            assert await actions(AuditFilter(actor=other.name)) == [(other.name, "listed")]
            before = AuditFilter(until=today - timedelta(days=1))
            assert await actions(before) == [(here.clerk.name, "listed")]
            assert (other.name, "listed") in await actions(AuditFilter(since=today, until=today))
            assert await actions(AuditFilter(since=today + timedelta(days=1))) == []
            assert len(await actions(AuditFilter(until=date.max))) > 2

    run(story)
