"""The four profiles hold apart what their sources say, and a wrong file is explained."""

from collections.abc import Callable
from pathlib import Path

import pytest
from net119_protocol.application import Basis
from net119_protocol.directory import load_directory, load_municipalities
from net119_protocol.profile.compare import Admission, Person, admission, compare
from net119_protocol.profile.load import PACKAGED, ProfileError, load_profiles
from net119_protocol.profile.mail_address import address_problem
from net119_protocol.profile.model import (
    Certificate,
    InsecureHandset,
    Item,
    MailRule,
    OptionalVisibility,
    Profile,
    Renewal,
)

PROFILES = load_profiles()
T, C, N, A = (PROFILES[code] for code in ("tomakomai", "chitose", "chita-nanbu", "aso"))


def test_there_is_one_profile_for_each_department_of_the_sources() -> None:
    assert set(PROFILES) == {"tomakomai", "chitose", "chita-nanbu", "aso"}


def test_the_areas_are_those_of_the_directory() -> None:
    rows = {row.code: row for row in load_directory(load_municipalities()).content.departments}
    for code, profile in PROFILES.items():
        assert set(profile.municipalities) == set(rows[code].municipalities)


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (
            "area",
            [
                {Basis.LIVES, Basis.WORKS, Basis.STUDIES},
                {Basis.LIVES, Basis.WORKS, Basis.STUDIES},
                {Basis.LIVES},
                {Basis.LIVES, Basis.WORKS, Basis.STUDIES},
            ],
        ),
        (
            "certificate",
            [
                Certificate.NOT_ASKED,
                Certificate.OR_DECISION,
                Certificate.REQUIRED,
                Certificate.NOT_ASKED,
            ],
        ),
        ("address", [MailRule.SYMBOLS, MailRule.SYMBOLS, MailRule.WHITELIST, MailRule.NONE]),
        (
            "results",
            [
                {"approved", "returned", "refused"},
                {"approved"},
                {"approved"},
                {"approved", "returned", "refused", "cancelled"},
            ],
        ),
        (
            "insecure",
            [
                InsecureHandset.REFUSED,
                InsecureHandset.REFUSED,
                InsecureHandset.REFUSED,
                InsecureHandset.PLAINTEXT,
            ],
        ),
        ("passed on", [False, False, True, True]),
        ("renewal", [Renewal.NONE, Renewal.NONE, Renewal.REPLY, Renewal.URL]),
        ("senders", [2, 1, 1, 1]),
        (
            "optional",
            [
                OptionalVisibility.REVIEWED,
                OptionalVisibility.REVIEWED,
                OptionalVisibility.REVIEWED,
                OptionalVisibility.SEALED,
            ],
        ),
    ],
)
def test_where_the_sources_differ_the_profiles_do(row: str, wanted: list[object]) -> None:
    say: dict[str, Callable[[Profile], object]] = {
        "area": lambda p: set(p.eligibility.bases) - {Basis.ACCEPTED},
        "certificate": lambda p: p.eligibility.certificate,
        "address": lambda p: p.mail.rule,
        "results": lambda p: set(p.mail.result),
        "insecure": lambda p: p.insecure_handset,
        "passed on": lambda p: p.data_passed_on,
        "renewal": lambda p: p.validity.renewal,
        "senders": lambda p: len({p.mail.registration_sender, p.mail.service_sender}),
        "optional": lambda p: p.optional_visibility,
    }
    assert [say[row](each) for each in (T, C, N, A)] == wanted


def test_practice_calls_are_made_where_the_source_knows_them() -> None:
    assert C.practice_calls
    assert A.practice_calls
    assert not N.practice_calls, "CNB-45: for emergency calls only"


def test_required_items_are_those_of_the_sources() -> None:
    assert Item.REASON in T.required
    assert Item.IDENTITY_IMAGE in T.required
    assert {Item.PHONE, Item.FAX, Item.DISABILITY, Item.DEVICE} <= set(N.required)
    assert set(A.required) == {Item.NAME, Item.SEX, Item.BIRTH_DATE, Item.ADDRESS, Item.MAIL}


def test_the_application_address_is_neither_sender() -> None:
    """TOM-23."""
    assert T.mail.application not in (T.mail.registration_sender, T.mail.service_sender)


def test_all_mail_of_chita_nanbu_comes_from_one_domain() -> None:
    """CNB-14."""
    senders = (N.mail.registration_sender, N.mail.service_sender)
    assert len({address.rpartition("@")[2] for address in senders}) == 1


def test_a_commuter_registers_in_tomakomai_and_not_in_chita_nanbu_without_a_decision() -> None:
    commuter = Person(Basis.WORKS, certificate=True, text_capable=True)
    assert admission(T, commuter) is Admission.YES
    assert admission(N, commuter) is Admission.DECISION
    found = compare(T, N)
    assert any(each.person == commuter for each in found.persons)


def test_what_a_receiving_department_will_miss() -> None:
    found = compare(T, N)
    assert set(found.missing_at_second) == {Item.DEVICE, Item.DISABILITY}
    assert set(found.perhaps_at_second) == {Item.PHONE, Item.FAX}
    assert Item.REASON in found.missing_at_first
    assert Item.KANA in compare(A, T).perhaps_at_second


def test_addresses_that_break_are_those_of_fact_a53() -> None:
    broken = {each.address.partition("@")[0]: each for each in compare(T, N).addresses}
    assert broken["a--b"].second is None
    assert broken["a+b"].first is None
    assert broken[".a"].first == "symbol-at-edge"
    assert "a..b" not in broken, "both refuse it"


def test_a_profile_compared_with_itself_has_no_difference() -> None:
    for profile in PROFILES.values():
        found = compare(profile, profile)
        assert not found.persons
        assert not found.addresses
        assert not found.settings
        assert found.missing_at_first == found.missing_at_second == ()


def test_departments_can_mail_to_themselves() -> None:
    for profile in PROFILES.values():
        for address in (profile.mail.registration_sender, profile.mail.service_sender):
            assert address_problem(MailRule.NONE, address) is None


def test_all_problems_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    good = (PACKAGED / "tomakomai.toml").read_text("utf-8")
    (tmp_path / "one.toml").write_text(good.replace('rule = "symbols"', 'rule = "symbol"'), "utf-8")
    (tmp_path / "two.toml").write_text(good.replace("bases =", "basis ="), "utf-8")
    (tmp_path / "three.toml").write_text("department = ", "utf-8")
    (tmp_path / "four.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError) as wrong:
        load_profiles(tmp_path)
    text = str(wrong.value)
    assert "one.toml: mail.rule" in text
    assert "two.toml: eligibility.bases: is missing" in text
    assert "two.toml: eligibility.basis: is no key" in text
    assert "three.toml: is no TOML" in text
    assert "four.toml: cannot be read" in text


def test_two_files_for_one_department_and_one_address_for_two(tmp_path: Path) -> None:
    good = (PACKAGED / "tomakomai.toml").read_text("utf-8")
    (tmp_path / "a.toml").write_text(good, "utf-8")
    (tmp_path / "b.toml").write_text(good, "utf-8")
    other = good.replace('department = "tomakomai"', 'department = "other"')
    (tmp_path / "c.toml").write_text(other, "utf-8")
    with pytest.raises(ProfileError) as wrong:
        load_profiles(tmp_path)
    assert any("has a profile in a.toml already" in line for line in wrong.value.problems)
    assert any(line.startswith("c.toml: mail.application:") for line in wrong.value.problems)


def test_a_sender_must_not_be_the_application_address(tmp_path: Path) -> None:
    good = (PACKAGED / "tomakomai.toml").read_text("utf-8")
    wrong_file = good.replace("register.tomakomai@", "r.tomakomai@")
    (tmp_path / "a.toml").write_text(wrong_file, "utf-8")
    with pytest.raises(ProfileError, match="TOM-23"):
        load_profiles(tmp_path)


def test_a_real_domain_is_refused(tmp_path: Path) -> None:
    good = (PACKAGED / "aso.toml").read_text("utf-8")
    (tmp_path / "a.toml").write_text(good.replace("akane.example", "akane.jp"), "utf-8")
    with pytest.raises(ProfileError, match="mail"):
        load_profiles(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="no such folder"):
        load_profiles(tmp_path / "nowhere")
