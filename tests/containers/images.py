"""Images of this machine's own Python and the reference, made where no registry is reachable."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator
from pathlib import Path

import docker

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "container"
BASE = "net119-test-base"
SHELL = "net119-test-shell"
"""An image with nothing but /bin/sh and sleep."""
_LOADED = """
import json, sqlite3, ssl, sys
import alembic, mako, net119_reference.app
files = [m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None)]
mapped = [line.split(maxsplit=5)[5].strip() for line in open("/proc/self/maps") if "/" in line]
json.dump([files, sorted(set(mapped))], sys.stdout)
"""
"""Prints the files of all modules that a provider loads, and those mapped into its memory."""
_ALSO = ("tzdata", "alembic", "mako")
"""Packages that it loads later."""
_NOT = {"site-packages", "test", "tests", "idlelib", "ensurepip", "lib2to3", "tkinter"}


def import_base(host: str, folder: Path) -> None:
    """Make the image ``BASE``: Python, what the reference imports, and the libraries of both."""
    archive = folder / "base.tar"
    with tarfile.open(archive, "w") as tar:
        done: set[Path] = set()
        for path in _wanted():
            _add(tar, path, done)
        tmp = tarfile.TarInfo("tmp")
        tmp.type, tmp.mode = tarfile.DIRTYPE, 0o1777
        tar.addfile(tmp)
    client = docker.DockerClient(base_url=host, timeout=120)
    client.api.import_image_from_file(str(archive), repository=BASE, tag="latest")
    client.close()
    archive.unlink()


def import_shell(host: str, folder: Path) -> None:
    """Make the image ``SHELL``."""
    libraries = {line.split()[2] for line in _ldd("/bin/sh", "/bin/sleep") if "=> /" in line}
    with tarfile.open(folder / "shell.tar", "w") as tar:
        for name in ("/bin/sh", "/bin/sleep", *sorted(libraries)):
            tar.add(Path(name).resolve(), arcname=name[1:])
        for loader in Path("/lib64").glob("ld-linux*"):
            tar.add(loader.resolve(), arcname=str(loader)[1:])
    client = docker.DockerClient(base_url=host)
    client.api.import_image_from_file(str(folder / "shell.tar"), repository=SHELL, tag="latest")
    client.close()


def build_example(host: str, tag: str) -> None:
    """Build the image of ``docs/examples/container`` upon ``BASE``."""
    client = docker.DockerClient(base_url=host, timeout=120)
    python = {"PYTHON": sys.executable, "BASE": BASE}
    client.images.build(path=str(EXAMPLE), tag=tag, buildargs=python, forcerm=True)
    client.close()


def run_shell(host: str) -> None:
    """Run a container of ``SHELL``, as the tests do. Raises DockerException where none can run."""
    client = docker.DockerClient(base_url=host, timeout=60)
    try:
        client.containers.run(SHELL, ["/bin/sh", "-c", ":"], network_mode="host", remove=True)
    finally:
        client.close()


def build_shell(host: str, tag: str, script: str, folder: Path, profile: str = "") -> None:
    """Build an image that runs a script of /bin/sh; ``profile`` becomes its /net119/sut.toml."""
    folder.mkdir()
    (folder / "run.sh").write_text(script, "utf-8")
    (folder / "sut.toml").write_text(profile, "utf-8")
    names = "run.sh sut.toml" if profile else "run.sh"
    (folder / "Dockerfile").write_text(
        f'FROM {SHELL}\nCOPY {names} /net119/\nENTRYPOINT ["/bin/sh", "/net119/run.sh"]\n', "utf-8"
    )
    client = docker.DockerClient(base_url=host)
    client.images.build(path=str(folder), tag=tag, forcerm=True)
    client.close()


def _ldd(*files: str) -> list[str]:
    told = subprocess.run(("ldd", *files), capture_output=True, text=True, check=True)
    return told.stdout.splitlines()


def _wanted() -> Iterator[Path]:
    loaded, mapped = json.loads(
        subprocess.run(
            (sys.executable, "-c", _LOADED), capture_output=True, text=True, check=True
        ).stdout
    )
    site = Path(sysconfig.get_path("purelib"))
    library = Path(sysconfig.get_path("stdlib"))
    packages = {
        site / Path(name).relative_to(site).parts[0]
        for name in loaded
        if Path(name).is_relative_to(site)
    }
    packages |= {site / name for name in _ALSO}
    packages |= {*site.glob("*.dist-info"), *site.glob("*.pth")}
    packages |= {each for each in site.glob("*.libs") if site / each.stem in packages}
    packages |= set(site.glob("pillow.libs"))
    ours = {ROOT / name for name in ("protocol", "reference")}
    interpreter = Path(sys.executable)
    yield from (library, *packages, *ours, Path(sys.prefix) / "pyvenv.cfg")
    yield from (interpreter, interpreter.resolve(), Path("/bin/sh"), Path("/bin/sh").resolve())
    for name in mapped:
        if ".so" in name:
            yield from _library(Path(name))
    yield from Path("/lib64").glob("ld-linux*")


def _library(file: Path) -> Iterator[Path]:
    """A shared library, and the names by which a loader looks for it."""
    yield file
    for each in file.parent.glob(f"{file.name.partition('.so')[0]}.so*"):
        if each.resolve() == file:
            yield each


def _add(tar: tarfile.TarFile, path: Path, done: set[Path]) -> None:
    """Add a file or tree at its own place, links and what they point to as they are."""
    path = Path(os.path.normpath(path))
    if path in done or not (path.exists() or path.is_symlink()):
        return
    done.add(path)
    if path.is_symlink() and not path.name.startswith("ld-"):
        tar.add(path, arcname=str(path)[1:])
        _add(tar, path.parent / path.readlink(), done)
        return
    if path.is_file():
        # Through a folder that is a link (/lib), the file stands where its loader looks for it.
        tar.add(path.resolve(), arcname=str(path)[1:])
        return
    for each in sorted(path.iterdir()):
        if each.name not in _NOT and not (each.is_dir() and each.name.startswith("config-")):
            _add(tar, each, done)
