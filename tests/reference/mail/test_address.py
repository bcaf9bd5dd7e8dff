"""One spelling for each address; what SMTP libraries would mangle is refused."""

import pytest
from aiosmtplib.email import parse_address
from hypothesis import given
from hypothesis import strategies as st
from net119_reference.mail.address import canonical, forbidden, key_of, quoted, unsendable


@pytest.mark.parametrize(
    ("spelling", "one"),
    [
        ('"a..b."@Mobile.EXAMPLE', "a..b.@mobile.example"),
        ("<.a@mobile.example>", ".a@mobile.example"),
        (' <".a"@mobile.example> ', ".a@mobile.example"),
        (r'"a\"b"@mobile.example', 'a"b@mobile.example'),
        ("Hanako@mobile.example.", "Hanako@mobile.example"),
        ("nonsense", "nonsense"),
        ("", ""),
    ],
)
def test_canonical(spelling: str, one: str) -> None:
    assert canonical(spelling) == one
    assert canonical(one) == one


def test_letters_of_either_case_are_one_person() -> None:
    assert key_of('"Hanako."@mobile.example') == key_of("hanako.@MOBILE.example")


@pytest.mark.parametrize(
    "mail",
    ["a..b.@m.example", ".a@m.example", "-a@m.example", "a--b@m.example", "a/b=c?d^e~f@m.example"],
)
def test_carriers_addresses_can_be_written_to(mail: str) -> None:
    assert unsendable(mail) is None
    assert parse_address(mail) == mail
    assert canonical(quoted(mail)) == mail


@given(st.text(st.characters(max_codepoint=0x17F), min_size=1, max_size=12))
def test_whatever_is_let_through_is_not_truncated(local: str) -> None:
    mail = f"{local}@m.example"
    if unsendable(mail) is None:
        assert parse_address(mail) == mail


@pytest.mark.parametrize(
    "mail",
    ["a;b@m.example", "a,b@m.example", 'a"b@m.example', "a b@m.example", "日本@m.example"]
    + ["a@", "@m.example", "a", "a@m..example", "a@-m.example", "a@日本.example", "a<b@m.example"]
    + [f"{'a' * 65}@m.example", "a@m.example\r\nRCPT TO:<b@m.example>", "a(--)l@m.example"],
)
def test_what_would_be_mangled_is_refused(mail: str) -> None:
    assert unsendable(mail) is not None


@pytest.mark.parametrize(
    ("mail", "usual", "declared"),
    [
        ("a@mobile.example", True, True),
        ("a@localhost", True, True),
        ("a@x.test", True, True),
        ("a@x.invalid", True, True),
        ("a@city.lg.jp", False, True),
        ("a@example.com", False, True),
        ("a@docomo.ne.jp", False, False),
        ("a@t.vodafone.ne.jp", False, False),
        ("a@SoftBank.ne.jp", False, False),
    ],
)
def test_nobody_real_gets_mail(mail: str, usual: bool, declared: bool) -> None:
    assert (forbidden(mail, test_systems=False) is None) is usual
    assert (forbidden(mail, test_systems=True) is None) is declared
