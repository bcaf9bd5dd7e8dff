"""The machine's answer where nobody took the call: at once, in Japanese, with other means."""

import asyncio
import contextlib

from net119_protocol.api.problems import Problem
from net119_protocol.codes import CallState, Kind, Mode, PlaceChoice, ProviderState, Refusal
from net119_protocol.interconnect import MessageType
from net119_simulators.errors import CallRefused, Waited

from net119_conformance.at_calls import MEANS, NEIGHBOUR, NOT_CALLED
from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.looking import looking
from net119_conformance.not_before import Since
from net119_conformance.purpose import purpose
from net119_conformance.purposes.unanswered import RINGING, reminded, t2_of
from net119_conformance.told import (
    names_other_means,
    one_says,
    refused_plainly,
    says_not_received,
    told,
)
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.plan import Ground
from net119_conformance.world.world import World

AT_ONCE_S = 2.0
"""From the moment at which it is certain that nobody has the call to the machine's words."""
TO_DISPATCHER = ("届いていない", "届いていません", "受けていない", "受け付けていない")
BUSY = ("混み合", "混雑", "混んで", "過負荷")
PLAIN = (" / ".join(NOT_CALLED), " / ".join(NEIGHBOUR), " / ".join(MEANS))


async def _machine_answers(
    t: Trial, w: World, call: HandsetCall, within: float, what: str, ja: str
) -> None:
    """Check that the caller reads, in the view and in the chat, that nobody has the call."""

    def plain(text: str) -> bool:
        return says_not_received(text) and names_other_means(text)

    await t.observe(
        f"{what}: the caller is told that it was not received, and which other means there are",
        call.wait_for_view(lambda view: one_says(view, NOT_CALLED, NEIGHBOUR, MEANS), within),
        within + 1,
        expected=PLAIN,
        ja=f"{ja}: 届いていないことと、ほかの手段が通報者に示される",
    )
    await t.observe(
        f"{what}: the machine says so in the chat",
        call.wait_for_line(lambda line: plain(line.text), w.patience),
        w.patience + 1,
        expected=PLAIN,
        ja=f"{ja}: チャットにも、機械の文として示される",
    )


@purpose(
    id="NOT-RECEIVED-AT-ONCE",
    requirements=("CNB-38", "CNB-33"),
    derived=("CNB-38",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(own_system=True, peer=True, live=True),
    title_ja="誰も受けていない通報には、機械が直ちに、届いていないこととほかの手段を日本語で知らせる",
    title_en="Where nobody has a call the machine says so at once, in Japanese, and names other "
    "means",
    stimulus_ja="登録地の指令台が一つも開かれていないときに、登録地の管内、止まった相手の管内、断る相手の管内"
    "から通報する。その後に指令台が開かれる。練習の通報もする。",
    stimulus_en="While no console of the home center is open, calls are made from its own area, "
    "from that of a peer that rejects, and from that of a peer that is down; then a console opens. "
    "A practice call is made, too.",
    expected_ja="どの通報でも、届いていないことと、声を使わない方法を含むほかの手段が、直ちに示される。"
    "後から開いた指令台で通報は鳴っていて、応答できる。練習では、画面でもチャットでも、"
    "ほかの手段で通報させない。",
    expected_en="Each caller reads at once that it was not received, and other means, one without "
    "a voice among them. The calls ring at the console that opens later and can be answered. A "
    "practice call sends nobody to other means, be it in the view or in the chat.",
    why_ja="返事のない画面の前で待つ間に、近くの人に頼むことができた。",
    why_en="Whoever waits before a silent page could have asked somebody nearby instead.",
    timeout_s=60.0,
)
async def at_once(t: Trial, w: World) -> None:
    there = w.ground("peer")
    other = await w.peer()
    first = await _nobody(t, w, w.home, "own area", "登録地の管内")
    rejected = await w.call_from(await w.handset(), there, mode=Mode.LIVE)
    with t.waiting("call.offer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=rejected.id, within=w.patience)
    await other.reject(offer)
    await _machine_answers(t, w, rejected, AT_ONCE_S, "peer rejects", "相手が断る")
    await other.endpoint_off()
    await other.client_off()
    await w.seen_not_running(other.operator)
    down = await _nobody(t, w, there, "peer down", "相手が止まっている")
    since = looking(w)
    practice = await w.call_from(await w.handset(), w.home, mode=Mode.PRACTICE)
    view = await t.observe(
        "a practice call that nobody has says that it was not received",
        practice.wait_for_view(lambda seen: says_not_received(told(seen)), AT_ONCE_S),
        AT_ONCE_S + 1,
        expected=" / ".join(NOT_CALLED),
        ja="練習: 届いていないことが示される",
    )
    # What the machine says in the chat may come after the view, and may be what a live call reads.
    with contextlib.suppress(Waited):
        await practice.wait_for_line(lambda line: _sends_away(line.text), since.left())
    read = [told(practice.view), *(line.text for line in practice.lines)]
    t.check(
        "a practice call sends nobody to other means",
        view is not None and not any(map(_sends_away, read)),
        expected="no other means, neither in the view nor in the chat",
        seen=read,
        ja="練習では、ほかの手段で通報させない",
    )
    console = await w.console()
    for call, what, ja in (
        (first, "own area", "登録地の管内"),
        (rejected, "peer rejects", "相手が断る"),
        (down, "peer down", "相手が止まっている"),
    ):
        shown = await t.observe(
            f"{what}: the call rings for the console that opens later",
            console.wait_for_call(
                call.id, w.patience, lambda seen: seen.mine and seen.state is CallState.RINGING
            ),
            w.patience + 1,
            expected="ringing",
            ja=f"{ja}: 後から開いた指令台で鳴っている",
        )
        t.check(
            f"{what}: the dispatcher reads what the caller was told",
            one_says(shown, TO_DISPATCHER),
            expected=" / ".join(TO_DISPATCHER),
            seen=told(shown) or "nothing",
            ja=f"{ja}: 通報者に何と知らせたかが、指令員に示される",
        )
    await _can_talk(t, w, console, first)


def _sends_away(text: str) -> bool:
    return any(each in text for each in (*NEIGHBOUR, *MEANS))


async def _nobody(t: Trial, w: World, ground: Ground, what: str, ja: str) -> HandsetCall:
    call = await w.call_from(await w.handset(), ground, mode=Mode.LIVE)
    await _machine_answers(t, w, call, AT_ONCE_S, what, ja)
    return call


async def _can_talk(t: Trial, w: World, console: Console, call: HandsetCall) -> None:
    """The call goes on: somebody answers, and the two can chat."""
    answered = await t.observe(
        "the call can still be answered",
        console.answer(call.id, within=w.patience),
        w.patience + 1,
        expected="answered",
        ja="まだ応答できる",
    )
    if answered is None:
        return
    said = await console.say(call.id, "消防です。遅くなりました")
    await t.observe(
        "and the caller reads the dispatcher",
        call.wait_for_line(lambda line: line.seq == said.seq, w.patience),
        w.patience + 1,
        expected=f"line {said.seq}",
        ja="指令員の文が通報者に届く",
    )


@purpose(
    id="UNANSWERED-AT-HOME",
    requirements=("CNB-38",),
    derived=("CNB-38",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(own_system=True, live=True),
    title_ja="登録地で誰も応答しないと、T2で催促し、T2の二倍で通報者に届いていないと知らせ、鳴り続ける",
    title_en="At home nobody answers: reminder at T2, after twice T2 the caller is told that it "
    "was "
    "not received, and it rings on",
    stimulus_ja="指令台が開かれているのに、登録地の管内からの通報に誰も応答しない。T2の二倍を過ぎてから応答する。",
    stimulus_en="A console is open, and nobody answers a call from the home area until twice T2 "
    "has "
    "passed.",
    expected_ja="T2で指令台に催促が出て、通報者に、まだ応答がないこととほかの手段が示される。T2の二倍で、"
    "届いていないことが示される。どれもその時間より早くは出ない。通報は鳴り続け、応答すればやりとりできる。",
    expected_en="At T2, not before, the console is reminded, and the caller reads that nobody has "
    "answered yet, and other means; after twice T2, not before, that it was not received. The call "
    "rings on and can be answered.",
    why_ja="誰も見ていない指令台に通報が届いても、助けは来ない。",
    why_en="A call at a console that nobody looks at brings no help.",
    timeout_s=45.0,
)
async def at_home(t: Trial, w: World) -> None:
    console = await w.console()
    phone = await w.handset()
    since = Since()
    call = await w.call_from(phone, w.home, mode=Mode.LIVE)
    with t.waiting("the call at the console"):
        await console.wait_for_call(call.id, w.patience, lambda seen: seen.mine)
    t.check(
        "a call that rings at an open console is not called lost",
        not says_not_received(told(call.view)),
        expected="no such text",
        seen=told(call.view) or "nothing",
        ja="開かれた指令台で鳴る通報を、届いていないとしない",
    )
    # Beside the reminder: what the caller reads too early must not be found only after it.
    within = t2_of(w) + 2 * w.patience
    reading = w.start(
        call.wait_for_view(lambda view: one_says(view, RINGING, NEIGHBOUR, MEANS), within)
    )
    read_after = since.at_end_of(reading)
    await reminded(t, w, console, call.id, since)
    reads = await t.observe(
        "at T2 the caller reads that nobody has answered yet, and which other means there are",
        w.ended(reading),
        w.patience,
        expected=(" / ".join(RINGING), " / ".join(MEANS)),
        ja="T2で、まだ応答がないことと、ほかの手段が通報者に示される",
    )
    if reads is not None:
        since.not_before(
            t,
            "the caller is not told before T2 that nobody has answered",
            t2_of(w),
            passed_s=read_after(),
            ja="T2がたつ前には、まだ応答がないと通報者に示されない",
        )
    await _machine_answers(t, w, call, t2_of(w) + w.patience, "twice T2", "T2の二倍")
    since.not_before(
        t,
        "the caller is not told before twice T2 that it was not received",
        2 * t2_of(w),
        ja="T2の二倍がたつ前には、届いていないと通報者に示されない",
    )
    shown = await t.observe(
        "twice T2: the dispatcher reads what the caller was told",
        console.wait_for_call(call.id, w.patience, lambda seen: one_says(seen, TO_DISPATCHER)),
        w.patience + 1,
        expected=" / ".join(TO_DISPATCHER),
        ja="T2の二倍: 通報者に何と知らせたかが、指令員に示される",
    )
    if shown is None:
        return
    t.check(
        "the call rings on",
        shown.mine and shown.state is CallState.RINGING,
        expected=(True, "ringing"),
        seen=(shown.mine, shown.state.value),
        ja="通報は鳴り続ける",
    )
    await _can_talk(t, w, console, call)


@purpose(
    id="REFUSED-OVERLOAD",
    requirements=("ASO-20", "CNB-38"),
    derived=("CNB-38",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(own_system=True),
    title_ja="過負荷の間は新しい通報を理由とほかの手段を示して断り、続いている通報は守る",
    title_en="In overload new calls are refused with the reason and other means, and open ones go "
    "on",
    stimulus_ja="一件の通報が続いているときに、試験対象を過負荷にする。別の登録者が通報する。通常に戻してから"
    "もう一度通報する。",
    stimulus_en="While a call is open the system is declared overloaded; another registrant calls, "
    "and again once it is normal.",
    expected_ja="新しい通報は overload として断られ、届いていないこと、理由、ほかの手段が日本語で示"
    "される。"
    "続いている通報は両方から書ける。通常に戻れば受け付ける。",
    expected_en="The new call is refused as 'overload', and the caller reads that it was not "
    "received, why, and other means. In the open call both can write. Once normal, calls are "
    "taken.",
    why_ja="待たされたまま断られない通報者は、ほかの手段を使わない。",
    why_en="A caller who is kept waiting instead of refused does not use other means.",
    timeout_s=45.0,
)
async def overload(t: Trial, w: World) -> None:
    console = await w.console()
    first, second = await w.handset(), await w.handset()
    going = await w.call_from(first, w.home)
    with t.waiting("the call at the console"):
        await console.wait_for_call(going.id, w.patience, lambda seen: seen.mine)
    await console.answer(going.id)
    await w.set_state(ProviderState.OVERLOADED)
    problem: Problem | None = None
    try:
        taken = await second.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=w.fix_at(w.home))
    except CallRefused as refusal:
        seen, problem = refusal.code.value, refusal.problem
    else:
        seen = f"call {taken.id} was taken"
    t.check(
        "in overload a new call is refused",
        seen == Refusal.OVERLOAD.value,
        expected=Refusal.OVERLOAD.value,
        seen=seen,
        ja="過負荷の間の新しい通報は断られる",
    )
    refused_plainly(t, problem, BUSY, "過負荷")
    said = await t.observe(
        "the open call's caller can still write",
        going.say("まだ煙が出ています", within=w.patience),
        w.patience + 1,
        expected="an acknowledgement",
        refusals=(CallRefused,),
        ja="続いている通報の通報者は、まだ書ける",
    )
    answer = await t.observe(
        "the open call's dispatcher can still write",
        console.say(going.id, "隊が向かっています", within=w.patience),
        w.patience + 1,
        expected="an acknowledgement",
        refusals=(CallRefused,),
        ja="続いている通報の指令員は、まだ書ける",
    )
    if said is not None and answer is not None:
        await t.observe(
            "and each reads the other",
            asyncio.gather(
                console.wait_for_line(going.id, lambda line: line.seq == said.seq, w.patience),
                going.wait_for_line(lambda line: line.seq == answer.seq, w.patience),
            ),
            w.patience + 1,
            expected=(said.seq, answer.seq),
            ja="互いの文が届く",
        )
    await w.set_state(ProviderState.NORMAL)
    await t.observe(
        "back to normal a call is taken",
        w.call_from(second, w.home),
        w.patience,
        expected="a call",
        refusals=(CallRefused,),
        ja="通常に戻れば、通報が受け付けられる",
    )
