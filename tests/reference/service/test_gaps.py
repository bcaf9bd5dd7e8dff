"""What is missing in a peer's count is asked for until it has come."""

import asyncio
from uuid import uuid4

from net119_protocol.api import console_acts
from net119_protocol.codes import CallState, DiscrepancyKind, WithdrawReason
from net119_protocol.interconnect import Envelope, MessageType, bodies
from net119_reference.ports import Channel

from tests.reference.service.pair import Pair, on_pair
from tests.reference.service.support import CLOSED


async def asked(pair: Pair) -> int:
    """How often midori has asked aoba for what it lacks."""
    waiting = await pair.link.to_a().waiting()
    return sum(each.type == MessageType.CHAT_RESUME for each in waiting)


async def a_gap_in_a_closed_call(pair: Pair) -> None:
    """Of two messages about a call that midori has closed, the second has come."""
    call_id = await pair.talking()
    closing = asyncio.create_task(pair.b.service.close(pair.b.dispatcher, call_id, CLOSED))
    while not closing.done():
        await pair.link.flow()
        await asyncio.sleep(0)
    await closing
    await pair.link.flow()
    for detail in ("一", "二"):
        report = console_acts.NewDiscrepancy(kind=DiscrepancyKind.OTHER, detail=detail)
        await pair.a.service.acts.report_discrepancy(pair.a.dispatcher, call_id, report)
    _, later = await pair.link.to_b().waiting()
    await pair.b.service.receive("aoba", later.payload, Channel.QUEUE)
    assert pair.b.live(call_id).held


def test_a_gap_in_a_closed_call_is_asked_for_after_a_restart() -> None:
    """What is missing may be what opens the call again."""

    async def work(pair: Pair) -> None:
        await a_gap_in_a_closed_call(pair)
        await pair.b.restart()
        await pair.b.advance(1)
        assert await asked(pair) >= 1

    on_pair(work)


def test_a_gap_is_asked_for_as_long_as_it_is_there() -> None:
    async def work(pair: Pair) -> None:
        await a_gap_in_a_closed_call(pair)
        await pair.b.advance(10)
        often = await asked(pair)
        await pair.b.advance(10)
        assert await asked(pair) > often

    on_pair(work)


def test_a_gap_that_stays_is_asked_for_ten_times_at_once_and_then_at_longer_intervals() -> None:
    """Every 0.5 s; then every 5 s, so that a peer which lacks it for good is not flooded."""

    async def work(pair: Pair) -> None:
        await a_gap_in_a_closed_call(pair)
        times = []
        for _ in range(80):
            await pair.b.advance(0.25)
            times.append(await asked(pair))
        assert times[1::2][:10] == list(range(1, 11))
        assert (times[38], times[39]) == (10, 11)
        assert (times[58], times[59]) == (11, 12)

    on_pair(work)


def test_what_is_said_of_a_rejected_offer_counts_so_that_a_later_offer_is_heard() -> None:
    """The call is not known here by then, but its anchor goes on counting."""

    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        (first,) = await pair.link.to_b().waiting()
        offer = Envelope.model_validate_json(first.payload)
        withdrawn = offer.model_copy(
            update={
                "type": MessageType.CALL_WITHDRAW,
                "message_id": uuid4(),
                "n": 2,
                "body": bodies.CallWithdraw(reason=WithdrawReason.TAKEN_HOME),
            }
        )
        again = offer.model_copy(update={"message_id": uuid4(), "n": 3})

        async def hear(envelope: Envelope) -> None:
            payload = envelope.model_dump_json(by_alias=True, exclude_none=True).encode()
            await pair.b.service.receive("aoba", payload, Channel.QUEUE)

        for console in pair.b.attachments:
            await console.detach()
        await hear(offer)
        assert pair.b.live(call_id).call is None
        await hear(withdrawn)
        await pair.b.console(pair.there)
        await hear(again)
        assert not pair.b.live(call_id).held
        assert pair.b.live(call_id).known().state is CallState.OFFERING

    on_pair(work)


def test_what_waited_is_not_stored_as_waiting_once_it_was_handled() -> None:
    """After a restart it would be taken for what still waits."""

    async def go(pair: Pair) -> None:
        await a_gap_in_a_closed_call(pair)
        (call_id,) = [each.call_id for each in pair.b.service.core.lives.values() if each.held]
        await pair.link.flow()
        assert not pair.b.live(call_id).held
        stored = await pair.b.stored(call_id)
        assert (stored.held, stored.n_in) == ({}, pair.b.live(call_id).n_in)

    on_pair(go)
