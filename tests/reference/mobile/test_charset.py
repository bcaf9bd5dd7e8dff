"""The codec: a character survives or is seen to be replaced and named; any bytes give a text."""

import unicodedata
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from net119_reference.web.pages.mobile.charset import (
    SAME,
    Charset,
    Converted,
    encoded,
    received,
    shown,
)
from net119_reference.web.pages.mobile.form import (
    PROBE,
    PROBE_FIELD,
    UnreadableForm,
    charset_of,
    parse_form,
)
from net119_reference.web.pages.mobile.spelling import EMOJI, GETA, SPELLED

SJIS, UTF8 = Charset.SHIFT_JIS, Charset.UTF_8
TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("髙﨑①㈱Ⅳ～〜−‖¥\\~ｶﾞﾊﾟ、。𠮷𠮟🚑🔥⚠️🙆‍♀️👍🏽が゙\u3099\ue63e\uf89f\x00\r\n\t"),
    )
)


@given(TEXT, st.sampled_from(Charset))
@example("髙橋 𠮷子① ～〜 ㈱ 🚑 ﾀｶﾊｼ", SJIS)
def test_each_character_survives_or_is_replaced_visibly_and_named(
    text: str, charset: Charset
) -> None:
    raw, replaced = encoded(text, charset)
    back = raw.decode(charset.codec)
    assert back == shown(text, charset).text
    if not replaced:
        same = text if charset is UTF8 else "".join(SAME.get(each, each) for each in text)
        assert unicodedata.normalize("NFC", back) == unicodedata.normalize("NFC", same)
    for each in replaced:
        assert back.count(GETA) + back.count("〔") >= 1
        assert set(each) & set(text)
    # What was not named has come through.
    named = set("".join(replaced)) | set("\u3099\u309a") | set(SAME)
    for each in set(text) - named:
        composed = any("\u3040" <= other <= "\u30ff" for other in each)
        assert composed or each in back


@given(TEXT, st.sampled_from(Charset))
def test_what_is_shown_is_stable(text: str, charset: Charset) -> None:
    once = shown(text, charset).text
    assert shown(once, charset) == Converted(once, ())


@given(TEXT, st.sampled_from(Charset))
def test_what_a_phone_could_show_it_can_send_back(text: str, charset: Charset) -> None:
    page, _ = encoded(text.replace("&#", "& #"), charset)
    came = received(page, charset)
    assert came.text == page.decode(charset.codec)
    assert came.replaced == ()


@given(st.binary(max_size=300), st.sampled_from(Charset))
@example(b"\x81", SJIS)
@example(b"\xf8\x9f\xf0\x40\xfc\xfc\xfd\xa0\x80", SJIS)
@example(b"\xed\xa0\xbd\x00\x1b$Gj\x0f", UTF8)
def test_any_bytes_give_a_text_that_can_be_stored(raw: bytes, charset: Charset) -> None:
    came = received(raw, charset)
    came.text.encode("utf-8")
    assert "\x00" not in came.text
    assert "\ufffd" not in came.text
    try:
        whole = raw.decode(charset.codec)
    except UnicodeDecodeError:
        assert came.replaced, "what could not be read is named"
    else:
        assert came.replaced or len(came.text) <= len(whole)
    assert bool(raw) == bool(came.text)


@pytest.mark.parametrize(
    ("text", "shown_as", "replaced"),
    [
        ("髙橋①㈱Ⅳﾀｶﾊｼ", "髙橋①㈱Ⅳﾀｶﾊｼ", ()),
        ("９〜１０時", "９～１０時", ()),
        ("𠮷子", "〔吉〕子", ("𠮷",)),
        ("🚑を呼んで🚑", "〔救急車〕を呼んで〔救急車〕", ("🚑",)),
        ("🦷が痛い", f"{EMOJI}が痛い", ("🦷",)),
        ("🙆🏽‍♀️", EMOJI, ("🙆🏽‍♀️",)),
        ("⚠️", "〔注意〕", ("⚠️",)),
        ("café ☕", f"caf{GETA} {EMOJI}", ("é", "☕")),
        ("か\u3099", "が", ()),
        ("\x07\ue001", f"{GETA}{EMOJI}", ("\x07", "\ue001")),
        ("神", "神", ()),
        ("葛\U000e0100", f"葛{GETA}", ("\U000e0100",)),
    ],
)
def test_on_a_phone_of_shift_jis(text: str, shown_as: str, replaced: tuple[str, ...]) -> None:
    converted = shown(text, SJIS)
    assert (converted.text, converted.replaced) == (shown_as, replaced)


def test_the_variants_of_a_kanji_are_not_exchanged() -> None:
    """U+FA19 is in cp932 and composed forms would make another character of it."""
    assert shown("\ufa19", SJIS).text == "\ufa19"


def test_browsers_and_we_write_the_same_bytes() -> None:
    """Recorded from Chromium, which follows the Encoding Standard; Python writes EE E0."""
    assert encoded("漢字かなｶﾅ①髙～", SJIS)[0] == (
        b"\x8a\xbf\x8e\x9a\x82\xa9\x82\xc8\xb6\xc5\x87@\xfb\xfc\x81`"
    )
    for raw in (b"\xfb\xfc", b"\xee\xe0"):
        assert received(raw, SJIS).text == "髙"
    assert charset_of(encoded(PROBE, SJIS)[0]) is SJIS


def test_every_spelled_form_can_be_shown() -> None:
    for text in (*SPELLED.values(), GETA, EMOJI):
        assert shown(text, SJIS).replaced == ()


@pytest.mark.parametrize(
    ("raw", "text", "replaced"),
    [
        # docomo's sun, in the row that Microsoft's table leaves to users (i-mode emoji list).
        (b"\xf8\x9f", EMOJI, (EMOJI,)),
        (b"&#63647;", EMOJI, (EMOJI,)),
        (b"&#xE63E;", EMOJI, (EMOJI,)),
        # au's, in row F3 and above (EZfactory emoji list).
        (b"\xf6\x60\x82\xa0", f"{EMOJI}あ", (EMOJI,)),
        (b"\x1b$Gj\x0f\x82\xa0", f"{EMOJI}あ", (EMOJI,)),
        # Browsers write what the charset does not have as a reference.
        (b"&#128657;&#x1F525;", "🚑🔥", ()),
        (b"&#134071;", "𠮷", ()),
        (b"&#55357;&#56977;", "🚑", ()),
        # What the charset has, somebody has typed.
        (b"&#65;&amp;", "&#65;&amp;", ()),
        (b"&#9999999;&#0;", "&#9999999;&#0;", ()),
        (b"\xa5\x82\xa0\x82", "･あ" + GETA, (GETA,)),
        (b"a\r\nb\rc", "a\nb\nc", ()),
    ],
)
def test_what_a_phone_of_shift_jis_sends(raw: bytes, text: str, replaced: tuple[str, ...]) -> None:
    came = received(raw, SJIS)
    assert (came.text, came.replaced) == (text, replaced)


def test_softbanks_emoji_in_utf_8() -> None:
    came = received("火事\ue11d".encode(), UTF8)
    assert (came.text, came.replaced) == (f"火事{EMOJI}", (EMOJI,))


def test_the_known_text_is_told_apart_by_its_bytes() -> None:
    assert charset_of(PROBE.encode("cp932")) is SJIS
    assert charset_of(PROBE.encode()) is UTF8
    assert charset_of(PROBE.encode("cp932")[:-1]) is None
    # Python has NEC's place of 髙, browsers and Windows IBM's; either is the same character.
    assert charset_of(PROBE.encode("cp932").replace(b"\xee\xe0", b"\xfb\xfc")) is SJIS
    assert charset_of(None) is None
    with pytest.raises(UnicodeEncodeError):
        PROBE.encode("shift_jis")


def form_bytes(fields: dict[str, bytes]) -> bytes:
    return b"&".join(
        f"{name}={quote_from_bytes(value, safe='')}".replace("%20", "+").encode()
        for name, value in fields.items()
    )


@given(st.text(max_size=50), st.sampled_from(Charset), st.sampled_from(Charset))
def test_a_form_is_read_in_the_charset_of_its_known_text(
    text: str, page: Charset, spoken: Charset
) -> None:
    plain = shown(text, spoken).text.replace("&#", "& #")
    fields = {PROBE_FIELD: PROBE.encode(spoken.codec), "text": plain.encode(spoken.codec)}
    form = parse_form(form_bytes(fields), page)
    assert form.charset is spoken
    assert form.fields["text"] == plain
    assert not form.replaced


@given(st.binary(max_size=400), st.sampled_from(Charset))
def test_any_body_is_a_form_or_is_refused(body: bytes, page: Charset) -> None:
    try:
        form = parse_form(body, page)
    except UnreadableForm:
        assert body.count(b"&") > 0, "one field alone can always be read"
        return
    for value in form.fields.values():
        value.encode("utf-8")


def test_without_the_known_text_the_bytes_decide() -> None:
    assert parse_form(form_bytes({"a": "日本語".encode()}), SJIS).fields["a"] == "日本語"
    assert parse_form(form_bytes({"a": "漢".encode("cp932")}), UTF8).fields["a"] == "漢"
    broken = parse_form(b"a=%E6%97%81%FF%81&b=100%&c=1+1%2B", UTF8)
    assert broken.fields["b"] == "100%"
    assert broken.fields["c"] == "1 1+"
    assert "a" in broken.replaced
    with pytest.raises(UnreadableForm):
        parse_form(b"a=1&a=2", SJIS)
