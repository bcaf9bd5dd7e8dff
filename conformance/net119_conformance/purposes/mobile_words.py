"""Characters that a feature phone cannot show or send: replaced to be seen, told, never lost."""

import re

from net119_protocol.codes import Kind, SenderRole
from net119_protocol.interconnect import MessageType
from net119_simulators.handsets.walking import Placed
from net119_simulators.pages import Page

from net119_conformance.at_phones import DOCOMO, NO_WAY_ON, STEP_S, chat_with, logged_in, walking
from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.new_calls import NewCalls
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_KEPT = "①～㈱髙ｶﾅ"
_LINE = f"始𠮷中🚑終{_KEPT}"
_SHOWN = re.compile(r"始(.+?)中(.+?)終")
_SIGN = re.compile(
    r"〓|〔[^〔〕]+〕|【[^【】]+】|［[^［］]+］|（[^（）]+）|\([^()]+\)|\[[^\[\]]+\]"
)
"""What nobody takes for a letter of the text: the printers' geta, or words in brackets."""
_SUN = "\ue63e"
"""docomo's emoji of the sun, F89F in Shift_JIS as its phones send it."""


def _run_on(page: Page) -> str:
    return "".join(page.text.split())


@purpose(
    id="MOBILE-CHARACTERS",
    requirements=("CNB-30",),
    derived=("CNB-30",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(phones=True, profile="aso"),
    timeout_s=120.0,
    title_ja="フィーチャーフォンに表示できない文字は、見える形で置き換わり、書いた人に知らされる",
    title_en="What a feature phone cannot show is seen to be replaced, and its writer is told",
    stimulus_ja="指令員が、ドコモの端末に「𠮷」「🚑」と、表示できる「①～㈱髙」を書く。端末から、携帯"
    "電話の絵文字と「①～㈱髙」を書く。",
    stimulus_en="A dispatcher writes 𠮷 and 🚑, and ①～㈱髙 which it can show, to a docomo phone. "
    "The phone writes an emoji of its carrier, and ①～㈱髙.",
    expected_ja="表示できない文字は〓か括弧つきの言葉になり、ほかは変わらない。書いた人は、置き換わった"
    "ことを知らされる。記録には元の文字が残る。",
    expected_en="Characters that cannot be shown become 〓 or words in brackets, and all others "
    "stay. Whoever wrote them is told. The record keeps the original.",
    why_ja="黙って消えたり化けたりした文字は、名前や場所を別のものにする。",
    why_en="A character that vanishes or changes without a sign makes another name or place of it.",
)
async def mobile_characters(t: Trial, w: World) -> None:
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    who = await w.register()
    walk = await walking(w, DOCOMO)

    async def called() -> Page:
        await logged_in(w, walk, who)
        return (await walk.call(Kind.AMBULANCE)).page

    if not await t.observe(
        "the phone can log in and call",
        called(),
        STEP_S,
        expected="the page of the chat",
        refusals=NO_WAY_ON,
        ja="ログインし通報できる",
    ):
        return
    rung = await new.once_rung()
    call = t.require("the call rings at the console", rung)[0].call_id
    await console.answer(call, within=w.patience)
    written = await console.say(call, _LINE, within=w.patience)
    page = _run_on(await chat_with(w, walk, lambda page: _SHOWN.search(_run_on(page))))
    found = _SHOWN.search(page)
    parts = found.groups() if found is not None else ()
    t.check(
        "characters that the phone cannot show are seen to be replaced",
        len(parts) == 2 and all(_SIGN.fullmatch(each) for each in parts),
        expected="始〓中〔...〕終, or the like",
        seen=found.group() if found is not None else page,
        ja="表示できない文字は、置き換わったとわかる形で示される",
    )
    t.check(
        "characters that the phone can show stay as they are",
        f"終{_KEPT}" in page,
        expected=_KEPT,
        seen=page,
        ja="表示できる文字は変わらない",
    )
    told = await t.observe(
        "the dispatcher is told which characters the phone does not show",
        console.wait_for_line(
            call,
            lambda line: line.sender is SenderRole.SYSTEM and "𠮷" in line.text,
            within=w.patience,
        ),
        w.patience + 1,
        expected="a notice that names 𠮷 and 🚑",
        ja="端末に表示できない文字が、指令員に知らされる",
    )
    if told is not None:
        t.check(
            "the notice names all of them and no other",
            "🚑" in told.text and not any(each in told.text for each in "①㈱髙"),
            expected="𠮷 and 🚑",
            seen=told.text,
            ja="知らせは、該当する文字だけをすべて挙げる",
        )
    sent = await t.observe(
        "the phone can send a line with an emoji",
        walk.say(f"上{_SUN}下{_KEPT}"),
        STEP_S,
        expected="the page says that the line arrived",
        refusals=NO_WAY_ON,
        ja="絵文字を含む行を送れる",
    )
    record = await console.record(call)
    kept = [each.text for each in record.lines if each.seq == written.seq]
    t.check(
        "the record keeps the dispatcher's line as it was written",
        kept == [_LINE],
        expected=_LINE,
        seen=kept,
        ja="指令員の行は、書いたとおりに記録に残る",
    )
    said = [each.text for each in record.lines if each.sender is SenderRole.CALLER]
    arrived = re.fullmatch(rf"上(.+)下{re.escape(_KEPT)}", said[0]) if len(said) == 1 else None
    t.check(
        "the caller's emoji is seen to be replaced, and nothing else changes",
        arrived is not None and _SIGN.fullmatch(arrived[1]) is not None,
        expected=f"上〔絵文字〕下{_KEPT}, or the like",
        seen=said,
        ja="通報者の絵文字は置き換わったとわかる形で届き、ほかは変わらない",
    )
    if sent is not None:
        answer = sent.element("replaced") if sent.has("replaced") else ""
        t.check(
            "the caller is told that the emoji was replaced",
            "絵文字" in answer or "文字" in answer,
            expected="a notice about characters on the page",
            seen=answer or sent.described(),
            level=CheckLevel.DERIVED,
            ja="絵文字が置き換わったことが、通報者に知らされる",
        )


@purpose(
    id="MOBILE-CHARACTERS-PEER",
    derived=("CNB-30",),
    interfaces="AB",
    role=Role.HOME,
    needs=Needs(phones=True, peer=True, profile="aso"),
    timeout_s=120.0,
    title_ja="別の事業者の指令員の絵文字も、見える形で置き換わり、その指令員に知らされる",
    title_en="Emoji of another provider's dispatcher are seen to be replaced, and they are told",
    stimulus_ja="ドコモの端末から、別の事業者の消防本部の管内で通報する。その指令員が「𠮷」「🚑」を含む行を"
    "書き、端末から携帯電話の絵文字を含む行を書く。",
    stimulus_en="A docomo phone calls from the area of another provider's department. Its "
    "dispatcher writes 𠮷 and 🚑, and the phone an emoji of its carrier.",
    expected_ja="端末では〓か括弧つきの言葉になり、ほかは変わらない。別の事業者の指令員に、表示できない文字が"
    "知らされる。端末の絵文字は、置き換わったとわかる形で届く。",
    expected_en="On the phone they become 〓 or words in brackets, and all else stays; the other "
    "provider's dispatcher is told which. The phone's emoji arrives as a visible replacement.",
    why_ja="事業者が違っても、相手に読めない文字を書いたことは、書いた人にわからなければならない。",
    why_en="Whoever writes what the other cannot read must learn of it, whatever their provider.",
)
async def mobile_characters_peer(t: Trial, w: World) -> None:
    other, there = await w.peer(), w.ground("peer")
    who = await w.register()
    walk = await walking(w, DOCOMO, there)
    await logged_in(w, walk, who)
    placing = w.start(walk.call(Kind.AMBULANCE))
    with t.waiting("the offer of the call"):
        offer = await other.expect(MessageType.CALL_OFFER, within=STEP_S)
        taken = await other.take(offer, center=there.center)
    placed: Placed = await w.ended(placing)
    t.require("the chat is shown", placed.page.name == "m-chat")
    await taken.answer("佐々木")
    await taken.say(_LINE)
    page = _run_on(await chat_with(w, walk, lambda page: _SHOWN.search(_run_on(page))))
    found = _SHOWN.search(page)
    parts = found.groups() if found is not None else ()
    t.check(
        "characters of the other provider's line that cannot be shown are seen to be replaced",
        len(parts) == 2 and all(_SIGN.fullmatch(each) for each in parts),
        expected="始〓中〔...〕終, or the like",
        seen=found.group() if found is not None else page,
        ja="別の事業者の行の表示できない文字は、置き換わったとわかる形で示される",
    )
    t.check(
        "characters of the other provider's line that can be shown stay as they are",
        f"終{_KEPT}" in page,
        expected=_KEPT,
        seen=page,
        ja="別の事業者の行の表示できる文字は変わらない",
    )
    told = await t.observe(
        "the other provider's dispatcher is told what the phone does not show",
        taken.wait_for_line(
            lambda line: line.sender is SenderRole.SYSTEM and "𠮷" in line.text, w.patience
        ),
        w.patience + 1,
        expected="a notice that names 𠮷 and 🚑",
        ja="表示できない文字が、別の事業者の指令員に知らされる",
    )
    if told is not None:
        t.check(
            "the notice to the other provider names all of them and no other",
            "🚑" in told.text and not any(each in told.text for each in "①㈱髙"),
            expected="𠮷 and 🚑",
            seen=told.text,
            ja="知らせは、該当する文字だけをすべて挙げる",
        )
    await walk.say(f"上{_SUN}下{_KEPT}")
    came = await t.observe(
        "the caller's line reaches the other provider",
        taken.wait_for_line(lambda line: line.sender is SenderRole.CALLER, w.patience),
        w.patience + 1,
        expected="a line of the caller",
        ja="通報者の行が、別の事業者に届く",
    )
    arrived = re.fullmatch(rf"上(.+)下{re.escape(_KEPT)}", came.text) if came is not None else None
    t.check(
        "the caller's emoji reaches the other provider as a visible replacement",
        arrived is not None and _SIGN.fullmatch(arrived[1]) is not None,
        expected=f"上〔絵文字〕下{_KEPT}, or the like",
        seen=came.text if came is not None else "nothing",
        ja="通報者の絵文字は、置き換わったとわかる形で別の事業者に届く",
    )
