"""A smartphone whose owner calls for help through the API."""

import ssl
from collections.abc import Collection
from types import TracebackType
from typing import Self
from uuid import UUID

from net119_protocol.api.common import CallView
from net119_protocol.api.handset import (
    CallAddress,
    CallbackOpened,
    CallsOfCaller,
    FrequentChoice,
    LogIn,
    NewCall,
    Session,
)
from net119_protocol.api.operations import SOCKETS
from net119_protocol.api.registration import CallPageOpened, OpenCallPage
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Kind, Mode, PlaceChoice, Positioning
from net119_protocol.places import Fix, Point

from net119_simulators.api_client import ApiClient
from net119_simulators.errors import NotConnected, UnexpectedAnswer
from net119_simulators.gps import Position
from net119_simulators.line_sender import new_client_id
from net119_simulators.phone_call import PhoneCall
from net119_simulators.recorder import Recorder
from net119_simulators.registration.urls import CallPageKeys, secret_of
from net119_simulators.safety import check_mode
from net119_simulators.wiretap import Interface, Wiretap

_CHAT_PATH = next(socket.path for socket in SOCKETS if socket.name == "chat")


class Smartphone:
    """A logged-in smartphone: ``async with`` logs in and at the end drops what is still open.

    ``credentials`` are ID and password, or a personal call page with its device, which is opened
    in the place of a log-in; ``None`` is a phone that is not logged in and can only come back to
    calls by their callback mails.

    ``tls`` is the context that trusts the provider's certificate, ``None`` for a handset without
    encryption (``http://``). ``source_address`` binds the phone to one of this machine's
    addresses. ``name`` and ``provider`` are the actors' names in the evidence.

    Raises:
        SafetyInterlock: the provider's host is neither loopback nor declared a test system.
        CallRefused: on entering, the log-in is refused.
        Unreachable, UnexpectedAnswer: on entering, see `ApiClient.ask`.
    """

    def __init__(
        self,
        base_url: str,
        tls: ssl.SSLContext | None,
        credentials: Credentials | CallPageKeys | None,
        *,
        name: str = "phone",
        provider: str = "provider",
        wiretap: Wiretap | None = None,
        source_address: str | None = None,
        timeout_s: float = 10.0,
        declared_test_hosts: Collection[str] = (),
    ) -> None:
        self.name = name
        self.tls = tls
        self.source_address = source_address
        self.declared_test_hosts = declared_test_hosts
        self.recorder = Recorder(wiretap, Interface.A, name, provider)
        if isinstance(credentials, CallPageKeys):
            self.recorder.keep_secret(secret_of(credentials.url))
            self.recorder.keep_secret(credentials.device)
        elif credentials is not None:
            self.recorder.keep_secret(credentials.password)
        self._timeout_s = timeout_s
        self._apis: list[ApiClient] = []
        self.api = self._client(base_url)
        self.base_url = self.api.base_url
        self._credentials = credentials
        self._session: Session | CallPageOpened | None = None
        self._calls: list[PhoneCall] = []

    @property
    def session(self) -> Session | CallPageOpened:
        """What the log-in, or the opened call page, gave; raises `NotConnected` before it."""
        if self._session is None:
            raise NotConnected(self.name, "not logged in")
        return self._session

    async def __aenter__(self) -> Self:
        if self._credentials is None:
            return self
        try:
            await self.log_in()
        except BaseException:
            await self.api.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for call in self._calls:
            await call.disconnect()
        for api in self._apis:
            await api.close()

    async def log_in(self) -> Session | CallPageOpened:
        """Log in (again), or open the call page.

        Raises:
            NotConnected: the phone has nothing to log in with.
            CallRefused, Unreachable, UnexpectedAnswer: see `ApiClient.ask`.
        """
        who = self._credentials
        if who is None:
            raise NotConnected(self.name, "nothing to log in with")
        if isinstance(who, CallPageKeys):
            page = OpenCallPage(secret=secret_of(who.url), device=who.device)
            self._session = await self.api.ask("open_call_page", CallPageOpened, body=page)
        else:
            keys = LogIn(login_id=who.login_id, password=who.password)
            self._session = await self.api.ask("log_in", Session, body=keys)
        self.api.token = self._session.token
        return self._session

    async def call(
        self,
        kind: Kind,
        place: PlaceChoice,
        *,
        mode: Mode = Mode.TEST,
        fix: Fix | Position | None = None,
        positioning: Positioning = Positioning.ON,
        corrected_pin: Point | None = None,
        frequent_place: FrequentChoice | None = None,
        client_call_id: str | None = None,
        connect: bool = True,
    ) -> PhoneCall:
        """Call for help and open the chat.

        A `Position` as ``fix`` brings its own ``positioning``. The same ``client_call_id`` finds
        the same call again. ``connect=False`` leaves the chat closed.

        Raises:
            SafetyInterlock: a ``live`` call to another machine; nothing was sent.
            CallRefused: the provider refused the call, or the chat.
            Unreachable, UnexpectedAnswer: see `ApiClient.ask`.
        """
        check_mode(self.base_url, mode)
        if isinstance(fix, Position):
            positioning, fix = fix.positioning, fix.fix
        address = await self.api.ask(
            "call",
            CallAddress,
            body=NewCall(
                client_call_id=client_call_id or new_client_id(),
                kind=kind,
                place=place,
                mode=mode,
                positioning=positioning,
                fix=fix,
                corrected_pin=corrected_pin,
                frequent_place=frequent_place,
            ),
        )
        self._check_chat_path(address.chat_path)
        return await self._opened(PhoneCall(self, address.call, address.chat_path), connect)

    async def come_back(self, url: str, *, connect: bool = True) -> PhoneCall:
        """Open the URL of a callback mail, and the chat of its call (CNB-31).

        That is the caller's act: a closed call rings again.  The call's token is good for this
        call alone; the phone's own session, if there is one, stays as it was.

        Raises:
            CallRefused: the URL opens nothing (any more), or the caller may not call; the code
                says which.
            Unreachable, UnexpectedAnswer: see `ApiClient.ask`; or the URL is of no callback.
        """
        secret = secret_of(url)
        self.recorder.keep_secret(secret)
        api = self._client(self.base_url)
        opened = await api.ask("open_callback", CallbackOpened, path={"secret": secret})
        api.token = opened.token
        self._check_chat_path(opened.chat_path)
        return await self._opened(PhoneCall(self, opened.call, opened.chat_path, api=api), connect)

    async def attach(self, call_id: UUID, *, after: int = 0, connect: bool = True) -> PhoneCall:
        """Another view of one's own call, as a second page of it; lines after ``after`` come.

        Raises:
            CallRefused: there is no such call of this caller.
            Unreachable, UnexpectedAnswer: see `ApiClient.ask`.
        """
        view = await self.api.ask("my_call", CallView, path={"call_id": call_id})
        path = _CHAT_PATH.format(call_id=call_id)
        return await self._opened(PhoneCall(self, view, path, after), connect)

    async def calls(self) -> tuple[CallView, ...]:
        """The caller's own calls, newest first; raises what `ApiClient.ask` raises."""
        return (await self.api.ask("my_calls", CallsOfCaller)).calls

    def _client(self, base_url: str) -> ApiClient:
        client = ApiClient(
            base_url,
            self.tls,
            self.recorder,
            timeout_s=self._timeout_s,
            source_address=self.source_address,
            declared_test_hosts=self.declared_test_hosts,
        )
        self._apis.append(client)
        return client

    def _check_chat_path(self, path: str) -> None:
        if not path.startswith("/") or path.startswith("//"):
            raise UnexpectedAnswer(f"the chat path {path!r} is no path of this host", self.base_url)

    async def _opened(self, call: PhoneCall, connect: bool) -> PhoneCall:
        self._calls.append(call)
        if connect:
            await call.connect()
        return call
