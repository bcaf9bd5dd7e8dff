"""Calls from feature phones, through their own pages: from the log-in to the end of the chat."""

from net119_protocol.codes import CloseOutcome, Kind, SenderRole
from net119_simulators.handsets import find_handset
from net119_simulators.handsets.model import Handset
from net119_simulators.handsets.walking import shows

from net119_conformance.at_phones import (
    AU,
    DOCOMO,
    NEAR_M,
    NO_WAY_ON,
    SOFTBANK,
    STEP_S,
    WILLCOM,
    chat_with,
    ended_of,
    logged_in,
    metres_off,
    walking,
    with_sha2,
    words_of,
)
from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console
from net119_conformance.new_calls import NewCalls
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_ASKED = "どこから火が出ていますか。㈱①～髙"
_SAID = "２階の台所です。煙がひどい。髙橋①～㈱ｶﾅ"
_CELL_M = 300.0
"""The best that a position which is only the base station's may claim, metres."""


@purpose(
    id="MOBILE-CALL",
    requirements=("CTS-02", "CTS-13", "TOM-05"),
    derived=("CTS-02",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(phones=True, profile="aso"),
    timeout_s=120.0,
    title_ja="フィーチャーフォンで、ログインから通報、チャット、終了までできる",
    title_en="A feature phone can log in, call and chat, to the end of the call",
    stimulus_ja="Shift_JISしか表示できないドコモの端末でログインし、火事を通報する。指令員が応答し、"
    "双方が一行ずつ書き、指令員が通報を終える。",
    stimulus_en="A docomo phone that shows Shift_JIS only logs in and reports a fire. A dispatcher "
    "answers, both write a line, and the dispatcher closes the call.",
    expected_ja="通報が火事として指令台に届き、画面に応答が示される。双方の行が一字も変わらずに届く。"
    "終わったことが画面に示される。",
    expected_en="The call reaches the console as a fire, and the page shows that it was answered. "
    "Both lines arrive letter by letter, and the page shows the end.",
    why_ja="この端末しか持たない人の通報が届かず、また言葉が化ければ、助けが遅れる。",
    why_en="For people who have no other phone, a call that fails or words that are garbled delay "
    "help.",
)
async def mobile_call(t: Trial, w: World) -> None:
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    who = await w.register()
    walk = await walking(w, DOCOMO)
    menu = await t.observe(
        "the phone can log in",
        logged_in(w, walk, who),
        STEP_S,
        expected="the menu",
        refusals=NO_WAY_ON,
        ja="ログインできる",
    )
    if menu is None:
        return
    placed = await t.observe(
        "the phone can call",
        walk.call(Kind.FIRE),
        STEP_S,
        expected="the page of the chat",
        refusals=NO_WAY_ON,
        ja="通報できる",
    )
    rung = await new.now() if placed is None else await new.once_rung()
    t.check(
        "the call reaches the console as a fire, from its registrant",
        [(each.kind, each.registrant.mail) for each in rung] == [(Kind.FIRE, who.person.mail)],
        expected=f"one call, {Kind.FIRE.value}, from {who.person.mail}",
        seen=[f"{each.kind.value} from {each.registrant.mail}" for each in rung],
        ja="通報が、登録者の火事として指令台に届く",
    )
    if placed is None or len(rung) != 1:
        return
    call = rung[0].call_id
    ringing = words_of(await walk.refresh(), "h1")
    await console.answer(call, within=w.patience)
    page = await chat_with(w, walk, lambda page: "つながりました" in words_of(page, "h1"))
    connected = words_of(page, "h1")
    t.check(
        "the page shows when the call was answered",
        "つながりました" in connected and "つながりました" not in ringing,
        expected="つながりました, and only after the answer",
        seen=f"before: {ringing}; after: {connected}",
        ja="応答したことが、応答のあとに画面に示される",
    )
    await console.say(call, _ASKED, within=w.patience)
    page = await chat_with(w, walk, lambda page: shows(page, _ASKED))
    t.check(
        "the dispatcher's line is shown letter by letter",
        shows(page, _ASKED),
        expected=_ASKED,
        seen=words_of(page, "[data-sender=dispatcher]") or page.described(),
        ja="指令員の行が、一字も変わらずに表示される",
    )
    await t.observe(
        "the phone can send a line",
        walk.say(_SAID),
        STEP_S,
        expected="the page says that the line arrived",
        refusals=NO_WAY_ON,
        ja="行を送れる",
    )
    record = await console.record(call)
    said = [each.text for each in record.lines if each.sender is SenderRole.CALLER]
    t.check(
        "the caller's line arrives letter by letter, once",
        said == [_SAID],
        expected=[_SAID],
        seen=said,
        ja="通報者の行が、一字も変わらずに、一度だけ届く",
    )
    await console.close(call, CloseOutcome.PRACTICE_DONE, within=w.patience)
    ended = await ended_of(w, walk.phone.browser)
    t.check(
        "the page shows that the call has ended",
        ended.name == "m-ended" and "終わ" in ended.text,
        expected="m-ended",
        seen=ended.described(),
        ja="通報が終わったことが示される",
    )


@purpose(
    id="MOBILE-POSITIONS",
    requirements=("TOM-05", "CTS-13", "ASO-07"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(phones=True, sibling=True, profile="aso", once=True),
    timeout_s=300.0,
    title_ja="どの携帯会社の端末からも、正しい位置が正しい消防本部に届く",
    title_en="From each carrier's phones the right position reaches the right department",
    stimulus_ja="ドコモ、au、ソフトバンク、ウィルコムの端末が、それぞれの書式と測地系で位置を送り、"
    "登録地ではない消防本部の管内から通報する。",
    stimulus_en="Phones of docomo, au, SoftBank and Willcom tell their position, each in its own "
    "format and datum, and call from the area of a department that is not their home.",
    expected_ja="通報は管轄の消防本部に届き、指令台に示される位置は端末のいる場所から15m以内である。"
    "基地局の位置を、精密な位置として示さない。",
    expected_en="The call reaches the department in charge, and the position at the console is "
    "within 15 m of the phone. A base station's position is not shown as a precise one.",
    why_ja="測地系を取り違えた位置は400m以上ずれ、隊は別の家に向かう。",
    why_en="A position in the wrong datum is off by more than 400 m: the crew goes to another "
    "house.",
)
async def mobile_positions(t: Trial, w: World) -> None:
    console = await w.console(w.ground("sibling"))
    kinds: tuple[tuple[str, Handset], ...] = (
        ("docomo", find_handset(DOCOMO)),
        ("docomo SH903i", with_sha2("docomo-sh903i")),
        ("SoftBank", find_handset(SOFTBANK)),
        ("au", find_handset(AU)),
        ("Willcom", find_handset(WILLCOM)),
    )
    for label, kind in kinds:
        await _located(t, w, console, label, kind)
    # The figures of a base station may lie anywhere near a border: who is in charge is not judged.
    home = await w.console()
    await _located(t, w, home, "au without GPS", with_sha2("au-a1402s"), cell=True)


async def _located(
    t: Trial, w: World, console: Console, label: str, kind: Handset, *, cell: bool = False
) -> None:
    ground = w.home if cell else w.ground("sibling")
    new = await NewCalls.since_now(w, console)
    who = await w.register()
    walk = await walking(w, kind, ground)

    async def call() -> str:
        await logged_in(w, walk, who)
        return (await walk.call(Kind.AMBULANCE)).page.described()

    placed = await t.observe(
        f"the {label} phone can log in and call",
        call(),
        STEP_S,
        expected="the page of the chat",
        refusals=NO_WAY_ON,
        ja=f"{label} の端末でログインし通報できる",
    )
    if placed is None:
        return
    mail = who.person.mail
    rung = await new.once_rung(lambda each: each.registrant.mail == mail)
    mine = [each for each in rung if each.registrant.mail == mail]
    where = "the home department" if cell else "the department in charge of the place"
    t.check(
        f"the call of the {label} phone rings at {where}",
        [each.owner.code for each in mine] == [ground.department],
        expected=ground.department,
        seen=[each.owner.code for each in mine],
        ja=f"{label} の端末の通報が、{'登録地の' if cell else '場所を管轄する'}消防本部に届く",
    )
    fix = mine[0].place.fix if mine else None
    off = metres_off(fix, ground) if fix is not None else None
    t.check(
        f"the position of the {label} phone is right at the console",
        off is not None and off <= NEAR_M,
        expected=f"{ground.lat:.6f}, {ground.lon:.6f} within {NEAR_M:g} m",
        seen="none" if fix is None else f"{fix.lat:.6f}, {fix.lon:.6f}: {off:.0f} m off",
        ja=f"{label} の端末の位置が、指令台に正しく示される",
    )
    if cell and fix is not None:
        t.check(
            f"the position of the {label} phone is not told as a precise one",
            fix.accuracy_m is None or fix.accuracy_m >= _CELL_M,
            expected=f"a radius of {_CELL_M:g} m or more, or none",
            seen=fix.accuracy_m,
            ja=f"{label} の端末の位置が、精密な位置として示されない",
        )
