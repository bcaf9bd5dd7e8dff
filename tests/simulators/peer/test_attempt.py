"""How far a connection got is told by what passed on it, and by how long it stood."""

from functools import partial

import pytest
from net119_protocol.stomp import Frame
from net119_simulators.peer.attempt import TIME_TO_ASK_S, Attempt, Reached

AT_ONCE, LATER = 0.1, TIME_TO_ASK_S + 0.1
CONNECT = b"CONNECT\naccept-version:1.1,1.2\nhost:midori\nheart-beat:10000,10000\n\n\0"
CONNECTED = b"CONNECTED\nversion:1.2\n\n\0"
SUBSCRIBE = b"SUBSCRIBE\nid:1\ndestination:/queue/a\n\n\0"


class Played:
    """An attempt, with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.frames: list[tuple[str, bool]] = []
        self.no_frames: list[bool] = []
        self.attempt = Attempt("midori", self._record, self._broken, lambda: self.now)

    def _record(self, frame: Frame, by_client: bool) -> None:
        self.frames.append((frame.command, by_client))

    def _broken(self, why: str, by_client: bool) -> None:
        assert why
        self.no_frames.append(by_client)

    def closed(self, octets: bytes, after: float, *, by_server: bool = True) -> Reached:
        """How far it got where one side closed it without a word, after the client wrote this."""
        self.attempt.taken()
        self.attempt.from_client(octets)
        self.now += after
        self.attempt.ended(by_server=by_server)
        return self.attempt.reached


@pytest.mark.parametrize(
    ("octets", "after", "reached"),
    [
        # Endpoints may close, without a word too, where no CONNECT comes in time.
        (b"", LATER, Reached.SAID_NOTHING),
        (b"", AT_ONCE, Reached.TURNED_AWAY),
        (CONNECT[:-1], LATER, Reached.SAID_NOTHING),
        (CONNECT, AT_ONCE, Reached.CLOSED),
        (CONNECT, LATER, Reached.CLOSED),
        (CONNECT.replace(b"CONNECT", b"STOMP"), AT_ONCE, Reached.CLOSED),
        (CONNECT.replace(b"heart-beat:10000,10000\n", b""), AT_ONCE, Reached.CLOSED),
        # ERROR comes before the end, or should: a CONNECT with a fault need not be taken.
        (CONNECT.replace(b"midori", b"akane"), AT_ONCE, Reached.TURNED_AWAY),
        (CONNECT.replace(b"host:midori\n", b""), AT_ONCE, Reached.TURNED_AWAY),
        (CONNECT.replace(b"1.1,1.2", b"1.1"), AT_ONCE, Reached.TURNED_AWAY),
        (CONNECT.replace(b"accept-version:1.1,1.2\n", b""), AT_ONCE, Reached.TURNED_AWAY),
        (CONNECT.replace(b"10000,10000", b"soon"), AT_ONCE, Reached.TURNED_AWAY),
        ("髙𠮷①\n\n".encode() + b"\xff\0", AT_ONCE, Reached.TURNED_AWAY),
    ],
)
def test_an_endpoint_that_closes_without_a_word(
    octets: bytes, after: float, reached: Reached
) -> None:
    assert Played().closed(octets, after) is reached


def test_a_client_that_goes_by_itself_was_not_closed() -> None:
    assert Played().closed(b"", AT_ONCE, by_server=False) is Reached.SAID_NOTHING
    assert Played().closed(CONNECT, AT_ONCE, by_server=False) is Reached.UNANSWERED


def test_each_step_on_the_way_is_told() -> None:
    played = Played()
    attempt = played.attempt
    told = [attempt.reached]
    for step in (
        attempt.taken,
        partial(attempt.from_client, CONNECT),
        partial(attempt.from_server, CONNECTED),
        partial(attempt.from_client, SUBSCRIBE),
        partial(attempt.from_server, b"ERROR\nmessage:no\n\n\0"),
    ):
        step()
        told.append(attempt.reached)
        assert attempt.ready is (attempt.reached in (Reached.SESSION, Reached.REFUSED))
    assert told == [
        Reached.NOWHERE,
        Reached.SAID_NOTHING,
        Reached.UNANSWERED,
        Reached.NOT_SUBSCRIBED,
        Reached.SESSION,
        Reached.REFUSED,
    ]
    assert played.frames == [
        ("CONNECT", True),
        ("CONNECTED", False),
        ("SUBSCRIBE", True),
        ("ERROR", False),
    ]


def test_what_is_no_frame_is_told_once_with_its_sender() -> None:
    played = Played()
    for _ in range(2):
        played.attempt.from_client(b"NONSENSE\n\n\0")
    assert played.no_frames == [True]
