"""How the APIs say no: RFC 9457 problem documents with one of our codes."""

from net119_protocol.codes import Refusal
from net119_protocol.model import LongText, ShortText, WireModel

MEDIA_TYPE = "application/problem+json"


class ItemProblem(WireModel):
    """What is wrong with one item of an application.

    ``path`` is dotted, such as ``data.kana`` or ``image``, and empty for the application as a
    whole; ``code`` is stable, the texts are for the applicant.
    """

    path: ShortText
    code: ShortText
    ja: LongText
    en: LongText


class Problem(WireModel):
    """An RFC 9457 problem document.

    ``title`` and ``detail`` are in English; ``message_ja`` and ``message_en`` are what a page
    shows the user, ``other_means_ja``/``_en`` what the user can do instead (CNB-38),
    ``contact_ja``/``_en`` whom to ask where the department is known (CNB-15).
    ``field`` names the wrong field as a dotted path, ``problems`` all that is wrong with an
    application.
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
    contact_ja: LongText = ""
    contact_en: LongText = ""
    problems: tuple[ItemProblem, ...] = ()
