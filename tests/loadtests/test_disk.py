"""A disk that is really full, and really free again."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_loadtests.disk import FileSizes, FileSystem, disk_at

WRITER = """
import sys
for _ in sys.stdin:
    try:
        with open(sys.argv[1], "ab") as out:
            out.write(b"line")
        print("stored", flush=True)
    except OSError as error:
        print(error.errno, flush=True)
"""


def test_a_file_system_is_full_and_free_again(tmp_path: Path) -> None:
    with disk_at(tmp_path / "data", lambda: ()) as disk:
        if not isinstance(disk, FileSystem):
            pytest.skip("only root may mount a file system here")
        file = tmp_path / "data" / "file"
        file.write_bytes(b"before")
        disk.fill()
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            file.write_bytes(b"x" * 10_000)
        disk.free()
        file.write_bytes(b"x" * 10_000)
    assert list((tmp_path / "data").iterdir()) == []


@pytest.fixture
def writer(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "file")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        yield process
        process.kill()


def test_without_a_file_system_files_cannot_grow(writer: "subprocess.Popen[str]") -> None:
    def write() -> str:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write("\n")
        return writer.stdout.readline().strip()

    disk = FileSizes(lambda: (writer.pid,))
    assert write() == "stored"
    disk.fill()
    assert write() == str(errno.EFBIG)
    disk.free()
    assert write() == "stored"
