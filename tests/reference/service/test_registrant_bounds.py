"""What one registrant may take, where clocks and modes are in play."""

import asyncio
from pathlib import Path

from net119_protocol.codes import Mode, Refusal
from net119_reference.config.model import Limits

from tests.reference.service.support import ManualClock, Site, new_call
from tests.reference.service.test_registration import refused


def test_a_clock_that_is_set_back_locks_nobody_out(folder: Path) -> None:
    """Whoever called in the future that was taken back may call again after the usual time."""

    async def main() -> None:
        limits = Limits(registrant_calls=100, registrant_call_burst=3, registrant_call_every_s=30)
        site = await Site("aoba", folder, ManualClock(), limits).start()
        who = await site.registrant()
        site.clock.advance(3600)
        for _ in range(3):
            await site.call(who, new_call())
        site.clock.advance(-3600)
        assert await refused(site.call(who, new_call())) is Refusal.TOO_MANY
        site.clock.advance(31)
        await site.call(who, new_call())
        await site.stop()

    asyncio.run(main())


def test_who_has_practised_as_often_as_allowed_can_call(folder: Path) -> None:
    async def main() -> None:
        site = await Site("aoba", folder, ManualClock(), Limits()).start()
        who = await site.registrant()
        for _ in range(site.service.core.config.limits.registrant_calls):
            await site.call(who, new_call(mode=Mode.PRACTICE))
        assert await refused(site.call(who, new_call(mode=Mode.PRACTICE))) is Refusal.TOO_MANY
        await site.call(who, new_call(mode=Mode.TEST))
        await site.stop()

    asyncio.run(main())
