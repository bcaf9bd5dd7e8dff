"""The mail server of all carriers at once: a real SMTP dialogue, any number of addresses."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP

from net119_simulators.errors import Waited
from net119_simulators.mailbox.carrier import Carriers, load_carriers
from net119_simulators.mailbox.dialogue import Dialogue, Moment
from net119_simulators.mailbox.journal import Decision, Fate
from net119_simulators.mailbox.letter import Letter, read_letter
from net119_simulators.mailbox.reports import Returns
from net119_simulators.mailbox.rules import Rule
from net119_simulators.mailbox.sorting import Sorted, Sorter, plain
from net119_simulators.mailbox.view import Mailbox, told
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target
from net119_simulators.waiting import Watch
from net119_simulators.wiretap import Interface, Wiretap


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
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        wiretap: Wiretap | None = None,
        carriers: Carriers | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        check_target(f"smtp://{host}:{port or 1}")
        self.host = host
        self._port = port
        self._recorder = Recorder(wiretap, Interface.M, "mailboxes", "provider")
        self.carriers = carriers if carriers is not None else load_carriers()
        self._clock = clock
        self._sorter = Sorter(self.carriers)
        self._returns = Returns()
        self._letters: dict[str, list[Letter]] = defaultdict(list)
        self._decisions: list[Decision] = []
        self._background: set[asyncio.Task[None]] = set()
        self._watch = Watch()
        self._server: asyncio.Server | None = None
        self._sessions: dict[asyncio.Transport, SMTP] = {}
        self._death: tuple[Moment, asyncio.Future[Killed]] | None = None
        self.taken: Counter[str] = Counter()
        """How often each Message-ID was taken with 250, whatever became of it then."""
        self.version = 0
        """Grows with every mail, decision and rule."""

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
        for task in tuple(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

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
        return Dialogue(self, self._sessions)

    # --- what tests and scenarios say and ask ------------------------------------------------

    def mailbox(self, address: str) -> Mailbox:
        """One mailbox, whether or not it ever got a mail."""
        return Mailbox(self, address)

    def set_rule(self, address: str, rule: Rule) -> None:
        """Give an address a rule; without one everything is delivered."""
        self._sorter.set_rule(plain(address), rule)
        self._changed()

    def rule(self, address: str) -> Rule:
        """The rule of an address."""
        return self._sorter.rule(plain(address))

    def route(self, domain: str, host: str, port: int) -> None:
        """Where delivery reports to senders of a domain go (``*``: all others).

        Raises:
            SafetyInterlock: the server is not on this machine.
        """
        self._returns.route(domain, host, port)

    @property
    def routes(self) -> Mapping[str, tuple[str, int]]:
        """The ways of delivery reports, by domain."""
        return self._returns.routes

    def letters(self, address: str) -> tuple[Letter, ...]:
        """Mails in a mailbox, oldest first."""
        return tuple(self._letters.get(plain(address), ()))

    def decisions(self, address: str | None = None) -> tuple[Decision, ...]:
        """What was decided about each mail, oldest first: all of them, or of one mailbox."""
        if address is None:
            return tuple(self._decisions)
        key = plain(address)
        return tuple(each for each in self._decisions if each.address == key)

    @property
    def mailboxes(self) -> Mapping[str, tuple[Letter, ...]]:
        """All mailboxes that ever got a mail."""
        return {address: tuple(letters) for address, letters in self._letters.items()}

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses that anything was decided about, sorted."""
        return tuple(sorted({*self._letters, *(each.address for each in self._decisions)}))

    @property
    def dropped(self) -> tuple[Letter, ...]:
        """Mails that were taken and thrown away."""
        return tuple(
            each.letter
            for each in self._decisions
            if each.fate is Fate.DROPPED and each.letter is not None
        )

    async def wait_for_letter(
        self,
        address: str,
        wanted: Callable[[Letter], bool] = lambda _letter: True,
        *,
        after: int = 0,
        within: float = 10.0,
        what: str = "",
    ) -> Letter:
        """The first mail that fits, of those after the first ``after`` of the mailbox.

        Raises:
            Waited: none came in time; the text tells what did come, and what was stopped by which
                rule and why.
        """

        def look() -> Letter | None:
            return next((each for each in self.letters(address)[after:] if wanted(each)), None)

        def seen() -> str:
            came = self.letters(address)[after:]
            return told(came, self.decisions(address), len(self.letters(address)) - len(came))

        return await self._watch.until(look, what or f"a mail to {address}", within, seen)

    async def wait_for_decision(
        self,
        address: str,
        wanted: Callable[[Decision], bool] = lambda _decision: True,
        *,
        within: float = 10.0,
    ) -> Decision:
        """The first decision about a mail to this address that fits.

        Raises:
            Waited: none in time.
        """
        return await self._watch.until(
            lambda: next((each for each in self.decisions(address) if wanted(each)), None),
            f"a decision about a mail to {address}",
            within,
            lambda: "; ".join(map(str, self.decisions(address))) or "no mail",
        )

    async def wait_until(self, look: Callable[[], bool], what: str, within: float = 10.0) -> None:
        """Until something about the mailboxes is true; looked at after every mail."""
        await self._watch.until(
            lambda: True if look() else None,
            what,
            within,
            lambda: f"{sum(self.taken.values())} mails taken",
        )

    # --- the dialogue -------------------------------------------------------------------------

    def admits(self, address: str, quoted: bool, envelope_from: str) -> str | None:
        """The refusal of a recipient, written in quotes or not, if it is refused or deferred."""
        found = self._sorter.stopped_at_recipient(
            plain(address), quoted, envelope_from, self._clock()
        )
        if found is None:
            return None
        self._decided(found, plain(address), envelope_from, None)
        return found.reply

    def take(self, raw: bytes, envelope_from: str, recipients: list[str]) -> str | None:
        """Sort a mail into the mailboxes; the refusal, if no recipient takes it."""
        now = datetime.now(UTC)
        fates = []
        for address in recipients:
            letter = read_letter(raw, plain(address), plain(envelope_from), now)
            fates.append((letter, self._sorter.sort(letter, self._clock())))
        refusal = fates[0][1].reply if all(each.reply for _, each in fates) else None
        for letter, found in fates:
            if refusal is None:
                self.taken[letter.message_id] += 1
                if found.reply:
                    # Others get this mail, so that its sender can only be told by a report.
                    found = replace(found, fate=Fate.BOUNCED)
            self._recorder.received(f"mail to {letter.address}: {letter.subject}", letter.text)
            decision = self._decided(found, letter.address, letter.sender, letter)
            if found.fate is Fate.BOUNCED:
                self._in_background(self._report(decision))
            elif found.fate is Fate.DELIVERED:
                self._letters[letter.address] += [letter] * found.copies
            elif found.fate is Fate.DELAYED:
                self._in_background(self._deliver_late(letter, found))
        self._changed()
        return refusal

    def _decided(self, found: Sorted, address: str, sender: str, letter: Letter | None) -> Decision:
        decision = Decision(
            datetime.now(UTC), address, sender, found.fate, str(found.rule), found.why, letter
        )
        self._decisions.append(decision)
        self._changed()
        return decision

    async def _report(self, decision: Decision) -> None:
        if decision.letter is not None:
            decision.reported, decision.report = await self._returns.send(
                decision.letter, decision.why
            )
        self._changed()

    async def _deliver_late(self, letter: Letter, found: Sorted) -> None:
        await asyncio.sleep(found.delay_s)
        late = replace(letter, received_at=datetime.now(UTC))
        self._letters[letter.address] += [late] * found.copies
        self._decided(replace(found, fate=Fate.DELIVERED), letter.address, letter.sender, late)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _changed(self) -> None:
        self.version += 1
        self._watch.changed()
