"""Records of drills for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from net119_protocol.codes import Mode
from net119_scenarios.drills.record import Both, CenterOf, DrillRecord, Taken, drill_id

BEGAN = datetime(2026, 4, 7, 0, 30, tzinfo=UTC)


def both(ja: str, en: str = "") -> Both:
    """The same in two languages."""
    return Both(ja=ja, en=en or ja)


def a_record(began: datetime = BEGAN, length_s: float = 300.0, **parts: Any) -> DrillRecord:
    """A drill with a caller and a dispatcher, and whatever else is given."""
    given: dict[str, Any] = {
        "id": drill_id(began, "tunnel"),
        "scenario": "tunnel",
        "title": both("トンネルと呼び返し", "Tunnel and callback"),
        "purpose": both("切れた通報を呼び返す。", "To call back a lost caller."),
        "mode": Mode.DRILL,
        "software": "0",
        "began": began,
        "ended": began + timedelta(seconds=length_s),
        "centers": (CenterOf(code="tomakomai", name=both("苫小牧市消防本部", "Tomakomai")),),
        "roles": (
            Taken(actor="rider", role="caller", name=both("髙橋　𠮷子さん", "髙橋　𠮷子")),
            Taken(
                actor="tomakomai",
                role="dispatcher",
                name=both("指令員", "dispatcher"),
                center="tomakomai",
                by="person",
                who="佐藤",
                titles=("佐藤",),
            ),
        ),
    }
    return DrillRecord(**(given | parts))
