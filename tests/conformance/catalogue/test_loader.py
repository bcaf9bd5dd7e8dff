"""A catalogue file with mistakes is refused, and every mistake is named by file, table and key."""

from pathlib import Path

import pytest
from net119_conformance.catalogue import CatalogueError, Level, Role, Side, load_catalogue
from net119_conformance.catalogue.loader import SOURCE_FILES

HEAD = """\
catalogue = "2026.1"
prefix = "{prefix}"
publisher_en = "A fire department"
publisher_ja = "ある消防本部"
[documents.guide]
title_en = "Guide"
title_ja = "手引"
"""
REQUIREMENT = """\
[requirement.{prefix}-01]
clause = [{{ doc = "guide", at = "第1条" }}]
text_en = "The system answers."
text_ja = "システムは応答する。"
sides = ["A", "B"]
level = "must"
role = "both"
pending_en = "Needs a purpose."
pending_ja = "試験が必要。"
"""


def valid(prefix: str) -> str:
    return (HEAD + REQUIREMENT).format(prefix=prefix)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small valid file for every source."""
    for name in SOURCE_FILES:
        (tmp_path / name).write_text(valid(name[:3].upper()), encoding="utf-8")
    return tmp_path


def problems(folder: Path) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    return list(caught.value.problems)


def test_valid_files_load(folder: Path) -> None:
    catalogue = load_catalogue(folder)
    requirement = catalogue.requirements["TOM-01"]
    assert list(catalogue.requirements) == ["TOM-01", "CTS-01", "CNB-01", "ASO-01", "KYO-01"]
    assert requirement.sides == (Side.HANDSET, Side.PROVIDER)
    assert (requirement.level, requirement.role) == (Level.MUST, Role.BOTH)
    assert requirement.text.get("ja") == "システムは応答する。"
    assert requirement.text.get("en") == "The system answers."
    assert str(requirement.clauses[0]) == "『手引』第1条"
    assert not requirement.has_derived_part


R = "tom.toml: [requirement.TOM-01]: "


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('level = "must"', 'level = "shall"', R + "level: unknown level 'shall'; known: must, "),
        ('level = "must"', "level = 1", R + "level: needs a string, got int 1"),
        ('level = "must"\n', "", R + "level: is missing"),
        ('role = "both"', 'role = "peer"', R + "role: unknown role 'peer'; known: home, "),
        ('["A", "B"]', '["A", "Z"]', R + "sides[1]: unknown side 'Z'; known: A, B, C, M, R, H"),
        ('["A", "B"]', '["A", "A"]', R + "sides[1]: A is there twice"),
        ('["A", "B"]', "[[]]", R + "sides[0]: unknown side []"),
        ('["A", "B"]', "[]", R + "sides: is empty"),
        ('["A", "B"]', '"A"', R + "sides: needs a list, got a string"),
        ('sides = ["A", "B"]\n', "", R + "sides: is missing"),
        ('"The system answers."', '"  "', R + "text_en: is empty"),
        ('text_ja = "システムは応答する。"\n', "", R + "text_ja: is missing"),
        ('"システムは応答する。"', '"It answers."', R + "text_ja: is not Japanese: 'It answers.'"),
        ('pending_ja = "試験が必要。"\n', "", R + "pending_ja: is missing"),
        ('"Needs a purpose."', '""', R + "pending_en: is empty"),
        ('role = "both"', 'role = "both"\nderived_en = "So."', R + "derived_ja: is missing"),
        (
            'level = "must"',
            'level = "derived"\nderived_en = "So."\nderived_ja = "そうなる。"',
            R + "derived_en: level is derived: all of it is",
        ),
        (
            'role = "both"',
            'role = "both"\nexcluded_en = "No."\nexcluded_ja = "対象外。"',
            R + "excluded_en: is there beside pending_*",
        ),
        ('role = "both"', 'role = "both"\nstatus = "covered"', R + "status: unknown key; known: "),
        ('doc = "guide"', 'doc = "law"', R + "clause[0].doc: unknown document 'law'; known: guide"),
        ('doc = "guide", ', "", "tom.toml: [requirement.TOM-01.clause[0]]: doc: is missing"),
        (
            'at = "第1条"',
            'at = "第1条", page = 3',
            "tom.toml: [requirement.TOM-01.clause[0]]: page: unknown key; known: at, doc",
        ),
        (
            '[{ doc = "guide", at = "第1条" }]',
            '["第1条"]',
            R + "clause[0]: needs { doc = ..., at = ... }, got a string",
        ),
        ("TOM-01]", "CTS-02]", "tom.toml: [requirement.CTS-02]: ID must be TOM- and two digits"),
        ("TOM-01]", "TOM-1]", "tom.toml: [requirement.TOM-1]: ID must be TOM- and two digits"),
        ('"TOM"', '"Tom"', "tom.toml: prefix: needs three capital letters, got 'Tom'"),
        ('"2026.1"', '"2025.9"', "tom.toml: catalogue: is '2025.9', but this suite's is '2026.1'"),
        ('catalogue = "2026.1"\n', "", "tom.toml: catalogue: is missing"),
        ('publisher_ja = "ある消防本部"\n', "", "tom.toml: publisher_ja: is missing"),
        ('title_ja = "手引"\n', "", "tom.toml: [documents.guide]: title_ja: is missing"),
        ('"A fire department"', "true", "tom.toml: publisher_en: needs a string, got a truth val"),
        ("[documents.guide]", "[document.guide]", "tom.toml: document: unknown key; known: cat"),
        ("[requirement.TOM-01]", "[other]", "tom.toml: requirement: is missing"),
        ('level = "must"', "level = must", "tom.toml: is not valid TOML: "),
        ('level = "must"', 'level = "must"\nlevel = "may"', "tom.toml: is not valid TOML: "),
    ],
)
def test_mistake_is_named(folder: Path, old: str, new: str, expected: str) -> None:
    text = valid("TOM")
    assert text.count(old) >= 1
    (folder / "tom.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(problem.startswith(expected) for problem in problems(folder)), problems(folder)


def test_requirement_and_documents_that_are_no_tables(folder: Path) -> None:
    head = HEAD.format(prefix="TOM").split("[documents")[0]
    (folder / "tom.toml").write_text(
        head + 'requirement = { TOM-01 = "x" }\ndocuments = { guide = [] }\n', encoding="utf-8"
    )
    (folder / "cts.toml").write_text(
        head.replace("TOM", "CTS") + "requirement = {}\ndocuments = 3\n", encoding="utf-8"
    )
    assert problems(folder) == [
        "tom.toml: [documents.guide]: needs a table, got a list",
        "tom.toml: [requirement.TOM-01]: needs a table, got a string",
        "cts.toml: documents: needs at least one table in it",
        "cts.toml: requirement: needs at least one table in it",
    ]


def test_same_requirement_twice_is_no_toml(folder: Path) -> None:
    twice = valid("TOM") + REQUIREMENT.format(prefix="TOM")
    (folder / "tom.toml").write_text(twice, encoding="utf-8")
    (problem,) = problems(folder)
    assert problem.startswith("tom.toml: is not valid TOML: ")
    assert "line" in problem


def test_two_files_with_one_prefix(folder: Path) -> None:
    (folder / "cts.toml").write_text(valid("TOM"), encoding="utf-8")
    assert problems(folder) == ["cts.toml: prefix: TOM is used by tom.toml"]


def test_file_that_nobody_would_read(folder: Path) -> None:
    (folder / "xyz.toml").write_text(valid("XYZ"), encoding="utf-8")
    (problem,) = problems(folder)
    assert problem.startswith("xyz.toml: is not in SOURCE_FILES")


def test_folder_that_is_not_there(folder: Path) -> None:
    found = problems(folder / "nowhere")
    assert [problem.split(":")[0] for problem in found] == list(SOURCE_FILES)


def test_unreadable_files(folder: Path) -> None:
    (folder / "tom.toml").unlink()
    (folder / "cts.toml").write_bytes('x = "苫小牧"'.encode("cp932"))
    (folder / "cnb.toml").unlink()
    (folder / "cnb.toml").mkdir()
    missing, encoding, unreadable = problems(folder)
    assert missing.startswith("tom.toml: file is missing; the catalogue needs tom.toml, cts.toml")
    assert encoding == "cts.toml: is not UTF-8 (byte 5)"
    assert unreadable.startswith("cnb.toml: cannot be read: ")


def test_all_mistakes_of_all_files_come_at_once(folder: Path) -> None:
    broken = valid("TOM").replace('level = "must"', 'level = "x"').replace('"both"', '"y"')
    (folder / "tom.toml").write_text(broken, encoding="utf-8")
    (folder / "kyo.toml").write_text(valid("KYO").replace('"手引"', '""'), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    assert [problem.split(": unknown")[0] for problem in caught.value.problems] == [
        "tom.toml: [requirement.TOM-01]: level",
        "tom.toml: [requirement.TOM-01]: role",
        "kyo.toml: [documents.guide]: title_ja: is empty",
    ]
    assert str(caught.value).startswith("requirement catalogue: 3 problems\n  tom.toml: ")
