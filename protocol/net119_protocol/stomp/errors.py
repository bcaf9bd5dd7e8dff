"""What can go wrong in STOMP.

::

    StompError
    ├── StompProtocolError   the other side broke a rule; fatal for the connection
    ├── FrameEncodeError     our own caller asked for a frame that cannot be written
    └── SessionStateError    our own caller used a session at the wrong moment
"""

from enum import StrEnum


class Section(StrEnum):
    """Titles of the sections of the STOMP 1.2 specification, as cited in errors."""

    FRAMES = "STOMP Frames"
    VALUE_ENCODING = "Value Encoding"
    BODY = "Body"
    CONTENT_LENGTH = "Header content-length"
    REPEATED_HEADERS = "Repeated Header Entries"
    SIZE_LIMITS = "Size Limits"
    CONNECTING = "Connecting"
    CONNECT = "CONNECT or STOMP Frame"
    CONNECTED = "CONNECTED Frame"
    NEGOTIATION = "Protocol Negotiation"
    HEART_BEATING = "Heart-beating"
    CLIENT_FRAMES = "Client Frames"
    SEND = "SEND"
    SUBSCRIBE = "SUBSCRIBE"
    SUBSCRIBE_ID = "SUBSCRIBE id Header"
    SUBSCRIBE_ACK = "SUBSCRIBE ack Header"
    UNSUBSCRIBE = "UNSUBSCRIBE"
    ACK = "ACK"
    NACK = "NACK"
    BEGIN = "BEGIN"
    COMMIT = "COMMIT"
    ABORT = "ABORT"
    DISCONNECT = "DISCONNECT"
    SERVER_FRAMES = "Server Frames"
    MESSAGE = "MESSAGE"
    RECEIPT = "RECEIPT"
    ERROR = "ERROR"
    BNF = "Augmented BNF"


class StompError(Exception):
    """Base of everything raised or recorded by this package."""


class StompProtocolError(StompError):
    """A rule of STOMP 1.2 (or one of our limits) was broken by the other side; always fatal.

    ``reason``   what was wrong, one line, no value longer than a few dozen characters
    ``section``  the section of the specification that states the rule
    ``offset``   octets from the start of the stream to the fault; -1 where it is not one octet
    ``remedy``   what the sender should do instead, one sentence
    ``command``  command of the offending frame, where it was already known
    ``receipt``  its ``receipt`` header, where it was already known (for ``receipt-id``)
    """

    def __init__(
        self,
        reason: str,
        section: Section,
        offset: int = -1,
        *,
        remedy: str = "",
        command: str | None = None,
        receipt: str | None = None,
    ) -> None:
        super().__init__(reason, section, offset)
        self.reason = reason
        self.section = section
        self.offset = offset
        self.remedy = remedy
        self.command = command
        self.receipt = receipt

    def __str__(self) -> str:
        place = f"STOMP 1.2, {self.section.value}"
        if self.offset >= 0:
            place += f"; octet {self.offset} of the stream"
        return f"{self.reason} ({place})" + (f". {self.remedy}" if self.remedy else "")


class FrameEncodeError(StompError, ValueError):
    """A frame cannot be written as STOMP 1.2; the text names the header or rule."""


class SessionStateError(StompError, RuntimeError):
    """A session method was called in a state that does not allow it; the text says which."""
