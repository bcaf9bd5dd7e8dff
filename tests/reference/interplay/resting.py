"""With good links all comes to rest: the providers agree, and whoever is there is reached."""

from collections.abc import Callable
from typing import Any

from net119_protocol.codes import CallState
from net119_protocol.interconnect import bodies

from tests.reference.interplay.clients import Placed
from tests.reference.interplay.transcripts import Transcripts
from tests.reference.interplay.wires import STRANGER
from tests.reference.interplay.world import World
from tests.reference.service.support import CENTERS

T1_S, ATTEMPTS = 5.0, 2
CLOSED = CallState.CLOSED.value


class Resting:
    """The end of a run; ``check`` looks at the invariants of every step."""

    def __init__(self, world: World, transcripts: Transcripts, check: Callable[[], None]) -> None:
        self._world = world
        self._transcripts = transcripts
        self._check = check

    def come_to_rest(self) -> None:
        """Mend the links, wait, look, and let caller and owner of each open call talk."""
        world = self._world
        self._mend()
        for _ in range(40):
            world.flow()
            world.pass_time(0.5)
            if not any(world.waiting(pipe) for pipe in world.pipes) and not self._held():
                break
        world.flow()
        world.pass_time(2 * T1_S * ATTEMPTS + 1)
        world.flow()
        for call in world.calls:
            if call.handset.attachment is None:
                world.connect_handset(call)
        world.flow()
        self._check()
        assert not self._held(), "a message still waits for an earlier one"
        for call in world.calls:
            self._agree(call)
        assert not world.asked, f"somebody still waits: {[each.what for each in world.asked]}"
        for call in world.calls:
            self._reach(call)
        self._check()

    def _mend(self) -> None:
        world = self._world
        for node in world.nodes.values():
            node.dies_before_commit = node.dies_after_commit = None
        world.revive()
        world.set_link(True)
        for name in world.operators:
            world.toggle(world.consoles[name])
            world.connect_console(name)

    def _held(self) -> bool:
        """Whether a message of a provider waits; what the stranger leaves out never comes."""
        return any(
            sender != STRANGER or not self._world.has_stranger
            for node in self._world.nodes.values()
            for live in node.service.core.lives.values()
            for sender, _n in live.held
        )

    def _agree(self, call: Placed) -> None:
        world = self._world
        anchor = world.record(call.anchor, call)
        assert anchor is not None
        owner = anchor["owner"]["provider"]
        for other in set(world.operators) - {call.anchor}:
            there = world.record(other, call)
            if owner == other:
                assert there is not None, "the owner has no record (I1)"
                self._same(call, other, anchor, there)
            elif there is not None:
                self._released(anchor, there)
        assert self._transcripts.shown(call) == self._transcripts.of(call.anchor, call), (
            "the caller lacks lines (I2)"
        )

    def _same(
        self, call: Placed, owner: str, anchor: dict[str, Any], there: dict[str, Any]
    ) -> None:
        """The owner has the call as its anchor has it."""
        assert there["owner"]["provider"] == owner, "the owner does not know that it is (I1)"
        assert (there["state"], there["epoch"]) == (anchor["state"], anchor["epoch"])
        assert self._transcripts.of(owner, call) == self._transcripts.of(call.anchor, call), (
            "the owner lacks lines (I2)"
        )
        if anchor["state"] != CLOSED:
            assert there["presence"] == anchor["presence"], "the owner takes it for gone (I1)"

    def _released(self, anchor: dict[str, Any], there: dict[str, Any]) -> None:
        """Who does not have the call knows that, whether it is open or closed.

        An offer that was taken and never assigned lapses by itself, a minute after its end.
        """
        if there["state"] not in (CLOSED, CallState.OFFERING.value):
            raise AssertionError(f"a former owner keeps the {anchor['state']} call (I1)")

    # --- reached ------------------------------------------------------------------------------

    def _reach(self, call: Placed) -> None:
        """The caller's line comes to who has the call, and that one's line to the caller (I1)."""
        world = self._world
        anchor = world.record(call.anchor, call)
        assert anchor is not None
        if anchor["state"] == CLOSED:
            return
        owner = anchor["owner"]
        if owner["provider"] == STRANGER and world.has_stranger:
            self._reach_stranger(call)
        elif owner["center"] == CENTERS[owner["provider"]]:
            self._reach_console(call, owner["provider"])
        else:
            world.tally["nobody to reach"] += 1  # a center of ours at which nobody sits

    def _reach_console(self, call: Placed, owner: str) -> None:
        world = self._world
        if world.stored_state(call) == CallState.RINGING.value:
            world.answer(owner, call)
            world.flow()
        world.caller_says(call)
        said = f"c-t{world.lines}"
        world.dispatcher_says(owner, call)
        answered = f"c-t{world.lines}"
        world.flow()
        assert answered in call.acknowledged, "the owner cannot write to the caller (I1)"
        assert said in call.acknowledged, "the caller cannot write (I1)"
        for client in (call.handset, world.consoles[owner]):
            client.read(world.calls)
            seen = {line.client_id for line in client.seen.get(call.call_id, [])}
            assert {said, answered} <= seen, "caller and owner do not see each other's lines (I1)"
        world.tally["reached"] += 1

    def _reach_stranger(self, call: Placed) -> None:
        world = self._world
        if not world.stranger_up:
            world.set_stranger(True)
        world.caller_says(call)
        said = f"c-t{world.lines}"
        world.flow()
        heard = world.stranger.dealings[call.anchor, call.call_id].heard
        lines = [each.body for each in heard if isinstance(each.body, bodies.ChatMessage)]
        assert any(line.client_id == said for line in lines), "the owner does not hear it (I1)"
        world.tally["stranger reached"] += 1
