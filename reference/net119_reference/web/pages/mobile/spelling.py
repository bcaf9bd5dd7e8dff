"""Spelled forms of characters that old phones cannot show: in brackets, so that they are seen.

A caller must be able to tell a replacement from what was written (CNB-30): nothing here looks
like ordinary text.
"""

import re
from collections.abc import Mapping

GETA = "〓"
"""Stands for a character without a spelled form, as Japanese printers have always done it."""
EMOJI = "〔絵文字〕"
"""Stands for an emoji without a spelled form, and for every emoji of a carrier's own."""

SPELLED: Mapping[str, str] = {
    "🚑": "〔救急車〕",
    "🚒": "〔消防車〕",
    "🚓": "〔パトカー〕",
    "🚨": "〔警報〕",
    "🔥": "〔火〕",
    "🏥": "〔病院〕",
    "🏠": "〔家〕",
    "🆘": "〔SOS〕",
    "🆗": "〔OK〕",
    "👍": "〔よい〕",
    "🙏": "〔お願い〕",
    "🙆": "〔はい〕",
    "🙅": "〔いいえ〕",
    "⚠": "〔注意〕",
    "✅": "〔済〕",
    "❌": "〔だめ〕",
    "☎": "〔電話〕",
    "📞": "〔電話〕",
    "𠮷": "〔吉〕",
    "𠮟": "〔叱〕",
}
"""By the character as it is written."""

_PICTURE = (
    "["
    "\U0001f000-\U0001faff"  # pictures
    "\u2600-\u27bf"  # signs that became emoji
    "\u2b00-\u2bff"
    "\u203c\u2049\u2139\u231a-\u23ff\u25aa-\u25fe\u3030\u303d\u3297\u3299"
    "]"
)
_MARK = "[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\u20e3\U000e0020-\U000e007f]"
CLUSTER = re.compile(f"{_PICTURE}{_MARK}*(?:\u200d{_PICTURE}{_MARK}*)*|[0-9#*]\ufe0f?\u20e3")
"""One picture as a reader sees it, with what changes or joins it (UTS #51)."""
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
"""Where the carriers keep their emoji, and nobody else has a meaning."""


def spelled(cluster: str) -> str:
    """How a picture or another character is written out."""
    found = SPELLED.get(cluster.rstrip("\ufe0e\ufe0f"))
    if found is not None:
        return found
    return EMOJI if CLUSTER.fullmatch(cluster) or PRIVATE.fullmatch(cluster) else GETA
