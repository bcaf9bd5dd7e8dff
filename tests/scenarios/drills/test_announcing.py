"""A person of the staff announces something: seen at the provider, told with the person's words."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from net119_protocol.api.records import AnnouncementKind
from net119_scenarios.acted.deeds import Announce
from net119_scenarios.acted.library import load
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.timeline import Timeline
from net119_scenarios.drills import people as people_module
from net119_scenarios.drills.people import People
from net119_scenarios.drills.roles import person
from net119_simulators.errors import Unreachable

SCENARIO = load("service-outage")


def test_each_step_of_the_staff_needs_another_announcement(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = SimpleNamespace(announcement_id=uuid4(), subject="前の訓練")
    kept: list[Any] = [earlier]
    asked = 0

    async def announcements(department: str) -> tuple[Any, ...]:
        nonlocal asked
        asked += 1
        assert department == "tomakomai"
        if asked == 1:
            raise Unreachable("refused", "aoba")
        if asked > 2:
            subject = f"障害①その{asked}"
            new = SimpleNamespace(
                announcement_id=uuid4(), subject=subject, kind=AnnouncementKind.OTHER
            )
            kept.insert(0, new)
        return tuple(kept)

    operation = SimpleNamespace(announcements=announcements)
    troupe: Any = SimpleNamespace(
        scenario=SCENARIO,
        timeline=Timeline(lambda _: None),
        peers={},
        announced={"tomakomai": frozenset({earlier.announcement_id})},
        venue=SimpleNamespace(network=SimpleNamespace(operation=lambda _: operation)),
        view=lambda: SimpleNamespace(department=lambda _: SimpleNamespace(provider="aoba")),
    )
    monkeypatch.setattr(people_module, "_READ_EVERY_S", 0.0)
    people = People(troupe, {"office": person("佐藤")}, Names(SCENARIO))
    steps = [each for each in SCENARIO.timeline if isinstance(each, Announce)]
    assert len(steps) == 2

    async def both() -> None:
        async with asyncio.timeout(10):
            for step in steps:
                assert people.is_awaited(step)
                await people.did(step)

    asyncio.run(both())
    told = [each.words.ja for each in troupe.timeline.entries]
    assert told == ["登録者全員に知らせる「障害①その3」", "登録者全員に知らせる「障害①その4」"]
    assert asked == 4
