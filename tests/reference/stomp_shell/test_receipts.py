"""Receipts that do not come: the session is cut, so that what was not confirmed comes again."""

import asyncio
from uuid import uuid4

import pytest
from net119_protocol.stomp import Frame
from net119_reference.ports import Channel, Outgoing
from net119_reference.stomp_shell.receipts import Receipts

from tests.reference.stomp_shell.support import MIDORI
from tests.reference.stomp_shell.test_interconnect_by_hand import HandEndpoint, by_hand

QUICK_T3 = {"heartbeat_s": 0.1, "t3_s": 0.4}


def message(number: int) -> Outgoing:
    return Outgoing(number, "aoba", Channel.CLIENT, "/queue/aoba.callee", uuid4(), "x", b"")


def test_the_first_without_a_receipt_is_late_and_nothing_else() -> None:
    receipts = Receipts(10.0)
    assert receipts.due is None
    assert receipts.late(1000.0) is None
    one, two, three = (message(n) for n in (1, 2, 3))
    receipts.sent("a", one, 100.0)
    receipts.sent("b", two, 101.0)
    assert receipts.late(109.9) is None
    assert receipts.late(110.0) == one
    # In order, however slowly: each has the whole time from when it is its turn.
    assert receipts.came("a", 109.0) == one
    assert receipts.due == 119.0
    receipts.sent("c", three, 118.0)
    # Out of order: the one that was skipped gains no time by it.
    assert receipts.came("c", 118.5) == three
    assert receipts.late(119.0) == two
    assert receipts.came("b", 119.5) == two
    assert (receipts.due, len(receipts)) == (None, 0)
    assert receipts.came("b", 120.0) is None
    receipts.sent("d", one, 500.0)
    assert receipts.late(500.5) is None


@pytest.mark.parametrize("given", [(), (1, 2)], ids=["none", "only of later ones"])
def test_a_lost_receipt_on_a_living_session_makes_the_message_come_again(
    given: tuple[int, ...],
) -> None:
    """I2: nothing waits for the connection to break by itself."""

    async def scenario() -> None:
        again: list[bytes] = []

        async def lose(endpoint: HandEndpoint) -> None:
            await endpoint.welcome()
            sent = [await endpoint.expect("SEND") for _ in range(3)]
            for each in given:
                await endpoint.receipt(sent[each])
            while True:  # alive until it is left
                await endpoint.write(b"\n")
                try:
                    data = await asyncio.wait_for(endpoint.reader.read(65536), 0.05)
                except TimeoutError:
                    continue
                if not data:
                    raise EOFError

        async def take(endpoint: HandEndpoint) -> None:
            await endpoint.welcome()
            for _ in range(3 - len(given)):
                message = await endpoint.expect("SEND")
                again.append(message.body)
                await endpoint.write(Frame("RECEIPT", {"receipt-id": message.headers["receipt"]}))
            await endpoint.expect("DISCONNECT")

        async with by_hand(lose, take, timers=QUICK_T3) as (midori, sources):
            for text in ("m1", "m2", "m3"):
                midori.queue("aoba", text, Channel.CLIENT)
            await midori.until(lambda: sorted(midori.confirmations) == [1, 2, 3])
            assert again == ([b"m1"] if given else [b"m1", b"m2", b"m3"])
            assert sources == [MIDORI, MIDORI]
            assert midori.codes() == ["receipt-missing"]

    asyncio.run(scenario())
