"""The mail server of all carriers at once: a real SMTP dialogue, any number of addresses."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from net119_simulators.mailbox.letter import Letter, read_letter
from net119_simulators.mailbox.rules import Outcome, Rule
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target
from net119_simulators.waiting import Watch
from net119_simulators.wiretap import Interface, Wiretap

OPEN = Rule()


class MailboxServer:
    """Takes mail for every address, by the address's rule; ``async with`` starts and stops it.

    :meth:`kill` and :meth:`restart` are for tests of what a sender does when the server is gone:
    the mailboxes and the port stay.
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
        self._sessions: set[asyncio.Transport] = set()
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

    async def kill(self) -> None:
        """Stop listening and cut every connection, in the middle of a mail or not."""
        if self._server is None:
            return
        self._server.close()
        for transport in tuple(self._sessions):
            transport.abort()
        await self._server.wait_closed()
        self._server = None

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

    def __init__(self, owner: MailboxServer, sessions: set[asyncio.Transport]) -> None:
        super().__init__(_Handler(owner), hostname="mailboxes.example", enable_SMTPUTF8=False)
        self._sessions = sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection."""
        if isinstance(transport, asyncio.Transport):
            self._sessions.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection."""
        if isinstance(self.transport, asyncio.Transport):
            self._sessions.discard(self.transport)
        super().connection_lost(error)


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
        self._owner.take(raw, envelope.mail_from or "", list(envelope.rcpt_tos))
        return "250 OK"


def _plain(address: str) -> str:
    """An address without quotes, its domain in small letters: one key for all spellings."""
    local, at, domain = address.strip().strip("<>").rpartition("@")
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = local[1:-1]
    return f"{local}{at}{domain.lower()}"
