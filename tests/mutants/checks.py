"""Which checks of which purposes no mutant is named to fail.

    python -m tests.mutants.checks [PREFIX]

The checks are read from the purposes' code, those of helpers in the same module among them.  What
a purpose only requires (``t.require``) is no check: where it fails, nothing is judged.
"""

import ast
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from net119_conformance.purpose import Purpose
from net119_conformance.record import ItemRecord

from tests.mutants.harness import purposes
from tests.mutants.registry import Mutant, load_mutants

_JUDGES = frozenset({"check", "observe", "observe_nothing"})


def named_checks(wanted: Iterable[Purpose]) -> dict[str, frozenset[str]]:
    """The names of each purpose's checks, by its ID.

    Where a name is neither written there, nor a constant of the module, nor what a loop over
    tuples in the same function gives, its expression stands in angle brackets.
    """
    found = {}
    for purpose in wanted:
        module = sys.modules[purpose.function.__module__]
        tree = ast.parse(inspect.getsource(module))
        functions = {
            each.name: each
            for each in tree.body
            if isinstance(each, ast.AsyncFunctionDef | ast.FunctionDef)
        }
        found[purpose.id] = frozenset(
            _names(purpose.function.__name__, functions, vars(module), set())
        )
    return found


def uncovered(wanted: Iterable[Purpose], mutants: Mapping[str, Mutant]) -> dict[str, list[str]]:
    """The checks that none of these mutants is named to fail, by the purpose's ID."""
    killed = {(purpose, name) for one in mutants.values() for purpose, name in one.kills.items()}
    left = {
        purpose: sorted(name for name in names if (purpose, name) not in killed)
        for purpose, names in named_checks(wanted).items()
    }
    return {purpose: names for purpose, names in left.items() if names}


def _names(
    name: str,
    functions: Mapping[str, ast.AsyncFunctionDef | ast.FunctionDef],
    constants: Mapping[str, object],
    seen: set[str],
) -> Iterator[str]:
    if name in seen or name not in functions:
        return
    seen.add(name)
    function = functions[name]
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        if isinstance(call.func, ast.Name):
            yield from _names(call.func.id, functions, constants, seen)
        elif isinstance(call.func, ast.Attribute) and call.func.attr in _JUDGES and call.args:
            yield from _texts(call.args[0], function, constants)


def _texts(given: ast.expr, function: ast.AST, constants: Mapping[str, object]) -> Iterator[str]:
    """The texts that an expression can stand for."""
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        yield given.value
        return
    known = constants.get(given.id) if isinstance(given, ast.Name) else None
    if isinstance(known, str):
        yield known
        return
    looped = [
        text
        for loop in ast.walk(function)
        if isinstance(loop, ast.For) and isinstance(given, ast.Name)
        for row, place in _rows(loop, given.id, function)
        for text in _texts(row.elts[place], function, constants)
    ]
    yield from looped or [f"<{ast.unparse(given)}>"]


def _rows(loop: ast.For, name: str, function: ast.AST) -> Iterator[tuple[ast.Tuple, int]]:
    """The tuples that a loop goes through, and where in them the variable's value is."""
    if not isinstance(loop.target, ast.Tuple):
        return
    places = [n for n, e in enumerate(loop.target.elts) if getattr(e, "id", "") == name]
    table: ast.AST = loop.iter
    if isinstance(table, ast.Name):
        given = [
            each.value
            for each in ast.walk(function)
            if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == table.id
        ]
        table = given[0] if given else table
    if places and isinstance(table, ast.Tuple | ast.List):
        for row in table.elts:
            if isinstance(row, ast.Tuple):
                yield row, places[0]


NOT_AT_THE_REFERENCE = {
    "MSG-MALFORMED-JSON": {
        # Of what is no JSON nobody can read which message it is.
        "the error names the message that it answers",
    },
    # Nobody is offered a call that rings at home, which either of the two may be.
    "POSITION-BORDER": {"the peer's acceptance of the offer is answered by call.assign"},
    # The reference takes any text; who refuses some has to say so.
    "PAGE-HOSTILE-TEXT": {"what is refused is told"},
}
"""Checks that the reference gives no occasion for."""


def never_reached(
    mutants: Mapping[str, Mutant], wanted: Iterable[Purpose], passed: Iterable[ItemRecord]
) -> list[str]:
    """Checks of the purposes, and of those that mutants fail, without which these passes came.

    Such a check judges nothing: what leads to it no longer happens.
    """
    due: dict[str, set[str]] = defaultdict(set)
    for name, checks in named_checks(wanted).items():
        due[name] |= {each for each in checks if "<" not in each}
    for one in mutants.values():
        for name, check in one.kills.items():
            due[name].add(check)
    for name, spared in NOT_AT_THE_REFERENCE.items():
        due[name] -= spared
    return [
        f"{each.id}: {check!r} is never judged"
        for each in passed
        for check in sorted(due[each.id] - {done.name for done in each.checks})
    ]


if __name__ == "__main__":
    _prefix = sys.argv[1] if len(sys.argv) > 1 else ""
    _wanted = [each for each in purposes().values() if each.id.startswith(_prefix)]
    for _purpose, _checks in sorted(uncovered(_wanted, load_mutants()).items()):
        sys.stdout.write("\n    ".join((_purpose, *_checks)) + "\n")
