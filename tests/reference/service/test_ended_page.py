"""A call page that ends while its device is in a call: nothing more to read or to say there."""

import asyncio
from pathlib import Path

import pytest
from net119_protocol.api.common import CallView
from net119_protocol.codes import Refusal
from net119_reference.ports import HandsetIdentity, Plea, Refused

from tests.reference.service.support import ManualClock, Site, Tape, new_call, new_line

DEVICE = "a-device-of-mine-0123456789"
OTHER = "another-device-9876543210"


async def opened(site: Site, who: HandsetIdentity, device: str) -> HandsetIdentity:
    """The identity that a new call page gives to its device."""
    made = await site.service.registrations.new_call_page(who, device)
    return (await site.service.registrations.open_call_page(made.secret, device)).identity


async def calling(site: Site) -> tuple[HandsetIdentity, HandsetIdentity, CallView]:
    """Somebody logged in, the same person at the call page, and a call of theirs."""
    await site.console(Tape())
    who = await site.registrant()
    page = await opened(site, who, DEVICE)
    return who, page, await site.call(page, new_call())


def test_the_device_is_told_and_shut_out_of_the_call(tmp_path: Path) -> None:
    """CNB-10: the person goes on with the call on the new device."""

    async def story() -> None:
        site = await Site("aoba", tmp_path, ManualClock()).start()
        who, page, call = await calling(site)
        old, new, program = Tape(), Tape(), Tape()
        await site.service.attach_handset(page, call.call_id, 0, old)
        await site.service.attach_handset(who, call.call_id, 0, program)
        await site.service.registrations.revoke_call_page(who)
        moved = await opened(site, who, OTHER)
        await site.service.attach_handset(moved, call.call_id, 0, new)
        assert (old.ended, new.ended, program.ended) == ([Refusal.CALL_PAGE_REVOKED], [], [])
        with pytest.raises(Refused) as said:
            await site.service.caller_says(page, call.call_id, new_line("まだいます", "late"))
        with pytest.raises(Refused) as asked:
            await site.service.attach_handset(page, call.call_id, 0, Tape())
        assert {said.value.code, asked.value.code} == {Refusal.CALL_PAGE_REVOKED}
        stored = await site.service.caller_says(moved, call.call_id, new_line("こちらから", "new"))
        await site.settle()
        assert new.seqs(call.call_id)[-1] == stored.seq
        await site.stop()

    asyncio.run(story())


def test_a_page_that_ended_stays_ended_over_a_restart(tmp_path: Path) -> None:

    async def story() -> None:
        site = await Site("aoba", tmp_path, ManualClock()).start()
        who, page, call = await calling(site)
        await site.service.registrations.revoke_call_page(who)
        await site.restart()
        with pytest.raises(Refused) as said:
            await site.service.caller_says(page, call.call_id, new_line("まだいます", "late"))
        assert said.value.code is Refusal.CALL_PAGE_REVOKED
        await site.stop()

    asyncio.run(story())


def test_the_card_has_the_callers_own_data_only(tmp_path: Path) -> None:
    """CTS-08: before a call the registered address, in a call its place besides."""

    async def story() -> None:
        site = await Site("aoba", tmp_path, ManualClock()).start()
        _who, page, call = await calling(site)
        before = await site.service.plea_of(page, None)
        assert (before.call, before.place) == (None, None)
        during = await site.service.plea_of(page, call.call_id)
        assert isinstance(during, Plea)
        assert during.call is not None
        assert (during.name, during.address) == (before.name, before.address)
        assert during.call.call_id == call.call_id
        assert during.place is not None
        assert during.place.point is not None
        stranger = await site.registrant()
        with pytest.raises(Refused) as refused:
            await site.service.plea_of(stranger, call.call_id)
        assert refused.value.code is Refusal.UNKNOWN_CALL
        await site.stop()

    asyncio.run(story())
