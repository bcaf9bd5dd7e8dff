"""A call goes to another department: who owns it when, and what each of them sees."""

import asyncio

import pytest
from net119_protocol.codes import (
    CallState,
    OfferCause,
    ProviderState,
    Refusal,
    TransferFailure,
)
from net119_protocol.interconnect import MessageType, bodies, encode
from net119_reference.ports import Channel, DispatcherIdentity, Refused

from tests.reference.service.link import types
from tests.reference.service.support import Tape
from tests.reference.service.trio import Trio, new_line, on_trio, sent

F = TransferFailure


def test_from_a_remote_owner_to_a_third_provider() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        await trio.a.service.caller_says(trio.caller, call_id, new_line("髙橋です"))
        await trio.flow()
        asked = await trio.ask(trio.b, call_id, "aso")
        assert trio.state(trio.b, call_id) == ("transferring", 2, "chita-tokoname")
        assert trio.owners(call_id) == ["midori"]
        await trio.to_b.to_a().deliver()
        # Said while the next one is asked: it goes to the owner now, and to the next one later.
        await trio.a.service.caller_says(trio.caller, call_id, new_line("水が入ってきた"))
        await trio.to_b.flow()
        assert trio.owners(call_id) == ["midori"]
        assert not asked.done()
        arrived = await trio.flow()
        done = await asked
        assert (done.failure, done.department.code) == (None, "aso")
        assert done.ended_at is not None
        to_c = [each for each in types(arrived) if each != "aoba: transfer.done"]
        assert to_c[:3] == ["aoba: call.offer", "akane: call.accept", "aoba: call.assign"]
        assert sorted(to_c[3:]) == [
            "akane: call.ringing",
            "akane: chat.receipt",
            "akane: chat.receipt",
            "aoba: chat.message",
            "aoba: chat.message",
        ]
        assert len(to_c) == len(types(arrived)) - 1
        (offer,) = sent(arrived, MessageType.CALL_OFFER)
        assert isinstance(offer.body, bodies.CallOffer)
        assert offer.body.cause is OfferCause.TRANSFER
        assert [line.text for line in offer.body.transcript] == ["髙橋です"]
        assert offer.body.transferred_from is not None
        assert offer.body.transferred_from.code == "chita-tokoname"
        assert offer.body.transfer_reason == "管轄が違うため"
        assert [(each.number, each.cause.value) for each in offer.body.trail] == [(1, "call")]
        assert offer.epoch == 2
        assert trio.owners(call_id) == ["akane"]
        assert trio.state(trio.a, call_id) == ("ringing", 3, "aso")
        assert trio.state(trio.b, call_id) == ("closed", 3, "aso")
        new = trio.b.live(call_id).known().owner
        assert (new.center, new.provider, new.department) == ("aso", "akane", done.department)
        await trio.c.service.answer(trio.c.dispatcher, call_id)
        await trio.flow()
        texts = [line.text for line in await trio.a.lines(call_id)]
        assert texts[:2] == ["髙橋です", "水が入ってきた"]
        assert "引き継がれました" in texts[2]
        assert await trio.c.lines(call_id) == await trio.a.lines(call_id)
        assert trio.tapes["akane"].seqs(call_id) == [1, 2, 3]
        assert trio.handset.seqs(call_id) == [1, 2, 3]
        assert [line.seq for line in await trio.b.lines(call_id)] == [1, 2]
        record = await trio.b.service.call_record(trio.b.dispatcher, call_id)
        assert [each.failure for each in record.transfers] == [None]
        assert not record.call.mine
        assert record.call.owner.code == "aso"

    on_trio(work)


def test_there_and_back_again_and_on() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call()
        a, b, c = trio.sites
        epoch = 1
        route = [(a, "chita-handa", b), (b, "chitose", a), (a, "chita-handa", b), (b, "aso", c)]
        route += [(c, "chita-tokai", b), (b, "chitose", a)]
        for number, (source, department, target) in enumerate(route, 1):
            done = await trio.transfer(source, call_id, department)
            assert done.failure is None, done
            epoch += 1
            assert trio.owners(call_id) == [target.operator]
            assert trio.state(a, call_id)[1:] == (epoch, department)
            # The home center is told where the call is, unless it is here again.
            told = ["transferred"] if target is not a else []
            view = trio.tapes["aoba"].calls()[-1]
            assert [each.code.value for each in view.notices] == told
            assert view.mine == (target is a)
            await target.service.answer(target.dispatcher, call_id)
            await trio.flow()
            said = f"応答 {number}"
            task = trio.a.service.caller_says(trio.caller, call_id, new_line(f"line {number}"))
            await task
            await trio.flow()
            if target is a:
                await a.service.dispatcher_says(a.dispatcher, call_id, new_line(said))
            else:
                waiting = asyncio.create_task(
                    target.service.dispatcher_says(target.dispatcher, call_id, new_line(said))
                )
                while not waiting.done():
                    await trio.flow()
                    await asyncio.sleep(0)
                await waiting
            await trio.flow()
        lines = await a.lines(call_id)
        assert trio.handset.lines(call_id) == lines
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        for site in (a, b, c):
            seen = trio.tapes[site.operator].seqs(call_id)
            assert seen == sorted(set(seen))
        assert trio.a.service.core.refusals.after(0).entries == ()
        assert trio.b.service.core.refusals.after(0).entries == ()
        assert trio.c.service.core.refusals.after(0).entries == ()

    on_trio(work)


def test_to_another_department_of_the_same_remote_provider() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        done = await trio.transfer(trio.b, call_id, "chita-handa")
        assert done.failure is None
        assert trio.owners(call_id) == ["midori"]
        assert trio.state(trio.a, call_id) == ("ringing", 3, "chita-handa")
        assert trio.state(trio.b, call_id) == ("ringing", 3, "chita-handa")
        assert trio.b.live(call_id).known().transfer is None
        await trio.b.service.answer(trio.b.dispatcher, call_id)
        await trio.flow()
        assert trio.state(trio.a, call_id) == ("answered", 3, "chita-handa")

    on_trio(work)


def test_to_an_own_department_of_the_anchor() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call()
        tomakomai = Tape()
        who = DispatcherIdentity("tomakomai", "次の指令員")
        refused = await trio.transfer(trio.a, call_id, "tomakomai")
        assert refused.failure is F.REJECTED
        assert "no-console" in refused.detail
        assert trio.state(trio.a, call_id) == ("answered", 1, "chitose")
        trio.a.attachments.append(await trio.a.service.attach_console(who, {}, tomakomai))
        await trio.a.service.caller_says(trio.caller, call_id, new_line("一"))
        done = await trio.transfer(trio.a, call_id, "tomakomai")
        assert done.failure is None
        assert trio.state(trio.a, call_id) == ("ringing", 2, "tomakomai")
        assert tomakomai.seqs(call_id) == [1, 2]
        with pytest.raises(Refused) as late:
            await trio.a.service.dispatcher_says(trio.a.dispatcher, call_id, new_line("二"))
        assert late.value.code is Refusal.OWNED_BY_OTHER
        answered = await trio.a.service.answer(who, call_id)
        assert answered.transferred_from is not None
        assert answered.transferred_from.code == "chitose"

    on_trio(work)


@pytest.mark.parametrize(
    ("department", "failure"),
    [
        ("nowhere", F.UNKNOWN_DEPARTMENT),
        ("chita-tokoname", F.SAME_DEPARTMENT),
        ("m-01202", F.NOT_ADOPTED),
    ],
)
def test_what_cannot_be_transferred(department: str, failure: TransferFailure) -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        answer = await trio.transfer(trio.b, call_id, department)
        assert answer.failure is failure
        assert answer.text_ja
        named = answer.department
        assert named.code == department
        if failure is F.UNKNOWN_DEPARTMENT:  # all that is known of it
            assert (named.name_ja, named.name_en, named.phone) == ("nowhere", "nowhere", "")
        assert trio.state(trio.b, call_id) == ("answered", 2, "chita-tokoname")
        assert trio.owners(call_id) == ["midori"]

    on_trio(work)


def test_a_provider_that_rejects_is_named_with_its_reason() -> None:
    async def work(trio: Trio) -> None:
        for attachment in trio.c.attachments:
            await attachment.detach()
        call_id = await trio.call(away=True)
        answer = await trio.transfer(trio.b, call_id, "aso")
        assert answer.failure is F.REJECTED
        assert "no-console" in answer.detail
        assert trio.owners(call_id) == ["midori"]
        assert trio.state(trio.a, call_id) == ("answered", 2, "chita-tokoname")
        assert (await trio.transfer(trio.b, call_id, "chitose")).failure is None

    on_trio(work)


def test_a_provider_that_is_down_is_not_asked() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        trio.to_c.down()
        answer = await trio.transfer(trio.b, call_id, "aso")
        assert answer.failure is F.NOT_RUNNING
        assert trio.owners(call_id) == ["midori"]

    on_trio(work)


@pytest.mark.parametrize("state", [ProviderState.MAINTENANCE, ProviderState.STOPPING])
def test_a_provider_that_is_not_in_service_is_not_asked(state: ProviderState) -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call()
        trio.a.service.core.peers.reported("akane", state)
        answer = await trio.transfer(trio.a, call_id, "aso")
        assert answer.failure is F.NOT_RUNNING
        assert "akane" in answer.detail
        assert trio.state(trio.a, call_id) == ("answered", 1, "chitose")

    on_trio(work)


def test_silence_ends_after_all_attempts_and_a_late_accept_is_withdrawn() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        asked = await trio.ask(trio.b, call_id, "aso")
        await trio.to_b.to_a().deliver()
        await trio.to_b.flow()
        await trio.to_c.to_b().deliver()  # accepted, but the answer stays on the way
        await trio.a.service.core.kernel.run(lambda tx: None)
        attachment = trio.a.attachments[-1]
        await attachment.detach()
        await trio.advance(11)
        await trio.to_b.flow()
        answer = await asked
        assert answer.failure is F.SILENT
        assert trio.state(trio.a, call_id) == ("interrupted", 2, "chita-tokoname")
        assert trio.state(trio.b, call_id) == ("interrupted", 2, "chita-tokoname")
        arrived = await trio.flow()
        assert sent(arrived, MessageType.CALL_WITHDRAW)
        assert trio.owners(call_id) == ["midori"]
        assert trio.c.live(call_id).known().state is CallState.CLOSED
        assert trio.tapes["akane"].calls() == []

    on_trio(work)


def test_a_second_request_is_told_who_was_first() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call()
        first = await trio.ask(trio.a, call_id, "aso")
        other = DispatcherIdentity("chitose", "もう一人")
        second = await (await trio.ask(trio.a, call_id, "chita-handa", other))
        assert second.failure is F.BUSY
        assert trio.a.dispatcher.name in second.detail
        await trio.flow()
        assert (await first).failure is None
        assert trio.owners(call_id) == ["akane"]
        record = await trio.a.service.call_record(trio.a.dispatcher, call_id)
        assert [each.failure for each in record.transfers] == [None, F.BUSY]

    on_trio(work)


def test_a_repeated_request_is_answered_again_and_not_done_again() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        asked = await trio.ask(trio.b, call_id, "aso")
        request = await trio.to_b.to_a().deliver()
        assert request.type is MessageType.TRANSFER_REQUEST
        await trio.flow()
        await asked
        await trio.a.service.receive("midori", encode(request), Channel.CLIENT)
        again = await trio.flow()
        assert types(again) == ["aoba: transfer.done"]
        assert again[0][1].in_reply_to == request.message_id
        assert trio.state(trio.a, call_id) == ("ringing", 3, "aso")

    on_trio(work)
