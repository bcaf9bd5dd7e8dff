"""The console's page in a real browser: modes that differ, and hostile text that does nothing."""

from dataclasses import dataclass

from net119_protocol.codes import Mode
from net119_protocol.person import OptionalData

from net119_conformance.at_desk import MAIN
from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

WORDS = {Mode.LIVE: "本番", Mode.DRILL: "訓練", Mode.PRACTICE: "練習", Mode.TEST: "試験"}
_LOOK = """(one, banner) => {
  const own = getComputedStyle(one), mark = banner ? one : one.querySelector('.mark');
  const drawn = getComputedStyle(mark, '::before');
  const shapes = {
    'shape of the frame': own.borderTopStyle,
    'shape of the mark': drawn.clipPath + ' ' + drawn.borderTopLeftRadius,
  };
  return Object.assign(shapes, banner ? { 'colour of the ground': own.backgroundColor } : {
    'colour of the frame': own.borderTopColor, 'colour of the mark': drawn.backgroundColor });
}"""
"""What of a call in the list, or of the banner of the call that is open, tells its mode."""
JA = {
    "shape of the frame": "枠の形",
    "shape of the mark": "印の形",
    "colour of the frame": "枠の色",
    "colour of the mark": "印の色",
    "colour of the ground": "地の色",
}
HOSTILE = "<img src=x onerror=window.net119Hostile=1><x-hostile>"
NAME = f"佐藤{HOSTILE}"
LINES = (
    f"煙が出ています{HOSTILE}",
    "<script>window.net119Hostile=2</script>",
    '"><svg onload=window.net119Hostile=3><x-hostile>',
    "</textarea></div><x-hostile onclick='alert(1)'>&lt;b&gt; &amp; 'a' \\u003cb>",
)
"""What a caller may write, and what a page that reads any of it as HTML would make of it."""


@dataclass(frozen=True)
class _Look:
    """How one mode is told: the words, and by its name what is drawn."""

    said: str
    parts: dict[str, str]


def _alike(looks: dict[Mode, _Look], part: str) -> list[str]:
    """Pairs of modes that look the same in this part."""
    modes = list(looks)
    return [
        f"{one.value} = {other.value}"
        for at, one in enumerate(modes)
        for other in modes[at + 1 :]
        if looks[one].parts[part] == looks[other].parts[part]
    ]


@purpose(
    id="CONSOLE-MODES",
    requirements=("CTS-11",),
    derived=("CTS-11",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(own_system=True, live=True, browser=True, once=True),
    timeout_s=90.0,
    title_ja="指令台の画面で、本番・訓練・練習・試験が、形と色とことばで見分けられる",
    title_en="On the console's page live, drill, practice and test differ by shape, colour, words",
    stimulus_ja="本番、訓練、練習、試験の通報が一つずつ鳴る。指令員が、一覧と、開いた通報を見る。",
    stimulus_en="A live call, a drill, a practice call and a test ring. The dispatcher looks at "
    "the list and opens each.",
    expected_ja="一覧でも、開いた通報でも、それぞれの区分がことばで示され、ほかの区分のことばはない。"
    "どの二つも、色だけでなく、枠や印の形も違う。",
    expected_en="In the list and above the open call each says its own mode and no other. No two "
    "of them have the same colours, nor the same shapes of frame and mark.",
    why_ja="練習が本番に見えれば隊が出動し、本番が練習に見えれば、だれも出動しない。色を見分けにくい指令員もいる。",
    why_en="A practice call taken for a live one sends a crew out; the reverse sends nobody. Some "
    "dispatchers do not tell colours apart.",
)
async def modes(t: Trial, w: World) -> None:
    desk = await w.desk()
    rows: dict[Mode, _Look] = {}
    banners: dict[Mode, _Look] = {}
    for mode in WORDS:
        call = await w.call_from(await w.handset(), w.home, mode=mode)
        row = desk.row(call.id)
        async with desk.doing(f"the {mode.value} call in the list"):
            await row.wait_for()
            rows[mode] = _Look(await row.inner_text(), await row.evaluate(_LOOK, False))
        async with desk.doing(f"the banner of the {mode.value} call"):
            await row.click()
            banner = desk.page.locator(f"#mode[data-mode={mode.value}]")
            await banner.wait_for()
            banners[mode] = _Look(await banner.inner_text(), await banner.evaluate(_LOOK, True))
    _differ(t, rows, "in the list", "一覧")
    _differ(t, banners, "above the open call", "開いた通報")


def _differ(t: Trial, looks: dict[Mode, _Look], place: str, ja: str) -> None:
    wrong = [
        f"{mode.value}: {look.said}"
        for mode, look in looks.items()
        if [each for each in WORDS.values() if each in look.said] != [WORDS[mode]]
    ]
    t.check(
        f"{place} each call says its own mode and no other",
        not wrong and len(looks) == len(WORDS),
        expected=" ".join(WORDS.values()),
        seen=wrong or "as expected",
        ja=f"{ja}で、それぞれの区分だけがことばで示される",
    )
    for part in looks[Mode.LIVE].parts:
        same = _alike(looks, part)
        t.check(
            f"{place} no two modes have the same {part}",
            not same,
            expected="another one for each",
            seen=same or {mode.value: look.parts[part] for mode, look in looks.items()},
            ja=f"{ja}で、どの二つの区分も{JA[part]}が違う",
        )


@purpose(
    id="CONSOLE-HOSTILE-TEXT",
    requirements=("CTS-09",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(browser=True, once=True),
    timeout_s=90.0,
    title_ja="指令台の画面で、通報者の文や登録内容は、どんな文字でも文字のまま示される",
    title_en="On the console's page what a caller writes or registered is text, whatever it is",
    stimulus_ja="氏名と任意情報にHTMLの断片がある登録者が通報し、画面を壊す断片やスクリプトを書く。指令員が応答して読む。",
    stimulus_en="A registrant with fragments of HTML in name and optional data calls, and writes "
    "fragments and scripts that break pages. The dispatcher answers and reads.",
    expected_ja="書かれたとおりの文字が見え、そこから要素もスクリプトも生まれない。指令員の返事も届く。",
    expected_en="The characters are seen as written; no element and no script comes of them, and "
    "the dispatcher's reply arrives.",
    why_ja="指令台は、個人情報と出動に関わる画面である。通報者の文で操れてはならない。",
    why_en="The console holds personal data and acts in the dispatcher's name: no caller's text "
    "may steer it.",
)
async def hostile_text(t: Trial, w: World) -> None:
    desk = await w.desk()
    person = w.person().model_copy(
        update={"name": NAME, "optional": OptionalData(remarks=HOSTILE, phone="0000-55-0001")}
    )
    call = await w.call_from(await w.handset(await w.register(person=person)), w.home)
    await desk.choose(call.id)
    await desk.answer(call.id)
    for line in LINES:
        await call.say(line)
    await t.observe(
        "what the caller wrote is read as written",
        desk.shows(lambda seen: all(line in seen for line in LINES), "#log"),
        w.patience + 1,
        expected=LINES,
        ja="通報者の文が、書かれたとおりに読める",
    )
    for where, ja in (("#queue", "一覧"), ("#call-title", "見出し")):
        await t.observe(
            f"name and data are read as registered in {where}",
            desk.shows(lambda seen: NAME in seen, where),
            w.patience + 1,
            expected=NAME,
            ja=f"{ja}で、登録のとおりに読める",
        )
    await t.observe(
        "name and data are read as registered in #person",
        # The remarks are the same fragment, and stand there beside the name, however often that is.
        desk.shows(lambda seen: NAME in seen and HOSTILE in seen.replace(NAME, ""), "#person"),
        w.patience + 1,
        expected=(NAME, HOSTILE),
        ja="通報者の欄で、登録のとおりに読める",
    )
    made = await desk.page.locator(
        f":is({MAIN}) :is(x-hostile, [onload], [onerror], [onclick], script)"
    ).count()
    ran = await desk.page.evaluate("window.net119Hostile || 0")
    t.check(
        "no element and no script comes of it",
        made == 0 and ran == 0 and not desk.dialogs,
        expected="no element, nothing run",
        seen=f"{made} elements, run: {ran}, dialogs: {desk.dialogs}",
        ja="要素もスクリプトも生まれない",
    )
    reply = "わかりました。外に出られますか"
    await desk.write(reply)
    await t.observe(
        "the dispatcher's reply reaches the caller",
        call.wait_for_line(lambda line: line.text == reply, w.patience),
        w.patience + 1,
        expected=reply,
        ja="指令員の返事が通報者に届く",
    )
