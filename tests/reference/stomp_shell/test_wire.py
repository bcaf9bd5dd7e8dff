"""A wire's timer on both kinds of event loop, and an intake that fails."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
import uvloop
from net119_protocol.stomp import ErrorSent, ServerEvent, ServerSession
from net119_reference.stomp_shell.intake import Intake
from net119_reference.stomp_shell.policy import EndpointPolicy
from net119_reference.stomp_shell.wire import Wire

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


class Owner:
    """Keeps the events."""

    def __init__(self) -> None:
        self.events: list[ServerEvent] = []
        self.told = asyncio.Event()

    def on_open(self) -> None: ...

    def on_octets(self) -> None: ...

    def on_writable(self) -> None: ...

    def on_stalled(self) -> None: ...

    def on_event(self, event: ServerEvent) -> None:
        self.events.append(event)
        self.told.set()


class Network(asyncio.Transport):
    """Takes everything; tells the protocol that it was cut."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._protocol = protocol

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def write(self, data: bytes | bytearray | memoryview) -> None: ...

    def abort(self) -> None:
        asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)


def connected(owner: Owner, connect_within_s: float) -> Wire[ServerEvent]:
    session = ServerSession(
        "aoba",
        EndpointPolicy("akane"),
        now=asyncio.get_running_loop().time(),
        connect_timeout=connect_within_s,
    )
    wire: Wire[ServerEvent] = Wire(
        session, owner, stall_s=1.0, linger_s=1.0, write_buffer=1024, read_while_congested=False
    )
    wire.connection_made(Network(wire))
    return wire


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS.keys())
def test_a_timer_that_is_due_already_hinders_nothing(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    """A busy process pumps again between the moment of a timer and the timer's call."""

    async def scenario() -> list[ServerEvent]:
        owner = Owner()
        wire = connected(owner, 0.0)
        wire.pump()
        wire.pump()
        async with asyncio.timeout(10):
            await owner.told.wait()
        wire.connection_lost(None)
        return owner.events

    with asyncio.Runner(loop_factory=loop) as runner:
        events = runner.run(scenario())
    assert any(isinstance(each, ErrorSent) for each in events)  # the timer was called


def test_an_intake_that_fails_costs_the_connection() -> None:
    """A living connection whose messages nobody works through would be waited for, for ever."""

    async def scenario() -> list[int]:
        wire = connected(Owner(), 60.0)
        handled: list[int] = []

        async def handle(items: Sequence[int]) -> None:
            handled.extend(items)
            if items == [2]:
                raise LookupError("a defect")

        intake = Intake(wire, handle, limit=1024, name="intake")
        for number in (1, 2, 3):
            intake.put(number)
        async with asyncio.timeout(10):
            await wire.lost()
            intake.put(4)
            await intake.idle()
            await intake.finish()
        return handled

    assert asyncio.run(scenario()) == [1, 2]
