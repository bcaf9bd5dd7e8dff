"""The record that a hook opens, beside the desk that is looked at again and again."""

import asyncio

from net119_conformance.drivers.http_hook import HookDriver, HookSettings
from net119_protocol.codes import Kind, PlaceChoice
from net119_simulators.person import make_person
from net119_simulators.wiretap import Silence

from tests.conformance.world.test_hook_that_hangs import hanging

SELDOM_S = 2.0


def test_the_desk_is_not_older_than_the_record() -> None:
    """A line that the record has, and a desk that was looked at before it does not, is not lost."""

    async def lines(url: str) -> tuple[list[str], list[str]]:
        wiretap = Silence()
        driver = HookDriver(HookSettings(url=url, poll_s=SELDOM_S), "toy", wiretap)
        try:
            assert "record" in (await driver.look()).requests
            who = await driver.register("chitose", make_person("toy/1", "01224"))
            async with (
                driver.console("chitose", name="髙橋", wiretap=wiretap) as console,
                driver.handset(who, name="phone", wiretap=wiretap) as phone,
            ):
                call = await phone.call(Kind.FIRE, PlaceChoice.HOME)
                await call.say("二階です")
                record = await console.record(call.id)
                shown = console.lines(call.id)
                return [one.text for one in record.lines], [one.text for one in shown]
        finally:
            await driver.close()

    with hanging() as url:
        kept, shown = asyncio.run(lines(url))
    assert kept == shown == ["二階です"]
