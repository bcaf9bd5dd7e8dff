"""PAIR-CALLBACK with a system that somebody else started, by what its profile says."""

import asyncio
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

import pytest
from net119_conformance.interop.cells import Cell, Matrix
from net119_conformance.interop.members import Source, Standing
from net119_conformance.interop.reference import Reference
from net119_conformance.interop.run import MATRIX_JSON, Options, run
from net119_conformance.sut.preparing import prepare
from net119_conformance.sut.profile import SutProfile
from net119_conformance.verdict import Verdict
from net119_conformance.world.addresses import AddressBlock
from rich.console import Console

from tests.conformance.sut.foreign import running
from tests.conformance.sut.test_foreign import TOKEN, Vendor

ONLY = ("PAIR-CALLBACK",)
REFERENCE = "midori"


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    monkeypatch.setenv("NET119_ADMIN_TOKEN", TOKEN)
    block = AddressBlock()
    yield Vendor(tmp_path, block)
    block.release()


def judged(
    vendor: Vendor, profile: SutProfile, prepared: Sequence[str], folder: Path
) -> tuple[Cell, Cell]:
    """The cells where the vendor's system originates, and where it receives."""
    world = folder / "net119-world"
    prepare(profile, [vendor.suite[name] for name in prepared], world, with_people=False)
    sources: list[Source] = [Standing(profile, vendor.file), Reference(REFERENCE)]
    options = Options(sources=sources, only=ONLY, out=folder / "out", lang="en")
    with asyncio.Runner() as loop:
        provider = running(profile, world, folder, without=("directory", "peers"))
        loop.run(provider.__aenter__())
        try:
            run(options, Console(file=StringIO()))
        finally:
            loop.run(provider.__aexit__(None, None, None))
    found = Matrix.model_validate_json((folder / "out" / MATRIX_JSON).read_text("utf-8"))
    key = profile.sut.key
    cells = [found.pair(*pair).cells for pair in ((key, REFERENCE), (REFERENCE, key))]
    return cells[0][0], cells[1][0]


def test_a_department_that_was_prepared_calls_back(vendor: Vendor, tmp_path: Path) -> None:
    """The mail is read where the profile says that the system sends it."""
    cells = judged(vendor, vendor.profile, ["CALLBACK-REOPENS"], tmp_path)
    assert [cell.verdict for cell in cells] == [Verdict.PASS, Verdict.PASS], cells


def test_what_is_missing_is_said(vendor: Vendor, tmp_path: Path) -> None:
    """It originates nothing that could be judged, and can still ask for a callback."""
    cells = judged(vendor, vendor.profile, ["ROUTE-OWN"], tmp_path)
    assert [cell.verdict for cell in cells] == [Verdict.INCONCLUSIVE, Verdict.PASS], cells
    reason = cells[0].reason
    assert reason is not None
    assert "no department with callbacks is prepared" in reason.en
    assert "net119 sut prepare" in reason.ja
