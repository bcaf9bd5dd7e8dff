"""Make or refresh .venv for one set of requirements: python3 tools/venv.py dev.

Runs before anything is installed, so it uses the standard library only, and must at least parse on
Pythons from 3.7 on, to be able to say that they are too old. A stamp in .venv records what was
installed; while it still fits, this does nothing and takes milliseconds. `dev` contains all others,
and each contains `runtime`: the versions are the same, so a larger set that is current serves for a
smaller one.
"""

# Else an old Python stops at the first annotation it does not know, before it is told its age.
from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
# uv leaves the compiling to the first import, and never keeps it where PYTHONDONTWRITEBYTECODE is
# set: every provider that starts would compile all its libraries anew (2.8 s of CPU, measured).
UV_INSTALL = ("pip", "install", "-q", "--compile-bytecode")
# Each with those that contain it. `conformance` has what drives a browser and containers, too.
SETS = {
    "runtime": ("runtime", "conformance", "load", "dev"),
    "conformance": ("conformance", "dev"),
    "load": ("load", "dev"),
    "dev": ("dev",),
}
OLDEST_PYTHON = (3, 11)


class CannotInstall(Exception):
    """The environment cannot be made; the message says why and what to do."""


def fingerprint(name: str) -> str:
    """What the installed set depends on: its pins, the project's metadata, Python, and the place.

    The place counts because an editable install and the scripts hold absolute paths.
    """
    digest = hashlib.sha256()
    for part in (f"requirements/{name}.txt", "pyproject.toml"):
        digest.update((ROOT / part).read_bytes())
    digest.update(f"{sys.version_info[:2]} {ROOT}".encode())
    return digest.hexdigest()


def is_current(name: str) -> bool:
    """True if `name`, or a set that contains it, is installed as the files now say."""
    if not (VENV / "bin" / "net119").exists() or not python_works():
        return False
    for candidate in SETS[name]:
        stamp = VENV / f"net119-{candidate}.stamp"
        if stamp.exists() and stamp.read_text() == fingerprint(candidate):
            return True
    return False


def python_works() -> bool:
    """True if .venv was made here and its interpreter starts and is of this one's version."""
    try:
        # A moved folder: the interpreter still starts, but every script names the old place.
        if str(VENV) not in (VENV / "bin" / "activate").read_text():
            return False
        answer = subprocess.run(
            [VENV / "bin" / "python", "-c", "import sys; print(sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.strip() == str(sys.version_info[:2])


def create() -> None:
    """Make an empty .venv, in place of one that was moved or has lost its interpreter."""
    if python_works():
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    if any(importlib.util.find_spec(part) is None for part in ("venv", "ensurepip")):
        raise CannotInstall(
            f"{sys.executable} has no venv module. On Debian and Ubuntu that is a package:\n"
            f"  apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv\n"
            "Or name another Python: make PYTHON=/path/to/python3 ..."
        )
    print(f"making {VENV.name} with Python {sys.version.split()[0]}", flush=True)
    run([sys.executable, "-m", "venv", str(VENV)], "creating the environment")


def works(command: list[str]) -> bool:
    """Run a step whose output goes to the terminal; True if it succeeds."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, cwd=ROOT).returncode == 0


def run(command: list[str], doing: str) -> None:
    """Run a step without which there is no environment."""
    if not works(command):
        raise CannotInstall(f"{doing} failed; the lines above say why")


def pin_of(package: str, requirements: str) -> str | None:
    """The lines, hashes included, that pin `package` in a requirements file, or None."""
    found = re.search(rf"^{re.escape(package)}==.*(?:\n[ ]+--hash.*)*", requirements, re.MULTILINE)
    return found.group(0) + "\n" if found else None


def install(name: str) -> None:
    """Install the pinned set and then this project, editable."""
    requirements = ROOT / "requirements" / f"{name}.txt"
    python = str(VENV / "bin" / "python")
    uv = VENV / "bin" / "uv"
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "-qq"]
    print(f"installing requirements/{name}.txt", flush=True)
    pin = pin_of("uv", requirements.read_text())
    if pin is not None and not uv.exists():
        # The set holds the fast installer itself: with it, the rest takes seconds, not minutes.
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
            only_uv.write(pin)
            only_uv.flush()
            run([*pip, "--require-hashes", "-r", only_uv.name], "installing uv")
    pinned = ["--require-hashes", "-r", str(requirements)]
    if not uv.exists() or not works([str(uv), *UV_INSTALL, "--python", python, *pinned]):
        # uv reads neither pip's configuration nor, by default, the system's certificates: behind
        # a company's mirror or proxy it may fail where pip works.
        print("installing with pip; this takes a minute or two", flush=True)
        run([*pip, *pinned], "installing the requirements")
    run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], "installing this project")
    (VENV / f"net119-{name}.stamp").write_text(fingerprint(name))


def main() -> int:
    """Exit status 0 when .venv fits, 1 with a message when it cannot be made."""
    parser = argparse.ArgumentParser(description="Make or refresh .venv.")
    parser.add_argument("set", choices=SETS)
    name = parser.parse_args().set
    if sys.version_info < OLDEST_PYTHON:
        print(
            f"Python {sys.version.split()[0]} is too old: this needs 3.11 or later.\n"
            "Name another one: make PYTHON=python3.11 ...",
            file=sys.stderr,
        )
        return 1
    os.environ["UV_PYTHON_DOWNLOADS"] = "never"
    # Two makes at once would install into the same folder; the second waits and finds it done.
    with open(ROOT / ".venv.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if not is_current(name):
                create()
                install(name)
        except CannotInstall as problem:
            print(f"{VENV.name}: {problem}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
