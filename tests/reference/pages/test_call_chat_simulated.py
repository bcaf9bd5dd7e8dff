"""The simulators' caller at the chat page: the verbs that conformance and `net119 handset` use."""

from collections.abc import Iterator

import pytest
from net119_protocol.codes import CloseOutcome, Kind
from net119_reference.web.pages.sessions import DEVICE
from net119_simulators.pages import NotOnPage, PageNotShown
from net119_simulators.pages.chat import ChatAtPages, LineNotTaken
from net119_simulators.pages.window import new_browser

from tests.reference.pages.calling import Desk, caller, desk
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        yield running


@pytest.fixture(scope="module")
def console(town: Site) -> Iterator[Desk]:
    with desk(town) as sitting:
        yield sitting


def test_a_call_by_forms_from_ringing_to_its_end(town: Site, console: Desk) -> None:
    """CTS-08, CTS-09, CTS-10, ASO-15."""
    who = caller(town)
    call = who.call(kind=Kind.FIRE)
    url = f"{town.base_url}{call.path}"

    async def ringing() -> ChatAtPages:
        browser = new_browser(town.client_tls())
        browser.set_cookie(town.base_url, DEVICE, who.device)
        chat = ChatAtPages(browser)
        await chat.open(url)
        assert (chat.call_id, chat.state) == (str(call.call_id), "ringing")
        assert "まだ応答していません" in chat.state_words
        assert chat.lines == ()
        return chat

    async def answering(chat: ChatAtPages, asked: int) -> None:
        await chat.reload()
        # Without the script nothing tells the center that somebody reads.
        assert chat.state in ("answered", "interrupted")
        assert chat.lines[-1].options == ("はい", "いいえ")
        await chat.choose("はい", seq=asked)
        question, answer = chat.lines
        assert (question.options, question.answered) == ((), "「はい」と答えました。")
        assert (answer.sender, answer.text, answer.stored) == ("caller", "はい", True)
        with pytest.raises(NotOnPage):
            await chat.choose("はい", seq=asked)
        await chat.say("台所が燃えています。\n髙橋　𠮷子①")
        assert chat.lines[-1].text == "台所が燃えています。\n髙橋　𠮷子①"
        await chat.say_quickly("わかりません")
        assert chat.lines[-1].text == "わかりません"
        with pytest.raises(LineNotTaken) as refused:
            await chat.say("あ" * 2001, force=True)
        assert (refused.value.code, len(refused.value.kept)) == ("too-long", 2001)
        assert "119番に電話してください" in await chat.card()
        await chat.back()

    async def closed(chat: ChatAtPages) -> None:
        await chat.reload()
        assert chat.state == "closed"
        assert "電話で引き継ぎました" in chat.state_words
        with pytest.raises(PageNotShown):
            await chat.open(f"{town.base_url}{who.path}")
        await chat.browser.close()

    chat = town.do(ringing)
    console.answer(call)
    asked = console.say(call, "燃えているものが見えますか", "はい", "いいえ")
    town.do(lambda: answering(chat, asked))
    console.heard(call, "わかりません")
    console.close(call, CloseOutcome.RELAYED_BY_PHONE)
    town.do(lambda: closed(chat))
