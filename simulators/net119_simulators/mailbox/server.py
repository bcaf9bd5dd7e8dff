"""The mail server of all carriers at once: a real SMTP dialogue, any number of addresses."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from net119_simulators.errors import Waited
from net119_simulators.mailbox.letter import Letter, read_letter
from net119_simulators.mailbox.rules import Outcome, Rule
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target
from net119_simulators.waiting import Watch
from net119_simulators.wiretap import Interface, Wiretap

OPEN = Rule()


class Moment(Enum):
    """A moment of a mail's dialogue at which the server may die."""

    CONTENT = auto()
    """The sender has asked to send the content; none of it is there yet."""
    BEFORE_STORING = auto()
    """The content has come, and is lost."""
    AFTER_STORING = auto()
    """The mail is in the mailbox, but its sender will not learn so: it is sent again."""


@dataclass(frozen=True)
class Killed:
    """What a kill cut off: connections, and those of them that were in the midst of a mail."""

    at: datetime
    connections: int
    in_mail: int


class MailboxServer:
    """Takes mail for every address, by the address's rule; ``async with`` starts and stops it.

    :meth:`kill`, :meth:`kill_in_mail` and :meth:`restart` are for tests of what a sender does when
    the server is gone: the mailboxes and the port stay.
    """

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, *, wiretap: Wiretap | None = None
    ) -> None:
        check_target(f"smtp://{host}:{port or 1}")
        self.host = host
        self._port = port
        self._recorder = Recorder(wiretap, Interface.M, "mailboxes", "provider")
        self._rules: dict[str, Rule] = {}
        self._deferred: Counter[str] = Counter()
        self._letters: dict[str, list[Letter]] = defaultdict(list)
        self._dropped: list[Letter] = []
        self._watch = Watch()
        self._server: asyncio.Server | None = None
        self._sessions: dict[asyncio.Transport, SMTP] = {}
        self._death: tuple[Moment, asyncio.Future[Killed]] | None = None
        self.taken: Counter[str] = Counter()
        """How often each Message-ID was taken with 250, whatever became of it then."""

    # --- life ---------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.restart()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.kill()

    @property
    def port(self) -> int:
        """The port it listens on, the same after a restart."""
        return self._port

    async def restart(self) -> None:
        """Listen (again)."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, self.host, self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def kill(self) -> Killed:
        """Stop listening and cut every connection, in the middle of a mail or not."""
        killed = self._die()
        server, self._server = self._server, None
        if server is not None:
            await server.wait_closed()
        return killed

    async def kill_in_mail(self, moment: Moment, within: float = 30.0) -> Killed:
        """Wait for a mail and die at this moment of its dialogue.

        Raises:
            Waited: no mail came that far in time; the server goes on.
        """
        self._death = (moment, asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(within):
                killed = await self._death[1]
        except TimeoutError:
            raise Waited(f"a mail at the moment {moment.name}", within, "none") from None
        finally:
            self._death = None
        await self.kill()
        return killed

    def reached(self, moment: Moment) -> bool:
        """A dialogue has come to this moment; whether the server dies here."""
        if self._death is None or self._death[0] is not moment or self._death[1].done():
            return False
        self._death[1].set_result(self._die())
        return True

    def _die(self) -> Killed:
        dialogues = tuple(self._sessions.values())
        in_mail = sum(
            each.envelope is not None and bool(each.envelope.mail_from) for each in dialogues
        )
        if self._server is not None:
            self._server.close()
        for transport in tuple(self._sessions):
            transport.abort()
        return Killed(datetime.now(UTC), len(dialogues), in_mail)

    def _session(self) -> SMTP:
        return _Dialogue(self, self._sessions)

    # --- what tests and scenarios say and ask ------------------------------------------------

    def set_rule(self, address: str, rule: Rule) -> None:
        """Give an address a filter; without one everything is delivered."""
        self._rules[_plain(address)] = rule

    def letters(self, address: str) -> tuple[Letter, ...]:
        """Mails in a mailbox, oldest first."""
        return tuple(self._letters.get(_plain(address), ()))

    @property
    def mailboxes(self) -> Mapping[str, tuple[Letter, ...]]:
        """All mailboxes that ever got a mail."""
        return {address: tuple(letters) for address, letters in self._letters.items()}

    @property
    def dropped(self) -> tuple[Letter, ...]:
        """Mails that were taken and thrown away."""
        return tuple(self._dropped)

    async def wait_for_letter(
        self,
        address: str,
        wanted: Callable[[Letter], bool] = lambda _letter: True,
        *,
        after: int = 0,
        within: float = 10.0,
    ) -> Letter:
        """The first mail that fits, of those after the first ``after`` of the mailbox.

        Raises:
            Waited: none came in time; the text tells what did come.
        """

        def look() -> Letter | None:
            return next((each for each in self.letters(address)[after:] if wanted(each)), None)

        def seen() -> str:
            subjects = [letter.subject for letter in self.letters(address)[after:]]
            return f"mails that came: {subjects}"

        return await self._watch.until(look, f"a mail to {address}", within, seen)

    async def wait_until(self, look: Callable[[], bool], what: str, within: float = 10.0) -> None:
        """Until something about the mailboxes is true; looked at after every mail."""
        await self._watch.until(
            lambda: True if look() else None,
            what,
            within,
            lambda: f"{sum(self.taken.values())} mails taken",
        )

    # --- the dialogue -------------------------------------------------------------------------

    def admits(self, address: str) -> str | None:
        """The refusal of a recipient, if it is refused or deferred."""
        key = _plain(address)
        rule = self._rules.get(key, OPEN)
        if rule.outcome is Outcome.REJECT:
            return "550 5.1.1 no such mailbox"
        if rule.outcome is Outcome.DEFER or self._deferred[key] < rule.defer_first:
            self._deferred[key] += 1
            return "451 4.7.1 come back later"
        return None

    def take(self, raw: bytes, envelope_from: str, recipients: list[str]) -> None:
        """Put a mail into the mailboxes."""
        now = datetime.now(UTC)
        for address in recipients:
            key = _plain(address)
            letter = read_letter(raw, key, _plain(envelope_from), now)
            self.taken[letter.message_id] += 1
            outcome = self._rules.get(key, OPEN).judge(letter.sender, raw)
            if outcome is Outcome.DROP:
                self._dropped.append(letter)
            else:
                times = 2 if outcome is Outcome.DUPLICATE else 1
                self._letters[key] += [letter] * times
            self._recorder.received(f"mail to {key}: {letter.subject}", letter.text)
        self._watch.changed()


class _Dialogue(SMTP):
    """One connection; knows its server, so that it can be cut."""

    def __init__(self, owner: MailboxServer, sessions: dict[asyncio.Transport, SMTP]) -> None:
        super().__init__(_Handler(owner), hostname="mailboxes.example", enable_SMTPUTF8=False)
        self._sessions = sessions
        self._owner = owner

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

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Take the content, unless the server dies first."""
        if not self._owner.reached(Moment.CONTENT):
            await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, owner: MailboxServer) -> None:
        self._owner = owner

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self._owner.admits(address)
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
        self._owner.take(raw, envelope.mail_from or "", list(envelope.rcpt_tos))
        self._owner.reached(Moment.AFTER_STORING)
        return "250 OK"


def _plain(address: str) -> str:
    """An address without quotes, its domain in small letters: one key for all spellings."""
    local, at, domain = address.strip().strip("<>").rpartition("@")
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = local[1:-1]
    return f"{local}{at}{domain.lower()}"
