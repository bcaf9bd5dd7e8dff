"""What a console knows of its center, and a call that goes from one desk to another."""

import asyncio
from uuid import UUID

import pytest
from net119_protocol.api.common import LineStored, NewLine
from net119_protocol.codes import CallState, Refusal
from net119_reference.ports import DispatcherIdentity, Refused

from tests.reference.service.calling_back import refused
from tests.reference.service.pair import Pair, on_pair
from tests.reference.service.support import CHITOSE, CLOSED, Site, new_call


def test_a_call_goes_to_another_desk_and_stays_the_centers() -> None:
    async def story(pair: Pair) -> None:
        a = pair.a
        view = await a.call(pair.caller, new_call(CHITOSE))
        second = DispatcherIdentity(a.center, "second")
        take = a.service.acts.take_over
        assert (await refused(take(second, view.call_id))).code is Refusal.NOT_ANSWERED
        await a.service.answer(a.dispatcher, view.call_id)
        before = await a.service.call_record(second, view.call_id)
        taken = await take(second, view.call_id)
        assert taken.answered_by == "second"
        assert taken.epoch == before.call.epoch
        again = await take(second, view.call_id)
        assert again == taken
        record = await a.service.call_record(second, view.call_id)
        handed = [each.detail for each in record.history if each.what == "handed over"]
        assert handed == [f"{a.dispatcher.name} to second"]
        stranger = DispatcherIdentity("elsewhere", "second")
        assert (await refused(take(stranger, view.call_id))).code is Refusal.UNKNOWN_CALL
        await a.service.close(second, view.call_id, CLOSED)
        assert (await refused(take(second, view.call_id))).code is Refusal.CALL_CLOSED

    on_pair(story)


def test_a_remote_owners_desk_hands_over_without_the_anchor() -> None:
    async def story(pair: Pair) -> None:
        call_id = await pair.talking()
        b = pair.b
        second = DispatcherIdentity(b.center, "second")
        taken = await b.service.acts.take_over(second, call_id)
        await pair.link.settle()
        assert (taken.answered_by, taken.state) == ("second", CallState.ANSWERED)
        assert pair.a.service.core.live(call_id).known().answered_by == b.dispatcher.name

    on_pair(story)


def test_only_who_has_a_call_writes_in_it() -> None:
    async def story(pair: Pair) -> None:
        view = await pair.a.call(pair.caller, new_call(CHITOSE))
        await pair.a.service.answer(pair.a.dispatcher, view.call_id)
        await _writes_while_theirs(pair, pair.a, view.call_id)
        await _writes_while_theirs(pair, pair.b, await pair.talking())

    on_pair(story)


async def _writes_while_theirs(pair: Pair, own: Site, call_id: UUID) -> None:
    first, second = own.dispatcher, DispatcherIdentity(own.center, "second")

    async def says(who: DispatcherIdentity, line: NewLine) -> LineStored:
        saying = asyncio.create_task(own.service.dispatcher_says(who, call_id, line))
        while not saying.done():
            await asyncio.sleep(0)
            await pair.link.flow()
        return await saying

    wrong = await refused(says(second, NewLine(client_id="s1", text="同僚の文")))
    assert wrong.code is Refusal.NOT_OWNER
    assert first.name in str(wrong)
    line = NewLine(client_id="f1", text="髙橋です")
    stored = await says(first, line)
    await own.service.acts.take_over(second, call_id)
    late = await refused(says(first, NewLine(client_id="f2", text="前の担当の文")))
    assert late.code is Refusal.NOT_OWNER
    # What was stored before is acknowledged again, whoever has the call now.
    assert (await says(first, line)).seq == stored.seq
    await says(second, NewLine(client_id="s2", text="代わりました"))
    record = await own.service.call_record(second, call_id)
    assert [each.text for each in record.lines if each.text] == ["髙橋です", "代わりました"]


def test_the_center_says_to_whom_a_call_can_be_given_and_draws_its_border() -> None:
    async def story(pair: Pair) -> None:
        a, b = pair.a, pair.b
        found = a.service.acts.center(a.dispatcher)
        assert (found.code, found.dispatcher) == (a.center, a.dispatcher.name)
        own = {each.code for each in found.departments}
        targets = {each.department.code: each for each in found.targets}
        if len(own) == 1:
            assert not own & targets.keys()
        other = b.service.acts.center(b.dispatcher).departments[0].code
        assert targets[other].adopted
        assert targets[other].running
        assert not targets[other].own
        area = a.service.acts.area(found.departments[0].code)
        assert area.municipalities
        for each in area.municipalities:
            assert each.geometry["type"] in {"Polygon", "MultiPolygon"}
        with pytest.raises(Refused, match="no department"):
            a.service.acts.area("nowhere")

    on_pair(story)
