"""A drill again on the console's page, in Chromium: seen as it was, and nothing can be done."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from net119_protocol.codes import CloseOutcome, Kind, Mode
from net119_reference.config.model import Admin
from playwright.sync_api import Browser, Page, expect

from tests.reference.pages.calling import caller, desk
from tests.reference.pages.consoles import DESK_SIZE, SATO, choose, console, hire, in_queue
from tests.reference.pages.looking import look, tab_to
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

pytestmark = pytest.mark.browser
TOKEN = "admin-token-00000001"
HOSTILE = "<img src=x onerror=alert(1)> 𠮷野家の前です"
NAME, OTHER, NONE = (str(UUID(int=n)) for n in (1, 2, 3))
PAGE = f"/console/replay/{NAME}"
PATH = f"/api/admin/v1/replays/{NAME}"
ASKED = "息をしていますか。"
LENGTH_S = 60
NOON = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    admin = Admin.model_validate({"enabled": True, "token": TOKEN})
    with site("tomakomai", page_certificates, admin=admin) as running:
        yield running


@pytest.fixture(scope="module")
def center(town: Site) -> str:
    return hire(town, SATO)


def put(town: Site, body: Any, path: str = PATH, token: str = TOKEN) -> tuple[int, Any]:
    """Upload a replay; the status and the answer."""
    with town.http(headers={"Authorization": f"Bearer {token}"}) as client:
        answer = client.put(path, json=body)
        return answer.status_code, answer.json()


def recorded(town: Site, page: Page, center: str) -> dict[str, Any]:
    """Have a drill at a console that is open, and make a replay of what that was told.

    Ringing from second 2, answered at 10, a line at 20, one of the caller at 25, closed at 50; a
    crew sent at 30.
    """
    page.evaluate("window.told = []; net119Console.on('frame', (frame) => told.push(frame))")
    who = caller(town)
    with desk(town) as seat:
        call = who.call(kind=Kind.AMBULANCE, mode=Mode.DRILL)
        in_queue(page, "ringing", call)
        seat.answer(call)
        choose(page, call)
        seat.say(call, ASKED, "はい", "いいえ")
        expect(page.locator("#log .line.dispatcher")).to_have_count(1)
        seat.close(call, CloseOutcome.DISPATCHED)
        in_queue(page, "closed", call)
    told = page.evaluate("told")
    shown = [frame for frame in told if frame["type"] == "call"]
    rings = next(e for e in shown if e["call"]["state"] == "ringing")
    answered = next(e for e in shown if "answeredAt" in e["call"])
    closed = next(e for e in shown if e["call"]["state"] == "closed")
    line = next(e for e in told if e["type"] == "line" and e["line"]["sender"] == "dispatcher")
    reply = deepcopy(line)
    reply["line"] |= {"seq": line["line"]["seq"] + 1, "sender": "caller", "text": HOSTILE}
    reply["line"] |= {"clientId": "reply", "senderName": "", "options": []}
    dispatch = {"at": reply["line"]["at"], "by": "佐藤", "units": "救急<b>1</b>", "note": ""}
    acts = {"type": "acts", "callId": str(call.call_id), "dispatches": [dispatch]}
    welcome = {"type": "welcome", "center": center, "dispatcher": "観察", "calls": []}
    course = [
        (0, welcome),
        (2, rings),
        (10, answered),
        (20, line),
        (25, reply),
        (30, acts),
        (50, closed),
    ]
    return {
        "center": center,
        "titleJa": f"トンネルと呼び返し{HOSTILE}",
        "titleEn": "Tunnel and callback",
        "beganAt": rings["call"]["openedAt"],
        "lengthS": LENGTH_S,
        "frames": [{"at": at, "frame": frame} for at, frame in course],
    }


def run(page: Page, seconds: int) -> None:
    """Let the page's clock, which stands still otherwise, go on."""
    page.clock.run_for(seconds * 1000)


def at(page: Page) -> str:
    """How far the replay is."""
    return page.locator("#replay-time").inner_text().partition(" ")[0]


def test_a_drill_is_seen_again_and_nothing_can_be_done(
    town: Site, center: str, browser: Browser
) -> None:
    with console(browser, town, center, SATO) as page:
        replay = recorded(town, page, center)
        status, kept = put(town, replay)
        assert (status, kept["frames"]) == (200, 7), kept
        acted: list[str] = []
        page.on("request", lambda e: acted.append(e.url) if e.method != "GET" else None)
        page.on("websocket", lambda e: acted.append(e.url))
        page.clock.install(time=NOON)
        page.clock.pause_at(NOON + timedelta(seconds=1))
        # The link stands on the pages of a drill, another site: who is logged in stays so.
        page.goto(f'data:text/html,<a href="{town.base_url}{PAGE}">replay</a>')
        page.locator("a").click()
        expect(page.locator("#replay-play")).to_be_enabled()
        run(page, 1)
        # Marked by shape, words and title, and it stands until somebody plays it.
        expect(page).to_have_title("【再生】訓練の記録 - NET119")
        expect(page.locator(".replay-mark")).to_have_text("再生")
        expect(page.locator("#replay-title")).to_have_text(replay["titleJa"])
        assert page.locator("#sound").count() == 0
        run(page, 100)
        assert at(page) == "0:00"
        # By keyboard alone.
        tab_to(page, "#replay-play")
        page.keyboard.press("Enter")
        run(page, 3)
        assert at(page) == "0:03"
        expect(page.locator("#queue-ringing [data-mode=drill]")).to_have_count(2)
        expect(page).to_have_title("【再生】訓練の記録 - NET119")
        assert page.locator("#alarm").inner_text() == ""
        expect(page.locator("#answer-next")).to_be_hidden()
        expect(page.locator("#answer")).to_be_hidden()
        page.keyboard.press("F2")
        page.keyboard.press("Space")
        run(page, 30)
        assert at(page) == "0:03", "paused"
        expect(page.locator("#replay-told")).to_have_text("一時停止中")
        page.locator("input[name=replay-speed][value='8']").check()
        page.locator("#replay-play").click()
        run(page, 1)
        assert at(page) == "0:11"
        expect(page.locator("#queue-others li")).to_have_count(1)
        run(page, 3)
        assert at(page) == "0:35"
        run(page, 1)
        texts = page.locator("#log .line .text")
        expect(texts.nth(-2)).to_have_text(ASKED)
        expect(texts.last).to_have_text(HOSTILE)
        assert page.locator("#log img, #replay img, #events b").count() == 0
        expect(page.locator("#events")).to_contain_text("救急<b>1</b>")
        for shut in ("#say", "#ready", "#acts", "#take"):
            expect(page.locator(shut)).to_be_hidden()
        for key in ("F2", "F10", "Alt+1"):
            page.keyboard.press(key)
        expect(page.locator("#form")).to_be_hidden()
        code = page.evaluate(
            "net119Console.api.ask('POST', '/calls/x/close').then(() => '', (e) => e.code)"
        )
        assert code == "replay"
        assert page.evaluate("net119Console.feed.send({type: 'answer'})") is False
        run(page, 10)
        assert at(page) == "1:00"
        expect(page.locator("#replay-told")).to_have_text("終わり")
        expect(page.locator("#queue-closed li")).to_have_count(1)
        # A call of now is not shown among those of the record.
        now = caller(town).call(kind=Kind.FIRE, mode=Mode.DRILL)
        run(page, 10)
        assert page.locator(f"[data-call='{now.call_id}']").count() == 0
        # Back to where the call still rang.
        page.locator("#replay-seek").fill("5")
        page.wait_for_url("**#at=5")
        expect(page.locator("#replay-play")).to_be_enabled()
        run(page, 1)
        assert at(page) == "0:05"
        expect(page.locator("#queue-ringing li")).to_have_count(1)
        assert {url.rpartition("/")[2] for url in acted} == {"token"}, acted
    with console(browser, town, center, SATO) as page:
        for lang in ("ja", "en"):
            page.goto(f"{PAGE}?lang={lang}#at=35")
            page.reload()
            expect(page.locator("#log .line .text").last).to_have_text(HOSTILE)
            expect(page.locator("#map")).to_have_attribute("data-ready", "yes")
            look(page, "console-replay", widths=(768, 1280))
            page.set_viewport_size(DESK_SIZE)


def test_only_the_center_of_the_drill_sees_it_and_only_drills_are_kept(
    town: Site, center: str, browser: Browser
) -> None:
    with console(browser, town, center, SATO) as page:
        replay = recorded(town, page, center)
        assert put(town, replay, token="another-token-00000001")[0] == 401
        live = deepcopy(replay)
        live["frames"][1]["frame"]["call"]["mode"] = "live"
        status, problem = put(town, live)
        assert status == 422
        assert "mode live" in problem["detail"]
        mixed = deepcopy(replay)
        mixed["frames"].reverse()
        assert put(town, mixed)[0] == 422
        broken = deepcopy(replay)
        del broken["frames"][3]["frame"]["line"]["seq"]
        status, problem = put(town, broken)
        assert status == 422
        assert "frame 3, line.line.seq" in problem["detail"]
        other = put(town, replay | {"center": "chitose"}, f"/api/admin/v1/replays/{OTHER}")
        assert other[0] == 200
        for name in (OTHER, NONE, "none"):
            answer = page.goto(f"/console/replay/{name}")
            assert answer is not None
            assert answer.status == 404
            assert page.locator("#replay").count() == 0
        page.context.clear_cookies()
        page.goto(PAGE)
        page.wait_for_url("**/console/log-in")
