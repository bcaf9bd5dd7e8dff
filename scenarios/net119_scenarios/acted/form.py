"""What pydantic says of a value of the wrong form, in both languages."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from net119_scenarios.words import Words

_DATE = "2026-04-01 の形の日付にしてください"
_MOMENT = "2026-12-01T01:00:00 の形の日時にしてください"


def _number(limit: object) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit)


def _choices(context: Mapping[str, Any]) -> str:
    return f"次のどれかにしてください: {context['expected']}".replace(" or ", ", ")


_JAPANESE: Mapping[str, Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {
        "greater_than_equal": lambda c: f"{_number(c['ge'])}以上の数にしてください",
        "greater_than": lambda c: f"{_number(c['gt'])}より大きい数にしてください",
        "less_than_equal": lambda c: f"{_number(c['le'])}以下の数にしてください",
        "less_than": lambda c: f"{_number(c['lt'])}より小さい数にしてください",
        "finite_number": lambda _: "有限の数にしてください",
        "int_type": lambda _: "整数にしてください",
        "int_parsing": lambda _: "整数にしてください",
        "int_from_float": lambda _: "整数にしてください",
        "float_type": lambda _: "数にしてください",
        "float_parsing": lambda _: "数にしてください",
        "bool_type": lambda _: "true か false にしてください",
        "bool_parsing": lambda _: "true か false にしてください",
        "string_type": lambda _: "文字列にしてください",
        "string_too_short": lambda c: f"{c['min_length']}文字以上にしてください",
        "string_too_long": lambda c: f"{c['max_length']}文字以下にしてください",
        "too_short": lambda c: f"{c['min_length']}個以上書いてください",
        "too_long": lambda c: f"{c['max_length']}個以下にしてください",
        "tuple_type": lambda _: "一覧（[ ] か、- で始まる行）にしてください",
        "list_type": lambda _: "一覧（[ ] か、- で始まる行）にしてください",
        "dict_type": lambda _: "「キー: 値」の表にしてください",
        "model_type": lambda _: "「キー: 値」の表にしてください",
        "model_attributes_type": lambda _: "「キー: 値」の表にしてください",
        "missing": lambda _: "必要な項目がありません",
        "extra_forbidden": lambda _: "知らない項目です",
        "enum": _choices,
        "literal_error": _choices,
        "string_pattern_mismatch": lambda c: f"{c['pattern']} に合うように書いてください",
        "date_type": lambda _: _DATE,
        "date_parsing": lambda _: _DATE,
        "date_from_datetime_parsing": lambda _: _DATE,
        "date_from_datetime_inexact": lambda _: _DATE,
        "datetime_type": lambda _: _MOMENT,
        "datetime_parsing": lambda _: _MOMENT,
        "datetime_from_date_parsing": lambda _: _MOMENT,
        "datetime_object_invalid": lambda _: _MOMENT,
    }
)
"""By pydantic's type of error."""
_RULES: tuple[tuple[str, str], ...] = (
    ("a day is written like", _DATE),
    ("a time is written like", _MOMENT),
    ("a date with a time of Japan", _MOMENT),
    ("the time lies between the years", "西暦1年から9999年までの日時にしてください"),
    (
        "an emergency contact needs",
        "緊急連絡先には、phone、fax、mail のどれか一つが要ります",
    ),
    ("a position needs both lat and lon", "位置には lat と lon の両方を書いてください"),
    ("it needs `say`, or `tap`", "「say」か「tap」、または両方が要ります"),
    ("the text holds", "送ることも保存することもできない文字があります。消してください"),
)
"""Rules that are no type of pydantic's, by the beginning of their English words."""


def said_of(error: Mapping[str, Any]) -> Words:
    """The message of one error of pydantic."""
    english = str(error["msg"]).removeprefix("Value error, ")
    found = _JAPANESE.get(str(error["type"]))
    if found is not None:
        return Words(found(error.get("ctx", {})), english)
    for beginning, japanese in _RULES:
        if english.startswith(beginning):
            return Words(japanese, english)
    return Words(f"正しくありません（{english}）", english)
