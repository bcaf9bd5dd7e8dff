"""What the endpoint delivers on a peer's queue, and what becomes of it."""

import asyncio
from collections.abc import Sequence

import pytest
from net119_protocol.stomp import Frame
from net119_reference.ports import Channel, Outgoing
from net119_reference.stomp_shell import Bounds
from net119_reference.stomp_shell import caller_queue as queues
from net119_reference.stomp_shell.caller_queue import FETCHED_AT_ONCE, CallerQueue

from tests.reference.stomp_shell.support import (
    AOBA,
    CALLER,
    FakeService,
    HandPeer,
    config,
    endpoint,
    hand_peer,
    service,
)


async def _texts(midori: HandPeer, count: int) -> list[str]:
    return [(await midori.expect("MESSAGE")).body.decode() for _ in range(count)]


async def _ping(midori: HandPeer) -> None:
    """Nothing was on its way: the next thing that comes is the answer to this."""
    await midori.subscribe("/queue/midori.callee", name="ping")
    await midori.write(Frame("UNSUBSCRIBE", {"id": "ping"}))


def test_messages_come_in_order_with_their_headers_and_go_when_acknowledged() -> None:
    async def scenario() -> None:
        fake = service()
        early = [fake.queue("midori", f"m{n}") for n in range(70)]
        fake.queue("akane", "not for midori")
        async with endpoint(fake) as port, hand_peer(port) as midori:
            await midori.connect()
            await midori.subscribe(CALLER)
            await fake.until(lambda: fake.sessions == [("midori", Channel.QUEUE, True)])
            messages = [await midori.expect("MESSAGE") for _ in early]
            assert [each.body.decode() for each in messages] == [f"m{n}" for n in range(70)]
            first = messages[0].headers
            assert first["net119-sender"] == "aoba"
            assert first["content-type"] == "application/json;charset=utf-8"
            assert first["destination"] == CALLER
            assert "redelivered" not in first
            assert len({each.headers["message-id"] for each in messages}) == 70
            for message in messages:
                await midori.ack(message)
            await fake.until(lambda: fake.confirmations == early)
            late = fake.queue("midori", "late")
            await midori.ack(await midori.expect("MESSAGE"))
            await fake.until(lambda: fake.confirmations == [*early, late])
            assert [item.peer for item in fake.stored.values()] == ["akane"]

    asyncio.run(scenario())


def test_the_window_bounds_what_is_not_acknowledged() -> None:
    async def scenario() -> None:
        fake = service()
        for n in range(5):
            fake.queue("midori", f"m{n}")
        async with endpoint(fake, bounds=Bounds(window=2)) as port, hand_peer(port) as midori:
            await midori.connect()
            await midori.subscribe(CALLER)
            first, second = await midori.expect("MESSAGE"), await midori.expect("MESSAGE")
            await _ping(midori)
            await midori.ack(second)
            assert await _texts(midori, 1) == ["m2"]
            await midori.ack(first)
            assert await _texts(midori, 1) == ["m3"]

    asyncio.run(scenario())


def test_after_a_lost_connection_the_unacknowledged_come_again_marked_and_no_others() -> None:
    async def scenario() -> None:
        fake = service()
        for n in range(6):
            fake.queue("midori", f"m{n}")
        async with endpoint(fake) as port:
            async with hand_peer(port) as midori:
                await midori.connect()
                await midori.subscribe(CALLER)
                messages = [await midori.expect("MESSAGE") for _ in range(6)]
                for n in (0, 1, 3):
                    await midori.ack(messages[n])
                await fake.until(lambda: len(fake.confirmations) == 3)
                midori.abort()
            await fake.until(lambda: fake.sessions[-1] == ("midori", Channel.QUEUE, False))
            fake.queue("midori", "m6")
            async with hand_peer(port) as again:
                await again.connect()
                await again.subscribe(CALLER)
                messages = [await again.expect("MESSAGE") for _ in range(4)]
                assert [each.body for each in messages] == [b"m2", b"m4", b"m5", b"m6"]
                marks = [each.get("redelivered") for each in messages]
                assert marks == ["true", "true", "true", None]
                for message in messages:
                    await again.ack(message)
                await fake.until(lambda: not fake.stored)

    asyncio.run(scenario())


def test_what_is_given_back_comes_again_on_the_same_subscription() -> None:
    async def scenario() -> None:
        fake = service()
        fake.queue("midori", "m")
        async with endpoint(fake) as port, hand_peer(port) as midori:
            await midori.connect()
            await midori.subscribe(CALLER)
            for _ in range(3):
                message = await midori.expect("MESSAGE")
                await midori.ack(message, "NACK")
            message = await midori.expect("MESSAGE")
            assert message.get("redelivered") == "true"
            await midori.ack(message)
            await fake.until(lambda: fake.confirmations == [1])

    asyncio.run(scenario())


def test_each_message_goes_to_one_subscription_only() -> None:
    async def scenario() -> None:
        fake = service()
        async with (
            endpoint(fake, bounds=Bounds(window=10)) as port,
            hand_peer(port) as one,
            hand_peer(port) as other,
        ):
            for each in (one, other):
                await each.connect()
                await each.subscribe(CALLER)
            for n in range(20):
                fake.queue("midori", f"m{n}")
            got = [*await _texts(one, 10), *await _texts(other, 10)]
            assert sorted(got) == sorted(f"m{n}" for n in range(20))
            # What one had and lost goes to the other, once it has room.
            await other.write(Frame("UNSUBSCRIBE", {"id": "0"}))
            await _ping(one)
            assert fake.sessions == [("midori", Channel.QUEUE, True)]

    asyncio.run(scenario())


def test_what_a_lost_connection_held_goes_to_the_other_one() -> None:
    async def scenario() -> None:
        fake = service()
        async with endpoint(fake) as port, hand_peer(port) as stays:
            await stays.connect()
            await stays.subscribe(CALLER)
            async with hand_peer(port) as goes:
                await goes.connect()
                await goes.subscribe(CALLER)
                fake.queue("midori", "m")
                assert await _texts(goes, 1) == ["m"]
            message = await stays.expect("MESSAGE")
            assert (message.body, message.get("redelivered")) == (b"m", "true")

    asyncio.run(scenario())


def test_an_acknowledgement_that_cannot_be_stored_is_not_taken() -> None:
    async def scenario() -> None:
        fake = service()
        fake.queue("midori", "m")
        fake.confirm_fails = 1
        async with endpoint(fake) as port:
            async with hand_peer(port) as midori:
                await midori.connect()
                await midori.subscribe(CALLER)
                message = await midori.expect("MESSAGE")
                ack = {"id": message.headers["ack"], "receipt": "a"}
                await midori.write(Frame("ACK", ack))
                await midori.expect("ERROR")
            assert fake.codes() == ["storage-failed"]
            async with hand_peer(port) as again:
                await again.connect()
                await again.subscribe(CALLER)
                message = await again.expect("MESSAGE")
                assert message.body == b"m"
                await again.ack(message)
                await fake.until(lambda: fake.confirmations == [1])

    asyncio.run(scenario())


def test_a_subscriber_to_its_callee_queue_finds_nothing() -> None:
    async def scenario() -> None:
        fake = service()
        fake.queue("midori", "m")
        async with endpoint(fake) as port, hand_peer(port) as midori:
            await midori.connect()
            await midori.subscribe("/queue/midori.callee")
            await _ping(midori)
            assert fake.sessions == []

    asyncio.run(scenario())


def test_mode_auto_confirms_at_once_and_mode_client_confirms_all_before() -> None:
    async def scenario() -> None:
        fake = service()
        fake.queue("midori", "m")
        async with endpoint(fake) as port, hand_peer(port) as midori:
            await midori.connect()
            await midori.subscribe(CALLER, ack="auto")
            assert await _texts(midori, 1) == ["m"]
            await fake.until(lambda: fake.confirmations == [1])
            await midori.write(Frame("UNSUBSCRIBE", {"id": "0"}))
            await midori.subscribe(CALLER, name="1", ack="client")
            for n in range(3):
                fake.queue("midori", f"c{n}")
            messages = [await midori.expect("MESSAGE") for _ in range(3)]
            await midori.ack(messages[-1])
            await fake.until(lambda: fake.confirmations == [1, 2, 3, 4])

    asyncio.run(scenario())


def test_a_slow_reader_gets_everything_in_the_end() -> None:
    async def scenario() -> None:
        fake = _Counting("aoba", *service().listed)
        for _ in range(600):
            fake.queue("midori", "x" * 100_000)
        bounds = Bounds(window=1000, write_buffer=200_000)
        async with endpoint(fake, bounds=bounds) as port, hand_peer(port) as midori:
            await midori.connect()
            midori.writer.transport.pause_reading()  # type: ignore[attr-defined]  # not in typeshed
            subscribe = {"id": "0", "destination": CALLER, "ack": "client-individual"}
            await midori.write(Frame("SUBSCRIBE", subscribe))
            await fake.until(lambda: fake.asked > 0)
            midori.writer.transport.resume_reading()  # type: ignore[attr-defined]  # not in typeshed
            for _ in range(600):
                await midori.ack(await midori.expect("MESSAGE"))
            await fake.until(lambda: not fake.stored)

    asyncio.run(scenario())


def test_a_reader_that_never_reads_is_cut_off_and_keeps_its_messages() -> None:
    async def scenario() -> None:
        fake = _Counting("aoba", *service().listed)
        for _ in range(400):
            fake.queue("midori", "x" * 100_000)
        settings = config("aoba", AOBA, timers={"heartbeat_s": 0.2, "t3_s": 0.5})
        bounds = Bounds(window=1000)
        async with endpoint(fake, settings, bounds) as port, hand_peer(port) as midori:
            await midori.connect()
            midori.writer.transport.pause_reading()  # type: ignore[attr-defined]  # not in typeshed
            subscribe = {"id": "0", "destination": CALLER, "ack": "client-individual"}
            await midori.write(Frame("SUBSCRIBE", subscribe))
            await fake.until(lambda: fake.codes() == ["slow-reader"])
            await fake.until(lambda: fake.sessions[-1] == ("midori", Channel.QUEUE, False))
            assert len(fake.stored) == 400
            # Buffers of the system take some; by far most of it was not even read from the store.
            assert fake.asked * FETCHED_AT_ONCE <= 200

    asyncio.run(scenario())


def test_what_could_not_be_written_to_a_subscription_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever fails holds nothing: no end of the subscription would give it back."""
    monkeypatch.setattr(queues, "RETRY_S", 0.0)

    async def scenario() -> None:
        fake = service()
        numbers = [fake.queue("midori", text) for text in ("m0", "m1")]
        queue = CallerQueue(fake.as_service(), "midori", Bounds())
        failing = _FailsOnce()
        queue.add(failing)
        try:
            async with asyncio.timeout(5):
                await failing.has_both.wait()
        finally:
            await queue.stop()
        assert failing.delivered == [(numbers[0], True), (numbers[1], False)]

    asyncio.run(scenario())


class _FailsOnce:
    """A subscription whose first message cannot be written."""

    def __init__(self) -> None:
        self.delivered: list[tuple[int, bool]] = []
        self.has_both = asyncio.Event()
        self._failed = False

    def has_room(self) -> bool:
        return True

    def deliver(self, item: Outgoing, *, redelivered: bool) -> None:
        if not self._failed:
            self._failed = True
            raise ValueError("this frame cannot be written")
        self.delivered.append((item.number, redelivered))
        if len(self.delivered) == 2:
            self.has_both.set()


class _Counting(FakeService):
    """Counts the questions for what waits."""

    asked = 0

    async def outgoing(
        self, peer: str, channel: Channel, after: int, limit: int
    ) -> Sequence[Outgoing]:
        self.asked += 1
        self._tell()
        return await super().outgoing(peer, channel, after, limit)
