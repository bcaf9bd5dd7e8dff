"""Server side of a STOMP 1.2 connection at a provider's endpoint, sans-I/O."""

import uuid
from collections import Counter
from collections.abc import Hashable, Mapping

from .deliveries import ACK_MODES, Deliveries, Subscription
from .errors import FrameEncodeError, Section, SessionStateError, StompProtocolError
from .events import (
    Acked,
    Closed,
    DisconnectRequested,
    ErrorSent,
    Nacked,
    PeerConnected,
    PeerDead,
    SendReceived,
    ServerEvent,
    Subscribed,
    Unsubscribed,
)
from .faults import fault, require
from .frame import HOP_HEADERS, Frame
from .head import Limits
from .heartbeat import EVERY_10_S, HeartBeatOffer, negotiate
from .parser import FrameParser
from .policy import DestinationPolicy
from .session import Observer, Session, SessionState

VERSION = "1.2"
_NO_TRANSACTIONS = "Transactions are not supported: send each frame without a transaction header"


class ServerSession(Session[ServerEvent]):
    """Talks to one peer, whose ``operator`` code the caller knows from its source address.

    The shell stores and reads messages; this class keeps the rules. ``SendReceived``, ``Acked``
    and ``Nacked`` must each be followed by ``confirm(event.receipt_id)`` once their effect is
    stored, and only then (or, for a SEND, by ``refuse``); the RECEIPT goes out at that moment.
    Every ERROR closes the session, and nothing that arrives afterwards is processed.

    ``max_unacked`` is the window of each subscription; ``login`` and ``passcode`` are ignored.
    ``session_id`` must differ between connections (default: random). Where ``hosts`` is given,
    other values of the ``host`` header are refused.
    """

    def __init__(
        self,
        operator: str,
        policy: DestinationPolicy,
        *,
        now: float,
        server_name: str = "net119",
        limits: Limits | None = None,
        heart_beat: HeartBeatOffer = EVERY_10_S,
        dead_after: float = 3.0,
        connect_timeout: float = 10.0,
        max_unacked: int = 100,
        max_subscriptions: int = 16,
        hosts: frozenset[str] | None = None,
        session_id: str | None = None,
        strict: bool = False,
        observer: Observer | None = None,
    ) -> None:
        super().__init__(
            FrameParser(limits, sender="client", strict=strict),
            heart_beat=heart_beat,
            dead_after=dead_after,
            connect_timeout=connect_timeout,
            observer=observer,
        )
        self.operator = operator
        self.session_id = session_id or uuid.uuid4().hex[:12]
        self.max_unacked = max_unacked
        self._policy = policy
        self._server_name = server_name
        self._max_subscriptions = max_subscriptions
        self._hosts = hosts
        self._deliveries = Deliveries(self.session_id)
        self._unconfirmed: Counter[str] = Counter()
        self._leaving: str | None = None  # receipt id of the DISCONNECT
        self._connect_by = now + connect_timeout

    # --- verbs of the shell ------------------------------------------------------------------

    def confirm(self, receipt_id: str | None) -> bool:
        """Say that a frame's effect is stored, so that its RECEIPT can go out.

        Returns False where there is nobody to tell. The receipt of a DISCONNECT is held back
        until all others are confirmed.
        None (no receipt was asked for) is accepted and does nothing; so is any id after the
        session has closed. Raises SessionStateError for an id that is not waiting.
        """
        if receipt_id is None or self.state is SessionState.CLOSED:
            return False
        self._take_unconfirmed(receipt_id)
        leaving = self._leaving
        if receipt_id != leaving or self._unconfirmed[receipt_id]:
            self._write(Frame("RECEIPT", {"receipt-id": receipt_id}))
        # The peer goes when it has the receipt of its DISCONNECT, so that one comes last.
        if leaving is not None and not self._unconfirmed.total():
            self._write(Frame("RECEIPT", {"receipt-id": leaving}))
            self._close(True, "the peer disconnected")
        return True

    def refuse(self, refused: Frame | str | None, reason: str) -> None:
        """Refuse a SEND (its frame, or its receipt id) with an ERROR that closes the session.

        ``reason`` is sent to the peer: say what is wrong and what to do. Does nothing after the
        session has closed.
        """
        if self.state is SessionState.CLOSED:
            return
        frame = refused if isinstance(refused, Frame) else None
        receipt_id = refused.get("receipt") if isinstance(refused, Frame) else refused
        if receipt_id is not None:
            self._take_unconfirmed(receipt_id)
        cause = StompProtocolError(reason, Section.SEND, command="SEND", receipt=receipt_id)
        self._send_error("message refused", reason, cause, frame)

    def can_deliver(self, subscription_id: str) -> bool:
        """Whether ``deliver`` would accept a message for this subscription now."""
        subscription = self._deliveries.get(subscription_id)
        return (
            self.state is SessionState.OPEN
            and subscription is not None
            and len(subscription.open) < self.max_unacked
        )

    def deliver(
        self,
        subscription_id: str,
        message_id: str,
        destination: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        token: Hashable = None,
    ) -> str | None:
        """Send a MESSAGE; returns its ack id, None in mode ``auto``.

        ``token`` (default: ``message_id``) is what ``Acked``, ``Nacked``, ``Unsubscribed`` and
        ``Closed`` will name it by. ``headers`` travel with the message: use ``user_headers`` of
        the SEND, plus the sender's stamp. Raises SessionStateError where ``can_deliver`` is
        False, FrameEncodeError for a header that belongs to the connection.
        """
        subscription = self._deliveries.get(subscription_id)
        if subscription is None or not self.can_deliver(subscription_id):
            raise SessionStateError(
                f"cannot deliver to subscription {subscription_id!r}: "
                + self._why_not_deliverable(subscription)
            )
        clash = HOP_HEADERS.intersection(headers or {})
        if clash:
            raise FrameEncodeError(
                f"header {min(clash)!r} is set by the connection; "
                "take the headers of a SEND with user_headers()"
            )
        frame = Frame(
            "MESSAGE",
            {
                "subscription": subscription_id,
                "message-id": message_id,
                "destination": destination,
                **(headers or {}),
            },
            body,
        )
        ack_id = self._deliveries.new_ack_id(subscription)
        if ack_id is not None:
            frame.headers["ack"] = ack_id
        self._write(frame)  # may raise; what was not written is not waited for
        if ack_id is not None:
            self._deliveries.note(subscription, ack_id, message_id if token is None else token)
        return ack_id

    def unacked(self, subscription_id: str) -> tuple[Hashable, ...]:
        """Tokens delivered to this subscription and not settled, oldest first."""
        subscription = self._deliveries.get(subscription_id)
        return () if subscription is None else tuple(subscription.open.values())

    # --- frames of the peer ------------------------------------------------------------------

    def _on_frame(self, frame: Frame, now: float) -> None:
        command = frame.command
        if self.state is SessionState.NEW:
            self._on_connect(frame, now)
            return
        if self.state is SessionState.DISCONNECTING:
            raise fault(frame, f"{command} after DISCONNECT", Section.DISCONNECT)
        if command in ("CONNECT", "STOMP"):
            raise fault(
                frame,
                f"{command} in a session that is already connected",
                Section.CONNECTING,
                "Send CONNECT once, as the first frame",
            )
        if command in ("BEGIN", "COMMIT", "ABORT"):
            raise fault(
                frame, f"{command} refused: no transactions", Section[command], _NO_TRANSACTIONS
            )
        if "transaction" in frame.headers:
            raise fault(
                frame,
                f"{command} with a transaction header refused: no transactions",
                Section[command],
                _NO_TRANSACTIONS,
            )
        match command:
            case "SEND":
                self._on_send(frame)
            case "SUBSCRIBE":
                self._on_subscribe(frame)
            case "UNSUBSCRIBE":
                self._on_unsubscribe(frame)
            case "ACK" | "NACK":
                self._on_settle(frame)
            case _:
                self._on_disconnect(frame)

    def _on_connect(self, frame: Frame, now: float) -> None:
        if frame.command not in ("CONNECT", "STOMP"):
            raise fault(
                frame,
                f"{frame.command} before CONNECT",
                Section.CONNECTING,
                "Send CONNECT first and wait for CONNECTED",
            )
        versions = frame.get("accept-version")
        if versions is None or VERSION not in versions.split(","):
            offered = "no accept-version, which means 1.0" if versions is None else versions[:40]
            raise fault(
                frame,
                f"no common protocol version (offered: {offered})",
                Section.NEGOTIATION,
                f"Supported protocol versions are {VERSION}",
            )
        host = require(frame, "host", Section.CONNECT)
        if not host or (self._hosts is not None and host not in self._hosts):
            raise fault(
                frame,
                f"unknown host {host[:40]!r}",
                Section.CONNECT,
                "Set host to the name of this endpoint",
            )
        theirs = HeartBeatOffer.parse(frame.get("heart-beat"))
        intervals = negotiate(self._offer, theirs)
        self._write(
            Frame(
                "CONNECTED",
                {
                    "version": VERSION,
                    "heart-beat": self._offer.header(),
                    "session": self.session_id,
                    "server": self._server_name,
                },
            )
        )
        self._start_heart_beats(intervals, now)
        self.state = SessionState.OPEN
        self._events.append(PeerConnected(frame, self.operator, host, intervals))

    def _on_send(self, frame: Frame) -> None:
        destination = require(frame, "destination", Section.SEND)
        refusal = self._policy.send_refusal(self.operator, destination)
        if refusal is not None:
            raise fault(frame, "destination refused", Section.SEND, refusal)
        receipt_id = self._expect_confirm(frame)
        self._events.append(SendReceived(frame, destination, receipt_id))

    def _on_subscribe(self, frame: Frame) -> None:
        destination = require(frame, "destination", Section.SUBSCRIBE)
        subscription_id = require(frame, "id", Section.SUBSCRIBE_ID)
        ack_mode = frame.get("ack", "auto") or ""
        if ack_mode not in ACK_MODES:
            raise fault(
                frame,
                f"unknown ack mode {ack_mode[:40]!r}",
                Section.SUBSCRIBE_ACK,
                f"Use one of {', '.join(ACK_MODES)}",
            )
        refusal = self._policy.subscribe_refusal(self.operator, destination)
        if refusal is not None:
            raise fault(frame, "subscription refused", Section.SUBSCRIBE, refusal)
        if self._deliveries.get(subscription_id) is not None:
            raise fault(
                frame,
                f"subscription id {subscription_id[:40]!r} is in use",
                Section.SUBSCRIBE_ID,
                "Give each subscription of a connection its own id",
            )
        if len(self._deliveries) >= self._max_subscriptions:
            raise fault(
                frame,
                f"more than {self._max_subscriptions} subscriptions in one connection",
                Section.SIZE_LIMITS,
                "Unsubscribe first",
            )
        self._deliveries.add(Subscription(subscription_id, destination, ack_mode))
        self._events.append(Subscribed(subscription_id, destination, ack_mode))
        self._receipt_now(frame)

    def _on_unsubscribe(self, frame: Frame) -> None:
        subscription_id = require(frame, "id", Section.UNSUBSCRIBE)
        ended = self._deliveries.remove(subscription_id)
        if ended is None:
            raise fault(
                frame,
                f"there is no subscription {subscription_id[:40]!r}",
                Section.UNSUBSCRIBE,
                "Use the id of an earlier SUBSCRIBE",
            )
        self._events.append(
            Unsubscribed(subscription_id, ended.destination, tuple(ended.open.values()))
        )
        self._receipt_now(frame)

    def _on_settle(self, frame: Frame) -> None:
        section = Section[frame.command]
        ack_id = require(frame, "id", section)
        settled = self._deliveries.settle(ack_id)
        if settled is None:
            raise fault(
                frame,
                f"{frame.command} of {ack_id[:60]!r}, which is not waiting for one",
                section,
                "Use the ack header of a MESSAGE of this connection, once, while subscribed",
            )
        subscription, tokens = settled
        kind = Acked if frame.command == "ACK" else Nacked
        self._events.append(kind(subscription.id, tokens, self._expect_confirm(frame)))

    def _on_disconnect(self, frame: Frame) -> None:
        receipt_id = self._expect_confirm(frame)
        if receipt_id is None:
            self._close(True, "the peer disconnected")
            return
        self.state = SessionState.DISCONNECTING
        self._leaving = receipt_id
        self._events.append(DisconnectRequested(receipt_id))

    # --- receipts and errors -----------------------------------------------------------------

    def _expect_confirm(self, frame: Frame) -> str | None:
        receipt_id = frame.get("receipt")
        if receipt_id is not None:
            self._unconfirmed[receipt_id] += 1
        return receipt_id

    def _take_unconfirmed(self, receipt_id: str) -> None:
        if receipt_id not in self._unconfirmed:
            raise SessionStateError(f"no frame waits for the receipt {receipt_id!r}")
        self._unconfirmed[receipt_id] -= 1
        if not self._unconfirmed[receipt_id]:
            del self._unconfirmed[receipt_id]

    def _receipt_now(self, frame: Frame) -> None:
        receipt_id = frame.get("receipt")
        if receipt_id is not None:
            self._write(Frame("RECEIPT", {"receipt-id": receipt_id}))

    def _on_fault(self, fault: StompProtocolError, offending: Frame | None) -> None:
        self._send_error(fault.reason, str(fault).removesuffix(".") + ".", fault, offending)

    def _on_connect_timeout(self) -> None:
        self._events.append(PeerDead(self._connect_timeout, "CONNECT"))
        cause = StompProtocolError(
            f"no CONNECT within {self._connect_timeout:g} s",
            Section.CONNECTING,
            remedy="Send CONNECT as soon as the connection is open",
        )
        self._on_fault(cause, None)

    def _send_error(
        self, message: str, text: str, cause: StompProtocolError, offending: Frame | None
    ) -> None:
        headers = {"message": message, "content-type": "text/plain;charset=utf-8"}
        if cause.section is Section.NEGOTIATION:
            headers["version"] = VERSION
        receipt_id = cause.receipt or (offending.get("receipt") if offending else None)
        if receipt_id is not None:
            headers["receipt-id"] = receipt_id
        error = Frame("ERROR", headers, text.encode("utf-8", "replace"))
        self._write(error)
        self._events.append(ErrorSent(error, cause, offending))
        self._close(False, message)

    def _emit_peer_dead(self, event: PeerDead) -> None:
        self._events.append(event)

    def _emit_closed(self, clean: bool, reason: str) -> None:
        self._events.append(Closed(clean, reason, unacked=self._deliveries.open_tokens()))

    def _why_not_deliverable(self, subscription: Subscription | None) -> str:
        if self.state is not SessionState.OPEN:
            return f"the session is {self.state.value}"
        if subscription is None:
            return "there is no such subscription"
        return f"{len(subscription.open)} messages wait for an ACK already"
