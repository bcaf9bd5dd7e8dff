"""The SMTP dialogue of the mailboxes (aiosmtpd)."""

import asyncio
from enum import Enum, auto
from typing import Any, Protocol

from aiosmtpd.smtp import SMTP, Envelope, Session


class Moment(Enum):
    """A moment of a mail's dialogue at which the server may die."""

    CONTENT = auto()
    """The sender has asked to send the content; none of it is there yet."""
    BEFORE_STORING = auto()
    """The content has come, and is lost."""
    AFTER_STORING = auto()
    """The mail is in the mailbox, but its sender will not learn so: it is sent again."""


class Owner(Protocol):
    """The mailboxes behind the dialogues."""

    def reached(self, moment: Moment) -> bool:
        """A dialogue has come to this moment; whether the server dies here."""

    def admits(self, address: str, quoted: bool, envelope_from: str) -> str | None:
        """The refusal of a recipient, written in quotes or not, if it is refused or deferred."""

    def take(self, raw: bytes, envelope_from: str, recipients: list[str]) -> str | None:
        """Sort a mail; the refusal, if nobody gets it and its sender is told so."""


class Dialogue(SMTP):
    """One connection; knows its server, so that it can be cut."""

    def __init__(self, owner: Owner, sessions: dict[asyncio.Transport, SMTP]) -> None:
        super().__init__(_Handler(owner), hostname="mailboxes.example", enable_SMTPUTF8=False)
        self._sessions = sessions
        self._owner = owner
        self.quoted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection."""
        if isinstance(transport, asyncio.Transport):
            self._sessions[transport] = self
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection."""
        if isinstance(self.transport, asyncio.Transport):
            self._sessions.pop(self.transport, None)
        super().connection_lost(error)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Remember whether the recipient is quoted."""
        self.quoted = bool(arg) and arg.upper().removeprefix("TO:").strip().startswith('<"')
        await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Take the content, unless the server dies first."""
        if not self._owner.reached(Moment.CONTENT):
            await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        # The library takes the quotes off; whether they were there is the carrier's matter.
        quoted = isinstance(server, Dialogue) and server.quoted
        refusal = self._owner.admits(address, quoted, envelope.mail_from or "")
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content: Any = envelope.content or b""
        raw = content if isinstance(content, bytes) else str(content).encode()
        # The answers of a dead server reach nobody: its connections are cut.
        if self._owner.reached(Moment.BEFORE_STORING):
            return "421 gone"
        refusal = self._owner.take(raw, envelope.mail_from or "", list(envelope.rcpt_tos))
        self._owner.reached(Moment.AFTER_STORING)
        return refusal or "250 OK"
