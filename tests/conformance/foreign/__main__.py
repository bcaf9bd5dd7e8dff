"""Judges the minimal provider by the purposes named: `python -m tests.conformance.foreign ID...`.

Without names: by all that its profile claims, save those of known-bad peers, which take minutes;
`--all` takes those, too, and `--defect NAME` plants a defect.
"""

import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp

from net119_conformance.purpose import Purpose, load_purposes
from net119_conformance.sut.applies import missing_claim
from net119_conformance.sut.reading import read_profile

from tests.conformance.foreign.bench import ROOT, explained, running

PROFILE = read_profile(ROOT / "tests" / "minimal_provider" / "sut.toml")


def claimed(purpose: Purpose) -> bool:
    """Whether the minimal provider's own profile claims what a purpose judges."""
    return missing_claim(purpose, PROFILE) is None


def main() -> None:
    """Judge, and say each verdict."""
    names = sys.argv[1:]
    defect = ""
    if "--defect" in names:
        place = names.index("--defect")
        defect = names[place + 1]
        del names[place : place + 2]
    every = load_purposes(["net119_conformance.purposes"])
    wanted = [every[name] for name in names if name != "--all"]
    if not wanted:
        wanted = [each for each in every.values() if claimed(each)]
        if "--all" not in names:
            wanted = [each for each in wanted if not each.id.startswith("BAD-")]
    counts: Counter[str] = Counter()
    begun = time.monotonic()
    with running(wanted, Path(mkdtemp(prefix="net119-foreign-")), defect=defect) as provider:
        for one in wanted:
            record = provider.judge(one)
            counts[record.verdict.value] += 1
            sys.stdout.write(f"{record.duration_s:.1f} s {explained(record)}\n")
            sys.stdout.flush()
        sys.stdout.write(f"{dict(counts)} {time.monotonic() - begun:.0f} s {provider.out}\n")


if __name__ == "__main__":
    main()
