"""Mail of the demonstration network: how to apply for registration, and what mail comes."""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from net119_cli.language import text

if TYPE_CHECKING:
    from net119_simulators.mailbox import Letter, MailboxServer

INBOUND_PORT = 2525
PAGES_PORT = 8025
"""Where the pages of the mailboxes are."""
_MAIL_WITHIN_S = 30.0


class Applying(NamedTuple):
    """A made-up person who has sent the empty mail, and the page that was mailed back."""

    provider: str
    department: str
    mail: str
    url: str


async def apply(
    boxes: "MailboxServer", provider: str, address: str, department: str
) -> Applying | None:
    """Send a department the empty mail of a made-up person; None if it takes none.

    Raises:
        Waited: no mail came back.
        MailNotTaken: the provider did not take the mail.
    """
    from net119_protocol.profile.load import load_profiles
    from net119_simulators.mailbox import Draft, send_mail
    from net119_simulators.registration.urls import mailed_url

    to = load_profiles()[department].mail.application
    if to is None:
        return None
    # Kept data may hold the person of another run, registered by now.
    sender = f"demo.{department}.{secrets.token_hex(3)}@mail.example"
    await send_mail(Draft(sender, to), address, INBOUND_PORT)
    letter = await boxes.wait_for_letter(sender, within=_MAIL_WITHIN_S)
    return Applying(provider, department, sender, mailed_url(letter.urls))


def applications(departments: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Addresses for the empty mail of these departments, with the mail server of each.

    ``departments``: each with the address of its provider. Who takes no empty mail is left out.
    """
    from net119_protocol.profile.load import load_profiles

    profiles = load_profiles()
    return {
        to: (address, INBOUND_PORT)
        for department, address in departments.items()
        if (to := profiles[department].mail.application) is not None
    }


def route_reports(boxes: "MailboxServer", departments: Mapping[str, str]) -> None:
    """Have bounces to the senders of these departments go to the addresses of their providers."""
    from net119_protocol.profile.load import load_profiles

    profiles = load_profiles()
    for department, address in departments.items():
        mail = profiles[department].mail
        for sender in (mail.registration_sender, mail.service_sender):
            boxes.route(sender.rpartition("@")[2], address, INBOUND_PORT)


async def show_mail(boxes: "MailboxServer") -> None:
    """Print the mails that come from now on, until cancelled: nobody else could read them."""
    seen = {address: len(letters) for address, letters in boxes.mailboxes.items()}

    def more() -> bool:
        return any(len(each) > seen.get(to, 0) for to, each in boxes.mailboxes.items())

    while True:
        await boxes.wait_until(more, "a mail", float("inf"))
        for address, letters in boxes.mailboxes.items():
            for letter in letters[seen.get(address, 0) :]:
                print(*_told(letter), sep="\n", flush=True)
            seen[address] = len(letters)


def _told(letter: "Letter") -> tuple[str, ...]:
    title = text(
        ja=f"\nメール  {letter.sender} から {letter.address} へ  「{letter.subject}」",
        en=f"\nMail from {letter.sender} to {letter.address}: {letter.subject}",
    )
    return (title, *(f"  {line}" for line in letter.text.splitlines()))
