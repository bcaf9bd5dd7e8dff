"""Telephone and fax numbers: what is one, and how it is kept."""

from datetime import date

import pytest
from net119_protocol.profile.check import problems
from net119_protocol.profile.form import from_fields, to_fields
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.phone import plain_number

from tests.protocol.profile.forms import FULL

PATHS = [
    "data.optional.phone",
    "data.optional.fax",
    "data.optional.contacts.0.phone",
    "data.optional.contacts.0.fax",
    "guardian.phone",
]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0000-12-3456", "0000-12-3456"),
        ("００００－１２－３４５６", "0000-12-3456"),
        ("００００ー１２−３４５６", "0000-12-3456"),
        ("（0000）12　3456", "(0000)12 3456"),
        ("+81 00 1234", "+81 00 1234"),
        ("090-abcd", None),
        ("でんわ", None),
        ("-()+", None),
        ("0000-12-3456 夜のみ", None),
        ("٠١٢", None),
    ],
)
def test_a_number_is_kept_in_half_width(typed: str, kept: str | None) -> None:
    assert plain_number(typed) == kept


@pytest.mark.parametrize("path", PATHS)
def test_every_number_of_a_form_is_folded_or_told(path: str) -> None:
    fields = to_fields(FULL)
    folded = from_fields({**fields, path: "０１２（３）ー４"})[0]
    assert folded is not None
    assert to_fields(folded)[path] == "012(3)-4"
    wrong = from_fields({**fields, path: "090-abcd"})[0]
    assert wrong is not None
    assert to_fields(wrong)[path] == "090-abcd"
    profile, today = load_profiles()["tomakomai"], date(2026, 4, 1)
    told = {each.path: each for each in problems(profile, wrong, today)}
    assert told[path].code == "not-a-number"
    assert ("FAX番号" if path.endswith("fax") else "電話番号") in told[path].ja
    assert "not-a-number" not in {each.code for each in problems(profile, folded, today)}
