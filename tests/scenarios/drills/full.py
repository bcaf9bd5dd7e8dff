"""A drill with something in every part of its report, and texts that would like to be markup."""

from datetime import UTC, datetime

from net119_protocol.codes import CallState, Mode, Presence
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.drills.record import (
    Act,
    Aim,
    Checked,
    Comment,
    Control,
    DrillRecord,
    NotUnderstood,
    Pause,
    PositionShown,
    Told,
)

from tests.scenarios.drills.calls import BREATHING, CALLER, COURSE, DISPATCHER, a_call, line, state
from tests.scenarios.drills.drills import BEGAN, a_record, both

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> 髙橋𠮷①\u202e"
ASKED = "呼吸はありますか。"
COMMENT = Comment(at=datetime(2026, 4, 7, 1, 0, tzinfo=UTC), by=f"佐藤{HOSTILE}", text=HOSTILE)


def a_full_record(**parts: object) -> DrillRecord:
    """A call that breaks off and comes back, in 300 seconds with a pause of 20."""
    chat = (
        line(1, 12, DISPATCHER, "119番です。どうしましたか。", options=("急病", HOSTILE)),
        line(2, 20, CALLER, "", choice="急病", answers=1),
        line(3, 40, CALLER, HOSTILE),
        line(4, 60, DISPATCHER, "JCSはいくつですか。"),
        line(5, 90, CALLER, "わかりません。"),
        line(6, 120, DISPATCHER, ASKED),
    )
    states = (
        *COURSE[:2],
        state(70, CallState.INTERRUPTED, presence=Presence.GONE),
        state(85, CallState.ANSWERED),
        COURSE[2],
    )
    call = a_call(
        chat,
        states,
        on_phone=lambda each: (
            None
            if each.seq == 6
            else each.model_copy(update={"at_s": each.at_s + 26})
            if each.seq == 4
            else each
        ),
        acts=[Act(at_s=150, what="dispatched", center="tomakomai", by="佐藤", detail=HOSTILE)],
        positions=[
            PositionShown(
                at_s=2, lat=42.634, lon=141.605, accuracy_m=20, radius_m=100, cause="call"
            ),
            PositionShown(
                at_s=88, lat=42.64, lon=141.61, accuracy_m=400, radius_m=640, cause="callback"
            ),
        ],
    ).model_copy(update={"caller_name": HOSTILE})
    given: dict[str, object] = {
        "title": both(f"トンネル{HOSTILE}", f"Tunnel {HOSTILE}"),
        "mode": Mode.DRILL,
        "calls": (call,),
        "questions": (
            BREATHING,
            BREATHING.model_copy(
                update={"id": "place", "words": ("場所",), "what": both("場所を聞いた", "place")}
            ),
            BREATHING.model_copy(update={"id": "name", "words": ("名前",), "required": False}),
        ),
        "aims": (
            Aim(begin="called", end="answered", seconds=20, what=both("応答まで", "answer")),
            Aim(begin="called", end="back", seconds=60, what=both("呼び返しまで", "callback")),
            Aim(begin="called", end="never", seconds=90, what=both("転送まで", "transfer")),
        ),
        "moments": {"called": 0, "answered": 10, "back": 85},
        "pauses": (Pause(began_s=200, ended_s=220),),
        "controls": (
            Control(at_s=0, what="start", who="隊長"),
            Control(at_s=30, what="pace", detail="4"),
            Control(at_s=31, what="another", detail=HOSTILE),
        ),
        "entries": (
            Told(
                at_s=3, clock=BEGAN, actor="tomakomai", sort=Sort.DEED, words=both("応答する", "on")
            ),
            Told(at_s=4, clock=BEGAN, actor="", sort=Sort.STAGE, words=both(HOSTILE)),
        ),
        "checks": (
            Checked(name="owner", words=both("担当は苫小牧", "owner"), held=True),
            Checked(name="state", words=both("終わる", "closed"), held=False, seen=HOSTILE),
        ),
        "not_understood": (
            NotUnderstood(at_s=61, call="rider", seq=4, text="JCSはいくつですか。", why="jargon"),
        ),
        "debrief": (both("なぜ切れたと思ったか", "Why was it cut?"),),
    }
    return a_record(**(given | parts))  # type: ignore[arg-type]  # the parts of a record
