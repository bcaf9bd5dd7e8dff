"""Connections cut at random moments, while messages go both ways."""

import asyncio
import functools
import random

import pytest
from net119_reference.ports import Channel
from net119_reference.stomp_shell import EndpointServer, build_links

from tests.reference.stomp_shell.support import (
    AOBA,
    MIDORI,
    QUICK,
    FakeService,
    config,
    peer,
)

MESSAGES = 150
CUTS = 12


def _has(service: FakeService, count: int) -> bool:
    return len(service.received) >= count


def _first_times(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_and_what_comes_twice_was_not_confirmed(seed: int) -> None:
    draw = random.Random(seed)

    async def scenario() -> None:
        aoba = FakeService("aoba", peer("midori", MIDORI))
        endpoint = EndpointServer(aoba.as_service(), config("aoba", AOBA), QUICK)
        await endpoint.start()
        midori = FakeService("midori", peer("aoba", AOBA, endpoint.port))
        timers = {"reconnect_s": 0.01}
        links = build_links(midori.as_service(), config("midori", MIDORI, timers=timers), QUICK)
        await links.start()
        requests = [f"request {n}" for n in range(MESSAGES)]
        answers = [f"answer {n}" for n in range(MESSAGES)]
        cuts = sorted(draw.sample(range(1, MESSAGES), CUTS))
        for n in range(MESSAGES):
            midori.queue("aoba", requests[n], Channel.CLIENT)
            aoba.queue("midori", answers[n])
            endpoint.wake("midori")
            if n in cuts:
                target = draw.randint(len(aoba.received), n)
                await aoba.until(functools.partial(_has, aoba, target))
                for connection in tuple(endpoint._connections):
                    connection.wire.abort()
        await midori.until(lambda: not midori.stored)
        await aoba.until(lambda: not aoba.stored)
        assert midori.sessions.count(("aoba", Channel.CLIENT, False)) >= 3  # it was cut
        assert _first_times(aoba.texts()) == requests
        assert _first_times(midori.texts()) == answers
        assert sorted(midori.confirmations) == sorted(set(midori.confirmations))
        # A window for each cut is the most that can come twice.
        assert len(aoba.received) <= MESSAGES + CUTS * QUICK.send_window
        assert len(midori.received) <= MESSAGES + CUTS * QUICK.window
        await links.stop()
        await endpoint.stop()
        assert aoba.refused == midori.refused == []

    asyncio.run(scenario())
