"""The fork server of the reference, with the bad partners: ``... .forkserver SOCKET``."""

import sys

from tests.conformance.interop.registry import bad_partners
from tests.mutants.forkserver import apply
from tests.mutants.registry import Patch


def become(name: str) -> None:
    """Give this process a partner's defect, or that of a mutant."""
    for one in bad_partners():
        if one.name == name and one.apply is not None:
            one.apply(Patch())
            return
    apply(name)


def main() -> None:
    """Serve at the socket that the command line names."""
    # Only here: who starts the server needs no reference.
    from net119_reference.forks.serve import serve

    bad_partners()
    serve(sys.argv[1], become)


if __name__ == "__main__":
    main()
