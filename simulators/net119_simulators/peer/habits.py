"""Bad habits of a peer's STOMP implementation: what it makes of octets, and what it loses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from net119_protocol.stomp import Frame, FrameParser, HeartBeat, Limits

Spoil = Callable[[bytes], Sequence[bytes]]
"""Takes the octets of whole frames; gives the pieces that are written in their place, in order."""

PIECE = 41
"""Octets of a piece; odd, so that characters of two and more octets are cut, too."""
EVERYTHING = 1_000_000
"""So many SENDs to throw away that none is left over."""
_END_OF_HEAD = b"\n\n"


@dataclass
class Habits:
    """What a peer does wrong below the messages; the defaults are a good peer's.

    ``client`` spoils what its client writes, ``endpoint`` what its endpoint writes.  ``lose`` is
    the number of the SUT's next SENDs that its endpoint throws away without a word.
    """

    client: Spoil | None = None
    endpoint: Spoil | None = None
    lose: int = 0

    def lay_off(self) -> None:
        """Be good again."""
        self.client = self.endpoint = None
        self.lose = 0


def in_pieces(octets: bytes) -> Sequence[bytes]:
    """Frames arrive a few octets at a time; TCP allows it, so it is to be read."""
    return [octets[start : start + PIECE] for start in range(0, len(octets), PIECE)]


def beats_before(octets: bytes) -> Sequence[bytes]:
    """Heart-beats stand directly before each frame; STOMP 1.2 allows it, so it is to be read."""
    return _rewritten(octets, lambda frame: b"\n\r\n\n" + frame.encode())


def carriage_returns(octets: bytes) -> Sequence[bytes]:
    """Lines of the head end in CR LF; STOMP 1.2 allows it, so it is to be read."""

    def write(frame: Frame) -> bytes:
        head, rest = _parts(frame)
        return head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + rest

    return _rewritten(octets, write)


def no_blank_line(octets: bytes) -> Sequence[bytes]:
    """A frame without a body lacks the blank line after its head; that is no frame."""

    def write(frame: Frame) -> bytes:
        return frame.encode() if frame.body else _parts(frame)[0] + b"\n\0"

    return _rewritten(octets, write)


def unknown_escape(octets: bytes) -> Sequence[bytes]:
    r"""A header holds the escape ``\t``, which STOMP 1.2 calls a fatal error."""

    def write(frame: Frame) -> bytes:
        if frame.command in ("CONNECT", "CONNECTED"):
            return frame.encode()
        head, rest = _parts(frame)
        return head + b"\nnote:a\\tb\n\n" + rest

    return _rewritten(octets, write)


def short_length(octets: bytes) -> Sequence[bytes]:
    """``content-length`` is less than the body, so that no NUL stands where the body ends."""

    def write(frame: Frame) -> bytes:
        octets = frame.encode()
        told = b"content-length:%d" % len(frame.body)
        return octets.replace(told, b"content-length:%d" % max(len(frame.body) - 2, 0))

    return _rewritten(octets, write)


def _parts(frame: Frame) -> tuple[bytes, bytes]:
    """The head without its blank line, and what follows that."""
    head, _, rest = frame.encode().partition(_END_OF_HEAD)
    return head, rest


def _rewritten(octets: bytes, write: Callable[[Frame], bytes]) -> Sequence[bytes]:
    """Each frame as ``write`` has it; heart-beats stay."""
    parser = FrameParser(Limits(max_body=1024 * 1024))
    parser.receive_data(octets)
    return [
        b"\n" * item.count if isinstance(item, HeartBeat) else write(item)
        for item in parser.events()
    ]
