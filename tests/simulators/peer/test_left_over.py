"""What a system still says of a call that a peer had which ran here before."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from net119_protocol.codes import WithdrawReason
from net119_protocol.interconnect import MessageType, bodies

from tests.simulators.peer.stage import pair


@pytest.mark.parametrize(("age_s", "rules"), [(60.0, []), (0.0, ["n"])])
def test_what_is_left_of_a_call_with_an_earlier_peer_is_no_gap(
    tmp_path: Path, age_s: float, rules: list[str]
) -> None:
    """It was kept for a peer that ran here before, which had the messages before it."""

    async def run() -> None:
        async with pair(tmp_path) as both:
            over = bodies.CallWithdraw(reason=WithdrawReason.TAKEN_HOME)
            sent_at = datetime.now(UTC) - timedelta(seconds=age_s)
            left = both.aoba.build(
                MessageType.CALL_WITHDRAW, over, uuid4(), epoch=3, n=4, sent_at=sent_at
            )
            await both.aoba.send_envelope(left)
            await both.midori.expect(MessageType.CALL_WITHDRAW, left.call_id)
            assert [each.rule for each in both.midori.violations] == rules

    asyncio.run(run())


def test_an_offer_begins_a_call_however_old_it_says_to_be(tmp_path: Path) -> None:
    """The clock is the system's own: one that is slow excuses no gap."""

    async def run() -> None:
        async with pair(tmp_path) as both:
            body = (await both.offer()).offer
            sent_at = datetime.now(UTC) - timedelta(hours=1)
            late = both.aoba.build(
                MessageType.CALL_OFFER, body, uuid4(), epoch=1, n=4, sent_at=sent_at
            )
            await both.aoba.send_envelope(late)
            await both.midori.expect(MessageType.CALL_OFFER, late.call_id)
            assert [each.rule for each in both.midori.violations] == ["n"]

    asyncio.run(run())
