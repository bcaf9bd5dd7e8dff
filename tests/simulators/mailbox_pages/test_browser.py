"""The mailboxes' pages in a real browser: accessible, by keyboard, and fresh by themselves."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from net119_simulators.mailbox import Draft, MailboxServer, load_situations, send_mail
from net119_simulators.mailbox_pages import MailboxPages
from playwright.sync_api import Browser, expect

from tests.reference.pages.looking import (
    CHROMIUM,
    chromium,
    look,
    look_in_both_languages,
    tab,
    tab_to,
)

ME = "takahashi.yoshiko@docomo.example"
SERVICE = "tomakomai@net119-aoba.example"
REGISTER = "register.tomakomai@net119-aoba.example"
TAKING = {"r.tomakomai@net119-aoba.example": ("127.0.0.1", 9)}


@dataclass
class Served:
    """Mailboxes with their pages, in a loop of their own."""

    loop: asyncio.AbstractEventLoop
    boxes: MailboxServer
    url: str

    def mail(self, draft: Draft) -> None:
        """Send a mail and wait until it was taken."""
        sending = send_mail(draft, self.boxes.host, self.boxes.port)
        asyncio.run_coroutine_threadsafe(sending, self.loop).result(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs chromium (make deps installs it)")
    with chromium() as found:
        yield found


@pytest.fixture
def served() -> Iterator[Served]:
    stop = asyncio.Event()
    ready: list[Served] = []
    started = threading.Event()

    async def serve() -> None:
        async with MailboxServer() as boxes, MailboxPages(boxes, applications=TAKING) as pages:
            ready.append(Served(asyncio.get_running_loop(), boxes, pages.url.rstrip("/")))
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(30)
    yield ready[0]
    ready[0].loop.call_soon_threadsafe(stop.set)
    thread.join(30)


def test_pages_are_accessible_and_fit_a_phone(browser: Browser, served: Served) -> None:
    text = f"髙橋　𠮷子① 様\nhttps://127.0.0.2:8443/r/{'0123456789' * 5}"
    served.mail(Draft(REGISTER, ME, "登録のご案内", text))
    served.boxes.set_rule(ME, load_situations()["one-sender-listed"].rule)
    served.mail(Draft(SERVICE, ME, "消防本部からの呼び返し", text))
    with tab(browser, served.url) as page:
        page.goto("/")
        look_in_both_languages(page, "mailboxes")
        page.goto(f"/box?address={ME}")
        look_in_both_languages(page, "mailbox")
        page.goto("/mail/1")
        page.locator("summary").click()
        look(page, "mailbox-mail")


def test_a_mailbox_is_opened_and_changed_by_keyboard(browser: Browser, served: Served) -> None:
    with tab(browser, served.url, script=False) as page:
        page.goto("/")
        tab_to(page, "#address")
        page.keyboard.type("ono@softbank.example")
        page.keyboard.press("Enter")
        expect(page.locator("body")).to_have_attribute("data-page", "mailbox")
        tab_to(page, "#situation")
        page.keyboard.type("URL")
        tab_to(page, "button")
        page.keyboard.press("Enter")
        expect(page.locator(".done")).to_contain_text("変えました。")
        expect(page.locator("#situation")).to_have_value("urls-refused")


def test_new_mail_shows_by_itself_but_not_under_the_readers_focus(
    browser: Browser, served: Served
) -> None:
    with tab(browser, served.url) as page:
        page.goto(f"/box?address={ME}")
        expect(page.locator("#live li")).to_have_count(0)
        served.mail(Draft(SERVICE, ME, "一通目", "本文"))
        expect(page.locator("#live li")).to_have_count(1)
        expect(page.locator("#news")).to_have_text("最新の状態にしました。")
        page.locator("#live a").focus()
        served.mail(Draft(SERVICE, ME, "二通目", "本文"))
        expect(page.locator("#news")).to_contain_text("新しい動きがあります")
        expect(page.locator("#live li")).to_have_count(1)
        expect(page.locator("#live a")).to_be_focused()
        page.get_by_role("link", name="最新の状態にする").click()
        expect(page.locator("#live li")).to_have_count(2)
