"""Builds a peer's messages, sends them on the right way, and remembers what it said."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from net119_protocol.codes import ErrorCode, Mode
from net119_protocol.interconnect import (
    UNCOUNTED,
    Body,
    Envelope,
    EnvelopeRefused,
    MessageType,
    Via,
    bodies,
    callee_queue,
    caller_queue,
)
from net119_protocol.interconnect.mapping import Chosen
from net119_protocol.stomp import Frame

from net119_simulators.errors import SafetyInterlock
from net119_simulators.peer.broker import BrokeredEndpoint
from net119_simulators.peer.client import Client
from net119_simulators.peer.endpoint import Endpoint
from net119_simulators.peer.evidence import message_label
from net119_simulators.peer.ledger import CallLedger
from net119_simulators.peer.messages import TYPE_OF, Received, newer_fields, short
from net119_simulators.peer.sending import Sent
from net119_simulators.peer.specs import Duties, SutEndpoint, Way
from net119_simulators.safety import is_loopback
from net119_simulators.waiting import Watch

CONTENT_TYPE = "application/json;charset=utf-8"
TYPE_HEADER = "net119-type"
SOMEBODY_ELSE = "somebody-else"
"""Whom a peer names as the sender that does not name itself."""
_OF_A_CALLEE = frozenset(
    {
        MessageType.CALL_ACCEPT,
        MessageType.CALL_REJECT,
        MessageType.CALL_RINGING,
        MessageType.CALL_ANSWERED,
    }
)


def check_not_live(sut: SutEndpoint, octets: bytes, mapping: Chosen) -> None:
    """Refuse to send anything that could be a live call to another machine.

    Raises:
        SafetyInterlock: the SUT is elsewhere, and the octets hold the word or, in another form
            than the profile's, are not plainly a message of another mode.
    """
    if not is_loopback(sut.host) and (b"live" in octets or _may_be_live(octets, mapping)):
        raise SafetyInterlock(
            "a simulator never sends a live call to another machine",
            sut.url,
            "Use the mode test, drill or practice",
        )


def _may_be_live(octets: bytes, mapping: Chosen) -> bool:
    """Whether another form than the profile's could hide the word."""
    if mapping.is_profile:
        return False
    try:
        return mapping.from_wire(octets).mode is Mode.LIVE
    except EnvelopeRefused as refused:
        return refused.mode in (None, Mode.LIVE)


class Speaker:
    """The voice of one peer, for all its calls, on both ways."""

    def __init__(
        self,
        me: str,
        sut: SutEndpoint,
        endpoint: Endpoint | BrokeredEndpoint,
        client: Client,
        watch: Watch,
        mapping: Chosen,
        duties: Duties,
    ) -> None:
        self.me = me
        self._duties = duties
        self.sut = sut
        self._endpoint = endpoint
        self._client = client
        self._watch = watch
        self.mapping = mapping
        self._ledgers: dict[UUID, CallLedger] = {}

    def ledger(self, call_id: UUID) -> CallLedger | None:
        """What is remembered of a call."""
        return self._ledgers.get(call_id)

    def open_ledger(self, call_id: UUID, way: Way, mode: Mode, epoch: int) -> CallLedger:
        """What is remembered of a call, begun with these if it is new."""
        return self._ledgers.setdefault(call_id, CallLedger(way, mode, epoch))

    def via(self, way: Way) -> Via:
        """Where the SUT's answers go on this way."""
        return _via(self.me, is_anchor=way is Way.ANCHOR)

    def via_of_sut(self, way: Way) -> Via:
        """What the SUT must name in its messages on this way, on which it has the other role."""
        return _via(self.sut.operator, is_anchor=way is Way.CALLEE)

    def build(
        self,
        kind: MessageType,
        body: Body,
        call_id: UUID | None = None,
        epoch: int | None = None,
        n: int | None = None,
        mode: Mode | None = None,
        *,
        way: Way | None = None,
        in_reply_to: UUID | None = None,
        **overrides: Any,
    ) -> Envelope:
        """A message; what is not given is as the call has it, and ``n`` is used up.

        Raises:
            pydantic.ValidationError: such a message cannot be; see ``altered`` for spoilt ones.
        """
        ledger = self._ledgers.get(call_id) if call_id is not None else None
        if way is None:
            natural = Way.CALLEE if kind in _OF_A_CALLEE else Way.ANCHOR
            way = ledger.way if ledger is not None else natural
        if mode is None:
            mode = ledger.mode if ledger is not None else Mode.TEST
        if epoch is None:
            epoch = ledger.epoch if ledger is not None else 0
        if call_id is not None and ledger is None:
            ledger = self.open_ledger(call_id, way, mode, epoch)
        if n is None:
            n = ledger.next_n() if ledger is not None and kind not in UNCOUNTED else 0
        fields: dict[str, Any] = {
            "message_id": uuid4(),
            "type": kind,
            "call_id": call_id,
            "epoch": epoch,
            "n": n,
            "mode": mode,
            "sent_at": datetime.now(UTC),
            "via": self._via_of(call_id, way),
            "in_reply_to": in_reply_to,
            "body": body,
        }
        return Envelope(**(fields | overrides))

    def send(self, envelope: Envelope, way: Way | None = None) -> Sent:
        """Send a message, written again with the same ``messageId`` after a lost connection.

        Raises:
            SafetyInterlock: its mode is live and the SUT is on another machine.
        """
        ledger = self._ledgers.get(envelope.call_id) if envelope.call_id is not None else None
        if way is None:
            if ledger is not None:
                way = ledger.way
            else:
                as_callee = envelope.via.destination == callee_queue(self.me)
                way = Way.CALLEE if as_callee else Way.ANCHOR
        if ledger is not None:
            ledger.keep(envelope)
        what = short(envelope.type.value, envelope.n, envelope.epoch)
        return self._put(
            way,
            self._written(envelope),
            {TYPE_HEADER: envelope.type.value},
            what=what,
            message_id=envelope.message_id,
            # A report of the state is old when the next session begins, which brings a new one.
            keep=envelope.type is not MessageType.STATUS_REPORT,
        )

    def send_raw(
        self,
        payload: bytes,
        destination: str | None = None,
        headers: dict[str, str] | None = None,
        way: Way = Way.ANCHOR,
    ) -> Sent:
        """Send any bytes, once; raises as ``send``, and FrameEncodeError for impossible headers."""
        Frame("MESSAGE", {**(headers or {}), "destination": destination or "/"}, payload).encode()
        return self._put(
            way,
            payload,
            headers or {},
            destination=destination,
            what=self._shown(payload),
            keep=False,
        )

    def reply(self, received: Received, body: Body, **overrides: Any) -> Sent:
        """Answer a message."""
        defaults = {"way": received.way, "mode": received.envelope.mode}
        return self.send(
            self.build(
                TYPE_OF[type(body)],
                body,
                received.call_id,
                in_reply_to=received.message_id,
                **(defaults | overrides),
            ),
            received.way,
        )

    def refuse(
        self,
        received: Received,
        code: ErrorCode,
        detail: str,
        field: str | None = None,
        current_epoch: int | None = None,
    ) -> Sent | None:
        """Answer a message by ``error``; an ``error`` is never answered so (``None``)."""
        if received.type is MessageType.ERROR:
            return None
        report = bodies.ErrorReport(
            code=code,
            detail=detail,
            field=field,
            offending_type=received.type.value,
            current_epoch=current_epoch,
        )
        return self.reply(received, report)

    def _via_of(self, call_id: UUID | None, way: Way) -> Via:
        via = self.via(way)
        if call_id is None or self._duties.own_via:
            return via
        return via.model_copy(update={"operator": SOMEBODY_ELSE})

    def _put(
        self,
        way: Way,
        payload: bytes,
        headers: dict[str, str],
        *,
        destination: str | None = None,
        what: str,
        message_id: UUID | None = None,
        keep: bool,
    ) -> Sent:
        check_not_live(self.sut, payload, self.mapping)
        queue = callee_queue if way is Way.ANCHOR else caller_queue
        item = Sent(
            way,
            destination or queue(self.sut.operator),
            payload,
            {"content-type": CONTENT_TYPE, **headers},
            what,
            self._watch,
            message_id,
            keep,
        )
        if way is Way.ANCHOR:
            self._client.put(item)
        else:
            self._endpoint.put(item)
        return item

    def _written(self, envelope: Envelope) -> bytes:
        if self._duties.newer_fields:
            return self.mapping.altered(envelope, **newer_fields(envelope))
        return self.mapping.to_wire(envelope)

    def _shown(self, payload: bytes) -> str:
        return f"{message_label(payload, self.mapping)} ({len(payload)} bytes)"


def _via(operator: str, *, is_anchor: bool) -> Via:
    queue = caller_queue if is_anchor else callee_queue
    return Via(destination=queue(operator), operator=operator)
