"""The console in rarer states, on the wall, and when its log-in ends."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships none
from net119_protocol.api.handset import NewLocation
from net119_protocol.codes import Kind, Mode
from net119_protocol.places import Fix, Point
from playwright.sync_api import Browser, Page, expect

from tests.reference.pages.calling import PagedCall, caller
from tests.reference.pages.chatting import open_chat, say
from tests.reference.pages.consoles import (
    SATO,
    choose,
    connected,
    console,
    fill_in,
    hire,
    in_queue,
)
from tests.reference.pages.looking import (
    AXE_RULES,
    PICTURED,
    PICTURES,
    look,
    look_in_both_languages,
    tab,
)
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

pytestmark = pytest.mark.browser
SAPPORO = Fix(lat=43.0621, lon=141.3544, accuracy_m=30.0)
"""Has not adopted NET119 in the directory: the call comes home, with whom to phone."""
SIZES = ((1280, 720), (1024, 768))
WALL = (1920, 1080)
PIXEL_MM = 885.6 / WALL[0]
"""A display of 40 inches, 16:9, is 885.6 mm wide."""
CAPITAL = 0.7
"""Height of a capital letter or digit, as a part of the size of the font; a kanji is higher."""


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        hire(running, SATO)
        yield running


def answer(page: Page, call: PagedCall) -> None:
    in_queue(page, "ringing", call)
    choose(page, call)
    page.locator("#answer").click()
    in_queue(page, "mine", call)


def pass_by(town: Site, seconds: float) -> None:
    """Let time pass, and what is due then happen."""
    town.town.clock.advance(seconds)
    town.do(lambda: town.town.provider.core.kernel.run(lambda _tx: None))


def seen(page: Page, name: str) -> None:
    """Axe finds nothing and nothing sticks out, at a desk and on a tablet; pictures if wanted."""
    lang = page.locator("html").get_attribute("lang")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        if PICTURED:
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}-{lang}-{width}x{height}.png")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} at {width} px is {wide} px wide"
        found = Axe().run(page, options=AXE_RULES)
        assert found.violations_count == 0, f"{name} {lang}: {found.generate_report()}"


def test_a_call_with_which_everything_went_wrong(town: Site, browser: Browser) -> None:
    """CNB-20, CNB-31, TOM-04, ASO-15, I9: each of it is read in both languages, at both sizes."""
    # A real carrier's domain: this testbed never sends mail there.
    who = caller(town, mail="silent@docomo.ne.jp")
    call = who.call(kind=Kind.AMBULANCE, mode=Mode.DRILL, fix=SAPPORO)
    with console(browser, town, "tomakomai", SATO) as page, who.tab(browser) as phone:
        open_chat(phone, call)
        answer(page, call)
        say(phone, "山の中です")
        expect(page.locator("#log .line.caller .text")).to_have_text("山の中です")

        async def moved() -> None:
            fix = Fix(lat=43.0650, lon=141.3600, accuracy_m=200.0)
            told = NewLocation(fix=fix, corrected_pin=Point(lat=43.0652, lon=141.3605))
            await town.town.provider.positions.tell(await who.identity(), call.call_id, told)

        town.do(moved)
        for act, field in (("transfer", "chitose"), ("call-back", "")):
            page.locator(f"#acts [data-act={act}]").click()
            if field:
                page.locator("#form select").select_option(field)
            page.locator("#form button.main").click()
            expect(page.locator("#form .error")).to_be_visible()
            page.keyboard.press("Escape")
        pass_by(town, 61)
        silent = page.locator("#presence[data-silent]")
        expect(silent).to_contain_text("つながっていますが、")
        row = page.locator(f"[data-call='{call.call_id}']")
        expect(row.locator(".told")).to_contain_text(re.compile(r"書き込みなし \d+:\d\d"))
        for lang, word in (("ja", "書き込みがありません"), ("en", "has written nothing since")):
            page.goto(f"/console?lang={lang}")
            connected(page)
            row.click()
            expect(page.locator("#map")).to_have_attribute("data-ready", "yes")
            expect(silent).to_contain_text(word)
            expect(page.locator("#notices .phone-to")).to_be_visible()
            expect(page.locator("[data-place=trail]")).to_be_visible()
            expect(page.locator("#events [data-state=failed]")).to_have_count(1)
            expect(page.locator("#events [data-event=transfer].bad")).to_have_count(1)
            seen(page, "console-rare")
            page.locator("#events").scroll_into_view_if_needed()
            page.locator("[data-act=contacts]").click()
            expect(page.locator("#form .contacts li").first).to_be_visible()
            seen(page, "console-rare-contacts")
            page.keyboard.press("Escape")
        # The next word of the caller ends it.
        page.goto("/console?lang=ja")
        connected(page)
        row.click()
        say(phone, "まだいます")
        expect(page.locator("#presence[data-silent]")).to_have_count(0)
        expect(page.locator("#presence")).to_have_text("通報者の端末はつながっています")


def letters_mm(page: Page, selector: str) -> float:
    """Height of the smallest capital letter of these on the display, millimetres."""
    sizes = page.locator(selector).evaluate_all(
        "all => all.filter(each => each.checkVisibility() && each.textContent)"
        ".map(each => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert sizes, f"nothing is shown of {selector}"
    return min(float(each) for each in sizes) * CAPITAL * PIXEL_MM


def test_the_list_on_a_wall_is_read_from_two_metres(town: Site, browser: Browser) -> None:
    """ISO 9241-303: letters of 21 minutes of arc, which are 12.2 mm at two metres."""
    calls = [
        caller(town).call(kind=kind, mode=mode)
        for kind, mode in ((Kind.FIRE, Mode.PRACTICE), (Kind.OTHER, Mode.DRILL))
    ]
    with console(browser, town, "tomakomai", SATO) as page:
        page.set_viewport_size({"width": WALL[0], "height": WALL[1]})
        answer(page, calls[0])
        for lang in ("ja", "en"):
            page.goto(f"/console?wall=1&lang={lang}")
            connected(page)
            in_queue(page, "ringing", calls[1])
            in_queue(page, "mine", calls[0])
            rows = "#queue li > button"
            for part in ("mark", "kind", "wait", "name", "place", "told"):
                assert letters_mm(page, f"{rows} .{part}") >= 12.2, part
            assert letters_mm(page, "#queue h3, #queue .tag, #connection, #center-name") >= 12.2
            for each in calls:
                expect(page.locator(f"[data-call='{each.call_id}']")).to_be_in_viewport(ratio=1)
            found = Axe().run(page, options=AXE_RULES)
            assert found.violations_count == 0, found.generate_report()
            if PICTURED:
                PICTURES.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=PICTURES / f"console-wall-{lang}-1920.png")
        expect(page.locator("#call")).to_be_hidden()
        button = page.locator("#wall")
        expect(button).to_have_attribute("aria-pressed", "true")
        # Whoever takes a call sees it.
        page.keyboard.press("F2")
        expect(page.locator("#call")).to_be_visible()
        expect(button).to_have_attribute("aria-pressed", "false")
        assert "wall" not in page.url
        button.click()
        expect(page.locator("#call")).to_be_hidden()
        assert "wall=1" in page.url


def test_the_log_in_page_can_be_read_and_used_by_everybody(town: Site, browser: Browser) -> None:
    """Fresh, after a wrong password, and for a name that is locked."""
    hire(town, "施錠 される")
    with tab(browser, town.base_url) as page:

        def enter_wrongly() -> None:
            page.locator("#center").select_option("tomakomai")
            page.locator("#name").fill("施錠 される")
            page.locator("input[name=password]").fill("not the pass phrase")
            page.locator("#log-in button[value=log-in]").click()

        page.goto("/console/log-in")
        look_in_both_languages(page, "console-log-in")
        enter_wrongly()
        expect(page.locator("[data-code=wrong]")).to_be_visible()
        look(page, "console-log-in-wrong")
        for _ in range(4):
            enter_wrongly()
            expect(page.locator("#errors")).to_be_visible()
        enter_wrongly()
        expect(page.locator("[data-code=locked]")).to_be_visible()
        look(page, "console-log-in-locked")


def test_the_end_of_a_log_in_is_told_before_and_after(town: Site, browser: Browser) -> None:
    """Without the server a log-in lasts half an hour; whoever sits there knows until when."""
    with console(browser, town, "tomakomai", SATO, offline=True) as page:
        page.context.set_offline(True)
        lost = page.locator("#lost")
        expect(lost).to_contain_text("まで有効です")
        page.evaluate(
            "net119Console.endsAt = new Date(Date.now() + net119Console.ahead + 3e5).toISOString()"
        )
        expect(lost).to_contain_text("まもなく")
        page.evaluate("net119Console.endsAt = new Date(net119Console.ahead).toISOString()")
        expect(lost).to_contain_text("切れました。つながったら")
        town.town.clock.advance(31 * 60)
        page.context.set_offline(False)
        expect(lost).to_contain_text("この画面では通報を受けられません")
        lost.get_by_role("link", name="もう一度ログインする").click()
        expect(page.locator("[data-code=ended]")).to_be_visible()
        fill_in(page, "tomakomai", SATO)
        expect(lost).to_be_hidden()
