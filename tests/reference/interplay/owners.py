"""I1: a call has one owner, whom its anchor has stored, and the caller reaches that one."""

from typing import Any

from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import CallState

from tests.reference.interplay.clients import Placed
from tests.reference.interplay.node import Node
from tests.reference.interplay.world import World
from tests.reference.service.support import CENTERS

CLOSED = CallState.CLOSED.value
HOME = {each.value for each in NoticeCode if each.name.startswith(("CALL_HOME_", "TAKEN_HOME"))}
"""Notices that say why a call is with the home department, and not where it was made."""


class Owners:
    """Looks at what is stored and at every screen."""

    def __init__(self, world: World) -> None:
        self._world = world

    def check(self, call: Placed) -> None:
        """One owner under one epoch, at every provider; the same in memory."""
        world = self._world
        anchor = world.record(call.anchor, call)
        assert anchor is not None, "the anchor has no record of the call"
        owner = f"{anchor['owner']['provider']} {anchor['owner']['department']['code']}"
        assert anchor["epoch"] >= call.epoch, "the epoch went back (I1)"
        if anchor["epoch"] == call.epoch:
            assert owner == call.owner, "another owner under the same epoch (I1)"
        call.epoch, call.owner = anchor["epoch"], owner
        elsewhere = anchor["owner"]["provider"] != call.anchor
        assert elsewhere == (anchor.get("peer") is not None)
        self._memory(world.nodes[call.anchor], call, anchor)
        self._fallback(call, anchor)
        is_open = anchor["state"] != CLOSED
        for name in world.operators:
            there = world.record(name, call)
            if name == call.anchor or there is None:
                continue
            assert there["epoch"] <= anchor["epoch"], "an epoch that no anchor gave (I1)"
            self._memory(world.nodes[name], call, there)
            owns = there["owner"]["provider"] == name
            if owns and there["state"] != CLOSED and is_open:
                same = there["epoch"] == anchor["epoch"]
                given = anchor["owner"]["provider"] == name
                assert given or not same, "two owners under one epoch (I1)"

    def _memory(self, node: Node, call: Placed, stored: dict[str, Any]) -> None:
        live = node.live(call.call_id) if node.alive else None
        if live is None or live.call is None:
            return
        known = live.call
        assert (known.state.value, known.epoch, known.owner.provider) == (
            stored["state"],
            stored["epoch"],
            stored["owner"]["provider"],
        ), "memory and database differ"

    def _fallback(self, call: Placed, anchor: dict[str, Any]) -> None:
        """A call that came home says why: to its caller, and to who is to answer it."""
        rows = self._world.nodes[call.anchor].store.rows(
            "SELECT 1 FROM history WHERE call_id = ? AND what = 'taken home' LIMIT 1",
            str(call.call_id),
        )
        if rows:
            told = {each["code"] for each in anchor["told"]}
            assert told & HOME, f"taken home, and nobody is told why: {told} (I1)"

    # --- screens ------------------------------------------------------------------------------

    def check_handset(self, call: Placed) -> None:
        """A handset that is connected counts as connected, and shows who has the call."""
        world = self._world
        anchor = world.record(call.anchor, call)
        if anchor is None or not world.nodes[call.anchor].alive:
            return
        connected = call.handset.attachment is not None
        is_open = anchor["state"] != CLOSED
        assert not is_open or (anchor["presence"] == "connected") == connected, (
            f"the handset is {'' if connected else 'not '}connected, "
            f"and the owner is told that it is {anchor['presence']} (I1)"
        )
        if connected:
            view = call.handset.screen.get(call.call_id)
            assert view is not None, "a connected handset shows nothing"
            has = view.receiver.code if view.receiver is not None else None
            assert (view.state.value, has) == (
                anchor["state"],
                anchor["owner"]["department"]["code"],
            ), "the caller is shown another owner or state than is stored (I1)"
            world.tally["caller shown"] += 1

    def check_console(self, operator: str, call: Placed) -> None:
        """A console shows the calls of its center as its provider has them."""
        world, client = self._world, self._world.consoles[operator]
        here = world.record(operator, call)
        if here is None or client.attachment is None or not world.nodes[operator].alive:
            return
        center = CENTERS[operator]
        view = client.board.get(call.call_id)
        if view is None:
            missing = center in here["centers"] and here["state"] != CLOSED
            assert not missing, "an open call of the center is not shown to it (I1)"
            return
        owner = here["owner"]
        mine = owner["provider"] == operator and owner["center"] == center
        assert (view.state.value, view.epoch, view.mine, view.owner.code) == (
            here["state"],
            here["epoch"],
            mine,
            owner["department"]["code"],
        ), "a console shows another owner or state than is stored (I1)"
        assert view.presence.value == here["presence"], "a console shows another presence (I1)"
        silent = view.model_dump(mode="json", by_alias=True).get("silentSince")
        assert silent == here.get("silentSince"), "a console shows another silence (I1)"
