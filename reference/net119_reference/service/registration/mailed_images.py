"""Identity images that come by mail: handsets that cannot upload a file can attach it.

Whoever's address stands on a mail may not have written it.  So an image by mail changes a draft
only, which its owner looks at before sending it; that it arrived is told to the address that got
the URL; and nothing is taken that would not be told.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from net119_protocol.profile.model import Item, Profile

from net119_reference.images.identity import ImageRefused
from net119_reference.mail.flood import Flood, Rate
from net119_reference.mail.incoming import Incoming
from net119_reference.mail.letter import Charset
from net119_reference.mail.pictures import picture_of
from net119_reference.registration import image_texts
from net119_reference.registration.links import PER_WINDOW, WINDOW, Link, mail_key
from net119_reference.registration.mail_texts import MailText
from net119_reference.service.kernel import Transaction
from net119_reference.service.registration.images import ImageStore
from net119_reference.service.registration.office import Office, charset_of

Noted = Callable[[Incoming, str, str], None]
"""A mail that is not used: stable code, and what about it."""


@dataclass(frozen=True)
class Outcome:
    """What became of a mail's attachments."""

    done: bool
    """The mail was about an image, and needs no other answer."""
    aside: tuple[str, str] | None = None
    """What another answer to the mail has to say about them, Japanese and English."""


class MailedImages:
    """Takes the attachments of a person's mail."""

    def __init__(self, office: Office, images: ImageStore, noted: Noted) -> None:
        self._office = office
        self._images = images
        self._noted = noted
        rate = Rate(PER_WINDOW, PER_WINDOW / WINDOW.total_seconds())
        self._answers = Flood(rate, Rate(math.inf, 0))

    async def take(self, profile: Profile, mail: Incoming) -> Outcome:
        """Keep an attached image with the draft that its sender has under way.

        Returns when what it did is durable.
        """
        found = picture_of(mail.attachments)
        if found is None:
            shown = any(each.media_type.startswith("image/") for each in mail.attachments)
            return Outcome(done=False, aside=image_texts.IN_TEXT if shown else None)
        now = self._office.clock.now()
        asked = profile.asks(Item.IDENTITY_IMAGE)
        link = self._open(profile, mail.sender, now)
        if link is None:
            aside = image_texts.NOTHING_OPEN if asked else image_texts.NOT_ASKED
            return Outcome(done=False, aside=aside)
        if self._answers.refuses(f"{profile.department} {mail_key(mail.sender)}", now) is not None:
            self._noted(mail, "too-many", "is one of too many images from its sender in an hour")
            return Outcome(done=True)
        if not asked:
            await self._tell(profile, mail, image_texts.not_taken(profile, image_texts.NOT_ASKED))
            return Outcome(done=True)
        try:
            name, sealed = await self._images.seal(found.content, link.token_hash, now)
        except ImageRefused as refused:
            self._noted(mail, f"image-{refused.code}", "holds an image that cannot be taken")
            await self._tell(profile, mail, image_texts.refused(profile, refused.ja, refused.en))
            return Outcome(done=True)

        def keep(tx: Transaction) -> None:
            # Again: while the image was decoded, the application may have been sent.
            still = self._open(profile, mail.sender, tx.now)
            if still is None:
                aside = image_texts.not_taken(profile, image_texts.NOTHING_OPEN)
                self._answer(tx, profile, mail, aside)
                return
            self._images.keep(tx, still.department, still.token_hash, name, sealed)
            self._answer(tx, profile, mail, image_texts.arrived(profile, found.sent))

        await self._office.kernel.run(keep)
        return Outcome(done=True)

    def _open(self, profile: Profile, sender: str, now: datetime) -> Link | None:
        """The URL whose form the sender is filling in, with the terms accepted (TOM-09)."""
        link = self._office.open_form(profile.department, sender, now)
        if link is None:
            return None
        known = link.registrant_id and self._office.registry.registrant(link.registrant_id)
        accepted = link.terms_version or (known.terms_version if known else None)
        return link if accepted == profile.terms.version else None

    async def _tell(self, profile: Profile, mail: Incoming, text: MailText) -> None:
        await self._office.kernel.run(lambda tx: self._answer(tx, profile, mail, text))

    def _answer(self, tx: Transaction, profile: Profile, mail: Incoming, text: MailText) -> None:
        link = self._office.open_form(profile.department, mail.sender, tx.now)
        self._office.mail(
            tx,
            profile,
            link.mail if link else mail.sender,
            text,
            registrant_id=link.registrant_id if link else None,
            charset=_charset(mail, link),
            in_reply_to=mail.message_id,
        )


def _charset(mail: Incoming, link: Link | None) -> Charset:
    """As the handset wrote, or as it must be written to; a photo alone says nothing of it."""
    if mail.charset.casefold() == "iso-2022-jp":
        return "iso-2022-jp"
    return charset_of(link.draft.data) if link and link.draft else "utf-8"
