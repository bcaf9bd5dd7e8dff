"""A disk for one folder, which can be filled and given free again.

Root gets a file system of its own in memory, which is full as any is. Others get a bound on how
large any file of the provider may become, which the system enforces with another error.
"""

import contextlib
import errno
import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from net119_loadtests.errors import LoadError

_SIZE_MB = 256
_DATABASE_MB = 768
"""PostgreSQL begins with some 60 MB, and keeps up to 256 MB of its log."""
_PIECE = b"\0" * 65536


class Disk(Protocol):
    """A disk of a provider's data."""

    def fill(self) -> None:
        """From now on nothing more can be stored."""

    def free(self) -> None:
        """There is room again."""


class FileSystem:
    """A file system of its own; ``fill`` takes all that is free."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Write until nothing more can be written."""
        with self._ballast.open("ab", buffering=0) as out:
            piece = _PIECE
            while piece:
                try:
                    out.write(piece)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    # What is left may be less than a piece.
                    piece = piece[: len(piece) // 2]

    def free(self) -> None:
        """Delete that."""
        self._ballast.unlink(missing_ok=True)


class FileSizes:
    """A bound on the size of files that these processes write."""

    def __init__(self, pids: Callable[[], Sequence[int]]) -> None:
        self._pids = pids
        self._before: dict[int, tuple[int, int]] = {}

    def fill(self) -> None:
        """Let them write to no file any more."""
        for pid in self._pids():
            before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            self._before[pid] = before
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))

    def free(self) -> None:
        """Let them."""
        for pid, before in self._before.items():
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        self._before.clear()


@contextlib.contextmanager
def disk_at(folder: Path, pids: Callable[[], Sequence[int]]) -> Iterator[Disk]:
    """A disk for this folder, which is made; ``pids`` are those that will write there."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or not _mount(folder, _SIZE_MB, "0700"):
        yield FileSizes(pids)
        return
    try:
        yield FileSystem(folder)
    finally:
        _unmount(folder)


@contextlib.contextmanager
def database_disk() -> Iterator[tuple[Path, Disk]]:
    """A folder on a disk of its own, on which a PostgreSQL can keep its data.

    Raises:
        LoadError: no file system can be mounted.  A bound on the size of files will not do here:
            the server's processes are as many as it has clients, and none may write its log then.
    """
    # Not below a folder of ours: the server runs as another user, who may not pass there.
    folder = Path(tempfile.mkdtemp(prefix="net119-load-database-"))
    try:
        if os.geteuid() != 0 or not _mount(folder, _DATABASE_MB, "0755"):
            raise LoadError(
                "no file system can be mounted for PostgreSQL",
                "--fault full-disk",
                "Run as root outside of a container that denies it, or leave this fault out",
            )
        try:
            yield folder, FileSystem(folder)
        finally:
            _unmount(folder)
    finally:
        folder.rmdir()


def _unmount(folder: Path) -> None:
    # Lazily: whoever still has a file there open must not keep the folder.
    subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


def _mount(folder: Path, size_mb: int, mode: str) -> bool:
    options = f"size={size_mb}m,mode={mode}"
    command = ["mount", "-t", "tmpfs", "-o", options, "net119-load", str(folder)]
    # A container may deny it to root, too.
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
