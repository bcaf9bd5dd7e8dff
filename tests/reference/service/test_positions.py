"""Positions during a call, and reports of discrepancies: kept on both sides, and shown."""

import json
from uuid import UUID

import pytest
from net119_protocol.api import console_acts
from net119_protocol.api.handset import LocationRequestFrame, NewLocation
from net119_protocol.codes import (
    DiscrepancyKind,
    PositionProblem,
    ProviderState,
    Refusal,
    TrailCause,
    TransferFailure,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.places import Fix, Point
from net119_reference.ports import Channel, Refused

from tests.reference.service.link import types
from tests.reference.service.support import CLOSED, Site, Tape
from tests.reference.service.trio import Trio, new_line, on_trio, sent

FIX = Fix(lat=34.9, lon=136.85, accuracy_m=100.0)


def points(tape: Tape) -> list[tuple[int, str]]:
    """Number and cause of every place that a console was told."""
    frames = [each for each in tape.frames if isinstance(each, console_acts.LocationFrame)]
    return [(frame.point.number, frame.point.cause.value) for frame in frames]


def test_the_owner_asks_the_handset_tells_and_both_keep_the_trail() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        asked = await trio.b.service.acts.ask_location(trio.b.dispatcher, call_id)
        assert asked.handset_connected
        await trio.flow()
        frames = [each for each in trio.handset.frames if isinstance(each, LocationRequestFrame)]
        assert [each.call_id for each in frames] == [call_id]
        await trio.a.service.positions.tell(trio.caller, call_id, NewLocation(fix=FIX))
        arrived = await trio.flow()
        (update,) = sent(arrived, MessageType.LOCATION_UPDATE)
        assert isinstance(update.body, bodies.LocationUpdate)
        assert (update.body.number, update.body.cause) == (2, TrailCause.ASKED)
        assert update.in_reply_to is not None
        moved = NewLocation(fix=FIX.model_copy(update={"lat": 34.95}))
        await trio.a.service.positions.tell(trio.caller, call_id, moved)
        pin = NewLocation(corrected_pin=Point(lat=34.96, lon=136.86))
        await trio.a.service.positions.tell(trio.caller, call_id, pin)
        await trio.flow()
        expected = [(2, "asked"), (3, "moved"), (4, "corrected")]
        shown = points(trio.tapes["midori"])
        assert [each for each in shown if each[0] > 1] == expected
        for site in (trio.a, trio.b):
            live = await site.stored(call_id)
            assert [each.number for each in live.trail] == [1, 2, 3, 4]
            assert live.known().place.radius_m == 0
            assert live.known().place.fix == moved.fix  # the raw fix stays beside the pin
        record = await trio.b.service.call_record(trio.b.dispatcher, call_id)
        assert [each.cause.value for each in record.trail][:2] == ["call", "asked"]

    on_trio(work)


def test_a_handset_that_was_gone_is_asked_when_it_is_back() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call()
        await trio.a.attachments.pop().detach()
        await trio.a.settle()
        asked = await trio.a.service.acts.ask_location(trio.a.dispatcher, call_id)
        assert not asked.handset_connected
        back = Tape()
        trio.a.attachments.append(
            await trio.a.service.attach_handset(trio.caller, call_id, 0, back)
        )
        assert any(isinstance(each, LocationRequestFrame) for each in back.frames)
        told = NewLocation(problem=PositionProblem.DENIED)
        before = trio.a.live(call_id).known().place
        await trio.a.service.positions.tell(trio.caller, call_id, told)
        assert trio.a.live(call_id).known().place == before
        assert trio.a.live(call_id).trail[-1].problem is PositionProblem.DENIED
        assert trio.a.live(call_id).known().location_asked is None

    on_trio(work)


def test_the_trail_goes_along_with_a_transfer() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call()
        await trio.a.service.positions.tell(trio.caller, call_id, NewLocation(fix=FIX))
        assert (await trio.transfer(trio.a, call_id, "aso")).failure is None
        record = await trio.c.service.call_record(trio.c.dispatcher, call_id)
        assert [each.number for each in record.trail] == [1, 2]
        assert record.trail == (await trio.a.service.call_record(trio.a.dispatcher, call_id)).trail
        await trio.a.service.positions.tell(trio.caller, call_id, NewLocation(fix=FIX))
        await trio.flow()
        record = await trio.c.service.call_record(trio.c.dispatcher, call_id)
        assert [each.number for each in record.trail] == [1, 2, 3]

    on_trio(work)


def test_a_closed_call_takes_no_position() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call()
        await trio.a.service.close(trio.a.dispatcher, call_id, CLOSED)
        with pytest.raises(Refused) as refused:
            await trio.a.service.positions.tell(trio.caller, call_id, NewLocation(fix=FIX))
        assert refused.value.code is Refusal.CALL_CLOSED

    on_trio(work)


def test_discrepancies_are_kept_on_both_sides_also_after_the_close() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        wrong = console_acts.NewDiscrepancy(
            kind=DiscrepancyKind.WRONG_DEPARTMENT, detail="管轄は阿蘇", department="aso"
        )
        await trio.b.service.acts.report_discrepancy(trio.b.dispatcher, call_id, wrong)
        arrived = await trio.flow()
        assert types(arrived) == ["midori: discrepancy.report"]
        assert (await trio.transfer(trio.b, call_id, "aso")).failure is None
        late = console_acts.NewDiscrepancy(kind=DiscrepancyKind.LATE, detail="遅れて届いた")
        await trio.b.service.acts.report_discrepancy(trio.b.dispatcher, call_id, late)
        await trio.flow()
        assert trio.a.live(call_id).known().discrepancies == 2
        record = await trio.b.service.call_record(trio.b.dispatcher, call_id)
        assert [each.kind for each in record.discrepancies] == [wrong.kind, late.kind]
        assert trio.a.service.core.refusals.after(0).entries == ()

    on_trio(work)


def test_the_anchors_report_reaches_every_provider_that_had_the_call() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        assert (await trio.transfer(trio.b, call_id, "aso")).failure is None
        await trio.flow()
        found = console_acts.NewDiscrepancy(kind=DiscrepancyKind.LATE, detail="転送が遅い")
        await trio.a.service.acts.report_discrepancy(trio.a.dispatcher, call_id, found)
        assert types(await trio.flow()) == ["aoba: discrepancy.report"] * 2
        for site in (trio.b, trio.c):
            record = await site.service.call_record(site.dispatcher, call_id)
            assert [(each.provider, each.detail) for each in record.discrepancies] == [
                ("aoba", "転送が遅い")
            ]
        assert trio.a.service.core.refusals.after(0).entries == ()

    on_trio(work)


# --- minor versions ---------------------------------------------------------------------------


def test_an_owner_whose_anchor_is_older_is_told_at_once_and_nothing_is_sent() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        trio.b.service.core.peers.reported("aoba", ProviderState.NORMAL)
        answer = await (await trio.ask(trio.b, call_id, "aso"))
        assert answer.failure is TransferFailure.UNSUPPORTED
        with pytest.raises(Refused):
            await trio.b.service.acts.ask_location(trio.b.dispatcher, call_id)
        assert types(await trio.flow()) == []
        assert trio.owners(call_id) == ["midori"]

    on_trio(work)


def test_an_older_owner_is_told_no_positions() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        trio.a.service.core.peers.reported("midori", ProviderState.NORMAL)
        await trio.a.service.positions.tell(trio.caller, call_id, NewLocation(fix=FIX))
        await trio.a.service.caller_says(trio.caller, call_id, new_line("まだいます"))
        assert types(await trio.flow()) == ["aoba: chat.message", "midori: chat.receipt"]
        assert trio.a.live(call_id).trail[-1].number == 2

    on_trio(work)


def test_an_anchor_that_answers_unknown_type_makes_the_transfer_fail_at_once() -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        asked = await trio.ask(trio.b, call_id, "aso")
        (request,) = await trio.to_b.to_a().waiting()
        old = json.loads(request.payload)
        old["type"] = "transfer.of-a-newer-version"
        payload = json.dumps(old).encode()
        await trio.b.service.confirmed([request.number])
        await trio.a.service.receive("midori", payload, Channel.CLIENT)
        arrived = await trio.flow()
        assert types(arrived) == ["aoba: error"]
        assert (await asked).failure is TransferFailure.UNSUPPORTED
        assert trio.state(trio.b, call_id) == ("answered", 2, "chita-tokoname")
        # The unknown message has used up its number: what follows is not held back for ever.
        other = console_acts.NewDiscrepancy(kind=DiscrepancyKind.OTHER, detail="届くか")
        await trio.b.service.acts.report_discrepancy(trio.b.dispatcher, call_id, other)
        await trio.flow()
        assert trio.a.live(call_id).known().discrepancies == 1
        await trio.a.restart()
        assert trio.a.live(call_id).n_in["midori"] >= old["n"] + 1

    on_trio(work)


# --- every call's reports -----------------------------------------------------------------------


def test_all_reports_are_listed_once_in_their_order() -> None:
    async def work(trio: Trio) -> None:
        first, second = await trio.call(away=True), await trio.call()
        acts = trio.a.service.acts
        assert (await acts.discrepancies(0)).entries == ()

        async def report(site: Site, call_id: UUID, detail: str) -> None:
            body = console_acts.NewDiscrepancy(kind=DiscrepancyKind.OTHER, detail=detail)
            await site.service.acts.report_discrepancy(site.dispatcher, call_id, body)
            await trio.flow()

        await report(trio.b, first, "髙橋さんの住所が違う")
        await report(trio.a, second, "遅れて届いた")
        await report(trio.b, first, "もう一つ")
        found = (await acts.discrepancies(0)).entries
        assert [(each.call_id, each.discrepancy.detail) for each in found] == [
            (first, "髙橋さんの住所が違う"),
            (second, "遅れて届いた"),
            (first, "もう一つ"),
        ]
        assert [each.discrepancy.provider for each in found] == ["midori", "aoba", "midori"]
        assert (await acts.discrepancies(found[0].number)).entries == found[1:]
        assert (await acts.discrepancies(found[-1].number)).entries == ()
        kept = (await trio.b.service.acts.discrepancies(0)).entries
        assert [each.discrepancy.detail for each in kept] == ["髙橋さんの住所が違う", "もう一つ"]

    on_trio(work)
