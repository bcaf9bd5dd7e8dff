"""The chat page without JavaScript: forms, reloads, and what is refused."""

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest
from net119_protocol.codes import CloseOutcome, Mode, SenderRole
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.refusal_texts import OTHER_MEANS_JA
from net119_reference.ports import StorageFailed

from tests.reference.pages.calling import Caller, Desk, PagedCall, caller, desk
from tests.reference.pages.person import codes_of, csrf, page_of
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


@pytest.fixture
def who(town: Site) -> Caller:
    return caller(town)


def client_id(answer: httpx.Response) -> str:
    """The id that the page's form would send."""
    found = re.search(r'<form id="say".*?name="client_id" value="([^"]+)"', answer.text, re.DOTALL)
    assert found
    return found.group(1)


def say(
    client: httpx.Client, call: PagedCall, page: httpx.Response, **fields: str
) -> httpx.Response:
    """Send the form of a page that was loaded before."""
    sent = {"csrf": csrf(page), "client_id": client_id(page), **fields}
    return client.post(f"{call.path}/lines", data=sent)


def texts(answer: httpx.Response) -> list[str]:
    """The texts of the lines, as a reader has them."""
    found = re.findall(r'<p class="text"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    return [unescape(each) for each in found]


def state(answer: httpx.Response) -> str:
    found = re.search(r'<p id="state" role="status" data-state="(\w+)"', answer.text)
    assert found
    return found.group(1)


def test_a_whole_chat_by_forms_and_reloads(who: Caller, console: Desk) -> None:
    """CTS-09, CTS-10, CNB-29: nothing needs JavaScript but for being told at once."""
    call = who.call()
    with who.http() as client:
        page = client.get(call.path)
        assert (page.status_code, page_of(page), state(page)) == (200, "call-chat", "ringing")
        assert "苫小牧市消防本部を呼び出しています" in page.text
        console.answer(call)
        asked = console.say(call, "火事ですか、救急ですか", "火事", "救急")
        page = client.get(call.path)
        assert "苫小牧市消防本部の指令員が応答しました" in page.text
        assert re.findall(r'name="choice" value="([^"]+)"', page.text) == [
            f"{asked}:o0",
            f"{asked}:o1",
        ]
        page = say(client, call, page, choice=f"{asked}:o1")
        assert "「救急」と答えました" in page.text
        assert texts(page) == ["火事ですか、救急ですか", "救急"]
        text = "父が倒れました。\n髙橋　𠮷子①です ｶﾀｶﾅ"
        page = say(client, call, page, text=text)
        assert texts(page)[-1] == text
        assert page.text.count("消防のシステムに届きました") >= 2
        assert console.heard(call, text).sender is SenderRole.CALLER
        console.close(call, CloseOutcome.RELAYED_BY_PHONE)
        page = client.get(call.path)
        assert state(page) == "closed"
        assert "電話で引き継ぎました" in page.text
        assert re.search(r'<div id="coming">', page.text), "the handset is to stay on (ASO-15)"
        assert re.search(r'<form id="say"[^>]* hidden>', page.text)
    assert [line.sender for line in call.stored()] == [
        SenderRole.DISPATCHER,
        SenderRole.CALLER,
        SenderRole.CALLER,
    ]


def test_a_form_that_is_sent_twice_says_it_once(who: Caller, console: Desk) -> None:
    """I4."""
    call = who.call()
    with who.http() as client:
        page = client.get(call.path)
        first = say(client, call, page, text="火が出ています")
        assert texts(say(client, call, page, text="火が出ています")) == texts(first)
        other = say(client, call, page, text="ちがうことば")
        assert (other.status_code, codes_of(other) & {"id-reused"}) == (409, {"id-reused"})
        assert "ちがうことば</textarea>" in other.text
        assert client_id(other) != client_id(page), "the next press sends it"
        assert texts(say(client, call, other, text="ちがうことば"))[-1] == "ちがうことば"
    assert [line.text for line in call.stored()] == ["火が出ています", "ちがうことば"]


def test_what_is_refused_stays_in_the_form_and_says_why(who: Caller, console: Desk) -> None:
    """I10: nothing that was typed is lost."""
    call = who.call()
    console.answer(call)
    asked = console.say(call, "意識はありますか", "はい", "いいえ")
    with who.http() as client:
        page = client.get(call.path)
        long = "𠮷" * (TEXT_LIMIT + 1)
        for fields, status, code in (
            ({"text": " \n　"}, 422, "empty"),
            ({"text": long}, 422, "too-long"),
            ({"choice": f"{asked}:never"}, 422, "invalid"),
            ({"choice": f"{asked + 7}:o0"}, 422, "invalid"),
            ({"choice": "x"}, 422, "invalid"),
            ({"choice": f"{'9' * 400}:o0"}, 422, "invalid"),
            ({"choice": f"{asked}:髙"}, 422, "invalid"),
            ({"text": "あ", "client_id": ""}, 422, "invalid"),
            ({"text": "あ", "client_id": "髙"}, 422, "invalid"),
        ):
            answer = say(client, call, page, **fields)
            assert (answer.status_code, page_of(answer)) == (status, "call-chat"), fields
            assert f'data-code="{code}"' in answer.text, fields
            assert 'aria-invalid="true"' in answer.text
            kept = unescape(answer.text.split("</textarea>")[0].rpartition(">\n")[2])
            assert kept == fields.get("text", ""), fields
        assert len(call.stored()) == 1
        exact = "𠮷" * TEXT_LIMIT
        assert texts(say(client, call, page, text=exact))[-1] == exact
        console.close(call, CloseOutcome.NO_EMERGENCY)
        late = say(client, call, client.get(call.path), text="まだ聞きたい")
        assert (late.status_code, codes_of(late) & {"call-closed"}) == (409, {"call-closed"})


def test_too_many_lines_are_refused_and_can_be_sent_again(who: Caller, console: Desk) -> None:
    """ASO-20: the bound is told, and what was written is kept with its id."""
    call = who.call()
    with who.http() as client:
        page = client.get(call.path)
        answer, number = page, 0
        while answer.status_code == 200 and number < 40:
            number += 1
            answer = say(client, call, page, text=f"{number}", client_id=f"many-{number}")
        assert (answer.status_code, codes_of(answer) & {"too-many"}) == (429, {"too-many"})
        assert f"{number}</textarea>" in answer.text
        assert client_id(answer) == f"many-{number}"
        who.site.town.clock.advance(10)
        again = say(client, call, answer, text=f"{number}")
        assert (again.status_code, texts(again)[-1]) == (200, f"{number}")


def test_hostile_text_stays_text(who: Caller, console: Desk) -> None:
    call = who.call()
    console.answer(call)
    nasty = "</p><script>alert(1)</script>\u202e逆\u200b{{ 7*7 }}</textarea>"
    console.say(call, nasty, '"><img src=x onerror=alert(1)>')
    with who.http() as client:
        page = say(client, call, client.get(call.path), text=nasty)
        assert texts(page) == [nasty, nasty]
        assert "<img" not in page.text
        assert page.text.count("<script") == 4, "the page's own: its data and its three scripts"
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_the_page_opens_for_its_own_caller_on_the_own_device_only(
    who: Caller, town: Site, console: Desk
) -> None:
    """CNB-10; that another's call exists is nobody's business."""
    call, other = who.call(), caller(town)
    with town.http() as stranger:
        for path in (call.path, f"{call.path}/card"):
            answer = stranger.get(path)
            assert (answer.status_code, page_of(answer)) == (403, "call-page-closed")
        assert stranger.post(f"{call.path}/lines", data={"text": "x"}).status_code == 403
    theirs = f"{other.path}/calls/{call.call_id}"
    with other.http() as client:
        for path in (theirs, f"{theirs}/card", f"{other.path}/calls/no-id"):
            answer = client.get(path)
            assert (answer.status_code, codes_of(answer)) == (404, {"unknown-call"}), path
        own = client.get(other.call().path)
        sent = {"csrf": csrf(own), "client_id": "x", "text": "x"}
        assert client.post(f"{theirs}/lines", data=sent).status_code == 404
    with who.http() as client:
        page = client.get(call.path)
        forged = client.post(
            f"{call.path}/lines", data={"csrf": csrf(own), "client_id": "x", "text": "x"}
        )
        assert (forged.status_code, codes_of(forged)) == (403, {"forbidden"})
        elsewhere = client.post(
            f"{call.path}/lines",
            data={"csrf": csrf(page), "client_id": "x", "text": "x"},
            headers={"Origin": "https://evil.example"},
        )
        assert elsewhere.status_code == 403
    assert call.stored() == []


def test_the_storage_that_fails_is_told_and_the_text_kept(
    who: Caller, console: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise StorageFailed

    call = who.call()
    with who.http() as client:
        page = client.get(call.path)
        monkeypatch.setattr(who.site.town.provider, "caller_says", broken)
        answer = say(client, call, page, text="助けて")
        assert (answer.status_code, codes_of(answer) & {"storage-failed"}) == (
            503,
            {"storage-failed"},
        )
        assert "助けて</textarea>" in answer.text
        monkeypatch.undo()
        assert texts(say(client, call, answer, text="助けて")) == ["助けて"]


def test_a_practice_call_is_unmistakable(who: Caller, console: Desk) -> None:
    """CTS-11, ASO-11, I5."""
    practice, real = who.call(mode=Mode.PRACTICE), who.call()
    with who.http() as client:
        page = client.get(practice.path)
        assert 'data-page="call-chat" class="practice"' in page.text
        assert "これは練習です" in page.text
        assert "119番に電話しないでください" in page.text
        assert "119番に電話してください</p>" not in page.text
        assert OTHER_MEANS_JA not in page.text, "also where it cannot be reached"
        assert "通報する必要はありません" in page.text
        page = client.get(real.path)
        assert OTHER_MEANS_JA in page.text
        assert "練習" not in re.sub(r'<script type="application/json".*', "", page.text, flags=re.S)


def test_at_a_test_bed_no_card_asks_anybody_to_phone(who: Caller, console: Desk) -> None:
    """I5: neither on the chat, nor on its card, nor where there is no call yet."""
    call = who.call()
    with who.http() as client:
        for path in (call.path, f"{call.path}/card", f"{who.path}/card"):
            plea = client.get(path).text.partition('id="plea"')[2].partition("</div>")[0]
            assert (
                "【試験】119番に電話しないでください。"
                in plea.partition("119番に電話してください")[0]
            )
            assert "すみません" not in plea


def test_without_a_console_the_caller_is_told_other_means(who: Caller, console: Desk) -> None:
    """Nobody is there: the fixed text at once, in the reader's language; gone once answered."""
    with who.http() as client:
        with console.away():
            call = who.call()
            page = client.get(call.path)
            assert "not-received" in codes_of(page)
            assert "通報は消防に届いていません" in page.text
            assert "Your call was NOT received" in client.get(f"{call.path}?lang=en").text
        console.answer(call)
        assert "not-received" not in codes_of(client.get(f"{call.path}?lang=ja"))


def test_a_practice_call_that_nobody_takes_sends_nobody_to_other_means(
    who: Caller, console: Desk
) -> None:
    """CTS-11, I5: notice and line of the machine say that it was practice."""
    with who.http() as client, console.away():
        call = who.call(mode=Mode.PRACTICE)
        page = client.get(call.path)
        assert "not-received" in codes_of(page)
        assert page.text.count("【練習】通報は消防に届いていません。") == 2, "notice and line"
        assert "[PRACTICE] Your call was NOT received" in client.get(f"{call.path}?lang=en").text
        assert OTHER_MEANS_JA not in page.text
    (line,) = call.stored()
    assert line.sender is SenderRole.SYSTEM
    assert OTHER_MEANS_JA not in line.text
