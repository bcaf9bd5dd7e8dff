"""Registering with a phone: the empty mail, the mailed URL opened on it, the form, the image.

Approval is staff's; here it is asked of whoever runs the trial.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from net119_simulators.applications import Applying
from net119_simulators.handsets.mobile_applying import MobileApplying
from net119_simulators.handsets.model import Family
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.steps import Reason
from net119_simulators.handsets.walking import Stuck
from net119_simulators.mailbox import Draft, Letter, MailboxServer, send_mail
from net119_simulators.pages.applicant import ApplicantAtPages
from net119_simulators.pages.errors import NotOnPage, PageNotShown
from net119_simulators.registration.urls import MailedKeys, keys_in, mailed_url

_MAIL_DOMAINS: Mapping[Family, str] = {
    Family.DOCOMO: "docomo.example",
    Family.AU: "ezweb.example",
    Family.SOFTBANK: "softbank.example",
    Family.WILLCOM: "pdx.example",
}
"""Test domains (RFC 2606) in the place of the carriers' own."""
_OTHERS = "phone.example"


def mail_address(phone: Phone, user: str) -> str:
    """An address at the test domain that stands for the phone's carrier."""
    return f"{user}@{_MAIL_DOMAINS.get(phone.handset.family, _OTHERS)}"


class Approve(Protocol):
    """Has staff approve what has come in from this mail address."""

    def __call__(self, mail: str) -> Awaitable[None]:
        """Return once it is done."""


@dataclass
class Post:
    """The mail of one owner: the provider's mail server, and the mailboxes (`OwnMail`)."""

    boxes: MailboxServer
    host: str
    port: int
    to: str
    mail: str
    charset: str = "utf-8"
    within_s: float = 30.0
    read: int = 0

    async def write(self, **draft: Any) -> None:
        """Send a mail to the application address; MailNotTaken if it is refused."""
        wanted = {"sender": self.mail, "to": self.to, "charset": self.charset, **draft}
        await send_mail(Draft(**wanted), self.host, self.port)

    async def next_letter(self) -> Letter:
        """The next mail; Waited if none comes."""
        letter = await self.boxes.wait_for_letter(self.mail, after=self.read, within=self.within_s)
        self.read += 1
        return letter


class ByMail:
    """Registers the owner of a phone, from the empty mail to ID and password (TOM-08 to TOM-18).

    ``start_url`` as `MobileApplying` has it.
    """

    def __init__(
        self,
        phone: Phone,
        person: Applying,
        post: Post,
        approve: Approve,
        start_url: str,
    ) -> None:
        self.phone = phone
        self._person = person
        self._post = post
        self._approve = approve
        self._start_url = start_url

    async def register(self) -> MailedKeys:
        """The whole way.

        Raises:
            Stuck: the phone or its user gets no further. MailNotTaken, Waited: mail was lost.
        """
        await self._post.write()
        url = mailed_url((await self._post.next_letter()).urls)
        self.phone.browser.keep_secret(urlsplit(url).path.rpartition("/")[2])
        try:
            if self.phone.handset.is_feature_phone and not self.phone.finds_by_script:
                form = MobileApplying(self.phone, self._person, self._post, self._start_url)
                await form.apply(await form.opened(url))
            else:
                hand = ApplicantAtPages(self.phone.browser)
                await hand.apply(url, self._person.application, self._person.image)
        except (NotOnPage, PageNotShown) as wrong:
            raise Stuck(Reason.UNEXPECTED, str(wrong)) from wrong
        await self._approve(self._person.mail)
        while True:
            letter = await self._post.next_letter()
            if "パスワード" in letter.text:
                return keys_in(letter.text, letter.urls)
