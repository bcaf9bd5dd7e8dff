"""Applicants and accounts by the API, and mailboxes that other processes read, at a provider."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from net119_protocol.api.records import Decision
from net119_protocol.api.registration import LinkPurpose
from net119_protocol.codes import Kind, PlaceChoice, Refusal
from net119_protocol.profile.load import load_profiles
from net119_simulators.applications import Applying, make_applying
from net119_simulators.errors import CallRefused, NotConnected, UnexpectedAnswer, Unreachable
from net119_simulators.gps import fixed
from net119_simulators.mailbox import Draft, Letter, Outcome, Rule, send_mail
from net119_simulators.mailbox.hosting import HostedMailboxes
from net119_simulators.mailbox.remote import RemoteMailboxes
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.network.ports import FreePorts
from net119_simulators.registration import (
    ApiAccount,
    ApiApplicant,
    CallPageKeys,
    keys_in,
    secret_of,
)
from net119_simulators.registration.urls import mailed_url, mistyped, secrets_in
from net119_simulators.smartphone import Smartphone
from net119_simulators.staff_office import StaffOffice
from net119_simulators.wiretap import WireEvent

TODAY = date(2026, 7, 1)
ADDRESS = "127.0.0.9"
WITHIN = 20.0
DEVICE, OTHER = "device-key-0000000001", "device-key-0000000002"


class Tape:
    """Keeps what a simulator told."""

    def __init__(self) -> None:
        self.text = ""

    def record(self, event: WireEvent) -> None:
        """Take one event."""
        self.text += f"{event.label}\n{event.payload}\n"


@dataclass
class Town:
    """A provider with mail, and its people's mailboxes."""

    network: LocalNetwork
    boxes: RemoteMailboxes
    mail_port: int

    async def letter(self, address: str, after: int) -> Letter:
        """The mail of this number."""
        return (await self.boxes.letters(address, after=after, within=WITHIN))[0]

    def person(self) -> Applying:
        """Somebody who wants to register."""
        return make_applying(load_profiles()["tomakomai"], "acts", TODAY)


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    """A provider of Tomakomai's department."""
    ports, hosted = FreePorts(), HostedMailboxes()
    try:
        place = hosted.start()
        mail = {
            "enabled": True,
            "host": ADDRESS,
            "port": ports.take(ADDRESS),
            "relay_host": place.host,
            "relay_port": place.smtp_port,
        }
        spec = ProviderSpec("aoba", ADDRESS, settings={"mail": mail})
        async with LocalNetwork([spec], folder) as network:
            boxes = RemoteMailboxes(place.host, place.desk_port)
            yield Town(network, boxes, int(str(mail["port"])))
    finally:
        hosted.stop()
        ports.close()


@pytest.mark.slow
def test_somebody_registers_by_mail_and_api_and_calls_from_a_call_page(tmp_path: Path) -> None:
    async def story() -> None:
        async with town(tmp_path) as here:
            person, tape, tls = here.person(), Tape(), here.network.tls
            profile = load_profiles()["tomakomai"]
            to = profile.mail.application or ""
            await send_mail(Draft(sender=person.mail, to=to), ADDRESS, here.mail_port)
            url = mailed_url((await here.letter(person.mail, 0)).urls)
            async with ApiApplicant(tls, wiretap=tape) as hand:
                with pytest.raises(NotConnected):
                    await hand.submit()
                shown = await hand.open(url)
                assert (shown.purpose, shown.mail) == (LinkPurpose.APPLY, person.mail)
                assert shown.terms_version == profile.terms.version
                assert [each.code for each in await hand.submit()] == ["terms"]
                await hand.accept_terms()
                (wrong,) = await hand.attach_image(b"GIF89a")
                assert (wrong.path, wrong.code) == ("image", "not-taken")
                assert await hand.attach_image(person.image or b"") == ()
                assert await hand.fill(person.application) == ()
                assert await hand.submit() == ()
                with pytest.raises(CallRefused) as used:
                    await hand.open(url)
                assert used.value.code is Refusal.LINK_USED
            assert secret_of(url) not in tape.text
            token = await here.network.staff_token("aoba", "tomakomai")
            async with StaffOffice(here.network.base_url("aoba"), tls, token) as staff:
                (row,) = await staff.rows()
                await staff.decide(row, Decision.APPROVE)
            await here.letter(person.mail, 1)
            completion = await here.letter(person.mail, 2)
            keys = keys_in(completion.text, completion.urls)
            assert keys.department == "tomakomai"
            assert keys.password in secrets_in(completion)
            async with ApiAccount(tls, keys, wiretap=tape) as account:
                await account.log_in()
                assert (await account.account()).mail == person.mail
                page = await account.new_call_page(DEVICE)
                mine = CallPageKeys(page, DEVICE)
                async with Smartphone(here.network.base_url("aoba"), tls, mine) as phone:
                    call = await phone.call(
                        Kind.FIRE, PlaceChoice.CURRENT, fix=fixed(42.6341, 141.6055)
                    )
                    assert call.id in [each.call_id for each in await phone.calls()]
                stolen = Smartphone(here.network.base_url("aoba"), tls, CallPageKeys(page, OTHER))
                with pytest.raises(CallRefused) as refused:
                    await stolen.log_in()
                await stolen.api.close()
                assert refused.value.code is Refusal.CALL_PAGE_OTHER_DEVICE
                await account.revoke_call_page()
                await account.ask_account_mail()
                stop_url = mailed_url((await here.letter(person.mail, 3)).urls)
                async with ApiApplicant(tls, wiretap=tape) as hand:
                    assert (await hand.open(stop_url)).purpose is LinkPurpose.ACCOUNT
                    with pytest.raises(CallRefused) as renewal:
                        await hand.renew()
                    assert renewal.value.code is Refusal.WRONG_STATE
                    await hand.stop()
                with pytest.raises(CallRefused):
                    await account.account()
            for secret in (keys.password, secret_of(page), secret_of(stop_url), DEVICE):
                assert secret not in tape.text

    asyncio.run(story())


def test_hosted_mailboxes_are_read_and_ruled_from_outside() -> None:
    async def story() -> None:
        hosted = HostedMailboxes()
        place = hosted.start()
        try:
            boxes = RemoteMailboxes(place.host, place.desk_port)
            assert await boxes.letters("a@phone.example") == ()
            waiting = asyncio.create_task(boxes.letters("a@phone.example", within=WITHIN))
            draft = Draft(sender="x@b.example", to="a@phone.example", subject="件名", text="本文")
            await send_mail(draft, place.host, place.smtp_port)
            (letter,) = await waiting
            assert (letter.subject, letter.text, letter.sender) == ("件名", "本文", "x@b.example")
            await boxes.set_rule("a@phone.example", Rule(outcome=Outcome.DROP))
            await send_mail(draft, place.host, place.smtp_port)
            assert len(await boxes.letters("a@phone.example")) == 1
            assert await boxes.letters("a@phone.example", after=1, within=0.1) == ()
        finally:
            hosted.stop()
        with pytest.raises(Unreachable):
            await boxes.letters("a@phone.example")

    asyncio.run(story())


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/my", "https://127.0.0.1/r/", "https://127.0.0.1/r/a/form", "x"]
)
def test_a_url_without_a_secret_is_not_taken_for_a_mailed_one(url: str) -> None:
    with pytest.raises(UnexpectedAnswer, match="neither a mailed URL"):
        secret_of(url)


@pytest.mark.parametrize(
    ("secret", "other"),
    [("abcdefghi", "abcdafghi"), ("12A4", "12b4"), ("1111", "1121"), ("-", "a")],
)
def test_a_mistyped_url_differs_within_its_secret_whatever_reads_it(
    secret: str, other: str
) -> None:
    """Neither in unread bits at the end of base64 nor in the case of a hexadecimal number."""
    assert mistyped(f"https://127.0.0.1/c/{secret}") == f"https://127.0.0.1/c/{other}"


def test_keys_are_looked_for_in_a_completion_mail_only() -> None:
    with pytest.raises(UnexpectedAnswer, match="not all there"):
        keys_in("ID: n1\n", ("https://127.0.0.1/my",))
    with pytest.raises(UnexpectedAnswer, match="not 2"):
        mailed_url(("https://127.0.0.1/r/a", "https://127.0.0.1/r/b"))
