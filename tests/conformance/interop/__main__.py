"""A matrix of the reference, the minimal provider and simulated partners, by hand.

`python -m tests.conformance.interop OUT [--defect NAME] [--only ID]... SIMULATED...`
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conformance.interop.bench import matrix, minimal


def main() -> int:
    """Judge, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("simulated", nargs="*")
    parser.add_argument("--defect", default="")
    parser.add_argument("--only", action="append", default=[])
    asked = parser.parse_args()
    with TemporaryDirectory() as folder, minimal(Path(folder), defect=asked.defect) as profile:
        status, _, said = matrix(asked.out, profile, *asked.simulated, only=tuple(asked.only))
    sys.stdout.write(said)
    return status


if __name__ == "__main__":
    sys.exit(main())
