"""Calls that ring and nobody answers: reminder at T2, home after twice T2, both sides told."""

from uuid import UUID

from net119_protocol.codes import ErrorCode, SenderRole, WithdrawReason
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.errors import CallRefused
from net119_simulators.peer import SimulatedPeer, TakenCall

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.looking import looking
from net119_conformance.not_before import Since
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import keeps_the_profile, offer_to_sut
from net119_conformance.purposes.transfer_asked import answering
from net119_conformance.told import one_says, told
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

NOT_YET = ("まだ指令員が応答", "まだ応答", "呼び出しを続け")
RINGING = (*NOT_YET, "呼び出し中", "呼び出しています")
NOBODY_THERE = ("誰も応答", "応答しない", "応答がない", "応答がありません", "応答していません")
LATE = "遅れて来た指令員の文"


def t2_of(w: World) -> float:
    """T2 of the system under test, seconds."""
    return w.timers.t2_s or 60.0


async def reminded(t: Trial, w: World, console: Console, call_id: UUID, since: Since) -> None:
    """Check that the console is reminded of a call that nobody answers, and not before T2.

    ``since`` was made before the call began to ring.
    """
    slowest = t.slowest_s
    first = await t.observe(
        "the console is reminded at T2",
        console.wait_for_reminder(call_id, t2_of(w) + w.patience),
        t2_of(w) + w.patience + 1,
        expected=f"a reminder within {t2_of(w):g} s and a little",
        ja="T2で指令台に催促が出る",
    )
    t.slowest_s = slowest  # what waits for T2 is not slow
    if first is not None:
        since.not_before(
            t, "the reminder does not come before T2", t2_of(w), ja="T2がたつ前には催促が出ない"
        )
        shown = await console.wait_for_call(call_id, w.patience)
        t.check(
            "the call that is reminded of still rings there",
            shown.mine and shown.state.value == "ringing",
            expected=(True, "ringing"),
            seen=(shown.mine, shown.state.value),
            ja="催促された通報は、まだそこで鳴っている",
        )


@purpose(
    id="UNANSWERED-ELSEWHERE",
    requirements=("ASO-18",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, once=True),
    title_ja="相手の消防本部で誰も応答しない通報は、T2の二倍で登録地に戻り、遅れた応答は退けられる",
    title_en="A call that nobody answers elsewhere comes home after twice T2; a late answer is "
    "turned away",
    stimulus_ja="通報を割り当てられた相手で、呼び出しは鳴るが誰も応答しない。登録地に戻った後に、"
    "相手が応答を知らせ、文を送る。",
    stimulus_en="A call is assigned to the peer and rings there, and nobody answers; once it is "
    "home the peer says that it has answered, and writes.",
    expected_ja="T2で通報者に、まだ応答がないことが知らされる。T2の二倍で、新しい epoch で登録地の"
    "指令台に鳴り、指令員に理由と電話先が、通報者に引き取ったことが日本語で示される。どちらもその時間より"
    "早くは起こらない。相手には call.withdraw が届く。遅れた応答と文は断られ、担当は変わらない。",
    expected_en="At T2, not before, the caller is told that nobody has answered yet. After twice "
    "T2, not before, the home console rings under a new epoch; the dispatcher reads why and whom "
    "to phone, the caller that the call was taken over; the peer gets call.withdraw. The late "
    "answer and line are refused, and the owner stays.",
    why_ja="鳴っているだけの通報は、通報者には届いていないのと同じである。",
    why_en="To its caller a call that only rings is a call that was not received.",
    timeout_s=60.0,
)
async def elsewhere(t: Trial, w: World) -> None:
    there = w.ground("peer")
    console = await w.console()
    other = await w.peer()
    call = await w.call_from(await w.handset(), there)
    with t.waiting("call.offer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    since = Since()
    taken = await other.take(offer, center=there.center, within=w.patience)
    await taken.ring()
    before = taken.epoch
    reads = await t.observe(
        "at T2 the caller reads that nobody has answered yet",
        call.wait_for_view(lambda view: one_says(view, RINGING), t2_of(w) + w.patience),
        t2_of(w) + w.patience + 1,
        expected=" / ".join(RINGING),
        level=CheckLevel.DERIVED,
        ja="T2で、まだ応答がないことが通報者に示される",
    )
    # "It is ringing" may be said from the first moment; that nobody answers, may not.
    if one_says(reads, NOT_YET):
        since.not_before(
            t,
            "the caller is not told before T2 that nobody has answered",
            t2_of(w),
            level=CheckLevel.DERIVED,
            ja="T2がたつ前には、まだ応答がないと通報者に示されない",
        )
    t.check(
        "until then the department called keeps the call",
        taken.is_owner,
        expected="no call.withdraw",
        seen="owner" if taken.is_owner else str(taken.withdrawal),
        ja="それまでは、呼び出された消防本部の通報のままである",
    )
    shown = await t.observe(
        "after twice T2 the call rings at home",
        console.wait_for_call(
            call.id,
            t2_of(w) + w.patience,
            lambda seen: seen.mine and seen.state.value == "ringing",
        ),
        t2_of(w) + w.patience + 1,
        expected=f"ringing at {w.home.center}",
        ja="T2の二倍の後に、登録地の指令台で鳴る",
    )
    if shown is None:
        return
    since.not_before(
        t,
        "it does not come home before twice T2",
        2 * t2_of(w),
        ja="T2の二倍がたつ前には、登録地に戻らない",
    )
    t.check(
        "it is home under a new epoch",
        shown.epoch > before,
        expected=f"more than {before}",
        seen=shown.epoch,
        ja="新しい epoch になっている",
    )
    t.check(
        "the dispatcher reads that nobody answered there, and whom to phone",
        one_says(shown, NOBODY_THERE, (there.name_ja,), (there.phone,)),
        expected=(" / ".join(NOBODY_THERE), there.name_ja, there.phone),
        seen=told(shown) or "nothing",
        level=CheckLevel.DERIVED,
        ja="誰も応答しなかったことと電話先が、指令員に示される",
    )
    await t.observe(
        "the caller reads that the home department has taken the call over",
        call.wait_for_view(
            lambda view: (
                one_says(view, ("登録地",), ("引き取",))
                and view.receiver is not None
                and view.receiver.code == w.home.department
            ),
            w.patience,
        ),
        w.patience + 1,
        expected=f"登録地; {w.home.department}",
        level=CheckLevel.DERIVED,
        ja="登録地の消防本部が引き取ったことが、通報者に示される",
    )
    gone = await t.observe(
        "the department that did not answer is told by call.withdraw",
        taken.withdrawn(w.patience),
        w.patience + 1,
        expected="call.withdraw",
        ja="応答しなかった消防本部に call.withdraw で知らされる",
    )
    t.check(
        "it is told why, and who has the call",
        gone is not None
        and gone.reason is WithdrawReason.RINGING_UNANSWERED
        and gone.taken_by is not None
        and gone.taken_by.code == w.home.department,
        expected=(WithdrawReason.RINGING_UNANSWERED.value, w.home.department),
        seen=gone,
        ja="理由と、誰が受けたかが知らされる",
    )
    await _too_late(t, w, other, taken, before)
    await _answered_at_home(t, w, console, call, shown.epoch)
    keeps_the_profile(t, other)


async def _too_late(
    t: Trial, w: World, other: SimulatedPeer, taken: TakenCall, before: int
) -> None:
    """The peer answers and writes after all, under the epoch that it had."""
    late = bodies.CallAnswered(dispatcher="遅れた指令員", answered_at=other.received[-1].at)
    for name, ja, kind, body in (
        ("answer", "応答", MessageType.CALL_ANSWERED, late),
        ("line", "文", MessageType.CHAT_MESSAGE, _late_line()),
    ):
        sent = other.build(kind, body, taken.call_id, epoch=before)
        await other.send_envelope(sent)
        error = await t.observe(
            f"the late {name} is refused",
            other.expect(
                MessageType.ERROR,
                call_id=taken.call_id,
                within=w.patience,
                where=answering(sent.message_id),
            ),
            w.patience + 1,
            expected="error",
            ja=f"遅れた{ja}が断られる",
        )
        code = error.body_as(bodies.ErrorReport).code if error is not None else None
        t.check(
            f"the error for the late {name} says that the call is the peer's no more",
            code in (ErrorCode.STALE_EPOCH, ErrorCode.NOT_YOUR_CALL),
            expected="stale-epoch or not-your-call",
            seen=code.value if code is not None else "nothing",
            ja=f"遅れた{ja}に、もう相手の通報でないと答える",
        )


def _late_line() -> bodies.ChatMessage:
    return bodies.ChatMessage(client_id="late-1", sender=SenderRole.DISPATCHER, text=LATE)


async def _answered_at_home(
    t: Trial, w: World, console: Console, call: HandsetCall, epoch: int
) -> None:
    answered = await t.observe(
        "the home dispatcher can answer the call",
        console.answer(call.id, within=w.patience),
        w.patience + 1,
        expected="answered",
        ja="登録地の指令員が応答できる",
    )
    if answered is None:
        return
    t.check(
        "late words change no owner, and nobody else has answered",
        answered.mine and answered.epoch == epoch and answered.answered_by != "遅れた指令員",
        expected=(True, epoch, "answered at home"),
        seen=(answered.mine, answered.epoch, answered.answered_by),
        ja="遅れた知らせで担当は変わらず、応答したことにもならない",
    )
    said = await call.say("けがをしています")
    await t.observe(
        "caller and home dispatcher can chat",
        console.wait_for_line(call.id, lambda line: line.seq == said.seq, w.patience),
        w.patience + 1,
        expected=f"line {said.seq}",
        ja="通報者と登録地の指令員がやりとりできる",
    )
    t.check(
        "the caller never saw the late line",
        LATE not in [line.text for line in call.lines],
        expected="not shown",
        seen=[line.text for line in call.lines][-3:],
        ja="遅れた文は通報者に表示されない",
    )


@purpose(
    id="UNANSWERED-HERE",
    requirements=("ASO-18",),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True, once=True),
    title_ja="割り当てられた通報に誰も応答しないとT2で催促し、取り下げられた後の応答は断る",
    title_en="An assigned call that nobody answers is reminded of at T2; after its withdrawal it "
    "cannot be answered",
    stimulus_ja="割り当てられた通報に誰も応答しない。登録地側が、応答なしとして call.withdraw で引"
    "き取る。"
    "その後に指令員が応答しようとする。",
    stimulus_en="Nobody answers an assigned call; the anchor takes it back by call.withdraw as "
    "unanswered; then a dispatcher tries to answer it.",
    expected_ja="T2で指令台に催促が出て、それより早くは出ない。取り下げの後は誰が受けたかが示され、遅れた"
    "応答は断られて、相手に call.answered は送られない。",
    expected_en="The console is reminded at T2, not before. After the withdrawal it shows who has "
    "the call; the late answer is refused, and no call.answered is sent.",
    why_ja="席を外した指令員が戻って応答しても、通報者はもう別の消防本部と話している。",
    why_en="A dispatcher who comes back late must not believe to talk to a caller who talks to "
    "somebody else by now.",
    timeout_s=45.0,
)
async def here(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    call = await offer_to_sut(w, other)
    with t.waiting("call.accept"):
        await call.accepted(w.patience)
    since = Since()
    await call.assign()
    with t.waiting("the call at the console"):
        await console.wait_for_call(call.call_id, w.patience, lambda seen: seen.mine)
    await reminded(t, w, console, call.call_id, since)
    await call.withdraw(WithdrawReason.RINGING_UNANSWERED)
    home = w.ground("peer").department
    await t.observe(
        "after the withdrawal the console shows who has the call",
        console.wait_for_call(
            call.call_id, w.patience, lambda seen: not seen.mine and seen.owner.code == home
        ),
        w.patience + 1,
        expected=f"not owned; {home}",
        ja="取り下げの後は、誰が受けたかが指令台に示される",
    )
    looked = looking(w)
    try:
        await console.answer(call.call_id, within=w.patience)
        seen, why = "answered", ""
    except CallRefused as refusal:
        seen, why = "refused", refusal.problem.message_ja or ""
    except TimeoutError as nothing:
        seen, why = f"no answer: {nothing}", ""
    t.check(
        "a late answer is refused, and the dispatcher can read why",
        seen == "refused" and bool(why),
        expected="refused, with a reason in Japanese",
        seen=f"{seen}; {why}",
        ja="遅れた応答は断られ、理由を指令員が読める",
    )
    beside = await offer_to_sut(w, other)
    await t.observe(
        "another call, offered meanwhile, is accepted",
        beside.expect(MessageType.CALL_ACCEPT, within=w.patience),
        w.patience + 1,
        expected="call.accept",
        ja="その間に申し出た別の通報は承諾される",
    )
    await beside.withdraw()
    left = looked.left()
    await t.observe_nothing(
        "the anchor is never told that somebody answered",
        call.expect(MessageType.CALL_ANSWERED, within=left + 5.0),
        left,
        expected="no call.answered",
        ja="登録地側に call.answered が送られていない",
    )
    keeps_the_profile(t, other)
