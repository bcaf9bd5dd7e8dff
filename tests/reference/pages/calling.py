"""A caller with a call page on a device of their own, a call, and a dispatcher at a console."""

import itertools
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import httpx
from net119_protocol.api.admin import AccountRole, NewAccount
from net119_protocol.api.handset import LogIn, NewCall
from net119_protocol.api.staff import NewRegistrant
from net119_protocol.chat import ChatLine, Option
from net119_protocol.codes import CloseOutcome, Kind, LinkSecurity, Mode, PlaceChoice
from net119_protocol.places import Fix
from net119_reference.ports import HandsetIdentity
from net119_reference.web.pages.sessions import DEVICE
from net119_simulators.dispatcher import Dispatcher
from playwright.sync_api import Browser, Page

from tests.reference.pages.looking import tab
from tests.reference.pages.site import Site
from tests.reference.registration.support import application

T = TypeVar("T")
NAME = "髙橋　𠮷子①"
IN_TOWN = Fix(lat=42.6340, lon=141.6050, accuracy_m=20.0)
"""In the middle of Tomakomai."""
_numbers = itertools.count(1)


@dataclass
class Caller:
    """A registrant whose call page is open on one device."""

    site: Site
    login_id: str
    password: str
    secret: str
    device: str

    @property
    def path(self) -> str:
        """The personal call page."""
        return f"/c/{self.secret}"

    async def identity(self) -> HandsetIdentity:
        opened = await self.site.town.desk.open_call_page(self.secret, self.device)
        who: HandsetIdentity = opened.identity
        return who

    def call(
        self,
        *,
        kind: Kind = Kind.AMBULANCE,
        mode: Mode = Mode.TEST,
        place: PlaceChoice = PlaceChoice.CURRENT,
        fix: Fix | None = IN_TOWN,
    ) -> "PagedCall":
        """Place a call; its chat page."""

        async def place_it() -> UUID:
            body = NewCall(
                client_call_id=f"paged-{next(_numbers)}",
                kind=kind,
                mode=mode,
                place=place,
                fix=fix,
            )
            provider = self.site.town.provider
            placed = await provider.place_call(await self.identity(), body, LinkSecurity.ENCRYPTED)
            return placed.call.call_id

        call_id = self.site.do(place_it)
        return PagedCall(self, call_id, f"{self.path}/calls/{call_id}")

    @contextmanager
    def http(self, **options: Any) -> Iterator[httpx.Client]:
        """This device without JavaScript."""
        with self.site.http(follow_redirects=True, **options) as client:
            client.cookies.set(DEVICE, self.device, domain="127.0.0.1")
            yield client

    @contextmanager
    def tab(
        self, browser: Browser, *, script: bool = True, offline: bool = False
    ) -> Iterator[Page]:
        """This device's browser."""
        with tab(browser, self.site.base_url, script=script, offline=offline) as page:
            page.context.add_cookies(
                [{"name": DEVICE, "value": self.device, "url": self.site.base_url}]
            )
            yield page


@dataclass
class PagedCall:
    """A call with the path of its chat page."""

    caller: Caller
    call_id: UUID
    path: str

    def stored(self) -> list[ChatLine]:
        """The transcript as the provider has it."""

        async def read() -> list[ChatLine]:
            provider = self.caller.site.town.provider
            found = await provider.lines_of(await self.caller.identity(), self.call_id, 0)
            return list(found.lines)

        return self.caller.site.do(read)


def caller(site: Site, **changes: Any) -> Caller:
    """Somebody newly registered, with a call page."""
    number = next(_numbers)

    async def register() -> Caller:
        town = site.town
        provider = town.provider
        account = await provider.add_account(
            NewAccount(role=AccountRole.STAFF, unit=town.department, name=f"係 {number}")
        )
        staff = await provider.staff_identity(account.token)
        data = application(
            town.department, **{"mail": f"caller{number}@phone.example", **changes}
        ).data
        entered = await provider.enter_registrant(staff, NewRegistrant(data=data))
        given = await provider.approve_registrant(staff, entered.registrant_id)
        session = await provider.log_in(LogIn(login_id=given.login_id, password=given.password))
        who = await provider.handset_identity(session.token)
        device = f"device-of-caller-{number:04d}"
        made = await town.desk.new_call_page(who, device)
        return Caller(site, given.login_id, given.password, made.secret, device)

    return site.do(register)


class Desk:
    """A real console client in the provider's loop, with verbs for plain test functions."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.console: Dispatcher

    def _do(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return self._site.do(work)

    async def open(self) -> None:
        """Sit down at the center of the site's department."""
        town = self._site.town
        provider = town.provider
        unit = provider.core.jurisdiction.own_unit(town.department, town.clock.now())
        assert unit is not None
        account = await provider.add_account(
            NewAccount(role=AccountRole.DISPATCHER, unit=unit.center, name="佐藤")
        )
        tls = self._site.client_tls()
        self.console = Dispatcher(self._site.base_url, tls, account.token)
        await self.console.__aenter__()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody is at the console while the block runs."""
        self._do(self.console.disconnect)
        try:
            yield
        finally:
            self._do(self.console.connect)

    def answer(self, call: PagedCall) -> None:
        """Take the call."""

        async def take() -> None:
            await self.console.wait_for_call(call.call_id)
            await self.console.answer(call.call_id)

        self._do(take)

    def say(self, call: PagedCall, text: str, *options: str) -> int:
        """Say a line, with answers to tap; its number."""
        choices = tuple(Option(id=f"o{n}", label=each) for n, each in enumerate(options))
        return self._do(lambda: self.console.say(call.call_id, text, choices)).seq

    def heard(self, call: PagedCall, text: str) -> ChatLine:
        """Wait for a line of the caller's with this text."""
        return self._do(
            lambda: self.console.wait_for_line(call.call_id, lambda line: line.text == text)
        )

    def heard_choice(self, call: PagedCall, option_id: str) -> ChatLine:
        """Wait for an answer of the caller's that chooses this option."""
        return self._do(
            lambda: self.console.wait_for_line(
                call.call_id,
                lambda line: line.choice is not None and line.choice.option_id == option_id,
            )
        )

    def close(self, call: PagedCall, outcome: CloseOutcome) -> None:
        """End the call."""
        self._do(lambda: self.console.close(call.call_id, outcome))


@contextmanager
def desk(site: Site) -> Iterator[Desk]:
    """A dispatcher at the console while the block runs."""
    sitting = Desk(site)
    site.do(sitting.open)
    try:
        yield sitting
    finally:
        site.do(lambda: sitting.console.__aexit__(None, None, None))
