"""Whether an offer to a simulated peer still held when what was to happen under it happened."""

from net119_conformance.catalogue import Text
from net119_conformance.trial import Trial
from net119_conformance.world.world import World

TO_LOOK = 0.7
"""Share of T1 x attempts after an offer until which to look for what must not come of it yet."""
_SURE = 0.9
"""And until which it is sure to hold: it came some time after it was made."""


def still_offered(t: Trial, w: World, passed_s: float, what: str, ja: str) -> None:
    """End the purpose in doubt if an offer may have been over when ``what`` came.

    That was ``passed_s`` seconds after the offer had come. A sound system holds it for T1 x
    attempts and then calls the other side silent, and the suite may have been too slow for that.
    """
    if passed_s <= _SURE * w.t1_total:
        return
    t.end_in_doubt(
        Text(
            en=f"{what} {passed_s:.1f} s after the offer, which may have been over by then: it "
            f"holds for T1 x attempts ({w.t1_total:g} s). The machine that judges, or the system, "
            "was too busy; run it again when it is not",
            ja=f"{ja}のが、申し出の {passed_s:.1f} 秒後でした（T1×回数は {w.t1_total:g} 秒）。"
            "申し出はもう無効だったかもしれません。"
            "試験する側または試験対象の負荷が低いときに、再度実行してください",
        )
    )
