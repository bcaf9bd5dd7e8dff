"""What a caller's handset shows by itself when its provider cannot be reached (gap D8, CNB-38).

Nobody sends this text: it is on the page before the connection is lost. What was said in the call
before decides what it says, and in practice and drills it sends nobody to call in another way.
"""

from typing import NamedTuple

from net119_protocol.codes import CallState, Mode
from net119_protocol.labels import Label, label_of
from net119_protocol.refusal_texts import OTHER_MEANS_EN, OTHER_MEANS_JA

UNREACHABLE = "unreachable"
"""Code of this text beside those of notices; it is on no wire."""
UNREACHABLE_AFTER_S = 9.0
"""Seconds without a sign of life after which it is shown: within 10 s whatever the page does."""
UNANSWERED = frozenset({CallState.OPEN, CallState.LOCATING, CallState.OFFERING, CallState.RINGING})
"""States in which no dispatcher has answered yet."""
ASKS_NOBODY = frozenset({Mode.PRACTICE, Mode.DRILL})
"""Modes in which nothing may name another way to call 119 for real (CTS-11, I5)."""


class Unreachable(NamedTuple):
    """The text in its parts: ``title``, ``not_real``, one of the next two, ``means``, ``kept``.

    In modes that ask nobody both of the two are shown, and there are no ``means``; ``not_real`` is
    what a call of mode test begins with.
    """

    title: Label
    not_real: Label | None
    unheard: Label
    """Where no dispatcher had answered."""
    unsent: Label
    """Where one had."""
    means: Label | None
    kept: Label


_TITLE = Label("消防とつながりません", "The fire service cannot be reached")
_KEPT = Label(
    "この画面は、つなぎ直しを続けています。書いたことばは消えません。",
    "This page goes on trying to connect. What you wrote is kept.",
)


def unreachable_parts(mode: Mode) -> Unreachable:
    """The text of a call in this mode."""
    what = label_of(mode)
    no_need_ja = f"これは{what.ja}です。電話などで通報する必要はありません。"
    no_need_en = f"{what.en}: there is no need to call in another way"
    if mode in ASKS_NOBODY:
        return Unreachable(
            _TITLE,
            None,
            Label(no_need_ja, f"{no_need_en}."),
            Label(
                "本当の通報でこう出たときは、すぐに、ほかの方法を使ってください。",
                "In a real call, use another way at once when you see this.",
            ),
            None,
            _KEPT,
        )
    return Unreachable(
        _TITLE,
        None
        if mode is Mode.LIVE
        else Label(
            f"{no_need_ja}本当の通報では、次のように出ます。",
            f"{no_need_en}. In a real call this is shown:",
        ),
        Label(
            "指令員は、まだ応答していません。通報は届いていないものとして、"
            "すぐに、ほかの方法で通報してください。",
            "No dispatcher had answered. Take it that your call was NOT received, and use another"
            " way at once.",
        ),
        Label(
            "いま送ったことばは、届いていません。急ぐときは、ほかの方法を使ってください。",
            "What you write now is NOT received. If it is urgent, use another way.",
        ),
        Label(OTHER_MEANS_JA, OTHER_MEANS_EN),
        _KEPT,
    )


def unreachable_text(mode: Mode, state: CallState) -> Label:
    """All that is shown of a call that was in ``state`` when the connection was lost."""
    parts = unreachable_parts(mode)
    said: tuple[Label | None, ...]
    if mode in ASKS_NOBODY:
        said = (parts.unheard, parts.unsent)
    else:
        said = (parts.unheard if state in UNANSWERED else parts.unsent, parts.means)
    shown = [each for each in (parts.not_real, *said, parts.kept) if each is not None]
    return Label(
        f"{parts.title.ja}。" + "".join(each.ja for each in shown),
        f"{parts.title.en}. " + " ".join(each.en for each in shown),
    )
