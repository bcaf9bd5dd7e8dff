"""The minimal provider as its vendor has it judged: a profile, a prepared world, `run --sut`."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from net119_conformance.judge import judge_item
from net119_conformance.record import ItemRecord
from net119_conformance.runner import ALL_PURPOSES, load_suite
from net119_conformance.sut.preparing import prepare
from net119_conformance.sut.profile import SutProfile
from net119_conformance.sut.reading import read_profile
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.standing import StandingEnvironment
from net119_conformance.world.standing_bench import bench

from tests.conformance.foreign.bench import POLYGONS, ROOT

SUITE = load_suite(ALL_PURPOSES)[0]
WORLD = "net119-world"


def described(
    folder: Path,
    block: AddressBlock,
    operator: str,
    names: Sequence[str],
    *,
    changes: Sequence[tuple[str, str]] = (),
) -> SutProfile:
    """The profile of the minimal provider with changes, at addresses of this test's own.

    What these purposes need is prepared in ``folder``, too.
    """
    text = (ROOT / "tests" / "minimal_provider" / "sut.toml").read_text("utf-8")
    for was, becomes in (
        *changes,
        ("127.21.0.2", address(block)),
        ("127.22.0.0", f"127.{block.number}.0.0"),
        ("chisai", operator),
    ):
        assert was in text, was
        text = text.replace(was, becomes)
    (folder / "sut.toml").write_text(text, "utf-8")
    profile = read_profile(folder / "sut.toml")
    prepare(profile, [SUITE[name] for name in names], folder / WORLD, with_people=False)
    return profile


def address(block: AddressBlock) -> str:
    """Where the provider listens."""
    return f"127.{block.number}.0.2"


def command(program: Sequence[str], folder: Path, block: AddressBlock, operator: str) -> list[str]:
    """What starts the provider of a profile that `described` wrote into ``folder``."""
    return [
        *(sys.executable, "-m", *program, "--me", operator, "--address", address(block)),
        *("--tls", str(folder / WORLD / "ca"), "--certificate", "sut"),
        *("--polygons", str(POLYGONS), "--hook-port", "9119"),
        *("--t1", "1", "--t2", "4", "--t3", "3", "--silent", "3"),
        *("--heart-beat", "0.5", "--gap", "0.3"),
    ]


def judged(profile: SutProfile, folder: Path, names: Sequence[str]) -> dict[str, ItemRecord]:
    """As `net119 conformance run --sut` judges."""
    purposes = [SUITE[name] for name in names]
    environment = StandingEnvironment(profile, folder / "sut.toml", purposes)
    with asyncio.Runner() as loop:
        try:
            worker = bench(loop.run(environment.start()), 0)
            (sut,) = environment.suts()
            records = [judge_item(each, sut, worker, folder / "out") for each in purposes]
        finally:
            loop.run(environment.stop())
    return {record.id: record for record in records}
