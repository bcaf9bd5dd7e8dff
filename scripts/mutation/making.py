"""Make all mutants of modules with the operators of mutmut 3; JSON on standard output.

Runs in an environment of its own (``build/mutation/venv``), which has mutmut and nothing of ours:

    build/mutation/venv/bin/python scripts/mutation/making.py ROOT MODULE...

mutmut's own runner is not used: it names modules by their paths, and here a path below a room
(``reference/net119_reference``) is imported without the room.  It also calls each function
through a switch, which leaves out every decorated function.  Its operators need neither.
"""

import ast
import hashlib
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SETTINGS = '[tool.mutmut]\nsource_paths = ["."]\n'
"""mutmut reads its settings from the folder that it runs in, and guesses where there are none."""


def mutated(path: str, source: str) -> Iterator[str]:
    """The whole module's text, once for each mutant."""
    from mutmut.mutation.file_mutation import create_mutations, deep_replace

    module, mutations, *_ = create_mutations(path, source)
    # To write a whole module anew for each mutant takes twenty times as long.
    home = {
        id(inner): (statement, module.code_for_node(statement))
        for statement in module.body
        for inner in (statement, *getattr(getattr(statement, "body", None), "body", ()))
    }
    for each in mutations:
        statement, text = home.get(id(each.contained_by_top_level_function), (module, ""))
        changed = deep_replace(statement, each.original_node, each.mutated_node)
        if source.count(text) == 1:
            yield source.replace(text, module.code_for_node(changed))
        else:
            yield deep_replace(module, each.original_node, each.mutated_node).code


def changed_part(before: str, after: str) -> tuple[int, int, str]:
    """Where two texts differ: between these offsets of the first stands that in the second."""
    start = _alike(before, after)
    rest, other = before[start:], after[start:]
    same = _alike(rest[::-1], other[::-1])
    return start, len(before) - same, other[: len(other) - same]


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common from their start on."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def lines_at(text: str, start: int, end: int) -> str:
    """The whole lines that hold a part of a text, without what surrounds them, as one."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", max(start, end))
    lines = text[first : last if last >= 0 else len(text)].splitlines()
    return " ".join(line.strip() for line in lines)


def function_at(tree: ast.Module, line: int) -> str:
    """Dotted name of the innermost function or class around a line; ``""`` outside of all."""
    names: list[str] = []
    found: ast.AST | None = tree
    while found is not None:
        inner = None
        for node in ast.iter_child_nodes(found):
            if getattr(node, "lineno", line + 1) <= line <= (getattr(node, "end_lineno", 0) or 0):
                inner = node
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    names.append(node.name)
        found = inner
    return ".".join(names)


def logged(tree: ast.Module) -> set[int]:
    """Lines that only write to the program's log: no rule of a call depends on them."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
            continue
        if ast.unparse(node.value.func).startswith("log."):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def left_out(old: str, new: str, line: int, log_lines: set[int]) -> str | None:
    """Why a mutant is not tried; ``None`` where it is.

    Of a text that mutmut writes in three ways (``XXtextXX``, ``text``, ``TEXT``) one is tried: they
    stand or fall together.
    """
    if old != new and old.casefold() == new.casefold():
        return "case of a text"
    if line in log_lines:
        return "log"
    return None


def mutants_of(path: str, source: str) -> dict[str, Any]:
    """All mutants of a module that are tried, and how many are not and why."""
    tree = ast.parse(source)
    log_lines = logged(tree)
    skipped: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    made = []
    for text in mutated(path, source):
        if text == source:
            skipped["no change"] += 1
            continue
        start, end, new = changed_part(source, text)
        line = source.count("\n", 0, start) + 1
        before = lines_at(source, start, end)
        after = lines_at(text, start, start + len(new))
        if why := left_out(before, after, line, log_lines):
            skipped[why] += 1
            continue
        try:
            compile(text, path, "exec")
        except SyntaxError:
            skipped["not Python"] += 1
            continue
        where = function_at(tree, line)
        name = f"{path} {where} {before} {after}"
        seen[name] += 1
        ident = hashlib.sha256(f"{name} {seen[name]}".encode()).hexdigest()[:10]
        made.append(
            {
                "id": ident,
                "module": path,
                "where": where,
                "line": line,
                "before": before,
                "after": after,
                "start": start,
                "end": end,
                "text": new,
            }
        )
    return {"module": path, "mutants": made, "left_out": dict(skipped)}


def main(arguments: list[str]) -> int:
    """Print one JSON line for each module."""
    root, *modules = arguments
    sources = {path: (Path(root) / path).read_text(encoding="utf-8") for path in modules}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pyproject.toml").write_text(SETTINGS)
        os.chdir(folder)
        for path, source in sources.items():
            print(json.dumps(mutants_of(path, source), ensure_ascii=False), flush=True)
        os.chdir(root)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
