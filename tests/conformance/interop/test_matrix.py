"""Systems that share no code are connected and judged, a bad partner is found and named."""

from pathlib import Path

import pytest
from net119_conformance.errors import ConformanceError
from net119_conformance.interop.cells import Matrix
from net119_conformance.interop.members import Played, Standing
from net119_conformance.interop.reference import Reference
from net119_conformance.interop.run import Options, run
from net119_conformance.sut.reading import read_profile
from net119_conformance.verdict import Verdict
from rich.console import Console

from tests.conformance.interop.bench import MINIMAL, matrix, minimal
from tests.turns import part

BAD = {
    "silence": ("PAIR-ROUTE", "neither by call.accept nor by call.reject", "sent no call.offer"),
    "late": ("PAIR-ROUTE", "after it had expired", "sent no call.assign"),
    "lost-lines": ("PAIR-CHAT", "no chat.message with the dispatcher's line", "sent no chat."),
    "no-receipts": ("PAIR-CHAT", "no chat.receipt for the caller's line", "no chat.receipt"),
    "never-closes": ("PAIR-CLOSE", "sent no call.close", "did not answer the call.close"),
    "forgetful": (
        "PAIR-LINK",
        "no chat.message with the dispatcher's line",
        "sent no chat.message",
    ),
    "spoofed-via": ("PAIR-ROUTE", "via.operator", "via.operator"),
}
"""The purpose that must fail, and why the bad system is named as receiving and as originating."""


def verdicts(found: Matrix, one: str, other: str) -> set[Verdict]:
    return {cell.verdict for cell in found.pair(one, other).cells}


@pytest.mark.parametrize("name", part(["", *BAD], 8))
def test_a_matrix_with_the_minimal_provider(name: str, tmp_path: Path) -> None:
    """With the reference it passes; a bad partner fails, both ways, and is the one at fault."""
    with minimal(tmp_path) as profile:
        if not name:
            only = ("PAIR-ROUTE", "PAIR-CHAT", "PAIR-LINK")
            status, found, said = matrix(tmp_path / "out", profile, only=only)
            assert status == 0, said
            for one, other in ((MINIMAL, "aoba"), ("aoba", MINIMAL)):
                assert verdicts(found, one, other) == {Verdict.PASS}
            return
        purpose, *why = BAD[name]
        status, found, said = matrix(
            tmp_path / "out", profile, name, only=(purpose,), reference=False
        )
    assert status == 1
    bad = f"sim-{name}"
    for (one, other), expected in zip(((MINIMAL, bad), (bad, MINIMAL)), why, strict=True):
        pair = found.pair(one, other)
        assert pair.verdict is Verdict.FAIL, said
        assert pair.at_fault == (bad,), said
        assert any(expected in fault.why.en for fault in pair.cells[0].faults), said
        evidence = pair.cells[0].evidence
        assert evidence is not None
        assert (tmp_path / "out" / evidence).stat().st_size > 0
    for form in ("matrix.html", "report.html", "report.json", "report.junit.xml"):
        assert (tmp_path / "out" / form).stat().st_size > 0


def test_a_system_that_does_not_answer_is_never_passed(tmp_path: Path) -> None:
    """Both of its cells are inconclusive, and say what does not answer."""
    with minimal(tmp_path, runs=False) as profile:
        status, found, said = matrix(
            tmp_path / "out", profile, "good", only=("PAIR-ROUTE",), reference=False
        )
    assert status == 1
    for one, other in ((MINIMAL, "sim-good"), ("sim-good", MINIMAL)):
        (cell,) = found.pair(one, other).cells
        assert cell.verdict is Verdict.INCONCLUSIVE
        assert not cell.faults
        assert cell.reason is not None
        assert "addresses.stomp" in cell.reason.en
        assert cell.reason.en in " ".join(said.split())


def test_systems_that_cannot_be_told_apart_or_are_none_end_with_a_sentence(tmp_path: Path) -> None:
    def refused(*sources: Standing | Played) -> str:
        with pytest.raises(ConformanceError) as caught:
            run(Options(sources=sources, out=tmp_path / "out"), Console(quiet=True))
        return str(caught.value)

    assert "a pair needs two" in refused(Played("good"))
    assert "plays all of these" in refused(Played("good"), Played("late"))
    with minimal(tmp_path, runs=False) as file:
        twice = Standing(read_profile(file), file)
        assert f"called {MINIMAL}" in refused(twice, twice)
    with pytest.raises(ConformanceError, match="'Bad Code' is no operator code"):
        Reference("Bad Code")
    with pytest.raises(ConformanceError, match="no simulated system 'none'"):
        Played("none")
