"""The mail server of the callers: a callback letter is taken, refused or deferred when told."""

import asyncio
import email
import re
from collections.abc import Callable
from dataclasses import dataclass

from net119_reference.mail.schedule import Answer, Delivery

URL = re.compile(r"https://net119\.example/b/([A-Za-z0-9_-]{32})")
TAKEN = Answer(Delivery.SENT, 250, "taken")
UNKNOWN = Answer(Delivery.FAILED, 550, "5.1.1 unknown user")
LATER = Answer(Delivery.DEFERRED, 450, "4.2.0 try again later")


@dataclass(frozen=True)
class Letter:
    """A callback letter as it was handed over."""

    sender: str
    to: str
    message_id: str
    secret: str
    written_to: str | None
    """Whom the provider had on record at that moment (I8)."""


@dataclass(frozen=True)
class Held:
    """A letter whose sender waits for an answer."""

    letter: Letter
    answer: "asyncio.Future[Answer]"


class Carrier:
    """Stands for :class:`net119_reference.mail.relay.Relay` and for the server behind it."""

    def __init__(self) -> None:
        self.held: list[Held] = []
        self.box: list[Letter] = []
        """What has been taken."""
        self.tried: list[Letter] = []
        """What has been handed over, taken or not."""
        self.answer = TAKEN
        """To whatever comes."""
        self._registered: Callable[[], str | None] = lambda: None
        self._alive: Callable[[], bool] = lambda: True

    def begin(self, registered: Callable[[], str | None], alive: Callable[[], bool]) -> None:
        """Nothing has come yet; told whom the provider has on record, and whether it lives."""
        self.held, self.box, self.tried = [], [], []
        self.answer = TAKEN
        self._registered, self._alive = registered, alive

    async def deliver(self, sender: str, recipient: str, content: bytes) -> Answer:
        """Other letters are taken at once: they have their own tests."""
        message = email.message_from_bytes(content)
        found = None
        for part in message.walk():
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                found = found or URL.search(body.decode(part.get_content_charset() or "ascii"))
        if found is None:
            return TAKEN
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if not self._alive():
            return await answer  # what is left of a process that has died
        letter = Letter(sender, recipient, str(message["Message-ID"]), found[1], self._registered())
        self.tried.append(letter)
        self.held.append(Held(letter, answer))
        return await answer

    async def close(self) -> None:
        """Nothing is open."""

    def arrive(self, held: Held) -> Answer:
        """The letter has come; its sender does not know what becomes of it yet."""
        if self.answer.outcome is Delivery.SENT:
            self.box.append(held.letter)
        return self.answer

    def reply(self, held: Held, answer: Answer) -> None:
        """Its sender learns it, if it is still there."""
        if held in self.held:
            self.held.remove(held)
        if not held.answer.done():
            held.answer.set_result(answer)

    def cut(self) -> None:
        """The sender is gone."""
        self.held = []
