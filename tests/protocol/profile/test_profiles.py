"""The four profiles hold apart what their sources say, and a wrong file is explained."""

from collections.abc import Callable
from pathlib import Path

import pytest
from net119_protocol.application import Basis
from net119_protocol.directory import load_directory, load_municipalities
from net119_protocol.profile.compare import Admission, Person, admission, compare
from net119_protocol.profile.load import (
    PACKAGED,
    ProfileError,
    load_profiles,
)
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
from net119_protocol.profile.review import unknown_municipalities

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
                # Refusals of these two are not said by their sources (see the profiles).
                {"approved", "refused"},
                {"approved", "refused"},
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
        # "By the union" and "by the chief" in the row of certificates; nobody in the others.
        ("exception", [False, False, True, True]),
        # True where the source is silent, but for the row's last cell: it asks in the chat.
        ("callback", [True, True, True, False]),
        ("practice", [True, True, False, True]),
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
        "exception": lambda p: Basis.ACCEPTED in p.eligibility.bases,
        "callback": lambda p: p.callback_mail,
        "practice": lambda p: p.practice_calls,
        "passed on": lambda p: p.data_passed_on,
        "renewal": lambda p: p.validity.renewal,
        "senders": lambda p: len({p.mail.registration_sender, p.mail.service_sender}),
        "optional": lambda p: p.optional_visibility,
    }
    assert [say[row](each) for each in (T, C, N, A)] == wanted


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


def test_whoever_lives_there_without_a_certificate_is_told_apart() -> None:
    """Not asked, certificate or decision, certificate but for an exception, not asked."""
    person = Person(Basis.LIVES, certificate=False, text_capable=True)
    found = [admission(each, person) for each in (T, C, N, A)]
    assert found == [Admission.YES, Admission.DECISION, Admission.DECISION, Admission.YES]
    topics = {each.topic.en: each for each in compare(C, N).settings}
    assert topics["disability certificate"].second.en == "required"


def test_without_an_exception_a_required_certificate_is_no_matter_of_decision() -> None:
    strict = N.eligibility.model_copy(update={"bases": (Basis.LIVES,)})
    profile = N.model_copy(update={"eligibility": strict})
    person = Person(Basis.LIVES, certificate=False, text_capable=True)
    assert admission(profile, person) is Admission.NO


def test_the_terms_are_a_difference() -> None:
    topics = {each.topic.en: each for each in compare(N, A).settings}
    assert topics["terms of use"].first != topics["terms of use"].second


def test_terms_that_differ_in_one_word_are_a_difference() -> None:
    text = N.terms.text.model_copy(update={"ja": N.terms.text.ja.replace("緊急", "火急")})
    reworded = N.model_copy(update={"terms": N.terms.model_copy(update={"text": text})})
    assert [each.topic.en for each in compare(N, reworded).settings] == ["terms of use"]


def test_what_a_receiving_department_will_miss() -> None:
    found = compare(T, N)
    assert set(found.missing_at_second) == {Item.DEVICE, Item.DISABILITY}
    assert set(found.perhaps_at_second) == {Item.PHONE, Item.FAX}
    assert Item.REASON in found.missing_at_first
    assert Item.KANA in compare(A, T).perhaps_at_second
    assert {Item.FLAT, Item.AUTO_LOCK, Item.RH, Item.CONTACT_ADDRESS} <= set(
        found.unasked_at_second
    ), "those of the paper forms (CNB-48, CNB-49)"
    assert Item.PHONE not in found.unasked_at_second, "it is required there"
    assert Item.PLACE_POSITION in found.unasked_at_first


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
    japanese = wrong.value.lines("ja")
    assert len(japanese) == len(wrong.value.problems) == 5
    assert all(any("\u3041" <= char <= "\u3096" for char in line) for line in japanese)


SOURCE = f'source = "{T.source}"'
VALIDITY = '[validity]\nrenewal = "url"\nmonths = 24\nremind_days = '


@pytest.mark.parametrize(
    ("old", "new", "en"),
    [
        ('result = ["approved"', 'result = ["aproved"', "mail.result.0: 'aproved' cannot be used"),
        ('bases = ["lives", "works", "studies"]', "bases = []", "eligibility.bases: is empty"),
        ('channels = ["mail-web"]', "channels = []", "channels: is empty"),
        ('["01213"]', '["1213"]', "municipalities.0: '1213' is no JIS code"),
        ('["01213"]', '["01213", "01213"]', "municipalities: stands there more than once: 01213"),
        ('"reason", "mail"', '"reason", "reason", "mail"', "required: stands there more than"),
        ("practice_calls = true", 'practice_calls = "yes"', "'yes' cannot be used; write true or"),
        ("callback_mail = true", "callback_mail = 0", "callback_mail: 0 cannot be used; write"),
        ("max_places = 3", 'max_places = "3"', "max_places: '3' cannot be used; write a whole"),
        ('ja = "苫小牧市消防本部"', 'ja = " "', "name.ja: is empty; fill it in"),
        (SOURCE, 'source = ""', "source: is empty; fill it in"),
        ('"reason", "mail"', '"reason"', "the channel mail-web needs the item mail"),
        ('["name", ', "[", "the channel mail-web needs the item name"),
        ('"frequent-places", ', "", "place-position is a part of frequent-places"),
        ('"contacts"]', '"contact-remarks"]', "contact-remarks is a part of contacts"),
        ('"contacts"]', '"rh"]', "rh is a part of medical"),
        ("[eligibility]", f"{VALIDITY}[30, 7, 30]\n[eligibility]", "more than once: 30"),
        ("[eligibility]", f"{VALIDITY}[700]\n[eligibility]", "700 days are not within the 24"),
        ("max_places = 3", "max_places = 99", "max_places: 99 cannot be used; use at most 10"),
        ('"reason",', '"phone",', "either required or optional, not both: phone"),
        ("net119-aoba.example", "net119-aoba.jp", "mail.application: 'r.tomakomai@"),
    ],
)
def test_a_wrong_value_is_quoted_with_what_would_do(
    tmp_path: Path, old: str, new: str, en: str
) -> None:
    good = (PACKAGED / "tomakomai.toml").read_text("utf-8")
    assert old in good
    (tmp_path / "a.toml").write_text(good.replace(old, new), "utf-8")
    with pytest.raises(ProfileError) as wrong:
        load_profiles(tmp_path)
    assert en in str(wrong.value)


def test_a_wrong_code_is_not_called_an_empty_list_too(tmp_path: Path) -> None:
    good = (PACKAGED / "tomakomai.toml").read_text("utf-8")
    (tmp_path / "a.toml").write_text(good.replace('["01213"]', '["1213"]'), "utf-8")
    with pytest.raises(ProfileError) as wrong:
        load_profiles(tmp_path)
    assert len(wrong.value.problems) == 1


def test_every_rule_across_keys_that_is_broken_is_said(tmp_path: Path) -> None:
    good = (PACKAGED / "tomakomai.toml").read_text("utf-8")
    wrong_file = good.replace('"reason", "mail"', '"reason"').replace('"contacts"]', '"rh"]')
    (tmp_path / "a.toml").write_text(wrong_file, "utf-8")
    with pytest.raises(ProfileError) as wrong:
        load_profiles(tmp_path)
    assert len(wrong.value.problems) == 2


def test_a_municipality_that_does_not_exist_is_found() -> None:
    (fault,) = unknown_municipalities(("01213", "99999"), "a.toml", {"01213"})
    assert fault.key == "municipalities.1"
    assert "99999" in fault.line("en")


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
