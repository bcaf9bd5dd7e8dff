"""Whether a phone takes a server's certificates: signatures, dates, names, and a root it knows."""

import ipaddress
import warnings
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

_OLD = frozenset({"sha1", "md5"})
_RSA_SIGNATURES = frozenset(
    {
        SignatureAlgorithmOID.RSA_WITH_MD5,
        SignatureAlgorithmOID.RSA_WITH_SHA1,
        SignatureAlgorithmOID.RSA_WITH_SHA256,
        SignatureAlgorithmOID.RSA_WITH_SHA384,
        SignatureAlgorithmOID.RSA_WITH_SHA512,
    }
)


class CertificateRefused(Exception):
    """The phone does not take a certificate: ``alert`` as in RFC 5246, 7.2.2, and why."""

    def __init__(self, alert: str, why: str) -> None:
        super().__init__(why)
        self.alert = alert
        self.why = why


class Roots:
    """The authorities that a phone knows."""

    def __init__(self, certificates: Iterable[x509.Certificate]) -> None:
        self._roots = tuple(certificates)

    @classmethod
    def of(cls, *files: Path) -> Self:
        """Those of PEM files; ValueError or OSError if one cannot be read."""
        found: list[x509.Certificate] = []
        for file in files:
            with warnings.catch_warnings():
                # A machine's store has old roots with the serial number 0, against RFC 5280,
                # 4.1.2.2. They are the machine's, and nobody here could mend them.
                warnings.filterwarnings(
                    "ignore", "Parsed a serial number", CryptographyDeprecationWarning
                )
                found += x509.load_pem_x509_certificates(file.read_bytes())
        return cls(found)

    def check(
        self,
        chain: Sequence[bytes],
        host: str,
        *,
        sha2: bool = True,
        sha1: bool = True,
        elliptic: bool = True,
        now: datetime | None = None,
    ) -> tuple[str, ...]:
        """The hashes that a server's certificates are signed with, its own first.

        ``sha2``: the phone can check SHA-2 signatures; ``sha1``: it takes SHA-1 signatures still;
        ``elliptic``: it can check signatures by keys on elliptic curves. A root's own signature
        does not count. ``now`` is the phone's clock.

        Raises:
            CertificateRefused: the phone ends the handshake.
        """
        moment = now or datetime.now(UTC)
        try:
            certificates = [x509.load_der_x509_certificate(each) for each in chain]
            if not certificates:
                raise CertificateRefused("bad_certificate", "the server sent no certificate")
            hashes = tuple(_hash(each) for each in certificates if each not in self._roots)
        except ValueError as wrong:
            raise CertificateRefused("bad_certificate", f"unreadable: {wrong}") from wrong
        if not sha2 and (new := [each for each in hashes if each not in _OLD]):
            raise CertificateRefused(
                "unsupported_certificate", f"cannot check a signature with {new[0]}"
            )
        if not elliptic and any(not _is_rsa(each) for each in certificates):
            raise CertificateRefused("bad_certificate", "knows RSA keys alone")
        if not sha1 and any(each in _OLD for each in hashes):
            raise CertificateRefused("bad_certificate", "takes no SHA-1 signature any more")
        for each in certificates:
            if not each.not_valid_before_utc <= moment <= each.not_valid_after_utc:
                raise CertificateRefused("certificate_expired", f"not valid at {moment:%Y-%m-%d}")
        self._check_issuers(certificates)
        if not _is_for(certificates[0], host):
            raise CertificateRefused("bad_certificate", f"it is not for {host}")
        return hashes

    def _check_issuers(self, certificates: Sequence[x509.Certificate]) -> None:
        current = certificates[0]
        for following in (*certificates[1:], None):
            if current in self._roots or any(_issued(current, root) for root in self._roots):
                return
            if following is None or not _issued(current, following):
                break
            if not _is_authority(following):
                raise CertificateRefused("bad_certificate", "signed by what is no authority")
            current = following
        issuer = current.issuer.rfc4514_string()
        raise CertificateRefused("unknown_ca", f"no known authority signed it (issuer: {issuer})")


def _hash(certificate: x509.Certificate) -> str:
    algorithm = certificate.signature_hash_algorithm
    return algorithm.name if algorithm is not None else "an algorithm of its own"


def _is_rsa(certificate: x509.Certificate) -> bool:
    """Whether its key and the signature on it are RSA."""
    signed = certificate.signature_algorithm_oid in _RSA_SIGNATURES
    return signed and isinstance(certificate.public_key(), rsa.RSAPublicKey)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's key signed it; cryptography's own check refuses SHA-1."""
    algorithm, key = certificate.signature_hash_algorithm, issuer.public_key()
    if certificate.issuer != issuer.subject or algorithm is None:
        return False
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    try:
        if isinstance(key, rsa.RSAPublicKey):
            given = certificate.signature_algorithm_parameters
            padded = given if isinstance(given, padding.PSS) else padding.PKCS1v15()
            key.verify(signature, signed, padded, algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _is_for(certificate: x509.Certificate, host: str) -> bool:
    """By subject alternative names; by the common name only where there are none (RFC 2818)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return any(each.value == host for each in common)
    try:
        return ipaddress.ip_address(host) in names.get_values_for_type(x509.IPAddress)
    except ValueError:
        return any(_fits(each, host) for each in names.get_values_for_type(x509.DNSName))


def _fits(pattern: str, host: str) -> bool:
    pattern, host = pattern.lower(), host.lower()
    if pattern.startswith("*."):
        return host.partition(".")[2] == pattern[2:]
    return pattern == host
