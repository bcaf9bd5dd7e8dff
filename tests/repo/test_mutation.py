"""The mutation run (make mutation): what it draws, how it judges, and what its page says."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.mutation import page
from scripts.mutation.areas import ROOT, Area, Mutant, missing, read_areas, sample
from scripts.mutation.dependents import dependents_of
from scripts.mutation.making import changed_part, function_at, left_out, lines_at, logged
from scripts.mutation.trying import CannotJudge, judged

SOURCE = "def grown(n):\n    if n > 17:\n        return True\n    return False\n"


def mutant(ident: str, old: str, new: str, module: str = "room/rule.py") -> Mutant:
    start = SOURCE.index(old)
    return Mutant(ident, module, "grown", 1, old, new, start, start + len(old), new)


def test_areas_name_files_that_are_there() -> None:
    areas = read_areas()
    assert {each.name for each in areas} == {
        "routing",
        "call",
        "relay",
        "transfer",
        "registration",
        "retention",
    }
    assert missing(areas) == []
    assert missing([Area("a", "A", ("no.py",), (), ("tests/none",))]) == ["no.py", "tests/none"]


def test_a_sample_is_the_same_for_a_seed_and_stays_when_code_around_it_changes() -> None:
    every = [mutant(f"{n:03}", "17", "18") for n in range(100)]
    drawn = sample(every, 20, 119)
    assert len(drawn) == 20
    assert sample(reversed(every), 20, 119) == drawn
    assert sample(every, 20, 120) != drawn
    fewer = [each for each in every if each is not drawn[3]]
    assert set(drawn) - set(sample(fewer, 20, 119)) == {drawn[3]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = 1\nb = 2\n", "a = 1\nb = 3\n"),
        ("f(a, a)", "f(a)"),
        ("x", ""),
        ("", "x"),
        ("aaa", "aa"),
        ("髙𠮷①", "高𠮷①"),
    ],
)
def test_the_changed_part_makes_one_text_of_the_other(before: str, after: str) -> None:
    start, end, text = changed_part(before, after)
    assert before[:start] + text + before[end:] == after
    made = Mutant("1", "m.py", "", 1, "", "", start, end, text)
    assert made.applied(before) == after


def test_a_mutant_tells_its_lines_and_its_function() -> None:
    start = SOURCE.index("17")
    assert lines_at(SOURCE, start, start + 2) == "if n > 17:"
    assert lines_at("f(\n    a,\n    b,\n)\n", 6, 14) == "a, b,"
    source = f"X = 1\nclass C:\n    def f(self):\n        def g():\n            pass\n{SOURCE}"
    tree = ast.parse(source)
    assert [function_at(tree, line) for line in (1, 2, 3, 5, 7)] == [
        "",
        "C",
        "C.f",
        "C.f.g",
        "grown",
    ]


def test_what_is_left_out_is_no_rule() -> None:
    source = "def f():\n    log.info(\n        'a',\n    )\n    catalog.info('b')\n"
    lines = logged(ast.parse(source))
    assert lines == {2, 3, 4}
    assert left_out("'a',", "'XXaXX',", 3, lines) == "log"
    assert left_out("f('Yes')", "f('YES')", 9, lines) == "case of a text"
    assert left_out("f('Yes')", "f('XXYesXX')", 9, lines) is None
    assert left_out("return True", "return False", 9, lines) is None


def test_a_module_is_loaded_by_what_loads_it_and_by_what_loads_its_package() -> None:
    imported = {
        "a": set[str](),
        "a.rules": {"a.rules.first"},
        "a.rules.first": set[str](),
        "a.rules.second": set[str](),
        "a.user": {"a.rules.second"},
        "a.users": {"a.user"},
        "a.other": set[str](),
    }
    assert dependents_of("a.rules.first", imported) == {
        "a.rules.first",
        "a.rules",
        "a.rules.second",
        "a.user",
        "a.users",
    }
    assert dependents_of("a.other", imported) == {"a.other"}


def answer(code: object, *, failed: str | None = None, ran: int = 3) -> dict[str, Any]:
    return {"code": code, "failed": failed, "ran": ran, "seconds": 12.0}


def test_only_a_test_that_fails_or_hangs_notices_a_mutant() -> None:
    assert judged(answer(0)) is None
    assert judged(answer(1, failed="t.py::t")) == ("killed", "t.py::t")
    assert judged(answer(2, failed="t.py (import)")) == ("killed", "t.py (import)")
    assert judged(answer("timeout")) == ("timed out", "stopped after 12 s")
    assert judged(answer("died")) == ("killed", "the process of the tests died")
    broken = answer(4, ran=0) | {"said": "ImportError while loading conftest '/a/conftest.py'."}
    assert judged(broken) == ("killed", "conftest.py (import)")


@pytest.mark.parametrize(
    "unclear",
    [answer(0, ran=0), answer(1), answer(2), answer(3, failed="t"), answer(4), answer(5)],
)
def test_tests_that_do_not_run_say_nothing_about_a_mutant(unclear: dict[str, Any]) -> None:
    with pytest.raises(CannotJudge, match="pytest ended with"):
        judged(unclear)


def at_work(folder: Path, test: str, mutants: list[Mutant]) -> list[dict[str, Any]]:
    """Let mutants be tried in a folder of their own."""
    (folder / "room").mkdir()
    (folder / "room" / "rule.py").write_text(SOURCE)
    (folder / "test_rule.py").write_text(f"from rule import grown\n\n\ndef test_it():\n{test}")
    job = {
        "modules": ["room/rule.py"],
        "stages": [["test_rule.py"]],
        "seed": 1,
        "dependents": ["rule"],
        "log": str(folder / "log"),
        "mutants": [each.asdict() for each in mutants],
    }
    done = subprocess.run(
        [sys.executable, "-m", "scripts.mutation.trying"],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": f"{folder / 'room'}:{ROOT}",
            "PYTEST_ADDOPTS": "",
            # Loading all plugins takes longer than everything else here.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_PLUGINS": "_hypothesis_pytestplugin",
        },
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (folder / "room" / "rule.py").read_text() == SOURCE
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_mutants_are_tried_one_by_one(tmp_path: Path) -> None:
    # The second and third have the same size, as Python's cache of compiled modules sees them.
    mutants = [
        mutant("kept", "n > 17", "17 < n"),
        mutant("off", "17", "18"),
        mutant("far", "17", "99"),
    ]
    test = "    assert grown(18)\n    assert not grown(1)\n"
    _, *found = at_work(tmp_path, test, mutants)
    assert [(each["id"], each["verdict"]) for each in found] == [
        ("kept", "survived"),
        ("off", "killed"),
        ("far", "killed"),
    ]
    assert found[1]["by"] == "test_rule.py::test_it"


def priority_of_the_session() -> str:
    """Linux shares out processors among sessions first; empty where it is set not to."""
    group = Path("/proc/self/autogroup")
    return group.read_text() if group.exists() else ""


def test_who_lets_mutants_be_tried_keeps_the_priority_of_their_own_session(tmp_path: Path) -> None:
    """Else all that runs after this in the same session, tests above all, is starved."""
    before = priority_of_the_session()
    _, found, *_ = at_work(tmp_path, "    assert grown(18)\n", [mutant("off", "17", "18")])
    assert found["verdict"] == "killed"
    assert priority_of_the_session() == before


def test_tests_that_fail_anyway_notice_nothing(tmp_path: Path) -> None:
    (found,) = at_work(tmp_path, "    assert grown(1)\n", [mutant("off", "17", "18")])
    assert "fail without a mutant" in found["cannot"]


RESULT: dict[str, Any] = {
    "areas": {
        "transfer": {
            "date": "2026-11-29",
            "seed": 119,
            "made": 1200,
            "left_out": {"log": 2},
            "mutants": [
                {
                    "id": ident,
                    "module": "room/package/rule.py",
                    "where": "grown",
                    "line": 2,
                    "before": "if n > 17:",
                    "after": f"if n > {ident}:",
                    "verdict": verdict,
                    "by": "",
                    "seconds": 1.0,
                }
                for ident, verdict in (
                    ("a1", "killed"),
                    ("a2", "timed out"),
                    ("a3", "survived"),
                    ("a4", "survived"),
                )
            ],
        }
    }
}


def test_the_score_counts_what_was_noticed_of_what_could_be() -> None:
    reasons = {
        "a3": page.Reason("equivalent", "the same"),
        "a4": page.Reason("harmless", "no rule"),
    }
    text = page.rendered(RESULT, reasons, read_areas(), "# Head\n")
    assert "| **all** | 1,200 | 4 | 1 | 1 | 2 | 1 | 66.7 % |" in text
    assert "| `room/…/rule.py` | 4 | 1 | 1 | 2 | 1 | 66.7 % |" in text
    assert "**equivalent**: the same" in text
    assert "- if n > 17:\n+ if n > a4:" in text
    assert "Not tried yet, so nothing is known of them: routing, call, relay, reg" in text
    assert page.questions(RESULT, reasons) == []


def test_a_survivor_without_a_reason_is_an_open_question() -> None:
    found = page.questions(
        RESULT, {"a3": page.Reason("harmless", "x"), "a1": page.Reason("harmless", "x")}
    )
    assert len(found) == 2
    assert found[0].startswith("a4 survived, and has no reason")
    assert found[1].startswith("a1 has a reason in reasons.toml")
    assert "**no reason yet**" in page.rendered(RESULT, {}, read_areas(), "")


def test_a_reason_is_of_a_kind_that_is_known_and_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "reasons.toml"
    path.write_text('[[survivor]]\nid = "a"\nkind = "fine"\nreason = "x"\n')
    with pytest.raises(ValueError, match="'fine' is none of"):
        page.read_reasons(path)
    path.write_text('[[survivor]]\nid = "a"\nkind = "harmless"\nreason = "x"\n' * 2)
    with pytest.raises(ValueError, match="a stands there twice"):
        page.read_reasons(path)


def test_the_page_tells_the_result_that_is_kept_and_every_survivor_has_a_reason() -> None:
    result, reasons = json.loads(page.RESULT.read_text()), page.read_reasons()
    assert page.questions(result, reasons) == []
    head = page.INTRODUCTION.read_text()
    told = page.rendered(result, reasons, read_areas(), head)
    assert page.PAGE.read_text() == told, 'make mutation ARGS="--page"'
    assert result["areas"].keys() <= {each.name for each in read_areas()}
    assert sum(len(each["mutants"]) for each in result["areas"].values()) >= 30
