"""What must hold after every step, whatever has happened (invariants I1 to I10)."""

import functools
from typing import Any
from uuid import UUID

from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState
from net119_protocol.interconnect import Envelope, EnvelopeRefused, bodies, decode
from net119_reference.ports import Channel
from net119_reference.service.call_names import own_name

from tests.reference.interplay.clients import Placed
from tests.reference.interplay.node import OPERATORS, Node
from tests.reference.interplay.stranger import Utterance
from tests.reference.interplay.wires import PIPES, STRANGER
from tests.reference.interplay.world import World

T1_S, ATTEMPTS = 5.0, 2
DOMAIN_OF = {"aoba": "@net119-aoba.example", "midori": "@chita-tokoname.example"}


class Invariants:
    """Looks at a world; what was stored at the last look need not be looked at again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._looked: dict[str, int] = {}
        self._lines: dict[tuple[str, UUID], tuple[int, list[ChatLine]]] = {}
        self._errors: set[UUID] = set()
        """Errors to the stranger: an answer that is given again is not refused anew."""

    def check(self) -> None:
        """Check everything that can have changed."""
        world = self.world
        assert not world.loop.failures, world.loop.failures
        world.look_at_answers()
        changes = {name: node.store.raw.total_changes for name, node in world.nodes.items()}
        same = changes == self._looked
        self._looked = changes
        for call in world.calls:
            if not same:
                self._owner(call)
            self._transcripts(call, looked=same)
            self._home_in_time(call)
        for node in world.nodes.values():
            self._modes(node)
            self._letters(node)

    # --- I1 -----------------------------------------------------------------------------------

    def record(self, name: str, call: Placed) -> dict[str, Any] | None:
        """The call as a provider has stored it."""
        return self.world.record(name, call)

    def _owner(self, call: Placed) -> None:
        anchor = self.record(call.anchor, call)
        assert anchor is not None, "the anchor has no record of the call"
        owner = f"{anchor['owner']['provider']} {anchor['owner']['department']['code']}"
        assert anchor["epoch"] >= call.epoch, "the epoch went back (I1)"
        if anchor["epoch"] == call.epoch:
            assert owner == call.owner, "another owner under the same epoch (I1)"
        call.epoch, call.owner = anchor["epoch"], owner
        elsewhere = anchor["owner"]["provider"] != call.anchor
        assert elsewhere == (anchor.get("peer") is not None)
        assert anchor["mode"] == call.mode.value, "the mode changed (I5)"
        self._memory(self.world.nodes[call.anchor], call, anchor)
        is_open = anchor["state"] != CallState.CLOSED.value
        for name in OPERATORS:
            there = self.record(name, call)
            if name == call.anchor or there is None:
                continue
            assert there["mode"] == call.mode.value, "the mode changed (I5)"
            assert there["epoch"] <= anchor["epoch"], "an epoch that no anchor gave (I1)"
            self._memory(self.world.nodes[name], call, there)
            owns = there["owner"]["provider"] == name
            if owns and there["state"] != CallState.CLOSED.value and is_open:
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

    # --- I2, I3, I4 ---------------------------------------------------------------------------

    def lines(self, name: str, call: Placed) -> list[ChatLine]:
        """The transcript as a provider has stored it."""
        store = self.world.nodes[name].store
        key = name, call.call_id
        seen = self._lines.get(key)
        if seen is not None and seen[0] == store.raw.total_changes:
            return seen[1]
        rows = store.rows(
            "SELECT document FROM lines WHERE call_id = ? ORDER BY seq", str(call.call_id)
        )
        lines = [_read(row[0]) for row in rows]
        self._lines[key] = store.raw.total_changes, lines
        return lines

    def _transcripts(self, call: Placed, *, looked: bool) -> None:
        lines = self.lines(call.anchor, call)
        if not looked:
            assert [line.seq for line in lines] == list(range(1, len(lines) + 1)), "a gap (I3)"
            by_author = {(line.sender, line.client_id): line for line in lines}
            assert len(by_author) == len(lines) or self._strangers(lines), "said twice (I4)"
            ours = {line.client_id: line for line in lines}
            for client_id, stored in call.acknowledged.items():
                line = ours.get(client_id)
                assert line is not None, f"{client_id} was acknowledged and is lost (I2)"
                assert (line.seq, line.at) == (stored.seq, stored.at)
            assert not call.refused & ours.keys(), "refused, and said all the same (I9)"
            for name in OPERATORS:
                for line in self.lines(name, call):
                    assert line == lines[line.seq - 1], "another order elsewhere (I3)"
        clients = (call.handset, *self.world.consoles.values())
        for client in clients:
            client.read(self.world.calls)
            seen = client.seen.get(call.call_id, [])
            assert seen == lines[: len(seen)], "a client shows another order than the anchor (I3)"

    def _strangers(self, lines: list[ChatLine]) -> bool:
        """Providers name their lines independently: two of them may use the same name."""
        keys = {(line.sender, line.sender_name, line.client_id) for line in lines}
        return len(keys) == len(lines)

    # --- I5, I7 -------------------------------------------------------------------------------

    def _modes(self, node: Node) -> None:
        if not node.alive:
            return
        for live in node.service.core.lives.values():
            if live.call is not None:
                assert live.call.mode.value != "live", "a live call in a test (I5)"

    def _home_in_time(self, call: Placed) -> None:
        node = self.world.nodes[call.anchor]
        live = node.live(call.call_id) if node.alive else None
        now = self.world.clock.seconds()
        if live is None or live.call is None or live.call.offer is None:
            call.offering_since = None
            return
        if call.offering_since is None:
            call.offering_since = now
        # Time passes in steps of up to 2.5 s here, and an attempt begins when the last is over.
        assert now - call.offering_since <= T1_S * ATTEMPTS + 5, "not home in time (I7)"

    # --- I8 -----------------------------------------------------------------------------------

    def _letters(self, node: Node) -> None:
        for letter in node.carrier.tried:
            assert letter.to == letter.written_to, "not the address of this moment (I8)"
            assert letter.sender.endswith(DOMAIN_OF[node.operator]), (
                f"not the home's domain but {letter.sender} (I8)"
            )

    # --- I10 ----------------------------------------------------------------------------------

    def hear(self, said: Utterance) -> None:
        """The stranger speaks; what is refused is answered and logged."""
        world, node = self.world, self.world.nodes[said.operator]
        if not node.alive or not world.stranger_up:
            return
        world.feed_stranger()
        logged = self._logged(node)
        world.log.append(f"{STRANGER}->{said.operator} {said.payload[:300]!r}")
        if not world.work(node, node.service.receive(STRANGER, said.payload, said.channel)):
            return
        errors = [
            envelope
            for channel in Channel
            for envelope in (decode(i.payload) for i in node.outgoing(STRANGER, channel))
            if isinstance(envelope.body, bodies.ErrorReport)
        ]
        more = self._logged(node) - logged
        new = {error.message_id for error in errors} - self._errors
        self._errors |= new
        assert more >= len(new), "refused, not logged (I10)"
        world.tally["refused"] += len(new)
        envelope = _readable(said.payload)
        if isinstance(envelope, EnvelopeRefused):
            assert more > 0, "unreadable, not logged (I10)"
            assert errors or envelope.type == "error", "unreadable, not answered (I10)"
            return
        if self._taken(node, envelope) or isinstance(envelope.body, bodies.ErrorReport):
            return
        assert any(each.in_reply_to == envelope.message_id for each in errors), (
            "neither taken nor refused (I10)"
        )

    def _taken(self, node: Node, envelope: Envelope) -> bool:
        if envelope.call_id is None:
            return True
        # Where another anchor was first with the name, the stranger's call has one of our own.
        for name in (envelope.call_id, own_name(STRANGER, envelope.call_id)):
            live = node.live(name)
            if live is not None:
                handled = (STRANGER, envelope.message_id) in live.handled
                if handled or (STRANGER, envelope.n) in live.held:
                    return True
        return False

    def _logged(self, node: Node) -> int:
        entries = node.service.core.refusals.after(0).entries
        return sum(entry.count for entry in entries if entry.source.startswith(STRANGER))

    # --- the end ------------------------------------------------------------------------------

    def come_to_rest(self) -> None:
        """With good links again everything comes to rest, and both providers agree."""
        world = self.world
        for node in world.nodes.values():
            node.dies_before_commit = node.dies_after_commit = None
        world.revive()
        world.set_link(True)
        for name in OPERATORS:
            world.toggle(world.consoles[name])
            world.connect_console(name)
        for _ in range(40):
            world.flow()
            world.pass_time(0.5)
            if not any(world.waiting(pipe) for pipe in PIPES) and not self._held():
                break
        world.flow()
        world.pass_time(2 * T1_S * ATTEMPTS + 1)
        world.flow()
        for call in world.calls:
            if call.handset.attachment is None:
                world.connect_handset(call)
        world.flow()
        self.check()
        assert not self._held(), "a message still waits for an earlier one"
        for call in world.calls:
            self._agree(call)
        assert not world.asked, f"somebody still waits: {[each.what for each in world.asked]}"

    def _held(self) -> bool:
        """Whether a message of a provider waits; what the stranger leaves out never comes."""
        return any(
            sender != STRANGER
            for node in self.world.nodes.values()
            for live in node.service.core.lives.values()
            for sender, _n in live.held
        )

    def _agree(self, call: Placed) -> None:
        anchor = self.record(call.anchor, call)
        assert anchor is not None
        is_open = anchor["state"] != CallState.CLOSED.value
        owner = anchor["owner"]["provider"]
        (other,) = set(OPERATORS) - {call.anchor}
        there = self.record(other, call)
        if owner == other:
            assert there is not None, "the owner has no record (I1)"
            assert there["owner"]["provider"] == other, "the owner does not know that it is (I1)"
            assert (there["state"], there["epoch"]) == (anchor["state"], anchor["epoch"])
            assert self.lines(other, call) == self.lines(call.anchor, call), (
                "the owner lacks lines (I2)"
            )
        elif there is not None and there["state"] != CallState.CLOSED.value and is_open:
            assert there["state"] == CallState.OFFERING.value, "a former owner keeps the call (I1)"
        assert self._shown(call) == self.lines(call.anchor, call), "the caller lacks lines (I2)"

    def _shown(self, call: Placed) -> list[ChatLine]:
        call.handset.read(self.world.calls)
        return call.handset.seen.get(call.call_id, [])


def _readable(payload: bytes) -> Envelope | EnvelopeRefused:
    try:
        return decode(payload)
    except EnvelopeRefused as refused:
        return refused


@functools.lru_cache(maxsize=20_000)
def _read(document: str) -> ChatLine:
    """A stored line; the same ones are looked at after every step."""
    return ChatLine.model_validate_json(document)
