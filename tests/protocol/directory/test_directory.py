"""The dated directory file: what it says on a day, and what is wrong with a bad one."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from net119_protocol.codes import ProviderState
from net119_protocol.directory import (
    Directory,
    DirectoryError,
    Municipalities,
    UnknownDepartment,
    default_directory_text,
    japan_date,
    load_directory,
)

DAY = date(2026, 4, 1)

# The documents' areas, written down from their texts.
CHITA = {
    "23216": "常滑市",
    "23205": "半田市",
    "23222": "東海市",
    "23223": "大府市",
    "23224": "知多市",
    "23441": "阿久比町",
    "23442": "東浦町",
    "23445": "南知多町",
    "23446": "美浜町",
    "23447": "武豊町",
}
ASO = {
    "43214": "阿蘇市",
    "43423": "南小国町",
    "43424": "小国町",
    "43425": "産山村",
    "43428": "高森町",
    "43433": "南阿蘇村",
}

HEAD = """
version = "t"
[[providers]]
code = "p"
name_ja = "p"
name_en = "p"
[[centers]]
code = "c"
name_ja = "c"
name_en = "c"
provider = "p"
"""


def row(code: str, municipality: str, more: str = "") -> str:
    return (
        f'[[departments]]\ncode = "{code}"\nname_ja = "{code}"\nname_en = "{code}"\n'
        f'phone = "0000-00-0001"\nmunicipalities = ["{municipality}"]\n{more}\n'
    )


def problems(municipalities: Municipalities, text: str) -> list[str]:
    with pytest.raises(DirectoryError) as caught:
        Directory.from_toml(text, municipalities, "x.toml")
    assert all(f"- {problem}" in str(caught.value) for problem in caught.value.problems)
    assert "directory x.toml: " in str(caught.value)
    return caught.value.problems


def test_the_source_departments_have_their_areas(
    directory: Directory, municipalities: Municipalities
) -> None:
    view = directory.on(DAY)
    for code, name in (CHITA | ASO).items():
        assert municipalities[code].name_ja.endswith(name)
    assert view.area_of("chita") == tuple(sorted(CHITA))
    assert view.area_of("aso") == tuple(sorted(ASO))
    assert view.area_of("tomakomai") == ("01213",)
    assert view.area_of("chitose") == ("01224",)
    assert set(view.department("chita-nanbu").municipalities) == {"23445", "23446"}
    assert len(view.departments_of("chita")) > 1
    providers = {d.center: d.provider for d in view.adopted()}
    assert providers == {"tomakomai": "aoba", "chitose": "aoba", "chita": "midori", "aso": "akane"}


def test_departments_outside_the_documents_carry_no_name_of_their_own(
    directory: Directory,
) -> None:
    view = directory.on(DAY)
    for code, name in CHITA.items():
        department = view.department_at(code)
        if department.code != "chita-nanbu":
            assert department.name_ja == f"{name}を管轄する消防本部"
            assert department.name_en.startswith("the fire department for ")


def test_what_no_row_names_is_not_adopted(
    directory: Directory, municipalities: Municipalities
) -> None:
    view = directory.on(DAY)
    sapporo = view.department_at("01100")
    assert sapporo.name_ja == "札幌市を管轄する消防本部"
    assert sapporo.name_en == "the fire department for Sapporo City"
    assert (sapporo.adopted, sapporo.center, sapporo.provider) == (False, None, None)
    assert view.department(sapporo.code) == sapporo
    named = {m for d in view.departments.values() for m in d.municipalities}
    everyone = [view.department_at(code) for code in municipalities]
    assert sum(d.adopted for d in everyone) == len(named) == 18
    assert all(d.phone.startswith("0000-") and len(d.phone) == 12 for d in everyone)
    assert len({d.phone for d in everyone}) == len({d.code for d in everyone})


def test_unknown_departments_are_told_apart_from_unnamed_ones(directory: Directory) -> None:
    view = directory.on(DAY)
    for code in ("nowhere", "m-99999", "m-01213", "01100"):
        with pytest.raises(UnknownDepartment) as caught:
            view.department(code)
        said = f"directory 2026-04-01 has no department {code!r} on 2026-04-01"
        assert str(caught.value) == said
    with pytest.raises(KeyError):
        view.department_at("99999")


def test_the_day_changes_at_midnight_in_japan(
    directory: Directory,
) -> None:
    before = japan_date(datetime(2020, 9, 30, 14, 59, 59, tzinfo=UTC))
    after = japan_date(datetime(2020, 9, 30, 15, 0, tzinfo=UTC))
    assert (before, after) == (date(2020, 9, 30), date(2020, 10, 1))
    # The guideline of the Chita-Nanbu union is in force from 1 October 2020.
    assert not directory.on(before).department("chita-nanbu").adopted
    assert directory.on(after).department("chita-nanbu").adopted
    with pytest.raises(ValueError, match="offset"):
        japan_date(datetime(2020, 9, 30))  # noqa: DTZ001 - the point of the test


def test_both_ends_of_a_validity_are_included(municipalities: Municipalities) -> None:
    dates = "valid_from = 2026-01-01\nvalid_until = 2026-03-31\n"
    adopted_days = "adopted_from = 2026-02-01\nadopted_until = 2026-02-02"
    directory = Directory.from_toml(
        HEAD
        + row("old", "01100", dates + 'center = "c"')
        + row("new", "01100", "valid_from = 2026-04-01")
        + row("late", "01213", f'center = "c"\n{adopted_days}'),
        municipalities,
    )
    at = {
        day: directory.on(day).department_at("01100").code
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1))
    }
    assert list(at.values()) == ["m-01100", "old", "old", "new"]
    adopted = [
        day for day in range(1, 6) if directory.on(date(2026, 2, day)).department("late").adopted
    ]
    assert adopted == [1, 2]
    assert directory.on(date(2026, 2, 3)).department("late").phone == "0000-00-0001"


def test_a_department_may_move_to_another_center(municipalities: Municipalities) -> None:
    other = '[[centers]]\ncode = "d"\nname_ja = "d"\nname_en = "d"\nprovider = "p"\n'
    other += 'state = "maintenance"\n'
    directory = Directory.from_toml(
        HEAD
        + other
        + row("x", "01100", 'center = "c"\nvalid_until = 2026-03-31')
        + row("x", "01100", 'center = "d"\nvalid_from = 2026-04-01'),
        municipalities,
    )
    before = directory.on(date(2026, 3, 31)).department("x")
    after = directory.on(date(2026, 4, 1)).department("x")
    assert (before.center, before.state) == ("c", ProviderState.NORMAL)
    assert (after.center, after.state) == ("d", ProviderState.MAINTENANCE)


@pytest.mark.parametrize(
    ("of_provider", "of_center", "state"),
    [
        ("normal", "normal", ProviderState.NORMAL),
        ("overloaded", "normal", ProviderState.OVERLOADED),
        ("normal", "maintenance", ProviderState.MAINTENANCE),
        ("overloaded", "maintenance", ProviderState.MAINTENANCE),
    ],
)
def test_center_and_provider_must_both_be_in_service(
    municipalities: Municipalities, of_provider: str, of_center: str, state: ProviderState
) -> None:
    head = HEAD.replace("[[centers]]", f'state = "{of_provider}"\n[[centers]]')
    rows = f'state = "{of_center}"\n' + row("x", "01100", 'center = "c"') + row("y", "01213")
    view = Directory.from_toml(head + rows, municipalities).on(DAY)
    assert view.department("x").state is state
    assert view.department("y").state is ProviderState.NORMAL, "no center, nothing to be out of"


def test_a_directory_is_named_by_its_version_where_nothing_else_is_known(
    municipalities: Municipalities,
) -> None:
    sound = Directory.from_toml(HEAD + row("x", "01100", 'center = "c"'), municipalities)
    wrong = sound.content.model_copy(update={"centers": ()})
    with pytest.raises(DirectoryError, match=r"^directory t: 1 problem\n"):
        Directory(wrong, municipalities)


def test_json_carries_everything(directory: Directory, municipalities: Municipalities) -> None:
    again = Directory.from_json(directory.to_json(), municipalities)
    assert again.content == directory.content
    assert again.version == directory.version


def test_files_are_read_by_their_suffix(
    directory: Directory, municipalities: Municipalities, tmp_path: Path
) -> None:
    (tmp_path / "d.json").write_text(directory.to_json(), "utf-8")
    (tmp_path / "d.toml").write_text(default_directory_text(), "utf-8")
    for name in ("d.json", "d.toml"):
        assert load_directory(municipalities, tmp_path / name).content == directory.content
    (tmp_path / "bytes.toml").write_bytes(b"\xff")
    (tmp_path / "list.json").write_text("[]", "utf-8")
    (tmp_path / "open.toml").write_text("[[", "utf-8")
    (tmp_path / "cut.json").write_text("{", "utf-8")
    for name, said in {
        "missing.toml": "file: cannot be read: ",
        "bytes.toml": "file: cannot be read: ",
        "list.json": "file: ",
        "open.toml": "file: not TOML: ",
        "cut.json": "file: not JSON: ",
    }.items():
        with pytest.raises(DirectoryError) as caught:
            load_directory(municipalities, tmp_path / name)
        assert str(caught.value).startswith(f"directory {tmp_path / name}: 1 problem\n- {said}")
        assert all(re.search("[ぁ-ん]", each.text_ja) for each in caught.value.findings)
        assert not any("None" in each.text_ja for each in caught.value.findings)


def test_all_mistakes_of_form_are_told_at_once_by_path(municipalities: Municipalities) -> None:
    found = problems(
        municipalities,
        'extra = 1\n[[departments]]\ncode = "A B"\nname_ja = "x"\nphone = "0120-000-000"\n'
        'municipalities = ["1", "01100"]\nvalid_from = "soon"\n[[centers]]\ncode = "c"\n',
    )
    paths = {problem.split(":")[0] for problem in found}
    assert paths == {
        "version",
        "extra",
        "departments[0].code",
        "departments[0].name_en",
        "departments[0].phone",
        "departments[0].municipalities[0]",
        "departments[0].valid_from",
        "centers[0].name_ja",
        "centers[0].name_en",
        "centers[0].provider",
    }
    assert any("only a fictional number" in problem for problem in found)


def test_all_mistakes_across_rows_are_told_at_once(municipalities: Municipalities) -> None:
    found = problems(
        municipalities,
        HEAD
        + '[[centers]]\ncode = "e"\nname_ja = "e"\nname_en = "e"\nprovider = "ghost"\n'
        + row("a", "99999", 'center = "nowhere"')
        + row("b", "01100", "valid_from = 2026-02-01\nvalid_until = 2026-01-01")
        + row("d", "01213")
        + row("f", "01213", "valid_from = 2026-01-01")
        + row("g", "01224", "adopted_from = 2026-01-01")
        + row("m-x", "01202")
        + row("h", "01203", 'center = "c"\nadopted_from = 2026-02-01\nadopted_until = 2026-01-01')
        + row("h", "01204"),
    )
    expected = [
        "centers[1].provider: unknown provider 'ghost'",
        "departments[0].center: unknown center 'nowhere'",
        "departments[0].municipalities[0]: unknown municipality code '99999'",
        "departments[1] (b): valid_from 2026-02-01 is after valid_until 2026-01-01",
        "departments[3] (f): municipality 01213 is also claimed by departments[2] (d) "
        "on the same days (2026-01-01..)",
        "departments[4] (g): adopted_from or adopted_until without a center",
        "departments[5].code: 'm-x'",
        "departments[6] (h): adopted_from 2026-02-01 is after adopted_until 2026-01-01",
        "departments[7] (h): the code has another row, departments[6], on the same days (always)",
    ]
    for text in expected:
        assert sum(problem.startswith(text) for problem in found) == 1, (text, found)
    assert len(found) == len(expected)


def test_every_two_rows_of_a_code_are_compared_and_no_others(
    municipalities: Municipalities,
) -> None:
    rows = [
        row("a", "01100"),
        row("b", "01202", "valid_until = 2026-03-31"),
        row("a", "01203", "valid_from = 2026-04-01"),
        row("b", "01204", "valid_from = 2026-04-01"),
        row("a", "01205", "valid_until = 2026-03-31"),
    ]
    assert problems(municipalities, HEAD + "".join(rows)) == [
        "departments[2] (a): the code has another row, departments[0], on the same days "
        "(2026-04-01..)",
        "departments[4] (a): the code has another row, departments[0], on the same days "
        "(..2026-03-31)",
    ]


def test_a_reference_must_hold_on_every_day_it_is_needed(municipalities: Municipalities) -> None:
    text = HEAD.replace('provider = "p"', 'provider = "p"\nvalid_until = 2026-03-31')
    found = problems(municipalities, text + row("a", "01100", 'center = "c"'))
    assert found == ["departments[0].center: center 'c' has no row for 2026-04-01.."]
    bounded = 'center = "c"\nadopted_until = 2026-03-31'
    assert Directory.from_toml(text + row("a", "01100", bounded), municipalities).version == "t"


@pytest.mark.parametrize("text", ["version = ", "[[", "version = 1"])
def test_what_is_no_directory_is_refused(municipalities: Municipalities, text: str) -> None:
    with pytest.raises(DirectoryError, match=r"^directory TOML: "):
        Directory.from_toml(text, municipalities)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', '{"version": null}', 5000 * "["])
def test_what_is_no_json_directory_is_refused(municipalities: Municipalities, text: str) -> None:
    with pytest.raises(DirectoryError, match=r"^directory JSON: 1 problem"):
        Directory.from_json(text, municipalities)


@given(day=st.dates())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_day_can_be_asked(directory: Directory, day: date) -> None:
    view = directory.on(day)
    assert view.department_at("01213").adopted == (day >= date(2019, 4, 1))
    for department in view.adopted():
        assert department.center is not None
        assert view.centers[department.center].provider == department.provider
