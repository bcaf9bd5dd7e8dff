"""One connection of a client that goes over a crossing: what passed on it, and how far it got."""

import time
from collections.abc import Callable
from enum import Enum, auto

from net119_protocol.stomp import Frame, FrameParser, HeartBeatOffer, Limits, StompProtocolError

TIME_TO_ASK_S = 5.0
"""Who is connected for so long has had the time to send CONNECT, the first thing that there is to
do; an endpoint that closes sooner did not wait for it."""
_MOST_OF_A_FRAME = 4 * 1024 * 1024
_VERSION = "1.2"


class Reached(Enum):
    """How far a connection of the client got."""

    NOWHERE = auto()
    """The server's endpoint did not take it."""
    TURNED_AWAY = auto()
    """The endpoint ended it without a word, and may be right: no CONNECT had come in the short
    time, or one that it need not take."""
    CLOSED = auto()
    """The endpoint ended it without an answer to a CONNECT with which nothing is wrong."""
    SAID_NOTHING = auto()
    """The client sent no CONNECT, though it had the time."""
    UNANSWERED = auto()
    """The endpoint has not answered the CONNECT, or the client did not wait for it."""
    REFUSED = auto()
    """The endpoint said ERROR."""
    NOT_SUBSCRIBED = auto()
    """The client has a session, and reads no queue."""
    SESSION = auto()
    """All that is needed."""


class Attempt:
    """What is known of one connection, by what passes on it.

    ``host``: the operator code of the endpoint's owner, which a CONNECT has to name. ``record`` is
    told of each frame, and ``broken`` of what is no frame, with whether the client sent it;
    ``clock`` tells seconds.
    """

    def __init__(
        self,
        host: str,
        record: Callable[[Frame, bool], None],
        broken: Callable[[str, bool], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host = host
        self._record = record
        self._broken = broken
        self._clock = clock
        self._parsers = {
            by_client: FrameParser(Limits(max_body=_MOST_OF_A_FRAME)) for by_client in (True, False)
        }
        self._since: float | None = None
        self._stood_s = 0.0
        self._ended_by_server = False
        self._asked = False
        self._in_order = False
        self._begun = False
        self.over = False
        self.subscribed = False
        self.said_error = ""
        self.whole = False
        """Whether one side ended it; else it was cut here."""

    @property
    def ready(self) -> bool:
        """Whether there is a session, and the client has subscribed."""
        return self._begun and self.subscribed

    @property
    def reached(self) -> Reached:
        """How far it got."""
        if self._since is None:
            return Reached.NOWHERE
        if self.said_error:
            return Reached.REFUSED
        if not self._asked:
            hurried = self._ended_by_server and self._stood_s < TIME_TO_ASK_S
            return Reached.TURNED_AWAY if hurried else Reached.SAID_NOTHING
        if self._begun:
            return Reached.SESSION if self.subscribed else Reached.NOT_SUBSCRIBED
        if self._ended_by_server:
            return Reached.CLOSED if self._in_order else Reached.TURNED_AWAY
        return Reached.UNANSWERED

    def taken(self) -> None:
        """The server's endpoint has taken it."""
        self._since = self._clock()

    def ended(self, *, by_server: bool) -> None:
        """One side has ended it."""
        self.whole = True
        self._ended_by_server = by_server
        if self._since is not None:
            self._stood_s = self._clock() - self._since

    def from_client(self, octets: bytes) -> None:
        """The client wrote this."""
        self._read(octets, by_client=True)

    def from_server(self, octets: bytes) -> None:
        """The endpoint wrote this."""
        self._read(octets, by_client=False)

    def _read(self, octets: bytes, *, by_client: bool) -> None:
        parser = self._parsers[by_client]
        broken = parser.error is not None
        parser.receive_data(octets)
        for item in parser.events():
            if isinstance(item, Frame):
                self._record(item, by_client)
                self._look(item)
        if parser.error is not None and not broken:
            self._broken(str(parser.error), by_client)

    def _look(self, frame: Frame) -> None:
        if frame.command in ("CONNECT", "STOMP"):
            self._asked = True
            self._in_order = _in_order(frame, self._host)
        elif frame.command == "CONNECTED":
            self._begun = True
        elif frame.command == "SUBSCRIBE":
            self.subscribed = True
        elif frame.command == "ERROR":
            self.said_error = f"ERROR: {frame.get('message') or frame.body[:200]!r}"


def _in_order(connect: Frame, host: str) -> bool:
    """Whether nothing is wrong with a CONNECT (STOMP 1.2, and the interconnection's profile)."""
    try:
        HeartBeatOffer.parse(connect.get("heart-beat"))
    except StompProtocolError:
        return False
    versions = (connect.get("accept-version") or "").split(",")
    return _VERSION in versions and connect.get("host") == host
