"""``make soak``: the machine with random seeds for some minutes, each printed before its run."""

import argparse
import logging
import secrets
import sys
import time

from tests.reference.interplay.machine import Interplay
from tests.reference.interplay.running import ready, run

EXAMPLES, STEPS = 20, 150


def say(text: str) -> None:
    """One line, at once: the seed must be known if the run hangs."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run until the time is over; a failure ends it, with the seed that shows it again."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, help="run this seed alone, as printed before")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    until = time.monotonic() + 60 * given.minutes
    with ready() as world:
        while True:
            number = given.seed if given.seed is not None else secrets.randbelow(2**32)
            say(f"seed {number} ({Interplay.steps} steps so far)")
            run(EXAMPLES, STEPS, number=number)
            if given.seed is not None or time.monotonic() >= until:
                break
        say(f"{Interplay.steps} steps; what happened in them:")
        for what, times in sorted(world.tally.items()):
            say(f"  {times:8d} {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
