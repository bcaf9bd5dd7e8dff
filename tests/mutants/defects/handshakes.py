"""The encrypted link to handsets."""

import ssl
import subprocess
import tempfile
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import net119_reference.app
from net119_reference.config import Tls
from net119_reference.handshakes import acceptor
from net119_reference.handshakes.client_hello import SSL_3_0, TLS_1_0, ClientHello
from tlslite.api import (  # type: ignore[import-untyped]  # no type hints
    HandshakeSettings,
    TLSConnection,
    X509CertChain,
    parsePEMKey,
)

from tests.mutants.registry import Patch, mutant

_SSL3 = (3, 0)
_TLS_1_2 = 0x0303
_PAGE = b"<!DOCTYPE html><title>NET119</title><p>NET119"
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    % len(_PAGE)
) + _PAGE

_TOO_OLD = b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@mutant("old-versions-refused", kills={"LINK-TLS-VERSIONS": "a phone with TLS 1.0 is served"})
def old_versions_refused(patch: Patch) -> None:
    """What browsers of today need is the least that is taken from anybody."""

    def https_context(original: Any, *arguments: Any, **named: Any) -> ssl.SSLContext:
        context: ssl.SSLContext = original(*arguments, **named)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    patch.around(net119_reference.app, "https_context", https_context)


@mutant(
    "old-versions-turned-away",
    kills={
        "LINK-TLS-VERSIONS": "a phone with TLS 1.0 is served",
        "LINK-SSL-REFUSED": "a phone that speaks SSL 3.0 and TLS 1.0 is served in TLS 1.0",
        "LINK-DATED": "now, a phone with TLS 1.0 alone is served",
    },
)
def old_versions_turned_away(patch: Patch) -> None:
    """A front end shakes hands in TLS 1.0, and then says that the phone is too old."""
    contexts: list[ssl.SSLContext] = []

    def https_context(original: Any, *arguments: Any, **named: Any) -> ssl.SSLContext:
        context: ssl.SSLContext = original(*arguments, **named)
        contexts.append(context)
        return context

    def seen(original: Any, self: Any, connection: Any, source: str, hello: Any) -> None:
        if not (isinstance(hello, ClientHello) and hello.newest == TLS_1_0):
            original(self, connection, source, hello)
            return
        arguments = connection, contexts[-1]
        threading.Thread(target=_turn_away, args=arguments, daemon=True).start()

    patch.around(net119_reference.app, "https_context", https_context)
    patch.around(acceptor.TlsAcceptor, "seen", seen)


def _turn_away(connection: Any, context: ssl.SSLContext) -> None:
    connection.setblocking(True)
    with context.wrap_socket(connection, server_side=True) as stream:
        stream.recv(10_000)
        stream.sendall(_TOO_OLD)


@mutant("ssl-accepted", kills={"LINK-SSL-REFUSED": "SSL 3.0 is not accepted"})
def ssl_accepted(patch: Patch) -> None:
    """A phone with SSL 3.0 only is served by a library that still has it."""
    files: dict[str, Path] = {}

    def https_context(original: Any, cert: Path, key: Path, profile: Any, rsa: Any = None) -> Any:
        files["cert"], files["key"] = rsa or (cert, key)
        return original(cert, key, profile, rsa)

    def seen(original: Any, self: Any, connection: Any, source: str, hello: Any) -> None:
        if not (isinstance(hello, ClientHello) and hello.newest == SSL_3_0):
            original(self, connection, source, hello)
            return
        threading.Thread(target=_serve_ssl, args=(connection, files), daemon=True).start()

    patch.around(net119_reference.app, "https_context", https_context)
    patch.around(acceptor.TlsAcceptor, "seen", seen)


def _serve_ssl(connection: Any, files: dict[str, Path]) -> None:
    connection.setblocking(True)
    chain = X509CertChain()
    chain.parsePemList(files["cert"].read_text())
    settings = HandshakeSettings()
    settings.minVersion = settings.maxVersion = _SSL3
    settings.versions = [_SSL3]
    stream = TLSConnection(connection)
    key = parsePEMKey(files["key"].read_text(), private=True)
    stream.handshakeServer(certChain=chain, privateKey=key, settings=settings)
    stream.recv(10_000)
    stream.sendall(_ANSWER)
    stream.close()


@mutant(
    "sha1-for-old-phones",
    kills={
        "LINK-CERTIFICATE": "over TLS 1.0, no SHA-1 certificate is given to a phone without SHA-2"
    },
)
def sha1_for_old_phones(patch: Patch) -> None:
    """A phone of TLS 1.0 is given a certificate signed with SHA-1, made for the purpose."""
    made: list[ssl.SSLContext] = []

    def shake_hands(original: Any, self: Any, connection: Any, source: str, hello: Any) -> Any:
        if hello is not None and not hello.sha2_signatures and hello.newest == TLS_1_0:
            if not made:
                made.append(_sha1_context())
            self = _with_context(self, made[0])
        return original(self, connection, source, hello)

    patch.around(acceptor.TlsAcceptor, "_shake_hands", shake_hands)


def _with_context(found: Any, context: ssl.SSLContext) -> Any:
    other = object.__new__(type(found))
    other.__dict__.update(found.__dict__, _context=context)
    return other


def _sha1_context() -> ssl.SSLContext:
    """A context with a self-signed certificate; today's libraries leave SHA-1 to the command."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:!aNULL:!eNULL:@SECLEVEL=0")
    with tempfile.TemporaryDirectory() as folder:
        cert, key = Path(folder) / "cert.pem", Path(folder) / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-sha1", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
            + ["-subj", "/CN=net119", "-keyout", str(key), "-out", str(cert)],
            check=True,
            capture_output=True,
        )
        context.load_cert_chain(cert, key)
    return context


@mutant(
    "certificate-of-its-own",
    kills={
        "LINK-CERTIFICATE": "over TLS 1.2, certificates signed with SHA-2 are shown and verified"
    },
)
def certificate_of_its_own(patch: Patch) -> None:
    """Phones of TLS 1.2 alone are shown a certificate that no authority has signed."""
    made: list[ssl.SSLContext] = []

    def shake_hands(original: Any, self: Any, connection: Any, source: str, hello: Any) -> Any:
        if hello is not None and hello.newest == _TLS_1_2:
            if not made:
                made.append(_sha1_context())
            self = _with_context(self, made[0])
        return original(self, connection, source, hello)

    patch.around(acceptor.TlsAcceptor, "_shake_hands", shake_hands)


@mutant(
    "date-of-the-machine",
    kills={"LINK-DATED": "on the day, a phone with TLS 1.0 alone is refused"},
)
def date_of_the_machine(patch: Patch) -> None:
    """Which requirements hold goes by the clock of the machine, not by the one that was set."""

    def in_force(original: Any, self: Any, _today: Any) -> Any:
        return original(self, datetime.now(UTC).date())

    patch.around(Tls, "in_force", in_force)


@mutant(
    "later-requirements-at-once",
    kills={"LINK-DATED": "now, a phone with TLS 1.0 alone is served"},
)
def later_requirements_at_once(patch: Patch) -> None:
    """The newest requirements hold, whatever their date."""

    def in_force(original: Any, self: Any, _today: Any) -> Any:
        return original(self, date.max)

    patch.around(Tls, "in_force", in_force)
