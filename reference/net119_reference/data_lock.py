"""The lock of a provider's data folder: one process at a time."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

FILE = "in-use.lock"


class InUse(Exception):
    """Another process has the data folder."""

    def __init__(self, folder: Path) -> None:
        self.what = "a provider is running with this data folder"
        self.where = str(folder)
        self.what_to_do = "Stop it first, or ask it through its admin API"
        super().__init__(f"{self.where}: {self.what}. {self.what_to_do}")


@contextlib.contextmanager
def sole_user(folder: Path) -> Iterator[None]:
    """Hold the folder while entered; the system lets go of it when the process ends, however.

    Raises:
        InUse: somebody else holds it.
        OSError: the folder cannot be written to.
    """
    with (folder / FILE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(folder) from None
        yield
