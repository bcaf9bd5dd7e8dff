"""What a profile says not to be there at the interface between providers."""

from collections.abc import Awaitable, Collection

from net119_protocol.codes import (
    CallbackFailure,
    ErrorCode,
    Mode,
    OfferCause,
    PlaceChoice,
    RejectReason,
    TransferFailure,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.places import CallPlace, Point
from net119_simulators.errors import SafetyInterlock, Waited
from net119_simulators.peer import (
    MessageRefused,
    OfferedCall,
    OtherAnswer,
    SimulatedPeer,
    TakenCall,
)

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.claims.needs import Probes, done
from net119_conformance.drivers.interface import Verb
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.sut.options import Option
from net119_conformance.trial import Trial
from net119_conformance.world.world import World

Never = RejectReason | ErrorCode | TransferFailure | CallbackFailure
Answer = bodies.TransferDone | bodies.TransferFailed | bodies.CallbackSent | bodies.CallbackFailed
_WHY_JA = "「対応していない」という申告が違っていれば、判定されないまま使われる機能が残る。"
_WHY_EN = "A claim that is not true leaves something in use that nobody has judged."


async def _offer(
    w: World, other: SimulatedPeer, mode: Mode = Mode.TEST, cause: OfferCause = OfferCause.NEW
) -> OfferedCall:
    """An offer that a system would take that takes any; a console is there where one can be."""
    if Verb.CONSOLE in w.driver.verbs:
        await w.console()
    place = CallPlace(
        choice=PlaceChoice.CURRENT,
        point=Point(lat=w.home.lat, lon=w.home.lon),
        radius_m=100.0,
        fix=w.fix_at(w.home),
    )
    home = w.ground("peer").reference
    return await other.offer(
        department=w.home.department,
        person=w.person(w.ground("peer")),
        mode=mode,
        place=place,
        home=home,
        cause=cause,
        transferred_from=home if cause is OfferCause.TRANSFER else None,
        transfer_reason="管轄外のため" if cause is OfferCause.TRANSFER else "",
    )


async def _not_accepted(
    t: Trial,
    w: World,
    call: OfferedCall,
    name: str,
    ja: str,
    claim: str,
    says_so: Collection[Never],
) -> None:
    """Check that the offer is refused, and for a reason that says that it never is taken.

    Silence is also what a system shows that hangs: then nothing has been judged.
    """
    why: Never | None = None
    try:
        await call.accepted(within=w.patience)
        seen = "call.accept"
    except OtherAnswer as refused:
        body = refused.received.body
        why = body.reason if isinstance(body, bodies.CallReject) else None
        seen = str(refused)
    except MessageRefused as refused:
        why, seen = refused.report.code, str(refused)
    except Waited as waited:
        t.require(f"the offer is answered ({waited})", None, ja=f"申し出に答えがある（{waited}）")
    accepted = seen == "call.accept"
    t.check(
        name,
        not accepted,
        expected=f"refused; else write {claim} into the profile",
        seen=seen,
        ja=ja,
    )
    if not accepted:
        _for_good(t, "such calls are never taken", "そのような通報を受けない", why, seen, says_so)


def _for_good(
    t: Trial, what: str, ja: str, why: Never | None, seen: str, says_so: Collection[Never]
) -> None:
    """Check that a refusal holds for good; any other reason may hold only now, and is a warning."""
    t.check(
        f"the refusal says that {what}, not only now",
        why in says_so,
        expected=" or ".join(each.value for each in says_so),
        seen=why.value if why is not None else seen,
        level=CheckLevel.SHOULD,
        ja=f"断る理由が、今だけでなく、{ja}ことを示す",
    )


@purpose(
    id="CLAIM-RECEIVING",
    interfaces="B",
    role=Role.RECEIVING,
    needs=Probes(peer=True, absent=Role.RECEIVING),
    title_ja="通報を受けないと申告した試験対象は、申し出を承諾しない",
    title_en="A system that claims not to receive calls accepts no offer",
    stimulus_ja="模擬事業者が、試験対象の消防本部への通報を申し出る。",
    stimulus_en="The peer offers a call for a department of the system.",
    expected_ja="受けないことを示す理由で断られる。ほかの理由なら注意として示し、答えがなければ判定しない。",
    expected_en="It is refused for a reason that says so; another reason is a warning, and silence "
    "judges nothing.",
    why_ja=_WHY_JA,
    why_en=_WHY_EN,
)
async def receiving(t: Trial, w: World) -> None:
    call = await _offer(w, await w.peer())
    await _not_accepted(
        t,
        w,
        call,
        "an offer is not accepted, as the profile does not claim to receive calls",
        "受ける役割を申告していないので、申し出は承諾されない",
        '"receiving" in claims.roles',
        (RejectReason.UNKNOWN_DEPARTMENT, ErrorCode.UNKNOWN_TYPE),
    )
    done(t, Role.RECEIVING)


@purpose(
    id="CLAIM-LIVE",
    interfaces="B",
    role=Role.RECEIVING,
    needs=Probes(peer=True, absent=Option.LIVE, claimed=Role.RECEIVING),
    title_ja="実際の通報を受けないと申告した試験対象は、live の申し出を断る",
    title_en="A system that claims to take no real calls refuses an offer in mode live",
    stimulus_ja="模擬事業者が、mode=live の通報を申し出る（この計算機の中だけ）。",
    stimulus_en="The peer offers a call in mode live, on this machine only.",
    expected_ja="受けないことを示す理由で断られる。ほかの理由なら注意として示し、答えがなければ判定しない。",
    expected_en="It is refused for a reason that says so; another reason is a warning, and silence "
    "judges nothing.",
    why_ja=_WHY_JA,
    why_en=_WHY_EN,
)
async def live(t: Trial, w: World) -> None:
    other = await w.peer()
    try:
        call = await _offer(w, other, mode=Mode.LIVE)
    except SafetyInterlock:
        t.not_applicable(
            "'live' is not claimed; a real call is never sent to another machine, to see",
            ja="'live' は申告されていません。実際の通報をほかの計算機へは送りません",
        )
    await _not_accepted(
        t,
        w,
        call,
        "an offer in mode live is not accepted, as the profile does not claim it",
        "live を申告していないので、実際の通報は承諾されない",
        '"live" in claims.options',
        (RejectReason.MODE_NOT_ACCEPTED, ErrorCode.MODE_NOT_ACCEPTED),
    )
    done(t, Option.LIVE)


@purpose(
    id="CLAIM-TRANSFER-IN",
    interfaces="B",
    role=Role.RECEIVING,
    needs=Probes(peer=True, absent=Option.TRANSFERS, claimed=Role.RECEIVING),
    title_ja="転送を扱わないと申告した試験対象は、転送されてくる通報を承諾しない",
    title_en="A system that claims no transfers accepts no call that is transferred to it",
    stimulus_ja="模擬事業者が、cause=transfer の通報を申し出る。",
    stimulus_en="The peer offers a call with cause 'transfer'.",
    expected_ja="受けないことを示す理由で断られる。ほかの理由なら注意として示し、答えがなければ判定しない。",
    expected_en="It is refused for a reason that says so; another reason is a warning, and silence "
    "judges nothing.",
    why_ja=_WHY_JA,
    why_en=_WHY_EN,
)
async def transfer_in(t: Trial, w: World) -> None:
    call = await _offer(w, await w.peer(), cause=OfferCause.TRANSFER)
    await _not_accepted(
        t,
        w,
        call,
        "a call that is transferred is not accepted, as the profile does not claim transfers",
        "転送を申告していないので、転送されてくる通報は承諾されない",
        '"transfers" in claims.options',
        (ErrorCode.INVALID_BODY, ErrorCode.UNKNOWN_TYPE),
    )
    done(t, Option.TRANSFERS)


async def _routed(t: Trial, w: World, other: SimulatedPeer) -> TakenCall:
    """A call of the system's registrant that the peer has taken and answered."""
    there = w.ground("peer")
    call = await w.call_from(await w.handset(), there)
    with t.waiting("call.offer at the peer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    with t.waiting("call.assign"):
        taken = await other.take(offer, center=there.center, within=w.patience)
    await taken.ring()
    await taken.answer("相手の指令員")
    return taken


async def _not_done(
    t: Trial,
    asking: Awaitable[Answer],
    name: str,
    ja: str,
    claim: str,
    says_so: Collection[Never],
) -> None:
    """Check that what the peer asks for is refused, and for good; silence judges nothing."""
    why: Never | None = None
    failed = False
    try:
        answer = await asking
    except MessageRefused as refused:
        why, seen, failed = refused.report.code, str(refused), True
    except Waited as waited:
        t.require(f"the request is answered ({waited})", None, ja=f"求めに答えがある（{waited}）")
    else:
        failed = isinstance(answer, bodies.TransferFailed | bodies.CallbackFailed)
        seen = type(answer).__name__
        if isinstance(answer, bodies.TransferFailed | bodies.CallbackFailed):
            why = answer.reason
    t.check(
        name, failed, expected=f"refused; else write {claim} into the profile", seen=seen, ja=ja
    )
    if failed:
        _for_good(t, "it is never done", "それを行わない", why, seen, says_so)


async def _still_theirs(t: Trial, w: World, taken: TakenCall) -> None:
    """Check that nothing has come of what was refused: the peer has its call, and is heard in it.

    What was sent before the number of its line has come by then.
    """
    await t.observe(
        "the call is still with the peer, whose line is numbered",
        taken.say("聞こえますか", within=w.patience),
        w.patience + 1,
        expected="chat.receipt",
        ja="通報は相手のもののままで、その文に番号が付く",
    )
    t.check(
        "the call was not taken from the peer",
        taken.is_owner,
        expected="neither call.withdraw nor transfer.done",
        seen="it has the call" if taken.is_owner else "it has lost the call",
        ja="通報が相手から取り上げられていない",
    )


@purpose(
    id="CLAIM-TRANSFER-OUT",
    interfaces="AB",
    role=Role.HOME,
    needs=Probes(peer=True, absent=Option.TRANSFERS, claimed=Role.HOME),
    title_ja="転送を扱わないと申告した試験対象は、担当を移さない",
    title_en="A system that claims no transfers gives no call to another department",
    stimulus_ja="通報を受けた相手が、登録地の本部への転送を求める。",
    stimulus_en="The peer that has a call asks to transfer it to the caller's home department.",
    expected_ja="unsupported として断られ、担当は変わらない。ほかの理由なら注意として示し、"
    "答えがなければ判定しない。",
    expected_en="It is refused as 'unsupported', and the call stays; another reason is a warning, "
    "and silence judges nothing.",
    why_ja=_WHY_JA,
    why_en=_WHY_EN,
)
async def transfer_out(t: Trial, w: World) -> None:
    if Verb.CONSOLE in w.driver.verbs:
        await w.console()
    taken = await _routed(t, w, await w.peer())
    await _not_done(
        t,
        taken.ask_transfer(w.home.department, within=w.patience + w.t1_total),
        "no transfer is done, as the profile does not claim transfers",
        "転送を申告していないので、担当は移らない",
        '"transfers" in claims.options',
        (TransferFailure.UNSUPPORTED, ErrorCode.UNKNOWN_TYPE),
    )
    if taken.transferred is None:
        await _still_theirs(t, w, taken)
    done(t, Option.TRANSFERS)


@purpose(
    id="CLAIM-CALLBACK",
    interfaces="AB",
    role=Role.HOME,
    needs=Probes(peer=True, absent=Option.CALLBACK, claimed=Role.HOME),
    title_ja="呼び返さないと申告した試験対象は、呼び返しを送ったと言わない",
    title_en="A system that claims no callback does not say that one was sent",
    stimulus_ja="通報を受けた相手が callback.request を送る。",
    stimulus_en="The peer that has a call asks for a callback.",
    expected_ja="unsupported として断られ、その後も送ったとされない。ほかの理由なら注意として示し、"
    "答えがなければ判定しない。",
    expected_en="It is refused as 'unsupported', and never said to be sent afterwards; another "
    "reason is a warning, and silence judges nothing.",
    why_ja=_WHY_JA,
    why_en=_WHY_EN,
)
async def callback(t: Trial, w: World) -> None:
    taken = await _routed(t, w, await w.peer())
    since = looking(w)
    await _not_done(
        t,
        taken.ask_callback(within=w.patience),
        "no callback is sent, as the profile does not claim it",
        "呼び返しを申告していないので、送ったとは答えない",
        '"callback" in claims.options',
        (CallbackFailure.UNSUPPORTED, ErrorCode.UNKNOWN_TYPE),
    )
    await _still_theirs(t, w, taken)
    left = since.left()
    await t.observe_nothing(
        "no callback is said to be sent after it was refused",
        taken.expect(MessageType.CALLBACK_SENT, within=left + 1),
        left,
        expected='no callback.sent; else write "callback" into claims.options',
        ja="断った後に、呼び返しを送ったと言わない",
    )
    done(t, Option.CALLBACK)
