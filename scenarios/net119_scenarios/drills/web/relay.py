"""Hands connections on from a container's own address to this machine inside it.

What is bound to 127.0.0.1 inside a container cannot be published; what a container publishes, the
host's own address decides. So nothing else may use this.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

_OCTETS = 65_536
_MARKS = ("/.dockerenv", "/run/.containerenv")


def in_container(environment: Mapping[str, str] = os.environ, root: Path = Path("/")) -> bool:
    """Whether this process runs in a container, by what Docker, Podman and systemd leave there."""
    return bool(environment.get("container")) or any(
        (root / mark.lstrip("/")).exists() for mark in _MARKS
    )


def addresses() -> tuple[str, ...]:
    """The IPv4 addresses of this machine other than loopback."""
    return tuple(
        each.address
        for found in psutil.net_if_addrs().values()
        for each in found
        if each.family is socket.AF_INET and not ip_address(each.address).is_loopback
    )


def own_address(host: str, others: Iterable[str]) -> str:
    """What to bind for ``host``: for 0.0.0.0 the one address that a container has.

    The wildcard itself would collide with the ports that are bound to 127.0.0.1 already. With
    several addresses it is the network of the host, where other machines would get in.

    Raises:
        OSError: there is none, or more than one.
    """
    if host not in ("0.0.0.0", ""):  # noqa: S104 - asked for, it is never bound
        return host
    found = tuple(others)
    if len(found) != 1:
        listed = ", ".join(found) or "none"
        raise OSError(
            f"0.0.0.0 needs a container with one address of its own; here: {listed}. "
            "With the host's network leave --listen out"
        )
    return found[0]


class Relay:
    """``async with`` hands each port of ``host`` on to the same port of 127.0.0.1.

    Raises:
        OSError: on entering, an address cannot be bound.
    """

    def __init__(self, host: str, ports: Iterable[int]) -> None:
        self._host = host
        self._ports = tuple(ports)
        self._servers: list[asyncio.Server] = []

    async def __aenter__(self) -> Self:
        self._host = own_address(self._host, addresses())
        try:
            for port in self._ports:
                self._servers.append(await self._serve(port))
        except OSError:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self._servers:
            server.close()
            # It waits for none of the open connections, which end with their browsers.
        self._servers.clear()

    async def _serve(self, port: int) -> asyncio.Server:
        async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                there = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                writer.close()
                return
            await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))

        return await asyncio.start_server(hand_on, self._host, port)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything that comes until its end, which is told on."""
    with contextlib.suppress(OSError):
        while octets := await reader.read(_OCTETS):
            writer.write(octets)
            await writer.drain()
    with contextlib.suppress(OSError):
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()
