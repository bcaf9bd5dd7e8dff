"""Who owns a call: late acceptances, old epochs, answers that are not the owner's."""

from net119_protocol.codes import ErrorCode, SenderRole
from net119_protocol.interconnect import MessageType, bodies

from net119_conformance.catalogue import Role
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import offer_to_sut
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


@purpose(
    id="OWNER-LATE-ACCEPT",
    requirements=("ASO-18",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="遅れて届いた承諾には call.withdraw を返し、通報は登録地消防本部のままにする",
    title_en="An acceptance that comes too late is answered by call.withdraw",
    stimulus_ja="相手が期限まで黙り、登録地消防本部が受けた後に call.accept を送る。",
    stimulus_en="The peer stays silent past the deadline and accepts after the home department has "
    "the call.",
    expected_ja="call.withdraw が返り、call.assign は来ず、登録地の指令台の通報のままである。",
    expected_en="call.withdraw and no call.assign; the home console still owns the call.",
    why_ja="二つの本部が自分の通報だと思えば、どちらも相手に任せるか、二重に出動する。",
    why_en="Two departments that both believe they own a call send two crews, or none.",
)
async def late_accept(t: Trial, w: World) -> None:
    there = w.ground("peer")
    console = await w.console()
    other = await w.peer()
    phone = await w.handset()
    call = await w.call_from(phone, there)
    with t.waiting("call.offer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    within = w.t1_total + 2.0
    with t.waiting("the call to come home"):
        await console.wait_for_call(
            call.id, within + 1, lambda seen: seen.mine and seen.state.value == "ringing"
        )
    late = await other.accept(offer, center=there.center)
    answer = await t.observe(
        "the late acceptance is answered",
        # A withdrawal of its own, sent when the deadline passed, is no answer to the acceptance.
        other.expect(
            {MessageType.CALL_WITHDRAW, MessageType.CALL_ASSIGN},
            call_id=call.id,
            within=w.patience,
            where=lambda got: (
                got.type is MessageType.CALL_ASSIGN or got.envelope.in_reply_to == late.accept_id
            ),
        ),
        w.patience + 1,
        expected="call.withdraw",
        ja="遅れた承諾に答えが返る",
    )
    if answer is not None:
        t.check(
            "it is answered by call.withdraw",
            answer.envelope.type is MessageType.CALL_WITHDRAW,
            expected="call.withdraw",
            seen=answer.envelope.type.value,
            offending=str(answer.envelope.message_id),
            ja="call.withdraw が返る",
        )
        body = answer.envelope.body
        if isinstance(body, bodies.CallWithdraw):
            taken_by = body.taken_by.code if body.taken_by else "nobody"
            t.check(
                "the withdrawal names who has the call",
                taken_by == w.home.department,
                expected=w.home.department,
                seen=taken_by,
                ja="誰が受けたかが示される",
            )
    await console.answer(call.id)
    shown = await console.wait_for_call(call.id, w.patience)
    assigned = other.find(MessageType.CALL_ASSIGN, call.id)
    t.check(
        "the call is not assigned to the late one",
        not assigned,
        expected="no call.assign",
        seen=[each.label for each in assigned],
        ja="遅れた相手に call.assign が送られていない",
    )
    t.check(
        "the home department still owns the call",
        shown.mine and shown.owner.code == w.home.department,
        expected=w.home.department,
        seen=shown.owner.code,
        ja="登録地消防本部の通報のままである",
    )


@purpose(
    id="OWNER-STALE-EPOCH",
    requirements=("ASO-18",),
    interfaces="AB",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="古い epoch の電文は断られ、通報者に表示されない",
    title_en="A message under an old epoch is refused and never shown to the caller",
    stimulus_ja="割り当てられた相手が、割り当て前の epoch で文を送る。続けて正しい epoch で送る。",
    stimulus_en="The peer that was assigned writes under the epoch before the assignment, then "
    "under the right one.",
    expected_ja="古い方は stale-epoch の error で断られて表示されず、正しい方は届く。",
    expected_en="The first is refused as 'stale-epoch' and not shown; the second arrives.",
    why_ja="担当でなくなった本部の文が混ざれば、通報者は誰と話しているか分からない。",
    why_en="Lines of a department that lost the call would leave the caller unsure whom to trust.",
)
async def stale_epoch(t: Trial, w: World) -> None:
    other = await w.peer()
    phone = await w.handset()
    call = await w.call_from(phone, w.ground("peer"))
    with t.waiting("call.offer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    taken = await other.take(offer, center=w.ground("peer").center)
    await taken.answer("高橋")
    stale = other.build(
        MessageType.CHAT_MESSAGE,
        bodies.ChatMessage(client_id="stale-1", sender=SenderRole.DISPATCHER, text="古い担当の文"),
        call.id,
        epoch=taken.epoch - 1,
    )
    await other.send_envelope(stale)
    error = await t.observe(
        "the line under the old epoch is refused",
        other.expect(MessageType.ERROR, call_id=call.id, within=w.patience),
        w.patience + 1,
        expected="error stale-epoch",
        ja="古い epoch の文が断られる",
    )
    if error is not None and isinstance(error.envelope.body, bodies.ErrorReport):
        body = error.envelope.body
        t.check(
            "the error says stale-epoch",
            body.code is ErrorCode.STALE_EPOCH,
            expected=ErrorCode.STALE_EPOCH.value,
            seen=body.code.value,
            ja="error が stale-epoch である",
        )
        t.check(
            "the error names the message and the present epoch",
            (error.envelope.in_reply_to, body.current_epoch) == (stale.message_id, taken.epoch),
            expected=(stale.message_id, taken.epoch),
            seen=(error.envelope.in_reply_to, body.current_epoch),
            ja="どの電文かと、今の epoch が示される",
        )
    await t.observe(
        "a line under the right epoch is numbered",
        taken.say("いまの担当の文"),
        w.patience,
        expected="chat.receipt",
        ja="正しい epoch の文には番号が付く",
    )
    await t.observe(
        "it reaches the caller",
        call.wait_for_line(lambda line: line.text == "いまの担当の文", w.patience),
        w.patience + 1,
        expected="いまの担当の文",
        ja="正しい epoch の文が届く",
    )
    texts = [line.text for line in call.lines]
    t.check(
        "the caller never saw the stale line",
        "古い担当の文" not in texts,
        expected="not shown",
        seen=texts,
        ja="古い文は表示されていない",
    )


@purpose(
    id="OWNER-ASSIGN-ONLY",
    requirements=("ASO-18",),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="割り当てられていない通報では鳴らず、取り下げられた通報は消える",
    title_en="No ringing without an assignment, and a withdrawn call leaves the console",
    stimulus_ja="申し出を承諾させた後、割り当てずにおく。次の通報は割り当ててから取り下げる。その後、一つ目も取り下げる。",
    stimulus_en="After its acceptance an offer is left unassigned; a second call is assigned and "
    "then withdrawn. After that the first is withdrawn as well.",
    expected_ja="一つ目は鳴らない。二つ目は鳴り、取り下げの後は自本部の通報でなくなる。",
    expected_en="The first never rings; the second rings, and after the withdrawal is not owned.",
    why_ja="承諾は意思の表示にすぎない。担当を決めるのは登録地側の記録だけである。",
    why_en="An acceptance is willingness only; the anchor's record alone makes an owner.",
)
async def assign_only(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    since = looking(w)
    first = await offer_to_sut(w, other, expires_in_s=3 * w.patience)
    with t.waiting("call.accept"):
        await first.expect(MessageType.CALL_ACCEPT, within=w.patience)
    second = await offer_to_sut(w, other)
    with t.waiting("call.accept"):
        await second.expect(MessageType.CALL_ACCEPT, within=w.patience)
    await second.assign()
    await t.observe(
        "an assigned call rings",
        console.wait_for_call(second.call_id, w.patience, lambda seen: seen.mine),
        w.patience + 1,
        expected=f"call {second.call_id}",
        ja="割り当てられた通報は鳴る",
    )
    await t.observe(
        "call.ringing says so",
        other.expect(MessageType.CALL_RINGING, call_id=second.call_id, within=w.patience),
        w.patience + 1,
        expected="call.ringing",
        ja="そのことが call.ringing で伝わる",
    )
    await second.withdraw()
    await t.observe(
        "a withdrawn call is no longer owned at the console",
        console.wait_for_call(second.call_id, w.patience, lambda seen: not seen.mine),
        w.patience + 1,
        expected="not owned",
        ja="取り下げられた通報は自本部のものでなくなる",
    )
    left = since.left()
    await t.observe_nothing(
        "an accepted but unassigned call does not ring",
        other.expect(MessageType.CALL_RINGING, call_id=first.call_id, within=left + 5.0),
        left,
        expected="no call.ringing",
        ja="承諾しただけの通報は鳴らない",
    )
    await first.withdraw()
