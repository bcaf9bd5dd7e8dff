"""A caller who is connected and says nothing: the owner's console shows since when."""

import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import Presence
from net119_simulators.lookout import LEAST_S

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console
from net119_conformance.listed import shown_in_list
from net119_conformance.looking import looking
from net119_conformance.not_before import seen_late
from net119_conformance.purpose import purpose
from net119_conformance.purposes.chat import talking
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.purposes.transfer_received import owned_by_sut
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

LAST = "最後の文"
Say = Callable[[str], Awaitable[object]]


def silent_of(w: World) -> float:
    """After how many seconds the system under test shows that a caller says nothing."""
    return w.timers.silent_s or 60.0


def _silent(seen: ConsoleCall) -> bool:
    return seen.silent_since is not None


def _heard(seen: ConsoleCall) -> bool:
    return seen.silent_since is None


async def _begins_and_ends(t: Trial, w: World, console: Console, call_id: UUID, say: Say) -> None:
    """A line, silence, and another line: the console shows both changes, and not before time."""
    within = silent_of(w) + w.patience
    # By this clock and from before the line: a system that keeps to its time is never early.
    began = time.monotonic()
    await say(LAST)
    with t.waiting("the caller's line at the console"):
        last = await console.wait_for_line(call_id, lambda line: line.text == LAST, w.patience)
    before = await console.wait_for_call(call_id, w.patience)
    t.check(
        "a caller who has just written is not shown as silent",
        _heard(before),
        expected="not silent",
        seen=before.silent_since or "not silent",
        ja="書いたばかりの通報者は、反応なしと示されない",
    )
    slowest = t.slowest_s
    shown = await t.observe(
        "the console shows that the caller says nothing",
        console.wait_for_call(call_id, within, _silent),
        within + 1,
        expected=f"silentSince, {silent_of(w):g} s after the last line",
        ja="通報者の反応がないことが指令台に示される",
    )
    if shown is None or shown.silent_since is None:
        return
    passed = time.monotonic() - began
    t.slowest_s = max(slowest, passed - silent_of(w))  # what waits for the time set is not slow
    seen_late(t, began, passed, silent_of(w))
    t.check(
        "not before the time that is set has passed",
        passed >= silent_of(w),
        expected=f"{silent_of(w):g} s or more",
        seen=f"{passed:.2f} s",
        ja="設定した時間がたつ前には示されない",
    )
    apart = abs((shown.silent_since - last.at).total_seconds())
    t.check(
        "it counts from the caller's last line",
        apart < silent_of(w) / 2,
        expected=last.at,
        seen=shown.silent_since,
        ja="通報者の最後の文から数える",
    )
    t.check(
        "a silent caller still counts as connected, and the call as answered",
        (shown.presence, shown.state.value) == (Presence.CONNECTED, "answered"),
        expected=("connected", "answered"),
        seen=(shown.presence.value, shown.state.value),
        ja="反応がなくても、接続中で応答中のままである",
    )
    since, begun = looking(w), shown.silent_since
    await console.say(call_id, "聞こえますか。")
    left = since.left()
    await t.observe_nothing(
        "it stays as it is for a while after a line of the dispatcher",
        console.wait_for_call(call_id, left + w.patience, lambda seen: seen.silent_since != begun),
        left,
        expected=f"silentSince stays {begun}",
        ja="指令員の文のしばらくあとにも、反応なしのままである",
    )
    await t.observe(
        "a line of the dispatcher does not end it",
        shown_in_list(w, console, call_id, lambda seen: seen.silent_since == begun),
        w.patience + 1,
        expected=begun,
        ja="指令員の文では終わらない",
    )
    await say("います")
    await t.observe(
        "the next line ends it",
        console.wait_for_call(call_id, w.patience, _heard),
        w.patience + 1,
        expected="silentSince is null",
        ja="次の文で終わる",
    )


@purpose(
    id="SILENT-CALLER",
    requirements=("CNB-31", "ASO-15"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(once=True),
    title_ja="接続中の通報者が何も書かないと、いつからかが指令台に示され、次の文で終わる",
    title_en="A caller who is connected and writes nothing is shown as silent until the next line",
    stimulus_ja="応答の後、通報者が一文を書いて黙り、指令員だけが書く。その後、通報者がまた書く。"
    "最後に端末の通信が切れる。",
    stimulus_en="After the answer the caller writes one line and no more while the dispatcher "
    "writes; then the caller writes again; in the end the handset's connection is gone.",
    expected_ja="設定した時間の後、最後の文の時刻からの反応なしが示され、指令員の文では変わらず、次の文で消える。"
    "切断は反応なしでなく切断として示され、設定した時間がたっても変わらない。",
    expected_en="After the time that is set the console shows silence since the last line, "
    "whatever the dispatcher writes, and no more after the next one. A handset that is gone is "
    "shown as gone, not as silent, also once that time has passed again.",
    why_ja="倒れた人も、待っている人も、画面では同じ沈黙に見える。いつからかが判断の手がかりになる。",
    why_en="Who has collapsed and who just waits look the same on the screen; since when is what a "
    "dispatcher can judge by.",
    timeout_s=45.0,
)
async def own(t: Trial, w: World) -> None:
    console, call = await talking(w)
    await _begins_and_ends(t, w, console, call.id, call.say)
    with t.waiting("the silence that follows"):
        await console.wait_for_call(call.id, silent_of(w) + w.patience, _silent)
    call.drop()
    gone = await t.observe(
        "a handset whose connection is gone is shown as gone",
        console.wait_for_call(call.id, w.patience, lambda seen: seen.presence is Presence.GONE),
        w.patience + 1,
        expected="gone",
        ja="通信の切れた端末は、切断と示される",
    )
    if gone is not None:
        t.check(
            "who is gone is not silent",
            _heard(gone),
            expected="silentSince is null",
            seen=gone.silent_since or "null",
            ja="切断された通報者は、反応なしとは示されない",
        )
        # As long as it would take, and longer, if it counted from the loss of the connection.
        gone_s = silent_of(w) + LEAST_S
        await t.observe_nothing(
            "nor does who is gone become silent with time",
            console.wait_for_call(call.id, gone_s + w.patience, _silent),
            gone_s,
            expected="silentSince stays null",
            ja="切断された通報者は、時間がたっても反応なしとは示されない",
        )


@purpose(
    id="SILENT-CALLER-RECEIVED",
    requirements=("ASO-15", "ASO-19"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True, once=True),
    title_ja="ほかの事業者から来た通報でも、通報者が何も書かなければ、いつからかが示される",
    title_en="A silent caller is shown at the owner's console also where the call was routed to it",
    stimulus_ja="割り当てられた通報に指令員が応答する。登録地側から通報者の文が一つ届き、その後は"
    "何も届かない。やがて次の文が届く。",
    stimulus_en="A dispatcher answers an assigned call; the anchor passes one line of the caller "
    "on, then nothing, and later another line.",
    expected_ja="登録地側が何も知らせなくても、届いた文と接続の電文から、いつからかが示され、次の文で"
    "終わる。",
    expected_en="Without any message about it the console shows since when, by the lines and the "
    "presence that came, and no more after the next line.",
    why_ja="担当の指令員は、通報者がどの事業者に登録していても、同じ手がかりを必要とする。",
    why_en="The dispatcher who has the call needs the same clue wherever the caller is registered.",
    timeout_s=45.0,
)
async def received(t: Trial, w: World) -> None:
    other = await w.peer()
    console, call = await owned_by_sut(t, w, other)
    await _begins_and_ends(t, w, console, call.call_id, call.say_as_caller)
    keeps_the_profile(t, other)
