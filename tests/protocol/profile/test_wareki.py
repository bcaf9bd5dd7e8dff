"""Dates of birth as people write them (TOM-12, CNB-44)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.profile.wareki import DateProblem, in_wareki, parse_birth_date

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1993-06-01", date(1993, 6, 1)),
        ("１９９３－０６－０１", date(1993, 6, 1)),
        ("1993−06−01", date(1993, 6, 1)),
        ("1993‐06‐01", date(1993, 6, 1)),
        ("1993/6/1", date(1993, 6, 1)),
        ("1993年6月1日", date(1993, 6, 1)),
        ("19930601", date(1993, 6, 1)),
        ("平成5年6月1日", date(1993, 6, 1)),
        ("平成５年 ６月 １日", date(1993, 6, 1)),
        ("H5.6.1", date(1993, 6, 1)),
        ("h5-6-1", date(1993, 6, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("S20.8.15", date(1945, 8, 15)),
        ("大正15年12月24日", date(1926, 12, 24)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("昭和1年12月25日", date(1926, 12, 25)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("1896-11-24", date(1896, 11, 24)),
        ("2000-02-29", date(2000, 2, 29)),
    ],
)
def test_ways_to_write_a_day(text: str, day: date) -> None:
    assert parse_birth_date(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("　", "empty"),
        ("yesterday", "form"),
        ("93-06-01", "form"),
        ("元-06-01", "form"),
        ("1993-06-31", "no-such-date"),
        ("1999-02-29", "no-such-date"),
        ("平成5年13月1日", "no-such-date"),
        ("平成元年1月7日", "outside-era"),
        ("平成40年1月1日", "outside-era"),
        ("昭和64年1月8日", "outside-era"),
        ("平成0年6月1日", "outside-era"),
        ("2026-11-25", "future"),
        ("大正15年12月26日", "outside-era"),
        ("令和元年4月30日", "outside-era"),
        ("平成31年5月1日", "outside-era"),
        ("大正元年7月29日", "outside-era"),
        ("明治45年7月31日", "outside-era"),
        ("明治元年1月24日", "outside-era"),
        ("1876-01-01", "too-old"),
        ("1896-11-23", "too-old"),
    ],
)
def test_what_is_no_date_of_birth(text: str, code: str) -> None:
    with pytest.raises(DateProblem) as wrong:
        parse_birth_date(text, TODAY)
    assert wrong.value.code == code
    assert any(ord(character) > 0x3000 for character in wrong.value.ja)
    assert wrong.value.en
    assert str(wrong.value) == wrong.value.en


@given(day=st.dates(date(1900, 1, 1), TODAY))
def test_a_day_written_in_the_japanese_calendar_is_the_same_day(day: date) -> None:
    assert parse_birth_date(in_wareki(day), TODAY) == day


def test_today_can_be_a_date_of_birth() -> None:
    assert parse_birth_date(TODAY.isoformat(), TODAY) == TODAY


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2020, 2, 29), "令和2年2月29日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1868, 1, 25), "明治元年1月25日"),
        (date(1868, 1, 24), "1868年1月24日"),
    ],
)
def test_a_day_in_the_japanese_calendar(day: date, written: str) -> None:
    """The first year of an era is its 元年; a day that belongs to two is the newer one's."""
    assert in_wareki(day) == written
