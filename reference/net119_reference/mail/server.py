"""Inbound SMTP: mail for our addresses, taken only when what it asks for is durable.

Nothing is dropped silently (invariant I10): what is not taken is answered with a reason, what is
taken and never to be answered (bounces, auto-replies, loops) is counted and logged by its kind.
"""

import asyncio
import contextlib
import logging
import ssl
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from net119_reference.config.model import MailSettings
from net119_reference.logs import get_log
from net119_reference.mail import address
from net119_reference.mail.flood import Flood, Rate
from net119_reference.mail.incoming import (
    NULL_SENDERS,
    Incoming,
    IncomingKind,
    is_daemon,
    read_mail,
)
from net119_reference.ports import Clock, Refused, StorageFailed

Take = Callable[[Incoming], Awaitable[None]]
"""Handles one mail; returns when its effect is durable."""
Note = Callable[[str, str, str], None]
"""Records a refused input: source address, stable code, detail."""

COMMAND_S = 120.0
"""Silence after which a connection is closed."""
_CONNECTIONS = 200
_RECIPIENTS = 20
_SEEN = 10_000
_SEEN_FOR = timedelta(days=1)
_READ_ASIDE = 50_000
"""Mails above this size (octets) are read in a thread, so that the others need not wait."""
_CODES = {
    "421": "overload",
    "450": "storage-failed",
    "451": "storage-failed",
    "452": "flood",
    "500": "line-too-long",
    "501": "bad-address-or-command",
    "550": "unknown-recipient",
    "552": "too-large",
    "553": "bad-address-or-command",
    "554": "malformed",
}
log = get_log("mail")


class MailServer:
    """Listens for mail in the running event loop.

    Args:
        own: our addresses (application and sender addresses) as they are now; mail to others is
            refused, mail from them is a loop.
        take: gets every mail once for each of its recipients, whatever its kind; only mail of
            the kind PERSON may be answered.
        note: told of each refusal; called often under flood, must aggregate.
    """

    def __init__(
        self,
        settings: MailSettings,
        clock: Clock,
        own: Callable[[], Collection[str]],
        take: Take,
        note: Note | None = None,
        *,
        hostname: str = "localhost",
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._own = own
        self._take = take
        self._note = note
        self._hostname = hostname
        self._tls = tls_context
        self._flood = Flood(
            Rate(settings.sender_burst, settings.sender_per_hour / 3600),
            Rate(settings.burst, settings.per_s),
        )
        self._seen: OrderedDict[_Identity, datetime] = OrderedDict()
        self._running: dict[_Identity, asyncio.Future[bool]] = {}
        self._server: asyncio.Server | None = None
        self._port: int | None = None
        self._sessions: set[_Session] = set()
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.counts: Counter[str] = Counter()
        """Mails taken by kind, ``duplicate`` among them, and refusals as ``refused:<code>``."""

    @property
    def port(self) -> int:
        """The port that is listened on.

        Raises:
            RuntimeError: not started.
        """
        if self._port is None:
            raise RuntimeError("the mail server is not started")
        return self._port

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: the address cannot be used.
        """
        # The library logs every address and command; errors come through handle_exception.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._session, self._settings.host, self._settings.port
        )
        self._port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self, within_s: float = 5.0) -> None:
        """Stop listening; mails whose data have arrived are finished within that time."""
        if self._server is None:
            return
        self._server.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._idle.wait()
        for session in tuple(self._sessions):
            session.close()
        await self._server.wait_closed()

    def _session(self) -> "_Session":
        return _Session(
            self,
            self._sessions,
            data_size_limit=self._settings.max_bytes,
            # Mail needs no SMTPUTF8: no carrier issues such addresses.
            enable_SMTPUTF8=False,
            hostname=self._hostname,
            ident="NET119",
            tls_context=self._tls,
            timeout=COMMAND_S,
        )

    def refused(self, source: str, status: str) -> None:
        """An answer other than success went out (called by the session)."""
        code = _CODES.get(status[:3], "smtp-error")
        self._count_refused(source, code, status[:200])

    # --- hooks of aiosmtpd ----------------------------------------------------------------------

    async def handle_MAIL(  # noqa: N802  # the library calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, sender: str, options: list[str]
    ) -> str:
        """MAIL FROM: taken, unless the sender floods us."""
        # Servers that return an announcement's letters are not to be held up one by one.
        machine = sender in NULL_SENDERS or is_daemon(sender)
        key = None if machine else address.key_of(sender)
        exceeded = self._flood.refuses(key, self._clock.now())
        if exceeded is not None:
            return "452 4.7.0 Too many mails at the moment; please try again later"
        envelope.mail_from = sender
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  # the library calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, to: str, options: list[str]
    ) -> str:
        """RCPT TO: our addresses only."""
        if address.key_of(to) not in {address.key_of(each) for each in self._own()}:
            return "550 5.1.1 No such address here"
        if len(envelope.rcpt_tos) >= _RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(to)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # the library calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """DATA: 250 only after every recipient's mail was handled durably."""
        raw = envelope.content
        content = raw if isinstance(raw, bytes) else str(raw or "").encode()
        # A sender that hangs up now must not undo half of what was begun: its mail is handled,
        # and known again when it comes once more.
        work = asyncio.ensure_future(self._handle(content, envelope))
        self.begin()
        work.add_done_callback(self._handled)
        return await asyncio.shield(work)

    async def handle_exception(self, error: Exception) -> str:
        """An error of ours within a command."""
        log.error("a mail session failed", exc_info=error)
        return "451 4.3.0 An error of ours; please try again later"

    def begin(self) -> None:
        """A mail is arriving; stop() waits for its end."""
        self._busy += 1
        self._idle.clear()

    def end(self) -> None:
        """A mail that was arriving was answered, or broke off."""
        self._busy -= 1
        if not self._busy:
            self._idle.set()

    def _handled(self, work: "asyncio.Future[str]") -> None:
        self.end()
        if not work.cancelled():
            work.exception()

    async def _handle(self, content: bytes, envelope: Envelope) -> str:
        own = tuple(self._own())
        sender = envelope.mail_from or "<>"
        for recipient in dict.fromkeys(map(address.canonical, envelope.rcpt_tos)):
            if len(content) > _READ_ASIDE:
                mail = await asyncio.to_thread(
                    read_mail, content, sender, [recipient], self._clock.now(), own=own
                )
            else:
                mail = read_mail(content, sender, [recipient], self._clock.now(), own=own)
            if not await self._once(mail):
                return "451 4.3.0 Cannot be handled at the moment; please try again later"
        return "250 2.0.0 OK"

    async def _once(self, mail: Incoming) -> bool:
        """Hand a mail over, unless that was done already: its sender missed our 250, or it was
        doubled on its way.  False: it has to come again."""
        if not mail.message_id:
            return await self._hand_over(mail)
        identity = _identity(mail)
        running = self._running.get(identity)
        at = self._seen.get(identity)
        if running is not None or (at is not None and self._clock.now() - at < _SEEN_FOR):
            done = True if running is None else await asyncio.shield(running)
            self.counts["duplicate"] += done
            log.info("mail came again", recipient=mail.recipient)
            return done
        running = self._running[identity] = asyncio.get_running_loop().create_future()
        done = False
        try:
            done = await self._hand_over(mail)
        finally:
            del self._running[identity]
            running.set_result(done)
        if done:
            self._seen[identity] = self._clock.now()
            self._seen.move_to_end(identity)
            while len(self._seen) > _SEEN:
                self._seen.popitem(last=False)
        return done

    async def _hand_over(self, mail: Incoming) -> bool:
        try:
            await self._take(mail)
        except StorageFailed as error:
            log.error("a mail could not be stored", exc_info=error)
            return False
        except Refused as error:
            # The mail arrived, and what it asks for is not done: that is for its log, a
            # repetition would be refused again.
            log.warning("mail refused", code=error.code.value, recipient=mail.recipient)
            self._count_refused("", error.code.value, "a mail asks for what cannot be done")
        except Exception:
            log.exception("a mail was not handled", recipient=mail.recipient)
            return False
        self.counts[mail.kind.value] += 1
        if mail.kind is not IncomingKind.PERSON:
            log.info(
                "mail never to be answered",
                kind=mail.kind.value,
                why=mail.reason,
                recipient=mail.recipient,
            )
        return True

    def _count_refused(self, source: str, code: str, detail: str) -> None:
        self.counts[f"refused:{code}"] += 1
        if self._note is not None:
            self._note(source, code, detail)


_Identity = tuple[str, str, str]


def _identity(mail: Incoming) -> _Identity:
    return address.key_of(mail.sender), address.key_of(mail.recipient), mail.message_id or ""


class _Session(SMTP):
    """One connection; counts every answer that is not a success."""

    # Handsets and their gateways write longer lines than the 998 octets of RFC 5321.
    line_length_limit = 65_536

    def __init__(self, owner: MailServer, sessions: "set[_Session]", **options: Any) -> None:
        super().__init__(owner, **options)
        self._owner = owner
        self._sessions = sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse connections beyond the bound."""
        if len(self._sessions) >= _CONNECTIONS and isinstance(transport, asyncio.Transport):
            status = "421 4.3.2 Too many connections; please try again later"
            self._owner.refused(_source(transport), status)
            transport.write(f"{status}\r\n".encode())
            transport.close()
            return
        self._sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection."""
        if self in self._sessions:
            self._sessions.discard(self)
            super().connection_lost(error)

    def close(self) -> None:
        """Close the connection at once."""
        if self.transport is not None:
            self.transport.close()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # the library calls it so
        """Take a mail; not to be cut off before its answer is out."""
        self._owner.begin()
        try:
            await super().smtp_DATA(arg)
        finally:
            self._owner.end()

    async def push(self, status: Any) -> None:
        """Send an answer."""
        text = status.decode("ascii", "replace") if isinstance(status, bytes) else str(status)
        if text[:1] in "45":
            self._owner.refused(_source(self.transport), text)
        await super().push(status)


def _source(transport: Any) -> str:
    peer = transport.get_extra_info("peername") if transport is not None else None
    return str(peer[0]) if peer else ""
