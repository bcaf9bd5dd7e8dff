"""Which process has an item of the plan in hand: a file that it keeps locked while it lives."""

from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from os import getpid
from pathlib import Path
from typing import TextIO


class Claim:
    """One item in the hands of this process, which no other gets any more.

    The file holds the number of the process. The lock on it ends with `release`, or with the
    process, however that ends.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    @classmethod
    def take(cls, path: Path) -> "Claim | None":
        """The claim on the item of this file; None if it is or was in somebody's hands."""
        file = path.open("a", encoding="ascii")
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        if path.stat().st_size:
            file.close()
            return None
        file.write(str(getpid()))
        file.flush()
        return cls(file)

    def release(self) -> None:
        """Put the item down."""
        self._file.close()


def put_down(path: Path) -> bool:
    """Whether the item of this file was in somebody's hands and is not any more."""
    try:
        with path.open(encoding="ascii") as file:
            if not file.read():
                # Not locked here: whoever is about to take it would find it taken.
                return False
            flock(file, LOCK_SH | LOCK_NB)
    except (FileNotFoundError, BlockingIOError):
        return False
    return True


def process_of(path: Path) -> str:
    """The number of the process that had the item of this file in hand; empty if none had."""
    try:
        return path.read_text("ascii")
    except FileNotFoundError:
        return ""
