"""People at the pages of a real provider: a registration from the empty mail to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from net119_protocol.api.admin import StaffRole
from net119_protocol.api.registration import LinkPurpose
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Refusal
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Profile
from net119_simulators.applications import Applying, make_applying, moved
from net119_simulators.errors import CallRefused
from net119_simulators.mailbox import Draft, Letter, MailboxServer, send_mail
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.network.ports import FreePorts
from net119_simulators.pages.acts import PageAccount, PageApplicant
from net119_simulators.pages.applicant import ApplicantAtPages
from net119_simulators.pages.staff import StaffAtPages, row_of
from net119_simulators.pages.window import new_browser
from net119_simulators.registration import Account, Applicant, keys_in
from net119_simulators.registration.urls import mailed_url

ADDRESS, DEVICE = "127.0.0.2", "device-key-of-the-first-phone"
CLERK, PASSWORD = "山田 花子", "合言葉 at the office"
PROFILE = load_profiles()["tomakomai"]
PERSON = make_applying(PROFILE, 11, date(2026, 7, 1))


class Town:
    """A provider with everybody's mailboxes and one clerk."""

    def __init__(
        self,
        network: LocalNetwork,
        boxes: MailboxServer,
        port: int,
        operator: str,
        person: Applying,
        profile: Profile,
    ) -> None:
        self.network = network
        self.base_url = network.base_url(operator)
        self._boxes = boxes
        self._port = port
        self._person = person
        self._profile = profile
        self._read = 0

    async def write(self, person: Applying) -> None:
        """The empty mail."""
        await send_mail(
            Draft(person.mail, self._profile.mail.application or ""), ADDRESS, self._port
        )

    async def letter(self, subject: str) -> Letter:
        """The next mail to the person, which has this in its subject."""
        letter = await self._boxes.wait_for_letter(self._person.mail, after=self._read, within=30)
        self._read += 1
        assert subject in letter.subject
        return letter

    async def url(self, subject: str) -> str:
        """The mailed URL in the next mail."""
        return mailed_url((await self.letter(subject)).urls)


async def applied(town: Town, hand: Applicant) -> None:
    """From the empty mail to the submission, with what goes wrong on the way."""
    await town.write(PERSON)
    url = await town.url("登録のご案内")
    with pytest.raises(CallRefused) as unknown:
        await hand.open(f"{url}x")
    assert unknown.value.code is Refusal.LINK_UNKNOWN
    shown = await hand.open(url)
    assert (shown.purpose, shown.terms_version) == (LinkPurpose.APPLY, PROFILE.terms.version)
    assert PROFILE.terms.text.ja.splitlines()[0] in shown.terms
    with pytest.raises(CallRefused):
        await hand.accept_terms("1999-01")
    await hand.open(url)
    await hand.accept_terms()
    data = PERSON.application.data
    wrong = PERSON.application.model_copy(update={"data": data.model_copy(update={"kana": "漢字"})})
    problems = await hand.fill(wrong)
    assert {(each.path, each.code) for each in problems} == {
        ("data.kana", "not-kana"),
        ("image", "missing"),
    }
    assert [each.path for each in await hand.attach_image(b"no picture")] == ["image"]
    assert await hand.attach_image(PERSON.image or b"") == ()
    assert await hand.fill(PERSON.application) == ()
    assert await hand.submit() == ()
    with pytest.raises(CallRefused) as used:
        await hand.open(url)
    assert used.value.code is Refusal.LINK_USED
    await town.letter("申請を受け付け")


async def returned_and_approved(town: Town, hand: Applicant, staff: StaffAtPages) -> None:
    """Returned with a defect, corrected, approved."""
    name = PERSON.application.data.name
    await staff.open(row_of(await staff.queue(), name))
    assert (await staff.identity_image()).startswith(b"\xff\xd8")
    await staff.send_back({"data.kana": "カードの読みと違います。"})
    shown = await hand.open(await town.url("修正のお願い"))
    assert shown.purpose is LinkPurpose.CORRECT
    assert [each.path for each in shown.defects] == ["data.kana"]
    assert "カードの読みと違います" in shown.defects[0].ja
    assert shown.application is not None
    assert shown.application.data.name == name
    assert await hand.fill(PERSON.application) == ()
    assert await hand.submit() == ()
    await town.letter("申請を受け付け")
    await staff.open(row_of(await staff.queue(), name))
    await staff.approve()


async def used(town: Town, account: Account, staff: StaffAtPages) -> None:
    """Logged in, with a call page; changed, suspended and resumed."""
    with pytest.raises(CallRefused) as nobody:
        await account.account()
    assert nobody.value.code is Refusal.NOT_AUTHENTICATED
    await account.log_in()
    view = await account.account()
    assert (view.name, view.department) == (PERSON.application.data.name, "tomakomai")
    assert (view.state, view.has_call_page) == (RegistrationState.APPROVED, False)
    first = await account.new_call_page(DEVICE)
    assert (await account.account()).has_call_page
    assert await account.new_call_page(DEVICE) != first
    await account.revoke_call_page()
    assert not (await account.account()).has_call_page

    await account.ask_account_mail()
    async with new_browser(town.network.tls) as browser:
        change = moved(PERSON.application, 1)
        await ApplicantAtPages(browser).change(await town.url("変更・利用の停止"), change)
    await town.letter("変更の申請を受け付け")
    row = row_of(await staff.search(PERSON.mail), PERSON.application.data.name)
    page = await staff.open(row)
    assert change.data.address.street in page.text
    await staff.approve()
    await town.letter("登録内容を変更しました")
    await staff.open(row)
    await staff.suspend("いたずらの通報があったため")
    await town.letter("一時停止")
    await staff.open(row)
    await staff.resume()
    await town.letter("再開")


async def ended(town: Town, hand: Applicant, account: Account, staff: StaffAtPages) -> None:
    """Stopped by the person; announced to nobody else; all of it in the audit log."""
    await account.log_in()
    await account.ask_account_mail()
    assert (await hand.open(await town.url("変更・利用の停止"))).purpose is LinkPurpose.ACCOUNT
    await hand.stop()
    await town.letter("利用を停止しました")
    with pytest.raises(CallRefused) as gone:
        await account.log_in()
    assert gone.value.code is Refusal.NOT_AUTHENTICATED
    await staff.announce("maintenance", "工事のお知らせ", "4月10日の午前1時から止まります。")
    audit = await staff.audit()
    assert audit.name == "audit"
    await staff.log_out()


@asynccontextmanager
async def town_of(
    folder: Path, operator: str, person: Applying, profile: Profile
) -> AsyncIterator[Town]:
    """A provider whose mail goes to the person's mailbox, and one clerk of the department."""
    ports = FreePorts()
    async with MailboxServer(ADDRESS) as boxes:
        inbound = ports.take(ADDRESS)
        mail = {
            "enabled": True,
            "host": ADDRESS,
            "port": inbound,
            "relay_host": ADDRESS,
            "relay_port": boxes.port,
        }
        spec = ProviderSpec(operator, ADDRESS, settings={"mail": mail})
        async with LocalNetwork([spec], folder) as network:
            await network.operation(operator).add_staff(
                profile.department, CLERK, PASSWORD, tuple(StaffRole)
            )
            yield Town(network, boxes, inbound, operator, person, profile)
    ports.close()


@pytest.mark.slow
def test_a_registration_is_lived_through_at_the_pages(tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            town_of(tmp_path, "aoba", PERSON, PROFILE) as town,
            PageApplicant(town.network.tls) as hand,
            new_browser(town.network.tls) as browser,
        ):
            staff = StaffAtPages(browser, town.base_url)
            await staff.log_in("tomakomai", CLERK, PASSWORD)
            await applied(town, hand)
            await returned_and_approved(town, hand, staff)
            letter = await town.letter("登録が完了")
            keys = keys_in(letter.text, letter.urls)
            async with PageAccount(town.network.tls, keys) as account:
                await used(town, account, staff)
                await ended(town, hand, account, staff)

    asyncio.run(story())


@pytest.mark.slow
def test_a_mailed_url_renews_before_the_expiry(tmp_path: Path) -> None:
    """ASO-13."""
    profile = load_profiles()["aso"]
    person = make_applying(profile, 4, date(2026, 7, 1))

    async def story() -> None:
        async with (
            town_of(tmp_path, "akane", person, profile) as town,
            PageApplicant(town.network.tls) as hand,
            new_browser(town.network.tls) as browser,
        ):
            await town.write(person)
            await ApplicantAtPages(hand.browser).apply(
                await town.url("登録のご案内"), person.application
            )
            await town.letter("申請を受け付け")
            staff = StaffAtPages(browser, town.base_url)
            await staff.log_in("aso", CLERK, PASSWORD)
            await staff.open(row_of(await staff.queue(), person.application.data.name))
            await staff.approve()
            await town.letter("登録が完了")
            soon = datetime.now(UTC) + timedelta(days=profile.validity.months * 30)
            await town.network.operation("akane").set_clock(soon)
            shown = await hand.open(await town.url("更新のお願い"))
            assert shown.purpose is LinkPurpose.RENEW
            renewed = await hand.renew()
            assert renewed > soon + timedelta(days=profile.validity.months * 30 - 40)
            await town.letter("登録を更新しました")

    asyncio.run(story())
