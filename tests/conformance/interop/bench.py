"""The minimal provider as a system that somebody else started, and a matrix with it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from net119_conformance.interop.cells import Matrix
from net119_conformance.interop.members import Played, Source, Standing
from net119_conformance.interop.reference import Reference
from net119_conformance.interop.run import MATRIX_JSON, Options, run
from net119_conformance.sut.preparing import prepare
from net119_conformance.sut.reading import read_profile
from net119_conformance.world.addresses import AddressBlock
from rich.console import Console

from tests.conformance.foreign.bench import POLYGONS, PROGRAM, PROGRAM_WITH, started

HOOK_PORT = 9119
PATIENCE_S = 2.0
"""Short: what is waited for in vain costs the tests time."""
MINIMAL = "chisai"


def write_profile(folder: Path, address: str, peers: str) -> Path:
    """The profile of the minimal provider, at an address of its own."""
    file = folder / "sut.toml"
    file.write_text(
        f"""
        [sut]
        key = "{MINIMAL}"
        name = "Minimal provider"
        vendor = "NET119 testbed"
        version = "1"
        [claims]
        roles = ["home", "receiving"]
        derived = true
        [addresses]
        stomp = "{address}:61614"
        peers = "{peers}"
        [timers]
        t1_s = 1.0
        t2_s = 4.0
        t3_s = 3.0
        silent_s = 3.0
        heartbeat_s = 0.5
        gap_s = 0.3
        reconnect_s = 1.0
        patience_s = {PATIENCE_S}
        [driver]
        kind = "http-hook"
        url = "http://{address}:{HOOK_PORT}"
        """,
        "utf-8",
    )
    return file


@contextmanager
def minimal(folder: Path, *, defect: str = "", runs: bool = True) -> Iterator[Path]:
    """The profile of the minimal provider, prepared; the provider runs, with a defect if named."""
    block = AddressBlock()
    try:
        address = next(block.providers())
        file = write_profile(folder, address, f"127.{block.number}.0.0/16")
        world = folder / "net119-world"
        prepare(read_profile(file), (), world, with_people=False)
        options = [
            *("--me", MINIMAL, "--address", address, "--tls", str(world / "ca")),
            *("--certificate", "sut", "--polygons", str(POLYGONS)),
            *("--hook-port", str(HOOK_PORT), "--t1", "1", "--t2", "4", "--t3", "3"),
            *("--silent", "3", "--heart-beat", "0.5", "--gap", "0.3"),
        ]
        if not runs:
            yield file
            return
        program = [PROGRAM_WITH, defect] if defect else [PROGRAM]
        with started([sys.executable, "-m", *program, *options], folder / "log"):
            yield file
    finally:
        block.release()


def matrix(
    out: Path, profile: Path, *names: str, only: tuple[str, ...], reference: bool = True
) -> tuple[int, Matrix, str]:
    """Exit status, matrix and what was printed, of a run with these simulated partners."""
    console = Console(file=StringIO(), width=200)
    sources: list[Source] = [
        Standing(read_profile(profile), profile),
        *([Reference("aoba", patience_s=PATIENCE_S)] if reference else []),
        *(Played(name, patience_s=PATIENCE_S) for name in names),
    ]
    options = Options(sources=sources, only=only, out=out, lang="en")
    status = run(options, console)
    text = (out / MATRIX_JSON).read_text("utf-8")
    assert isinstance(console.file, StringIO)
    return status, Matrix.model_validate_json(text), console.file.getvalue()
