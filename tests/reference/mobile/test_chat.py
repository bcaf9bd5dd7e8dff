"""The chat by polling: lines once, answers by a key, what cannot be shown, presence, size."""

from uuid import UUID

import pytest
from net119_protocol.codes import Presence
from net119_reference.config.model import Timers
from net119_reference.ports import StorageFailed
from net119_reference.web.pages.mobile.spelling import EMOJI

from tests.reference.mobile.answering import Desk, call_of, entered
from tests.reference.mobile.phones import MobilePhone
from tests.reference.mobile.test_call import called
from tests.reference.pages.person import Person
from tests.reference.pages.site import Site

POLL_S = Timers().poll_s


def own_lines(desk: Desk, call_id: UUID) -> list[str]:
    return [each.text for each in desk.lines(call_id) if each.sender.value == "caller"]


def shown_seqs(phone: MobilePhone) -> list[int]:
    return [int(each["data-seq"]) for each in phone.page.tagged if "data-seq" in each]


def test_the_conversation(tomakomai: Site, person: Person, desk: Desk) -> None:
    """CTS-09, ASO-15."""
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "docomo"), person)
        call_id = call_of(phone.page)
        assert phone.page.body["data-state"] == "ringing"
        assert "まだ応答していません" in phone.page.text
        assert "電源を切らないで" in phone.page.text
        desk.answer(call_id)
        page = phone.follow("更新")
        assert page.body["data-state"] == "answered"
        assert "つながりました" in page.text
        seq = desk.say(call_id, "どうしましたか。\n髙橋さんですか①")
        page = phone.follow("更新")
        assert "最後の返事" in page.text
        assert "どうしましたか。<br>髙橋さんですか①" in page.text
        assert shown_seqs(phone)[0] == seq, "the newest line is the first"
        page = phone.press("say", form=0, text="父が倒れた～\n<b>息</b>がない&#9;")
        assert 'id="sent"' in page.text
        assert own_lines(desk, call_id) == ["父が倒れた～\n<b>息</b>がない&#9;"]
        assert "&lt;b&gt;息&lt;/b&gt;がない&amp;#9;" in page.text
        assert len(set(shown_seqs(phone))) == len(shown_seqs(phone))
        desk.close(call_id)
        page = phone.follow("更新")
        assert page.name == "m-ended"
        assert phone.follow("新しく通報").name == "m-kind"


def test_a_line_sent_twice_is_one_line_and_another_text_another(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    """I4: an answer that is lost, and a form that the phone has kept."""
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "au"), person)
        call_id = call_of(phone.page)
        kept = phone.page
        phone.press("say", text="火が出た")
        phone.again()
        assert own_lines(desk, call_id) == ["火が出た"]
        phone.page = kept
        phone.press("say", text="２階です")
        assert own_lines(desk, call_id) == ["火が出た", "２階です"]
        phone.press("say", text="")
        assert phone.page.name == "m-chat"
        assert len(own_lines(desk, call_id)) == 2


def test_a_question_is_answered_by_one_key(tomakomai: Site, person: Person, desk: Desk) -> None:
    """CTS-10."""
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "willcom"), person)
        call_id = call_of(phone.page)
        desk.answer(call_id)
        seq = desk.say(call_id, "息をしていますか", "はい", "いいえ", "わからない🚑")
        page = phone.follow("更新")
        controls = [each for each in page.forms[0][1] if each.kind == "submit"]
        assert [each.accesskey for each in controls] == ["1", "2", "3"]
        assert controls[1].value == "[2] いいえ"
        assert controls[2].value == "[3] わからない〔救急車〕"
        phone.press("say", form=1, text="待って")
        above = phone.page.text.partition('id="question"')[0]
        assert "息をしていますか" in above, "the question stands by its answers"
        page = phone.press(controls[2].name)
        phone.again()
        chosen = [each.choice for each in desk.lines(call_id) if each.choice]
        assert [(each.seq, each.option_id) for each in chosen] == [(seq, "o2")]
        assert "【わからない〔救急車〕】" in page.text
        assert not [each for each in page.forms if each[0].get("id") == "question"]
        url, _ = phone.filled("say", 0, {})
        page = phone._ask("POST", url, f"choice.{seq}.9=x".encode())
        assert 'data-code="invalid"' in page.text


def test_what_the_phone_cannot_show_is_told_to_its_writer_once(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    """CNB-30."""
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "docomo"), person)
        call_id = call_of(phone.page)
        desk.answer(call_id)
        seq = desk.say(call_id, "🚑が𠮷野家の前に着きます〜①")
        page = phone.follow("更新")
        assert "〔救急車〕が〔吉〕野家の前に着きます～①" in page.text
        assert 'id="unshown"' in page.text
        phone.follow("更新")
        told = [each.text for each in desk.lines(call_id) if f"（{seq}番: " in each.text]
        assert len(told) == 1
        assert "「🚑」" in told[0]
        assert "「𠮷」" in told[0]
        assert "〜" not in told[0]


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        ("docomo", b"%F8%9F%89%CE%8E%96", f"{EMOJI}火事"),
        ("au", b"%89%CE%8E%96%F6%60", f"火事{EMOJI}"),
        ("softbank", "火事\ue11d".encode(), f"火事{EMOJI}"),
        ("softbank", b"\xff\xfe%E7%81%AB%81", "〓〓火〓"),
        ("docomo", b"%81%00%FD%8A%D4", None),
    ],
)
def test_emoji_and_broken_bytes_are_kept_visibly_and_reported(
    tomakomai: Site, person: Person, desk: Desk, kind: str, raw: bytes, stored: str | None
) -> None:
    """CNB-30: never lost or garbled silently, and never an error of ours."""
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, kind), person)
        call_id = call_of(phone.page)
        url, body = phone.filled("say", 0, {})
        page = phone._ask("POST", url, body.replace(b"text=", b"text=" + raw))
        assert page.response.status_code == 200
        (line,) = own_lines(desk, call_id)
        assert line == stored or (stored is None and "〓" in line)
        assert 'data-code="emoji-replaced"' in page.text


def test_a_browsers_references_arrive_as_what_they_mean(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "docomo"), person)
        call_id = call_of(phone.page)
        url, body = phone.filled("say", 0, {"text": "𠮷子🚑です"})
        assert b"%26%23134071%3B" in body
        page = phone._ask("POST", url, body)
        assert own_lines(desk, call_id) == ["𠮷子🚑です"]
        assert "〔吉〕子〔救急車〕です" in page.text
        assert "emoji-replaced" not in page.text, "it went out whole"


def test_a_phone_that_polls_is_present_until_it_stops(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    town = tomakomai.town
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "docomo-1"), person)
        call_id = call_of(phone.page)
        desk.answer(call_id)
        assert desk.call(call_id).presence is Presence.CONNECTED
        for _ in range(3):
            town.clock.advance(POLL_S - 1)
            phone.follow("更新")
            assert desk.call(call_id).presence is Presence.CONNECTED
        town.clock.advance(POLL_S + 1)

        async def due() -> None:
            town.provider.core.kernel.wake()

            async def gone() -> bool | None:
                found = await town.provider.call_record(desk.who, call_id)
                return found.call.presence is Presence.GONE or None

            await town.until(gone)

        tomakomai.do(due)
        assert desk.call(call_id).state.value == "interrupted"
        phone.follow("更新")
        assert desk.call(call_id).presence is Presence.CONNECTED
        assert desk.call(call_id).state.value == "answered"
        assert desk.history(call_id).count("handset polls") == 2
        said = [each.text for each in desk.lines(call_id) if "フィーチャーフォン" in each.text]
        assert len(said) == 1, "dispatchers are told once that lines are seen on refreshing"


def test_a_long_call_stays_small_and_whole(tomakomai: Site, person: Person, desk: Desk) -> None:
    """Below 20 kB, whatever is said; each answer of the test phone checks that."""
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "softbank"), person)
        call_id = call_of(phone.page)
        desk.answer(call_id)
        texts = ['"' * 2000, "火" * 2000, "<script>alert(1)</script>", *map(str, range(60))]
        said = []
        for number, text in enumerate(texts):
            tomakomai.town.clock.advance(1)
            said.append(desk.say(call_id, text, *(['"' * 100] * 20 if number % 20 == 0 else [])))
        phone.follow("更新")
        seen = shown_seqs(phone)
        assert seen[0] == said[-1]
        while any("前の行" in each["text"] for each in phone.page.links):
            phone.follow("前の行")
            seen += shown_seqs(phone)
        assert seen == sorted(seen, reverse=True)
        assert set(said) <= set(seen)
        whole = phone.get(f"{phone.page.response.url.path}/lines/{said[1]}")
        found = whole.text.count("火")
        while any("続き" in each["text"] for each in phone.page.links):
            found += phone.follow("続き").text.count("火")
        assert found == 2000


def test_the_waiting_page_has_nothing_to_type_in(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "au"), person)
        assert 'http-equiv="refresh"' not in phone.page.text
        call_id = call_of(phone.page)
        page = phone.follow("待つ")
        assert 'http-equiv="refresh" content="15;url=' in page.text
        assert "<textarea" not in page.text
        desk.answer(call_id)
        desk.say(call_id, "歩けますか", "はい", "いいえ")
        page = phone.follow("更新")
        assert phone.press(page.forms[0][1][2].name).name == "m-chat"


def test_that_nobody_has_received_the_call_is_said_until_somebody_has(
    tomakomai: Site, person: Person, desk: Desk
) -> None:
    """CNB-36: told as long as it is true; after the answer it would say the opposite."""
    not_received = 'data-notice="not-received"'
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "docomo"), person)
        assert not_received in phone.page.text
        desk.answer(call_of(phone.page))
        page = phone.follow("更新")
        assert page.body["data-state"] == "answered"
        assert not_received not in page.text


def test_the_card_is_for_reading_aloud(tomakomai: Site, person: Person, desk: Desk) -> None:
    """CTS-08, ASO-29."""
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "docomo"), person, "火事")
        page = phone.follow("周りの人")
        assert page.name == "m-card"
        for words in ("119番に電話してください", "火事", "北海道苫小牧市", "42.63400", "〔吉〕子"):
            assert words in page.text
        heading = page.text.partition("<h1")[2].partition("</h1>")[0]
        assert "【試験】電話はしないでください" in heading, "before anything that asks to phone"
        assert "お願い" not in page.text
        assert phone.follow("チャットへ").name == "m-chat"


def test_another_callers_call_shows_nothing(tomakomai: Site, person: Person, desk: Desk) -> None:
    stranger = entered(tomakomai, "stranger@phone.example")
    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "docomo"), person)
        call_id = call_of(phone.page)
        desk.answer(call_id)
        desk.say(call_id, "ひみつ")
        other = MobilePhone(client, "au")
        other.log_in(stranger.login_id, stranger.password)
        base = str(other.page.response.url)
        for path in ("", "/wait", "/card", "/lines/1"):
            page = other.get(f"{base}/c/{call_id}{path}")
            assert (page.response.status_code, page.code) == (404, "unknown-call")
        page = other._ask("POST", f"{base}/c/{call_id}", b"text=x&say=1&client_id=c")
        assert page.response.status_code == 404
        assert own_lines(desk, call_id) == []


def test_an_unstored_line_stays_in_the_form(
    tomakomai: Site, person: Person, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StorageFailed("full")

    with tomakomai.http() as client:
        phone = called(MobilePhone(client, "docomo"), person)
        call_id = call_of(phone.page)
        with monkeypatch.context() as broken:
            broken.setattr(tomakomai.town.provider, "caller_says", full)
            page = phone.press("say", text="髙い所にいる")
        assert 'data-code="storage-failed"' in page.text
        assert "髙い所にいる</textarea>" in page.text
        phone.press("say")
        assert own_lines(desk, call_id) == ["髙い所にいる"]
        desk.answer(call_id)
        desk.close(call_id)
        page = phone.again()
        assert page.name == "m-ended"
