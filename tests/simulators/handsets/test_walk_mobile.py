"""What counts as the registrant's name on a phone that lacks some of its characters."""

import pytest
from net119_simulators.handsets.walk_mobile import is_shown_as


@pytest.mark.parametrize(
    ("shown", "charset", "right"),
    [
        ("髙橋　〔吉〕子①", "Shift_JIS", True),
        ("髙橋　〓子①", "Shift_JIS", True),
        ("髙橋　𠮷子①", "UTF-8", True),
        ("髙橋　〔吉〕子①", "UTF-8", False),
        ("〔高〕橋　〔吉〕子①", "Shift_JIS", False),
        ("鈴木　〔吉〕子①", "Shift_JIS", False),
        ("髙橋　〔吉〕", "Shift_JIS", False),
        ("髙橋　〔〕子①", "Shift_JIS", False),
        ("", "Shift_JIS", False),
    ],
)
def test_only_what_the_charset_lacks_may_be_replaced(shown: str, charset: str, right: bool) -> None:
    assert is_shown_as("髙橋　𠮷子①", shown, charset) is right
