"""A smartphone out of reach of its provider says so by itself, until it is connected again."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from net119_protocol.codes import CallState, Mode
from net119_protocol.unreachable_texts import UNREACHABLE, unreachable_text
from net119_simulators import own_notice
from net119_simulators.errors import Waited

from tests.simulators.support import Stage, ToyProvider, call_from, stage


def play(toy: ToyProvider, folder: Path, scene: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        async with stage(toy, folder) as here:
            await scene(here)

    asyncio.run(run())


def test_it_shows_that_nothing_is_received_until_it_is_back(
    toy: ToyProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_notice, "UNREACHABLE_AFTER_S", 0.01)

    async def scene(here: Stage) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            told: list[own_notice.OwnNotice] = []
            call.told = told.append
            call.drop()
            shown = await call.wait_for_own_notice(UNREACHABLE)
            wanted = unreachable_text(Mode.TEST, CallState.RINGING)
            assert shown == (UNREACHABLE, wanted.ja, wanted.en)
            assert "まだ応答していません" in shown.text_ja
            await call.resume()
            with pytest.raises(Waited, match="unreachable"):
                await call.wait_for_own_notice(UNREACHABLE, within=0)
            assert call.own_notices == told == [shown]

    play(toy, tmp_path, scene)


def test_neither_a_short_loss_nor_a_page_that_was_closed_shows_anything(
    toy: ToyProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(here: Stage) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            call.drop()
            await call.resume()
            monkeypatch.setattr(own_notice, "UNREACHABLE_AFTER_S", 0.0)
            await call.disconnect()
            with pytest.raises(Waited):
                await call.wait_for_own_notice(UNREACHABLE, within=0.05)
            assert call.own_notices == []

    play(toy, tmp_path, scene)
