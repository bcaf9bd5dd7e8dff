"""Text in columns, where a Japanese character takes two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_scenarios.layout import columns, wrap
from rich.cells import cell_len

TEXTS = st.text(alphabet="あ漢、。「」（）ab1 　-ー", max_size=80)


@given(TEXTS, st.integers(min_value=8, max_value=40))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    # One bracket with its marks may be longer than the narrowest columns: it is cut, not lost.
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("救急です", 8, ["救急です"]),
        ("救急です", 6, ["救急で", "す"]),
        # A full stop does not begin a line, an opening bracket does not end one.
        ("あいうえ。", 8, ["あいう", "え。"]),
        ("あい「うえ」", 6, ["あい", "「う", "え」"]),
        ("call.offer 0000-01", 12, ["call.offer", "0000-01"]),
        ("abcdefghijkl", 5, ["abcde", "fghij", "kl"]),
    ],
)
def test_where_lines_break(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


def test_text_is_wrapped_under_itself() -> None:
    assert columns("通報者", "あいうえお", left_width=8, width=14) == [
        "通報者  あいう",
        "        えお",
    ]
