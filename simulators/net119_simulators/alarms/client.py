"""What a desk and an office have in common: a token, and the API that it is asked with."""

import ssl
from types import TracebackType
from typing import Self

from net119_simulators.api_client import ApiClient
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface, Wiretap


class Colleague:
    """Somebody of the home alarm service at the center's API, to be entered.

    ``name`` (the account's) and ``provider`` stand in the evidence that ``wiretap`` gets.
    """

    def __init__(
        self,
        base_url: str,
        tls: ssl.SSLContext | None,
        token: str,
        *,
        name: str,
        provider: str = "provider",
        wiretap: Wiretap | None = None,
    ) -> None:
        self.name = name
        recorder = Recorder(wiretap, Interface.C, name, provider)
        self._api = ApiClient(base_url, tls, recorder, token=token, timeout_s=15.0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._api.close()
