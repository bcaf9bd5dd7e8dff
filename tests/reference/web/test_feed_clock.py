"""The feed's sign of life, by which a console follows the provider's clock."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from net119_protocol.api.console import PingFrame, PongFrame
from net119_reference.web.feed import Feed


def test_a_sign_of_life_tells_the_providers_clock() -> None:
    now = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
    context = SimpleNamespace(service=None, metrics=None, now=lambda: now)
    feed = Feed(cast(Any, context))
    assert asyncio.run(feed.act(PingFrame())) == PongFrame(now=now)
