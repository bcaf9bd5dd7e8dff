"""Interface B, provider to provider: the published profile ``net119-interconnect/1``."""

from net119_protocol.interconnect.bodies import Body
from net119_protocol.interconnect.envelope import (
    MAX_BYTES,
    MINOR,
    PROFILE,
    Envelope,
    EnvelopeRefused,
    Via,
    compose,
    decode,
    encode,
)
from net119_protocol.interconnect.queues import (
    PORT,
    SENDER_HEADER,
    callee_queue,
    caller_queue,
    operator_of,
)
from net119_protocol.interconnect.types import BODY_OF, UNCOUNTED, MessageType

__all__ = [
    "BODY_OF",
    "MAX_BYTES",
    "MINOR",
    "PORT",
    "PROFILE",
    "SENDER_HEADER",
    "UNCOUNTED",
    "Body",
    "Envelope",
    "EnvelopeRefused",
    "MessageType",
    "Via",
    "callee_queue",
    "caller_queue",
    "compose",
    "decode",
    "encode",
    "operator_of",
]
