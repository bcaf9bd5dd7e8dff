"""The driver for a system that has our documented API."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from secrets import token_hex
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from net119_protocol.api.admin import (
    AccountRole,
    Health,
    LoadDirectory,
    Operators,
    PeerOperator,
    RefusedInput,
)
from net119_protocol.api.handset import LogIn, Session
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Kind, PlaceChoice, ProviderState
from net119_protocol.person import RegistrantData
from net119_protocol.places import Fix
from net119_simulators.api_client import ApiClient
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import Unreachable
from net119_simulators.mailbox import Draft, Letter, Rule
from net119_simulators.network.accounts import Operation
from net119_simulators.pages import Browser
from net119_simulators.pages.staff import StaffAtPages
from net119_simulators.pages.window import new_browser
from net119_simulators.recorder import Recorder
from net119_simulators.registration import (
    Account,
    ApiAccount,
    ApiApplicant,
    Applicant,
    CallPageKeys,
    MailedKeys,
)
from net119_simulators.smartphone import Smartphone
from net119_simulators.staff_office import StaffOffice
from net119_simulators.wiretap import Interface, Wiretap

from net119_conformance.drivers.actors import Console, Handset
from net119_conformance.drivers.alarm_side import AlarmSide
from net119_conformance.drivers.console_keys import ConsoleKeys
from net119_conformance.drivers.crowd_side import CrowdSide
from net119_conformance.drivers.handset_side import HandsetSide
from net119_conformance.drivers.interface import Verb
from net119_conformance.drivers.names import DriverName
from net119_conformance.drivers.staff import Staff
from net119_conformance.drivers.unclaimed import NotClaimed, Unclaimed
from net119_conformance.errors import SutUnavailable
from net119_conformance.world.mail import Mail

P = ParamSpec("P")
Revise = Callable[[str, str, str, str], Awaitable[None]]
"""Revises a department's terms: its code, the version, the text in Japanese and English."""
T = TypeVar("T")

THROUGH_THE_API = frozenset(
    {
        Verb.ALARMS,
        Verb.HANDSET,
        Verb.CONSOLE,
        Verb.CONSOLE_PAGE,
        Verb.STAFF,
        Verb.RECORDS,
        Verb.AUDIT,
        Verb.APPLICANT,
        Verb.ACCOUNT,
        Verb.PAGES,
        Verb.STAFF_PAGES,
        Verb.DIRECTORY,
        Verb.OPERATORS,
        Verb.LOG,
        Verb.HEALTH,
        Verb.STATE,
    }
)
"""Through it no timers are set, nor a clock that others go by, no process started, no mail sent."""


class ApiDriver(Unclaimed):
    """Operates a SUT through the API described in ``docs/reference/openapi.json``.

    ``crash`` kills and starts the SUT, ``restart`` stops and starts it, where somebody can do
    that, ``mail`` sends and reads people's mail; without one, its verb is not claimed.  ``clock``
    says whether the SUT's clock may be set: where other purposes use the same SUT, it may not.
    ``revise`` puts a revision of a department's terms into force, where somebody can do that.
    ``side`` is where phones with a handshake of their own reach the SUT, where that is known, and
    ``crowd`` where many handsets and consoles at once do.

    Raises:
        SutUnavailable: from every verb, when the SUT cannot be reached.
    """

    kind = DriverName.API
    answers_s: float = 10.0
    """How long a dispatcher waits for an answer: a transfer is answered after T1 x attempts."""

    def __init__(
        self,
        operator: str,
        base_url: str,
        tls: ssl.SSLContext | None,
        admin_token: str,
        wiretap: Wiretap,
        crash: Callable[[], Awaitable[None]] | None = None,
        restart: Callable[[], Awaitable[None]] | None = None,
        *,
        clock: bool = False,
        revise: Revise | None = None,
        mail: Mail | None = None,
        side: HandsetSide | None = None,
        crowd: CrowdSide | None = None,
    ) -> None:
        self.name: str = self.kind.value
        self.operator = operator
        means = {
            Verb.CRASH: crash,
            Verb.RESTART: restart,
            Verb.TERMS: revise,
            Verb.CLOCK: clock or None,
            Verb.MAILBOX: mail,
            Verb.PHONE: side,
            Verb.CROWD: crowd,
        }
        self.verbs = THROUGH_THE_API | {verb for verb, its in means.items() if its is not None}
        self._revise = revise
        self._crowd = crowd
        self._side = side
        self._mail = mail
        self._base_url = base_url
        self._tls = tls
        self._operation = Operation(operator, base_url, tls, admin_token, wiretap)
        self._crash = crash
        self._restart = restart

    async def register(self, department: str, person: RegistrantData) -> Credentials:
        """Key a person in and approve the application."""
        entered = await self._reached(self._operation.enter, department, person)
        return await self._reached(self._operation.approve, entered, department)

    async def suspend(self, department: str, credentials: Credentials, reason: str) -> None:
        """Refuse the registrant's further calls."""
        await self._reached(self._operation.suspend, credentials, department, reason)

    @asynccontextmanager
    async def handset(
        self, credentials: Credentials | CallPageKeys, *, name: str, wiretap: Wiretap
    ) -> AsyncIterator[Handset]:
        """A smartphone that logs in on entering."""
        async with self._smartphone(self._base_url, credentials, name, wiretap) as phone:
            yield phone

    def plaintext_handset(
        self, credentials: Credentials, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Handset]:
        """A handset that logs in over the plaintext link on entering."""
        url = self.handset_side().plaintext_url
        if url is None:
            raise NotClaimed(Verb.PHONE, self.name)
        return self._smartphone(url, credentials, name, wiretap)

    @asynccontextmanager
    async def _smartphone(
        self, url: str, credentials: Credentials | CallPageKeys, name: str, wiretap: Wiretap
    ) -> AsyncIterator[Smartphone]:
        phone = Smartphone(
            url, self._tls, credentials, name=name, provider=self.operator, wiretap=wiretap
        )
        await self._reached(phone.__aenter__)
        try:
            yield phone
        finally:
            await phone.__aexit__(None, None, None)

    def alarm_side(self, wiretap: Wiretap) -> AlarmSide:
        """The home alarm service."""
        add = self._operation.add_account
        return AlarmSide(self._base_url, self._tls, self.operator, wiretap, add)

    def handset_side(self) -> HandsetSide:
        """Where phones reach the SUT."""
        if self._side is None:
            raise NotClaimed(Verb.PHONE, self.name)
        return self._side

    def crowd_side(self) -> CrowdSide:
        """Where a crowd reaches the SUT."""
        if self._crowd is None:
            raise NotClaimed(Verb.CROWD, self.name)
        return self._crowd

    async def handset_token(self, credentials: Credentials) -> str:
        """Log a registrant in."""
        self.crowd_side()
        # Nothing is recorded: a crowd's log-ins are no evidence, and each holds a token.
        silent = Recorder(None, Interface.A, "crowd", self.operator)
        api = ApiClient(self._base_url, self._tls, silent, timeout_s=30.0)
        try:
            body = LogIn(login_id=credentials.login_id, password=credentials.password)
            session: Session = await self._reached(api.ask, "log_in", Session, body=body)
        finally:
            await api.close()
        return session.token

    async def console_token(self, center: str) -> str:
        """A new dispatcher."""
        self.crowd_side()
        account = await self._reached(
            self._operation.add_account, AccountRole.DISPATCHER, center, "crowd"
        )
        return account.token

    async def console_keys(self, center: str, name: str) -> ConsoleKeys:
        """A new dispatcher with a password."""
        keys = ConsoleKeys(self._base_url, center, name, token_hex(8))
        await self._reached(self._operation.add_dispatcher, center, name, keys.password)
        return keys

    async def call_as_stranger(self, fix: Fix, *, token: str | None, wiretap: Wiretap) -> UUID:
        """Call without having logged in."""
        unknown = token_hex(8)
        nobody = Credentials(registrant_id=UUID(int=0), login_id=unknown, password=unknown)
        phone = Smartphone(
            self._base_url,
            self._tls,
            nobody,
            name="stranger",
            provider=self.operator,
            wiretap=wiretap,
        )
        phone.api.token = token
        try:
            call = await self._reached(
                phone.call, Kind.OTHER, PlaceChoice.CURRENT, fix=fix, connect=False
            )
        finally:
            await phone.api.close()
        return call.id

    @asynccontextmanager
    async def console(self, center: str, *, name: str, wiretap: Wiretap) -> AsyncIterator[Console]:
        """A dispatcher of the center with a new account, connected while entered."""
        account = await self._reached(
            self._operation.add_account, AccountRole.DISPATCHER, center, name
        )
        dispatcher = Dispatcher(
            self._base_url,
            self._tls,
            account.token,
            name=name,
            provider=self.operator,
            wiretap=wiretap,
            timeout_s=self.answers_s,
        )
        await self._reached(dispatcher.__aenter__)
        try:
            yield dispatcher
        finally:
            await dispatcher.__aexit__(None, None, None)

    @asynccontextmanager
    async def staff(self, department: str, *, name: str, wiretap: Wiretap) -> AsyncIterator[Staff]:
        """A staff member of the department with a new account."""
        account = await self._reached(
            self._operation.add_account, AccountRole.STAFF, department, name
        )
        async with StaffOffice(
            self._base_url,
            self._tls,
            account.token,
            name=name,
            provider=self.operator,
            wiretap=wiretap,
        ) as office:
            yield office

    audit_log = staff

    @asynccontextmanager
    async def applicant(self, *, name: str, wiretap: Wiretap) -> AsyncIterator[Applicant]:
        """Somebody who opens mailed URLs."""
        async with ApiApplicant(
            self._tls, name=name, provider=self.operator, wiretap=wiretap
        ) as person:
            yield person

    @asynccontextmanager
    async def account(
        self, keys: MailedKeys, *, name: str, wiretap: Wiretap
    ) -> AsyncIterator[Account]:
        """A registrant's account."""
        async with ApiAccount(
            self._tls, keys, name=name, provider=self.operator, wiretap=wiretap
        ) as account:
            yield account

    @asynccontextmanager
    async def browser(self, *, name: str, wiretap: Wiretap) -> AsyncIterator[Browser]:
        """A browser without JavaScript."""
        async with new_browser(
            self._tls, name=name, provider=self.operator, wiretap=wiretap
        ) as window:
            yield window

    @asynccontextmanager
    async def staff_browser(
        self, department: str, *, name: str, wiretap: Wiretap
    ) -> AsyncIterator[Browser]:
        """A browser without JavaScript of a staff member with a new account."""
        password = f"{token_hex(8)}-Aa1"
        await self._reached(self._operation.add_staff, department, name, password)
        browser = new_browser(
            self._tls, name=name, provider=self.operator, interface=Interface.C, wiretap=wiretap
        )
        browser.keep_secret(password)
        async with browser:
            hand = StaffAtPages(browser, self._base_url)
            await self._reached(hand.log_in, department, name, password)
            yield browser

    async def send_mail(self, draft: Draft, *, wiretap: Wiretap) -> None:
        """Send a mail to the SUT."""
        await self._post().send(draft, wiretap)

    async def letters(
        self, address: str, *, after: int, within: float, wiretap: Wiretap
    ) -> Sequence[Letter]:
        """Mail to an address."""
        return await self._post().letters(address, after, within, wiretap)

    async def filter_mail(self, address: str, rule: Rule) -> None:
        """Give a mailbox a filter."""
        await self._post().set_rule(address, rule)

    def _post(self) -> Mail:
        if self._mail is None:
            raise NotClaimed(Verb.MAILBOX, self.name)
        return self._mail

    async def load_directory(self, content: Mapping[str, Any]) -> None:
        """Replace the SUT's directory."""
        directory = LoadDirectory(directory=dict(content))
        await self._reached(self._operation.load_directory, directory)

    async def load_operators(self, peers: Sequence[PeerOperator]) -> None:
        """Replace the SUT's list of peers."""
        await self._reached(self._operation.load_operators, Operators(peers=tuple(peers)))

    async def health(self) -> Health:
        """The SUT's state."""
        return await self._reached(self._operation.health)

    async def refused_inputs(self, after: int = 0) -> tuple[RefusedInput, ...]:
        """What the SUT logged as refused."""
        return await self._reached(self._operation.refused_inputs, after)

    async def set_state(self, state: ProviderState) -> None:
        """Put the SUT into an operating state."""
        await self._reached(self._operation.set_state, state)

    async def set_clock(self, moment: datetime) -> None:
        """Have the SUT's clock go on from a later moment; what is due then has been done."""
        if Verb.CLOCK not in self.verbs:
            raise NotClaimed(Verb.CLOCK, self.name)
        await self._reached(self._operation.set_clock, moment)

    async def revise_terms(self, department: str, version: str, ja: str, en: str) -> None:
        """Put a revision of a department's terms into force."""
        if self._revise is None:
            raise NotClaimed(Verb.TERMS, self.name)
        await self._revise(department, version, ja, en)

    async def crash(self) -> None:
        """Kill the SUT and start it again."""
        if self._crash is None:
            raise NotClaimed(Verb.CRASH, self.name)
        await self._crash()

    async def restart(self) -> None:
        """Stop the SUT and start it again."""
        if self._restart is None:
            raise NotClaimed(Verb.RESTART, self.name)
        await self._restart()

    async def close(self) -> None:
        """Close the connections of the operation client."""
        await self._operation.close()

    async def _reached(
        self, verb: Callable[P, Awaitable[T]], *arguments: P.args, **options: P.kwargs
    ) -> T:
        try:
            return await verb(*arguments, **options)
        except Unreachable as error:
            raise SutUnavailable(str(error)) from error
