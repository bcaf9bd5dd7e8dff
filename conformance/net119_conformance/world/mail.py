"""Mail of a run: where the providers send it to, where they take it, and how it is read."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from net119_simulators.mailbox import Draft, Letter, Rule, send_mail
from net119_simulators.mailbox.hosting import MailboxPlace
from net119_simulators.mailbox.remote import RemoteMailboxes
from net119_simulators.recorder import Recorder
from net119_simulators.registration.urls import secrets_in
from net119_simulators.wiretap import Interface, Wiretap
from pydantic import BaseModel, ConfigDict

MAIL_PORT = 2525
RETRY_S = 0.5
GIVE_UP_S = 20.0
"""Short times for mail that is not taken: what is judged is the order of things, not the wait."""


class MailDescription(BaseModel):
    """Where the mailboxes of a run are."""

    model_config = ConfigDict(frozen=True)

    host: str
    smtp_port: int
    desk_port: int

    @classmethod
    def of(cls, place: MailboxPlace) -> "MailDescription":
        """The description of mailboxes that were started."""
        return cls(host=place.host, smtp_port=place.smtp_port, desk_port=place.desk_port)

    def settings(self, address: str) -> dict[str, Any]:
        """Settings of a provider at this address that takes mail there and sends it here."""
        return {
            "enabled": True,
            "host": address,
            "port": MAIL_PORT,
            "relay_host": self.host,
            "relay_port": self.smtp_port,
            "retry_s": RETRY_S,
            "retry_max_s": RETRY_S * 2,
            "give_up_s": GIVE_UP_S,
        }


class Mail:
    """People's mail at one provider, as purposes send and read it."""

    def __init__(
        self, place: MailDescription, provider_host: str, operator: str, port: int = MAIL_PORT
    ) -> None:
        self._boxes = RemoteMailboxes(place.host, place.desk_port)
        self._provider_host = provider_host
        self._port = port
        self._operator = operator
        self._recorded: Counter[str] = Counter()
        """How many mails of each mailbox are in the evidence."""

    async def send(self, draft: Draft, wiretap: Wiretap) -> None:
        """Send a mail to the provider; ``MailNotTaken`` if it is refused in the dialogue."""
        await send_mail(draft, self._provider_host, self._port, wiretap=wiretap)

    async def letters(
        self, address: str, after: int, within: float, wiretap: Wiretap
    ) -> Sequence[Letter]:
        """Mails of a mailbox after the first ``after``, as `RemoteMailboxes.letters` has them.

        Each is told to the wiretap once, without the secrets in it.
        """
        found = await self._boxes.letters(address, after=after, within=within)
        for letter in found[max(0, self._recorded[address] - after) :]:
            recorder = Recorder(wiretap, Interface.M, "mailbox", self._operator)
            for secret in secrets_in(letter):
                recorder.keep_secret(secret)
            recorder.received(f"mail to {address}: {letter.subject}", letter.text)
        self._recorded[address] = max(self._recorded[address], after + len(found))
        return found

    async def set_rule(self, address: str, rule: Rule) -> None:
        """Give a mailbox a filter."""
        await self._boxes.set_rule(address, rule)
