"""Which attachment of a mail may be the photo of a card that somebody was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from net119_reference.mail.body import Attached

_TAKEN = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_NEVER = frozenset(
    {
        "application/pgp-signature",
        "application/pgp-keys",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/ics",
        # How a picture message is laid out; handsets and their gateways add it by themselves.
        "application/smil",
    }
)


@dataclass(frozen=True)
class Picture:
    """What somebody sent as the photo, readable or not."""

    content: bytes
    sent: int
    """How many of the attachments could have been meant; this is the last of them."""


def picture_of(attachments: Sequence[Attached]) -> Picture | None:
    """The last JPEG or PNG; without one the last file, to be told why it is none.

    What mail programs and handsets add by themselves counts for nothing: pictures that the HTML
    shows within the text (decorations, logos), texts, visiting cards, signatures.  What a file is,
    its first octets say: handsets send photos as ``application/octet-stream``, too.
    """
    meant = [
        each
        for each in attachments
        if not each.in_text
        and not each.media_type.startswith("text/")
        and each.media_type not in _NEVER
    ]
    taken = [each for each in meant if each.content.startswith(_TAKEN)]
    found = taken or meant
    return Picture(found[-1].content, len(found)) if found else None
