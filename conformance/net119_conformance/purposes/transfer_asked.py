"""A transfer asked for by an owner at another provider, of a call that the SUT anchors."""

from collections.abc import Callable
from uuid import UUID

from net119_protocol.codes import ErrorCode, TransferFailure
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.peer import Received, SimulatedPeer, TakenCall

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, Handset, HandsetCall
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.purposes.transfer import REASON, said
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


def answering(message_id: UUID | None) -> Callable[[Received], bool]:
    """Fits the messages that answer this one."""
    return lambda got: got.envelope.in_reply_to == message_id


async def owned_by_peer(
    t: Trial, w: World, other: SimulatedPeer, phone: Handset | None = None
) -> tuple[HandsetCall, TakenCall]:
    """A call from the peer's area, taken and answered by the peer, with a line of each side."""
    there = w.ground("peer")
    phone = phone or await w.handset()
    call = await w.call_from(phone, there)
    with t.waiting("call.offer at the peer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    with t.waiting("call.assign"):
        taken = await other.take(offer, center=there.center, within=w.patience)
    await taken.ring()
    await taken.answer("相手の指令員")
    await call.say("髙橋です")
    await taken.say("どうしましたか")
    return call, taken


@purpose(
    id="TRANSFER-ASKED",
    requirements=("CNB-39",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="担当である相手の求めで転送し、二度目の求めには同じ答えを返し、元の担当の文は断る",
    title_en="An owner at another provider is obeyed once, answered again, and then released",
    stimulus_ja="相手が transfer.request で登録地消防本部への転送を求め、同じ求めを繰り返し、その"
    "後も文を送る。登録地の指令員は通報を相手へ戻す。",
    stimulus_en="The peer asks by transfer.request for the home department, repeats the request, "
    "and writes on; the home dispatcher transfers the call back.",
    expected_ja="transfer.done が新しい epoch を示し、登録地の指令台で鳴り、すべての文がある。"
    "繰り返しには同じ答えが返り、元の担当の文は stale-epoch と not-your-call で断られる。"
    "戻した通報にはその間の文もある。",
    expected_en="transfer.done with the new epoch; the home console rings with every line; the "
    "repeat is answered again and not done again; the former owner's lines are refused as "
    "'stale-epoch' and 'not-your-call'; transferred back, the call has the lines in between.",
    why_ja="担当を決めるのは登録地側の記録だけである。繰り返しを二度目の求めと取ってはならない。",
    why_en="Only the anchor makes an owner, and a repeat must not move the call twice.",
    timeout_s=45.0,
)
async def asked(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    call, taken = await owned_by_peer(t, w, other)
    before = taken.epoch
    with t.waiting("the line of each side at the caller"):
        await call.wait_for_line(lambda line: line.text == "どうしましたか", w.patience)
    known = said(call.lines)
    done = await t.observe(
        "the request is answered by transfer.done",
        taken.ask_transfer(w.home.department, REASON, within=w.patience),
        w.patience + 1,
        expected="transfer.done",
        ja="求めに transfer.done が返る",
    )
    t.check(
        "it names the new owner and an epoch that is one higher",
        isinstance(done, bodies.TransferDone)
        and (done.department.code, done.epoch) == (w.home.department, before + 1),
        expected=(w.home.department, before + 1),
        seen=done,
        ja="新しい担当と、一つ増えた epoch を示す",
    )
    shown = await t.observe(
        "the home console has the call, ringing",
        console.wait_for_call(
            call.id, w.patience, lambda seen: seen.mine and seen.state.value == "ringing"
        ),
        w.patience + 1,
        expected="ringing",
        ja="登録地の指令台で鳴る",
    )
    if shown is None:
        return
    t.check(
        "the console says who had the call before",
        shown.transferred_from is not None
        and shown.transferred_from.code == w.ground("peer").department,
        expected=w.ground("peer").department,
        seen=shown.transferred_from,
        ja="誰から転送されたかが示される",
    )
    await t.observe(
        "the console has what was said before",
        console.wait_for_line(call.id, lambda line: line.text == "どうしましたか", w.patience),
        w.patience + 1,
        expected="どうしましたか",
        ja="それまでの文が指令台にある",
    )
    shows = said(console.lines(call.id))
    t.check(
        "the console has every line said before, in order",
        shows[: len(known)] == known and not console.violations,
        expected=known,
        seen=(shows, list(console.violations)),
        ja="それまでのすべての文が、順に指令台にある",
    )
    await _repeated(t, w, other, console, call, taken)
    await _late_lines(t, w, other, call, taken, before)
    await _back(t, w, other, console, call, taken.epoch)
    keeps_the_profile(t, other)


async def _repeated(
    t: Trial, w: World, other: SimulatedPeer, console: Console, call: HandsetCall, taken: TakenCall
) -> None:
    request = next(each for each in taken.sent if isinstance(each.body, bodies.TransferRequest))
    await other.send_envelope(request)
    again = await t.observe(
        "the repeated request is answered again",
        other.expect(MessageType.TRANSFER_DONE, call.id, within=w.patience, repeats=None),
        w.patience + 1,
        expected="the same transfer.done once more",
        ja="繰り返した求めに、もう一度答えが返る",
    )
    if again is not None:
        t.check(
            "it is the same answer",
            again.repeat and again.envelope.in_reply_to == request.message_id,
            expected=(True, request.message_id),
            seen=(again.repeat, again.envelope.in_reply_to),
            ja="同じ答えである",
        )
    shown = await console.wait_for_call(call.id, w.patience)
    t.check(
        "the repeated request moves nothing",
        shown.mine and shown.epoch == taken.epoch,
        expected=taken.epoch,
        seen=shown.epoch,
        ja="繰り返しでは何も動かない",
    )


async def _late_lines(
    t: Trial, w: World, other: SimulatedPeer, call: HandsetCall, taken: TakenCall, old: int
) -> None:
    for epoch, code, what, ja in (
        (old, ErrorCode.STALE_EPOCH, "under its old epoch", "元の epoch の文"),
        (old + 1, ErrorCode.NOT_YOUR_CALL, "under the new epoch", "新しい epoch の文"),
    ):
        sent = await taken.send_line(f"元の担当の文（{ja}）", epoch=epoch)
        error = await t.observe(
            f"a line of the former owner {what} is answered by error",
            other.expect(
                MessageType.ERROR,
                call.id,
                within=w.patience,
                where=answering(sent.message_id),
            ),
            w.patience + 1,
            expected=f"error {code.value}",
            ja=f"元の担当の{ja}に error が返る",
        )
        body = error.envelope.body if error is not None else None
        t.check(
            f"the error for a line {what} says {code.value}",
            isinstance(body, bodies.ErrorReport) and body.code is code,
            expected=code.value,
            seen=body,
            ja=f"error が {code.value} である",
        )


async def _back(
    t: Trial, w: World, other: SimulatedPeer, console: Console, call: HandsetCall, epoch: int
) -> None:
    there = w.ground("peer")
    await console.answer(call.id)
    await call.say("煙が増えてきました")
    await console.say(call.id, "相手の本部に戻します")
    asking = w.start(console.transfer(call.id, there.department, "管轄に戻った"))
    offer = await t.observe(
        "the former owner is offered the call again",
        other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience),
        w.patience + 1,
        expected="call.offer",
        ja="元の担当に、もう一度申し出られる",
    )
    if offer is None:
        return
    back = await t.observe(
        "and is assigned it again",
        other.take(offer, center=there.center, within=w.patience),
        w.patience + 1,
        expected="call.assign",
        ja="もう一度割り当てられる",
    )
    if back is None:
        return
    t.check(
        "every change of owner has an epoch of its own",
        back.epoch == epoch + 1,
        expected=epoch + 1,
        seen=back.epoch,
        ja="担当が変わるたびに epoch が増える",
    )
    await t.observe(
        "the home dispatcher is told that it is done",
        w.ended(asking),
        w.patience,
        expected="done",
        ja="登録地の指令員に、成立が知らされる",
    )
    await back.say("戻りました")
    await t.observe(
        "the caller reads the department that has the call again",
        call.wait_for_line(lambda line: line.text == "戻りました", w.patience),
        w.patience + 1,
        expected="戻りました",
        ja="戻った本部の文が通報者に届く",
    )
    numbers = [seq for seq, _ in said(back.lines)]
    t.check(
        "transferred back, the call has the lines said in between",
        said(back.lines) == said(call.lines),
        expected=said(call.lines),
        seen=said(back.lines),
        ja="戻った通報に、その間の文もある",
    )
    t.check(
        "the caller's chat is one, and nobody's late line is in it",
        numbers == list(range(1, len(numbers) + 1))
        and not [line for line in call.lines if "元の担当の文" in line.text],
        expected="no gap, no late line",
        seen=said(call.lines),
        ja="通報者のチャットは一つで、遅れた文は混じらない",
    )


@purpose(
    id="TRANSFER-ASKED-REFUSED",
    requirements=(),
    interfaces="AB",
    role=Role.HOME,
    needs=Needs(peer=True, sibling=True, unadopted=True),
    title_ja="相手の求める転送ができなければ、理由を返し、通報はその相手のままにする",
    title_en="A transfer that a peer asks for and cannot have is failed with its reason",
    stimulus_ja="担当である相手が、知らない消防本部、NET119のない消防本部、自分自身、指令台の開いて"
    "いない消防本部への転送を求める。",
    stimulus_en="The owning peer asks for an unknown department, one without NET119, its own, and "
    "one whose console nobody has opened.",
    expected_ja="それぞれ transfer.failed が理由を示し、epoch も担当も変わらず、文は届き続ける。",
    expected_en="transfer.failed with its reason each time; epoch and owner stay; lines go on.",
    why_ja="失敗を知らされない相手は、通報を手放したつもりで読むのをやめる。",
    why_en="A peer not told of the failure stops reading a call that is still its own.",
    timeout_s=45.0,
)
async def asked_refused(t: Trial, w: World) -> None:
    other = await w.peer()
    call, taken = await owned_by_peer(t, w, other)
    epoch = taken.epoch
    for department, reason, what, ja in (
        ("nowhere", TransferFailure.UNKNOWN_DEPARTMENT, "unknown department", "知らない消防本部"),
        (
            w.ground("unadopted").department,
            TransferFailure.NOT_ADOPTED,
            "no NET119 there",
            "NET119のない消防本部",
        ),
        (
            w.ground("peer").department,
            TransferFailure.SAME_DEPARTMENT,
            "its own department",
            "自分自身",
        ),
        (
            w.ground("sibling").department,
            TransferFailure.REJECTED,
            "no console there",
            "指令台の開いていない消防本部",
        ),
    ):
        answer = await t.observe(
            f"{what}: the request is answered",
            taken.ask_transfer(department, REASON, within=w.patience),
            w.patience + 1,
            expected="transfer.failed",
            ja=f"{ja}: 求めに答えが返る",
        )
        t.check(
            f"{what}: the answer is transfer.failed with the reason",
            isinstance(answer, bodies.TransferFailed) and answer.reason is reason,
            expected=reason.value,
            seen=answer,
            ja=f"{ja}: 理由を示す transfer.failed である",
        )
    receipt = await t.observe(
        "the owner is unchanged: its lines are still taken",
        taken.say("まだこちらで受けています"),
        w.patience,
        expected="chat.receipt",
        ja="担当は変わらず、その文は受け取られる",
    )
    last = await call.say("はい")
    await t.observe(
        "and the caller's lines still go to it",
        taken.wait_for_line(lambda line: line.seq == last.seq, w.patience),
        w.patience + 1,
        expected=f"line {last.seq}",
        ja="通報者の文も届き続ける",
    )
    t.check(
        "the epoch is unchanged",
        receipt is not None
        and taken.is_owner
        and {each.envelope.epoch for each in other.find(MessageType.CHAT_RECEIPT, call.id)}
        == {epoch},
        expected=epoch,
        seen=sorted(
            {each.envelope.epoch or 0 for each in other.find(MessageType.CHAT_RECEIPT, call.id)}
        ),
        ja="epoch は変わらない",
    )
    keeps_the_profile(t, other)
