"""Mail that comes in: the empty mail, the reply that renews, bounces; the rest is noted."""

import functools
import math
from collections.abc import Callable
from datetime import datetime

from net119_protocol.api.staff import RegistrationState
from net119_protocol.profile import mail_address
from net119_protocol.profile.model import Channel, Item, Profile, Renewal

from net119_reference.logs import get_log
from net119_reference.mail.flood import Flood, Rate
from net119_reference.mail.incoming import Incoming, IncomingKind
from net119_reference.mail.letter import Charset
from net119_reference.registration import image_texts, mail_texts
from net119_reference.registration.links import PER_WINDOW, WINDOW, mail_key
from net119_reference.registration.ports import LinkPurpose
from net119_reference.registration.states import CAN_CALL
from net119_reference.service.kernel import Transaction
from net119_reference.service.registration.applicants import Applicants
from net119_reference.service.registration.images import ImageStore
from net119_reference.service.registration.mailed_images import MailedImages
from net119_reference.service.registration.office import Office

log = get_log("registration")
Noted = Callable[[str, str, str, str], None]
"""Interface, source, code and detail of a refused input (invariant I10)."""


class Intake:
    """Takes every mail that reached one of our addresses."""

    def __init__(
        self, office: Office, applicants: Applicants, images: ImageStore, noted: Noted
    ) -> None:
        self._office = office
        self._applicants = applicants
        self._noted = noted
        self._pictures = MailedImages(office, images, self._note)
        rate = Rate(PER_WINDOW, PER_WINDOW / WINDOW.total_seconds())
        self._answers = Flood(rate, Rate(math.inf, 0))
        """Answers to empty mails; that those of all are bounded, the mail server sees to."""

    async def mail_arrived(self, mail: Incoming) -> None:
        """Take a mail; returns when what it caused is durable."""
        if mail.kind is IncomingKind.BOUNCE:
            await self._bounced(mail)
            return
        if mail.kind is not IncomingKind.PERSON:
            # Never answered: two machines would write to each other for ever.
            self._note(mail, mail.kind.value, "is not answered")
            return
        for profile in self._office.own_profiles():
            if mail_key(profile.mail.application or "") == mail_key(mail.recipient):
                pictures = await self._pictures.take(profile, mail)
                if not pictures.done:
                    asked = functools.partial(self._asked, profile, mail, pictures.aside)
                    await self._office.kernel.run(asked)
                return
        senders = [
            profile
            for profile in self._office.own_profiles()
            if mail_key(mail.recipient)
            in (mail_key(profile.mail.registration_sender), mail_key(profile.mail.service_sender))
        ]
        if senders:
            # Many answer the mail that they got, whatever address it asks to send the photo to.
            taken = [
                await self._pictures.take(profile, mail)
                for profile in senders
                if profile.asks(Item.IDENTITY_IMAGE)
            ]
            pictured = any(each.done for each in taken)
            answered = functools.partial(self._answered, senders, mail, pictured=pictured)
            await self._office.kernel.run(answered)
        else:
            self._note(mail, "unknown-recipient", "is for no address of a department of ours")

    def _note(self, mail: Incoming, code: str, what: str) -> None:
        # The sender's address is personal data: the log says where the mail was for only.
        log.info("mail not used", code=code, recipient=mail.recipient)
        self._noted("mail", mail.recipient, f"mail-{code}", f"a mail to {mail.recipient} {what}")

    async def _bounced(self, mail: Incoming) -> None:
        """A letter came back: staff see it in the registration and in their list (ASO-09)."""
        post = self._office.post
        ours = [each for each in mail.bounced if each.message_id is not None]
        letters = await post.statuses([each.message_id or "" for each in ours]) if post else []
        if post is None or not letters:
            self._note(mail, "bounce-of-nothing", "reports no letter of ours")
            return
        reasons = {each.message_id: f"{each.status} {each.diagnostic}".strip() for each in ours}

        def record(tx: Transaction) -> None:
            for letter in letters:
                reason = reasons[letter.message_id][:500]
                post.bounced(tx, letter.message_id, reason)
                if letter.registrant_id is not None:
                    self._office.history(
                        tx,
                        letter.registrant_id,
                        "mail",
                        "mail-undeliverable",
                        f"{letter.kind}: {letter.recipient}",
                    )

        await self._office.kernel.run(record)

    def _asked(
        self, profile: Profile, mail: Incoming, aside: tuple[str, str] | None, tx: Transaction
    ) -> None:
        """The empty mail (TOM-08); what it says besides does not matter.

        ``aside`` tells what became of its attachments.
        """
        office = self._office
        sender, charset = mail.sender, charset_like(mail.charset)
        if Channel.MAIL_WEB not in profile.channels:
            self._note(mail, "paper-only", "cannot start an application: the way is paper")
            return
        problem = mail_address.address_problem(profile.mail.rule, sender)
        if problem in ("unsendable", "not-an-address"):
            self._note(mail, problem, "has a sender that cannot be written to")
            return
        if self._too_often(profile, sender, tx.now):
            self._note(mail, "too-many", "is one of too many from its sender within an hour")
            return
        if problem is not None:
            why = mail_address.TEXTS[problem]
            text = mail_texts.address_refused(profile, why.ja, why.en)
            self._answer(tx, profile, mail, _beside(text, aside), charset)
            return
        known = office.registry.with_mail(profile.department, sender)
        if known is None:
            url, link = office.issue(
                tx, LinkPurpose.APPLY, profile.department, sender, goes_on=True
            )
            text = mail_texts.application_link(profile, url, link.expires_at)
            self._answer(tx, profile, mail, _beside(text, aside), charset)
        elif known.state is RegistrationState.RETURNED:
            url, link = office.issue(
                tx,
                LinkPurpose.CORRECT,
                known.department,
                known.data.mail,
                goes_on=True,
                registrant_id=known.registrant_id,
                draft=known.application,
                defects=known.defects,
            )
            text = mail_texts.returned(
                profile, known.data.name, known.defects, url, link.expires_at
            )
            office.tell(tx, known, _beside(text, aside))
        else:
            text = mail_texts.already_registered(profile)
            self._answer(tx, profile, mail, _beside(text, aside), charset)

    def _too_often(self, profile: Profile, sender: str, now: datetime) -> bool:
        """Whether an address has got its share of answers: its owner may not be who writes."""
        if self._office.mailed_too_often(profile.department, sender, now):
            return True
        whose = f"{profile.department} {mail_key(sender)}"
        return self._answers.refuses(whose, now) is not None

    def _answer(
        self,
        tx: Transaction,
        profile: Profile,
        mail: Incoming,
        text: mail_texts.MailText,
        charset: Charset,
    ) -> None:
        self._office.mail(
            tx, profile, mail.sender, text, charset=charset, in_reply_to=mail.message_id
        )

    def _answered(
        self, profiles: list[Profile], mail: Incoming, tx: Transaction, *, pictured: bool
    ) -> None:
        """A reply to a reminder renews where the profile says so (CNB-24).

        ``pictured``: the mail has been answered as one that brings an image.
        """
        for profile in profiles:
            found = self._office.registry.with_mail(profile.department, mail.sender)
            if found is None or profile.validity.renewal is not Renewal.REPLY:
                continue
            if found.reminded and found.state in CAN_CALL:
                self._applicants.prolong(tx, found)
                return
            late = found.reminded and found.state is RegistrationState.SUSPENDED
            if late and not self._too_often(profile, mail.sender, tx.now):
                # Whoever answers wants to go on, and must hear that this mail is not enough.
                text = mail_texts.suspended(profile, found.data.name, found.reason)
                self._office.tell(tx, found, text)
                return
        if not pictured:
            self._note(mail, "reply", "answers nothing that was asked")


def _beside(text: mail_texts.MailText, aside: tuple[str, str] | None) -> mail_texts.MailText:
    return text if aside is None else image_texts.with_aside(text, aside)


def charset_like(charset: str | None) -> Charset:
    """Answer a handset in the character set it wrote in, where that is the older one."""
    return "iso-2022-jp" if (charset or "").casefold() == "iso-2022-jp" else "utf-8"
