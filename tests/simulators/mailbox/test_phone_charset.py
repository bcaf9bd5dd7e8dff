"""Mail in the charsets of phones, against Python's own codecs and octets of real phones."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_simulators.mailbox import Draft, load_carriers, read_letter
from net119_simulators.mailbox.phone_charset import GETA, encode, encoded_word, shown


def test_nec_and_ibm_characters_stand_where_phones_have_them() -> None:
    # CP50221: ① is row 13 cell 1; 髙 is in NEC's selection of IBM's characters, row 92.
    assert encode("①", "iso-2022-jp") == b"\x1b$B\x2d\x21\x1b(B"
    assert encode("髙", "iso-2022-jp") == b"\x1b$B\x7c\x62\x1b(B"
    assert encode("ﾀｶ a", "iso-2022-jp") == b"\x1b(I\x40\x36\x1b(B a"
    assert encode("髙①", "shift_jis") == "髙①".encode("cp932")
    assert encode("𠮷", "shift_jis") == GETA.encode("cp932")


@given(st.text(st.sampled_from("あア漢字登録①\n aZ~0")))
def test_what_python_can_write_is_written_the_same(text: str) -> None:
    plain = text.replace("①", "")
    assert encode(plain, "iso-2022-jp").decode("iso2022_jp") == plain
    assert encode(text, "shift_jis").decode("cp932") == text


@pytest.mark.parametrize("charset", ["shift_jis", "iso-2022-jp"])
def test_a_phone_writes_subject_and_text_in_its_charset(charset: str) -> None:
    draft = Draft("a@au.example", "r@net119.example", "登録", "登録します\n二行目", charset)
    raw = draft.octets()
    assert f'charset="{charset}"'.encode() in raw
    assert encode("二行目", charset) in raw
    letter = read_letter(raw, "r@net119.example", "a@au.example", datetime.now(UTC))
    assert (letter.subject, letter.text) == ("登録", "登録します\n二行目")


@given(st.text(st.sampled_from("登録のご案内①髙ﾀaZ "), min_size=1, max_size=80))
def test_long_subjects_are_cut_between_characters(text: str) -> None:
    word = encoded_word(text, "shift_jis")
    assert all(len(line) <= 76 for line in word.split("\r\n ")) or text.isascii()
    raw = message_from_bytes(f"Subject: {word}\r\n\r\n".encode())["Subject"]
    parts = decode_header(str(raw))
    read = "".join(each if isinstance(each, str) else each.decode("cp932") for each, _ in parts)
    assert read == text or text.isascii()


def test_a_phone_shows_what_its_charset_has() -> None:
    assert shown("髙橋 𠮷子①", "shift_jis") == f"髙橋 {GETA}子①"
    assert shown("髙橋 𠮷子①", "utf-8") == "髙橋 𠮷子①"


def test_every_carrier_has_a_charset_that_mail_can_be_written_in() -> None:
    for carrier in load_carriers().all:
        draft = Draft(f"a@{carrier.domains[0]}", "b@x.example", "題", "文", carrier.charset)
        letter = read_letter(draft.octets(), "b@x.example", "", datetime.now(UTC))
        assert (letter.subject, letter.text) == ("題", "文")
