"""How the APIs say no: RFC 9457 problem documents with one of our codes."""

from net119_protocol.codes import Refusal
from net119_protocol.model import LongText, ShortText, WireModel

MEDIA_TYPE = "application/problem+json"


class Problem(WireModel):
    """An RFC 9457 problem document.

    ``title`` and ``detail`` are in English; ``message_ja`` and ``message_en`` are what a page
    shows the user, ``other_means_ja``/``_en`` what the user can do instead (CNB-38).
    ``field`` names the wrong field as a dotted path.
    """

    type: ShortText = "about:blank"
    title: ShortText
    status: int
    code: Refusal
    detail: LongText = ""
    field: ShortText | None = None
    message_ja: LongText = ""
    message_en: LongText = ""
    other_means_ja: LongText = ""
    other_means_en: LongText = ""
