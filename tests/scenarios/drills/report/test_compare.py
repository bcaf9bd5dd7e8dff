"""A drill is compared with earlier ones of its kind, and with no others."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from net119_scenarios.drills import folder
from net119_scenarios.drills.record import CenterOf, DrillRecord
from net119_scenarios.drills.report.compare import earlier, earlier_in

from tests.scenarios.drills.drills import BEGAN, a_record, both


def after(minutes: float, **parts: Any) -> DrillRecord:
    """A drill that began so many minutes later."""
    return a_record(BEGAN + timedelta(minutes=minutes), **parts)


def test_only_earlier_drills_of_the_same_kind_count_newest_first() -> None:
    elsewhere = (CenterOf(code="chitose", name=both("千歳")),)
    others = [
        after(1),
        after(3),
        after(2),
        after(9),
        after(5),
        after(4, scenario="prank"),
        after(4, centers=elsewhere),
    ]
    found = earlier(after(5), others, most=2)
    assert [each.record.began - BEGAN for each in found.drills] == [
        timedelta(minutes=3),
        timedelta(minutes=2),
    ]
    assert earlier(after(5), others, most=0).drills == ()


def test_a_broken_one_is_told(tmp_path: Path) -> None:
    for each in (after(1), after(2), after(3)):
        folder.write(tmp_path / each.id, each, {})
    (tmp_path / after(2).id / folder.RECORD).write_text("{}", "utf-8")
    found = earlier_in(tmp_path, after(3))
    assert [each.record.id for each in found.drills] == [after(1).id]
    assert [wrong.where for wrong in found.unreadable] == [
        str(tmp_path / after(2).id / "record.json")
    ]
