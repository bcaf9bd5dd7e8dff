"""Phones of the past, as far as their TLS goes: real handshakes by tlslite-ng."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from tlslite.api import HandshakeSettings, TLSConnection  # type: ignore[import-untyped]  # tlslite-ng has no types
from tlslite.constants import AlertDescription  # type: ignore[import-untyped]  # tlslite-ng has no types

DEADLINE_S = 20.0
SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 = ((3, number) for number in range(5))
ALL_OF_AES = ["aes256", "aes128"]
_BRAINPOOL = "brainpool"


class _Sha1CertificatesOnly(TLSConnection):  # type: ignore[misc]  # tlslite-ng has no types
    """Ends the handshake on a certificate that is signed with anything newer than SHA-1."""

    def _clientGetKeyFromChain(self, certificate: Any, *args: Any, **options: Any) -> Any:  # noqa: N802  # the library's name
        for each in certificate.cert_chain.x509List:
            parsed = x509.load_der_x509_certificate(bytes(each.bytes))
            algorithm = parsed.signature_hash_algorithm
            if algorithm is None or algorithm.name != "sha1":
                yield from self._sendError(AlertDescription.unsupported_certificate)
        yield from super()._clientGetKeyFromChain(certificate, *args, **options)


@dataclass(frozen=True)
class Phone:
    """What a phone can do: TLS from ``oldest`` to ``newest``, by number.

    ``sha1_signatures`` are all that it takes in TLS 1.2; ``sha1_certificates`` all that it takes
    at all; ``elliptic`` tells whether it knows elliptic curves, else it knows RSA alone.
    """

    oldest: tuple[int, int]
    newest: tuple[int, int]
    sha1_signatures: bool = False
    sha1_certificates: bool = False
    elliptic: bool = True

    def settings(self) -> HandshakeSettings:
        """For tlslite-ng."""
        settings = HandshakeSettings()
        settings.minVersion, settings.maxVersion = self.oldest, self.newest
        settings.versions = [
            version
            for version in (TLS_1_3, TLS_1_2, TLS_1_1, TLS_1_0, SSL_3)
            if self.oldest <= version <= self.newest
        ]
        settings.eccCurves = [name for name in settings.eccCurves if _BRAINPOOL not in name]
        if self.newest < TLS_1_3:
            settings.keyShares = []
        if not self.elliptic:
            settings.keyExchangeNames = ["rsa"]
        if self.newest < TLS_1_2:
            settings.cipherNames = ALL_OF_AES
        if self.sha1_signatures:
            settings.rsaSigHashes = settings.ecdsaSigHashes = ["sha1"]
            settings.rsaSchemes = ["pkcs1"]
            settings.more_sig_schemes = []
        return settings

    @contextlib.contextmanager
    def connected(self, port: int) -> Iterator[TLSConnection]:
        """A finished handshake; raises what tlslite-ng does if it fails."""
        with socket.create_connection(("127.0.0.1", port), DEADLINE_S) as plain:
            kind = _Sha1CertificatesOnly if self.sha1_certificates else TLSConnection
            secure = kind(plain)
            secure.handshakeClientCert(serverName="localhost", settings=self.settings())
            yield secure

    def get(self, port: int, path: str) -> bytes:
        """The whole answer to a request."""
        with self.connected(port) as secure:
            secure.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            answer = b""
            while part := secure.recv(65536):
                answer += part
            return answer
