"""The drill beside the last ones of the same scenario at the same centers."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from net119_scenarios.drills import folder
from net119_scenarios.drills.folder import BrokenRecord
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.report.analysis import Analysis, analysed

MOST = 5
"""So many earlier drills are compared."""


@dataclass(frozen=True)
class Earlier:
    """The last drills of the same kind, newest first, and what could not be read of the others."""

    drills: tuple[Analysis, ...] = ()
    unreadable: tuple[BrokenRecord, ...] = ()


def is_comparable(record: DrillRecord, other: DrillRecord) -> bool:
    """Whether another drill, played to its end, is an earlier one of the same kind and place."""
    same_centers = {e.code for e in record.centers} == {e.code for e in other.centers}
    same = other.scenario == record.scenario and same_centers
    return same and other.began < record.began and not other.interrupted


def earlier(record: DrillRecord, others: Iterable[DrillRecord], most: int = MOST) -> Earlier:
    """The newest of the others that are comparable."""
    found = sorted((e for e in others if is_comparable(record, e)), key=lambda e: e.began)
    return Earlier(tuple(analysed(each) for each in reversed(found[-most:] if most else [])))


def earlier_in(root: Path, record: DrillRecord, most: int = MOST) -> Earlier:
    """The same, out of the drills' folders under ``root``; a broken one is told, not left out."""
    found, broken = [], []
    for each in folder.drills_in(root):
        if each.name == record.id or not each.name.endswith(f"-{record.scenario}"):
            continue
        try:
            found.append(folder.read(each))
        except BrokenRecord as wrong:
            broken.append(wrong)
    return Earlier(earlier(record, found, most).drills, tuple(broken))
