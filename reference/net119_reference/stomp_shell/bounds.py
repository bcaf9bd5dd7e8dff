"""Limits of the interconnect's shells, and what the timers mean to a session."""

from dataclasses import dataclass

from net119_protocol.interconnect import MAX_BYTES
from net119_protocol.stomp import HeartBeatOffer, Limits

from net119_reference.config import Timers

CONTENT_TYPE = "application/json;charset=utf-8"
TYPE_HEADER = "net119-type"
"""Header that repeats the message's type, for who reads the traffic; nobody decides by it."""

PERSISTENT = {"persistent": "true"}
"""Header of every SEND: without it general brokers (RabbitMQ, ActiveMQ) give the RECEIPT and lose
the message when they are restarted; endpoints of the profile store all messages anyway (I2)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one peer may use up; seconds and octets.

    ``hello_s``          from accepting a connection to CONNECT, and from connecting to being
                         subscribed; also for the TLS handshake alone
    ``window``           messages on their way to a subscription, without acknowledgement
    ``send_window``      messages on their way to an endpoint, without receipt
    ``inbox``            octets received and not yet processed, before reading pauses
    ``write_buffer``     octets written and not yet taken by the network, before writing pauses
    ``connections``      of one peer at the same time; twice as many sockets of one address are
                         accepted at all, so that the refusal can be told
    ``sockets``          of everybody together
    ``linger_s``         time to let the other side read an ERROR before the connection goes
    ``nack_pause_s``     before a message that was given back is delivered again; doubled each
                         time, up to 20 times that
    ``refusals``         after this many a message that an endpoint refuses by name is given up
    """

    hello_s: float = 10.0
    window: int = 100
    send_window: int = 32
    inbox: int = 1024 * 1024
    write_buffer: int = 256 * 1024
    connections: int = 8
    sockets: int = 512
    linger_s: float = 0.5
    nack_pause_s: float = 0.5
    refusals: int = 5


FRAME_LIMITS = Limits(max_body=2 * MAX_BYTES)
"""A message that is somewhat too long is refused by an ``error`` that names it; only one that is
far too long costs the connection."""


def heart_beat(timers: Timers) -> HeartBeatOffer:
    """What we offer and ask for."""
    every_ms = min(max(1, round(timers.heartbeat_s * 1000)), 10**9 - 1)
    return HeartBeatOffer(every_ms, every_ms)


def dead_after(timers: Timers) -> float:
    """Silence that T3 allows, in heart-beats."""
    return timers.t3_s / timers.heartbeat_s
