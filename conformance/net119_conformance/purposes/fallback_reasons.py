"""Why a call came home, told apart to both sides; and the states that providers report."""

from datetime import UTC, datetime
from functools import partial

from net119_protocol.codes import ProviderState, RejectReason
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.peer import SimulatedPeer

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.actors import HandsetCall
from net119_conformance.kept_home import KeptHome
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import offer_to_sut
from net119_conformance.told import home_again
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_WORDS = {
    RejectReason.MAINTENANCE: ("保守", "点検", "メンテナンス"),
    RejectReason.OVERLOAD: ("混み", "混雑", "過負荷"),
    RejectReason.NO_CONSOLE: ("画面", "担当者", "指令台"),
    RejectReason.EXPIRED: ("期限",),
}
"""Any of these words tells the dispatcher this reason."""
_JA = {
    RejectReason.MAINTENANCE: "保守中",
    RejectReason.OVERLOAD: "過負荷",
    RejectReason.NO_CONSOLE: "指令台なし",
    RejectReason.EXPIRED: "期限切れ",
}
_STATES = {
    ProviderState.MAINTENANCE: RejectReason.MAINTENANCE,
    ProviderState.OVERLOADED: RejectReason.OVERLOAD,
}


@purpose(
    id="FALLBACK-REASONS",
    requirements=("ASO-18", "TOM-04"),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="登録地に戻った通報では、断られた理由ごとに違う文が、通報者と指令員に示される",
    title_en="Caller and dispatcher read why a call came home, each reason in words of its own",
    stimulus_ja="相手が、保守中、過負荷、指令台なし、期限切れの理由で、通報を一件ずつ断る。",
    stimulus_en="The peer rejects one call each for maintenance, overload, no console, expiry.",
    expected_ja="どの通報もT1を待たずに登録地に届き（理由ごとに4回までのうち最も早いもので、T1の半分"
    "以内）、指令員には理由と電話先が、通報者にはどの本部に伝わるかが、日本語で示される。"
    "理由が違えば文も違う。",
    expected_en="Each call is at home without a wait for T1 (the soonest of up to four for each "
    "reason within half of T1); the dispatcher reads reason and telephone number, the caller who "
    "will be told; different reasons read differently.",
    why_ja="待てば戻る混雑と、終日の停止とでは、指令員のすることが違う。",
    why_en="A busy hour and a day's stop ask for different things of the dispatcher.",
    timeout_s=45.0,
)
async def reasons(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    told = []
    for reason in _WORDS:
        dispatcher, _ = await home_again(
            t,
            w,
            console,
            partial(_rejected, t, w, other, reason),
            _WORDS[reason],
            reason.value,
            _JA[reason],
        )
        told.append(dispatcher)
    t.check(
        "every reason reads differently",
        len(set(told)) == len(_WORDS) and all(told),
        expected=f"{len(_WORDS)} texts",
        seen=sorted(set(told)),
        level=CheckLevel.DERIVED,
        ja="理由が違えば文も違う",
    )


async def _rejected(
    t: Trial, w: World, other: SimulatedPeer, reason: RejectReason
) -> tuple[HandsetCall, datetime]:
    """A call that the peer rejects, and when its offer came."""
    call = await w.call_from(await w.handset(), w.ground("peer"))
    with t.waiting("call.offer at the peer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    await other.reject(offer, reason)
    return call, offer.at


@purpose(
    id="STATUS-OF-PEER",
    requirements=("ASO-18",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="保守や過負荷を知らせた相手には申し出ず、登録地が受け、通常に戻れば申し出る",
    title_en="A peer that reports maintenance or overload is not offered calls until it is normal",
    stimulus_ja="相手が status.report で保守、過負荷、通常を順に知らせ、そのたびに登録者が通報す"
    "る。",
    stimulus_en="The peer reports maintenance, overload, and normal again; a registrant calls from "
    "its area each time.",
    expected_ja="通常でない間は申し出がなく、T1を待たずに登録地に届き（状態ごとに4回までのうち最も早い"
    "もので、T1の半分以内）、理由が示される。通常に戻れば新しい通報の申し出が届き、登録地に届いた通報は"
    "その後も申し出ない。",
    expected_en="While it is not normal no offer comes, and the call is at home without a wait for "
    "T1 (the soonest of up to four in each state within half of T1), with the reason; once normal, "
    "a new call is offered, and those that came home are not offered then either.",
    why_ja="受けられないと言っている相手を待つ時間は、失われた時間である。",
    why_en="Time spent on a peer that says it cannot take calls is lost.",
    timeout_s=45.0,
)
async def status_of_peer(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    kept = KeptHome(t, w, other)
    for state, reason in _STATES.items():
        await other.report(state, "点検のため", "for checks")
        await t.observe(
            f"reported {state.value}: it no longer counts as running",
            w.seen_not_running(other.operator),
            w.patience,
            expected="not running",
            ja=f"{_JA[reason]}: 動いている相手とされない",
        )
        await home_again(
            t, w, console, kept.call, _WORDS[reason], f"reported {state.value}", _JA[reason]
        )
        kept.not_offered(f"reported {state.value}", _JA[reason])
    normal = looking(w)
    await other.report(ProviderState.NORMAL)
    await w.seen_running(other.operator)
    call = await w.call_from(await w.handset(), w.ground("peer"))
    await t.observe(
        "reported normal: the call is offered again",
        other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience),
        w.patience + 1,
        expected="call.offer",
        ja="通常: 通報が申し出られる",
    )
    await kept.nor_later(normal)


@purpose(
    id="STATUS-TOLD",
    requirements=("ASO-22", "ASO-18"),
    derived=("ASO-22",),
    interfaces="BC",
    role=Role.OPERATION,
    needs=Needs(own_system=True, peer=True),
    title_ja="自らの保守や過負荷を接続先に知らせ、その間の申し出は理由を示して断る",
    title_en="Its own maintenance or overload is told to peers, and offers are rejected with it",
    stimulus_ja="試験対象を保守、過負荷、通常の状態に順にし、そのたびに相手が申し出る。",
    stimulus_en="The system is put into maintenance, overload and normal; the peer offers a call "
    "each time.",
    expected_ja="状態が変わるたびに status.report が届き、申し出は maintenance、overload で断られ、"
    "通常"
    "では承諾される。",
    expected_en="status.report comes with each change; offers are rejected as 'maintenance' and "
    "'overload', and accepted once normal.",
    why_ja="止まることを知らない相手は、通報を送り続けて時間を失う。",
    why_en="A peer that is not told keeps offering calls and loses the time.",
    timeout_s=60.0,
)
async def status_told(t: Trial, w: World) -> None:
    await w.console()
    other = await w.peer()
    for state, reason in _STATES.items():
        since = datetime.now(UTC)
        await w.set_state(state)
        await _reported(t, w, other, state, since, _JA[reason])
        offered = await offer_to_sut(w, other)
        answer = await t.observe(
            f"in {state.value} an offer is rejected",
            offered.expect(MessageType.CALL_REJECT, within=w.patience),
            w.patience + 1,
            expected="call.reject",
            ja=f"{_JA[reason]}: 申し出が断られる",
        )
        body = answer.body_as(bodies.CallReject) if answer is not None else None
        t.check(
            f"in {state.value} the rejection says so",
            body is not None and body.reason is reason,
            expected=reason.value,
            seen=body.reason.value if body is not None else "nothing",
            ja=f"{_JA[reason]}: 断った理由がわかる",
        )
    since = datetime.now(UTC)
    await w.set_state(ProviderState.NORMAL)
    await _reported(t, w, other, ProviderState.NORMAL, since, "通常")
    offered = await offer_to_sut(w, other)
    await t.observe(
        "back to normal an offer is accepted",
        offered.expect(MessageType.CALL_ACCEPT, within=w.patience),
        w.patience + 1,
        expected="call.accept",
        ja="通常では申し出が承諾される",
    )


async def _reported(
    t: Trial, w: World, other: SimulatedPeer, state: ProviderState, since: datetime, ja: str
) -> None:
    await t.observe(
        f"the peer is told {state.value} by status.report",
        other.expect(
            MessageType.STATUS_REPORT,
            within=w.patience,
            where=lambda got: got.body_as(bodies.StatusReport).state is state and got.at > since,
        ),
        w.patience + 1,
        expected=state.value,
        level=CheckLevel.DERIVED,
        ja=f"{ja}であることが status.report で相手に知らされる",
    )
