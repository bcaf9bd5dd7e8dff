"""Who is at the other end: decided by the source address, and by a certificate if one is demanded.

Design: "Interface B".  What the peer says of itself in CONNECT decides nothing.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from net119_protocol.api.admin import PeerOperator


@dataclass(frozen=True, slots=True)
class NotServed:
    """Why somebody is refused: a code for the record, and a text for them."""

    code: str
    text: str


def plain_address(address: str) -> str:
    """An address in its one spelling; an IPv4 address written as IPv6 becomes IPv4 again."""
    plain = ipaddress.ip_address(address.partition("%")[0])
    return str(getattr(plain, "ipv4_mapped", None) or plain)


def identify(source: str, peers: Sequence[PeerOperator]) -> PeerOperator | NotServed:
    """The one peer with the address ``source`` (as ``plain_address`` writes it)."""
    found = [peer for peer in peers if plain_address(str(peer.address)) == source]
    if not found:
        return NotServed(
            "unknown-operator",
            f"No operator is registered with the address {source}. "
            "Connect from the address that this provider was told.",
        )
    if len(found) > 1:
        codes = ", ".join(sorted(peer.operator for peer in found))
        return NotServed(
            "ambiguous-operator",
            f"The address {source} is registered for several operators ({codes}). "
            "Each operator needs an address of its own.",
        )
    return found[0]


def certificate_refusal(certificate: Mapping[str, Any] | None, peer: PeerOperator) -> str | None:
    """Why a verified certificate is not this peer's; ``None`` if it is.

    It must be for the peer's address or its ``server_name``, so that one peer's certificate does
    not open the door at another one's address.
    """
    names = (certificate or {}).get("subjectAltName", ())
    for kind, value in names:
        if kind == "IP Address" and _same_address(value, str(peer.address)):
            return None
        if kind == "DNS" and peer.server_name and value.lower() == peer.server_name.lower():
            return None
    expected = str(peer.address) + (f" or {peer.server_name}" if peer.server_name else "")
    return f"The client certificate is not one for {expected}. Present the certificate of this peer"


def _same_address(one: str, other: str) -> bool:
    try:
        return plain_address(one) == plain_address(other)
    except ValueError:
        return False
