"""A STOMP 1.2 frame and its encoding (sections STOMP Frames, Value Encoding, Body)."""

import re
from dataclasses import dataclass, field

from .errors import FrameEncodeError

CLIENT_COMMANDS = frozenset(
    {
        "CONNECT",
        "STOMP",
        "SEND",
        "SUBSCRIBE",
        "UNSUBSCRIBE",
        "ACK",
        "NACK",
        "BEGIN",
        "COMMIT",
        "ABORT",
        "DISCONNECT",
    }
)
SERVER_COMMANDS = frozenset({"CONNECTED", "MESSAGE", "RECEIPT", "ERROR"})
COMMANDS = CLIENT_COMMANDS | SERVER_COMMANDS
BODY_COMMANDS = frozenset({"SEND", "MESSAGE", "ERROR"})
# STOMP itself only ever came with 1.1, but "in the same manner as CONNECT" covers its encoding.
UNESCAPED_COMMANDS = frozenset({"CONNECT", "STOMP", "CONNECTED"})

# Headers that belong to one hop. All others of a SEND travel on with the MESSAGE.
HOP_HEADERS = frozenset(
    {
        "destination",
        "content-length",
        "receipt",
        "transaction",
        "id",
        "ack",
        "message-id",
        "subscription",
    }
)

_ESCAPES = str.maketrans({"\\": r"\\", "\r": r"\r", "\n": r"\n", ":": r"\c"})
_SPECIAL = re.compile(r"[\\\r\n:\0]")


@dataclass(slots=True)
class Frame:
    """One frame.

    ``headers`` holds the first entry of every header name, which is the one that counts;
    ``history`` the later entries of repeated names, in order of arrival (section Repeated
    Header Entries). ``deviations`` lists what the parser tolerated although the specification
    says otherwise; it takes no part in comparison.
    """

    command: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    history: tuple[tuple[str, str], ...] = ()
    deviations: tuple[str, ...] = field(default=(), compare=False)

    def get(self, name: str, default: str | None = None) -> str | None:
        """The value of header ``name`` (its first entry), or ``default``."""
        return self.headers.get(name, default)

    def entries(self, name: str) -> tuple[str, ...]:
        """All values of header ``name`` in order; the first one is the one that counts."""
        first = (self.headers[name],) if name in self.headers else ()
        return first + tuple(value for key, value in self.history if key == name)

    def encode(self) -> bytes:
        """The octets of this frame.

        Lines end in LF. ``content-length`` is added where there is a body and the header is
        not set; a header that is set must tell the truth. Raises FrameEncodeError where the
        frame breaks STOMP 1.2: unknown command, body on a frame that takes none, empty header
        name, NUL in a header, text that is not valid Unicode, and, in CONNECT, STOMP and
        CONNECTED, which have no escapes, characters that would be read as something else.
        """
        command, body = self.command, self.body
        if command not in COMMANDS:
            raise FrameEncodeError(f"unknown command {command[:40]!r}; STOMP 1.2 defines {_ALL}")
        if body and command not in BODY_COMMANDS:
            raise FrameEncodeError(f"{command} must not have a body (only SEND, MESSAGE, ERROR)")
        declared = self.headers.get("content-length")
        if declared is not None:
            digits = declared.isascii() and declared.isdigit()
            if not digits or int(declared) != len(body):
                raise FrameEncodeError(
                    f"content-length is {declared[:40]!r} but the body has {len(body)} octets; "
                    "leave the header out and it will be set"
                )
        escape = _check_unescaped if command in UNESCAPED_COMMANDS else _escape
        lines = [command]
        for name, value in self.headers.items():
            if not name:
                raise FrameEncodeError(f"{command}: a header name is empty")
            lines.append(f"{escape(name, True)}:{escape(value, False)}")
        for name, value in self.history:
            if name not in self.headers:
                raise FrameEncodeError(f"{command}: {name!r} is in history but not in headers")
            lines.append(f"{escape(name, True)}:{escape(value, False)}")
        if body and declared is None:
            lines.append(f"content-length:{len(body)}")
        lines.append("\n")
        try:
            head = "\n".join(lines).encode()
        except UnicodeEncodeError as exc:
            raise FrameEncodeError(
                f"{command}: a header holds U+{ord(exc.object[exc.start]):04X}, half of a "
                "surrogate pair, which UTF-8 cannot carry"
            ) from None
        return b"%b%b\0" % (head, body)


_ALL = ", ".join(sorted(COMMANDS))


def _escape(text: str, is_name: bool) -> str:
    if not _SPECIAL.search(text):
        return text
    # The grammar does not forbid NUL here, but it ends the frame for many receivers.
    if "\0" in text:
        raise FrameEncodeError(f"NUL in header {_kind(is_name)} {text[:40]!r}")
    return text.translate(_ESCAPES)


def _check_unescaped(text: str, is_name: bool) -> str:
    if "\n" in text or "\0" in text or text.endswith("\r") or (is_name and ":" in text):
        raise FrameEncodeError(
            f"header {_kind(is_name)} {text[:40]!r} cannot be written in CONNECT, STOMP or "
            "CONNECTED: these frames have no escapes"
        )
    return text


def _kind(is_name: bool) -> str:
    return "name" if is_name else "value"


@dataclass(frozen=True, slots=True)
class HeartBeat:
    """A run of ``count`` end-of-lines between frames: heart-beats, or padding after a frame.

    The two cannot be told apart on the wire (sections Heart-beating, Augmented BNF); both show
    that the other side is alive.
    """

    count: int


def user_headers(frame: Frame) -> dict[str, str]:
    """The headers of a SEND that travel on with its MESSAGE (section SEND): all but HOP_HEADERS.

    ``content-type`` is among them.
    """
    return {name: value for name, value in frame.headers.items() if name not in HOP_HEADERS}
