"""What feature phones' pages are like whatever happens: in Japanese, and open about a stop."""

import re

from net119_protocol.codes import CloseOutcome, Kind, ProviderState
from net119_simulators.handsets.walk_mobile import KINDS
from net119_simulators.handsets.walking import landed_on
from net119_simulators.pages import Page

from net119_conformance.at_phones import (
    DOCOMO,
    NO_WAY_ON,
    OTHER_MEANS,
    STEP_S,
    ended_of,
    logged_in,
    names_other_means,
    walking,
    words_of,
)
from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.in_japanese import in_japanese
from net119_conformance.new_calls import NewCalls
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_STOPPED = ("止ま", "停止", "休止", "中止")
_REASONS = {
    ProviderState.MAINTENANCE: re.compile("点検|保守|メンテナンス|計画"),
    ProviderState.STOPPING: re.compile(
        "故障|障害(?!者|のある)|不具合|災害|"
        "(?:緊急|非常|(?<!救)急)(?:のため|の|に|で|きょ|遽)?、?"
        "(?:停止|止|休止|中止|点検|保守|メンテナンス|事態)"
    ),
}
"""Any of these words says why the service is stopped. 緊急 alone does not: what to do in an
emergency stands there, too."""
_TIME = re.compile(r"\d{1,2}(?:時|:)\d{2}")


@purpose(
    id="MOBILE-STOPPED",
    requirements=("ASO-22",),
    derived=("ASO-22",),
    interfaces="A",
    role=Role.OPERATION,
    needs=Needs(own_system=True, phones=True, profile="aso"),
    timeout_s=120.0,
    title_ja="フィーチャーフォンの画面に、停止していること、いつからか、理由、ほかの手段が示される",
    title_en="Feature phones' pages show a stop, since when, why, and the other means",
    stimulus_ja="試験対象を計画停止（保守）と非常停止の状態にし、最初の画面とメニューを開く。最後に通常に戻す。",
    stimulus_en="The system is put into maintenance, then into stopping; the first page and the "
    "menu are opened. At last it is back to normal.",
    expected_ja="停止中はどちらの画面にも、止まっていること、その理由と時刻、ほかの手段がある。計画停止と"
    "非常停止は違う言葉で示される。通常に戻ると、何も示されない。",
    expected_en="While it is stopped both pages say so, with reason, time and other means, and a "
    "planned stop reads otherwise than an emergency. Back to normal they say nothing of it.",
    why_ja="止まっていることを知らない人は、届かない通報を待ち続ける。",
    why_en="Who does not know of the stop waits for help that nobody was asked for.",
)
async def stopped(t: Trial, w: World) -> None:
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
    first = f"{w.handset_side().encrypted_url}/m"
    said: dict[ProviderState, str] = {}
    for state, ja in (
        (ProviderState.MAINTENANCE, "計画停止"),
        (ProviderState.STOPPING, "非常停止"),
    ):
        await w.set_state(state)
        for url, what, what_ja in (
            (first, "first page", "最初の画面"),
            (menu.url, "menu", "メニュー"),
        ):
            page = await walk.phone.browser.open(url)
            told = said[state] = words_of(page, "#operating")
            wanted = {
                "that the service is stopped": any(each in told for each in _STOPPED),
                "the reason": _REASONS[state].search(told) is not None,
                "since when": _TIME.search(told) is not None,
            }
            t.check(
                f"in {state.value} the {what} says that it is stopped, why and since when",
                all(wanted.values()),
                expected=", ".join(wanted),
                seen=told or page.described(),
                level=CheckLevel.DERIVED,
                ja=f"{ja}中の{what_ja}に、止まっていることと、理由と時刻が示される",
            )
            t.check(
                f"in {state.value} the {what} names other means",
                names_other_means(page) and any(each in told for each in OTHER_MEANS),
                expected=" / ".join(OTHER_MEANS),
                seen=told or page.described(),
                level=CheckLevel.DERIVED,
                ja=f"{ja}中の{what_ja}に、ほかの手段が示される",
            )
    t.check(
        "a planned stop and an emergency read differently",
        _without_time(said[ProviderState.MAINTENANCE])
        != _without_time(said[ProviderState.STOPPING]),
        expected="two texts",
        seen=said[ProviderState.STOPPING],
        ja="計画停止と非常停止は違う言葉で示される",
    )
    await w.set_state(ProviderState.NORMAL)
    page = await walk.phone.browser.open(menu.url)
    t.check(
        "back to normal the menu says nothing of a stop, and offers to call",
        not words_of(page, "#operating") and "通報する" in page.text,
        expected="通報する, and no stop",
        seen=words_of(page, "#operating") or page.described(),
        ja="通常に戻ると、止まっているとは示されず、通報できる",
    )


def _without_time(text: str) -> str:
    return re.sub(r"\d+", "", text)


@purpose(
    id="MOBILE-JAPANESE",
    requirements=("ASO-21",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(phones=True, profile="aso"),
    timeout_s=120.0,
    title_ja="フィーチャーフォンの画面は、確認の画面から通報の終わりまで、断られたときも、日本語である",
    title_en="Feature phones' pages are in Japanese, from the check to the end, refusals too",
    stimulus_ja="フィーチャーフォンで、最初の画面、確認、ログイン、メニュー、通報の各段階、チャット、終わりの"
    "画面を開く。測位を切って断られる画面も開く。",
    stimulus_en="A feature phone opens the first page, the check, log-in, menu, each step of a "
    "call, chat and end, and the refusal that it meets with positioning off.",
    expected_ja="どの画面も日本語の文書とされ、題名や見出しも日本語で、外国語の文がない。",
    expected_en="Each says that it is Japanese, has Japanese headings, and no sentence of another "
    "language that is not marked as such.",
    why_ja="利用者は日本語でやりとりする人であり、読めない文の前で手が止まる。",
    why_en="Users are people who chat in Japanese; before a text they cannot read they stop.",
)
async def japanese(t: Trial, w: World) -> None:
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    who = await w.register()
    walk = await walking(w, DOCOMO)
    base = w.handset_side().encrypted_url
    pages: dict[str, tuple[str, Page]] = {}

    async def through() -> int:
        browser = walk.phone.browser
        pages["first page"] = "最初の画面", await browser.open(f"{base}/m")
        pages["check"] = "確認の画面", await browser.open(f"{base}/m/check")
        pages["log-in"] = "ログインの画面", await browser.open(f"{base}/m/log-in")
        pages["menu"] = "メニュー", await logged_in(w, walk, who)
        pages["page of the kind"] = "種別の画面", await browser.follow("/new")
        pages["page of the place"] = "場所の画面", await browser.follow(KINDS[Kind.FIRE])
        pages["page of the position"] = "測位の画面", await browser.follow("/current")
        measuring = browser.page.url
        off = landed_on(await browser.follow("/off"), "m-refused")
        pages["refusal"] = "断りの画面", off
        await browser.open(measuring)
        pages["confirmation"] = "確かめる画面", await walk.phone.tell_position()
        form = walk.phone.page.form("call")
        button = next(each for each in form.buttons if each.name == "call")
        pages["chat page"] = "チャットの画面", await browser.press(button, form)
        call = (await new.rung()).call_id
        await console.answer(call, within=w.patience)
        await console.close(call, CloseOutcome.PRACTICE_DONE, within=w.patience)
        pages["end"] = "終わりの画面", await ended_of(w, browser)
        return len(pages)

    done = await t.observe(
        "the phone can go from the first page to the end",
        through(),
        STEP_S * 2,
        expected="eleven pages",
        refusals=NO_WAY_ON,
        ja="最初の画面から終わりまで進める",
    )
    if done is None:
        return
    for name, (ja, page) in pages.items():
        in_japanese(t, page, name, ja, titled=False)
