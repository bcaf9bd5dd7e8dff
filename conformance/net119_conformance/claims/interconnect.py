"""What a profile says not to be there at the interface between providers."""

from collections.abc import Collection

from net119_protocol.codes import ErrorCode, Mode, OfferCause, PlaceChoice, RejectReason
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
from net119_conformance.purpose import purpose
from net119_conformance.sut.options import Option
from net119_conformance.trial import Trial
from net119_conformance.world.world import World

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
    says_so: Collection[RejectReason | ErrorCode],
) -> None:
    """Check that the offer is refused, and for a reason that says that it never is taken.

    Any other reason may hold only now, and is a warning. Silence is also what a system shows that
    hangs: then nothing has been judged.
    """
    why: RejectReason | ErrorCode | None = None
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
        t.check(
            "the refusal says that such calls are never taken, not only now",
            why in says_so,
            expected=" or ".join(each.value for each in says_so),
            seen=why.value if why is not None else seen,
            level=CheckLevel.SHOULD,
            ja="断る理由が、今だけでなく、そのような通報を受けないことを示す",
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


@purpose(
    id="CLAIM-TRANSFER-OUT",
    interfaces="AB",
    role=Role.HOME,
    needs=Probes(peer=True, absent=Option.TRANSFERS, claimed=Role.HOME),
    title_ja="転送を扱わないと申告した試験対象は、担当を移さない",
    title_en="A system that claims no transfers gives no call to another department",
    stimulus_ja="通報を受けた相手が、登録地の本部への転送を求める。",
    stimulus_en="The peer that has a call asks to transfer it to the caller's home department.",
    expected_ja="failed か error が返るか、答えがない。",
    expected_en="transfer.failed or error, or no answer.",
    why_ja=_WHY_JA,
    why_en=_WHY_EN,
)
async def transfer_out(t: Trial, w: World) -> None:
    if Verb.CONSOLE in w.driver.verbs:
        await w.console()
    taken = await _routed(t, w, await w.peer())
    try:
        answer = await taken.ask_transfer(w.home.department, within=w.patience + w.t1_total)
        seen = type(answer).__name__
    except (MessageRefused, Waited) as refused:
        seen = str(refused)
    t.check(
        "no transfer is done, as the profile does not claim transfers",
        seen != bodies.TransferDone.__name__,
        expected='failed, error or no answer; else write "transfers" into claims.options',
        seen=seen,
        ja="転送を申告していないので、担当は移らない",
    )
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
    expected_ja="callback.failed か error が返るか、答えがない。",
    expected_en="callback.failed or error, or no answer.",
    why_ja=_WHY_JA,
    why_en=_WHY_EN,
)
async def callback(t: Trial, w: World) -> None:
    taken = await _routed(t, w, await w.peer())
    try:
        seen = type(await taken.ask_callback(within=w.patience)).__name__
    except (MessageRefused, Waited) as refused:
        seen = str(refused)
    t.check(
        "no callback is sent, as the profile does not claim it",
        seen != bodies.CallbackSent.__name__,
        expected='failed, error or no answer; else write "callback" into claims.options',
        seen=seen,
        ja="呼び返しを申告していないので、送ったとは答えない",
    )
    done(t, Option.CALLBACK)
