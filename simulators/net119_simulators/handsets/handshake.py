"""A phone's SSL/TLS, as a real handshake: its versions, its algorithms, and what it cannot check.

tlslite-ng (LGPL 2.1) is used because today's OpenSSL can neither offer SSL 3 nor refuse a SHA-2
certificate in mid-handshake, as phones do that cannot verify its signature.
"""

import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tlslite.constants import (  # type: ignore[import-untyped]  # no type hints
    AlertDescription,
    CipherSuite,
)
from tlslite.errors import (  # type: ignore[import-untyped]  # no type hints
    BaseTLSException,
    TLSLocalAlert,
    TLSRemoteAlert,
)
from tlslite.handshakesettings import (  # type: ignore[import-untyped]  # no type hints
    HandshakeSettings,
)
from tlslite.tlsconnection import (  # type: ignore[import-untyped]  # no type hints
    TLSConnection,
)

from net119_simulators.errors import SimulatorError, Unreachable
from net119_simulators.handsets.chain import CertificateRefused, Roots
from net119_simulators.handsets.model import Encryption, Version
from net119_simulators.handsets.steps import Reason
from net119_simulators.handsets.words import VERSIONS

NUMBERS: Final = {
    Version.SSL3: (3, 0),
    Version.TLS10: (3, 1),
    Version.TLS11: (3, 2),
    Version.TLS12: (3, 3),
    Version.TLS13: (3, 4),
}
_BY_NUMBER: Final = {number: version for version, number in NUMBERS.items()}
_SHA2: Final = ["sha512", "sha384", "sha256"]


@dataclass(frozen=True)
class Offer:
    """What the phone offers in its ClientHello."""

    versions: tuple[Version, ...]
    key_exchange: tuple[str, ...]
    ciphers: tuple[str, ...]
    signature_hashes: tuple[str, ...]

    def __str__(self) -> str:
        hashes = ", ".join(self.signature_hashes) or "(none told)"
        return (
            f"versions {', '.join(VERSIONS[each] for each in self.versions)}; "
            f"key exchange {', '.join(self.key_exchange)}; ciphers {', '.join(self.ciphers)}; "
            f"signature hashes {hashes}"
        )


@dataclass(frozen=True)
class Chosen:
    """What the handshake came to."""

    version: Version
    cipher: str
    certificate_hashes: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{VERSIONS[self.version]}, {self.cipher}; "
            f"certificates signed with {', '.join(self.certificate_hashes)}"
        )


class HandshakeFailed(Unreachable):
    """The handshake ended without a connection.

    ``alert`` is the alert's name, empty if the connection was just cut; ``by_phone`` tells whether
    the phone sent it; ``reason`` is what it means for the user.
    """

    def __init__(self, offer: Offer, alert: str, by_phone: bool, why: str, where: str) -> None:
        self.offer = offer
        self.alert = alert
        self.by_phone = by_phone
        self.why = why
        who = "the phone" if by_phone else "the server"
        what = f"no TLS connection: {who} sent {alert or 'no alert'} ({why})"
        super().__init__(what, where)
        if self.reason is not Reason.UNREACHABLE:
            SimulatorError.__init__(self, what, where, self._advice())

    def _advice(self) -> str:
        if self.by_phone and self.alert == "unknown_ca":
            return "If the server is the right one, name the authority of its certificate (--ca)"
        if self.reason is Reason.CERTIFICATE:
            return "Give the server a certificate that is valid for this address"
        return "Such a phone cannot encrypt here; see whether it may call unencrypted (ASO-08)"

    @property
    def reason(self) -> Reason:
        """What kept the phone out."""
        if self.by_phone:
            unable = self.alert == "unsupported_certificate"
            if self.alert in ("protocol_version", "insufficient_security"):
                return Reason.TLS_VERSION
            return Reason.SHA2_CERTIFICATE if unable else Reason.CERTIFICATE
        if self.alert == "protocol_version":
            return Reason.TLS_VERSION
        if self.alert == "handshake_failure":
            # OpenSSL answers SSL 3 so, and a ClientHello without a cipher or algorithm in common.
            if self.offer.versions[-1] is Version.SSL3:
                return Reason.TLS_VERSION
            told = self.offer.signature_hashes
            if Version.TLS12 in self.offer.versions and not set(told) & set(_SHA2):
                return Reason.SIGNATURE_ALGORITHM
            return Reason.NO_COMMON_CIPHER
        return Reason.UNREACHABLE


def settings_of(ability: Encryption) -> Any:
    """The handshake settings of a phone."""
    newest = NUMBERS[ability.versions[-1]]
    settings = HandshakeSettings()
    settings.minVersion = NUMBERS[ability.versions[0]]
    settings.maxVersion = newest
    settings.versions = [NUMBERS[each] for each in reversed(ability.versions)]
    hashes = [*_SHA2, "sha1"] if ability.sha2_signatures else ["sha1"]
    settings.rsaSigHashes = list(hashes)
    settings.ecdsaSigHashes = list(hashes)
    settings.dsaSigHashes = []
    settings.more_sig_schemes = []
    settings.rsaSchemes = ["pss", "pkcs1"] if newest >= (3, 4) else ["pkcs1"]
    settings.cipherNames = _ciphers(newest)
    settings.macNames = ["sha", "sha256", "sha384", "aead"] if newest >= (3, 3) else ["sha"]
    if ability.elliptic:
        settings.keyExchangeNames = ["ecdhe_ecdsa", "ecdhe_rsa", "rsa"]
        settings.eccCurves = ["x25519", "secp256r1", "secp384r1"]
        settings.keyShares = ["x25519"] if newest >= (3, 4) else []
    else:
        settings.keyExchangeNames = ["rsa"]
        settings.eccCurves = []
        settings.keyShares = []
    settings.dhGroups = []
    settings.useEncryptThenMAC = newest >= (3, 3)
    settings.useExtendedMasterSecret = newest >= (3, 3)
    settings.minKeySize = 1023
    return settings


def _ciphers(newest: tuple[int, int]) -> list[str]:
    if newest >= (3, 3):
        return ["aes128gcm", "aes256gcm", "chacha20-poly1305", "aes128", "aes256"]
    return ["aes128", "aes256", "3des", "rc4"]


def offer_of(ability: Encryption) -> Offer:
    """What a phone offers."""
    settings = settings_of(ability)
    # Signature algorithms are told from TLS 1.2 on (RFC 5246, 7.4.1.4.1).
    told = settings.rsaSigHashes if ability.versions[-1] >= Version.TLS12 else []
    return Offer(
        ability.versions,
        tuple(settings.keyExchangeNames),
        tuple(settings.cipherNames),
        tuple(told),
    )


class _Phone(TLSConnection):  # type: ignore[misc]  # the base class has no type hints
    """Judges the server's certificates in mid-handshake, as a phone does."""

    def __init__(self, sock: socket.socket, roots: Roots, host: str, ability: Encryption) -> None:
        super().__init__(sock)
        self._roots = roots
        self._host = host
        self._ability = ability
        self.seen: tuple[str, ...] = ()

    def _clientGetKeyFromChain(  # noqa: N802  # tlslite's name
        self, certificate: Any, settings: Any, tack_ext: Any = None
    ) -> Iterator[Any]:
        chain = certificate.cert_chain
        blobs: Sequence[bytes] = [bytes(each.bytes) for each in chain.x509List] if chain else []
        try:
            self.seen = self._roots.check(
                blobs,
                self._host,
                sha2=self._ability.sha2_certificates,
                sha1=self._ability.sha1_certificates,
                elliptic=self._ability.elliptic,
            )
        except CertificateRefused as refused:
            number = getattr(AlertDescription, refused.alert)
            yield from self._sendError(number, refused.why)
        yield from super()._clientGetKeyFromChain(certificate, settings, tack_ext)


@dataclass
class Handshake:
    """Opens TLS connections as one phone does; ``chosen`` is what the last one came to."""

    ability: Encryption
    roots: Roots
    chosen: Chosen | None = field(default=None, init=False)

    @property
    def offer(self) -> Offer:
        """What it offers."""
        return offer_of(self.ability)

    def open(self, sock: socket.socket, host: str, where: str) -> Any:
        """The connection over a connected socket, which it owns from here; blocking.

        Raises:
            HandshakeFailed: the handshake ended with an alert, or the connection was cut.
        """
        connection = _Phone(sock, self.roots, host, self.ability)
        self.chosen = None
        # Old phones send no server name (RFC 6066); an address is none either.
        name = host if self.ability.elliptic and not _is_address(host) else None
        try:
            connection.handshakeClientCert(settings=settings_of(self.ability), serverName=name)
        except TLSLocalAlert as alert:
            raise self._failed(alert.description, True, alert.message or "", where) from alert
        except TLSRemoteAlert as alert:
            raise self._failed(alert.description, False, str(alert), where) from alert
        except (BaseTLSException, OSError) as cut:
            reason = str(cut) or type(cut).__name__
            raise HandshakeFailed(self.offer, "", False, reason, where) from cut
        suite = CipherSuite.ietfNames.get(connection.session.cipherSuite, "an unknown cipher suite")
        self.chosen = Chosen(_BY_NUMBER[connection.version], suite, connection.seen)
        return connection

    def _failed(self, number: int, by_phone: bool, why: str, where: str) -> HandshakeFailed:
        name = AlertDescription.toStr(number)
        return HandshakeFailed(self.offer, name, by_phone, why or name, where)


def _is_address(host: str) -> bool:
    return host.replace(".", "").isdecimal() or ":" in host
