"""A hook that dies while a screen is looked at: what it showed last is no answer any more."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from net119_conformance.drivers.http_hook_console import HookConsole
from net119_conformance.drivers.http_hook_desk import DeskCalls
from net119_conformance.drivers.http_hook_handset import HookCall
from net119_conformance.drivers.http_hook_poll import Poll
from net119_conformance.drivers.http_hook_wire import Empty
from net119_conformance.errors import DriverFailed
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface, Silence

CALL = uuid4()


class Dies:
    """A client whose hook opens a console, shows its desk once and is gone then."""

    def __init__(self) -> None:
        self.alive = True

    def owed(self) -> None:
        """It answers at once, as long as it is there."""

    async def settled(self) -> bool:
        return False

    async def ask(self, name: str, *_: Any, **__: Any) -> tuple[Any, bytes]:
        if not self.alive:
            raise DriverFailed("the hook is gone", "フックが止まりました")
        if name == "desk":
            self.alive = False
            return DeskCalls(calls=()), b"{}"
        return Empty(), b"{}"


async def failed(poll: Poll) -> None:
    """Wait until looking has ended."""
    task = poll._task
    assert task is not None
    async with asyncio.timeout(5):
        await task


def test_a_console_has_no_violations_only_while_it_can_be_looked_at() -> None:
    async def go() -> None:
        client: Any = Dies()
        recorder = Recorder(Silence(), Interface.C, "console", "acme")
        console = HookConsole(client, recorder, "center", "佐藤", 0.001)
        await console.open()
        assert console.violations == []
        await failed(console._poll)
        with pytest.raises(DriverFailed, match="gone"):
            _ = console.violations
        with pytest.raises(DriverFailed):
            console.lines(CALL)

    asyncio.run(go())


def test_a_handset_shows_nothing_of_a_dead_hook() -> None:
    async def go() -> None:
        client: Any = Dies()
        client.alive = False
        recorder = Recorder(Silence(), Interface.A, "phone", "acme")
        call = HookCall(client, recorder, CALL, "phone", 0.001)
        assert call.violations == []
        call._poll._task = asyncio.create_task(call._poll._go_on())
        await failed(call._poll)
        for look in ("violations", "lines", "view", "last_seq"):
            with pytest.raises(DriverFailed, match="gone"):
                getattr(call, look)

    asyncio.run(go())


def test_looking_goes_on_after_the_hook_came_back() -> None:
    async def go() -> None:
        client = Dies()

        async def look() -> None:
            await client.ask("caller")

        poll = Poll(look, 0.001)
        await poll.start()
        client.alive = False
        await failed(poll)
        client.alive = True
        await poll.start()
        poll.alive()
        assert poll._task is not None
        assert not poll._task.done()
        await poll.stop()

    asyncio.run(go())
