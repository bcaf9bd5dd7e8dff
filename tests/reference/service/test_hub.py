"""Who is connected is sent what is theirs, and nothing else."""

from collections.abc import Iterable
from uuid import uuid4

from net119_protocol.api.common import PresenceFrame
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Presence, SenderRole
from net119_reference.service.hub import Hub, Subscriber

from tests.reference.service.support import START, Tape

CALL, OTHER = uuid4(), uuid4()


def line(seq: int) -> ChatLine:
    return ChatLine(seq=seq, client_id=f"c{seq}", sender=SenderRole.CALLER, at=START, text="x")


def frame(center: str = "") -> PresenceFrame:
    return PresenceFrame(call_id=CALL, presence=Presence.GONE, since=START)


def read(subscriber: Subscriber, lines: Iterable[ChatLine]) -> None:
    """Earlier lines were read, and are sent; then what was held back meanwhile."""
    late: Iterable[ChatLine] | None = lines
    while late:
        for each in late:
            subscriber.earlier(CALL, each)
        late = subscriber.caught_up(CALL)
    assert late is not None


def test_who_follows_a_call_is_shown_what_is_at_hand_and_then_what_comes() -> None:
    tape = Tape()
    subscriber = Subscriber(tape)
    subscriber.follow(CALL, 1, [line(1), line(2)])
    assert not subscriber.waits_for_earlier(CALL)
    subscriber.line(CALL, line(3))
    assert tape.seqs(CALL) == [2, 3]


def test_who_follows_a_call_whose_lines_have_to_be_read_waits_for_them() -> None:
    tape = Tape()
    subscriber = Subscriber(tape)
    subscriber.follow(CALL, 0, None)
    assert subscriber.waits_for_earlier(CALL)
    assert not subscriber.waits_for_earlier(OTHER)
    subscriber.line(CALL, line(2))
    assert tape.seqs(CALL) == []
    read(subscriber, [line(1)])
    assert tape.seqs(CALL) == [1, 2]
    assert not subscriber.waits_for_earlier(CALL)


def test_what_a_client_has_is_not_sent_to_it_again() -> None:
    """I3, I4: also where the call is shown to it once more from the start."""
    tape = Tape()
    subscriber = Subscriber(tape)
    subscriber.has(CALL, 2)
    subscriber.catching_up(CALL, 0)
    read(subscriber, [line(1), line(2), line(3)])
    assert tape.seqs(CALL) == [3]
    subscriber.has(CALL, 0)
    subscriber.line(CALL, line(3))
    assert tape.seqs(CALL) == [3]


def test_a_handset_is_gone_with_its_last_connection() -> None:
    hub, one, two = Hub(), Subscriber(Tape()), Subscriber(Tape())
    assert not hub.has_handset(CALL)
    hub.add_handset(CALL, one)
    hub.add_handset(CALL, two)
    assert hub.has_handset(CALL)
    assert not hub.has_handset(OTHER)
    assert not hub.remove_handset(CALL, one)
    assert hub.has_handset(CALL)
    assert hub.remove_handset(CALL, two)
    assert not hub.has_handset(CALL)


def test_a_handset_is_sent_what_concerns_its_own_call() -> None:
    hub, mine, others = Hub(), Tape(), Tape()
    hub.add_handset(CALL, Subscriber(mine))
    hub.add_handset(OTHER, Subscriber(others))
    hub.to_handsets(CALL, frame())
    hub.line(CALL, (), line(1))
    assert mine.frames[0] == frame()
    assert (mine.seqs(CALL), others.frames) == ([1], [])


def test_a_console_is_sent_what_concerns_its_own_center() -> None:
    hub, tapes = Hub(), {name: Tape() for name in ("chita", "aso")}
    for name, tape in tapes.items():
        hub.add_console(name, Subscriber(tape, f"dispatcher of {name}"))
    asked: list[str] = []

    def frame_for(center: str) -> PresenceFrame:
        asked.append(center)
        return frame()

    hub.to_consoles(("chitose", "chita"), frame_for)
    hub.line(CALL, ("chitose", "chita"), line(1))
    assert asked == ["chita"], "nothing is made for a center where nobody is"
    assert tapes["chita"].frames[0] == frame()
    assert tapes["chita"].seqs(CALL) == [1]
    assert tapes["aso"].frames == []


def test_somebody_is_at_a_center_as_long_as_a_console_is_connected() -> None:
    hub = Hub()
    one, two = (Subscriber(Tape(), name) for name in ("一番", "二番"))
    assert not hub.has_console("chita")
    assert hub.at_consoles("chita") == frozenset()
    hub.add_console("chita", one)
    hub.add_console("chita", two)
    assert hub.at_consoles("chita") == {"一番", "二番"}
    assert not hub.has_console("aso")
    hub.remove_console("chita", one)
    assert hub.at_consoles("chita") == {"二番"}
    hub.remove_console("chita", two)
    assert not hub.has_console("chita")


def test_consoles_that_are_shown_a_call_from_the_start_get_its_lines_in_order() -> None:
    hub, tapes = Hub(), {name: Tape() for name in ("chita", "aso")}
    for name, tape in tapes.items():
        hub.add_console(name, Subscriber(tape))
    found = hub.catching_up(CALL, ("chita",))
    hub.line(CALL, ("chita", "aso"), line(2))
    assert (tapes["chita"].seqs(CALL), tapes["aso"].seqs(CALL)) == ([], [2])
    (subscriber,) = found
    read(subscriber, [line(1)])
    assert tapes["chita"].seqs(CALL) == [1, 2]


def test_a_console_that_is_catching_up_already_is_not_read_for_twice() -> None:
    """I3: of two that read for it, one would take for shown what the other has still to show."""
    hub, tape = Hub(), Tape()
    console = Subscriber(tape)
    hub.add_console("chita", console)
    console.follow(CALL, 0, None)
    assert hub.catching_up(CALL, ("chita",)) == []
    hub.line(CALL, ("chita",), line(2))
    assert tape.seqs(CALL) == []
    read(console, [line(1)])
    assert tape.seqs(CALL) == [1, 2]
    assert hub.catching_up(CALL, ("chita",)) == [console]
