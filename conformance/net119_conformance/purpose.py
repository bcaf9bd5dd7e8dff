"""Test purposes: what is stimulated, what must be observed, at which interface, and why.

A purpose is one async function under the decorator `purpose`; its texts are what `explain` and
the report show. Everything about it is checked when its module is imported.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from net119_conformance.catalogue import Role, Side, Text
from net119_conformance.errors import ConformanceError

if TYPE_CHECKING:
    from net119_conformance.trial import Trial

PurposeFunction = Callable[["Trial", Any], Awaitable[None]]
"""`async def f(trial: Trial, world: World) -> None`; the environment decides what a world is."""

_ID = re.compile(r"[A-Z]+(-[A-Z0-9]+)+")
_REQUIREMENT = re.compile(r"[A-Z]{3}-[0-9]{2}")
MAX_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Purpose:
    """One test purpose.

    `requirements` are the catalogue IDs it judges, `derived` those of which it judges the derived
    part; both may be empty for a rule of the interconnect profile. `interfaces` are those at which
    it stimulates or observes. `role` is the role the SUT plays. `needs` is what the environment
    must set up, in the environment's own terms. `timeout_s` bounds the whole function.
    """

    id: str
    requirements: tuple[str, ...]
    derived: tuple[str, ...]
    interfaces: tuple[Side, ...]
    title: Text
    stimulus: Text
    expected: Text
    why: Text
    role: Role
    needs: Any
    timeout_s: float
    function: PurposeFunction
    source: str
    """Module and function, for people: `package.module.function`."""

    @property
    def judged(self) -> tuple[str, ...]:
        """All requirement IDs it has to do with, each once."""
        return tuple(dict.fromkeys((*self.requirements, *self.derived)))

    @property
    def only_derived(self) -> bool:
        """True if it judges derived parts and nothing else: then its checks are derived ones."""
        return bool(self.derived) and not self.requirements

    def __call__(self, trial: "Trial", world: Any) -> Awaitable[None]:
        """Call the function, as a test of a purpose does."""
        return self.function(trial, world)


def purpose(
    *,
    id: str,
    requirements: tuple[str, ...] = (),
    derived: tuple[str, ...] = (),
    interfaces: str,
    title_ja: str,
    title_en: str,
    stimulus_ja: str,
    stimulus_en: str,
    expected_ja: str,
    expected_en: str,
    why_ja: str,
    why_en: str,
    role: Role | str,
    needs: Any = None,
    timeout_s: float = 30.0,
) -> Callable[[PurposeFunction], Purpose]:
    """Make a test purpose of an async function `f(trial, world)`.

    `interfaces` is a text of letters ("AB"), as `Side` has them. Raises ConformanceError, naming
    everything that is wrong with the declaration at once.
    """
    problems = _bad_id(id) + _bad_requirements(requirements, derived)
    sides, bad_sides = _sides(interfaces)
    problems += bad_sides
    texts = {}
    for name, en, ja in (
        ("title", title_en, title_ja),
        ("stimulus", stimulus_en, stimulus_ja),
        ("expected", expected_en, expected_ja),
        ("why", why_en, why_ja),
    ):
        problems += [
            f"{name}_{lang} is empty" for lang, it in (("en", en), ("ja", ja)) if not it.strip()
        ]
        texts[name] = Text(en=inspect.cleandoc(en), ja=inspect.cleandoc(ja))
    if role not in set(Role):
        problems.append(f"role is {role!r}; known: {', '.join(Role)}")
    if not 0 < timeout_s <= MAX_TIMEOUT_S:
        problems.append(f"timeout_s is {timeout_s!r}; it must lie in 0 to {MAX_TIMEOUT_S:g}")

    def decorate(function: PurposeFunction) -> Purpose:
        where = f"{function.__module__}.{getattr(function, '__qualname__', '?')}"
        if not inspect.iscoroutinefunction(function):
            problems.append("it must be an `async def`")
        elif len(inspect.signature(function).parameters) != 2:
            problems.append("it must take two arguments, the trial and the world")
        if problems:
            raise ConformanceError(
                f"test purpose {id!r}: " + "; ".join(problems),
                where,
                "mend its @purpose(...) declaration",
            )
        return Purpose(
            id=id,
            requirements=requirements,
            derived=derived,
            interfaces=sides,
            role=Role(role),
            needs=needs,
            timeout_s=float(timeout_s),
            function=function,
            source=where,
            **texts,
        )

    return decorate


def _bad_id(purpose_id: str) -> list[str]:
    if _ID.fullmatch(purpose_id):
        return []
    return ["id must be capital words joined by hyphens, such as CHAT-ORDER or STOMP-TX-1"]


def _bad_requirements(requirements: tuple[str, ...], derived: tuple[str, ...]) -> list[str]:
    problems = []
    for name, ids in (("requirements", requirements), ("derived", derived)):
        if not isinstance(ids, tuple):
            problems.append(f"{name} must be a tuple such as ('ASO-18',), got {ids!r}")
            continue
        problems += [
            f"{name}: {one!r} is no ID" for one in ids if not _REQUIREMENT.fullmatch(str(one))
        ]
        if len(set(ids)) != len(ids):
            problems.append(f"{name} names one twice: {', '.join(ids)}")
    return problems


def _sides(interfaces: str) -> tuple[tuple[Side, ...], list[str]]:
    known = {str(side): side for side in Side}
    unknown = [letter for letter in interfaces if letter not in known]
    if not interfaces or unknown or len(set(interfaces)) != len(interfaces):
        return (), [f"interfaces is {interfaces!r}; use letters of {''.join(known)}, each once"]
    return tuple(known[letter] for letter in interfaces), []


def load_purposes(modules: Iterable[str]) -> dict[str, Purpose]:
    """Import `modules` (packages with all modules in them) and return their purposes by ID, sorted.

    Raises ConformanceError if a module cannot be imported, if two purposes have one ID, and if
    there is none at all.
    """
    names = list(modules)
    found: dict[str, Purpose] = {}
    for name in names:
        for module in _import_with_children(name):
            for value in vars(module).values():
                if not isinstance(value, Purpose):
                    continue
                other = found.setdefault(value.id, value)
                if other is not value:
                    raise ConformanceError(
                        f"two test purposes have the ID {value.id}",
                        f"{other.source} and {value.source}",
                        "give one of them another ID",
                    )
    if not found:
        raise ConformanceError(
            "no test purposes found", ", ".join(names) or "purposes", "name a module that has some"
        )
    return dict(sorted(found.items()))


def _import_with_children(name: str) -> list[Any]:
    modules = [_import(name)]
    path = getattr(modules[0], "__path__", None)
    if path is not None:
        for child in pkgutil.walk_packages(path, f"{name}.", onerror=_raise_import_error):
            modules.append(_import(child.name))
    return modules


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ConformanceError:
        raise
    except Exception as problem:
        raise ConformanceError(
            f"cannot be imported: {type(problem).__name__}: {problem}",
            f"module {name}",
            "check the name, and that the module can be imported with the Python that runs net119",
        ) from problem


def _raise_import_error(name: str) -> None:
    # walk_packages swallows ImportErrors of packages by default: their purposes would vanish.
    _import(name)


def by_purpose(purposes: Mapping[str, Purpose], attribute: str) -> dict[str, tuple[str, ...]]:
    """The table that `Catalogue.join` takes; `attribute` is `requirements` or `derived`."""
    return {name: getattr(one, attribute) for name, one in purposes.items()}
