"""The department's switch "a silent caller counts as a disaster", borrowed from home alarms."""

import time

from net119_protocol.api.common import NoticeCode
from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import Mode
from net119_protocol.labels import label
from net119_simulators.lookout import LEAST_S

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.listed import shown_in_list
from net119_conformance.looking import looking
from net119_conformance.not_before import seen_late
from net119_conformance.purpose import purpose
from net119_conformance.purposes.silence import silent_of
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.plan import Ground
from net119_conformance.world.world import World

CODE = NoticeCode.SILENT_DISASTER
ASKED = "聞こえますか。返事ができますか。"


def _told(seen: ConsoleCall) -> bool:
    return any(each.code is CODE for each in seen.notices)


def _silent(seen: ConsoleCall) -> bool:
    return seen.silent_since is not None


async def _answered(w: World, ground: Ground) -> tuple[Console, HandsetCall]:
    """A call from the department's area whose caller has written one line."""
    console = await w.console(ground)
    call = await w.call_from(await w.handset(), ground)
    with w.trial.waiting("the call at the console"):
        await console.wait_for_call(call.id, w.patience)
    await console.answer(call.id)
    await call.say("胸が苦しい")
    return console, call


@purpose(
    id="SILENT-DISASTER",
    requirements=("ASO-15",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(sibling=True, silent_is_disaster=True, once=True),
    title_ja="規則のある消防本部の指令台にだけ、反応のない通報を災害として扱うことが示される",
    title_en="A silent caller counts as a disaster at a department with that rule only",
    stimulus_ja="規則のある消防本部とない消防本部で、通報者が一文を書いて黙る。"
    "反応なしと示されると、規則のないほうの指令員が呼び掛け、規則のあるほうの指令員は、設定した時間の"
    "二倍より長く待ってから呼び掛ける。規則のあるほうの通報者は、やがてまた書く。",
    stimulus_en="At a department with the rule and at one without it a caller writes one line and "
    "no more, and both are shown as silent. The dispatcher of the one without it asks at once, the "
    "other one only after more than twice the time that is set. In the end the caller at the first "
    "one writes again.",
    expected_ja="呼び掛けてから設定した時間の後、規則のあるほうの指令台に、消防本部名と、試験であることを"
    "含めて示される。通報者には示されず、出動は記録されない。次の文で消える。",
    expected_en="Once the time that is set has passed after the question, the console of the first "
    "one is told, with the department's name and that it is a test call. The caller is not told, "
    "nothing is dispatched, and the next line ends it. The other console is told nothing.",
    why_ja="京都の緊急通報では、応答がなければ災害とみなす（KYO-07）。規則は消防本部が決め、"
    "出動は指令員が決める。",
    why_en="Kyoto's home alarms count no answer as a disaster (KYO-07). Whether to do so is for "
    "the department to choose, and whom to send for its dispatcher.",
    timeout_s=75.0,
)
async def rule(t: Trial, w: World) -> None:
    other_console, other = await _answered(w, w.ground("sibling"))
    console, call = await _answered(w, w.home)
    with t.waiting("the silence of both"):
        for desk, one in ((other_console, other), (console, call)):
            await desk.wait_for_call(one.id, silent_of(w) + w.patience, _silent)
    # Where it must never come it gets three times as long as the rule takes: a system that has it
    # with a longer time, or counts from the silence and once more from its own reminder, is seen.
    # The notice stays until the caller writes, so that one look at the end tells of all this time.
    await other_console.say(other.id, ASKED)
    unasked_s = 2 * silent_of(w) + LEAST_S
    await t.observe_nothing(
        "nobody is said not to react before being asked",
        console.wait_for_call(call.id, unasked_s + w.patience, _told),
        unasked_s,
        expected=f"no {CODE.value}",
        ja="呼び掛ける前には示されない",
    )
    began = time.monotonic()
    await console.say(call.id, ASKED)
    within = silent_of(w) + w.patience
    shown = await t.observe(
        "the console is told that it counts as a disaster",
        console.wait_for_call(call.id, within, _told),
        within + 1,
        expected=f"{CODE.value}, {silent_of(w):g} s after the question",
        ja="災害として扱うことが指令台に示される",
    )
    since = looking(w)
    if shown is not None:
        passed = time.monotonic() - began
        seen_late(t, began, passed, silent_of(w))
        t.check(
            "not before the caller had the time that is set to react",
            passed >= silent_of(w),
            expected=f"{silent_of(w):g} s or more",
            seen=f"{passed:.2f} s",
            ja="設定した時間がたつ前には示されない",
        )
        _check_text(t, w, shown)
    # The rule may act a moment after it is told, and another device may hear of it later.
    left = since.left()
    await t.observe_nothing(
        "nor is a department without the rule told a moment later",
        other_console.wait_for_call(other.id, left + w.patience, _told),
        left,
        expected=f"no {CODE.value}",
        ja="規則のない消防本部には、しばらくあとにも示されない",
    )
    await t.observe(
        "a department without the rule is told nothing of it",
        shown_in_list(w, other_console, other.id, lambda seen: _silent(seen) and not _told(seen)),
        w.patience + 1,
        expected=f"silent, no {CODE.value}",
        ja="規則のない消防本部には示されない",
    )
    left = since.left()
    await t.observe_nothing(
        "the caller is not told of a dispatch that nobody has decided",
        call.wait_for_view(
            lambda seen: any(each.code is CODE for each in seen.notices), left + w.patience
        ),
        left,
        expected=f"no {CODE.value}",
        ja="通報者には示されない",
    )
    record = await console.record(call.id)
    t.check(
        "nothing is dispatched by the system",
        record.dispatches == (),
        expected="no dispatch",
        seen=record.dispatches,
        ja="自動では出動しない",
    )
    await call.say("います")
    await t.observe(
        "the caller's next line ends it",
        console.wait_for_call(call.id, w.patience, lambda seen: not _told(seen)),
        w.patience + 1,
        expected=f"no {CODE.value}",
        ja="次の文で消える",
    )


def _check_text(t: Trial, w: World, shown: ConsoleCall) -> None:
    texts = [(each.text_ja, each.text_en) for each in shown.notices if each.code is CODE]
    t.check(
        "it is told once",
        len(texts) == 1,
        expected=1,
        seen=len(texts),
        ja="一度だけ示される",
    )
    test = f"【{label(Mode.TEST, 'ja')}】"
    t.check(
        "it names the department's rule, and that this is no real call",
        all(w.home.name_ja in ja and test in ja for ja, _ in texts)
        and all(label(Mode.TEST, "en").upper() in en for _, en in texts),
        expected=(w.home.name_ja, test),
        seen=texts,
        ja="消防本部の規則であることと、実際の通報でないことを示す",
    )
