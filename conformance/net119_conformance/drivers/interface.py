"""What a test purpose may do with a system under test, besides speaking interface B.

A driver gives the purposes a handset, a console, staff, a mailbox and administration of the SUT.
Each group of verbs is optional: the driver claims what it can do, and a purpose that needs more
is INCONCLUSIVE, never passed.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from net119_protocol.api.admin import Health, PeerOperator, RefusedInput
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import ProviderState
from net119_protocol.person import RegistrantData
from net119_protocol.places import Fix
from net119_simulators.mailbox import Draft, Letter, Rule
from net119_simulators.network import Timers
from net119_simulators.pages import Browser
from net119_simulators.registration import Account, Applicant, CallPageKeys, MailedKeys
from net119_simulators.wiretap import Wiretap

from net119_conformance.drivers.actors import Console, Handset
from net119_conformance.drivers.alarm_side import AlarmSide
from net119_conformance.drivers.console_keys import ConsoleKeys
from net119_conformance.drivers.crowd_side import CrowdSide
from net119_conformance.drivers.handset_side import HandsetSide
from net119_conformance.drivers.staff import AuditLog, Staff
from net119_conformance.errors import DriverFailed


class Verb(StrEnum):
    """Groups of verbs that a driver may claim."""

    HANDSET = "handset"
    """Calling, with and without a log-in."""
    CONSOLE = "console"
    """A dispatcher at a center."""
    STAFF = "staff"
    """Registering people with a department, and suspending them."""
    RECORDS = "records"
    """Reading, reviewing, keying in and ending registrations as a department's staff."""
    AUDIT = "audit"
    """Opening the records of calls so that it is logged, and reading a department's audit log."""
    MAILBOX = "mailbox"
    """Sending mail to the SUT as people do, and reading what it sent to them."""
    APPLICANT = "applicant"
    """Applying, changing, stopping and renewing through mailed URLs."""
    PAGES = "pages"
    """Opening pages in a browser, as anybody does with a URL."""
    STAFF_PAGES = "staff-pages"
    """Keying in at pages, as a department's staff do in a browser."""
    ACCOUNT = "account"
    """A registrant's own account, and the personal call page."""
    PHONE = "phone"
    """Reaching the SUT with phones of any kind, over an encrypted link or a plaintext one."""
    DIRECTORY = "directory"
    """Loading a jurisdiction directory."""
    OPERATORS = "operators"
    """Loading the list of peers."""
    CLOCK = "clock"
    """Setting the SUT's clock."""
    RESTART = "restart"
    """Stopping the SUT in good order and starting it again."""
    TERMS = "terms"
    """Putting a revision of a department's terms of use into force."""
    TIMERS = "timers"
    """Setting the SUT's timers while it runs."""
    LOG = "log"
    """Reading what the SUT refused."""
    HEALTH = "health"
    """Reading the SUT's state, and which peers it counts as running."""
    STATE = "state"
    """Setting the SUT's own operating state."""
    CONSOLE_PAGE = "console-page"
    """A dispatcher with a password, for the system's own console page."""
    CROWD = "crowd"
    """Many handsets and consoles at once: where the documented API answers, and log-ins for it."""
    ALARMS = "alarms"
    """The home alarm service: its units, its desk, its register."""
    CRASH = "crash"
    """Killing the SUT without warning and starting it again."""


class Driver(Protocol):
    """Hands a purpose the SUT's handsets, consoles, staff and administration."""

    name: str
    verbs: frozenset[Verb]
    staff_log_in_apart: bool
    """Whether each of a department's staff is another person, with a log-in of their own."""

    async def register(self, department: str, person: RegistrantData) -> Credentials:
        """Register a person with a department of the SUT, approved."""

    async def suspend(self, department: str, credentials: Credentials, reason: str) -> None:
        """Refuse the registrant's further calls."""

    def handset(
        self, credentials: Credentials | CallPageKeys, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Handset]:
        """A handset that logs in, or opens its call page, on entering.

        A refusal is raised as ``CallRefused``.
        """

    async def call_as_stranger(self, fix: Fix, *, token: str | None, wiretap: Wiretap) -> UUID:
        """Call without any log-in, with an invented session or none; returns the call taken.

        A refusal is raised as ``CallRefused``.
        """

    def alarm_side(self, wiretap: Wiretap) -> AlarmSide:
        """The home alarm service."""

    def handset_side(self) -> HandsetSide:
        """Where phones reach the SUT, and which authorities sign its certificates."""

    def plaintext_handset(
        self, credentials: Credentials, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Handset]:
        """A handset that logs in over the plaintext link on entering.

        A refusal is raised as ``CallRefused``.
        """

    def console(
        self, center: str, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Console]:
        """A console of a center, connected while entered."""

    async def console_keys(self, center: str, name: str) -> ConsoleKeys:
        """A new dispatcher of a center, who can log in at the console's page."""

    def crowd_side(self) -> CrowdSide:
        """Where a crowd of handsets and consoles reaches the SUT's documented API."""

    async def handset_token(self, credentials: Credentials) -> str:
        """Log a registrant in, and leave the handset to the crowd."""

    async def console_token(self, center: str) -> str:
        """A new dispatcher of a center, whose console is left to the crowd."""

    def staff(
        self, department: str, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Staff]:
        """A staff member of a department."""

    def audit_log(
        self, department: str, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[AuditLog]:
        """The audit log of a department, as its staff read it."""

    def applicant(self, *, name: str, wiretap: Wiretap) -> AbstractAsyncContextManager[Applicant]:
        """Somebody who opens mailed URLs."""

    def account(
        self, keys: MailedKeys, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Account]:
        """A registrant's account, not logged in yet."""

    def browser(self, *, name: str, wiretap: Wiretap) -> AbstractAsyncContextManager[Browser]:
        """A browser on a device of its own, with no page open."""

    def staff_browser(
        self, department: str, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Browser]:
        """A browser in which a staff member of a department has just logged in."""

    async def send_mail(self, draft: Draft, *, wiretap: Wiretap) -> None:
        """Send a mail to the SUT; one that is refused in the dialogue raises ``MailNotTaken``."""

    async def letters(
        self, address: str, *, after: int, within: float, wiretap: Wiretap
    ) -> Sequence[Letter]:
        """Mail to an address after the first ``after``, oldest first.

        If there is none yet, the first one is waited for ``within`` seconds at most.
        """

    async def filter_mail(self, address: str, rule: Rule) -> None:
        """Have a carrier filter, refuse or lose the mail to an address."""

    async def load_directory(self, content: Mapping[str, Any]) -> None:
        """Replace the SUT's directory, for new calls, by one in its JSON form."""

    async def load_operators(self, peers: Sequence[PeerOperator]) -> None:
        """Replace the SUT's list of peers."""

    async def set_clock(self, moment: datetime) -> None:
        """Have the SUT's clock go on from a moment (with a time zone)."""

    async def restart(self) -> None:
        """Stop the SUT in good order, start it again, and wait until it serves."""

    async def revise_terms(self, department: str, version: str, ja: str, en: str) -> None:
        """Put a revision of a department's terms into force, and wait until the SUT serves."""

    async def set_timers(self, timers: Timers) -> None:
        """Set those of the SUT's timers that are given; the others stay."""

    async def health(self) -> Health:
        """The SUT's state, its peers among it."""

    async def refused_inputs(self, after: int = 0) -> tuple[RefusedInput, ...]:
        """What the SUT logged as refused."""

    async def set_state(self, state: ProviderState) -> None:
        """Put the SUT into an operating state."""

    async def crash(self) -> None:
        """Kill the SUT without warning, start it again, and wait until it serves."""

    def owed(self) -> DriverFailed | None:
        """What operates the SUT and has not answered for long; None where nothing is owed."""

    async def close(self) -> None:
        """Let go of connections."""
