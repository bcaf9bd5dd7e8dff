"""What a simulated peer does with each message as it comes."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import (
    SENDER_HEADER,
    EnvelopeRefused,
    MessageType,
    bodies,
)
from net119_protocol.stomp import Frame

from net119_simulators.peer.inbox import Inbox
from net119_simulators.peer.messages import Received, Unreadable
from net119_simulators.peer.peer_call import PeerCall
from net119_simulators.peer.speaker import Speaker
from net119_simulators.peer.specs import Duties, SutEndpoint, Way


class Reception:
    """Keeps each message, checks it against the profile, and passes it to its call.

    ``call_of`` finds the call of a message, ``on_offer`` is told of each new offer.
    """

    def __init__(
        self,
        sut: SutEndpoint,
        speaker: Speaker,
        inbox: Inbox,
        duties: Duties,
        *,
        call_of: Callable[[UUID], PeerCall | None],
        on_offer: Callable[[Received], None],
    ) -> None:
        self.states: list[bodies.StatusReport] = []
        self._sut = sut
        self._speaker = speaker
        self._inbox = inbox
        self._duties = duties
        self._call_of = call_of
        self._on_offer = on_offer
        self._began = datetime.now(UTC)

    def take_in(self, payload: bytes, frame: Frame, way: Way) -> None:
        """A frame with a body came from the SUT."""
        at, headers = datetime.now(UTC), dict(frame.headers)
        stamp = frame.get(SENDER_HEADER)
        if way is Way.ANCHOR and stamp != self._sut.operator:
            self._inbox.broken("stamp", f"{SENDER_HEADER} is {stamp!r}, not {self._sut.operator!r}")
        try:
            envelope = self._speaker.mapping.from_wire(payload)
        except EnvelopeRefused as refused:
            self._inbox.add_unreadable(Unreadable(payload, refused, way, at, headers))
            self._answer_unreadable(refused, way)
            return
        received = Received(envelope, payload, way, at, headers)
        self._inbox.add(received)
        if received.repeat:
            self._answer_again(received)
        else:
            self._take_new(received)

    def _take_new(self, received: Received) -> None:
        envelope, body = received.envelope, received.body
        if envelope.via != self._speaker.via_of_sut(received.way):
            self._inbox.broken(
                "via",
                f"{received.label} has via {envelope.via.destination} {envelope.via.operator}",
            )
        if isinstance(body, bodies.StatusReport):
            self.states.append(body)
        if envelope.call_id is None:
            return
        call_id = envelope.call_id
        # Kept for a peer that ran here before, and had what came before it. An offer begins a call:
        # nothing comes before it, however wrong the sender's clock is.
        left_over = (
            envelope.type is not MessageType.CALL_OFFER
            and self._speaker.ledger(call_id) is None
            and envelope.sent_at < self._began
        )
        ledger = self._speaker.open_ledger(call_id, received.way, envelope.mode, envelope.epoch)
        if (wrong := ledger.count(envelope)) is not None and not left_over:
            self._inbox.broken("n", f"call {call_id}: {wrong}")
        if ledger.way is not received.way:
            self._inbox.broken("way", f"call {call_id}: {received.label} came the other way")
        # An error carries the mode of the message it refuses.
        if ledger.mode is not envelope.mode and envelope.type is not MessageType.ERROR:
            self._inbox.broken(
                "I5",
                f"call {call_id} is {ledger.mode.value}, {received.label} {envelope.mode.value}",
            )
            if self._duties.refuse:
                detail = f"the call is {ledger.mode.value}"
                self._speaker.refuse(received, ErrorCode.MODE_MISMATCH, detail, "mode")
            return
        if isinstance(body, bodies.CallOffer):
            self._on_offer(received)
        elif (call := self._call_of(call_id)) is not None:
            call.on_message(received)

    def _answer_again(self, received: Received) -> None:
        ledger = self._speaker.ledger(received.call_id) if received.call_id else None
        if ledger is not None and self._duties.answer_repeats:
            for envelope in ledger.answers_to(received.message_id):
                self._speaker.send(envelope)

    def _answer_unreadable(self, refused: EnvelopeRefused, way: Way) -> None:
        if not self._duties.refuse or refused.type == MessageType.ERROR.value:
            return
        report = bodies.ErrorReport(
            code=refused.code,
            detail=refused.detail,
            field=refused.field,
            offending_type=refused.type,
        )
        envelope = self._speaker.build(
            MessageType.ERROR,
            report,
            refused.call_id,
            way=way,
            mode=refused.mode,
            in_reply_to=refused.message_id,
        )
        self._speaker.send(envelope, way)
