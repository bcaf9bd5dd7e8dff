"""Transfers of calls that another provider anchors: away from the SUT, and to it."""

from datetime import UTC, datetime, timedelta

from net119_protocol.chat import ChatLine
from net119_protocol.codes import (
    ErrorCode,
    Kind,
    Mode,
    OfferCause,
    PlaceChoice,
    SenderRole,
    TrailCause,
    TransferFailure,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.places import CallPlace, Point
from net119_simulators.errors import CallRefused, Waited
from net119_simulators.lookout import LAST_LOOK_S
from net119_simulators.peer import OfferedCall, SimulatedPeer

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console
from net119_conformance.looking import looking
from net119_conformance.not_before import Since
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import keeps_the_profile, offer_to_sut
from net119_conformance.purposes.transfer import REASON, names_the_reason, said
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

PATIENT = 0.9
"""Share of T1 x attempts for which an owner waits for the anchor at least: so long the anchor may
wait for the next department."""


async def owned_by_sut(t: Trial, w: World, other: SimulatedPeer) -> tuple[Console, OfferedCall]:
    """A call that the peer anchors, assigned to the SUT and answered there."""
    console = await w.console()
    call = await offer_to_sut(w, other)
    with t.waiting("call.accept"):
        await call.expect(MessageType.CALL_ACCEPT, within=w.patience)
    await call.assign()
    with t.waiting("the call at the console"):
        await console.wait_for_call(call.call_id, w.patience, lambda seen: seen.mine)
    await console.answer(call.call_id)
    return console, call


@purpose(
    id="TRANSFER-OWNER",
    requirements=("CNB-39",),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="登録地側に転送を求め、その答えだけを指令員に成立と伝え、その後の文は断る",
    title_en="The owner asks the anchor, calls a transfer done only on its word, and then lets go",
    stimulus_ja="割り当てられた通報の転送を指令員が求める。登録地側は一度目を断り、二度目の間も文を"
    "やりとりしてから transfer.done を返す。",
    stimulus_en="The dispatcher of an assigned call asks for a transfer; the anchor fails the "
    "first request, and after some chat answers the second by transfer.done.",
    expected_ja="transfer.request が届く。答えの前に成立とされず、自本部の通報のままである。"
    "失敗は理由が示され、通報は続く。成立の後は自本部の通報でなく、途中だった文も後からの文も、目に見えて"
    "断られる。",
    expected_en="transfer.request comes; before the answer nothing is called done, and the call "
    "stays owned; the failure names its reason and the call goes on; afterwards the call is not "
    "owned, and lines under way or later are refused visibly.",
    why_ja="登録地側の知らない転送は、誰も受けていない通報になる。",
    why_en="A transfer that the anchor does not know of is a call that nobody has.",
    timeout_s=45.0,
)
async def owner(t: Trial, w: World) -> None:
    there = w.ground("peer").reference
    other = await w.peer()
    console, call = await owned_by_sut(t, w, other)
    asking = w.start(console.transfer(call.call_id, there.code, REASON))
    request = await t.observe(
        "the anchor is asked by transfer.request",
        call.transfer_requested(w.patience),
        w.patience + 1,
        expected="transfer.request",
        ja="登録地側に transfer.request が届く",
    )
    if request is None:
        return
    body = request.body_as(bodies.TransferRequest)
    t.check(
        "it says to whom, by whom and why",
        (body.department, body.reason, bool(body.requested_by)) == (there.code, REASON, True),
        expected=(there.code, REASON, "a name"),
        seen=(body.department, body.reason, body.requested_by),
        offending=str(request.message_id),
        ja="転送先、求めた人、理由が書かれている",
    )
    await call.transfer_failed(request, TransferFailure.SILENT, "nobody answered")
    failed = await t.observe(
        "the failure is told to the dispatcher",
        w.ended(asking),
        w.patience,
        expected="failed, silent",
        ja="失敗が指令員に知らされる",
    )
    names_the_reason(t, failed, TransferFailure.SILENT, "failed", "失敗")
    since, asked = looking(w), Since()
    asking = w.start(console.transfer(call.call_id, there.code, REASON))
    with t.waiting("the second transfer.request"):
        request = await call.transfer_requested(w.patience)
    await t.observe(
        "meanwhile the caller's lines are taken",
        call.say_as_caller("まだ待っています", within=w.patience),
        w.patience + 1,
        expected="chat.receipt",
        ja="その間も通報者の文は受け取られる",
    )
    await t.observe(
        "meanwhile the dispatcher can write",
        console.say(call.call_id, "もう少し待ってください", within=w.patience),
        w.patience + 1,
        expected="an acknowledgement",
        ja="その間も指令員は書ける",
    )
    left = max(LAST_LOOK_S, min(since.left(), PATIENT * w.t1_total - asked.passed()))
    await t.observe_nothing(
        "the call stays owned until the anchor says so",
        console.wait_for_call(call.call_id, left + 1, lambda seen: not seen.mine),
        left,
        expected="owned",
        ja="登録地側が言うまで、自本部の通報のままである",
    )
    t.check(
        "nothing is called done before the anchor says so",
        not asking.done(),
        expected="under way",
        seen="done" if asking.done() else "under way",
        ja="登録地側が言う前に、成立とされない",
    )
    other.duties.number_lines = False
    saying = w.start(console.say(call.call_id, "行き違いの文", within=w.patience))
    with t.waiting("the dispatcher's line at the anchor"):
        await call.expect(
            MessageType.CHAT_MESSAGE,
            within=w.patience,
            where=lambda got: got.body_as(bodies.ChatMessage).text == "行き違いの文",
        )
    await call.transfer_done(request, there)
    done = await t.observe(
        "the dispatcher is told that it is done",
        w.ended(asking),
        w.patience,
        expected="done",
        ja="成立が指令員に知らされる",
    )
    t.check(
        "it has not failed",
        done is not None and done.failure is None,
        expected="no failure",
        seen=done.failure if done else "nothing",
        ja="失敗とされていない",
    )
    await t.observe(
        "the call is no longer owned, and the console says who has it",
        console.wait_for_call(
            call.call_id,
            w.patience,
            lambda seen: not seen.mine and seen.owner.code == there.code,
        ),
        w.patience + 1,
        expected=f"not owned, {there.code}",
        ja="自本部の通報でなくなり、誰が受けているかが示される",
    )
    try:
        stored = await w.ended(saying)
        crossed = f"taken as line {stored.seq}"
    except CallRefused:
        crossed = "refused"
    except Waited:
        crossed = "no word of it"
    t.check(
        "a line that crossed the transfer is refused visibly to its writer",
        crossed == "refused",
        expected="refused",
        seen=crossed,
        ja="行き違いになった文は、書いた人に見えるように断られる",
    )
    try:
        stored = await console.say(call.call_id, "遅れた文")
        late = f"taken as line {stored.seq}"
    except CallRefused:
        late = "refused"
    t.check(
        "a later line is refused visibly to its writer",
        late == "refused",
        expected="refused",
        seen=late,
        ja="後から書いた文は、書いた人に見えるように断られる",
    )
    keeps_the_profile(t, other)


@purpose(
    id="TRANSFER-UNSUPPORTED",
    requirements=(),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="登録地側が転送を知らなければ、そのことを直ちに指令員に示す",
    title_en="An anchor that does not know transfers is told to the dispatcher at once",
    stimulus_ja="登録地側が transfer.request に unknown-type の error を返す。",
    stimulus_en="The anchor answers transfer.request by error 'unknown-type'.",
    expected_ja="時間切れを待たずに unsupported として失敗し、通報は自本部のまま続く。",
    expected_en="It fails as 'unsupported' without waiting; the call goes on as its own.",
    why_ja="古い版の相手がいることは、ふつうのことである。",
    why_en="Older peers are the normal case.",
)
async def unsupported(t: Trial, w: World) -> None:
    there = w.ground("peer").reference
    other = await w.peer()
    console, call = await owned_by_sut(t, w, other)
    asking = w.start(console.transfer(call.call_id, there.code, REASON))
    with t.waiting("transfer.request"):
        request = await call.transfer_requested(w.patience)
    await other.send_error(request, ErrorCode.UNKNOWN_TYPE, "no such type here", field="type")
    ended = await t.observe(
        "the dispatcher is told without waiting for a time-out",
        w.ended(asking),
        0.8 * w.t1_total,
        expected="failed, unsupported",
        ja="時間切れを待たずに知らされる",
    )
    names_the_reason(t, ended, TransferFailure.UNSUPPORTED, "unknown type", "知らない種類")
    await t.observe(
        "the call goes on",
        console.say(call.call_id, "このまま話を聞きます", within=w.patience),
        w.patience + 1,
        expected="an acknowledgement",
        ja="通報は続く",
    )
    shown = await console.wait_for_call(call.call_id, w.patience)
    t.check(
        "and is still owned",
        (shown.mine, shown.state.value) == (True, "answered"),
        expected=(True, "answered"),
        seen=(shown.mine, shown.state.value),
        ja="自本部の通報のままである",
    )


@purpose(
    id="TRANSFER-NEXT",
    requirements=("ASO-19", "CNB-39"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="転送された通報は、それまでの文と位置の履歴とともに指令台に示される",
    title_en="A transferred call shows with all that was said and every place",
    stimulus_ja="模擬事業者が、四つの文と二つの位置を持つ通報を転送として申し出る。そのうち最後の文は"
    "割り当ての後に届く。",
    stimulus_en="The peer offers a call as a transfer, with two places and three lines; a fourth "
    "line follows the assignment.",
    expected_ja="承諾し、割り当ての後に鳴り、誰から転送されたかと、四つの文が順に、二つの位置が示され"
    "る。",
    expected_en="It is accepted, rings once assigned, and shows from whom it comes, the four lines "
    "in order, and both places.",
    why_ja="次の指令員が同じことを聞き直せば、その分だけ助けが遅れる。",
    why_en="Each question asked again costs the time that help takes.",
)
async def following(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    now = datetime.now(UTC) - timedelta(minutes=3)
    texts = ("髙橋です", "どうしましたか", "①車の中です")
    transcript = [
        ChatLine(
            seq=seq,
            client_id=f"earlier-{seq}",
            sender=SenderRole.DISPATCHER if seq == 2 else SenderRole.CALLER,
            sender_name="前の指令員" if seq == 2 else "",
            at=now + timedelta(seconds=seq),
            text=text,
        )
        for seq, text in enumerate(texts, start=1)
    ]
    first, last = _place(w, 0.0), _place(w, 0.001)
    trail = [
        bodies.TrailPoint(number=1, at=now, cause=TrailCause.CALL, place=first),
        bodies.TrailPoint(
            number=2, at=now + timedelta(minutes=1), cause=TrailCause.MOVED, place=last
        ),
    ]
    giver = w.ground("peer").reference
    call = await other.offer(
        department=w.home.department,
        person=w.person(w.ground("peer")),
        kind=Kind.AMBULANCE,
        mode=Mode.TEST,
        place=last,
        home=giver,
        transcript=transcript,
        epoch=4,
        cause=OfferCause.TRANSFER,
        transferred_from=giver,
        transfer_reason=REASON,
        trail=trail,
    )
    accepted = await t.observe(
        "the offer of a transfer is accepted",
        call.expect(MessageType.CALL_ACCEPT, within=w.patience),
        w.patience + 1,
        expected="call.accept",
        ja="転送の申し出が承諾される",
    )
    if accepted is None:
        return
    await call.send_line("まだ車の中です")
    await call.assign()
    shown = await t.observe(
        "the call rings once it is assigned",
        console.wait_for_call(
            call.call_id, w.patience, lambda seen: seen.mine and seen.state.value == "ringing"
        ),
        w.patience + 1,
        expected="ringing",
        ja="割り当ての後に鳴る",
    )
    if shown is None:
        return
    t.check(
        "the console says from whom the call comes",
        shown.transferred_from is not None and shown.transferred_from.code == giver.code,
        expected=giver.code,
        seen=shown.transferred_from,
        ja="誰から転送されたかが示される",
    )
    await t.observe(
        "the line said meanwhile is shown",
        console.wait_for_line(call.call_id, lambda line: line.text == "まだ車の中です", w.patience),
        w.patience + 1,
        expected="まだ車の中です",
        ja="その間の文も示される",
    )
    wanted = list(enumerate((*texts, "まだ車の中です"), start=1))
    t.check(
        "the console shows everything said, in order",
        said(console.lines(call.call_id)) == wanted and not console.violations,
        expected=wanted,
        seen=(said(console.lines(call.call_id)), list(console.violations)),
        ja="すべての文が順に示される",
    )
    record = await console.record(call.call_id)
    t.check(
        "the record has every place",
        [(point.number, point.place.point) for point in record.trail]
        == [(1, first.point), (2, last.point)],
        expected=[(1, first.point), (2, last.point)],
        seen=[(point.number, point.place.point) for point in record.trail],
        ja="位置の履歴がすべてある",
    )
    await console.answer(call.call_id)
    await t.observe(
        "the next dispatcher can go on writing",
        console.say(call.call_id, "引き継ぎました", within=w.patience),
        w.patience + 1,
        expected="an acknowledgement",
        ja="次の指令員が続きを書ける",
    )
    keeps_the_profile(t, other)


def _place(w: World, north: float) -> CallPlace:
    return CallPlace(
        choice=PlaceChoice.CURRENT,
        point=Point(lat=w.home.lat + north, lon=w.home.lon),
        radius_m=100.0,
        fix=w.fix_at(w.home),
    )
