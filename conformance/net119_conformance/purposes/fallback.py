"""When the responsible department cannot have the call: the home department has it."""

import asyncio
import math
from datetime import UTC, datetime

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import RejectReason
from net119_protocol.interconnect import MessageType
from net119_simulators.errors import Waited
from net119_simulators.peer import Received, SimulatedPeer

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.not_before import EARLY
from net119_conformance.purpose import purpose
from net119_conformance.purposes.messages import again_of
from net119_conformance.told import TRIES, soon, until_soon
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.plan import Ground
from net119_conformance.world.world import World

GRACE_S = 2.0
"""On top of T1 x attempts, for messages on their way."""


async def comes_home(
    t: Trial, w: World, console: Console, call: HandsetCall, there: Ground, within: float
) -> None:
    """Check that the home console has the call, ringing, with whom to phone."""
    shown: ConsoleCall | None = await t.observe(
        "the home department's console has the call",
        console.wait_for_call(
            call.id, within, lambda seen: seen.mine and seen.state.value == "ringing"
        ),
        within + 1,
        expected=f"call {call.id} ringing at {w.home.center} within {within:g} s",
        ja="登録地消防本部の指令台に届く",
    )
    if shown is None:
        return
    named = [department.name_ja for notice in shown.notices for department in notice.phone_to]
    t.check(
        "the dispatcher is told whom to phone",
        there.name_ja in named,
        expected=there.name_ja,
        seen=named,
        level=CheckLevel.DERIVED,
        ja="どの消防本部に電話すればよいかが、指令員に示される",
    )
    phones = [
        department.phone
        for notice in shown.notices
        for department in notice.phone_to
        if department.name_ja == there.name_ja
    ]
    t.check(
        "its telephone number is given",
        there.phone in phones,
        expected=there.phone,
        seen=phones,
        level=CheckLevel.DERIVED,
        ja="その消防本部の電話番号が示される",
    )
    await t.observe(
        "the caller is told, in Japanese, who has the call",
        call.wait_for_view(
            lambda view: (
                any(notice.text_ja for notice in view.notices)
                and view.receiver is not None
                and view.receiver.code == w.home.department
            ),
            w.patience,
        ),
        w.patience + 1,
        expected=f"a Japanese notice, and {w.home.department} as the receiver",
        level=CheckLevel.DERIVED,
        ja="通報者にも、どの消防本部が受けたかが日本語で知らされる",
    )
    await console.answer(call.id)
    said = await call.say("ここは山の中です")
    await t.observe(
        "the home dispatcher and the caller can chat",
        console.wait_for_line(call.id, lambda line: line.seq == said.seq, w.patience),
        w.patience + 1,
        expected=f"line {said.seq}",
        ja="登録地の指令員と通報者がやりとりできる",
    )


@purpose(
    id="FALLBACK-NOT-ADOPTED",
    requirements=("TOM-04", "ASO-18"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(unadopted=True),
    title_ja="NET119のない地域からの通報は、登録地消防本部が受け、電話先が示される",
    title_en="A call from an area without NET119 goes home, with whom to phone",
    stimulus_ja="登録者が、NET119を導入していない市町村から通報する。",
    stimulus_en="A registrant calls from a municipality that has not adopted NET119.",
    expected_ja="登録地消防本部の指令台に届き、管轄の消防本部の名と電話番号が示される。",
    expected_en="The home console has the call and names the responsible department with its "
    "number.",
    why_ja="未導入の地域では、登録地の指令員が管轄の消防本部に電話で伝える。",
    why_en="There the home dispatcher must pass the call on by telephone.",
)
async def not_adopted(t: Trial, w: World) -> None:
    there = w.ground("unadopted")
    console = await w.console()
    phone = await w.handset()
    call = await w.call_from(phone, there)
    await comes_home(t, w, console, call, there, w.patience)


@purpose(
    id="FALLBACK-PEER-DOWN",
    requirements=("ASO-18",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="相手の事業者が動いていなければ、登録地消防本部が受ける",
    title_en="If the other provider is not running, the home department has the call",
    stimulus_ja="相手の事業者が一度つながった後に止まる。その管内から登録者が通報する。",
    stimulus_en="The peer was connected and stops; then a registrant calls from its area.",
    expected_ja="登録地消防本部の指令台に届き、電話先が示される。",
    expected_en="The home console has the call and says whom to phone.",
    why_ja="相手が止まっていることは、災害のときほど起こりやすい。",
    why_en="A peer is most likely to be down when it is needed most.",
)
async def peer_down(t: Trial, w: World) -> None:
    there = w.ground("peer")
    console = await w.console()
    other = await w.peer()
    await other.endpoint_off()
    await other.client_off()
    await w.seen_not_running(other.operator)
    phone = await w.handset()
    call = await w.call_from(phone, there)
    await comes_home(t, w, console, call, there, w.patience)


async def _offered(t: Trial, w: World) -> tuple[Console, HandsetCall, SimulatedPeer, Received]:
    """A call from the peer's area, with its offer at the peer."""
    console = await w.console()
    other = await w.peer()
    return console, *await _offer_at(t, w, other)


async def _offer_at(
    t: Trial, w: World, other: SimulatedPeer
) -> tuple[HandsetCall, SimulatedPeer, Received]:
    phone = await w.handset()
    call = await w.call_from(phone, w.ground("peer"))
    with t.waiting("call.offer at the peer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    return call, other, offer


@purpose(
    id="FALLBACK-PEER-REJECTS",
    requirements=("ASO-18",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="相手の事業者が断れば、すぐに登録地消防本部が受ける",
    title_en="If the other provider rejects the call, the home department has it at once",
    stimulus_ja="相手の管内からの通報を、相手が「指令台なし」で断る。",
    stimulus_en="A call from the peer's area is rejected by the peer with 'no-console'.",
    expected_ja="T1を待たずに登録地消防本部の指令台に届き、通報者にも知らされる（4回のうち最も早い"
    "もので、T1の半分以内）。断られた申し出は繰り返されない。",
    expected_en="The home console has the call and the caller knows it without waiting for T1 (the "
    "soonest of four within half of T1), and the rejected offer is not repeated.",
    why_ja="断られたと分かっているのに待つ時間は、失われた時間である。",
    why_en="Time spent waiting after a clear refusal is lost.",
)
async def peer_rejects(t: Trial, w: World) -> None:
    console, call, other, offer = await _offered(t, w)
    t1_s = w.timers.t1_s or 5.0
    took = await _home_after_rejection(w, console, call, other, offer)
    # Short of T1 x attempts, after which the call would come home without any rejection.
    await comes_home(t, w, console, call, w.ground("peer"), 0.8 * w.t1_total)
    # Waiting for T1 would show: an offer that counts as unanswered is sent again then.
    await t.observe_nothing(
        "the rejected offer is not repeated",
        again_of(other, offer, 1.3 * t1_s + GRACE_S),
        1.3 * t1_s,
        expected="no further call.offer",
        ja="断られた申し出が繰り返されない",
    )

    async def again() -> float:
        return await _home_after_rejection(w, console, *await _offer_at(t, w, other))

    all_took = await until_soon(w, took, again)
    t.check(
        "caller and home console know of the rejection long before T1 is over",
        min(all_took) <= soon(w),
        expected=f"at most {soon(w):g} s after the offer, at the soonest",
        seen=[f"{each:.2f} s" for each in all_took],
        ja="断られたことが、T1が過ぎるよりずっと早く、通報者と登録地の指令台に伝わる",
    )


async def _home_after_rejection(
    w: World, console: Console, call: HandsetCall, other: SimulatedPeer, offer: Received
) -> float:
    """Reject an offer; seconds from its arrival until the call rings at home and its caller knows.

    Infinite where that is not so within T1 x attempts; what is missing then is judged elsewhere.
    """
    await other.reject(offer, RejectReason.NO_CONSOLE)
    home = w.home.department
    try:
        async with asyncio.timeout(w.t1_total):
            await asyncio.gather(
                console.wait_for_call(
                    call.id, w.t1_total, lambda seen: seen.mine and seen.state.value == "ringing"
                ),
                call.wait_for_view(
                    lambda view: (
                        bool(view.notices)
                        and view.receiver is not None
                        and view.receiver.code == home
                    ),
                    w.t1_total,
                ),
            )
    except (TimeoutError, Waited):
        return math.inf
    return (datetime.now(UTC) - offer.at).total_seconds()


@purpose(
    id="FALLBACK-PEER-SILENT",
    requirements=("ASO-18",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="相手の事業者が答えなければ、T1×回数のうちに登録地消防本部が受ける",
    title_en="If the other provider stays silent, the home department has the call in time",
    stimulus_ja="相手の管内からの通報の申し出に、相手が何も答えない。",
    stimulus_en="The peer answers nothing to the offer of a call from its area.",
    expected_ja="同じ申し出が同じ messageId で、T1が過ぎるごとに、申告された回数だけ行われる。"
    "T1×回数が過ぎると登録地消防本部に届き、その後は申し出が行われない（早すぎないことは、4回までのうち"
    "最も遅いもので見る）。",
    expected_en="The same offer is made with the same messageId whenever T1 has passed, as many "
    "times as is declared. After T1 x attempts the home console has the call, and it is not "
    "offered again (whether anything came too soon is judged by the latest of up to four calls).",
    why_ja="誰も受けていない通報に、期限のない状態があってはならない。答える時間がなければ、受けられる相手にも"
    "届かない。",
    why_en="No call may be without a receiver for an unbounded time. Without time to answer, it "
    "does not reach who could take it either.",
    timeout_s=60.0,
)
async def peer_silent(t: Trial, w: World) -> None:
    began = asyncio.get_running_loop().time()
    console, call, other, offer = await _offered(t, w)
    attempts = w.timers.offer_attempts or 2
    t1_s = w.timers.t1_s or 5.0
    if attempts > 1:
        await _repeated(t, w, other, offer)
    kept = [await _kept_waiting(w, console, call, other, offer)]
    spent = (datetime.now(UTC) - offer.at).total_seconds()
    await comes_home(t, w, console, call, w.ground("peer"), max(0.5, w.t1_total + GRACE_S - spent))
    for _ in range(attempts - 2):  # Those that are owed and that nobody has looked at yet.
        await other.watch_for(MessageType.CALL_OFFER, call.id, during=0.1, repeats=None)
    await t.observe_nothing(
        "once the call is at home the offer is not made again",
        again_of(other, offer, 1.3 * t1_s + GRACE_S),
        1.3 * t1_s,
        expected="no further call.offer",
        ja="登録地に届いた後は、申し出が行われない",
    )
    # Where T1 is short, one attempt too many would pass for messages on their way.
    made = len(other.find(MessageType.CALL_OFFER, call.id))
    t.check(
        "the offer is made as many times as is declared",
        made == attempts,
        expected=attempts,
        seen=made,
        ja="申し出が、申告された回数だけ行われる",
    )
    while len(kept) < TRIES and (
        _latest([each for each, _ in kept]) < EARLY * t1_s
        or _latest([each for _, each in kept]) < EARLY * w.t1_total
    ):
        kept.append(await _kept_waiting(w, console, *await _offer_at(t, w, other)))
    if t.standstill.missed_s(began):
        # One that came early may have been the latest by that.
        t.doubt(t.standstill.words())
    if attempts > 1:
        _not_early(
            t,
            "the offer is not repeated before T1 has passed",
            [each for each, _ in kept],
            t1_s,
            ja="T1が過ぎる前に、申し出が繰り返されない",
        )
    _not_early(
        t,
        "the call does not come home before T1 has passed for each attempt",
        [each for _, each in kept],
        w.t1_total,
        ja="T1×回数が過ぎる前に、登録地に届かない",
    )


async def _kept_waiting(
    w: World, console: Console, call: HandsetCall, other: SimulatedPeer, offer: Received
) -> tuple[float, float]:
    """Seconds from an offer that nobody answers to the next one, and until the call is at home.

    Where there are several offers, the shortest that one was waited for. Infinite for what does not
    come, which is judged elsewhere.
    """
    within = w.t1_total + GRACE_S
    try:
        await console.wait_for_call(
            call.id, within, lambda seen: seen.mine and seen.state.value == "ringing"
        )
        home_s = (datetime.now(UTC) - offer.at).total_seconds()
    except Waited:
        home_s = math.inf
    # From the first one on: if a busy machine sees one of the others late, the next is not early.
    repeats = other.find(MessageType.CALL_OFFER, call.id)[1:]
    waits = [
        (each.at - offer.at).total_seconds() / number
        for number, each in enumerate(repeats, start=1)
    ]
    return min(waits, default=math.inf), home_s


def _latest(waited: list[float]) -> float:
    """The latest that came: one that never does must not speak for those that came too soon."""
    return max((each for each in waited if each < math.inf), default=math.inf)


def _not_early(t: Trial, name: str, waited: list[float], due_s: float, *, ja: str) -> None:
    """Check it at the latest of several: a busy machine may see a first offer late, and what
    follows it seems early then; a system that does not wait never does."""
    t.check(
        name,
        _latest(waited) >= EARLY * due_s,
        expected=f"{due_s:g} s or more after the first offer, at the latest",
        seen=[f"{each:.2f} s" for each in waited],
        ja=ja,
    )


async def _repeated(t: Trial, w: World, other: SimulatedPeer, offer: Received) -> None:
    """Check that an unanswered offer comes once more, unchanged."""
    again = await t.observe(
        "the offer is repeated",
        again_of(other, offer, w.t1_total),
        w.t1_total + 1,
        expected="the same call.offer once more",
        ja="申し出が繰り返される",
    )
    if again is not None:
        t.check(
            "the repeated offer has the same messageId",
            again.envelope.message_id == offer.envelope.message_id,
            expected=offer.envelope.message_id,
            seen=again.envelope.message_id,
            ja="繰り返された申し出の messageId が同じである",
        )
