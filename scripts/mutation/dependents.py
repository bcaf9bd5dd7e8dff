"""Which modules load a module, directly or through others: a mutant must be there before them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import grimp

PACKAGES = (
    "net119_protocol",
    "net119_reference",
    "net119_simulators",
    "net119_scenarios",
    "net119_conformance",
    "net119_loadtests",
    "net119_cli",
)


def imports() -> dict[str, set[str]]:
    """What each module of this project imports of it."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    return {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}


def dependents_of(module: str, imported: Mapping[str, Iterable[str]]) -> set[str]:
    """The module, and all whose loading loads it.

    To load ``a.b.c`` is to load ``a`` and ``a.b`` first, so what those import counts as well.
    """
    loaders: defaultdict[str, set[str]] = defaultdict(set)
    for name, others in imported.items():
        for other in (*others, name.rpartition(".")[0]):
            while other:
                loaders[other].add(name)
                other = other.rpartition(".")[0]
    found, to_do = {module}, [module]
    while to_do:
        for loader in loaders[to_do.pop()] - found:
            found.add(loader)
            to_do.append(loader)
    return found
