"""Systems that share no code are connected and judged, a bad partner is found and named."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from net119_conformance.errors import ConformanceError
from net119_conformance.interop.cells import Matrix, pair_key
from net119_conformance.interop.members import Played as PlayedSource
from net119_conformance.interop.members import Standing
from net119_conformance.interop.reference import Reference
from net119_conformance.interop.run import Options, run
from net119_conformance.results import Report
from net119_conformance.sut.reading import read_profile
from net119_conformance.verdict import Verdict
from rich.console import Console

from tests.conformance.interop.bench import MINIMAL, matrix, minimal
from tests.conformance.interop.registry import fits
from tests.turns import part


@dataclass(frozen=True)
class Played:
    """A bad partner that the suite plays: the purpose that must fail, and by failed check and
    reason how it is named, as receiving and as originating."""

    purpose: str
    checks: tuple[str, str]
    why: tuple[str, str]


RINGS = "the receiving system's console has the call"
RULE = "every message at interface B follows the rules: sender"
TAKEN, READ = (
    "the dispatcher's line is acknowledged: …",
    "the caller reads the dispatcher's line: …",
)
HEARD = "the dispatcher reads the caller's line: …"
AGAIN = "the two connect again after the break"
BAD = {
    "silence": Played(
        "PAIR-ROUTE",
        (RINGS, RINGS),
        ("neither by call.accept nor by call.reject", "sent no call.offer"),
    ),
    "late": Played("PAIR-ROUTE", (RINGS, RINGS), ("after it had expired", "sent no call.assign")),
    "lost-lines": Played(
        "PAIR-CHAT",
        (READ, HEARD),
        ("no chat.message with the dispatcher's line", "sent no chat."),
    ),
    "no-receipts": Played(
        "PAIR-CHAT",
        ("the receiving system confirms the caller's line: …", TAKEN),
        ("no chat.receipt for the caller's line", "no chat.receipt"),
    ),
    "never-closes": Played(
        "PAIR-CLOSE",
        ("the caller sees that the call is closed", "the dispatcher can close the call"),
        ("sent no call.close", "did not answer the call.close"),
    ),
    "forgetful": Played(
        "PAIR-LINK",
        (READ, HEARD),
        ("no chat.message with the dispatcher's line", "sent no chat.message"),
    ),
    "stays-away": Played(
        "PAIR-LINK",
        (AGAIN, AGAIN),
        (f"did not connect again to {MINIMAL}", f"did not connect again to {MINIMAL}"),
    ),
    "spoofed-via": Played("PAIR-ROUTE", (RULE, RULE), ("via.operator", "via.operator")),
}


def verdicts(found: Matrix, one: str, other: str) -> set[Verdict]:
    return {cell.verdict for cell in found.pair(one, other).cells}


@pytest.mark.parametrize("name", part(["", *BAD], 9))
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
        bad = BAD[name]
        status, found, said = matrix(
            tmp_path / "out", profile, name, only=(bad.purpose,), reference=False
        )
    assert status == 1
    sim = f"sim-{name}"
    report = Report.model_validate_json((tmp_path / "out" / "report.json").read_text("utf-8"))
    for (one, other), check, why in zip(
        ((MINIMAL, sim), (sim, MINIMAL)), bad.checks, bad.why, strict=True
    ):
        (result,) = (each for each in report.results if each.sut == pair_key(one, other))
        assert any(fits(check, each.check) for each in result.failed), said
        pair = found.pair(one, other)
        assert pair.verdict is Verdict.FAIL, said
        assert pair.at_fault == (sim,), said
        assert any(why in fault.why.en for fault in pair.cells[0].faults), said
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
    def refused(*sources: Standing | PlayedSource) -> str:
        with pytest.raises(ConformanceError) as caught:
            run(Options(sources=sources, out=tmp_path / "out"), Console(quiet=True))
        return str(caught.value)

    assert "a pair needs two" in refused(PlayedSource("good"))
    assert "plays all of these" in refused(PlayedSource("good"), PlayedSource("late"))
    with minimal(tmp_path, runs=False) as file:
        twice = Standing(read_profile(file), file)
        assert f"called {MINIMAL}" in refused(twice, twice)
    with pytest.raises(ConformanceError, match="'Bad Code' is no operator code"):
        Reference("Bad Code")
    with pytest.raises(ConformanceError, match="no simulated system 'none'"):
        PlayedSource("none")
