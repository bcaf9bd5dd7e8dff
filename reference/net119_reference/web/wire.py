"""A WebSocket without ASGI in between: frames go straight from the connection to who reads them.

A message that travels through ASGI costs two dictionaries, a queue, and two switches of task; of
everything that a line costs that was the largest part.  The opening handshake still is the
application's, with its routes and guards; then :meth:`Wire.begin` takes the connection over, and
the application returns: what it holds for a request (20 kB with its middleware) is gone by then.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Protocol

WIRE_KEY = "net119.wire"
"""Where the server leaves the wire in a scope's ``extensions``."""


class Reader(Protocol):
    """Who reads a wire; nothing of it may block."""

    def text(self, data: bytes) -> None:
        """A text message: its octets, not yet known to be UTF-8."""

    def binary(self) -> None:
        """A binary message."""

    def gone(self, code: int) -> None:
        """The client has left, or was thrown out for breaking the protocol; may come twice."""

    def writable(self, now: bool) -> None:
        """The connection takes more, or (False) has as much as it should hold."""


class Wire(Protocol):
    """One connection, from its acceptance on."""

    def begin(self, reader: Reader) -> None:
        """Deliver what has come, and what will, to ``reader``; the connection is his from now on.

        The application may return: that does not end the connection, :meth:`close` does.
        """

    def run(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run something that belongs to the connection: a server that stops waits for it."""

    def close(self, code: int, reason: str) -> None:
        """Begin the closing handshake (RFC 6455, 7.1.2); nothing can be written any more."""

    def abort(self) -> None:
        """End the connection at once; what the client has not read is lost."""

    def write(self, frames: bytes) -> None:
        """Send whole frames as made by :func:`text_frame`; ``writable`` says when to pause."""

    def hold(self) -> None:
        """Deliver no more for the present."""

    def go_on(self) -> None:
        """Deliver again."""

    def not_utf8(self) -> None:
        """A text message was not UTF-8: fail the connection (RFC 6455, 8.1)."""


def wire_of(scope: Mapping[str, object]) -> Wire:
    """The wire of an accepted WebSocket's scope.

    Raises:
        LookupError: the server is not ours, and gave none.
    """
    extensions = scope.get("extensions")
    wire = extensions.get(WIRE_KEY) if isinstance(extensions, Mapping) else None
    if wire is None:
        raise LookupError("WebSockets need the server of net119_reference.http_server")
    found: Wire = wire
    return found


def text_frame(payload: bytes) -> bytes:
    """A whole text message from a server as one frame, unmasked (RFC 6455, 5.2)."""
    length = len(payload)
    if length < 126:
        return b"\x81%c%b" % (length, payload)
    if length < 65536:
        return b"\x81\x7e%b%b" % (length.to_bytes(2), payload)
    return b"\x81\x7f%b%b" % (length.to_bytes(8), payload)
