"""Blocks and dispatches of dispatchers (ASO-20, CNB-34, TOM-25, I5)."""

import pytest
from net119_protocol.api.console_acts import Block, NewDispatch
from net119_protocol.codes import CallState, Mode, Refusal

from tests.reference.mail.support import Sink
from tests.reference.service.calling_back import (
    ENCRYPTED,
    home_call,
    refused,
    secret_in,
    with_mail,
)
from tests.reference.service.pair import Pair
from tests.reference.service.support import CHITOSE, CLOSED, PERSON, new_call


def test_a_blocked_caller_cannot_reopen_and_the_next_honest_one_can_call() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        a = pair.a
        call_id = await home_call(pair)
        await a.service.acts.call_back(a.dispatcher, call_id)
        await a.service.close(a.dispatcher, call_id, CLOSED)
        secret = secret_in(sink)
        blocked = await a.service.acts.block_caller(
            a.dispatcher, call_id, Block(reason="いたずらの通報のため")
        )
        assert blocked.by == a.dispatcher.name
        no = await refused(a.service.callbacks.open(secret, ENCRYPTED))
        assert (no.code, no.detail) == (Refusal.REGISTRANT_SUSPENDED, "いたずらの通報のため")
        no = await refused(a.call(pair.caller, new_call(CHITOSE)))
        assert (no.code, no.detail) == (Refusal.REGISTRANT_SUSPENDED, "いたずらの通報のため")
        data = PERSON.model_copy(update={"name": "髙橋 𠮷子", "mail": "yoshiko@mail.example"})
        honest = await a.registrant(data=data)
        assert (await a.call(honest, new_call(CHITOSE))).state is CallState.RINGING

    with_mail(story)


def test_a_remote_owner_cannot_block_and_is_told_whom_to_ask() -> None:
    async def story(pair: Pair, _sink: Sink) -> None:
        call_id = await pair.talking()
        act = pair.b.service.acts.block_caller(pair.b.dispatcher, call_id, Block(reason="x"))
        no = await refused(act)
        assert no.code is Refusal.FORBIDDEN
        assert "千歳市消防本部" in no.detail
        assert "phone" in no.detail

    with_mail(story)


@pytest.mark.parametrize("mode", [Mode.PRACTICE, Mode.TEST, Mode.DRILL])
def test_no_practice_call_has_a_dispatch_and_none_that_nobody_answered(mode: Mode) -> None:
    async def story(pair: Pair, _sink: Sink) -> None:
        a = pair.a
        view = await a.call(pair.caller, new_call(CHITOSE, mode=mode))
        crew = NewDispatch(units="千歳救急1")
        no = await refused(a.service.acts.record_dispatch(a.dispatcher, view.call_id, crew))
        drill = mode is Mode.DRILL
        assert no.code is (Refusal.NOT_ANSWERED if drill else Refusal.NO_DISPATCH)
        await a.service.answer(a.dispatcher, view.call_id)
        if drill:
            await a.service.acts.record_dispatch(a.dispatcher, view.call_id, crew)
        else:
            no = await refused(a.service.acts.record_dispatch(a.dispatcher, view.call_id, crew))
            assert no.code is Refusal.NO_DISPATCH
        record = await a.service.call_record(a.dispatcher, view.call_id)
        assert [each.units for each in record.dispatches] == (["千歳救急1"] if drill else [])

    with_mail(story)
