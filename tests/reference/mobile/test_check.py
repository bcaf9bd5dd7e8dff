"""The check page tells whether a phone can be used, and why not (CTS-04, TOM-05, CTS-13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_reference.web.pages.mobile.charset import Charset
from net119_reference.web.pages.mobile.checking import (
    Result,
    Test,
    Verdict,
    charset_test,
    cookie_test,
    link_test,
    verdict_of,
)
from net119_reference.web.pages.mobile.form import PROBE

from tests.reference.mobile.phones import TOMAKOMAI, MobilePhone
from tests.reference.pages.site import Site

RESULTS = ("link", "cookie", "gps", "charset")


@pytest.mark.parametrize("kind", TOMAKOMAI)
def test_each_carriers_phone_is_checked_in_its_own_dialect(tomakomai: Site, kind: str) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, kind)
        phone.get("/m")
        page = phone.follow("使えるか確認")
        assert page.name == "m-check"
        page = phone.measure()
        assert page.name == "m-check-result"
        assert "北海道苫小牧市" in page.text
        assert "気象庁" in page.text, "whose map data (ASO-23)"
        assert page.test("charset") == "untested"
        assert page.body["data-verdict"] == "limited", "nothing untested has passed"
        page = phone.press("charset")
        cookies = kind in {"softbank", "willcom"}
        assert {name: page.test(name) for name in RESULTS} == {
            "link": "ok",
            "cookie": "ok" if cookies else "limited",
            "gps": "ok",
            "charset": "ok",
        }
        assert page.body["data-verdict"] == ("usable" if cookies else "limited")


@pytest.mark.parametrize(
    ("kind", "answer", "result"),
    [
        ("docomo", "", "no"),
        ("docomo", "lat=%2B42.38.02.4&lon=%2B141.36.18.000&geo=wgs84", "no"),
        ("softbank", "pos=N37.33.58.79E126.58.40.92&geo=wgs84&x-acr=3", "limited"),
        ("au", "%81&datum=tokyo&%00<script>", "no"),
    ],
)
def test_a_position_that_does_not_serve_is_explained(
    tomakomai: Site, kind: str, answer: str, result: str
) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, kind)
        phone.get("/m/check")
        page = phone.measure(answer=answer)
        assert page.test("gps") == result
        page = phone.press("charset")
        assert page.test("gps") == result, "the position is told once more"
        assert page.body["data-verdict"] == ("unusable" if result == "no" else "limited")
        assert "緊急のとき" in page.text


def test_a_phone_without_a_dialect_is_told(tomakomai: Site) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "other")
        phone.get("/m/check")
        page = phone.follow("現在位置確認")
        assert page.test("gps") == "no"
        assert page.test("cookie") == "ok"
        assert page.body["data-verdict"] == "unusable"


def test_text_in_another_charset_is_seen(tomakomai: Site) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "willcom")
        phone.get("/m/check")
        phone.measure()
        phone.charset = "utf-8"
        url, body = phone.filled("charset", 0, {})
        phone.charset = "cp932"
        page = phone._ask("POST", url, body)
        assert page.test("charset") == "limited"
        assert "UTF-8" in page.text
        page = phone._ask("POST", url, b"enc=%3F%3F%3F&charset=1")
        assert page.test("charset") == "limited"
        assert "化ける" in page.text


@given(st.lists(st.sampled_from(Result), min_size=1, max_size=4))
def test_usable_means_that_everything_was_tested_and_passed(results: list[Result]) -> None:
    title = cookie_test(seen=True).title
    verdict = verdict_of([Test("x", each, title, title) for each in results])
    assert (verdict is Verdict.USABLE) == (set(results) == {Result.OK})
    assert (verdict is Verdict.UNUSABLE) == (Result.NO in results)


def test_plaintext_never_passes_for_encrypted() -> None:
    assert link_test(plaintext=False, allowed_somewhere=False).result is Result.OK
    assert link_test(plaintext=True, allowed_somewhere=True).result is Result.LIMITED
    assert link_test(plaintext=True, allowed_somewhere=False).result is Result.NO


@given(st.one_of(st.none(), st.binary(max_size=60)), st.sampled_from(Charset))
def test_no_bytes_but_the_right_ones_pass(probe: bytes | None, page: Charset) -> None:
    expected = PROBE.encode(page.codec)
    right = probe is not None and probe.decode(page.codec, "replace") == PROBE
    assert (charset_test(page, probe, asked=True).result is Result.OK) == right
    assert charset_test(page, expected, asked=True).result is Result.OK
    assert charset_test(page, expected, asked=False).result is Result.UNTESTED
