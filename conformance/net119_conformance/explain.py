"""`net119 conformance list` and `explain`: what the suite judges, and why."""

from rich.console import Console

from net119_conformance.catalogue import Catalogue, Lang
from net119_conformance.report.terminal import print_list, print_purpose, print_requirement
from net119_conformance.runner import ALL_PURPOSES, load_suite
from net119_conformance.selection import select, unknown_name


def list_purposes(
    console: Console,
    lang: Lang,
    *,
    purposes: tuple[str, ...] = ALL_PURPOSES,
    only: tuple[str, ...] = (),
    interfaces: str = "",
    catalogue: Catalogue | None = None,
) -> None:
    """Print the purposes that `only` and `interfaces` select; all by default.

    Raises ConformanceError if the suite cannot be loaded or the selection fits nothing.
    """
    found, known, _ = load_suite(purposes, catalogue)
    print_list(select(found, known, only, interfaces), console, lang)


def explain(
    name: str,
    console: Console,
    lang: Lang,
    *,
    purposes: tuple[str, ...] = ALL_PURPOSES,
    catalogue: Catalogue | None = None,
) -> None:
    """Print what a test purpose stimulates, expects and why, with the clauses it judges; for a
    requirement ID, what it says and what judges it. Raises ConformanceError if unknown."""
    found, known, _ = load_suite(purposes, catalogue)
    wanted = name.strip().upper()
    if wanted in found:
        print_purpose(found[wanted], known, console, lang)
    elif wanted in known.requirements:
        judged_by = tuple(one.id for one in found.values() if wanted in one.judged)
        print_requirement(known.requirements[wanted], console, lang, judged_by)
    else:
        raise unknown_name(name, found, known, "explain")
