"""The listeners besides HTTPS: for phones that cannot encrypt, this machine, the local network."""

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from starlette.types import ASGIApp

from net119_reference.config import Config
from net119_reference.handshakes import FailedHandshake
from net119_reference.http_server import HttpServer, bind
from net119_reference.tls import https_context
from net119_reference.web.link import Door

LOCAL_HOST = "127.0.0.1"
"""Where ``http://localhost`` is looked for; not a setting, so that nobody else reaches it."""


@dataclass(frozen=True)
class OtherDoor:
    """A bound socket of the section of this name; ``encrypted`` is served over TLS."""

    section: str
    bound: socket.socket
    door: Door = Door.MAIN
    encrypted: bool = False

    def server(
        self,
        app: ASGIApp,
        config: Config,
        today: date,
        report: Callable[[FailedHandshake], None],
    ) -> HttpServer:
        """What serves it; raises TlsError."""
        context = _context(config, today) if self.encrypted else None
        return HttpServer(app, config, self.bound, context, report, door=self.door)

    @property
    def url(self) -> str:
        """Its address, as programs and browsers know it."""
        host, port = self.bound.getsockname()[:2]
        shown = "localhost" if self.door is Door.LOCAL else f"[{host}]" if ":" in host else host
        return f"{'https' if self.encrypted else 'http'}://{shown}:{port}"


@contextlib.contextmanager
def other_doors(config: Config) -> Iterator[tuple[OtherDoor, ...]]:
    """Those that the settings open, bound while the block runs.

    Raises:
        CannotListen: one of the addresses cannot be bound.
    """
    with contextlib.ExitStack() as stack:
        found = []
        if config.plaintext.enabled:
            bound = bind("plaintext", config.plaintext.host, config.plaintext.port)
            stack.callback(bound.close)
            found.append(OtherDoor("plaintext", bound))
        if config.local.enabled:
            bound = bind("local", LOCAL_HOST, config.local.port)
            stack.callback(bound.close)
            found.append(OtherDoor("local", bound, Door.LOCAL))
        if config.lan.enabled:
            bound = bind("lan", config.lan.host, config.lan.port)
            stack.callback(bound.close)
            found.append(OtherDoor("lan", bound, Door.LAN, encrypted=True))
        yield tuple(found)


def _context(config: Config, today: date) -> ssl.SSLContext:
    own = config.lan.cert is not None and config.lan.key is not None
    pair = config.lan if own else config.http
    if pair.cert is None or pair.key is None:
        # The caller has checked those of ``http``.
        raise RuntimeError("a certificate is missing")
    return https_context(pair.cert, pair.key, config.tls.in_force(today))
