"""Opens a person's browser at a provider."""

import ssl
from collections.abc import Collection

import httpx

from net119_simulators.pages.browser import Browser
from net119_simulators.pages.traits import Traits
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface, Wiretap


def new_browser(
    tls: ssl.SSLContext | None,
    *,
    name: str = "phone",
    provider: str = "provider",
    interface: Interface = Interface.A,
    wiretap: Wiretap | None = None,
    traits: Traits | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    source_address: str | None = None,
    declared_test_hosts: Collection[str] = (),
) -> Browser:
    """A browser of somebody called ``name`` in the evidence, with a cookie jar of its own."""
    return Browser(
        tls,
        Recorder(wiretap, interface, name, provider),
        traits=traits,
        transport=transport,
        source_address=source_address,
        declared_test_hosts=declared_test_hosts,
    )
