"""How the client's connection is protected, as pages, calls and logs need to know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from net119_protocol.codes import LinkSecurity

LINK_KEY = "net119.link"
"""Where the server leaves the link in a scope's ``state`` (ASGI lifespan specification, state)."""


DOOR_KEY = "net119.door"
"""Where the server leaves by which door all its clients come."""


class Door(StrEnum):
    """By which listener a client came."""

    MAIN = "main"
    """HTTPS, or HTTP for phones that cannot encrypt."""
    LOCAL = "local"
    """HTTP of this very machine."""
    LAN = "lan"
    """HTTPS in the local network."""


@dataclass(frozen=True, slots=True)
class Link:
    """One connection's protection.

    ``tls_version`` (such as ``TLSv1.2``) and ``cipher`` (OpenSSL's name) are None on a plaintext
    connection, and where the server did not tell.  A connection inside this machine counts as
    protected, since nobody can overhear it.
    """

    security: LinkSecurity
    tls_version: str | None = None
    cipher: str | None = None
    door: Door = Door.MAIN

    @property
    def plaintext(self) -> bool:
        """Whether others can overhear it (ASO-08)."""
        return self.security is LinkSecurity.PLAINTEXT


def link_of(scope: Mapping[str, object]) -> Link:
    """The link of an HTTP or WebSocket scope (ASO-17).

    Without word from the server, as when an application is called directly, the scheme decides;
    headers never do, since anybody may write them.
    """
    state = scope.get("state")
    if isinstance(state, Mapping):
        known = state.get(LINK_KEY)
        if isinstance(known, Link):
            return known
    encrypted = scope.get("scheme") in {"https", "wss"}
    return Link(LinkSecurity.ENCRYPTED if encrypted else LinkSecurity.PLAINTEXT)
