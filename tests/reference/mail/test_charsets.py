"""Japanese mail is read as handsets write it, and written as old handsets read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_reference.mail.charsets import decode, encode_for_handset, fitted

JIS = st.text(
    st.characters(
        codec="iso2022_jp", exclude_characters="\x1b\x0e\x0f\r", exclude_categories=["Cs"]
    )
)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\x1b$B-!-j\x1b(B", "①㈱"),
        (b"\x1b$B9b66\x1b(B-\x1b$B;3ED\x1b(B", "高橋-山田"),
        (b"\x1b(I6@E\x1b(B!", "\uff76\uff80\uff85!"),
        (b"a\x0e6@\x0fb", "a\uff76\uff80b"),
        (b"\xb6\xc0", "\uff76\uff80"),
        (b"\x1b$@F|K\\\x1b(J\\\x1b(B", "日本¥"),
        (b"\x1b$By!\x1b(B", "纊"),
        (b"\x1b$BF|K\\\nabc", "日本\nabc"),
        (b"\x1b$(D0!\x1b(B", "丂"),
    ],
)
def test_iso_2022_jp_as_windows_writes_it(content: bytes, text: str) -> None:
    found = decode(content, "ISO-2022-JP")
    assert (found.text, found.charset, found.defects) == (text, "iso-2022-jp", ())


@pytest.mark.parametrize("name", ["Shift_JIS", "x-sjis", "windows-31j", '"SHIFT-JIS"', "cp932"])
def test_shift_jis_is_read_as_windows_does(name: str) -> None:
    text = "①㈱髙橋 カナ 〜"
    assert decode("①㈱髙橋 カナ".encode("cp932"), name).text == text[:-2]


@pytest.mark.parametrize(
    ("content", "declared", "text", "defects"),
    [
        ("日本".encode(), "utf-8", "日本", ()),
        (b"\xff\xfeabc", "utf-8", "��abc", ("undecodable",)),
        ("日本".encode(), "x-martian", "日本", ("unknown-charset",)),
        ("日本語です".encode("cp932"), None, "日本語です", ("charset-guessed",)),
        ("日本".encode("iso2022_jp"), "us-ascii", "日本", ("charset-guessed",)),
        (b"\xff\xff", "x-martian", "��", ("unknown-charset", "undecodable")),
        (b"abc", "unicode_escape", "abc", ("unknown-charset",)),
        (b"\x1b$B\xff\xff0\x1b(B", "iso-2022-jp", "��", ("undecodable",)),
        ("日本".encode("euc-jp"), "EUC-JP", "日本", ()),
    ],
)
def test_what_cannot_be_read_stays_visible_and_is_flagged(
    content: bytes, declared: str | None, text: str, defects: tuple[str, ...]
) -> None:
    found = decode(content, declared)
    assert (found.text, found.defects) == (text, defects)


@given(st.binary(max_size=300), st.sampled_from([None, "iso-2022-jp", "shift_jis", "utf-8", "x"]))
def test_no_bytes_stop_the_reader(content: bytes, declared: str | None) -> None:
    found = decode(content, declared)
    assert ("\ufffd" in found.text) <= (
        "undecodable" in found.defects or "\ufffd".encode() in content
    )


@given(JIS)
def test_what_fits_comes_back_unchanged(text: str) -> None:
    written = encode_for_handset(text)
    assert written.replaced == ()
    assert written.content.isascii()
    assert decode(written.content, "iso-2022-jp").text == text


@given(ANYTHING)
def test_any_text_can_be_written_and_reads_as_it_was_shown(text: str) -> None:
    written = encode_for_handset(text)
    assert decode(written.content, "iso-2022-jp").text == written.text
    assert set(written.replaced) <= set(text)
    assert fitted(written.text) == (written.text, ())


@given(st.text(st.sampled_from("①㈱髙𠮷\uff76\uff85カナ。高橋abc\n〜"), min_size=1))
def test_cp932_and_jis_agree(text: str) -> None:
    legacy = text.replace("𠮷", "吉").replace("〜", "~").encode("cp932", errors="replace")
    assert decode(legacy, "shift_jis").defects == ()


def test_what_an_old_handset_lacks_is_replaced_visibly_and_listed() -> None:
    text, replaced = fitted("髙橋𠮷男様 ①番 ㈱見本 \uff76\uff76\uff9e\uff78😀")
    assert text == "高橋吉男様 (1)番 (株)見本 カガク〓"
    assert replaced == ("髙", "𠮷", "①", "㈱", "😀")
    assert fitted("\u200bあ\u202e") == ("あ", ("\u200b", "\u202e"))
