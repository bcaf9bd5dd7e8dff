"""Loopback addresses for the simulated peers of a run, disjoint from those of other runs."""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

_FIRST, _LAST = 10, 250
_MARK_PORT = 61600
_WIDE = 16
"""Length of a prefix from which on the first addresses are left to providers."""


class AddressBlock:
    """One 127.B.0.0/16 of this machine, held by a listening socket until :meth:`release`.

    Raises:
        OSError: every block is in use.
    """

    def __init__(self) -> None:
        for number in range(_FIRST, _LAST):
            mark = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                mark.bind((f"127.{number}.0.1", _MARK_PORT))
                mark.listen(1)
            except OSError:
                mark.close()
                continue
            self.number = number
            self._mark = mark
            return
        raise OSError("all loopback blocks 127.10 to 127.249 are in use by other runs")

    def release(self) -> None:
        """Let others use the block."""
        self._mark.close()

    def providers(self) -> Iterator[str]:
        """Addresses for providers: 127.B.0.2, .3, ..."""
        return (f"127.{self.number}.0.{host}" for host in range(2, 250))

    def peers(self) -> Iterator[str]:
        """Addresses for simulated peers: 127.B.1.2, 127.B.1.4 and on."""
        return peer_addresses(IPv4Network(f"127.{self.number}.0.0/16"))


def peer_addresses(network: IPv4Network) -> Iterator[str]:
    """Addresses for simulated peers in a network; each has an odd one after it for a stranger.

    Of a /16 the first 256 are left out, which providers on this machine have.
    """
    for block in network.subnets(new_prefix=max(24, network.prefixlen)):
        if network.prefixlen <= _WIDE and block == next(network.subnets(new_prefix=24)):
            continue
        first = int(block.network_address)
        for number in range(2, block.num_addresses - 2, 2):
            yield str(IPv4Address(first + number))


def stranger_beside(peer: str) -> str:
    """An address of this machine that no operator of the run has, for one peer's purpose alone.

    Raises:
        ValueError: ``peer`` is none of `peer_addresses`.
    """
    address = IPv4Address(peer)
    if int(address) % 2:
        raise ValueError(f"{peer} is no address of a simulated peer")
    return str(address + 1)
