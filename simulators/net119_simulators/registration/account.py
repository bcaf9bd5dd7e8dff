"""A registrant's account, by the API."""

import ssl
from collections.abc import Collection
from types import TracebackType
from typing import Self

from net119_protocol.api.handset import LogIn, Session
from net119_protocol.api.registration import AccountView, CallPageMade, NewCallPage

from net119_simulators.api_client import ApiClient
from net119_simulators.recorder import Recorder
from net119_simulators.registration.urls import MailedKeys, call_page_url, origin_of
from net119_simulators.wiretap import Interface, Wiretap


class ApiAccount:
    """The verbs of `Account` over the API; every method raises what `ApiClient.ask` raises."""

    def __init__(
        self,
        tls: ssl.SSLContext | None,
        keys: MailedKeys,
        *,
        name: str = "registrant",
        provider: str = "provider",
        wiretap: Wiretap | None = None,
        declared_test_hosts: Collection[str] = (),
    ) -> None:
        self._keys = keys
        self._recorder = Recorder(wiretap, Interface.A, name, provider)
        self._recorder.keep_secret(keys.password)
        self._api = ApiClient(
            origin_of(keys.url),
            tls,
            self._recorder,
            timeout_s=15.0,
            declared_test_hosts=declared_test_hosts,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._api.close()

    async def log_in(self) -> None:
        """Log in."""
        keys = self._keys
        body = LogIn(login_id=keys.login_id, password=keys.password, department=keys.department)
        self._api.token = (await self._api.ask("log_in", Session, body=body)).token

    async def log_out(self) -> None:
        """End the log-in; its token goes on to be sent, so that it can be seen not to work."""
        await self._api.tell("log_out")

    async def account(self) -> AccountView:
        """What the account says."""
        return await self._api.ask("account", AccountView)

    async def ask_account_mail(self) -> None:
        """Be mailed the URL for change or stop."""
        await self._api.tell("ask_account_mail")

    async def new_call_page(self, device: str) -> str:
        """Make the personal call page of a device."""
        self._recorder.keep_secret(device)
        made = await self._api.ask("new_call_page", CallPageMade, body=NewCallPage(device=device))
        return call_page_url(self._api.base_url, made.secret)

    async def revoke_call_page(self) -> None:
        """End the personal call page."""
        await self._api.tell("revoke_call_page")
