"""A system that does not start, or does not stop, costs its own cells and no other."""

from io import StringIO
from pathlib import Path

import pytest
from net119_conformance.errors import ConformanceError
from net119_conformance.interop import run as running
from net119_conformance.interop.cells import Matrix
from net119_conformance.interop.members import Given, Member, Played, Source
from net119_conformance.interop.reference import Reference
from net119_conformance.interop.run import MATRIX_HTML, MATRIX_JSON, Options, run
from net119_conformance.sut.kinds import Site
from net119_conformance.verdict import Verdict
from net119_simulators.network.authority import Authority
from rich.console import Console

ONLY = ("PAIR-ROUTE", "PAIR-CHAT")


class Broken(Reference):
    """Does not start, and does not stop in order either."""

    async def start(self, folder: Path, given: Given) -> Member:
        raise ConformanceError("it ended with status 3: 髙", "image acme", "see its log")

    async def stop(self) -> None:
        await super().stop()
        raise RuntimeError("the daemon has gone")


class Silent(Reference):
    """Starts, and nothing answers at its addresses."""

    ended = False

    async def start(self, folder: Path, given: Given) -> Member:
        authority = Authority(folder / "ca")
        site = Site(self.profile, authority.ca_file, (authority.ca_file,), None)
        return Member(self.profile, site=site, authority=authority)

    async def stop(self) -> None:
        await super().stop()
        self.ended = True


def test_one_that_does_not_start_has_its_cells_and_the_others_are_judged(tmp_path: Path) -> None:
    (tmp_path / MATRIX_JSON).write_text("the last one")
    silent = Silent("aoba", patience_s=1.0)
    console = Console(file=StringIO(), width=300)
    sources: list[Source] = [Broken("acme", patience_s=1.0), silent, Played("good", patience_s=1.0)]
    status = run(Options(sources=sources, only=ONLY, out=tmp_path, lang="en"), console)
    assert isinstance(console.file, StringIO)
    said = " ".join(console.file.getvalue().split())
    assert status == 1
    found = Matrix.model_validate_json((tmp_path / MATRIX_JSON).read_text("utf-8"))
    assert found.complete
    assert (tmp_path / MATRIX_HTML).stat().st_size > 0
    why = "acme: it did not start, so that nothing of it could be judged: image acme: it ended with"
    for pair in found.pairs:
        if pair.verdict is None:
            continue
        assert [cell.purpose for cell in pair.cells] == list(ONLY)
        for cell in pair.cells:
            assert cell.verdict is Verdict.INCONCLUSIVE
            assert cell.reason is not None
            assert not cell.faults
            started = "acme" not in (pair.originating, pair.receiving)
            assert ("did not start" not in cell.reason.en) is started, cell.reason
            assert started or (why in cell.reason.en and "起動しなかった" in cell.reason.ja)
    assert silent.ended
    assert "did not stop in order; see what is left of them. RuntimeError: the daemon" in said


def test_a_clean_up_that_takes_too_long_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The matrix is there, though the time for ending the systems ran out."""
    monkeypatch.setattr(running, "STOP_S", 0.0)
    console = Console(file=StringIO(), width=300)
    sources: list[Source] = [Silent("aoba", patience_s=1.0), Played("good", patience_s=1.0)]
    run(Options(sources=sources, only=ONLY[:1], out=tmp_path, lang="ja"), console)
    assert isinstance(console.file, StringIO)
    assert "正しく停止できませんでした" in console.file.getvalue()
    found = Matrix.model_validate_json((tmp_path / MATRIX_JSON).read_text("utf-8"))
    assert found.pair("aoba", "sim-good").cells[0].reason is not None
