"""The matrix has a cell for every pair and purpose, and none looks better than what was seen."""

import re
from datetime import UTC, datetime

import pytest
from net119_conformance.catalogue import Text
from net119_conformance.interop.blame import Fault, Side
from net119_conformance.interop.cells import (
    Matrix,
    Pair,
    System,
    Words,
    all_pairs,
    judged_pairs,
)
from net119_conformance.interop.page import matrix_page
from net119_conformance.interop.words import headline
from net119_conformance.record import ItemRecord, Reason
from net119_conformance.verdict import ExitRule, ExitStatus, Verdict

NOON = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
PURPOSES = ("PAIR-ROUTE", "PAIR-CHAT")
REAL = [System(key=key, name=f"{key}の<b>髙</b>", version="1.0") for key in ("aoba", "midori")]
PLAYED = [
    System(key=key, name=key, version="1", simulated=True) for key in ("sim-good", "sim-silence")
]


def record(purpose: str, pair: str, verdict: Verdict, reason: str = "") -> ItemRecord:
    reasons = (Reason(verdict=verdict, en=reason, ja=f"{reason}（日）"),) if reason else ()
    return ItemRecord(
        id=purpose,
        sut=pair,
        verdict=verdict,
        reasons=reasons,
        started_at=NOON,
        duration_s=1.0,
        evidence=f"evidence/{purpose}--{pair}.jsonl",
    )


def pairs_of(
    records: list[ItemRecord], faults: dict[str, list[Fault]] | None = None
) -> tuple[Pair, ...]:
    return all_pairs([*REAL, *PLAYED], PURPOSES, records, faults or {}, ExitRule())


def matrix(pairs: tuple[Pair, ...], status: ExitStatus) -> Matrix:
    return Matrix(
        generator="test",
        started_at=NOON,
        duration_s=1.0,
        complete=True,
        exit_status=int(status),
        systems=tuple([*REAL, *PLAYED]),
        purposes={name: Words(ja=f"{name}の説明", en=name) for name in PURPOSES},
        pairs=pairs,
    )


def test_every_ordered_pair_is_there_and_full() -> None:
    """Two real systems and two played ones: 16 squares, of which 10 are judged."""
    pairs = pairs_of([])
    assert len({(pair.originating, pair.receiving) for pair in pairs}) == 16
    judged = [pair for pair in pairs if pair.verdict is not None]
    assert len(judged) == len(judged_pairs([*REAL, *PLAYED])) == 10
    for pair in pairs:
        if pair in judged:
            assert [cell.purpose for cell in pair.cells] == list(PURPOSES)
        else:
            assert pair.not_judged is not None
            assert not pair.cells


def test_what_was_not_run_is_inconclusive_and_blocks() -> None:
    pair = pairs_of([record("PAIR-ROUTE", "aoba.midori", Verdict.PASS)])[1]
    assert (pair.originating, pair.receiving) == ("aoba", "midori")
    assert [cell.verdict for cell in pair.cells] == [Verdict.PASS, Verdict.INCONCLUSIVE]
    assert pair.verdict is Verdict.INCONCLUSIVE
    assert pair.cells[1].blocking
    assert pair.cells[1].reason is not None


GOOD = (Verdict.PASS, Verdict.NOT_APPLICABLE)


def test_what_does_not_apply_is_no_verdict_of_a_pair() -> None:
    """A pair of which something passed and the rest does not apply works; one without is none."""
    na = record("PAIR-CHAT", "aoba.midori", Verdict.NOT_APPLICABLE, "x")
    passed = record("PAIR-ROUTE", "aoba.midori", Verdict.PASS)
    nothing = record("PAIR-ROUTE", "aoba.midori", Verdict.NOT_APPLICABLE, "x")
    assert pairs_of([na, passed])[1].verdict is Verdict.PASS
    assert pairs_of([na, nothing])[1].verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("verdict", [each for each in Verdict if each not in GOOD])
def test_a_pair_is_no_better_than_its_worst_purpose(verdict: Verdict) -> None:
    pair = pairs_of(
        [
            record("PAIR-ROUTE", "aoba.midori", Verdict.PASS),
            record("PAIR-CHAT", "aoba.midori", verdict, "because"),
        ]
    )[1]
    assert pair.verdict is verdict


def test_the_fault_names_the_system_that_plays_the_side() -> None:
    """The same side is another system in the other order, and each is told once."""
    text = Text(en="sent no call.assign", ja="送っていません")
    fault = Fault(Side.RECEIVING, text)
    one, other = "aoba.midori", "midori.aoba"
    pairs = pairs_of(
        [record("PAIR-ROUTE", each, Verdict.FAIL) for each in (one, other)],
        {f"PAIR-ROUTE--{each}": [fault, fault] for each in (one, other)},
    )
    found = {pair.key: pair.at_fault for pair in pairs if pair.at_fault}
    assert found == {one: ("midori",), other: ("aoba",)}
    assert all(len(pair.cells[0].faults) == 1 for pair in pairs if pair.at_fault)


def test_the_page_has_no_empty_square_and_escapes_what_systems_say() -> None:
    evil = "<script>alert(1)</script>\u202e"
    pairs = pairs_of([record("PAIR-ROUTE", "aoba.midori", Verdict.FAIL, evil)])
    page = matrix_page(matrix(pairs, ExitStatus.VERDICTS), "ja")
    assert "<script" not in page
    assert "\u202e" not in page
    assert "aobaの&lt;b&gt;髙" in page
    body = page[page.index('<table class="stack matrix">') :]
    squares = re.findall(r"<td[^>]*>(.*?)</td>", body[: body.index("</table>")], re.DOTALL)
    assert len(squares) == 16
    for square in squares:
        assert re.sub(r'<span class="narrow">.*?</span>|<[^>]+>|\s', "", square)
    assert 'href="report.html#PAIR-ROUTE--aoba.midori"' in page
    assert 'href="evidence/PAIR-ROUTE--aoba.midori.jsonl"' in page


@pytest.mark.parametrize(
    ("verdict", "status", "word"),
    [
        (Verdict.PASS, ExitStatus.OK, "All 10 pairs"),
        (Verdict.FAIL, ExitStatus.VERDICTS, "10 of 10 pairs do not"),
        (Verdict.INCONCLUSIVE, ExitStatus.VERDICTS, "Not shown"),
        (Verdict.PASS, ExitStatus.INTERRUPTED, "Interrupted"),
    ],
)
def test_the_headline(verdict: Verdict, status: ExitStatus, word: str) -> None:
    keys = [f"{one}.{other}" for one, other in judged_pairs([*REAL, *PLAYED])]
    pairs = pairs_of([record(each, key, verdict, "x") for each in PURPOSES for key in keys])
    assert word in headline(matrix(pairs, status)).en


def test_the_matrix_reads_back() -> None:
    whole = matrix(pairs_of([]), ExitStatus.VERDICTS)
    assert Matrix.model_validate_json(whole.to_json()) == whole
