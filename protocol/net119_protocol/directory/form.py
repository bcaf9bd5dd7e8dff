"""Mistakes of form in a directory file, told by the path of the value and in both languages."""

from typing import Any

from net119_protocol.directory.findings import Finding, FindingKind, error

_JAPANESE = {
    "missing": "必要な項目がありません",
    "extra_forbidden": "知らない項目です。つづりを確かめてください",
    "string_pattern_mismatch": "書き方が違います",
    "string_type": "文字列ではありません",
    "string_too_short": "空です",
    "string_too_long": "長すぎます",
    "date_from_datetime_parsing": "日付（2026-04-01 の形）ではありません",
    "date_from_datetime_inexact": "日付（2026-04-01 の形）ではありません",
    "date_parsing": "日付（2026-04-01 の形）ではありません",
    "date_type": "日付（2026-04-01 の形）ではありません",
    "datetime_parsing": "日時（2026-12-01T01:00:00 の形）ではありません",
    "datetime_from_date_parsing": "日時（2026-12-01T01:00:00 の形）ではありません",
    "tuple_type": "一覧（[ ] で囲んだもの）ではありません",
    "model_type": "表ではありません",
    "too_short": "空です",
    "enum": "決められた値のどれでもありません",
}
"""By pydantic's type of error; others are told in its own words."""


def form_problem(mistake: dict[str, Any]) -> Finding:
    """One error of pydantic as a finding; the wrong value is quoted where it is short."""
    path = ""
    for part in mistake["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    given = mistake.get("input")
    value = "" if mistake["type"] == "missing" or isinstance(given, dict | list) else f"{given!r}"
    ja = _JAPANESE.get(mistake["type"], mistake["msg"])
    return error(
        FindingKind.FORM,
        path or "file",
        f"{ja}（{value}）" if value else ja,
        f"{mistake['msg']} ({value})" if value else mistake["msg"],
    )
