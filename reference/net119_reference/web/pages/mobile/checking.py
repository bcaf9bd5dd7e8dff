"""Whether a phone can be used: what was tested, what came out, and what to do (CTS-04).

Plain functions; nothing counts as passed that was not seen to work.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from net119_protocol.gps import CarrierFix, PositionProblem, PositionUnreadable
from net119_protocol.labels import Label

from net119_reference.web.pages.mobile.charset import Charset
from net119_reference.web.pages.mobile.form import charset_of


class Result(StrEnum):
    """What a test showed."""

    OK = "ok"
    LIMITED = "limited"
    NO = "no"
    UNTESTED = "untested"
    """One more press of a key is needed."""


class Verdict(StrEnum):
    """What the tests mean together."""

    USABLE = "usable"
    LIMITED = "limited"
    UNUSABLE = "unusable"


@dataclass(frozen=True)
class Test:
    """One test with its words."""

    __test__ = False  # not a class of tests, whatever its name says to pytest

    name: str
    result: Result
    title: Label
    words: Label


def verdict_of(tests: Iterable[Test]) -> Verdict:
    """Usable only if every test was made and passed."""
    results = {test.result for test in tests}
    if Result.NO in results:
        return Verdict.UNUSABLE
    return Verdict.USABLE if results == {Result.OK} else Verdict.LIMITED


def link_test(*, plaintext: bool, allowed_somewhere: bool) -> Test:
    """Whether the link is encrypted (ASO-08, CNB-11).

    A phone that shows a page of HTTPS has accepted the SHA-2 certificate; over plaintext nothing
    is known but that the encrypted page was not used.
    """
    title = Label("暗号化（SHA-2）", "Encryption (SHA-2)")
    if not plaintext:
        return Test("link", Result.OK, title, Label("使えます。", "works."))
    if allowed_somewhere:
        return Test(
            "link",
            Result.LIMITED,
            title,
            Label(
                "今は使っていません。暗号化したページが開けるなら、そちらを使ってください。"
                "開けない電話は、下の消防本部の登録者だけが通報できます。内容を他人に"
                "見られるおそれがあり、登録地の消防本部につながります。",
                "not in use. If the encrypted page opens, use that one. If it does not, only"
                " people registered with the departments below can call; others may read it, and"
                " the call goes to the home department.",
            ),
        )
    return Test(
        "link",
        Result.NO,
        title,
        Label(
            "使っていません。暗号化したページが開けない電話では、通報できません。"
            "新しい電話に替えてください。",
            "not in use. A phone that cannot open the encrypted page cannot call. Get a newer"
            " phone.",
        ),
    )


def cookie_test(*, seen: bool) -> Test:
    """Whether a cookie of the page before came back (TOM-05, CTS-13).

    Our own pages keep the session in their URLs: without cookies they work all the same.
    """
    title = Label("クッキー（Cookie）", "Cookies")
    if seen:
        return Test("cookie", Result.OK, title, Label("使えます。", "work."))
    return Test(
        "cookie",
        Result.LIMITED,
        title,
        Label(
            "使えません。通報のたびにログインが要ります。電話の設定で「Cookieを有効」に"
            "できるなら、してください。",
            "do not work. You must log in for each call. Switch them on in the phone's settings"
            " if you can.",
        ),
    )


_MISSING = Label(
    "位置が届きませんでした。屋外の空が見える場所でもう一度試してください。"
    "だめなときは、電話の設定で「位置提供」「GPS」をオンにしてください。"
    "オフのままでは通報できません。",
    "no position came. Try again outdoors under the open sky. If that fails, switch on GPS in the"
    " phone's settings; with positioning off no call can be made.",
)
_UNREADABLE = Label(
    "位置を読み取れませんでした。もう一度試してください。だめなときは、消防本部に相談してください。",
    "the position could not be read. Try again; if that fails, ask the fire department.",
)


def gps_test(found: CarrierFix | PositionUnreadable, place: Label | None) -> Test:
    """Whether the phone told its position (CTS-04); ``place`` is where that lies, if in Japan."""
    title = Label("位置情報（GPS）", "Position (GPS)")
    if isinstance(found, PositionUnreadable):
        nothing = found.problem in (PositionProblem.NO_POSITION, PositionProblem.NO_DIALECT)
        return Test("gps", Result.NO, title, _MISSING if nothing else _UNREADABLE)
    if place is None:
        return Test(
            "gps",
            Result.LIMITED,
            title,
            Label(
                "届きましたが、日本の外です。NET119は日本国内でだけ使えます。",
                "came, but lies outside Japan. NET119 works in Japan only.",
            ),
        )
    return Test(
        "gps",
        Result.OK,
        title,
        Label(f"{place.ja}と届きました。", f"came: {place.en}."),
    )


def charset_test(page: Charset, probe: bytes | None, *, asked: bool) -> Test:
    """Whether a known text came back as it went out."""
    title = Label("文字", "Characters")
    if not asked:
        return Test(
            "charset",
            Result.UNTESTED,
            title,
            Label("まだ確認していません。", "not tested yet."),
        )
    came = charset_of(probe)
    if came is page:
        return Test("charset", Result.OK, title, Label("正しく届きました。", "came back right."))
    if came is not None:
        return Test(
            "charset",
            Result.LIMITED,
            title,
            Label(
                f"ページと違う文字コード（{came.value}）で届きましたが、読めます。",
                f"came in another charset ({came.value}) than the page's, but can be read.",
            ),
        )
    return Test(
        "charset",
        Result.LIMITED,
        title,
        Label(
            "文字が変わって届きました。文字が化けるおそれがあります。"
            "チャットでは、できるだけ選択肢で答えてください。",
            "came back changed; text may be garbled. Answer by choices in the chat where you can.",
        ),
    )
