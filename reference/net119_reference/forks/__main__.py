"""``python -m net119_reference.forks SOCKET``: serves until its standard input ends."""

import gc
import sys

# As for one provider: hardly anything of what the imports make becomes garbage.
gc.disable()

from net119_reference.forks.serve import serve  # noqa: E402  # after the switch, for its imports are most of it

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("use: python -m net119_reference.forks SOCKET")
    serve(sys.argv[1])
