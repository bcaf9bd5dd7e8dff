"""The provider under load, as far as it is asked: its address, its places, its connections."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from net119_simulators.api_client import ApiClient
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface

from net119_loadtests.errors import LoadError

if TYPE_CHECKING:
    # Not at run time: each generator would import all that makes up people and places.
    from net119_loadtests.house import House
    from net119_loadtests.world import Place


@dataclass(frozen=True)
class Running:
    """What is needed to use a provider that runs already."""

    url: str
    ca_file: Path | None
    admin_token: str = field(repr=False)
    directory: Path | None = None
    test_hosts: tuple[str, ...] = ()


@dataclass
class Provider:
    """A provider that answers, and the places it serves."""

    base_url: str
    ca_file: Path | None
    admin_token: str = field(repr=False)
    operator: str
    places: "tuple[Place, ...]"
    own: bool
    version: str
    settings: dict[str, Any]
    test_hosts: tuple[str, ...] = ()
    house: "House | None" = None
    """What was started for the run; ``None`` for a provider that runs already."""
    _clients: list[ApiClient] = field(default_factory=list, repr=False)
    _tls: ssl.SSLContext | None = field(default=None, repr=False)

    @classmethod
    def known(
        cls, base_url: str, tls: ssl.SSLContext | None, *, own: bool, test_hosts: tuple[str, ...]
    ) -> "Provider":
        """One that is known by its address alone: enough to ask it with tokens of others."""
        return cls(
            base_url=base_url,
            ca_file=None,
            admin_token="",
            operator="",
            places=(),
            own=own,
            version="",
            settings={},
            test_hosts=test_hosts,
            _tls=tls,
        )

    def client(self, interface: Interface, token: str | None = None) -> ApiClient:
        """A connection pool of this provider's APIs; closed with the provider."""
        if self._tls is None and self.base_url.startswith("https:"):
            self._tls = trust(self.ca_file)
        made = client_of(self.base_url, self._tls, self.test_hosts, interface, token)
        self._clients.append(made)
        return made

    async def close(self) -> None:
        """Close the connections."""
        while self._clients:
            await self._clients.pop().close()


def client_of(
    base_url: str,
    tls: ssl.SSLContext | None,
    test_hosts: tuple[str, ...],
    interface: Interface,
    token: str | None,
) -> ApiClient:
    """A connection pool of one of a provider's APIs."""
    return ApiClient(
        base_url,
        tls,
        Recorder(None, interface, "load", "provider"),
        token=token,
        timeout_s=30.0,
        declared_test_hosts=test_hosts,
    )


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """What trusts an authority, or this machine's; raises LoadError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if ca_file is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(cafile=ca_file)
    except OSError as error:
        raise LoadError(
            f"no certificate authority can be read: {error}",
            f"--ca {ca_file}",
            "Give the PEM file of the authority that issued the provider's certificate",
        ) from error
    return context
