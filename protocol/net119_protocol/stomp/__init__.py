"""STOMP 1.2: frame codec, heart-beats, and client and server sessions, all sans-I/O."""

from .client import AckMode, ClientSession
from .errors import FrameEncodeError, Section, SessionStateError, StompError, StompProtocolError
from .events import (
    Acked,
    ClientEvent,
    Closed,
    Connected,
    DisconnectRequested,
    ErrorReceived,
    ErrorSent,
    MessageReceived,
    Nacked,
    PeerConnected,
    PeerDead,
    ProtocolFailed,
    ReceiptReceived,
    SendReceived,
    ServerEvent,
    Subscribed,
    Unsubscribed,
)
from .frame import CLIENT_COMMANDS, COMMANDS, SERVER_COMMANDS, Frame, HeartBeat, user_headers
from .head import Limits
from .heartbeat import HeartBeatIntervals, HeartBeatMonitor, HeartBeatOffer, negotiate
from .parser import FrameParser
from .policy import DestinationPolicy, OwnQueues, queues_of
from .server import ServerSession
from .session import Observer, SessionState

__all__ = [
    "CLIENT_COMMANDS",
    "COMMANDS",
    "SERVER_COMMANDS",
    "AckMode",
    "Acked",
    "ClientEvent",
    "ClientSession",
    "Closed",
    "Connected",
    "DestinationPolicy",
    "DisconnectRequested",
    "ErrorReceived",
    "ErrorSent",
    "Frame",
    "FrameEncodeError",
    "FrameParser",
    "HeartBeat",
    "HeartBeatIntervals",
    "HeartBeatMonitor",
    "HeartBeatOffer",
    "Limits",
    "MessageReceived",
    "Nacked",
    "Observer",
    "OwnQueues",
    "PeerConnected",
    "PeerDead",
    "ProtocolFailed",
    "ReceiptReceived",
    "Section",
    "SendReceived",
    "ServerEvent",
    "ServerSession",
    "SessionState",
    "SessionStateError",
    "StompError",
    "StompProtocolError",
    "Subscribed",
    "Unsubscribed",
    "negotiate",
    "queues_of",
    "user_headers",
]
