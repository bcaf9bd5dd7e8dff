"""What may happen while a call is being transferred, and how much of it goes along."""

import asyncio

import pytest
from net119_protocol.api import console_acts
from net119_protocol.codes import (
    CallState,
    ErrorCode,
    Presence,
    Refusal,
    SenderRole,
    TransferFailure,
)
from net119_protocol.interconnect import MessageType, bodies, encode
from net119_reference.ports import Refused
from net119_reference.service import live as memory
from net119_reference.service.kernel import Transaction

from tests.reference.service.support import CLOSED
from tests.reference.service.trio import Trio, new_line, on_trio, sent

F = TransferFailure


def test_the_owner_closes_while_the_next_is_asked() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call()
        asked = await trio.ask(trio.a, call_id, "aso")
        await trio.to_c.to_b().deliver()
        await trio.a.service.close(trio.a.dispatcher, call_id, CLOSED)
        assert (await asked).failure is F.CANCELLED
        await trio.flow()
        assert trio.owners(call_id) == []
        assert trio.c.live(call_id).known().state is CallState.CLOSED
        assert trio.state(trio.a, call_id)[:2] == ("closed", 1)

    on_trio(work)


def test_the_owner_is_lost_while_the_next_is_asked() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        await trio.ask(trio.b, call_id, "aso")
        await trio.to_b.to_a().deliver()
        await trio.a.settle()
        trio.to_b.down()
        trio.a.clock.advance(31)
        trio.to_c.beat()
        await trio.a.look_for_lost_peers()
        assert trio.state(trio.a, call_id) == ("ringing", 3, "chitose")
        arrived = await trio.to_c.flow()
        assert sent(arrived, MessageType.CALL_WITHDRAW)
        assert trio.owners(call_id) == ["aoba", "midori"]
        trio.to_b.up()
        await trio.flow()
        assert trio.owners(call_id) == ["aoba"]
        record = await trio.b.service.call_record(trio.b.dispatcher, call_id)
        assert [each.failure for each in record.transfers] == [F.CANCELLED]

    on_trio(work)


def test_a_line_of_the_former_owner_is_refused_visibly() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        asked = await trio.ask(trio.b, call_id, "aso")
        await trio.to_b.to_a().deliver()
        await trio.to_c.flow()
        assert trio.state(trio.a, call_id) == ("ringing", 3, "aso")
        line = asyncio.create_task(
            trio.b.service.dispatcher_says(trio.b.dispatcher, call_id, new_line("待って"))
        )
        while not trio.b.live(call_id).pending:
            await asyncio.sleep(0)
            await trio.b.settle()
        await trio.flow()
        await asked
        with pytest.raises(Refused) as late:
            await line
        assert late.value.code is Refusal.OWNED_BY_OTHER
        assert "待って" not in [each.text for each in await trio.a.lines(call_id)]
        codes = [entry.code for entry in trio.a.service.core.refusals.after(0).entries]
        assert ErrorCode.STALE_EPOCH.value in codes

    on_trio(work)


def test_a_long_chat_reaches_the_next_department_whole() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call()
        core, live = trio.a.service.core, trio.a.live(call_id)
        lines = [new_line(f"{number} " + "あ" * 60) for number in range(2100)]

        def say(tx: Transaction) -> None:
            for line in lines:
                core.say(tx, live, memory.CALLER, SenderRole.CALLER, "", line.client_id, line)

        await core.kernel.run(say)
        assert len(trio.a.live(call_id).recent) == 500
        asked = await trio.ask(trio.a, call_id, "aso")
        arrived = await trio.flow()
        assert (await asked).failure is None
        (offer,) = sent(arrived, MessageType.CALL_OFFER)
        assert isinstance(offer.body, bodies.CallOffer)
        assert 0 < offer.body.last_seq < 2100
        assert len(encode(offer)) <= 192 * 1024
        assert await trio.c.lines(call_id) == await trio.a.lines(call_id)
        assert trio.tapes["akane"].seqs(call_id) == list(range(1, 2102))
        assert trio.a.live(call_id).older == ()

    on_trio(work)


def test_nobody_answers_at_the_new_owner_and_the_call_comes_home() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        assert (await trio.transfer(trio.b, call_id, "aso")).failure is None
        await trio.advance(60)
        await trio.flow()
        assert trio.owners(call_id) == ["akane"]
        await trio.advance(60.5)
        await trio.flow()
        assert trio.owners(call_id) == ["aoba"]
        assert trio.state(trio.a, call_id) == ("ringing", 4, "chitose")

    on_trio(work)


def test_a_restart_goes_on_with_the_transfer() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        await trio.ask(trio.b, call_id, "aso")
        await trio.to_b.to_a().deliver()
        await trio.a.restart()
        await trio.b.restart()
        trio.to_b.up()
        trio.to_c.up()
        await trio.flow()
        assert trio.owners(call_id) == ["akane"]
        assert trio.state(trio.b, call_id) == ("closed", 3, "aso")
        assert trio.c.live(call_id).known().presence is Presence.GONE
        record = await trio.b.service.call_record(trio.b.dispatcher, call_id)
        (transfer,) = record.transfers
        assert transfer.failure is None
        assert transfer.ended_at is not None

    on_trio(work)


def test_consoles_are_shown_how_a_transfer_goes() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call()
        asked = await trio.ask(trio.a, call_id, "aso")
        await trio.flow()
        await asked
        frames = [
            each.transfer
            for each in trio.tapes["aoba"].frames
            if isinstance(each, console_acts.TransferFrame)
        ]
        assert [each.ended_at is None for each in frames] == [True, False]
        states = [each.transferring_to for each in trio.tapes["aoba"].calls()]
        assert any(each is not None and each.code == "aso" for each in states)
        assert states[-1] is None

    on_trio(work)
