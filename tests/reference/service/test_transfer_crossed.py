"""What the former owner does while the call is assigned to somebody else already."""

import asyncio

import pytest
from net119_protocol.codes import CallState, ErrorCode
from net119_protocol.interconnect import MessageType, bodies
from net119_reference.ports import Refused

from tests.reference.service.support import CLOSED
from tests.reference.service.trio import Trio, on_trio, sent


def test_a_close_that_crosses_the_assignment_closes_nothing_and_its_writer_is_told() -> None:
    """I1, I9: the call is the new owner's, and the former one's dispatcher sees who has it."""

    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        asked = await trio.ask(trio.b, call_id, "aso")
        await trio.to_b.to_a().deliver()  # the request
        await trio.a.settle()
        await trio.to_c.to_b().deliver()  # the offer
        await trio.c.settle()
        await trio.to_c.to_a().deliver()  # the acceptance: assigned from here on
        await trio.a.settle()
        assert trio.a.live(call_id).known().owner.provider == "akane"
        closing = asyncio.create_task(trio.b.service.close(trio.b.dispatcher, call_id, CLOSED))
        while not await trio.to_b.to_a().waiting():
            await asyncio.sleep(0)
            await trio.b.settle()
        await trio.to_b.to_a().deliver()  # the close, of the old epoch
        arrived = await trio.flow()
        with pytest.raises(Refused):
            await closing
        assert (await asked).failure is None
        (error,) = sent(arrived, MessageType.ERROR)
        assert isinstance(error.body, bodies.ErrorReport)
        assert error.body.code in (ErrorCode.STALE_EPOCH, ErrorCode.NOT_YOUR_CALL)
        assert trio.owners(call_id) == ["akane"]
        assert trio.a.live(call_id).known().state is CallState.RINGING
        assert trio.b.live(call_id).known().state is CallState.CLOSED
        await trio.c.service.answer(trio.c.dispatcher, call_id)
        await trio.flow()
        assert trio.owners(call_id) == ["akane"]
        assert trio.a.live(call_id).known().state is CallState.ANSWERED

    on_trio(work)
