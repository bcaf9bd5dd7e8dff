"""Two spellings of one name are one, for who looks somebody up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_reference.registration.folding import folded

KANA = st.text(st.sampled_from("アイウガパヴヷ"), min_size=1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﾀｶﾊｼ", "タカハシ"),
        ("ｶﾞｰﾄﾞ", "ガード"),
        ("たかはし", "タカハシ"),
        ("タカハシ　ヨシコ", "たかはしよしこ"),
        ("ＡＢＣ＠mail.example", "abc@MAIL.example"),
        ("ｎ０１２", "N012"),
        ("ヴ", "ゔ"),
    ],
)
def test_width_case_kana_and_spaces_make_no_difference(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_other_characters_stay_apart() -> None:
    assert folded("髙橋") != folded("高橋")
    assert folded("はし") != folded("ばし")


@given(KANA, KANA)
def test_a_part_of_a_name_is_found_in_it(before: str, part: str) -> None:
    assert folded(part) in folded(f"{before}　{part}")
