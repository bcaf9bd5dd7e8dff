"""Simulated feature phones come back to a call by a callback's URL (CNB-31), also in plaintext."""

import asyncio
from collections.abc import Iterator

import pytest
from net119_protocol.codes import LinkSecurity, Mode
from net119_reference.config import Home, Plaintext
from net119_simulators.handsets import find_handset
from net119_simulators.handsets.chain import Roots
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.position import Measured
from net119_simulators.handsets.steps import Reason
from net119_simulators.handsets.walk_mobile import MobileWalk
from net119_simulators.handsets.walking import Stuck

from tests.reference.pages.calling import desk
from tests.reference.pages.calling_back import Lost
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

HERE = Measured(42.6341, 141.6055, 30)


@pytest.fixture(scope="module")
def open_to_old_phones(page_certificates: Certificates) -> Iterator[Site]:
    """A department with callback mail whose provider lets phones without TLS in."""
    allowed = {"tomakomai": Home(plaintext_allowed=True)}
    plaintext = Plaintext(enabled=True)
    with site("tomakomai", page_certificates, plaintext=plaintext, homes=allowed) as running:
        yield running


def come_back(base: str, path: str) -> list[str]:
    """The names of the pages that an old phone lands on, and what it writes there."""

    async def walk() -> list[str]:
        async with Phone(find_handset("docomo-sh902i"), Roots(()), HERE) as phone:
            pages = MobileWalk(phone, base)
            placed = await pages.come_back(path)
            return [placed.page.name, (await pages.say("戻りました")).name]

    return asyncio.run(walk())


def test_a_phone_without_tls_comes_back_in_plaintext_and_is_marked(
    open_to_old_phones: Site,
) -> None:
    with desk(open_to_old_phones) as console:
        lost = Lost(open_to_old_phones, console, mode=Mode.TEST)
        lost.close()
        path = lost.called_back()
        with open_to_old_phones.plain_http() as client:
            base = str(client.base_url)
        assert come_back(base, path) == ["m-chat", "m-chat"]
        assert lost.state() == "ringing"
        console.heard(lost.call, "戻りました")
        live = open_to_old_phones.town.provider.core.live(lost.call.call_id)
        assert live.known().link is LinkSecurity.PLAINTEXT


def test_a_url_that_was_replaced_is_told_as_the_pages_reason(open_to_old_phones: Site) -> None:
    with desk(open_to_old_phones) as console:
        lost = Lost(open_to_old_phones, console, mode=Mode.TEST)
        lost.close()
        older = lost.called_back()
        lost.called_back()
        with open_to_old_phones.plain_http() as client:
            base = str(client.base_url)
        with pytest.raises(Stuck, match="link-revoked") as stuck:
            come_back(base, older)
        assert stuck.value.reason is Reason.REFUSED
        assert lost.state() == "closed"
