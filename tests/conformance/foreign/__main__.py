"""Judges the minimal provider by the purposes named: `python -m tests.conformance.foreign ID...`.

Without names: by all that its hook can serve, save those of known-bad peers, which take minutes;
`--all` takes those, too, and `--defect NAME` plants a defect.
"""

import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp

from net119_conformance.purpose import Purpose, load_purposes
from net119_conformance.world.local_bench import needs_of

from tests.conformance.foreign.bench import explained, running


def served(purpose: Purpose) -> bool:
    """Whether the hook of the minimal provider can set up what a purpose needs."""
    needs = needs_of(purpose)
    own = needs.own_system or needs.partner or needs.crowd or needs.capacity
    pages = needs.phones or needs.browser or needs.profile or needs.alarms
    return not (own or pages or needs.silent_is_disaster or needs.live)


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
        wanted = [each for each in every.values() if served(each)]
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
