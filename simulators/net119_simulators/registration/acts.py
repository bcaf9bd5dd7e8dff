"""What a person does with a mailed URL, and with an account: the same verbs by API and by pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from net119_protocol.api.problems import ItemProblem
from net119_protocol.api.registration import AccountView, LinkPurpose
from net119_protocol.application import Application

Problems = tuple[ItemProblem, ...]
"""What is wrong, item by item; empty if nothing is."""


@dataclass(frozen=True)
class Shown:
    """What a mailed URL shows to whoever holds it."""

    purpose: LinkPurpose
    mail: str
    terms_version: str
    terms: str
    """The terms in Japanese."""
    terms_accepted: str
    """Version accepted already; empty if none."""
    application: Application | None
    defects: Problems
    has_image: bool
    contact: str


class Applicant(Protocol):
    """A person with a mailed URL; a refusal is raised as ``CallRefused``."""

    async def open(self, url: str) -> Shown:
        """Open a mailed URL; the other verbs are about the URL opened last."""

    async def accept_terms(self, version: str = "") -> None:
        """Agree to the terms; ``version`` is by default the one that was shown."""

    async def attach_image(self, content: bytes) -> Problems:
        """Hand in the image that proves identity; what is wrong with it."""

    async def fill(self, application: Application) -> Problems:
        """Fill the form in; what is wrong with it."""

    async def submit(self) -> Problems:
        """Hand the form in; what keeps it from being accepted, empty if it was."""

    async def stop(self) -> None:
        """End the registration, having been asked once more."""

    async def renew(self) -> datetime:
        """Go on; the new expiry."""


class Account(Protocol):
    """A registrant's account; a refusal is raised as ``CallRefused``."""

    async def log_in(self) -> None:
        """Log in with what the completion mail says."""

    async def log_out(self) -> None:
        """End the log-in."""

    async def account(self) -> AccountView:
        """What the account says."""

    async def ask_account_mail(self) -> None:
        """Be mailed the URL for change or stop."""

    async def new_call_page(self, device: str) -> str:
        """Make the personal call page of the device with this key; its URL."""

    async def revoke_call_page(self) -> None:
        """End the personal call page."""
