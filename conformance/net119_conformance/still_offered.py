"""Whether an offer to a simulated peer still held when what was to happen under it happened.

A sound system holds an offer for T1 x attempts and then calls the other side silent; the suite may
have been too slow for that. What it says of the offer's end is not asked: it would excuse itself.
"""

import asyncio
from typing import TYPE_CHECKING

from net119_simulators.peer.errors import OtherAnswer

from net119_conformance.catalogue import Text
from net119_conformance.standstill import BEFORE_S

if TYPE_CHECKING:
    from net119_conformance.trial import Trial

TO_LOOK = 0.6
"""Share of T1 x attempts after an offer until which to look for what must not come of it yet."""
SURE = 0.8
"""And until which it is sure to hold: it came some time after it was made."""


def still_offered(t: "Trial", passed_s: float, what: str, ja: str) -> None:
    """End the purpose in doubt if an offer may have been over when ``what`` came.

    That was ``passed_s`` seconds after the offer was read; it may have come while the suite itself
    stood still.
    """
    passed_s += t.standstill.missed_s(asyncio.get_running_loop().time() - BEFORE_S)
    if t.offers_hold_s is None or passed_s <= t.offers_hold_s:
        return
    t.end_in_doubt(
        Text(
            en=f"{what} {passed_s:.1f} s after the offer had come, which may have been over by "
            "then. The machine that judges, or the system, was too busy; run it again when it is "
            "not",
            ja=f"{ja}のは、申し出が届いてから {passed_s:.1f} 秒後でした。"
            "申し出はもう無効だったかもしれません。"
            "試験する側または試験対象の負荷が低いときに、再度実行してください",
        )
    )


def accepted_too_late(answer: Exception, holds_s: float | None) -> Text | None:
    """Why the answer to an acceptance of ours may be right; None if it cannot be."""
    after_s = answer.accepted_after_s if isinstance(answer, OtherAnswer) else None
    if after_s is None or holds_s is None or after_s <= holds_s:
        return None
    label = answer.received.label if isinstance(answer, OtherAnswer) else ""
    return Text(
        en=f"the simulated peer accepted {after_s:.1f} s after the offer had come, which may have "
        f"been over by then; the answer was {label}. The machine that judges, or the system, was "
        "too busy; run it again when it is not",
        ja=f"模擬事業者が承諾したのは、申し出が届いてから {after_s:.1f} 秒後でした。申し出はもう"
        f"無効だったかもしれません（試験対象の答え: {label}）。試験する側または試験対象の負荷が"
        "低いときに、再度実行してください",
    )
