"""What sessions report. Client and server share the last three."""

from collections.abc import Hashable
from dataclasses import dataclass

from .errors import StompProtocolError
from .frame import Frame
from .heartbeat import HeartBeatIntervals


@dataclass(frozen=True, slots=True)
class Connected:
    """The server accepted the client. ``frame`` is the CONNECTED frame."""

    frame: Frame
    heart_beat: HeartBeatIntervals


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A MESSAGE arrived at the client.

    ``ack_id`` is what ``ack`` and ``nack`` take; None in mode ``auto``. ``late`` tells that it
    was under way when its subscription was ended: the server has taken it back, do not ack it.
    """

    frame: Frame
    subscription: str
    destination: str
    message_id: str
    ack_id: str | None
    late: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptReceived:
    """The server has processed the frame that asked for this receipt.

    ``expected`` is False where no frame that is still waiting asked for it.
    """

    receipt_id: str
    expected: bool = True


@dataclass(frozen=True, slots=True)
class ErrorReceived:
    """The server sent an ERROR; ``Closed`` follows. ``receipt_id`` names our frame, if it does."""

    frame: Frame
    receipt_id: str | None


@dataclass(frozen=True, slots=True)
class PeerConnected:
    """The server accepted a client. ``frame`` is its CONNECT or STOMP frame."""

    frame: Frame
    operator: str
    host: str
    heart_beat: HeartBeatIntervals


@dataclass(frozen=True, slots=True)
class SendReceived:
    """A SEND to a permitted destination: store it, then call ``confirm`` or ``refuse``."""

    frame: Frame
    destination: str
    receipt_id: str | None


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The client subscribed; from now on ``deliver`` accepts this subscription."""

    subscription: str
    destination: str
    ack_mode: str


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """The subscription ended; ``unacked`` are tokens to deliver again, oldest first."""

    subscription: str
    destination: str
    unacked: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Acked:
    """The client consumed these messages: remove them, then call ``confirm(receipt_id)``."""

    subscription: str
    tokens: tuple[Hashable, ...]
    receipt_id: str | None


@dataclass(frozen=True, slots=True)
class Nacked:
    """The client did not consume these: put them back, then call ``confirm(receipt_id)``."""

    subscription: str
    tokens: tuple[Hashable, ...]
    receipt_id: str | None


@dataclass(frozen=True, slots=True)
class DisconnectRequested:
    """The client asked to leave and waits for a receipt.

    Call ``confirm(receipt_id)`` once everything received before is stored; that sends the
    RECEIPT and closes the session.
    """

    receipt_id: str


@dataclass(frozen=True, slots=True)
class ErrorSent:
    """The server refused something with an ERROR; ``Closed`` follows.

    ``frame`` is the ERROR, ``cause`` the fault of the offending frame or stream, ``offending``
    that frame where it was well-formed.
    """

    frame: Frame
    cause: StompProtocolError
    offending: Frame | None


@dataclass(frozen=True, slots=True)
class ProtocolFailed:
    """The server broke the protocol; a client has no frame to say so. ``Closed`` follows."""

    cause: StompProtocolError
    offending: Frame | None


@dataclass(frozen=True, slots=True)
class PeerDead:
    """Nothing arrived for ``silent_for`` seconds although it should have; ``Closed`` follows."""

    silent_for: float
    waiting_for: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The session is over: write what ``data_to_send`` still holds, then close the connection.

    Comes exactly once. ``clean`` is True after DISCONNECT only. ``unacked`` (server) are the
    tokens of all deliveries not acknowledged, to deliver again, oldest first within each
    subscription; ``unconfirmed`` (client) the receipt ids that never came: those frames may or
    may not have been processed, so send them again with the same message id.
    """

    clean: bool
    reason: str
    unacked: tuple[Hashable, ...] = ()
    unconfirmed: tuple[str, ...] = ()


ClientEvent = (
    Connected
    | MessageReceived
    | ReceiptReceived
    | ErrorReceived
    | ProtocolFailed
    | PeerDead
    | Closed
)
ServerEvent = (
    PeerConnected
    | SendReceived
    | Subscribed
    | Unsubscribed
    | Acked
    | Nacked
    | DisconnectRequested
    | ErrorSent
    | PeerDead
    | Closed
)
