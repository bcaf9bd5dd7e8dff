"""Rules for every file of the tree that no other tool checks. Each failure names file and line."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "protocol",
    "reference",
    "simulators",
    "scenarios",
    "conformance",
    "loadtests",
    "cli",
    "tests",
    "docs",
)

MOST_LINES = 400
# Path -> why this module is one concept all the same. An entry that is no longer needed fails.
LONG_MODULES: dict[str, str] = {}

# In pieces, so that this file does not find itself.
REGISTRY_HOSTS = re.compile(
    "|".join(
        re.escape("".join(pieces))
        for pieces in (
            ("python", "hosted"),
            ("pypi", ".org"),
            ("registry.", "npmjs"),
            ("registry.", "yarnpkg"),
            ("deb.", "debian"),
            ("security.", "debian"),
            ("proxy.", "golang"),
        )
    )
)
# Places that exist on one machine only. A path below them in a file works for nobody else.
MACHINE_PATHS = re.compile(
    "|".join((r"(?<![\w.-])/wo" + "rk/", r"/bash_" + "jobs", r"/ro" + r"ot/\w"))
)
LOCK_FILES = re.compile(r"(^|/)(uv\.lock|pylock(\..*)?\.toml|poetry\.lock|Pipfile\.lock)$")
ADDRESS_IN_LOCK = re.compile(r"https?://|^\s*(--(extra-)?index-url|--find-links|-i|-f)\b|@ file:")


def tree() -> list[str]:
    """Paths of all files that are, or would be, committed; deleted ones left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return sorted({path for path in listed if path and (ROOT / path).is_file()})


def python_files() -> list[str]:
    return [path for path in tree() if path.endswith(".py")]


def lines_matching(pattern: re.Pattern[str], paths: list[str]) -> list[str]:
    """`path:line: what matched` for text files; binary files hold no such lines."""
    found = []
    for path in paths:
        content = (ROOT / path).read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            if match := pattern.search(line):
                found.append(f"{path}:{number}: {match.group(0)}")
    return found


def test_the_tree_is_seen() -> None:
    # The other tests pass on an empty list: it must not be empty by mistake.
    assert {"pyproject.toml", "Makefile", "tests/repo/test_hygiene.py"} <= set(tree())


def test_no_registry_host_is_named() -> None:
    assert lines_matching(REGISTRY_HOSTS, tree()) == []


def test_no_path_of_one_machine_is_named() -> None:
    assert lines_matching(MACHINE_PATHS, tree()) == []


def test_no_lock_file_holds_addresses() -> None:
    assert [path for path in tree() if LOCK_FILES.search(path)] == []
    locks = [path for path in tree() if re.search(r"^requirements/|package-lock\.json$", path)]
    assert locks
    assert lines_matching(ADDRESS_IN_LOCK, locks) == []


def test_every_room_has_a_readme() -> None:
    missing = [room for room in ROOMS if not (ROOT / room / "README.md").is_file()]
    assert missing == []
    for room in ROOMS:
        heading, *rest = (ROOT / room / "README.md").read_text().splitlines()
        assert heading.startswith("# "), f"{room}/README.md: starts without a heading"
        assert any(rest), f"{room}/README.md: says nothing"


def test_modules_are_short() -> None:
    lengths = {path: len((ROOT / path).read_bytes().splitlines()) for path in python_files()}
    too_long = {path: length for path, length in lengths.items() if length > MOST_LINES}
    unexplained = {path: length for path, length in too_long.items() if path not in LONG_MODULES}
    assert unexplained == {}, f"over {MOST_LINES} lines: split them by concept"
    assert LONG_MODULES.keys() - too_long.keys() == set(), "entries no longer needed"


def comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


# Both tools take a second comment behind theirs for the reason; ruff takes a dash as well.
SUPPRESSION = re.compile(r"#\s*(type:\s*ignore|noqa)\b")
EXPLAINED = re.compile(
    r"#\s*(type:\s*ignore\[[\w, -]+\]\s*#|noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*\s*(#|-+))\s*\w.{7,}"
)


def unexplained_suppressions(source: str) -> list[int]:
    """Lines that silence a tool without saying, in the same line, why."""
    return [
        line
        for line, comment in comments(source)
        if SUPPRESSION.search(comment) and not EXPLAINED.search(comment)
    ]


def test_every_suppression_has_its_reason_beside_it() -> None:
    found = {
        f"{path}:{line}"
        for path in python_files()
        for line in unexplained_suppressions((ROOT / path).read_text())
    }
    assert found == set()


def test_unexplained_suppressions_are_recognised() -> None:
    tag = "# type" + ": ignore"
    assert unexplained_suppressions(f"x = 1  {tag}\n") == [1]
    assert unexplained_suppressions(f"x = 1  {tag}[misc]\n") == [1]
    assert unexplained_suppressions("x = 1  # no" + "qa\n") == [1]
    assert unexplained_suppressions("x = 1  # no" + "qa: S101\n") == [1]
    assert unexplained_suppressions(f"x = 1  {tag}[misc]  # the library has no types\n") == []
    assert unexplained_suppressions("x = 1  # no" + "qa: S101 - judged by hand\n") == []


def unexplained_skips(source: str) -> list[int]:
    """Lines that skip a test, or expect it to fail, without a written reason."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            # pytest.skip and pytest.xfail take the reason first; a mark's first is a condition.
            given = [word.value for word in node.keywords if word.arg == "reason"]
            if name in ("pytest.skip", "pytest.xfail"):
                given += node.args
            elif not re.fullmatch(r"pytest\.(importorskip|mark\.(skip|skipif|xfail))", name):
                continue
            empty = (isinstance(value, ast.Constant) and not value.value for value in given)
            if not given or any(empty):
                found.append(node.lineno)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bare = ("pytest.mark.skip", "pytest.mark.xfail")
            found += [
                mark.lineno
                for mark in node.decorator_list
                if isinstance(mark, ast.Attribute) and ast.unparse(mark) in bare
            ]
    return found


def test_every_skip_has_its_reason() -> None:
    found = {
        f"{path}:{line}"
        for path in python_files()
        for line in unexplained_skips((ROOT / path).read_text())
    }
    assert found == set()


def test_unexplained_skips_are_recognised() -> None:
    assert unexplained_skips("@pytest.mark.skip\ndef test_it(): ...\n") == [1]
    assert unexplained_skips("@pytest.mark.skipif(True)\ndef test_it(): ...\n") == [1]
    assert unexplained_skips("def test_it(): pytest.skip()\n") == [1]
    assert unexplained_skips("def test_it(): pytest.skip('')\n") == [1]
    assert unexplained_skips("pytest.importorskip('docker')\n") == [1]
    assert unexplained_skips("@pytest.mark.skipif(True, reason='no broker')\ndef t(): ...\n") == []
    assert unexplained_skips("def test_it(): pytest.skip('no broker')\n") == []
