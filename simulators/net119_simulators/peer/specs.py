"""Who the system under test is, over which connection something goes, and a peer's duties."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from net119_protocol.interconnect import MINOR, PORT

from net119_simulators.safety import check_target


class Way(StrEnum):
    """The two connections between a peer and the SUT, named by the peer's role on them.

    ``ANCHOR``: the peer's client at the SUT's endpoint; it sends to ``/queue/{sut}.callee`` and
    reads ``/queue/{peer}.caller``.  ``CALLEE``: the SUT's client at the peer's endpoint; the SUT
    sends to ``/queue/{peer}.callee`` and reads ``/queue/{sut}.caller``.
    """

    ANCHOR = "anchor"
    CALLEE = "callee"


@dataclass(frozen=True)
class SutEndpoint:
    """The STOMP endpoint of the system under test.

    ``server_name`` is what its certificate is checked against (default: ``host``).  ``source`` is
    the address from which it connects to its peers; default: ``host`` if that is an address, else
    any address is taken for its own.
    """

    operator: str
    host: str
    port: int = PORT
    server_name: str | None = None
    source: str | None = None

    @property
    def url(self) -> str:
        """The endpoint as one text, for errors and the safety interlock."""
        return f"stomps://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def tls_name(self) -> str:
        """The name or address that its certificate must be for."""
        return self.server_name or self.host

    def connects_from(self, address: str) -> bool:
        """Whether a connection from this address is one of the SUT."""
        known = self.source or self.host
        try:
            return ip_address(address) == ip_address(known)
        except ValueError:
            return self.source is None

    def check_safe(self, declared_test_hosts: Collection[str]) -> None:
        """Refuse a SUT that is neither on loopback nor declared to be a test system.

        Raises:
            SafetyInterlock: it is neither.
        """
        check_target(self.url, declared_test_hosts)


@dataclass
class Duties:
    """What a good peer does by itself; each can be left undone, at any time."""

    stomp_receipts: bool = True
    """Confirm the SUT's SENDs at the peer's endpoint by RECEIPT."""
    stomp_acks: bool = True
    """Acknowledge the SUT's MESSAGEs at the SUT's endpoint by ACK."""
    status_reports: bool = True
    """Report the own state at the start of each session."""
    answer_repeats: bool = True
    """Send the answers to a repeated message again."""
    answer_resume: bool = True
    """Send again what ``chat.resume`` asks for."""
    refuse: bool = True
    """Answer what breaks the profile by ``error``: unreadable, stale epoch, other mode."""
    chat_receipts: bool = True
    """As owner: confirm the anchor's lines by ``chat.receipt``."""
    number_lines: bool = True
    """As anchor: number the owner's lines and confirm them by ``chat.receipt``."""
    confirm_close: bool = True
    """As anchor: answer the owner's ``call.close``."""
    minor: int = MINOR
    """The minor version of the profile that it reports."""
    own_via: bool = True
    """Name itself, and nobody else, as the sender of a call's messages."""
    newer_fields: bool = False
    """Write fields into every message that no version knows yet, as a newer peer would."""
