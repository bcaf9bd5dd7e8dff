"""The fork server of the reference, with mutants: a fork becomes the one that its client names.

``python -m tests.mutants.forkserver SOCKET`` serves like ``python -m net119_reference.forks``.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from net119_simulators.network.forks import Forks, fork_server

from tests.mutants.registry import CLEAN, OTHERWISE, Patch, load_mutants

ROOT = Path(__file__).parents[2]
MUTANTS = (sys.executable, "-m", "tests.mutants.forkserver")
"""Starts it, in the folder ``ROOT``."""


@contextmanager
def mutant_server() -> Iterator[Forks]:
    """A fork server that knows every mutant, and the reference that is otherwise."""
    with fork_server(MUTANTS, folder=ROOT) as forks:
        yield forks


def apply(name: str) -> None:
    """Give this process the mutant's defect."""
    # Only here: who starts the server needs no reference.
    from tests.mutants.otherwise import be_otherwise

    if name == CLEAN:
        return
    if name == OTHERWISE:
        be_otherwise(Patch())
        return
    defect = load_mutants().get(name)
    if defect is None:
        raise LookupError(f"no mutant is named {name!r}")
    defect.apply(Patch())


def main() -> None:
    """Serve at the socket that the command line names."""
    # Only here: who starts the server needs no reference.
    from net119_reference.forks.serve import serve

    load_mutants()
    serve(sys.argv[1], apply)


if __name__ == "__main__":
    main()
