"""What a phone does by itself while its radio fails."""

import asyncio
from typing import cast

import pytest
from net119_protocol.api.common import CallView
from net119_scenarios.enduring import kept_connected, said, until_reached
from net119_simulators.errors import NotConnected, Unreachable
from net119_simulators.phone_call import PhoneCall


class Flaky:
    """A call whose connection is gone until it is resumed."""

    def __init__(self) -> None:
        self.connected = False
        self.resumed = 0
        self.back = asyncio.Event()
        self.identifiers: list[str] = []

    async def wait_for_drop(self, within: float) -> str:
        while self.connected:
            await asyncio.Event().wait()
        return "gone"

    async def resume(self, *, within: float) -> None:
        await asyncio.sleep(0)
        self.resumed += 1
        self.connected = True
        self.back.set()

    async def wait_for_view(self, wanted: object, within: float) -> CallView | None:
        await self.back.wait()
        return None

    async def say(self, client_id: str) -> None:
        self.identifiers.append(client_id)
        if not self.connected:
            raise NotConnected("call", "gone")


def test_a_line_that_meets_no_connection_is_said_again_under_its_identifier() -> None:
    async def test() -> Flaky:
        call = Flaky()
        as_call = cast(PhoneCall, call)
        async with asyncio.timeout(10), kept_connected(as_call, 5.0):
            await said(as_call, call.say, 5.0)
        return call

    call = asyncio.run(test())
    assert call.resumed == 1
    assert len(call.identifiers) == 2
    assert len(set(call.identifiers)) == 1


def test_a_call_is_placed_again_until_the_provider_is_reached_or_the_time_is_over() -> None:
    attempts = []

    async def place() -> str:
        attempts.append(1)
        if len(attempts) < 2:
            raise Unreachable("no network", "provider")
        return "placed"

    assert asyncio.run(until_reached(place, 60.0)) == "placed"
    attempts.clear()
    with pytest.raises(Unreachable):
        asyncio.run(until_reached(place, 0.0))
    assert len(attempts) == 1
