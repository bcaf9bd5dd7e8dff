"""Client side of a STOMP 1.2 connection, sans-I/O."""

from collections.abc import Mapping
from typing import Literal

from .errors import Section, SessionStateError, StompProtocolError
from .events import (
    ClientEvent,
    Closed,
    Connected,
    ErrorReceived,
    MessageReceived,
    PeerDead,
    ProtocolFailed,
    ReceiptReceived,
)
from .faults import fault, require
from .frame import Frame
from .head import Limits
from .heartbeat import EVERY_10_S, HeartBeatOffer, negotiate
from .parser import FrameParser
from .session import Observer, Session, SessionState

AckMode = Literal["auto", "client", "client-individual"]
VERSION = "1.2"


class ClientSession(Session[ClientEvent]):
    """``connect``, wait for ``Connected``, then the other verbs.

    Before CONNECTED and after DISCONNECT every verb raises SessionStateError: nothing is
    written early. Receipt ids and subscription ids are unique within the session.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        dead_after: float = 3.0,
        connect_timeout: float = 10.0,
        strict: bool = False,
        observer: Observer | None = None,
    ) -> None:
        super().__init__(
            FrameParser(limits, sender="server", strict=strict),
            heart_beat=HeartBeatOffer(),
            dead_after=dead_after,
            connect_timeout=connect_timeout,
            observer=observer,
        )
        self._receipts: dict[str, str] = {}  # receipt id -> command that asked for it
        self._modes: dict[str, str] = {}  # subscription id -> ack mode
        self._ended: set[str] = set()  # ids of subscriptions that were ended
        self._counter = 0

    @property
    def pending_receipts(self) -> tuple[str, ...]:
        """Receipt ids asked for and not yet received, oldest first."""
        return tuple(self._receipts)

    def connect(
        self,
        host: str,
        heart_beat: HeartBeatOffer = EVERY_10_S,
        *,
        now: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Ask for a session of STOMP 1.2 with the virtual host ``host``.

        With ``now``, the server must answer within ``connect_timeout`` seconds.
        """
        if self.state is not SessionState.NEW:
            raise SessionStateError(f"cannot connect: the session is {self.state.value}")
        self._write(
            Frame(
                "CONNECT",
                {
                    "accept-version": VERSION,
                    "host": host,
                    "heart-beat": heart_beat.header(),
                    **(headers or {}),
                },
            )
        )
        self._offer = heart_beat
        self.state = SessionState.CONNECTING
        self._connect_by = None if now is None else now + self._connect_timeout

    def send(
        self,
        destination: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        receipt: bool = True,
    ) -> str | None:
        """Send a message; returns the receipt id, or None where none was asked for.

        Set ``content-type`` in ``headers``.
        """
        self._require_open("send")
        frame = Frame("SEND", {**(headers or {}), "destination": destination}, body)
        return self._write_maybe_for_receipt(frame, receipt)

    def subscribe(
        self,
        destination: str,
        ack: AckMode = "client-individual",
        *,
        headers: Mapping[str, str] | None = None,
        receipt: bool = False,
    ) -> str:
        """Subscribe; returns the subscription id.

        With ``receipt``, ``ReceiptReceived("subscribe-<id>")`` tells that it is in force.
        """
        self._require_open("subscribe")
        self._counter += 1
        subscription = f"sub-{self._counter}"
        frame = Frame(
            "SUBSCRIBE",
            {**(headers or {}), "id": subscription, "destination": destination, "ack": ack},
        )
        if receipt:
            self._write_for_receipt(frame, f"subscribe-{subscription}")
        else:
            self._write(frame)
        self._modes[subscription] = ack
        return subscription

    def unsubscribe(self, subscription: str, *, receipt: bool = False) -> str | None:
        """End a subscription; its messages not yet acknowledged go back to the queue."""
        self._require_open("unsubscribe")
        if subscription not in self._modes:
            raise SessionStateError(f"cannot unsubscribe: no subscription {subscription!r}")
        del self._modes[subscription]
        self._ended.add(subscription)
        return self._write_maybe_for_receipt(Frame("UNSUBSCRIBE", {"id": subscription}), receipt)

    def ack(self, ack_id: str, *, receipt: bool = False) -> str | None:
        """Acknowledge a message by the ``ack_id`` of its event."""
        self._require_open("ack")
        return self._write_maybe_for_receipt(Frame("ACK", {"id": ack_id}), receipt)

    def nack(self, ack_id: str, *, receipt: bool = False) -> str | None:
        """Give a message back by the ``ack_id`` of its event."""
        self._require_open("nack")
        return self._write_maybe_for_receipt(Frame("NACK", {"id": ack_id}), receipt)

    def disconnect(self) -> str:
        """Leave gracefully: ``Closed(clean=True)`` follows when the receipt is here."""
        self._require_open("disconnect")
        receipt_id = self._write_for_receipt(Frame("DISCONNECT"), self._new_receipt_id())
        self.state = SessionState.DISCONNECTING
        return receipt_id

    def _new_receipt_id(self) -> str:
        self._counter += 1
        return f"r-{self._counter}"

    def _write_for_receipt(self, frame: Frame, receipt_id: str) -> str:
        frame.headers["receipt"] = receipt_id
        self._write(frame)
        self._receipts[receipt_id] = frame.command
        return receipt_id

    def _write_maybe_for_receipt(self, frame: Frame, receipt: bool) -> str | None:
        if receipt:
            return self._write_for_receipt(frame, self._new_receipt_id())
        self._write(frame)
        return None

    def _on_frame(self, frame: Frame, now: float) -> None:
        if frame.command == "ERROR":
            self._events.append(ErrorReceived(frame, frame.get("receipt-id")))
            message = frame.get("message") or "no message header"
            self._close(False, f"the server sent ERROR: {message[:200]}")
        elif self.state is SessionState.CONNECTING:
            self._on_connected(frame, now)
        elif frame.command == "MESSAGE" and self.state is not SessionState.NEW:
            self._on_message(frame)
        elif frame.command == "RECEIPT" and self.state is not SessionState.NEW:
            self._on_receipt(frame)
        else:
            raise fault(
                frame,
                f"{frame.command} in a session that is {self.state.value}",
                Section.CONNECTING,
                "Send CONNECTED once, in answer to CONNECT",
            )

    def _on_connected(self, frame: Frame, now: float) -> None:
        if frame.command != "CONNECTED":
            raise fault(
                frame,
                f"{frame.command} before CONNECTED",
                Section.CONNECTING,
                "Answer CONNECT with CONNECTED or ERROR",
            )
        if frame.get("version") != VERSION:
            raise fault(
                frame,
                f"CONNECTED with version {(frame.get('version') or '(none)')[:40]!r}; "
                f"only {VERSION} was offered",
                Section.NEGOTIATION,
                f"Answer with version:{VERSION}",
            )
        intervals = negotiate(self._offer, HeartBeatOffer.parse(frame.get("heart-beat")))
        self._start_heart_beats(intervals, now)
        self.state = SessionState.OPEN
        self._events.append(Connected(frame, intervals))

    def _on_message(self, frame: Frame) -> None:
        destination = require(frame, "destination", Section.MESSAGE)
        message_id = require(frame, "message-id", Section.MESSAGE)
        subscription = require(frame, "subscription", Section.MESSAGE)
        late = subscription in self._ended
        mode = self._modes.get(subscription)
        if mode is None and not late:
            raise fault(
                frame,
                f"MESSAGE for subscription {subscription[:40]!r}, which never existed",
                Section.MESSAGE,
                "Use the id of the SUBSCRIBE",
            )
        ack_id = None if mode == "auto" or late else require(frame, "ack", Section.MESSAGE)
        self._events.append(
            MessageReceived(frame, subscription, destination, message_id, ack_id, late)
        )

    def _on_receipt(self, frame: Frame) -> None:
        receipt_id = require(frame, "receipt-id", Section.RECEIPT)
        command = self._receipts.pop(receipt_id, None)
        self._events.append(ReceiptReceived(receipt_id, command is not None))
        if command == "DISCONNECT":
            self._close(True, "disconnected")

    def _on_fault(self, fault: StompProtocolError, offending: Frame | None) -> None:
        self._events.append(ProtocolFailed(fault, offending))
        self._close(False, str(fault))

    def _on_connect_timeout(self) -> None:
        self._events.append(PeerDead(self._connect_timeout, "CONNECTED"))
        self._close(False, f"no CONNECTED within {self._connect_timeout:g} s")

    def _emit_peer_dead(self, event: PeerDead) -> None:
        self._events.append(event)

    def _emit_closed(self, clean: bool, reason: str) -> None:
        self._events.append(Closed(clean, reason, unconfirmed=self.pending_receipts))
