"""Turns of worker processes: what has to be alone with the system waits, and is waited for."""

from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_SH, LOCK_UN, flock
from pathlib import Path


@contextmanager
def turn(folder: Path, *, alone: bool) -> Iterator[None]:
    """Beside others, or after all that has begun and before anything else begins.

    ``folder`` is shared by the workers. A worker that dies gives its turn back.
    """
    with (folder / "gate").open("w") as gate, (folder / "turn").open("w") as place:
        # Whoever is to be alone keeps the gate shut, so that nobody new comes in before it.
        flock(gate, LOCK_EX)
        if alone:
            flock(place, LOCK_EX)
        else:
            flock(place, LOCK_SH)
            flock(gate, LOCK_UN)
        yield
