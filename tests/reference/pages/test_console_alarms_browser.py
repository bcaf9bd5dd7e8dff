"""The alarm desk at the console in Chromium: an alarm beside a call, "no answer", the report."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from net119_protocol.alarms.codes import SignalKind
from net119_protocol.alarms.people import AlarmUser, EntryKind
from net119_protocol.alarms.sample import kyoto
from net119_protocol.alarms.signals import NewSignal, UnitSays
from net119_protocol.api import alarm_register as register
from net119_protocol.api.admin import AccountRole, NewAccount
from net119_protocol.codes import Mode
from net119_protocol.labels import Language
from net119_reference.alarms.ports import UnitIdentity
from net119_reference.alarms.working_days import japan_day
from net119_reference.config.alarms import Alarms
from net119_reference.config.model import Admin
from net119_reference.ports import StaffIdentity
from net119_reference.web.pages.console import alarm_words
from net119_reference.web.pages.rendering import STATIC
from playwright.sync_api import Browser, Page, expect

from tests.reference.alarms.people import FAR, NEAR, user
from tests.reference.pages.consoles import DESK_SIZE, PASSWORD, SATO, console
from tests.reference.pages.looking import look, tab_to
from tests.reference.pages.site import Site, site
from tests.reference.pages.test_console_replay_browser import PAGE as REPLAYED
from tests.reference.pages.test_console_replay_browser import TOKEN, put
from tests.reference.service.support import settle
from tests.reference.web.live_server import Certificates

WIDTHS = (768, 1280)
UNIT = UnitIdentity("K-1001")


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    alarms = Alarms.model_validate(kyoto())
    admin = Admin.model_validate({"enabled": True, "token": TOKEN})
    with site("tomakomai", page_certificates, alarms=alarms, admin=admin) as running:
        running.do(lambda: settled_in(running))
        yield running


async def settled_in(here: Site) -> None:
    """A dispatcher of the alarm center, and a user with a unit."""
    provider, section = here.town.provider, StaffIdentity("kyoto-section", "市民安全課員")
    account = NewAccount(
        role=AccountRole.DISPATCHER, unit="kyoto", name=SATO, password=PASSWORD, roles=()
    )
    await provider.add_account(account)
    today = japan_day(here.town.clock.now())
    card = register.NewCard(registration=1001, user=user(NEAR, FAR), received_on=today)
    await provider.alarms.register.enter(section, card)
    put = register.InstallUnit(unit_id=UNIT.unit_id, on=today)
    await provider.alarms.register.install(section, 1001, put)


def send(here: Site, n: int, kind: SignalKind = SignalKind.ALARM) -> str:
    """A signal of the unit; the number of its incident."""
    signal = NewSignal(n=n, kind=kind, mode=Mode.DRILL)
    taken = here.do(lambda: here.town.provider.alarms.signals.take(UNIT, signal))
    return str(taken.incident)


def later(here: Site, seconds: float) -> None:
    """Time goes by at the provider."""

    async def passes() -> None:
        here.town.clock.advance(seconds)
        here.town.provider.core.kernel.wake()
        await settle(here.town.provider)

    here.do(passes)


def item(page: Page, number: str) -> Any:
    return page.locator("#queue-alarms li").filter(has_text=number)


def filled(page: Page, key: str, **values: str) -> None:
    """Do something at the desk: the button, then its form, fields by their labels."""
    page.locator(f"#alarm-desk [data-do={key}]").click()
    for label, value in values.items():
        control = page.locator("#form").get_by_label(re.compile(label))
        if control.evaluate("each => each.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    page.locator("#form button.main").click()
    expect(page.locator("#form")).to_be_hidden()


@pytest.mark.browser
def test_no_answer_at_night_from_the_alarm_to_the_report(town: Site, browser: Browser) -> None:
    """KYO-05, KYO-07, KYO-10, KYO-12, KYO-27."""
    with console(browser, town, "kyoto", SATO) as page:
        page.locator("h1").click(force=True, position={"x": 0, "y": 0})
        expect(page.locator("#center-name")).to_have_text("京都市消防指令センター")
        expect(page.locator("#queue-alarms h3")).to_contain_text("あんしんネット119")
        number = send(town, 1)
        waits = item(page, number)
        expect(waits.locator("button")).to_have_attribute("data-waits", "")
        expect(waits.locator(".kind")).to_have_text("緊急通報")
        expect(waits.locator(".told")).to_contain_text("呼び掛け中")
        expect(page.locator("#sound")).to_have_attribute("data-played", "drill")
        expect(page).to_have_title(re.compile("1件"))
        expect(page.locator("#alarm")).to_contain_text("あんしんネット119")
        tab_to(page, "#queue-alarms li button")
        page.keyboard.press("F4")
        desk = page.locator("#alarm-desk")
        expect(desk.locator("h2")).to_be_focused()
        expect(desk).to_contain_text("髙橋　キヌ")
        expect(desk).to_contain_text("中京区烏丸通①番地")
        expect(desk.locator("[data-do=close]")).to_have_count(0)
        expect(desk.locator(".alarm-timers")).to_contain_text("秒後に出動")
        page.keyboard.press("F2")
        expect(waits.locator("button")).not_to_have_attribute("data-waits", "")
        page.keyboard.press("F7")
        expect(page.locator("#form")).to_contain_text("発信設備から流す言葉")
        page.keyboard.press("Escape")
        expect(desk.locator(".board li[data-state=later]")).to_have_count(2)
        for lang in ("en", "ja"):
            page.goto(f"/console?lang={lang}")
            item(page, number).locator("button").click()
            expect(desk.locator("dd").first).to_be_visible()
            look(page, "console-alarm", widths=WIDTHS)
        page.set_viewport_size(DESK_SIZE)
        later(town, 30)
        expect(desk.locator(".alarm-state")).to_contain_text("出動中")
        expect(desk).to_contain_text("応答なし")
        expect(desk).to_contain_text("𠮷田　花子")
        helper = desk.locator(".board li")
        expect(helper.nth(0)).to_have_attribute("data-state", "waits")
        expect(helper.nth(0)).to_contain_text("3分")
        expect(helper.nth(1)).to_have_attribute("data-state", "next")
        # Half a minute was skipped: what is left is counted by the provider's clock at once.
        expect(helper.nth(1).locator(".standing")).to_contain_text(
            re.compile(r"次に依頼（あと(60|5\d)秒")
        )
        later(town, 60)
        expect(helper.nth(1)).to_have_attribute("data-state", "waits")
        filled(page, "answer-2", 返事="arrived")
        filled(
            page, "scene-add", 内容="helper-told", 報告者="救急1", 詳細="<b>台所</b>で倒れている"
        )
        expect(desk).to_contain_text("<b>台所</b>で倒れている")
        assert desk.locator("b").count() == 0
        expect(helper.nth(1)).to_have_attribute("data-state", "arrived")
        # The button once more: it sounds and is announced again, and the user is hailed anew.
        page.locator("#sound").evaluate("each => each.removeAttribute('data-played')")
        assert send(town, 2) == number
        expect(waits.locator("button")).to_have_attribute("data-waits", "")
        expect(page.locator("#sound")).to_have_attribute("data-played", "drill")
        expect(page.locator("#alarm")).to_contain_text("もう一度押されました（2回目）")
        expect(desk.locator(".alarm-state")).to_contain_text("ボタン2回目")
        expect(desk).to_contain_text("（ボタンがもう一度押され、呼び掛け）")
        page.keyboard.press("F2")
        expect(waits.locator("button")).not_to_have_attribute("data-waits", "")
        expect(desk.locator(".coming")).to_be_visible()
        page.keyboard.press("F10")
        page.locator("#form button.main").click()
        expect(page.locator("#form")).to_be_hidden()
        expect(waits).to_contain_text("報告・連絡が残っています")
        # The crews are still there: what they report is kept, and in the report that is owed.
        filled(page, "scene-add", 内容="helper-injured", 報告者="救急1", 詳細="手を切った①")
        expect(desk.locator(".at-once")).to_contain_text("手を切った①")
        expect(desk).to_contain_text("協力員の活動：あり")
        look(page, "console-alarm-owed", widths=(1280,))
        desk.locator("[data-do=report-sent]").click()
        expect(desk).to_contain_text("送付済み")
        papers = [each.get_attribute("href") for each in desk.locator(".papers a").all()]
        assert [str(each).rpartition("/")[2] for each in papers] == ["ward-report", "record"]
        page.goto(f"{papers[0]}?lang=ja")
        said = page.locator(".paper").inner_text()
        for word in ("訓練", "令和8年", "1001", "髙橋　キヌ", "中京区役所", "あり"):
            assert word in said, said
        look(page, "paper-ward-report", widths=(320, 1280))
        page.goto(f"{papers[1]}?lang=en")
        said = page.locator(".paper").inner_text()
        for word in ("Drill", "No answer", "髙島　一郎", "corps activity", "<b>台所</b>"):
            assert word in said, said
        look(page, "paper-record", widths=(320, 1280))
        page.goto("/console?lang=ja")
        expect(page.locator("#queue-alarms .tag")).to_have_text("0")


@pytest.mark.browser
def test_a_test_alarm_and_a_matter_of_the_ward_office(town: Site, browser: Browser) -> None:
    """KYO-04, KYO-09."""
    with console(browser, town, "kyoto", SATO) as page:
        desk = page.locator("#alarm-desk")
        page.evaluate("window.told = []; net119Console.on('frame', (frame) => told.push(frame))")
        test = send(town, 101, SignalKind.TEST)
        item(page, test).locator("button").click()
        expect(desk.locator("[data-do=decide]")).to_have_count(0)
        filled(page, "equipment", 機器="yes")
        expect(desk.locator(".alarm-state")).to_contain_text("試験・機器正常")
        alarm = send(town, 102)
        item(page, alarm).locator("button").click()
        desk.locator("[data-do=decide]").click()
        offered = page.locator("#form select").first.locator("option:not([value=''])")
        expect(offered).to_have_text(["災害", "応答なし", "内容を確認できない"])
        page.keyboard.press("Escape")
        said = UnitSays(text="ヘルパーが来ません")
        town.do(lambda: town.town.provider.alarms.signals.says(UNIT, said))
        expect(desk.locator(".at-unit")).to_contain_text("ヘルパーが来ません")
        filled(page, "speak", 言葉="区役所に伝えます")
        desk.locator("[data-do=decide]").click()
        page.locator("#form select").first.select_option("mistake")
        page.locator("#form button.main").click()
        expect(page.locator("#form .error")).to_contain_text("出動しない理由")
        page.keyboard.press("Escape")
        filled(page, "decide", 判断="other", 理由="福祉の用件")
        filled(page, "tell", 連絡先="ward-office", 内容="ヘルパーが来ない", 緊急="yes")
        expect(desk).to_contain_text("ヘルパーが来ない")
        desk.locator("[data-do=reached-1]").click()
        # Pressed again: what was answered before is no answer to it.
        later(town, 1)
        assert send(town, 103) == alarm
        expect(desk.locator(".alarm-state")).to_contain_text("ボタン2回目")
        desk.locator("[data-do=decide]").click()
        expect(offered).to_have_text(["災害", "応答なし", "内容を確認できない"])
        page.keyboard.press("Escape")
        expect(desk).to_contain_text("取り消された不出動の理由")
        town.do(lambda: town.town.provider.alarms.signals.says(UNIT, said))
        expect(desk.locator(".at-unit")).to_have_count(2)
        filled(page, "decide", 判断="other", 理由="福祉の用件")
        # Ended while somebody is still to be told, of this press; then nobody is reached.
        filled(page, "tell", 連絡先="relative", 内容="来てほしい", 緊急="no")
        filled(page, "close")
        state = desk.locator(".alarm-state")
        expect(state).to_contain_text("関係先へ連絡")
        desk.locator("[data-do=not-reached-2]").click()
        expect(state).to_contain_text("措置なし")
        expect(state).to_contain_text("だれにも伝わっていません")
        filled(page, "close", 理由="本人が自分で電話した①")
        expect(state).not_to_contain_text("だれにも伝わっていません")
        expect(desk).to_contain_text("本人が自分で電話した①")
        expect(desk.locator("[data-do=close]")).to_have_count(0)
        moved_away(town, page)
        seen_again(town, page, alarm)


def moved_away(here: Site, page: Page) -> None:
    """The user moves, the unit stays: the desk says where crews go, in words and in a frame."""
    desk, section = page.locator("#alarm-desk"), StaffIdentity("kyoto-section", "市民安全課員")

    def enters(now: AlarmUser) -> None:
        today = japan_day(here.town.clock.now())
        move = register.ChangeLedger(kind=EntryKind.MOVE, user=now, received_on=today)
        here.do(lambda: here.town.provider.alarms.register.change(section, 1001, move))

    enters(user(FAR, street="北山通②"))
    number = send(here, 104)
    later(here, 31)
    expect(item(page, number).locator(".told")).to_contain_text("登録の住所とは別の家")
    item(page, number).locator("button").click()
    frame = desk.locator(".elsewhere")
    expect(frame.locator(".there")).to_have_text(re.compile("^出動先：.*烏丸通①番地"))
    expect(frame).to_contain_text(re.compile("出動先ではありません：.*北山通②"))
    expect(desk.locator(".board h3")).to_contain_text("発信設備のある家")
    expect(desk.locator(".board li").first).to_contain_text("𠮷田　花子")
    look(page, "console-alarm-moved", widths=(320, 1280))
    filled(page, "close")
    enters(user(NEAR, FAR))


def seen_again(here: Site, page: Page, number: str) -> None:
    """What the console was told, as a replay: it is shown as it was, and nothing can be done."""
    alarms = [each for each in page.evaluate("told") if each["type"] == "alarm"]
    told = [{"type": "welcome", "center": "kyoto", "dispatcher": "観察", "calls": []}, *alarms]
    of_it = [n for n, each in enumerate(alarms, 1) if each["incident"]["number"] == number]
    informing = [n for n in of_it if told[n]["incident"]["state"] == "informing"]
    replay = {
        "center": "kyoto",
        "titleJa": "髙齢者の通報①",
        "titleEn": "Alarm",
        "beganAt": alarms[0]["now"],
        "lengthS": len(told),
        "frames": [{"at": n, "frame": each} for n, each in enumerate(told)],
    }
    status, kept = put(here, replay)
    assert (status, kept["frames"]) == (200, len(told)), kept
    acted: list[str] = []
    page.on("request", lambda each: acted.append(each.url) if "/api/alarms/" in each.url else None)
    page.on("websocket", lambda each: acted.append(each.url))
    page.goto(f"{REPLAYED}#at={informing[-1]}")
    desk = page.locator("#alarm-desk")
    expect(desk.locator(".alarm-state")).to_contain_text("試験・機器正常")
    item(page, number).locator("button").click()
    expect(desk.locator(".alarm-state")).to_contain_text("関係先へ連絡中")
    expect(desk).to_contain_text("ヘルパーが来ません")
    expect(desk).to_contain_text("利用者の登録内容は、再生には出ません")
    expect(desk.locator("button, a")).to_have_count(0)
    assert page.locator("#alarm").inner_text() == "", "nothing is announced"
    page.keyboard.press("F2")
    page.keyboard.press("F10")
    expect(page.locator("#form")).to_be_hidden()
    look(page, "console-alarm-replay", widths=(1280,))
    assert acted == []
    live = {**told[of_it[0]], "incident": {**told[of_it[0]]["incident"], "mode": "live"}}
    status, why = put(here, {**replay, "frames": [{"at": 0, "frame": live}]})
    assert status == 422
    assert "mode live" in str(why)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_script_has_every_word_it_asks_for_and_no_other(lang: Language) -> None:
    known = alarm_words.for_script(lang)["text"]
    names = ("alarms.js", "alarm-parts.js")
    script = "".join((STATIC / "console" / name).read_text("utf-8") for name in names)
    for key in known:
        assert f'"{key}"' in script, key
    asked = set(re.findall(r'\bw\("([a-z-]+)"', script)) | set(
        re.findall(r'\b(?:button|part|fact|form)\("([a-z-]+)"', script)
    )
    assert len(asked) > 50
    assert asked <= known.keys(), asked - known.keys()
