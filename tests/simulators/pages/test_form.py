"""Forms without a server: what is read from a document, and what would be submitted."""

import asyncio
import html
import string
from collections.abc import AsyncGenerator
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_simulators.pages import BlockedByBrowser, NotOnPage, Page, Upload
from net119_simulators.pages.controls import Entry
from net119_simulators.pages.errors import CannotFill
from net119_simulators.pages.form import Form
from net119_simulators.pages.submission import multipart, urlencoded
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser

URL = "https://127.0.0.1:8443/r/abc/form"


def page(body: str, **kinds: str) -> Page:
    return Page(URL, f"<html lang=ja><body data-page=toy>{body}</body></html>".encode(), **kinds)  # type: ignore[arg-type]  # only texts


def form(body: str, attributes: str = "method=post") -> Form:
    return page(f"<form id=f {attributes}>{body}</form>").form("f")


def entries(body: str) -> list[Entry]:
    return list(form(body).entries())


def test_everything_a_browser_submits_is_submitted_in_order() -> None:
    assert entries(
        """
        <input name=a value=1><input type=hidden name=h value=2>
        <textarea name=t>
first
second</textarea>
        <select name=s><option>x<option value=y selected>Y</select>
        <select name=m multiple><option value=1 selected>1<option value=2>2
          <option value=3 selected>3</select>
        <input type=radio name=r value=r1><input type=radio name=r value=r2 checked>
        <input type=checkbox name=c checked><input type=checkbox name=d value=d1>
        <input type=file name=u><button name=action value=go>Go</button>
        """
    ) == [
        ("a", "1"),
        ("h", "2"),
        ("t", "first\r\nsecond"),
        ("s", "y"),
        ("m", "1"),
        ("m", "3"),
        ("r", "r2"),
        ("c", "on"),
        ("u", Upload("", "application/octet-stream", b"")),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "<input name=a disabled>",
        "<input value=1>",
        "<fieldset disabled><legend>L</legend><input name=a></fieldset>",
        "<input type=button name=a value=1>",
        "<input type=reset name=a value=1>",
        "<input type=submit name=a value=1>",
        "<button type=button name=a value=1>b</button>",
        "<input type=checkbox name=a>",
        "<input type=radio name=a value=1>",
        "<select name=a multiple><option>1</select>",
        "<select name=a><option disabled>1</select>",
        "<input name=a form=other>",
    ],
)
def test_what_a_browser_leaves_out_is_left_out(body: str) -> None:
    assert entries(body) == []


def test_a_control_in_the_legend_of_a_disabled_group_works() -> None:
    assert entries(
        "<fieldset disabled><legend><input name=a value=1></legend><input name=b></fieldset>"
    ) == [("a", "1")]


def test_controls_outside_belong_to_the_form_that_they_name() -> None:
    shown = page(
        "<form id=f></form><form id=g><input name=b form=f value=2></form>"
        "<input name=a form=f value=1><button form=f name=action value=go>Go</button>"
    )
    assert shown.form("f").entries() == (("b", "2"), ("a", "1"))
    assert shown.form("g").entries() == ()
    assert shown.form_with("go").id == "f"


def test_a_button_may_send_the_form_elsewhere() -> None:
    found = form(
        "<input name=a value=1>"
        "<button name=action value=next>次へ</button>"
        "<button name=action value=back formaction=/back formmethod=get>戻る</button>"
        "<button name=action value=up formenctype=multipart/form-data formaction=''>送る</button>",
        "method=post action=../form2",
    )
    sent = found.press("次へ")
    assert (sent.method, sent.url) == ("POST", "https://127.0.0.1:8443/r/form2")
    assert parse_qsl(sent.body.decode()) == [("a", "1"), ("action", "next")]
    back = found.press("back")
    assert (back.method, back.url, back.body) == (
        "GET",
        "https://127.0.0.1:8443/back?a=1&action=back",
        b"",
    )
    up = found.press("up")
    assert up.url == "https://127.0.0.1:8443/r/form2"
    assert up.content_type.startswith("multipart/form-data; boundary=")


def test_a_form_without_action_goes_to_its_page_even_with_a_base() -> None:
    shown = Page(
        URL, b"<head><base href='/other/'></head><form id=a></form><form id=b action=x></form>"
    )
    assert shown.form("a").action == URL
    assert shown.form("b").action == "https://127.0.0.1:8443/other/x"


def test_fields_are_found_by_name_label_and_legend() -> None:
    found = form(
        """
        <label for=n>お名前 <span>必須</span></label><input id=n name=data.name>
        <label>フリガナ <input name=data.kana></label>
        <span id=m>メール</span><input name=data.mail aria-labelledby=m>
        <input name=data.fax aria-label=FAX番号>
        <fieldset><legend>性別</legend>
          <label><input type=radio name=data.sex value=female>女</label>
          <label><input type=radio name=data.sex value=male>男</label></fieldset>
        <label><input type=checkbox name=agree value=yes>同意します</label>
        """
    )
    found.fill("お名前", "髙橋")
    found.fill("フリガナ", "タカハシ")
    found.fill("メール", "a@b.example")
    found.fill("FAX番号", "0000")
    found.choose("性別", "男")
    found.tick("同意します")
    assert dict(found.entries()) == {
        "data.name": "髙橋",
        "data.kana": "タカハシ",
        "data.mail": "a@b.example",
        "data.fax": "0000",
        "data.sex": "male",
        "agree": "yes",
    }
    assert found.value("性別") == "male"


def test_what_is_not_there_is_named_with_what_is() -> None:
    found = form("<label>お名前<input name=data.name></label><button value=go>次へ</button>")
    with pytest.raises(NotOnPage) as no_field:
        found.fill("住所", "x")
    assert "'住所'" in no_field.value.what
    assert "data.name (text: お名前)" in no_field.value.what_to_do
    assert URL in no_field.value.where
    with pytest.raises(NotOnPage) as no_button:
        found.press("back")
    assert "次へ" in no_button.value.what_to_do
    with pytest.raises(NotOnPage):
        page("<form id=a></form><form id=b></form>").form()
    with pytest.raises(NotOnPage) as two:
        form("<label>電話<input name=a></label><label>電話<input name=b></label>").fill("電話", "1")
    assert "single" in two.value.what


def test_a_person_cannot_do_what_a_browser_does_not_let() -> None:
    found = form(
        "<input name=long maxlength=3><input type=hidden name=h><input name=ro readonly value=1>"
        "<input name=off disabled><input type=file name=u>"
        "<select name=s><option value=a>A<option value=b disabled>B</select>"
        "<input type=checkbox name=c value=1><input type=checkbox name=c value=2>"
    )
    for name in ("h", "ro", "off"):
        with pytest.raises(CannotFill):
            found.fill(name, "x")
    found.fill("long", "𠮷田")
    with pytest.raises(CannotFill) as long:
        found.fill("long", "𠮷𠮷")
    assert "4 characters" in long.value.what
    found.fill("long", "𠮷𠮷", force=True)
    for missing in ("b", "C"):
        with pytest.raises(NotOnPage):
            found.choose("s", missing)
    with pytest.raises(CannotFill):
        found.attach("u", Upload("a", "x/y", b""), Upload("b", "x/y", b""))
    with pytest.raises(CannotFill):
        found.tick("c")
    found.tick("c", value="2")
    assert ("c", "2") in found.entries()


def test_a_browser_holds_back_what_its_own_checks_refuse() -> None:
    body = "<input name=a required><button value=go>Go</button>"
    skip = "<button value=back formnovalidate>Back</button>"
    found = form(body + skip)
    with pytest.raises(BlockedByBrowser) as blocked:
        found.press("go")
    assert "a (text) is required" in blocked.value.what
    assert found.press("go", force=True).entries == (("a", ""),)
    assert found.press("back").entries == (("a", ""),)
    assert form(body, "method=post novalidate").press("go").entries == (("a", ""),)
    found.fill("a", "x")
    assert found.press("go").entries == (("a", "x"),)
    with pytest.raises(BlockedByBrowser):
        form("<button value=go disabled>Go</button>").press("go")


def test_values_by_name_go_into_every_kind_of_control() -> None:
    found = form(
        "<input name=t><select name=s><option value=1>1<option value=2>2</select>"
        "<input type=checkbox name=c value=yes checked><input type=radio name=r value=x>"
    )
    assert found.enter_all({"t": "T", "s": "2", "c": "", "r": "x", "gone": "1"}) == ("gone",)
    assert found.entries() == (("t", "T"), ("s", "2"), ("r", "x"))
    with pytest.raises(NotOnPage):
        found.enter("c", "no")


def test_characters_that_the_charset_cannot_hold_are_sent_as_references() -> None:
    shown = Page(
        URL,
        "<form id=f method=post><input name=a><input type=hidden name=_charset_>"
        "<button value=go>送信</button></form>".encode("cp932"),
        content_type="text/html; charset=Shift_JIS",
    )
    found = shown.form("f")
    found.fill("a", "髙①𠮷~")
    sent = found.press("go")
    assert parse_qsl(sent.body.decode(), encoding="cp932") == [
        ("a", "髙①&#134071;~"),
        ("_charset_", "Shift_JIS"),
    ]
    assert b"%7E" in sent.body


def test_the_charset_comes_from_the_header_then_the_document() -> None:
    sjis = "<meta charset=shift_jis><h1>日本語</h1>".encode("cp932")
    assert Page(URL, sjis).headings == ("日本語",)
    euc = Page(URL, "<h1>あ</h1>".encode("euc-jp"), content_type='text/html; charset="EUC-JP"')
    assert euc.headings == ("あ",)
    assert Page(URL, "<h1>あ</h1>".encode(), content_type="text/html; charset=nobody").text == "あ"


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<!-- <body data-page=no> --><body class=x data-page='terms'>", "terms"),
        ("<script>'<body data-page=no>'</script><body data-page=form>", "form"),
        ("<body>", ""),
        ("<p>no body", ""),
        ("", ""),
    ],
)
def test_the_name_of_a_page_is_that_of_its_body(html: str, name: str) -> None:
    assert Page(URL, html.encode()).name == name


def test_a_page_tells_its_name_language_texts_and_problems() -> None:
    shown = page(
        """<h1>登録の
 <b>申請　書</b></h1><script>var x = "secret";</script><p hidden>無</p>
        <div id=errors><ul><li><a href="#data.kana">フリガナを入れてください。</a></ul></div>
        <input name=data.kana aria-describedby=data.kana-error>
        <p id=data.kana-error data-code=missing><b aria-hidden=true>▲</b>
        フリガナを入れてください。</p>
        <p id=no-error>これは誤りではない</p><!-- 見えない -->
        <a href="/next#part">次</a>"""
    )
    assert (shown.name, shown.language, shown.headings) == ("toy", "ja", ("登録の 申請　書",))
    assert "secret" not in shown.text
    assert "無" not in shown.text
    assert "見えない" not in shown.text
    assert [(each.path, each.code) for each in shown.problems] == [("data.kana", "missing")]
    assert shown.problem("data.kana").text == "フリガナを入れてください。"
    assert [each.url for each in shown.summary] == ["#data.kana"]
    assert shown.link("次").url == "https://127.0.0.1:8443/next"
    with pytest.raises(NotOnPage):
        shown.problem("data.name")
    with pytest.raises(NotOnPage):
        shown.element("nothing")


VALUES = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x00", exclude_categories=["Cs"]),
    max_size=20,
)
NAMES = st.text(string.ascii_letters + string.digits + "._-[]", min_size=1, max_size=12)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6))
def test_texts_come_through_document_and_urlencoding_unchanged(
    pairs: list[tuple[str, str]],
) -> None:
    """What a document holds is what arrives, whatever characters it is made of."""
    shown = "".join(
        f'<textarea name="{name}">\n{html.escape(value)}</textarea>' for name, value in pairs
    )
    found = form(shown)
    arrived = parse_qsl(
        urlencoded(found.entries(), "utf-8").decode("ascii"), keep_blank_values=True
    )
    assert arrived == [(name, value.replace("\n", "\r\n")) for name, value in pairs]


UPLOADS = st.builds(Upload, st.just('写真 "1".jpg'), st.just("image/jpeg"), st.binary())
# Browsers leave a backslash alone; the parser takes it for the start of an escape.
FIELDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\\", exclude_categories=["Cs", "Cc"]),
    min_size=1,
)


@given(st.lists(st.tuples(FIELDS, st.one_of(VALUES, UPLOADS)), max_size=5))
def test_multipart_comes_through_a_real_parser_unchanged(pairs: list[Entry]) -> None:
    body = multipart(pairs, "utf-8", "----simulated0")

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    async def parse() -> list[tuple[str, object]]:
        headers = Headers({"content-type": "multipart/form-data; boundary=----simulated0"})
        parsed = await MultiPartParser(headers, stream()).parse()
        found: list[tuple[str, object]] = []
        for name, value in parsed.multi_items():
            if isinstance(value, str):
                found.append((name, value))
            else:
                found.append((name, (value.filename, await value.read())))
        await parsed.close()
        return found

    arrived = asyncio.run(parse())
    assert arrived == [
        (
            name.replace('"', "%22"),
            value if isinstance(value, str) else ("写真 %221%22.jpg", value.content),
        )
        for name, value in pairs
    ]
