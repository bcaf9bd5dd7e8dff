"""Chrome on Android as it is: the way to the chat, the spoken card, the mark moved by a finger."""

import asyncio
import math
from typing import TYPE_CHECKING, Any

from net119_protocol.codes import Mode
from net119_protocol.places import Fix, Point

from net119_conformance.at_calls import CURRENT, FIRE, HOME, rings
from net119_conformance.at_smartphones import Smartphone, on_smartphone
from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.new_calls import NewCalls
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

if TYPE_CHECKING:
    from playwright.async_api import Page

LARGE_PX = 24.0
"""18 points, from which on WCAG 2.2 calls text large."""
STORES = ("play.google.com", "apps.apple.com", "itunes.apple.com", "market:", "intent:", ".apk")
PLEA = "119番に電話してください"
_SIZES = """words => Array.from(document.querySelectorAll("body *"))
  .filter(one => one.checkVisibility() && one.innerText &&
    one.innerText.replace(/\\s/g, "").includes(words) &&
    !Array.from(one.children).some(each => each.innerText &&
      each.innerText.replace(/\\s/g, "").includes(words)))
  .map(one => parseFloat(getComputedStyle(one).fontSize))"""
"""Of the innermost elements in which these words can be read, wherever they stand on the page."""
RELOADS_S = 10.0
"""A page that fetches itself to see what is new does so once in so many seconds, or oftener."""
_APART_PX = (80, 40)
_LEAST_M = 5.0
_MOST_M = 10_000.0
"""No map on which somebody looks for the own place shows so much between two fingers."""
_SLANT = (1.3, 2.8)
"""How many times as far to the east as to the north; a map that follows the mark may add some."""
_FAR = (0.6, 1.7)
"""How many times as far as the finger by the scale of the map: some marks start a little late, and
a map that follows the mark adds some.  Tiles taken for half or twice as large are outside."""
_METRES_OF_A_DEGREE = 111_320


@purpose(
    id="CHROME-WAY",
    requirements=("CTS-03",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="chitose", browser=True, once=True),
    timeout_s=90.0,
    title_ja="AndroidのChromeだけで、メールのURLからチャットまで進める",
    title_en="Chrome on Android alone leads from the mailed URL to the chat",
    stimulus_ja="登録者が、Androidを名乗るChromiumで、メールのURLを開いてログインし、通報ページを作り、現在地から火事を通報して、"
    "指令員と話す。指令員の文字が届く間、登録者は返事を書きかけている。",
    stimulus_en="In Chromium as Chrome on Android, a registrant opens the mailed URL, logs in, "
    "makes the call page, calls “fire” from the current position and talks with the dispatcher, "
    "whose line comes while the answer is being written.",
    expected_ja="測位した位置で通報がつながり、双方の文字が読み込み直さずに届く。書きかけの文は入力欄に残り、続けて書ける。"
    "何も入れずに使える。",
    expected_en="The call arrives with the measured position, and what either says reaches the "
    "other without loading a page again: what is half written stays, and can be gone on with. "
    "Nothing has to be installed.",
    why_ja="ほとんどの人が使うブラウザーで動かなければ、ほかの試験がすべて合格でも通報できない。",
    why_en="If it fails in the browser that most people have, no other test saves the call.",
)
async def way(t: Trial, w: World) -> None:
    fix = w.fix_at(w.home)
    phone = await on_smartphone(w, fix, logged_in=False)
    loaded: list[str] = []
    phone.page.on("download", lambda file: loaded.append(file.suggested_filename))
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    await t.observe(
        "the personal call page opens in Chrome",
        phone.log_in(),
        4 * w.patience,
        expected="the mailed URL, log-in, call page made and opened",
        ja="Chromeで通報ページを作って開ける",
    )
    links = await phone.page.eval_on_selector_all("a", "all => all.map(one => one.href)")
    await t.observe(
        "in Chrome the call leads to the chat",
        phone.call(FIRE, CURRENT),
        4 * w.patience,
        expected="a page on which one can write to the dispatcher",
        ja="Chromeで通報すると、チャットになる",
    )
    links += await phone.page.eval_on_selector_all("a", "all => all.map(one => one.href)")
    shops = [each for each in links if any(shop in each for shop in STORES)]
    t.check(
        "nothing has to be installed",
        not loaded and not shops,
        expected="no download, no link to a store of apps",
        seen=f"downloads: {loaded}; links: {shops}",
        level=CheckLevel.DERIVED,
        ja="何も入れる必要がない",
    )
    call = await t.observe(
        "the call from Chrome rings",
        rings(w, new),
        w.patience + 1,
        expected="a call",
        ja="Chromeからの通報が鳴る",
    )
    if call is None:
        return
    seen = call.place.fix
    t.check(
        "the position that Chrome measured arrives as measured",
        seen is not None and (seen.lat, seen.lon, seen.accuracy_m) == _told(fix),
        expected=_told(fix),
        seen=seen,
        ja="Chromeが測位した位置が、そのまま届く",
    )
    question, answer = "119番です。どうしましたか", "台所が燃えています①"
    await console.answer(call.call_id)
    await console.say(call.call_id, question)
    await t.observe(
        "what the dispatcher says appears in Chrome by itself",
        phone.shows(lambda text: question in text),
        w.patience + 1,
        expected=question,
        ja="指令員の文字が、読み込み直さずにChromeに出る",
    )
    # From here on it is one and the same page, however it came to it.
    await phone.begin_to_say(answer)
    more = "あわてずに書いてください"
    await console.say(call.call_id, more)
    await t.observe(
        "so does the next line, while an answer is being written",
        phone.shows(lambda text: more in text),
        w.patience + 1,
        expected=more,
        ja="返事を書いている間に、次の文字も出る",
    )
    await asyncio.sleep(RELOADS_S)
    await _goes_on_writing(t, phone, answer)
    await phone.say(answer)
    await t.observe(
        "what is written in Chrome reaches the dispatcher",
        console.wait_for_line(call.call_id, lambda line: line.text == answer, w.patience),
        w.patience + 1,
        expected=answer,
        ja="Chromeで書いた文字が指令員に届く",
    )


async def _goes_on_writing(t: Trial, phone: Smartphone, begun: str) -> None:
    draft = await phone.draft()
    t.check(
        "no page is loaded again while somebody writes",
        not draft.loaded_again,
        expected="the page on which the line was begun",
        seen="it was loaded again" if draft.loaded_again else "the same page",
        ja="書いている間に、ページは読み込み直されない",
    )
    t.check(
        "what is half written stays in its field, and can be gone on with",
        draft.text == begun and draft.focused,
        expected=f"{begun!r}, and the field has the focus",
        seen=f"{draft.text!r}, and it {'has' if draft.focused else 'has lost'} the focus",
        ja="書きかけの文は入力欄に残り、続けて書ける",
    )


def _told(fix: Fix) -> tuple[float, float, float | None]:
    return fix.lat, fix.lon, fix.accuracy_m


@purpose(
    id="CHROME-CARD",
    requirements=("CTS-08", "ASO-21"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="aso", own_system=True, live=True, browser=True),
    timeout_s=90.0,
    title_ja="読み上げ画面は、大きな文字で示され、日本語の声で読み上げられる",
    title_en="The card is shown in large letters and spoken in Japanese",
    stimulus_ja="登録者がChromeで自宅から火事を本番として通報し、チャットから読み上げ画面を開いて、読み上げのボタンを押す。",
    stimulus_en="In Chrome a registrant calls “fire” from home for real, opens the card from "
    "the chat and taps the button that reads it aloud.",
    expected_ja="119番に電話してほしいことが18ポイント以上の文字で示され、同じことが日本語として声に出る。",
    expected_en="The plea to phone 119 has letters of 18 points at least, and the phone's speech "
    "gets the same plea as Japanese.",
    why_ja="見ていない人は声で気づき、うるさい所では文字で読む。",
    why_en="Who does not look hears it, and where it is loud it is read.",
)
async def card(t: Trial, w: World) -> None:
    phone = await on_smartphone(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    await phone.call(FIRE, HOME)
    call = await rings(w, new)
    t.require("the call is a real one", call.mode is Mode.LIVE, ja="本番の通報である")
    await console.answer(call.call_id)
    hello = "119番です。"
    await console.say(call.call_id, hello)
    await phone.shows(lambda text: hello in text)
    await phone.open_card()
    await t.observe(
        "the plea is shown in large letters",
        _large(w, phone),
        w.patience + 1,
        expected=f"{LARGE_PX:g} px at least",
        level=CheckLevel.DERIVED,
        ja="大きな文字で示される",
    )
    page = phone.page
    button = phone.at_once(page.locator("#speak").or_(page.get_by_role("button", name="読み上げ")))
    async with phone.doing("a button 「読み上げ」"):
        await button.tap()
    await _spoken(t, w, page)


async def _large(w: World, phone: Smartphone) -> str:
    """The size of the plea, once it is large; TimeoutError with the sizes that it had."""
    deadline = asyncio.get_running_loop().time() + w.patience
    while True:
        await phone.shows(lambda text: PLEA in text)
        async with phone.doing("the plea"):
            sizes = await phone.page.evaluate(_SIZES, PLEA)
        if sizes and max(sizes) >= LARGE_PX:
            return f"{max(sizes):g} px"
        if asyncio.get_running_loop().time() >= deadline:
            raise TimeoutError(f"the plea had {sizes} px")
        await asyncio.sleep(0.05)


async def _spoken(t: Trial, w: World, page: "Page") -> None:
    deadline = asyncio.get_running_loop().time() + w.patience
    spoken: list[dict[str, Any]] = []
    # It may be read sentence by sentence.
    while not _pleads(spoken) and asyncio.get_running_loop().time() < deadline:
        spoken = await page.evaluate("window.net119Spoken")
        await asyncio.sleep(0.05)
    t.check(
        "the plea to phone 119 is spoken",
        _pleads(spoken),
        expected="119番に、電話してください",
        seen=_words(spoken) or "nothing was spoken",
        ja="119番への電話を頼む文が声に出る",
    )
    langs = [lang for each in spoken for lang in each["langs"]]
    t.check(
        "it is spoken as Japanese",
        bool(langs) and all(each.lower().startswith("ja") for each in langs),
        expected="ja",
        seen=langs,
        ja="日本語として読み上げられる",
    )


def _words(spoken: list[dict[str, Any]]) -> str:
    return "".join("".join(each["text"] for each in spoken).split())


def _pleads(spoken: list[dict[str, Any]]) -> bool:
    said = _words(spoken)
    return "119番" in said and "電話してください" in said


@purpose(
    id="CHROME-MARK",
    requirements=("CNB-28", "ASO-16"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="chita-nanbu", browser=True, once=True),
    timeout_s=90.0,
    title_ja="地図の印を指で動かすと、動かした先が指令台に届く",
    title_en="The mark that a finger moves on the map is where the console shows the call",
    stimulus_ja="登録者がChromeで現在地を選び、地図の印を指で東北東へ動かして通報する。",
    stimulus_en="In Chrome a registrant chooses the current position, moves the mark with "
    "a finger, twice as far to the east as to the north, and calls.",
    expected_ja="指令台の位置は、測位した位置から、指の動いた向きに、地図の縮尺のとおりに離れている。測位した位置もそのまま届く。",
    expected_en="The console shows the call in the direction from the fix in which the finger "
    "moved, as far from it as the scale of the map says, and the fix as measured.",
    why_ja="測位の誤りを直す手段は、現場ではこの印しかない。",
    why_en="In the field that mark is the only way to put a wrong fix right.",
)
async def mark(t: Trial, w: World) -> None:
    fix = w.fix_at(w.home)
    phone = await on_smartphone(w, fix)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    await phone.to_map(FIRE, CURRENT)
    moved = await t.observe(
        "the map has a mark that a finger can take",
        phone.drag_mark(*_APART_PX, fix),
        2 * w.patience,
        expected="a mark on the map",
        ja="地図に、指で動かせる印がある",
    )
    await phone.send()
    call = await t.observe(
        "the call with the moved mark rings",
        rings(w, new),
        w.patience + 1,
        expected="a call",
        ja="印を動かした通報が鳴る",
    )
    if call is None:
        return
    place = call.place
    north, east = _off(fix, place.point)
    t.check(
        "the console shows the place to which the finger moved the mark",
        min(north, east) >= _LEAST_M
        and math.hypot(north, east) <= _MOST_M
        and _SLANT[0] * north <= east <= _SLANT[1] * north
        and place.corrected_pin is not None,
        expected="north-east of the fix, about twice as far east as north, as corrected",
        seen=f"{north:.0f} m north, {east:.0f} m east; corrected: {place.corrected_pin}",
        ja="指で動かした先が、指令台に表示される",
    )
    if moved is not None and moved.shown_m is not None:
        t.check(
            "the place is as far from the fix as the map shows it to be",
            _FAR[0] <= math.hypot(north, east) / moved.shown_m <= _FAR[1],
            expected=f"about {moved.shown_m:.0f} m, by the scale of the map",
            seen=f"{math.hypot(north, east):.0f} m",
            ja="届いた位置は、地図に見えるとおりに離れている",
        )
    t.check(
        "the fix arrives as measured besides",
        place.fix is not None and (place.fix.lat, place.fix.lon) == (fix.lat, fix.lon),
        expected=f"{fix.lat}, {fix.lon}",
        seen=place.fix,
        ja="測位した位置も、そのまま届く",
    )


def _off(fix: Fix, point: Point | None) -> tuple[float, float]:
    """Metres from the fix to a point, north and east."""
    if point is None:
        return 0.0, 0.0
    north = (point.lat - fix.lat) * _METRES_OF_A_DEGREE
    shrink = math.cos(math.radians(fix.lat))
    return north, (point.lon - fix.lon) * _METRES_OF_A_DEGREE * shrink
