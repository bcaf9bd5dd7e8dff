"""A system without a console page is not judged by its console page, and the report says why."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import pytest
from net119_conformance.at_desk import Desk, readable
from net119_conformance.drivers.console_keys import ConsoleKeys
from net119_conformance.drivers.interface import Verb
from net119_conformance.drivers.unclaimed import Unclaimed
from net119_conformance.errors import TrialEnded
from net119_conformance.evidence import EvidenceLog
from net119_conformance.left_out import NO_BROWSER, NO_CONSOLE_PAGE
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_conformance.world import desks

from tests.conformance.engine.toy_world import ToyWorld, toy


class Sitting(Unclaimed):
    """A driver whose dispatchers have log-ins."""

    name = "sitting"
    verbs = frozenset({Verb.CONSOLE_PAGE})

    async def console_keys(self, center: str, name: str) -> ConsoleKeys:
        return ConsoleKeys("https://127.0.0.1:9", center, name, "secret-1")


class AtDesks(desks.Desks):
    """A world that has nothing but desks."""

    patience = 1.0

    def __init__(self, trial: Trial, chromium: str) -> None:
        self.trial = trial
        self.driver = Sitting()
        self._chromium = chromium
        self._stack = AsyncExitStack()

    def desk_unit(self) -> tuple[str, str]:
        return "center", "佐藤"

    @asynccontextmanager
    async def _desktop(self) -> AsyncIterator[Any]:
        context = AsyncMock()
        context.new_page.return_value.on = lambda *_: None
        yield context


async def _purpose(trial: Trial, world: ToyWorld) -> None:
    """The body is in each test."""


def sits_down(trial: Trial, chromium: str, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "open", AsyncMock(return_value=status))

    async def sit() -> None:
        world = AtDesks(trial, chromium)
        async with world._stack:
            await world.desk()

    asyncio.run(sit())


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(toy("TOY-DESK", _purpose), EvidenceLog(tmp_path / "evidence.jsonl"))


@pytest.mark.parametrize(
    ("chromium", "status", "why"),
    [("ws://there", 404, NO_CONSOLE_PAGE), ("", 200, NO_BROWSER)],
    ids=["no page", "no browser"],
)
def test_without_page_or_browser_it_does_not_apply(
    trial: Trial, chromium: str, status: int, why: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TrialEnded):
        sits_down(trial, chromium, status, monkeypatch)
    (reason,) = trial.reasons()
    assert (reason.verdict, reason.en, reason.ja) == (Verdict.NOT_APPLICABLE, why.en, why.ja)


def test_with_both_a_dispatcher_logs_in(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    came = AsyncMock()
    monkeypatch.setattr(Desk, "log_in", came)
    sits_down(trial, "ws://there", 200, monkeypatch)
    came.assert_awaited_once_with("center", "佐藤", "secret-1")


@pytest.mark.parametrize(
    "sent",
    [
        '{"name":"秘田"}',
        r'{"name":"\u79d8\u7530"}',
        r'42["call","{\"name\":\"\\u79D8\\u7530\"}"]',
        "<b>&#x79d8;&#30000;</b>",
        b"\x81\xa4name\xff" + "秘田".encode(),
    ],
)
def test_what_a_page_is_sent_is_read_however_its_letters_are_written(sent: str | bytes) -> None:
    """Optional data that came too early are found in JSON, HTML and binary frames alike."""
    assert "秘田" in readable(sent)
