"""Make the offline bundle: one archive that installs without a network. `make bundle` runs it.

    python -m tools.make_bundle [--python 3.12 ...] [--out build/bundle]

It holds the wheels of `requirements/load.txt` (which contains what runs) for Linux on x86_64 and
each CPython named, this project as a wheel with its data, `install.sh`, what a container image is
built from, and the docs as pages that a browser opens. Every wheel is fetched by pip against the
hashes of the lock; `SHA256SUMS` covers every file, and one more checksum the archive.

Needs a network to fetch wheels, and runs in the environment of `make venv-dev`: `uv` comes along
in the bundle, since Debian and Ubuntu ship Python without pip.
"""

import argparse
import gzip
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import Requirement

from tools.bundled_docs import write_docs

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "tools" / "bundle"
# Ubuntu 24.04 has 3.12, Debian 12 and 13 have 3.11 and 3.13, Ubuntu 26.04 has 3.14.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
LOCK = "requirements/load.txt"
# What pip accepts, newest first; it takes the best that a project offers. 2.35: Ubuntu 22.04.
PLATFORMS = (
    *(f"manylinux_2_{minor}_x86_64" for minor in range(35, 16, -1)),
    "manylinux2014_x86_64",
    "manylinux2010_x86_64",
    "manylinux1_x86_64",
    "linux_x86_64",
)


class CannotBundle(Exception):
    """The archive cannot be made; the message says why and what to do."""


def pins(lock: str) -> list[str]:
    """The entries of a lock, each with its hashes, comments and blank lines left out."""
    entries: list[str] = []
    for line in lock.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace():
            entries[-1] += f"\n{line}"
        else:
            entries.append(line)
    return entries


def pins_for(lock: str, python: str) -> list[str]:
    """The entries that hold on Linux with this Python (`3.11.2`), their markers taken off.

    pip judges markers by the Python that runs it, whatever it is told to download for.
    """
    environment = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": python,
        "python_version": python.rpartition(".")[0],
        "sys_platform": "linux",
        "extra": "",
    }
    kept = []
    for entry in pins(lock):
        head, hashes = entry.split("\\\n", 1)
        requirement = Requirement(head)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            kept.append(f"{requirement.name}{requirement.specifier} \\\n{hashes}")
    return kept


def run(command: Sequence[str], doing: str) -> None:
    """Run a step, its output shown; without it there is no bundle."""
    if subprocess.run(command, stdin=subprocess.DEVNULL, cwd=ROOT).returncode:
        raise CannotBundle(f"{doing} failed; the lines above say why")


def fetch(entries: Sequence[str], python: str, into: Path) -> None:
    """Have pip download exactly these wheels for a Python (`3.11.2`), against their hashes."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(entries) + "\n")
        listed.flush()
        which = ["--python-version", python, "--implementation", "cp"]
        for abi in ("cp" + "".join(python.split(".")[:2]), "abi3", "none"):
            which += ["--abi", abi]
        for name in PLATFORMS:
            which += ["--platform", name]
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", "download"]
        only = ["--require-hashes", "--no-deps", "--only-binary=:all:"]
        run(
            [*pip, *only, *which, "-d", str(into), "-r", listed.name],
            f"downloading wheels for Python {python}",
        )


def commit() -> tuple[str, int]:
    """What the bundle is made from (`-changed` if the tree is not as committed), and its time."""

    def git(*arguments: str) -> str:
        answer = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return answer.stdout.strip()

    try:
        changed = "-changed" if git("status", "--porcelain") else ""
        return git("rev-parse", "--short=12", "HEAD") + changed, int(
            git("log", "-1", "--format=%ct")
        )
    except (OSError, subprocess.CalledProcessError):
        # From an unpacked source archive there is no history; the version has to do.
        return "unknown", 0


def checksums(folder: Path) -> str:
    """Lines for `sha256sum --check`, for every file below the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
        for path in files
    )


def pack(folder: Path, archive: Path, moment: int) -> None:
    """Pack the folder so that the same content gives the same bytes."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = moment
        entry.mode = 0o755 if entry.isdir() or entry.name.endswith(".sh") else 0o644
        return entry

    # Wheels are compressed already: a higher level costs time and gains nothing.
    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", 1, raw, mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in [folder, *sorted(folder.rglob("*"))]:
            tar.add(path, str(path.relative_to(folder.parent)), recursive=False, filter=plain)


def lay(folder: Path, pythons: Sequence[str]) -> str:
    """Lay out what the archive holds; returns this project's version."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    lock = (ROOT / LOCK).read_text()
    for python in pythons:
        print(f"wheels for Python {python}", flush=True)
        # Markers tell early patch releases apart, too: Debian 12 has 3.11.2.
        newest, oldest = (pins_for(lock, f"{python}.{patch}") for patch in (99, 0))
        fetch(newest, f"{python}.99", wheels)
        if early := [pin for pin in oldest if pin not in newest]:
            fetch(early, f"{python}.0", wheels)
    installer = [pin for pin in pins((ROOT / "requirements/dev.txt").read_text()) if is_uv(pin)]
    fetch(installer, f"{pythons[0]}.99", wheels)
    own = folder / "own"
    build = ["wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(own), "."]
    run([sys.executable, "-m", "pip", *build], "building this project's wheel")
    (built,) = own.glob("*.whl")
    built.rename(wheels / built.name)
    own.rmdir()
    version = built.name.split("-")[1]
    shutil.copy(ROOT / LOCK, folder / "requirements.txt")
    for name in ("LICENSE", "CHANGELOG.md"):
        shutil.copy(ROOT / name, folder / name)
    for part in sorted(PARTS.iterdir()):
        shutil.copy(part, folder / part.name)
    write_docs(ROOT, folder / "docs")
    return version


def is_uv(pin: str) -> bool:
    """Is it the pin of the installer that comes along?"""
    return re.match(r"uv==", pin) is not None


def make(out: Path, pythons: Sequence[str]) -> Path:
    """Make archive and checksum in `out`; returns the archive."""
    made_from, moment = commit()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".making-") as temporary:
        folder = Path(temporary) / "net119"
        version = lay(folder, pythons)
        (folder / "VERSION").write_text(
            f"net119-testbed {version} ({made_from})\nPython {' '.join(pythons)}, linux-x86_64\n"
        )
        (folder / "SHA256SUMS").write_text(checksums(folder))
        archive = out / f"net119-{version}-linux-x86_64.tar.gz"
        pack(folder, archive, moment)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    Path(f"{archive}.sha256").write_text(f"{digest}  {archive.name}\n")
    return archive


def main() -> int:
    """Exit status 0 with the archive's path, size and checksum printed, else 1 with the reason."""
    parser = argparse.ArgumentParser(description="Make the bundle that installs without a network.")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="default: all of them")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bundle")
    given = parser.parse_args()
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        print("bundle: make it on Linux on x86_64, which is what it is for", file=sys.stderr)
        return 1
    # Dates inside the wheel, so that the same tree gives the same bytes.
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(commit()[1] or 1577836800))
    try:
        archive = make(given.out.resolve(), given.python or PYTHONS)
    except CannotBundle as problem:
        print(f"bundle: {problem}", file=sys.stderr)
        return 1
    print(f"{archive}\n{archive.stat().st_size / 1e6:.0f} MB")
    print(Path(f"{archive}.sha256").read_text().split()[0], " SHA-256")
    return 0


if __name__ == "__main__":
    sys.exit(main())
