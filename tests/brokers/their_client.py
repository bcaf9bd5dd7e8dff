"""stomp.py as an independent client of a STOMP endpoint with client certificates."""

import contextlib
import logging
import queue
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import stomp  # type: ignore[import-untyped]  # it comes without types
from net119_simulators.network.authority import Certificate
from stomp.utils import Frame as TheirFrame  # type: ignore[import-untyped]  # it comes without types

WITHIN_S = 30.0


class Heard(stomp.ConnectionListener):  # type: ignore[misc]  # as above
    """Puts every frame from the endpoint into a queue."""

    def __init__(self) -> None:
        self.frames: queue.Queue[tuple[str, TheirFrame]] = queue.Queue()

    def on_connected(self, frame: TheirFrame) -> None:
        self.frames.put(("CONNECTED", frame))

    def on_message(self, frame: TheirFrame) -> None:
        self.frames.put(("MESSAGE", frame))

    def on_receipt(self, frame: TheirFrame) -> None:
        self.frames.put(("RECEIPT", frame))

    def on_error(self, frame: TheirFrame) -> None:
        self.frames.put(("ERROR", frame))

    def on_disconnected(self) -> None:
        self.frames.put(("GONE", None))

    def expect(self, command: str) -> TheirFrame:
        """The next frame, which must be of this command."""
        got, frame = self.frames.get(timeout=WITHIN_S)
        assert got == command, (got, frame and (frame.headers, frame.body))
        return frame


def close(connection: Any) -> None:
    """End its connection without the closing handshake of TLS.

    Its own way does that in this thread while its other one reads, which OpenSSL does not bear: a
    run ended by a segmentation fault in it. The other one is waited for: it would read on at the
    number of the closed socket, which the next connection gets, and takes that one's bytes.
    """
    transport = connection.transport
    transport.running = False
    if transport.socket is not None:
        with contextlib.suppress(OSError):
            transport.socket.shutdown(socket.SHUT_RDWR)
    thread = getattr(transport, "io_thread", None)
    if thread is not None:
        thread.join(WITHIN_S)
        assert not thread.is_alive(), "stomp.py still reads from a connection that is over"
    transport.disconnect_socket()


class _Told(logging.Handler):
    """Keeps why stomp.py could not connect: its exception does not say."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.reasons: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.reasons.append(record.getMessage())


@contextmanager
def _telling_why() -> Iterator[None]:
    """What of stomp.py fails in here tells the cause of each of its attempts."""
    told, logger = _Told(), logging.getLogger("stomp.py")
    logger.addHandler(told)
    try:
        yield
    except stomp.exception.ConnectFailedException as failed:
        failed.add_note("; ".join(told.reasons) or "stomp.py told no reason")
        raise
    finally:
        logger.removeHandler(told)


@contextmanager
def their_client(
    at: tuple[str, int],
    ca: Path,
    certificate: Certificate | None,
    *,
    host: str,
    source: str,
    connect: bool = True,
    heart_beats: tuple[int, int] = (10_000, 10_000),
) -> Iterator[tuple[Any, Heard]]:
    """A connection from ``source`` with the virtual host ``host``, and what it hears."""
    heard = Heard()
    connection = stomp.Connection12(
        [at],
        bind_host_port=(source, 0),
        heartbeats=heart_beats,
        vhost=host,
        # A broker that is short of CPU gives a TLS handshake up after 5 s.
        reconnect_attempts_max=3,
    )
    own = {}
    if certificate is not None:
        own = {"cert_file": str(certificate.cert_file), "key_file": str(certificate.key_file)}
    connection.set_ssl([at], ca_certs=str(ca), **own)
    connection.set_listener("heard", heard)
    try:
        if connect:
            with _telling_why():
                connection.connect(wait=False)  # its own way of waiting may wait for ever
            heard.expect("CONNECTED")
        yield connection, heard
    finally:
        close(connection)
