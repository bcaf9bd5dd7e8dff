"""A provider that uses another's ``callId`` keeps the real call from nobody.

Whoever was ever offered a call knows its name, and may offer a call of its own by it before the
anchor does.
"""

from uuid import UUID

import pytest
from net119_protocol.codes import CallState, ErrorCode, WithdrawReason
from net119_protocol.interconnect import Body, Envelope, MessageType, bodies, decode
from net119_protocol.interconnect.types import BODY_OF
from net119_reference.ports import Channel

from tests.reference.service.link import forged, via_of
from tests.reference.service.support import CHITOSE, TOKONAME, new_call
from tests.reference.service.trio import Trio, new_line, on_trio


async def akane_says(
    trio: Trio, like: Envelope, body: Body, *, epoch: int = 1, n: int = 1
) -> Envelope:
    """A message of akane's about the call of ``like``, as anchor; midori's last answer to it."""
    via = via_of("akane", Channel.QUEUE)
    kind = next(each for each in MessageType if isinstance(body, BODY_OF[each]))
    payload = forged(like, body=body, type=kind, via=via, epoch=epoch, n=n, in_reply_to=None)
    await trio.b.service.receive("akane", payload, Channel.QUEUE)
    await trio.b.settle()
    answers = await trio.b.service.outgoing("akane", Channel.QUEUE, 0, 100)
    return decode(answers[-1].payload)


async def offer_of_aoba(trio: Trio) -> Envelope:
    """The first offer that waits to be carried to midori."""
    waiting = [decode(each.payload) for each in await trio.to_b.to_b().waiting()]
    return next(each for each in waiting if each.type is MessageType.CALL_OFFER)


def named_at_midori(trio: Trio, call_id: UUID) -> dict[str, UUID]:
    """Midori's names of the calls that go by this ``callId``, by their anchors."""
    return {
        live.call.anchor: name
        for name, live in trio.b.service.core.lives.items()
        if live.call is not None and call_id in (name, live.call.anchors_id)
    }


@pytest.mark.parametrize("assigned", [False, True])
def test_a_call_rings_though_another_anchor_was_first_with_its_name(assigned: bool) -> None:
    async def work(trio: Trio) -> None:
        call_id = (await trio.a.call(trio.caller, new_call(TOKONAME))).call_id
        handset = await trio.a.service.attach_handset(trio.caller, call_id, 0, trio.handset)
        trio.a.attachments.append(handset)
        like = await offer_of_aoba(trio)
        assert (await akane_says(trio, like, like.body)).type is MessageType.CALL_ACCEPT
        if assigned:
            assign = bodies.CallAssign(department="chita-tokoname", last_seq=0)
            answer = await akane_says(trio, like, assign, epoch=2, n=2)
            assert answer.type is MessageType.CALL_RINGING

        said = await trio.flow()
        assert {each.call_id for _, each in said if each.call_id} == {call_id}
        call = trio.a.live(call_id).known()
        assert (call.state, call.owner.provider) == (CallState.RINGING, "midori")
        names = named_at_midori(trio, call_id)
        assert names["akane"] == call_id != names["aoba"]
        await trio.b.service.answer(trio.b.dispatcher, names["aoba"])
        assert "named anew" in await trio.b.history(names["aoba"])

        # Each goes on by itself: what the other anchor says is about its own call.
        withdraw = bodies.CallWithdraw(reason=WithdrawReason.CLOSED)
        epoch, n = (3, 3) if assigned else (1, 2)
        await akane_says(trio, like, withdraw, epoch=epoch, n=n)
        assert not trio.b.live(call_id).known().open
        await trio.flow()
        assert trio.a.live(call_id).known().state is CallState.ANSWERED
        await trio.b.restart()
        await trio.b.console(trio.tapes["midori"])
        await trio.a.service.caller_says(trio.caller, call_id, new_line("どちらへ行けば"))
        said = await trio.flow()
        assert {each.call_id for _, each in said if each.call_id} == {call_id}
        for site, name in ((trio.a, call_id), (trio.b, names["aoba"])):
            assert (await site.lines(name))[-1].text == "どちらへ行けば"
        assert await trio.b.lines(call_id) == []

    on_trio(work)


def test_who_was_once_offered_a_call_cannot_keep_it_from_others_afterwards() -> None:
    """The count of what was rejected before goes on in the call that has another name now."""

    async def work(trio: Trio) -> None:
        for attachment in trio.b.attachments:
            await attachment.detach()
        call_id = (await trio.a.call(trio.caller, new_call(TOKONAME))).call_id
        like = await offer_of_aoba(trio)
        await trio.flow()
        assert trio.a.live(call_id).known().owner.provider == "aoba", "nobody is at midori's"
        await trio.b.console(trio.tapes["midori"])
        fresh = {"expires_at": trio.a.live(call_id).known().deadline}
        offer = like.body.model_copy(update=fresh)
        assert (await akane_says(trio, like, offer)).type is MessageType.CALL_ACCEPT

        await trio.a.service.answer(trio.a.dispatcher, call_id)
        assert (await trio.transfer(trio.a, call_id, "chita-tokoname")).failure is None
        await trio.flow()
        call = trio.a.live(call_id).known()
        assert (call.state, call.owner.provider) == (CallState.RINGING, "midori")
        assert set(named_at_midori(trio, call_id)) == {"akane", "aoba"}

    on_trio(work)


def test_a_message_of_no_anchor_is_refused_and_a_call_anchored_here_is_nobody_elses() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        like = next(each for _, each in trio.to_b.carried if each.type is MessageType.CALL_OFFER)
        withdraw = bodies.CallWithdraw(reason=WithdrawReason.CLOSED)
        answer = await akane_says(trio, like, withdraw, epoch=3)
        assert isinstance(answer.body, bodies.ErrorReport)
        assert answer.body.code is ErrorCode.NOT_YOUR_CALL
        assert trio.owners(call_id) == ["midori"]
        # An offer by that name is of another call, whatever becomes of this one.
        assert (await akane_says(trio, like, like.body, n=2)).type is MessageType.CALL_ACCEPT
        assert trio.owners(call_id) == ["midori"]
        assert trio.b.live(call_id).known().anchor == "aoba"

        own = (await trio.a.call(trio.caller, new_call(CHITOSE))).call_id
        offer = like.body.model_copy(update={"department": "chitose"})
        via = via_of("akane", Channel.QUEUE)
        payload = forged(like, body=offer, via=via, call_id=own)
        await trio.a.service.receive("akane", payload, Channel.QUEUE)
        await trio.a.settle()
        (refusal,) = await trio.a.service.outgoing("akane", Channel.QUEUE, 0, 100)
        answer = decode(refusal.payload)
        assert isinstance(answer.body, bodies.ErrorReport)
        assert (answer.call_id, answer.body.code) == (own, ErrorCode.NOT_YOUR_CALL)

    on_trio(work)
