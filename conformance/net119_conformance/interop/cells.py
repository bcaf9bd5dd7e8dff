"""The matrix: what each ordered pair of systems came to, purpose by purpose.

Pure: from the records of a run to cells. Every pair has a cell for every purpose; a pair that was
not judged says so, and never looks like one that works.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from net119_conformance.catalogue import Text
from net119_conformance.interop.blame import Fault, Side
from net119_conformance.record import ItemRecord
from net119_conformance.verdict import ExitRule, Verdict, worst

BETWEEN = "."
"""Between the keys of two systems, in the key of their pair; no key has it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Part):
    """The same in Japanese and in English."""

    ja: str
    en: str

    @classmethod
    def of(cls, text: Text) -> "Words":
        """A text of the catalogue."""
        return cls(ja=text.ja, en=text.en)


class System(_Part):
    """A system of the matrix. ``simulated``: the suite plays it, so it is not what is judged."""

    key: str
    name: str
    version: str
    simulated: bool = False
    details: dict[str, JsonValue] = {}


class Blame(_Part):
    """A side at fault: its part in the call, the system that plays it, and why."""

    side: Side
    system: str
    why: Words


class Cell(_Part):
    """One purpose of one ordered pair.

    ``faults`` names each side that is at fault, as far as that can be told. ``evidence`` is the
    event log, relative to the report's folder; None: nothing was recorded.
    """

    purpose: str
    verdict: Verdict
    blocking: bool
    faults: tuple[Blame, ...] = ()
    reason: Words | None = None
    checks: int = Field(default=0, ge=0)
    evidence: str | None = None
    judged_at: datetime | None = None
    duration_s: float = Field(default=0.0, ge=0)


class Pair(_Part):
    """One ordered pair with its cells, one for each purpose; ``not_judged``: why it has none."""

    originating: str
    receiving: str
    verdict: Verdict | None
    cells: tuple[Cell, ...] = ()
    not_judged: Words | None = None

    @property
    def key(self) -> str:
        """Its key, in the names of evidence."""
        return pair_key(self.originating, self.receiving)

    @property
    def at_fault(self) -> tuple[str, ...]:
        """The systems that are at fault somewhere in it, each once."""
        named = (fault.system for cell in self.cells for fault in cell.faults)
        return tuple(dict.fromkeys(named))


class Matrix(_Part):
    """A whole interoperability run: `matrix.json`."""

    generator: str
    started_at: datetime
    duration_s: float
    complete: bool
    exit_status: int
    systems: tuple[System, ...]
    purposes: dict[str, Words]
    pairs: tuple[Pair, ...]

    def pair(self, originating: str, receiving: str) -> Pair:
        """The pair of these two, in this order."""
        return next(
            each
            for each in self.pairs
            if (each.originating, each.receiving) == (originating, receiving)
        )

    def to_json(self) -> str:
        """The text of `matrix.json`."""
        return self.model_dump_json(indent=2) + "\n"


SAME = Words(
    ja="同じシステムどうしには相互接続がありません",
    en="one system has no interconnection with itself",
)
BOTH_SIMULATED = Words(
    ja="どちらも試験側が演じる模擬システムのため、判定しません",
    en="not judged: the suite plays both of them",
)
NOT_RUN = Words(
    ja="中断されたため判定していません。もう一度実行してください",
    en="not judged, since the run was interrupted; run it again",
)


def pair_key(originating: str, receiving: str) -> str:
    """The key of an ordered pair."""
    return f"{originating}{BETWEEN}{receiving}"


def judged_pairs(systems: Sequence[System]) -> list[tuple[str, str]]:
    """The ordered pairs that are judged: all of two systems, one of which is not simulated."""
    return [
        (one.key, other.key)
        for one in systems
        for other in systems
        if one.key != other.key and not (one.simulated and other.simulated)
    ]


def all_pairs(
    systems: Sequence[System],
    purposes: Iterable[str],
    records: Iterable[ItemRecord],
    faults: Mapping[str, Sequence[Fault]],
    rule: ExitRule,
) -> tuple[Pair, ...]:
    """Every ordered pair with a cell for every purpose.

    ``records`` are those of items named ``PURPOSE--A.B``; ``faults`` holds, by that name, the sides
    that were found at fault.
    """
    by_item = {(each.id, each.sut): each for each in records}
    wanted, named = set(judged_pairs(systems)), list(purposes)
    found = []
    for one in systems:
        for other in systems:
            if (one.key, other.key) not in wanted:
                why = SAME if one.key == other.key else BOTH_SIMULATED
                found.append(
                    Pair(originating=one.key, receiving=other.key, verdict=None, not_judged=why)
                )
                continue
            key = pair_key(one.key, other.key)
            cells = tuple(
                _cell(
                    each,
                    by_item.get((each, key)),
                    faults.get(f"{each}--{key}", ()),
                    {Side.ORIGINATING: one.key, Side.RECEIVING: other.key},
                    rule,
                )
                for each in named
            )
            verdict = _whole(cells)
            found.append(
                Pair(originating=one.key, receiving=other.key, verdict=verdict, cells=cells)
            )
    return tuple(found)


def _whole(cells: Sequence[Cell]) -> Verdict:
    """The verdict of a pair: the worst of what applies to it."""
    judged = [cell.verdict for cell in cells if cell.verdict is not Verdict.NOT_APPLICABLE]
    return worst(judged) if judged or not cells else Verdict.NOT_APPLICABLE


def _cell(
    purpose: str,
    record: ItemRecord | None,
    faults: Sequence[Fault],
    systems: Mapping[Side, str],
    rule: ExitRule,
) -> Cell:
    if record is None:
        verdict = Verdict.INCONCLUSIVE
        return Cell(
            purpose=purpose,
            verdict=verdict,
            blocking=rule.blocks(purpose, verdict),
            reason=NOT_RUN,
        )
    told: dict[tuple[Side, str], Blame] = {}
    for fault in faults:
        told.setdefault(
            (fault.side, fault.why.en),
            Blame(side=fault.side, system=systems[fault.side], why=Words.of(fault.why)),
        )
    reasons = record.reasons
    reason = None
    if reasons:
        reason = Words(
            ja=" / ".join(each.ja for each in reasons), en="; ".join(each.en for each in reasons)
        )
    return Cell(
        purpose=purpose,
        verdict=record.verdict,
        blocking=rule.blocks(purpose, record.verdict),
        faults=tuple(told.values()),
        reason=reason,
        checks=len(record.checks),
        evidence=record.evidence,
        judged_at=record.started_at,
        duration_s=record.duration_s,
    )


def matrix_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `matrix.json`."""
    schema = Matrix.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
