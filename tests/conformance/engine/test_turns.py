"""A purpose that kills the system or sets its clock has no other beside it, in any worker."""

import threading
import time
from datetime import UTC, datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from net119_conformance.plan import PlanItem
from net119_conformance.pytest_item import Item
from net119_conformance.record import ItemRecord, unjudged
from net119_conformance.turns import turn
from net119_conformance.verdict import ExitRule, Verdict

WITHIN_S = 10.0


def shut(folder: Path, name: str) -> bool:
    """Whether somebody holds this lock."""
    with (folder / name).open("w") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_who_has_to_be_alone_waits_and_goes_before_the_next(tmp_path: Path) -> None:
    order: list[str] = []

    def take(name: str, *, alone: bool) -> threading.Thread:
        def go() -> None:
            with turn(tmp_path, alone=alone):
                order.append(name)

        thread = threading.Thread(target=go, daemon=True)
        thread.start()
        return thread

    with turn(tmp_path, alone=False):
        beside = take("beside", alone=False)
        beside.join(WITHIN_S)
        first = take("alone", alone=True)
        deadline = time.monotonic() + WITHIN_S
        while not shut(tmp_path, "gate"):
            assert time.monotonic() < deadline
        second = take("later", alone=False)
        assert order == ["beside"]
    for thread in (first, second):
        thread.join(WITHIN_S)
    assert order == ["beside", "alone", "later"]


@pytest.mark.parametrize("alone", [True, False])
def test_items_take_their_turns(alone: bool, tmp_path: Path) -> None:
    seen: list[tuple[bool, bool]] = []

    def run(_item: PlanItem) -> ItemRecord:
        seen.append((shut(tmp_path, "gate"), shut(tmp_path, "turn")))
        verdict = Verdict.PASS
        return unjudged("TOY-A", "toy", verdict, en="it is", ja="です", at=datetime.now(UTC))

    item = PlanItem(purpose="TOY-A", sut="toy", timeout_s=1, alone=alone)
    plan = SimpleNamespace(results=tmp_path)
    baseline = SimpleNamespace(excuse=lambda _: None)
    fake: Any = SimpleNamespace(
        run=SimpleNamespace(plan=plan, run=run), plan_item=item, rule=ExitRule(), baseline=baseline
    )
    Item.runtest(fake)
    assert seen == [(alone, True)]
