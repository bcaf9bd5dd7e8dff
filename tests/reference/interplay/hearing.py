"""I10: whatever the stranger says is taken, or refused with an answer and an entry in the log."""

from uuid import UUID

from net119_protocol.interconnect import Envelope, EnvelopeRefused, bodies, decode
from net119_reference.ports import Channel
from net119_reference.service.call_names import own_name

from tests.reference.interplay.node import Node
from tests.reference.interplay.stranger import Utterance
from tests.reference.interplay.wires import STRANGER
from tests.reference.interplay.world import World


class Hearing:
    """Lets the stranger speak and looks at what comes of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._errors: set[UUID] = set()
        """Errors to the stranger: an answer that is given again is not refused anew."""

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


def _readable(payload: bytes) -> Envelope | EnvelopeRefused:
    try:
        return decode(payload)
    except EnvelopeRefused as refused:
        return refused
