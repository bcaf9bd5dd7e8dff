"""The console with many and unusual calls: modes, borders, fallback, mail, and long chats."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from net119_protocol.api.handset import NewLocation
from net119_protocol.codes import Kind, Mode, PlaceChoice
from net119_protocol.places import Fix, Point
from net119_reference.config.model import Modes
from playwright.sync_api import Browser, Page, expect

from tests.reference.pages.calling import PagedCall, caller
from tests.reference.pages.consoles import DESK_SIZE, SATO, choose, console, hire, in_queue
from tests.reference.pages.looking import look
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

pytestmark = pytest.mark.browser
AT_A_BORDER = Fix(lat=42.7280, lon=141.6900, accuracy_m=9000.0)
ELSEWHERE = Fix(lat=43.0621, lon=141.3544, accuracy_m=30.0)
"""In Sapporo, which has not adopted NET119 in the directory."""


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    modes = Modes(accepted=frozenset(Mode))
    with site("tomakomai", page_certificates, modes=modes) as running:
        core = running.town.provider.core
        core.config = core.config.model_copy(update={"modes": modes})
        hire(running, SATO)
        yield running


@pytest.fixture(scope="module")
def desk_page(town: Site, browser: Browser) -> Iterator[Page]:
    with console(browser, town, "tomakomai", SATO) as page:
        yield page


def answer(page: Page, call: PagedCall) -> None:
    in_queue(page, "ringing", call)
    choose(page, call)
    page.locator("#answer").click()
    in_queue(page, "mine", call)


def act(page: Page, name: str, **fields: str) -> None:
    """Press an action and fill in its form by the fields' labels."""
    page.locator(f"#acts [data-act={name}]").click()
    for label, value in fields.items():
        field = page.locator("#form .field").filter(has_text=label).locator("input,select,textarea")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("#form button.main, #form button.danger").click()


def test_modes_differ_in_shape_colour_and_words(town: Site, desk_page: Page) -> None:
    """I5, A76: only a live call sounds the alarm, and none looks like another."""
    page = desk_page
    calls = {mode: caller(town).call(kind=Kind.FIRE, mode=mode) for mode in reversed(Mode)}
    looks = set()
    for mode, call in calls.items():
        in_queue(page, "ringing", call)
        choose(page, call)
        looks.add(
            page.locator(f"[data-call='{call.call_id}']").evaluate(
                "each => { const s = getComputedStyle(each), m = getComputedStyle("
                "each.querySelector('.mark'), '::before'); return [s.borderTopStyle,"
                " s.borderTopColor, m.clipPath + m.borderRadius, each.querySelector('.mark')"
                ".textContent].join() }"
            )
        )
        expect(page.locator("#mode")).to_have_attribute("data-mode", mode.value)
    assert len(looks) == len(Mode), looks
    expect(page.locator("#sound")).to_have_attribute("data-played", "live")
    expect(page.locator("#answer-next")).to_have_text("応答する（本番・火事）F2")
    look(page, "console-modes", widths=(1280,))
    page.set_viewport_size(DESK_SIZE)
    page.keyboard.press("F1")
    look(page, "console-keys", widths=(1280,))
    page.set_viewport_size(DESK_SIZE)
    page.keyboard.press("Escape")
    answer(page, calls[Mode.PRACTICE])
    expect(page.locator("[data-act=dispatch]")).to_be_hidden()
    assert page.locator("[data-ready=on-the-way]").count() == 0
    page.keyboard.press("F10")
    assert "dispatched" not in page.locator("#form option").evaluate_all(
        "all => all.map(each => each.value)"
    )
    page.keyboard.press("Escape")


def test_a_call_at_a_border_and_one_that_came_home(town: Site, desk_page: Page) -> None:
    """TOM-04, ASO-18, A81: the circle as reported, who else may be responsible, whom to phone."""
    page = desk_page
    border = caller(town).call(mode=Mode.TEST, fix=AT_A_BORDER)
    in_queue(page, "ringing", border)
    choose(page, border)
    expect(page.locator("#alternatives")).to_be_visible()
    expect(page.locator("#legend")).to_contain_text("半径9.0 km")
    expect(page.locator("#map")).to_have_attribute("data-borders", re.compile("tomakomai,."))
    look(page, "console-border", widths=(1280,))
    page.set_viewport_size(DESK_SIZE)
    home = caller(town).call(mode=Mode.TEST, fix=ELSEWHERE)
    answer(page, home)
    # Its chat was not opened yet: that is no lost connection.
    expect(page.locator("#presence")).to_have_attribute("data-presence", "connecting")
    expect(page.locator("#presence")).to_contain_text("まだチャットにつながっていません")
    expect(page.locator("#call-state")).to_contain_text("応答済み")
    expect(page.locator("#notices .phone-to")).to_contain_text("いまは電話しないでください")
    act(page, "close", 結果="relayed-by-phone")
    expect(page.locator("#form .error")).to_contain_text("電話で引き継いだ相手")
    look(page, "console-close", widths=(1280,))
    page.set_viewport_size(DESK_SIZE)
    page.keyboard.press("Escape")


def test_what_a_dispatcher_does_with_a_call(town: Site, desk_page: Page) -> None:
    """CNB-20, CNB-21, CNB-31, CNB-34, TOM-25, I9: done is said when it is, failed is said why."""
    page = desk_page
    call = caller(town).call(mode=Mode.LIVE, place=PlaceChoice.HOME)
    answer(page, call)
    expect(page.locator("#map")).to_have_attribute("data-shown", re.compile("home-key"))
    latest = page.locator("#latest")
    expect(latest).to_have_text("")
    below = page.locator("#where").bounding_box()
    page.locator("[data-act=ask-place]").click()
    expect(page.locator("#events")).to_contain_text("位置を求めました")
    expect(latest).to_contain_text("位置を求めました")
    act(page, "dispatch", 出動した隊="救急1")
    expect(page.locator("#events")).to_contain_text("出動：救急1")
    expect(latest).to_contain_text("出動：救急1")
    assert page.locator("#where").bounding_box() == below
    act(page, "disclose", 伝えた相手の種類="hospital", 伝えた内容="氏名と持病")
    expect(page.locator("#form .error")).to_have_text("「伝えた相手」を入れてください。")
    page.keyboard.press("Escape")
    act(page, "discrepancy", 何がちがったか="wrong-data", 内容="番地がちがう")
    expect(page.locator("#events")).to_contain_text("番地がちがう")
    act(page, "transfer", 転送先="chitose")
    expect(page.locator("#form .error")).to_contain_text("転送できませんでした")
    expect(page.locator("#form .error")).to_contain_text(re.compile(r" 電話 0000-"))
    look(page, "console-transfer-failed", widths=(1280,))
    page.set_viewport_size(DESK_SIZE)
    page.keyboard.press("Escape")
    in_queue(page, "mine", call)
    act(page, "call-back")
    expect(page.locator("#events [data-state=sent]")).to_be_visible()
    # Where the button is, and read out; nothing that stands below it moves.
    expect(latest).to_have_text(re.compile(r"\d\d:\d\d:\d\d 呼び返しメール：送信済み"))
    expect(page.locator("#said[role=status]")).to_have_text("呼び返しメール：送信済み")
    assert page.locator("#where").bounding_box() == below
    page.locator("[data-act=contacts]").click()
    expect(page.locator("#form .contacts")).to_contain_text("FAX 0000-11-1111")
    look(page, "console-contacts", widths=(1280,))
    page.set_viewport_size(DESK_SIZE)
    page.keyboard.press("Escape")
    act(page, "close", 結果="dispatched")
    in_queue(page, "closed", call)
    # After the report: the way back to the caller stays open (ASO-15).
    expect(page.locator("[data-act=call-back]")).to_be_visible()
    expect(page.locator("#say")).to_be_hidden()


def test_a_callback_that_cannot_arrive_leads_to_the_contacts(town: Site, desk_page: Page) -> None:
    """CNB-20, A67: nobody is told that a mail went out which did not (I9)."""
    page = desk_page
    # A real carrier's domain: this testbed never sends mail there.
    call = caller(town, mail="lost@docomo.ne.jp").call(mode=Mode.TEST)
    answer(page, call)
    act(page, "call-back")
    expect(page.locator("#form .error")).to_contain_text("届きませんでした")
    page.keyboard.press("Escape")
    expect(page.locator("#events [data-state=failed]")).to_be_visible()
    expect(page.locator("#events")).to_contain_text("いまは連絡しないでください")
    expect(page.locator("#events .contacts li").first).to_contain_text("FAX 0000-11-1111")
    page.locator("#events").scroll_into_view_if_needed()
    look(page, "console-undelivered", widths=(1280,))
    page.set_viewport_size(DESK_SIZE)


def test_a_slow_answer_never_overwrites_what_the_feed_told_since(
    town: Site, desk_page: Page
) -> None:
    """I9: a record that was read before a change must not show the call as it was."""
    page = desk_page
    call = caller(town).call(mode=Mode.TEST)
    answer(page, call)
    state = page.evaluate(
        """async (id) => {
          const C = net119Console, entry = C.store.calls.get(id), now = entry.call, ask = C.api.ask;
          const stale = Object.assign({}, now, { state: "ringing", answeredBy: undefined });
          const none = { lines: [], trail: [], transfers: [], callbacks: [], discrepancies: [],
            dispatches: [], disclosures: [] };
          let give;
          C.api.ask = () => new Promise((done) => { give = () => done({ call: stale, ...none }); });
          const reading = C.store.refresh(id);
          C.emit("frame", { type: "call", call: now });
          give();
          await reading;
          C.api.ask = ask;
          return entry.call.state;
        }""",
        str(call.call_id),
    )
    assert state != "ringing"


def test_the_map_shows_fix_corrected_point_and_trail_apart(town: Site, desk_page: Page) -> None:
    """CNB-27, CNB-28, A38, A39."""
    page = desk_page
    who = caller(town)
    call = who.call(mode=Mode.TEST)
    answer(page, call)
    moved = Fix(lat=42.6400, lon=141.6150, accuracy_m=60.0)
    pin = Point(lat=42.6410, lon=141.6160)

    async def tell() -> None:
        told = NewLocation(fix=moved, corrected_pin=pin)
        await town.town.provider.positions.tell(await who.identity(), call.call_id, told)

    town.do(tell)
    shown = "trail-key circle-key fix-key pin-key"
    expect(page.locator("#map")).to_have_attribute("data-shown", shown)
    expect(page.locator("[data-place=fix]")).to_contain_text("42.64000, 141.61500 誤差 半径60 m")
    expect(page.locator("[data-place=pin]")).to_contain_text("42.64100, 141.61600")
    look(page, "console-trail", widths=(1280,))
    page.set_viewport_size(DESK_SIZE)


def test_fifty_calls_and_a_chat_of_ten_thousand_lines(town: Site, desk_page: Page) -> None:
    """The page stays usable: a part of a long chat is in the document, and nothing jumps."""
    page = desk_page
    call = caller(town).call(mode=Mode.DRILL)
    answer(page, call)
    view = page.evaluate("id => net119Console.store.calls.get(id).call", str(call.call_id))
    copies = [
        {**view, "callId": str(uuid4()), "state": "ringing", "answeredBy": None} for _ in range(50)
    ]
    page.evaluate(
        """([id, copies]) => {
          const C = net119Console, at = new Date(Date.now() + C.ahead).toISOString();
          copies.forEach((call) => C.emit("frame", { type: "call", call }));
          for (let seq = 1; seq <= 10000; seq += 1) {
            C.emit("frame", { type: "line", callId: id, line: { seq, at, clientId: "l" + seq,
              sender: seq % 2 ? "caller" : "dispatcher", senderName: "", text: "行 " + seq } });
          }
        }""",
        [str(call.call_id), copies],
    )
    for copied in copies:
        expect(page.locator(f"#queue-ringing [data-call='{copied['callId']}']")).to_have_count(1)
    expect(page.locator("#log .line").last).to_contain_text("行 10000")
    assert page.locator("#log .line").count() <= 200
    for size in ({"width": 1024, "height": 768}, DESK_SIZE):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        expect(page.locator("#log .line").last).to_be_in_viewport(ratio=1)
    # Upright, and on a phone: the queue scrolls by itself and never pushes the call away.
    for size in ({"width": 768, "height": 1024}, {"width": 390, "height": 844}):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        height = page.evaluate("document.getElementById('queue').getBoundingClientRect().height")
        assert height <= size["height"]
    page.set_viewport_size(DESK_SIZE)
    first = page.locator("#log .line").first.get_attribute("data-seq")
    page.locator("#log-box").evaluate("box => { box.scrollTop = 0; }")
    expect(page.locator(f"#log [data-seq='{int(first or 0) - 100}']")).to_have_count(1)
    # While somebody reads further up, a new line moves nothing and is announced by a button.
    reading = page.locator("#log [data-seq='9850']")
    before = reading.bounding_box()
    page.evaluate(
        "id => net119Console.emit('frame', { type: 'line', callId: id, line: { seq: 10001,"
        " at: new Date().toISOString(), clientId: 'new', sender: 'caller', senderName: '',"
        " text: '新しい行' } })",
        str(call.call_id),
    )
    expect(page.locator("#newest")).to_be_visible()
    assert reading.bounding_box() == before
    page.locator("#newest").click()
    expect(page.locator("#log .line").last).to_contain_text("新しい行")
    order = page.locator("#queue section:not(#queue-closed) [data-call]").evaluate_all(
        "all => all.map(each => each.dataset.call)"
    )
    page.keyboard.press("F4")
    after = order[(order.index(str(call.call_id)) + 1) % len(order)]
    expect(page.locator("#queue [aria-current]")).to_have_attribute("data-call", after)
    look(page, "console-fifty", widths=(1280,))
