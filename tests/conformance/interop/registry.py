"""All bad partners, and the names of the checks that purposes of pairs make."""

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator, Mapping

from net119_conformance.interop import judging, scenes, world
from net119_conformance.interop.run import pair_purposes

from tests.conformance.interop import defects
from tests.conformance.interop.bad import Bad

_JUDGES = frozenset({"shows", "holds", "_has_once"})
_CHECKS = frozenset({"check"})
Functions = Mapping[str, ast.AsyncFunctionDef | ast.FunctionDef]


def bad_partners() -> tuple[Bad, ...]:
    """Every bad partner of :mod:`tests.conformance.interop.defects`; no two are named alike."""
    found = []
    for module in pkgutil.iter_modules(defects.__path__, f"{defects.__name__}."):
        values = vars(importlib.import_module(module.name)).values()
        found += [each for each in values if isinstance(each, Bad)]
    names = [each.name for each in found]
    twice = {each for each in names if names.count(each) > 1}
    if twice:
        raise ValueError(f"two bad partners are named {', '.join(sorted(twice))}")
    return tuple(found)


def named_checks() -> dict[str, frozenset[str]]:
    """The checks of each purpose of pairs, by its ID, those of the scenes it plays among them.

    A name that is put together at run time has ``…`` in the place of what differs.
    """
    shared = {**_functions(judging), **_functions(scenes), **_functions(world)}
    found = {}
    for purpose in pair_purposes().values():
        own = _functions(sys.modules[purpose.function.__module__])
        names = _names(purpose.function.__name__, own, shared, set())
        found[purpose.id] = frozenset(names)
    return found


def own_checks() -> dict[str, frozenset[str]]:
    """As `named_checks`, without what purposes of other modules check as well.

    That is in scenes which they all play, and it is enough that one of them proves it.
    """
    purposes = pair_purposes()
    modules: dict[str, set[str]] = {}
    every = named_checks()
    for purpose, names in every.items():
        for name in names:
            modules.setdefault(name, set()).add(purposes[purpose].function.__module__)
    return {
        purpose: frozenset(name for name in names if len(modules[name]) == 1)
        for purpose, names in every.items()
    }


def _functions(module: object) -> Functions:
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]  # a module, as it says
    return {
        each.name: each
        for each in ast.walk(tree)
        if isinstance(each, ast.AsyncFunctionDef | ast.FunctionDef)
    }


def _names(name: str, own: Functions, shared: Functions, seen: set[str]) -> Iterator[str]:
    function = own.get(name) or shared.get(name)
    if function is None or name in seen:
        return
    seen.add(name)
    texts = {
        target.id: value
        for each in ast.walk(function)
        if isinstance(each, ast.Assign)
        for target, value in _pairs(each)
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        if isinstance(call.func, ast.Name):
            yield from _names(call.func.id, own, shared, seen)
        elif isinstance(call.func, ast.Attribute):
            called = call.func.attr
            if called in _JUDGES or called in _CHECKS:
                yield from _text(call.args[0], texts)
            if called not in _JUDGES and _of_world(call.func):
                yield from _names(called, {}, shared, seen)


def _pairs(assign: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Names and values of an assignment, of tuples one by one."""
    target, value = assign.targets[0], assign.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=True)
    else:
        yield target, value


def _of_world(function: ast.Attribute) -> bool:
    return isinstance(function.value, ast.Name) and function.value.id in ("w", "self")


def _text(given: ast.expr, texts: Mapping[str, ast.expr]) -> Iterator[str]:
    """A name as it stands there; nothing for a parameter."""
    if isinstance(given, ast.Name) and given.id in texts:
        given = texts[given.id]
    if isinstance(given, ast.Constant):
        yield str(given.value)
    elif isinstance(given, ast.JoinedStr):
        parts = (str(e.value) if isinstance(e, ast.Constant) else "…" for e in given.values)
        yield "".join(parts)


def fits(name: str, check: str) -> bool:
    """Whether a check that was made is one of this name."""
    before, _, after = name.partition("…")
    return check == name or ("…" in name and check.startswith(before) and check.endswith(after))
