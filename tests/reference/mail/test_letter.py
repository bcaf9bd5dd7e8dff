"""A letter's bytes: what every handset reads, and no auto-replier answers."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_reference.mail.charsets import fitted
from net119_reference.mail.incoming import IncomingKind, read_mail
from net119_reference.mail.letter import (
    Charset,
    Letter,
    new_message_id,
    one_line,
    our_message_ids,
    to_bytes,
)

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
LETTER = Letter(
    sender="register@net119.example",
    to="a..b.@mobile.example",
    subject="登録の手続きのご案内",
    text="次のURLを開いて、申し込みをしてください。\nhttps://net119.example/r/abc\n",
    message_id=new_message_id("register@net119.example"),
    kind="application-link",
    department="tomakomai",
)


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp"])
def test_a_letter_is_plain_text_and_says_that_a_machine_wrote_it(charset: Charset) -> None:
    raw = to_bytes(replace(LETTER, charset=charset, in_reply_to="<q@m.example>"), NOW)
    message = message_from_bytes(raw, policy=policy.default)
    assert message.get_content_type() == "text/plain"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == LETTER.message_id
    assert message["In-Reply-To"] == message["References"] == "<q@m.example>"
    assert message["List-Id"] is None
    assert message["To"].addresses[0].username == "a..b."
    assert message["Subject"] == LETTER.subject
    assert message.get_content().replace("\r\n", "\n") == LETTER.text
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert to_bytes(replace(LETTER, charset=charset), NOW) == to_bytes(
        replace(LETTER, charset=charset), NOW
    )


def test_an_old_handset_gets_its_own_character_set() -> None:
    raw = to_bytes(replace(LETTER, charset="iso-2022-jp", subject="髙橋①様"), NOW)
    assert b"=?ISO-2022-JP?B?" in raw
    assert b"\x1b$B" in raw
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == "高橋(1)様"


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=3000),
    st.sampled_from(["utf-8", "iso-2022-jp"]),
)
def test_any_text_arrives(subject: str, text: str, charset: Charset) -> None:
    letter = replace(LETTER, subject=subject, text=text, charset=charset)
    raw = to_bytes(letter, NOW)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    read = read_mail(raw, "x@m.example", ["r@net119.example"], NOW)
    fit = (lambda t: fitted(t)[0]) if charset == "iso-2022-jp" else (lambda t: t)
    assert read.text == fit(text).strip()
    assert " ".join(read.subject.split()) == " ".join(fit(one_line(subject)).split())


def test_no_subject_forges_a_header() -> None:
    raw = to_bytes(replace(LETTER, subject="a\r\nBcc: x@m.example\n\nhello"), NOW)
    message = message_from_bytes(raw)
    assert message["Bcc"] is None
    assert message["Subject"] == "a Bcc: x@m.example hello"
    raw = to_bytes(replace(LETTER, in_reply_to="<a@b>\r\nBcc: x@m.example"), NOW)
    assert b"Bcc" not in raw


def test_our_own_letter_coming_back_is_known() -> None:
    assert our_message_ids(f"x {LETTER.message_id} y") == (LETTER.message_id,)
    read = read_mail(to_bytes(LETTER, NOW), "p@m.example", ["r@net119.example"], NOW)
    assert read.kind is IncomingKind.LOOP
