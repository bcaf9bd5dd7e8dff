"""Refusing a peer: names of refusals, and the answer to who is not served at all."""

import asyncio
from typing import cast

from net119_protocol.stomp import Frame, StompProtocolError


def refusal_code(cause: StompProtocolError) -> str:
    """Code under which a fault is recorded: ``stomp-`` and the section of STOMP 1.2 it breaks."""
    return "stomp-" + cause.section.name.lower().replace("_", "-")


class RefusingProtocol(asyncio.Protocol):
    """Answers whatever comes with one ERROR, and closes.

    The ERROR goes out at once.  Until the other side has gone, or ``linger_s`` seconds are over,
    its octets are discarded, since closing over unread octets could reset the connection before
    the ERROR is read.
    """

    def __init__(self, message: str, text: str, linger_s: float) -> None:
        loop = asyncio.get_running_loop()
        self._error = Frame(
            "ERROR",
            {"message": message, "content-type": "text/plain;charset=utf-8"},
            text.encode(),
        ).encode()
        self._linger_s = linger_s
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._lost: asyncio.Future[None] = loop.create_future()
        self._timers: list[asyncio.TimerHandle] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.BaseProtocol."""
        stream = self._transport = cast(asyncio.Transport, transport)
        stream.write(self._error)
        self._timers = [
            self._loop.call_later(self._linger_s, stream.close),
            self._loop.call_later(2 * self._linger_s, stream.abort),
        ]

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.BaseProtocol."""
        self._transport = None
        for timer in self._timers:
            timer.cancel()
        if not self._lost.done():
            self._lost.set_result(None)

    def abort(self) -> None:
        """Cut the connection if it is still there."""
        if self._transport is not None:
            self._transport.abort()

    async def finished(self) -> None:
        """Return when the socket is gone."""
        await asyncio.shield(self._lost)
