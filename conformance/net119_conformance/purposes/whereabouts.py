"""Where the caller is during a call: asked for, told, and kept as a trail."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from net119_protocol.api.console import ConsoleCall
from net119_protocol.api.handset import LocationRequestFrame, NewLocation
from net119_protocol.codes import PlaceChoice, PositionProblem, Presence, TrailCause
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.places import CallPlace, Fix, Point
from net119_simulators.peer import Received, TakenCall

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import HandsetCall
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.purposes.transfer_asked import owned_by_peer
from net119_conformance.purposes.transfer_received import owned_by_sut
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_LOOK_EVERY_S = 0.05


async def asked_anew(
    call: HandsetCall, before: LocationRequestFrame | None, within: float
) -> LocationRequestFrame:
    """A request for the position that the handset had not been shown before."""
    async with asyncio.timeout(within):
        while True:
            shown = await call.wait_for_location_request(within)
            if before is None or shown.asked_at != before.asked_at:
                return shown
            await asyncio.sleep(_LOOK_EVERY_S)


async def _told(
    t: Trial, w: World, taken: TakenCall, name: str, ja: str
) -> tuple[Received, bodies.LocationUpdate] | None:
    """The next ``location.update`` at the peer."""
    got = await t.observe(
        name,
        taken.expect(MessageType.LOCATION_UPDATE, within=w.patience),
        w.patience + 1,
        expected="location.update",
        ja=ja,
    )
    return None if got is None else (got, got.body_as(bodies.LocationUpdate))


def _is(presence: Presence) -> Callable[[ConsoleCall], bool]:
    return lambda seen: seen.presence is presence


def _fix(w: World, north: float) -> Fix:
    there = w.ground("peer")
    return w.fix_at(there).model_copy(update={"lat": there.lat + north})


@purpose(
    id="LOCATION-ASKED",
    requirements=("ASO-19",),
    interfaces="AB",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="相手の求めで位置を尋ね、答えも移動も番号付きで伝え、途切れた端末には戻ってから尋ねる",
    title_en="The owner gets the caller's position when it asks, every move, and why there is none",
    stimulus_ja="担当である相手が location.request を送る。端末は位置を答え、移動し、測位を断り、"
    "途切れる。途切れている間に、もう一度求めがある。",
    stimulus_en="The owning peer sends location.request; the handset answers, moves, cannot tell, "
    "and drops; it is asked again while it is gone.",
    expected_ja="端末に求めが示され、location.update が求めへの返事として届く。番号は2から順に増"
    "え、"
    "位置がないときは理由と最後の位置が届く。途切れた端末には、戻ったときに求めが示される。",
    expected_en="The handset is shown the request; location.update answers it; numbers rise from 2 "
    "without gaps; with a problem the last place is told; a handset that is back is asked again.",
    why_ja="動いている人のもとへは、いまの位置がなければ着けない。",
    why_en="A crew reaches a moving caller only by where they are now.",
    timeout_s=45.0,
)
async def location_asked(t: Trial, w: World) -> None:
    other = await w.peer()
    call, taken = await owned_by_peer(t, w, other)
    request = await taken.ask_location("相手の指令員")
    shown = await t.observe(
        "the handset is asked for its position",
        call.wait_for_location_request(w.patience),
        w.patience + 1,
        expected="a request for the position",
        ja="端末に位置の求めが示される",
    )
    answered = _fix(w, 0.001)
    await call.tell_location(NewLocation(fix=answered))
    told = await _told(t, w, taken, "the answer reaches the owner", "答えが担当に届く")
    if told is None:
        return
    got, update = told
    t.check(
        "it answers the request with the new fix, as number 2",
        (got.envelope.in_reply_to, update.number, update.cause, update.place.fix)
        == (request.message_id, 2, TrailCause.ASKED, answered),
        expected=(request.message_id, 2, "asked", answered),
        seen=(got.envelope.in_reply_to, update.number, update.cause.value, update.place.fix),
        offending=str(got.message_id),
        ja="求めへの返事で、新しい位置が2番として届く",
    )
    moved = _fix(w, 0.002)
    await call.tell_location(NewLocation(fix=moved))
    told = await _told(t, w, taken, "a move reaches the owner unasked", "移動は求めなくても届く")
    if told is not None:
        t.check(
            "it is the next number, as a move",
            (told[1].number, told[1].cause, told[1].place.fix) == (3, TrailCause.MOVED, moved),
            expected=(3, "moved", moved),
            seen=(told[1].number, told[1].cause.value, told[1].place.fix),
            ja="次の番号の移動として届く",
        )
    await call.tell_location(NewLocation(problem=PositionProblem.DENIED))
    told = await _told(t, w, taken, "that there is no position is told", "位置がないことも届く")
    if told is not None:
        t.check(
            "the owner learns why, with the last place known",
            (told[1].number, told[1].problem, told[1].place.fix)
            == (4, PositionProblem.DENIED, moved),
            expected=(4, "denied", moved),
            seen=(told[1].number, told[1].problem, told[1].place.fix),
            ja="理由と最後の位置がわかる",
        )
    await _while_gone(t, w, call, taken, shown)
    keeps_the_profile(t, other)


async def _while_gone(
    t: Trial,
    w: World,
    call: HandsetCall,
    taken: TakenCall,
    before: LocationRequestFrame | None,
) -> None:
    call.drop()
    await t.observe(
        "the owner is told that the handset is gone",
        taken.expect(
            MessageType.CALLER_PRESENCE,
            within=w.patience,
            where=lambda got: got.body_as(bodies.CallerPresence).presence is Presence.GONE,
        ),
        w.patience + 1,
        expected="caller.presence gone",
        ja="端末が途切れたことが担当に知らされる",
    )
    await taken.ask_location("相手の指令員")
    await call.resume(within=w.patience)
    await t.observe(
        "the owner is told that the handset is back",
        taken.expect(
            MessageType.CALLER_PRESENCE,
            within=w.patience,
            where=lambda got: got.body_as(bodies.CallerPresence).presence is Presence.CONNECTED,
        ),
        w.patience + 1,
        expected="caller.presence connected",
        ja="端末が戻ったことが担当に知らされる",
    )
    await t.observe(
        "a handset that is back is shown what was asked meanwhile",
        asked_anew(call, before, w.patience),
        w.patience + 1,
        expected="a new request for the position",
        ja="戻った端末に、その間の求めが示される",
    )


@purpose(
    id="LOCATION-RECEIVED",
    requirements=("ASO-19",),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="指令員の求めは登録地側に届き、知らされた位置は指令台と記録に一度ずつ残る",
    title_en="The dispatcher's request goes to the anchor; every place told is shown and kept once",
    stimulus_ja="割り当てられた通報の位置を指令員が求める。登録地側は新しい位置を二度、次に「位置なし"
    "」を伝え、通報者の途切れと復帰も伝える。",
    stimulus_en="The dispatcher of an assigned call asks for the position; the anchor tells a new "
    "place twice, then that there is none, and that the caller is gone and back.",
    expected_ja="location.request が届く。新しい位置が示され、記録には三つの位置が順に一度ずつ残"
    "り、"
    "途切れと復帰が示される。",
    expected_en="location.request comes; the new place is shown; the record has three places in "
    "order, once each; gone and back are shown.",
    why_ja="古い位置に向かった隊は、通報者を見つけられない。",
    why_en="A crew sent to an old place does not find the caller.",
)
async def location_received(t: Trial, w: World) -> None:
    other = await w.peer()
    console, call = await owned_by_sut(t, w, other)
    await console.ask_location(call.call_id)
    request = await t.observe(
        "the anchor is asked by location.request",
        call.location_requested(w.patience),
        w.patience + 1,
        expected="location.request",
        ja="登録地側に location.request が届く",
    )
    point = Point(lat=w.home.lat + 0.001, lon=w.home.lon)
    place = CallPlace(choice=PlaceChoice.CURRENT, point=point, radius_m=100.0, fix=w.fix_at(w.home))
    update = bodies.LocationUpdate(
        number=2, at=datetime.now(UTC), cause=TrailCause.ASKED, place=place
    )
    await call.location(update, request)
    await t.observe(
        "the new place is shown at the console",
        console.wait_for_call(call.call_id, w.patience, lambda seen: seen.place.point == point),
        w.patience + 1,
        expected=point,
        ja="新しい位置が指令台に示される",
    )
    await call.location(update)
    none = update.model_copy(update={"number": 3, "problem": PositionProblem.TIMEOUT})
    await call.location(none)
    for presence, ja in ((Presence.GONE, "途切れた"), (Presence.CONNECTED, "戻った")):
        await call.presence(presence)
        await t.observe(
            f"the console shows that the caller is {presence.value}",
            console.wait_for_call(
                call.call_id,
                w.patience,
                _is(presence),
            ),
            w.patience + 1,
            expected=presence.value,
            ja=f"通報者が{ja}ことが示される",
        )
    record = await console.record(call.call_id)
    kept = [(each.number, each.problem) for each in record.trail]
    t.check(
        "the record has every place once, in order, and why there was none",
        kept == [(1, None), (2, None), (3, PositionProblem.TIMEOUT)],
        expected=[(1, None), (2, None), (3, "timeout")],
        seen=kept,
        ja="記録に、すべての位置と、位置のなかった理由が、順に一度ずつ残る",
    )
    first = call.offer.place.point
    points = [each.place.point for each in record.trail]
    t.check(
        "the record has each place where it was",
        points == [first, point, point],
        expected=[first, point, point],
        seen=points,
        ja="記録の位置は、どれも伝えられたとおりの場所である",
    )
    keeps_the_profile(t, other)
