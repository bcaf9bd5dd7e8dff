"""Watches the peers: calls whose owner's provider has been silent past T3 come home."""

import asyncio
import functools

from net119_reference.calls import anchor
from net119_reference.calls.model import Side
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction


async def run(core: Core) -> None:
    """Look at the peers again and again, until cancelled."""
    pause = min(1.0, core.config.timers.t3_s / 4)
    while True:
        await asyncio.sleep(pause)
        core.kernel.post(functools.partial(take_home_lost, core), again=False)


def take_home_lost(core: Core, tx: Transaction) -> None:
    """Take home every call whose owner is lost, also one that it was giving away."""
    core.forget_idle(tx)
    for live in core.open_calls():
        call = live.known()
        if call.side is not Side.ANCHOR or call.peer is None or not core.peers.lost(call.peer):
            continue
        change = anchor.on_peer_lost(call, tx.now, core.timing, console=core.home_console(call))
        core.record(tx, live, change)
