"""Loopback addresses for the simulated peers of a run, disjoint from those of other runs."""

import socket
from collections.abc import Iterator

_FIRST, _LAST = 10, 250
_MARK_PORT = 61600
_STRANGERS = 250
"""Third part of addresses that belong to no operator; peers have lower ones."""


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
        """Addresses for simulated peers: 127.B.1.1 and on."""
        for third in range(1, _STRANGERS):
            for host in range(1, 255):
                yield f"127.{self.number}.{third}.{host}"


def stranger_beside(peer: str) -> str:
    """An address of this machine that no operator of the run has, for one peer's purpose alone.

    Raises:
        ValueError: ``peer`` is no address of `AddressBlock.peers`.
    """
    first, block, third, host = peer.split(".")
    if first != "127" or not 0 < int(third) < _STRANGERS:
        raise ValueError(f"{peer} is no address of a simulated peer")
    return f"127.{block}.{_STRANGERS + int(third) % 5}.{host}"
