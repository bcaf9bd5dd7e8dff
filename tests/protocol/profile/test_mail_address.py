"""TOM-06, CTS-14, CNB-16, fact A53: which address breaks with which department."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.profile.mail_address import TEXTS, address_problem
from net119_protocol.profile.model import MailRule

TABLE = [
    # local part, symbols, whitelist, none
    ("hanako", None, None, None),
    ("hanako.y", None, None, None),
    ("a-b_c.d9", None, None, None),
    ("a--b", "symbols-doubled", None, None),
    ("a._b", "symbols-doubled", None, None),
    (".a", "symbol-at-edge", None, None),
    ("-a", "symbol-at-edge", None, None),
    ("a.", "symbol-at-edge", "period-before-at", None),
    ("a-", "symbol-at-edge", None, None),
    ("a..b", "symbols-doubled", "doubled-period", None),
    ("a+b", None, "not-allowed-character", None),
    ("a/b=c?d", None, "not-allowed-character", None),
    ("a;b", "unsendable", "unsendable", "unsendable"),
    ("a,b", "unsendable", "unsendable", "unsendable"),
    ('a"b', "unsendable", "unsendable", "unsendable"),
    ("a b", "unsendable", "unsendable", "unsendable"),
    ("a@b", "unsendable", "unsendable", "unsendable"),
    ("日本", "unsendable", "unsendable", "unsendable"),
    ("", "not-an-address", "not-an-address", "not-an-address"),
]


@pytest.mark.parametrize(("local", "symbols", "whitelist", "none"), TABLE)
def test_the_table_of_rules(
    local: str, symbols: str | None, whitelist: str | None, none: str | None
) -> None:
    address = f"{local}@docomo.example"
    assert address_problem(MailRule.SYMBOLS, address) == symbols
    assert address_problem(MailRule.WHITELIST, address) == whitelist
    assert address_problem(MailRule.NONE, address) == none


@pytest.mark.parametrize(
    "address", ["", "a", "@b.example", "a@", "a@b", "a@-b.example", "a@b..example", "a@b.example."]
)
@pytest.mark.parametrize("rule", list(MailRule))
def test_what_is_no_address_at_all(rule: MailRule, address: str) -> None:
    assert address_problem(rule, address) == "not-an-address"


@pytest.mark.parametrize("rule", list(MailRule))
def test_an_address_is_as_long_as_mail_can_carry_and_no_longer(rule: MailRule) -> None:
    """RFC 5321, section 4.5.3.1: 64 before the @, 63 in a label; 254 in all, in its brackets."""
    assert address_problem(rule, f"{'a' * 64}@mail.example") is None
    assert address_problem(rule, f"{'a' * 65}@mail.example") == "unsendable"
    assert address_problem(rule, f"a@{'b' * 63}.example") is None
    assert address_problem(rule, f"a@{'b' * 64}.example") == "not-an-address"
    domain = ".".join(["b" * 61] * 4)
    longest = f"{'a' * 6}@{domain}"
    assert len(longest) == 254
    assert address_problem(rule, longest) is None
    assert address_problem(rule, f"a{longest}") == "not-an-address"


@given(local=st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,30}", fullmatch=True))
def test_the_symbol_rule_is_what_the_guide_says(local: str) -> None:
    """Said a second time in another way: split at letters and digits."""
    runs = [run for run in re.split(r"[A-Za-z0-9]+", local) if run]
    edges = not (local[0].isalnum() and local[-1].isalnum())
    fits = not edges and all(len(run) == 1 for run in runs)
    assert (address_problem(MailRule.SYMBOLS, f"{local}@mail.example") is None) is fits


@given(local=st.text(min_size=1, max_size=20))
def test_a_stricter_rule_never_takes_what_cannot_be_sent(local: str) -> None:
    address = f"{local}@mail.example"
    sendable = address_problem(MailRule.NONE, address) is None
    for rule in (MailRule.SYMBOLS, MailRule.WHITELIST):
        wrong = address_problem(rule, address)
        assert sendable or wrong is not None
        assert wrong is None or wrong in TEXTS
