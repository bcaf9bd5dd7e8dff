"""Calls of drills for tests: chats on two screens, states, and hypothesis strategies of them."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from net119_protocol.codes import CallState, Kind, Mode, Presence, SenderRole
from net119_scenarios.drills.record import (
    Act,
    CallKept,
    DrillRecord,
    LineShown,
    Pause,
    PositionShown,
    Question,
    Screen,
    StateShown,
)

from tests.scenarios.drills.drills import a_record, both

CALLER, DISPATCHER = SenderRole.CALLER, SenderRole.DISPATCHER
BREATHING = Question(
    id="breathing",
    by="tomakomai",
    what=both("呼吸を確かめた", "asked about breathing"),
    words=("息", "呼吸"),
    told=("息はあります",),
    ask="息をしていますか。",
)


def line(seq: int, at_s: float, sender: SenderRole, text: str, **more: Any) -> LineShown:
    """A line; the dispatcher's bears the name of the person who plays it."""
    name = "佐藤" if sender is DISPATCHER else ""
    return LineShown(at_s=at_s, seq=seq, sender=sender, sender_name=name, text=text, **more)


def state(at_s: float, of: CallState, *, mine: bool = True, **more: Any) -> StateShown:
    """What a console shows."""
    given = {"presence": Presence.CONNECTED, "owner": "tomakomai"} | more
    return StateShown(at_s=at_s, state=of, mine=mine, **given)


COURSE = (
    state(2, CallState.RINGING),
    state(10, CallState.ANSWERED),
    state(200, CallState.CLOSED),
)
"""Rings at 2, is answered at 10 and closed at 200 seconds."""


def a_call(
    lines: Sequence[LineShown] = (),
    states: Sequence[StateShown] = COURSE,
    *,
    on_phone: Callable[[LineShown], LineShown | None] = lambda line: line,
    acts: Sequence[Act] = (),
    positions: Sequence[PositionShown] = (),
    name: str = "rider",
) -> CallKept:
    """A call on the console of Tomakomai and on the caller's phone.

    ``on_phone`` makes of each line what the phone has of it.
    """
    phone = [state(0, CallState.OPEN, presence=None)]
    phone += [each.model_copy(update={"presence": None, "mine": False}) for each in states]
    there = [shown for each in lines if (shown := on_phone(each)) is not None]
    return CallKept(
        name=name,
        id="2f1e4f0c-7d0e-4b3e-9b1e-0a5a5a5a5a5a",
        mode=Mode.DRILL,
        kind=Kind.AMBULANCE,
        caller="rider",
        caller_name="髙橋　𠮷子",
        screens=(
            Screen(
                of="tomakomai",
                side="console",
                center="tomakomai",
                lines=tuple(lines),
                states=tuple(states),
                positions=tuple(positions),
            ),
            Screen(of="rider", side="caller", lines=tuple(there), states=tuple(phone)),
        ),
        acts=tuple(acts),
    )


_TEXTS = st.sampled_from(
    [
        "119番です。どうしましたか。",
        "息をしていますか。",
        "救急車が向かっています。",
        "はい",
        "痛いです",
        "𠮷野家の前",
        "？",
    ]
)
_TIMES = st.integers(0, 300)


@st.composite
def courses(draw: st.DrawFn) -> tuple[StateShown, ...]:
    """States in order of time, as a console might show them, reopened calls too."""
    times = sorted(draw(st.lists(_TIMES, max_size=8)))
    return tuple(
        state(
            at,
            draw(st.sampled_from(list(CallState))),
            mine=draw(st.booleans()),
            presence=draw(st.sampled_from(list(Presence))),
        )
        for at in times
    )


@st.composite
def chats(draw: st.DrawFn) -> tuple[LineShown, ...]:
    """Lines 1, 2, 3, ... in order of time."""
    times = sorted(draw(st.lists(_TIMES, max_size=12)))
    return tuple(
        line(seq, at, draw(st.sampled_from([CALLER, DISPATCHER])), draw(_TEXTS))
        for seq, at in enumerate(times, 1)
    )


@st.composite
def records(draw: st.DrawFn) -> DrillRecord:
    """A drill with one call, acts at any time, and pauses that do not overlap."""
    acts = [
        Act(at_s=draw(_TIMES), what=what, center="tomakomai", detail="chitose")
        for what in draw(st.sets(st.sampled_from(["transfer-asked", "transferred", "dispatched"])))
    ]
    edges = sorted(draw(st.sets(_TIMES, max_size=6)))
    pauses = [
        Pause(began_s=begin, ended_s=end)
        for begin, end in zip(edges[::2], edges[1::2], strict=False)
    ]
    spots = [
        PositionShown(at_s=draw(_TIMES), lat=42.6, lon=141.6, radius_m=draw(st.floats(100, 900)))
        for _ in range(draw(st.integers(0, 2)))
    ]
    call = a_call(draw(chats()), draw(courses()), acts=acts, positions=spots)
    return a_record(
        calls=(call,),
        pauses=tuple(pauses),
        questions=(BREATHING,),
        moments={"called": 0, "answered": draw(_TIMES)},
    )


def shifted(record: DrillRecord, at_s: int, by: int) -> DrillRecord:
    """The same drill with a pause at a time, after which all goes on as it did."""

    def later(value: Any) -> Any:
        return value + by if value >= at_s else value

    def moved(thing: Any, *names: str) -> Any:
        return thing.model_copy(update={name: later(getattr(thing, name)) for name in names})

    calls = [
        call.model_copy(
            update={
                "acts": tuple(moved(each, "at_s") for each in call.acts),
                "screens": tuple(
                    screen.model_copy(
                        update={
                            part: tuple(moved(each, "at_s") for each in getattr(screen, part))
                            for part in ("lines", "states", "positions")
                        }
                    )
                    for screen in call.screens
                ),
            }
        )
        for call in record.calls
    ]
    pauses = [moved(each, "began_s", "ended_s") for each in record.pauses]
    return a_record(
        length_s=record.length_s + by,
        calls=tuple(calls),
        pauses=(*pauses, Pause(began_s=at_s, ended_s=at_s + by)),
        questions=record.questions,
        aims=record.aims,
        moments={name: later(value) for name, value in record.moments.items()},
    )
