"""The chat: order, repeats and choices."""

import asyncio
import contextlib

from net119_protocol.chat import Option
from net119_simulators.errors import CallRefused, Waited

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

LINES = 12
"""Lines from each side; enough that a relay which reorders or drops does it here."""


async def talking(w: World) -> tuple[Console, HandsetCall]:
    """A call from the home area, answered."""
    console = await w.console()
    phone = await w.handset()
    call = await w.call_from(phone, w.home)
    with w.trial.waiting("the call at the console"):
        await console.wait_for_call(call.id, w.patience)
    await console.answer(call.id)
    return console, call


async def same_lines(t: Trial, w: World, console: Console, call: HandsetCall) -> None:
    """Check that both sides show the same lines in the same order, none twice."""
    last = max((line.seq for line in (*call.lines, *console.lines(call.id))), default=0)
    # One side may have the newest line before the other. If it never comes, the check tells.
    with contextlib.suppress(Waited):
        await call.wait_for_line(lambda line: line.seq == last, w.patience)
        await console.wait_for_line(call.id, lambda line: line.seq == last, w.patience)
    mine = [(line.seq, line.text) for line in call.lines]
    theirs = [(line.seq, line.text) for line in console.lines(call.id)]
    t.check(
        "both sides show the same lines in the same order",
        mine == theirs and len(mine) > 0,
        expected=mine,
        seen=theirs,
        ja="双方に同じ文が同じ順で表示される",
    )
    breaches = [str(each) for each in (*call.violations, *console.violations)]
    t.check(
        "no line is missing, repeated or out of order",
        not breaches,
        expected="none",
        seen=breaches or "none",
        ja="抜け・重複・順序の乱れがない",
    )


@purpose(
    id="CHAT-ORDER",
    requirements=("CTS-09",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(),
    title_ja="双方が同時に書いても、文は双方に同じ順で一度ずつ表示される",
    title_en="Lines written by both at once appear on both sides in one order, once each",
    stimulus_ja="応答の後、通報者と指令員が同時に多くの文を書く。",
    stimulus_en="After the answer, caller and dispatcher write many lines at the same time.",
    expected_ja="番号は1から抜けなく続き、双方の画面が一致する。",
    expected_en="Numbers run from 1 without gaps, and both screens agree.",
    why_ja="順序が違えば「はい」がどの質問への答えか分からない。",
    why_en="If the order differs, nobody knows which question a 'yes' answers.",
)
async def order(t: Trial, w: World) -> None:
    console, call = await talking(w)

    stored: list[int] = []

    async def caller() -> None:
        for number in range(LINES):
            stored.append((await call.say(f"通報者 {number}")).seq)

    async def dispatcher() -> None:
        for number in range(LINES):
            stored.append((await console.say(call.id, f"指令員 {number}")).seq)

    async def both() -> int:
        await asyncio.gather(caller(), dispatcher())
        return 2 * LINES

    await t.observe(
        "every line is acknowledged",
        both(),
        2 * w.patience,
        expected=f"{2 * LINES} acknowledgements",
        ja="すべての文が確認される",
    )
    # By the acknowledgements: a screen may show the last lines later than they are stored.
    last = max((*stored, *(line.seq for line in call.lines)), default=0)
    for who, arrival in (
        ("handset", call.wait_for_line(lambda line: line.seq == last, w.patience)),
        ("console", console.wait_for_line(call.id, lambda line: line.seq == last, w.patience)),
    ):
        await t.observe(
            f"the last line reaches the {who}",
            arrival,
            w.patience + 1,
            expected=f"line {last}",
            ja="最後の文が届く",
        )
    numbers = [line.seq for line in call.lines]
    t.check(
        "numbers run without gaps",
        numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 2 * LINES,
        expected=f"1 to at least {2 * LINES}",
        seen=numbers,
        ja="番号が抜けなく続く",
    )
    for prefix, who in (("通報者", "caller's"), ("指令員", "dispatcher's")):
        said = [line.text for line in call.lines if line.text.startswith(prefix)]
        t.check(
            f"the {who} lines keep their order",
            said == [f"{prefix} {number}" for number in range(LINES)],
            expected=f"{prefix} 0 to {LINES - 1}",
            seen=said,
            ja=f"{prefix}の文の順が保たれる",
        )
    await same_lines(t, w, console, call)


@purpose(
    id="CHAT-DUPLICATE",
    requirements=("CTS-09",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(),
    title_ja="同じ文が二度送られても、一度だけ記録され、同じ番号が返る",
    title_en="A line sent twice is stored once and acknowledged with the same number",
    stimulus_ja="通報者が、同じ clientId の文を二度送り、続けて別の文を送る。",
    stimulus_en="The caller sends a line with the same clientId twice, then another line.",
    expected_ja="二度とも同じ番号で確認され、指令台には一度だけ表示される。",
    expected_en="Both are acknowledged with one number, and the console shows the line once.",
    why_ja="電波の悪い所の端末は、確認が届かなければ送り直す。",
    why_en="A handset with a bad link sends again when the acknowledgement is lost.",
)
async def duplicate(t: Trial, w: World) -> None:
    console, call = await talking(w)
    first = await call.say("たすけて", client_id="same-1")
    second = await t.observe(
        "the repeated line is acknowledged, too",
        call.say("たすけて", client_id="same-1"),
        w.patience,
        expected=f"an acknowledgement with the number {first.seq}",
        ja="送り直した文も確認される",
    )
    if second is None:
        return
    t.check(
        "both acknowledgements give the same number",
        first.seq == second.seq,
        expected=first.seq,
        seen=second.seq,
        ja="二度とも同じ番号で確認される",
    )
    after = await call.say("はやく")
    await t.observe(
        "the next line reaches the console",
        console.wait_for_line(call.id, lambda line: line.text == "はやく", w.patience),
        w.patience + 1,
        expected="はやく",
        ja="次の文が指令台に届く",
    )
    t.check(
        "the next line has the next number",
        after.seq == first.seq + 1,
        expected=first.seq + 1,
        seen=after.seq,
        ja="次の文は次の番号になる",
    )
    shown = [line.text for line in console.lines(call.id)].count("たすけて")
    t.check(
        "the console shows the line once",
        shown == 1,
        expected=1,
        seen=shown,
        ja="指令台には一度だけ表示される",
    )
    await same_lines(t, w, console, call)


@purpose(
    id="CHAT-CHOICE",
    requirements=("CTS-10",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(),
    title_ja="選択肢をタップするだけで答えられる",
    title_en="The caller can answer by tapping a choice",
    stimulus_ja="指令員が選択肢つきの質問をし、通報者が一つを選ぶ。次に、ない選択肢を選ぶ。",
    stimulus_en="The dispatcher asks with options; the caller taps one, then one that does not "
    "exist.",
    expected_ja="選んだ答えが質問の番号とともに届き、ない選択肢は理由つきで断られる。",
    expected_en="The answer arrives with the question's number; the option that does not exist is "
    "refused with the reason.",
    why_ja="文字を打てないときでも、選ぶことはできる。",
    why_en="Someone who cannot type can still tap.",
)
async def choice(t: Trial, w: World) -> None:
    console, call = await talking(w)
    asked = await console.say(
        call.id,
        "病気ですか、けがですか",
        (Option(id="ill", label="病気"), Option(id="hurt", label="けが")),
    )
    question = await t.observe(
        "the question reaches the caller with its options",
        call.wait_for_line(lambda line: line.seq == asked.seq and bool(line.options), w.patience),
        w.patience + 1,
        expected="病気 / けが",
        ja="質問が選択肢とともに届く",
    )
    if question is None:
        return
    answered = await t.observe(
        "the tapped answer is acknowledged",
        call.choose(asked.seq, "hurt"),
        w.patience,
        expected="an acknowledgement",
        ja="選んだ答えが確認される",
    )
    if answered is None:
        return
    line = await t.observe(
        "the answer reaches the console",
        console.wait_for_line(call.id, lambda got: got.seq == answered.seq, w.patience),
        w.patience + 1,
        expected=f"line {answered.seq}",
        ja="答えが指令台に届く",
    )
    if line is not None:
        chosen = None if line.choice is None else (line.choice.seq, line.choice.option_id)
        t.check(
            "the answer names the question and the option",
            chosen == (asked.seq, "hurt"),
            expected=(asked.seq, "hurt"),
            seen=chosen,
            ja="答えが、質問と選択肢を示している",
        )
    try:
        wrong = await call.choose(asked.seq, "neither")
    except CallRefused as refusal:
        seen, refused = refusal.code.value, True
    else:
        seen, refused = f"stored as line {wrong.seq}", False
    t.check(
        "an option that was not offered is refused",
        refused,
        expected="refused with a reason",
        seen=seen,
        ja="ない選択肢は断られる",
    )
