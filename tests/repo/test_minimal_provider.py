"""The independent provider in `tests/minimal_provider` shares no code with ours."""

import ast
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "minimal_provider"
OWN = "tests.minimal_provider"


def test_it_imports_the_standard_library_and_itself_only() -> None:
    """Whatever it knows of the profile, it has from docs/."""
    foreign = []
    for file in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file.name}: a relative import"
                names = [node.module or ""]
            foreign += [
                f"{file.name}: {name}"
                for name in names
                if name.partition(".")[0] not in sys.stdlib_module_names
                and name != OWN
                and not name.startswith(f"{OWN}.")
            ]
    assert list(FOLDER.rglob("*.py"))
    assert not foreign


def test_it_loads_nothing_by_name() -> None:
    """No import that the other test would not see."""
    for file in FOLDER.rglob("*.py"):
        text = file.read_text("utf-8")
        assert "importlib" not in text
        assert "__import__" not in text
        assert "net119_" not in text
