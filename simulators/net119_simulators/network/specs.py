"""What a local network is made of, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Timers:
    """Timers of the providers (design section 6); ``None`` leaves the provider's own default.

    All in seconds but ``offer_attempts``.
    """

    t1_s: float | None = None
    offer_attempts: int | None = None
    t2_s: float | None = None
    silent_s: float | None = None
    t3_s: float | None = None
    heartbeat_s: float | None = None
    reconnect_s: float | None = None
    gap_s: float | None = None

    def settings(self) -> dict[str, float | int]:
        """Those that are given."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class RunningProvider:
    """A provider that somebody else has started: it is used, never stopped.

    ``ca_file`` is the authority that its certificate is checked against.
    """

    base_url: str
    ca_file: Path
    admin_token: str


@dataclass(frozen=True)
class ProviderSpec:
    """A provider of the network; port 0 takes a free one.

    ``command`` starts another program in place of the network's, with ``--config FILE
    --stop-with-parent`` after it; ``settings`` are laid over the configuration, section by section;
    ``environment`` over the environment; ``running`` uses a provider that runs already.

    ``old_phones`` lets phones in that are behind the times: a second certificate with an RSA key
    for those that know no elliptic curves, and at ``plaintext_port`` a listener for those that can
    do no TLS at all (ASO-08).
    """

    operator: str
    address: str
    http_port: int = 0
    stomp_port: int = 0
    command: tuple[str, ...] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    running: RunningProvider | None = None
    old_phones: bool = False
    plaintext_port: int = 0


@dataclass(frozen=True)
class PeerSpec:
    """A provider that is not started but that all others know: a simulated peer. Port 0: free."""

    operator: str
    address: str
    port: int = 0
