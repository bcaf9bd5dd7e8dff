"""Command line: ``python -m net119_protocol.spec [--check] [--out FOLDER]``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from net119_protocol.spec.generate import build, drift, write

DEFAULT = Path("docs/reference")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or check them; the exit status.

    0: written, or nothing drifted.  1: something drifted.  2: the folder cannot be used.
    """
    parser = argparse.ArgumentParser(
        prog="python -m net119_protocol.spec",
        description="Generate the reference files (JSON Schema, OpenAPI, AsyncAPI, pages) from the"
        " models.",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if a file is out of date"
    )
    parser.add_argument(
        "--out", type=Path, default=DEFAULT, metavar="FOLDER", help="default: %(default)s"
    )
    options = parser.parse_args(arguments)
    again = "python -m net119_protocol.spec"
    if options.out != DEFAULT:
        again += f" --out {options.out}"
    try:
        if options.check:
            found = drift(options.out)
            for line in found:
                sys.stderr.write(f"{line}\n")
            if found:
                sys.stderr.write(f"To bring them up to date, run: {again}\n")
                return 1
            sys.stdout.write(f"{len(build())} files in {options.out} are up to date\n")
            return 0
        changed = write(options.out)
    except OSError as error:
        sys.stderr.write(f"cannot use {options.out}: {error.strerror or error}\n")
        return 2
    for path in changed:
        sys.stdout.write(f"wrote {path}\n")
    sys.stdout.write(f"{len(changed)} of {len(build())} files changed in {options.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
