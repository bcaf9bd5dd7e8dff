"""A driver that claims nothing: the base of drivers, which implement what they claim."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any
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
from net119_conformance.drivers.interface import Verb
from net119_conformance.drivers.staff import AuditLog, Staff
from net119_conformance.errors import ConformanceError, DriverFailed


class NotClaimed(ConformanceError):
    """A verb was used that the driver does not claim; `World` asks for the claim before."""

    def __init__(self, verb: Verb, driver: str) -> None:
        super().__init__(
            f"the verb {verb.value!r} is not claimed",
            f"driver {driver}",
            "use a driver that claims it, or leave out the purposes that need it",
        )
        self.verb = verb
        self.driver = driver


class Unclaimed:
    """Every verb of `Driver`, each raising `NotClaimed`; ``close`` has nothing to let go of."""

    name: str = "unclaimed"
    verbs: frozenset[Verb] = frozenset()
    staff_log_in_apart: bool = True

    async def register(self, department: str, person: RegistrantData) -> Credentials:
        """Verb ``staff``."""
        raise NotClaimed(Verb.STAFF, self.name)

    def alarm_side(self, wiretap: Wiretap) -> AlarmSide:
        """Verb ``alarms``."""
        raise NotClaimed(Verb.ALARMS, self.name)

    async def suspend(self, department: str, credentials: Credentials, reason: str) -> None:
        """Verb ``staff``."""
        raise NotClaimed(Verb.STAFF, self.name)

    def handset(
        self, credentials: Credentials | CallPageKeys, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Handset]:
        """Verb ``handset``."""
        raise NotClaimed(Verb.HANDSET, self.name)

    def handset_side(self) -> HandsetSide:
        """Verb ``phone``."""
        raise NotClaimed(Verb.PHONE, self.name)

    def plaintext_handset(
        self, credentials: Credentials, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Handset]:
        """Verb ``phone``."""
        raise NotClaimed(Verb.PHONE, self.name)

    async def call_as_stranger(self, fix: Fix, *, token: str | None, wiretap: Wiretap) -> UUID:
        """Verb ``handset``."""
        raise NotClaimed(Verb.HANDSET, self.name)

    def console(
        self, center: str, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Console]:
        """Verb ``console``."""
        raise NotClaimed(Verb.CONSOLE, self.name)

    async def console_keys(self, center: str, name: str) -> ConsoleKeys:
        """Verb ``console-page``."""
        raise NotClaimed(Verb.CONSOLE_PAGE, self.name)

    def crowd_side(self) -> CrowdSide:
        """Verb ``crowd``."""
        raise NotClaimed(Verb.CROWD, self.name)

    async def handset_token(self, credentials: Credentials) -> str:
        """Verb ``crowd``."""
        raise NotClaimed(Verb.CROWD, self.name)

    async def console_token(self, center: str) -> str:
        """Verb ``crowd``."""
        raise NotClaimed(Verb.CROWD, self.name)

    def staff(
        self, department: str, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Staff]:
        """Verb ``records``."""
        raise NotClaimed(Verb.RECORDS, self.name)

    def audit_log(
        self, department: str, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[AuditLog]:
        """Verb ``audit``."""
        raise NotClaimed(Verb.AUDIT, self.name)

    def applicant(self, *, name: str, wiretap: Wiretap) -> AbstractAsyncContextManager[Applicant]:
        """Verb ``applicant``."""
        raise NotClaimed(Verb.APPLICANT, self.name)

    def account(
        self, keys: MailedKeys, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Account]:
        """Verb ``account``."""
        raise NotClaimed(Verb.ACCOUNT, self.name)

    def browser(self, *, name: str, wiretap: Wiretap) -> AbstractAsyncContextManager[Browser]:
        """Verb ``pages``."""
        raise NotClaimed(Verb.PAGES, self.name)

    def staff_browser(
        self, department: str, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Browser]:
        """Verb ``staff-pages``."""
        raise NotClaimed(Verb.STAFF_PAGES, self.name)

    async def send_mail(self, draft: Draft, *, wiretap: Wiretap) -> None:
        """Verb ``mailbox``."""
        raise NotClaimed(Verb.MAILBOX, self.name)

    async def letters(
        self, address: str, *, after: int, within: float, wiretap: Wiretap
    ) -> Sequence[Letter]:
        """Verb ``mailbox``."""
        raise NotClaimed(Verb.MAILBOX, self.name)

    async def filter_mail(self, address: str, rule: Rule) -> None:
        """Verb ``mailbox``."""
        raise NotClaimed(Verb.MAILBOX, self.name)

    async def load_directory(self, content: Mapping[str, Any]) -> None:
        """Verb ``directory``."""
        raise NotClaimed(Verb.DIRECTORY, self.name)

    async def load_operators(self, peers: Sequence[PeerOperator]) -> None:
        """Verb ``operators``."""
        raise NotClaimed(Verb.OPERATORS, self.name)

    async def set_clock(self, moment: datetime) -> None:
        """Verb ``clock``."""
        raise NotClaimed(Verb.CLOCK, self.name)

    async def restart(self) -> None:
        """Verb ``restart``."""
        raise NotClaimed(Verb.RESTART, self.name)

    async def revise_terms(self, department: str, version: str, ja: str, en: str) -> None:
        """Verb ``terms``."""
        raise NotClaimed(Verb.TERMS, self.name)

    async def set_timers(self, timers: Timers) -> None:
        """Verb ``timers``."""
        raise NotClaimed(Verb.TIMERS, self.name)

    async def health(self) -> Health:
        """Verb ``health``."""
        raise NotClaimed(Verb.HEALTH, self.name)

    async def refused_inputs(self, after: int = 0) -> tuple[RefusedInput, ...]:
        """Verb ``log``."""
        raise NotClaimed(Verb.LOG, self.name)

    async def set_state(self, state: ProviderState) -> None:
        """Verb ``state``."""
        raise NotClaimed(Verb.STATE, self.name)

    async def crash(self) -> None:
        """Verb ``crash``."""
        raise NotClaimed(Verb.CRASH, self.name)

    def owed(self) -> DriverFailed | None:
        """Nothing is asked of anybody who could owe an answer."""
        return None

    async def close(self) -> None:
        """Nothing is open."""
