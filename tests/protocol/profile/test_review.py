"""What is wrong or doubtful in profiles beyond the form of their files."""

from pathlib import Path

import pytest
from net119_protocol.directory import load_directory, load_municipalities
from net119_protocol.profile.load import PACKAGED
from net119_protocol.profile.review import Review, review_profiles, telephone_numbers

KNOWN = load_municipalities()
DEPARTMENTS = {row.code for row in load_directory(KNOWN).content.departments}


def reviewed(folder: Path, *changes: tuple[str, str]) -> Review:
    """The review of Aso's profile with changes."""
    text = (PACKAGED / "aso.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "a.toml").write_text(text, "utf-8")
    return review_profiles(folder, KNOWN, DEPARTMENTS)


def test_the_packaged_profiles_are_right_and_leave_no_doubt() -> None:
    found = review_profiles(None, KNOWN, DEPARTMENTS)
    assert len(found.profiles) == 4
    assert found.faults == found.doubts == ()


def test_a_department_that_the_directory_lacks_is_doubtful(tmp_path: Path) -> None:
    found = reviewed(tmp_path, ('department = "aso"', 'department = "nowhere"'))
    assert found.faults == ()
    lines = [doubt.line("en") for doubt in found.doubts]
    assert "a.toml: department: the packaged directory has no department 'nowhere'" in lines[0]
    assert "ignores this file" in lines[0]


def test_what_a_copy_still_carries_of_the_packaged_one_is_doubtful(tmp_path: Path) -> None:
    found = reviewed(tmp_path, ('department = "aso"', 'department = "chita-handa"'))
    keys = {doubt.key for doubt in found.doubts if "profile aso" in doubt.line("en")}
    assert {"name.ja", "name.en", "contact.ja", "contact.en", "source"} <= keys
    assert {"mail.application", "mail.registration_sender", "mail.service_sender"} <= keys


def test_a_municipality_far_away_is_doubtful(tmp_path: Path) -> None:
    found = reviewed(tmp_path, ('"43433"', '"23445"'))
    (doubt,) = found.doubts
    assert doubt.key == "municipalities.5"
    assert "愛知県" in doubt.line("ja")


def test_a_number_that_may_be_real_is_wrong(tmp_path: Path) -> None:
    found = reviewed(tmp_path, ("0000-40-0119", "0967-34-0119"))
    assert [fault.key for fault in found.faults] == ["contact.ja", "contact.en"]
    assert "0967-34-0119" in found.faults[0].line("en")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("電話 0000-40-0119　FAX 0000-40-0120（架空の番号）", ("0000-40-0119", "0000-40-0120")),
        ("電話 ０１４４－３２－０１１９", ("0144-32-0119",)),
        ("電話(0144)32-0119", ("0144)32-0119",)),
        ("電話 0144320119", ("0144320119",)),
        ("phone +81 144-32-0119", ("+81 144-32-0119",)),
        ("電話 32-0119", ("32-0119",)),
        ("119番と Net119、2026-04-01 から", ()),
    ],
)
def test_telephone_numbers_are_found_however_written(text: str, numbers: tuple[str, ...]) -> None:
    assert telephone_numbers(text) == numbers


def test_faults_of_form_do_not_hide_a_code_that_does_not_exist(tmp_path: Path) -> None:
    found = reviewed(tmp_path, ('rule = "none"', 'rule = "any"'), ('"43433"', '"99999"'))
    assert [fault.key for fault in found.faults] == ["mail.rule", "municipalities.5"]
    assert found.profiles == {}
