"""Why a handshake fails: known before it begins, or from the error that ended it."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from net119_reference.handshakes.ciphers import cipher_name
from net119_reference.handshakes.client_hello import SSL_2_0, SSL_3_0, TLS_1_0, ClientHello

_NAMES = {
    SSL_2_0: "SSL 2.0",
    SSL_3_0: "SSL 3.0",
    TLS_1_0: "TLS 1.0",
    0x0302: "TLS 1.1",
    0x0303: "TLS 1.2",
    0x0304: "TLS 1.3",
}
_SHOWN_CIPHERS = 5
_SIGNALS = frozenset({0x00FF, 0x5600})
"""No ciphers, though they stand among them (RFC 5746, 3.3; RFC 7507)."""


class Reason(StrEnum):
    """Why a client did not get in; names are stable, they are codes in the log and in metrics."""

    SSL = "ssl-only"
    """It speaks SSL alone, which is never accepted (ASO-08)."""
    VERSION = "version-too-old"
    """Its newest TLS is older than what the profile in force takes (ASO-28)."""
    CIPHER = "no-shared-cipher"
    SIGNATURE = "no-shared-signature"
    CERTIFICATE = "certificate-refused"
    """The client refused our certificate, as phones without SHA-2 do."""
    UNKNOWN_CA = "unknown-ca"
    """The client does not know who issued our certificate."""
    ALERT = "client-alert"
    """The client ended it with another alert, named in the detail."""
    CLOSED = "closed-early"
    """The connection ended in the middle, without a word."""
    TIMEOUT = "too-slow"
    """It was not finished in time."""
    PLAIN_HTTP = "plain-http"
    NOT_TLS = "not-tls"
    CROWDED = "too-many-waiting"
    """So many clients had not finished their first message that the longest waiting had to go."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FailedHandshake:
    """One client that did not get in; holds nothing of a person.

    ``error`` is the name of an alert or of OpenSSL's error, where there was one.
    """

    source: str
    reason: Reason
    hello: ClientHello | None = None
    error: str | None = None

    @property
    def detail(self) -> str:
        """What happened and what the client offered, in words."""
        error = [f"({self.error})"] if self.error else []
        return " ".join((self.reason.value, *error)) + "; " + offered(self.hello)


@dataclass(frozen=True)
class Terms:
    """What a context takes, as far as it can be held against a hello."""

    minimum: int
    ciphers: frozenset[int] = field(repr=False)

    @classmethod
    def of(cls, context: ssl.SSLContext) -> "Terms":
        """The terms of a server's context."""
        least = max(int(context.minimum_version), TLS_1_0)
        return cls(least, frozenset(entry["id"] & 0xFFFF for entry in context.get_ciphers()))

    def refusal(self, hello: ClientHello) -> Reason | None:
        """Why this client cannot get in, None if it may."""
        if hello.ssl_only:
            return Reason.SSL
        if hello.newest < self.minimum:
            return Reason.VERSION
        if self.ciphers.isdisjoint(hello.ciphers):
            return Reason.CIPHER
        return None


def alert(reason: Reason, hello: ClientHello) -> bytes:
    """The fatal alert that tells a client why: protocol_version (70) or handshake_failure (40).

    In a record of a version that the client reads (RFC 5246, E.1; RFC 8446, 5.1).
    """
    version = min(max(hello.client_version, SSL_3_0), TLS_1_0)
    description = 40 if reason is Reason.CIPHER else 70
    return bytes((21, *version.to_bytes(2, "big"), 0, 2, 2, description))


_OF_OPENSSL: Mapping[str, Reason] = {
    "NO_SHARED_CIPHER": Reason.CIPHER,
    "UNSUPPORTED_PROTOCOL": Reason.VERSION,
    "VERSION_TOO_LOW": Reason.VERSION,
    "WRONG_VERSION_NUMBER": Reason.NOT_TLS,
    "NO_SHARED_SIGNATURE_ALGORITHMS": Reason.SIGNATURE,
    "NO_SHARED_SIGATURE_ALGORITHMS": Reason.SIGNATURE,
    "NO_SUITABLE_SIGNATURE_ALGORITHM": Reason.SIGNATURE,
    "HTTP_REQUEST": Reason.PLAIN_HTTP,
    "UNEXPECTED_EOF_WHILE_READING": Reason.CLOSED,
}


def reason_of(error: BaseException) -> tuple[Reason, str | None]:
    """The reason of what ended a handshake, with the name of an alert or of OpenSSL's error."""
    if isinstance(error, ssl.SSLZeroReturnError):
        return Reason.CLOSED, "close_notify"
    if isinstance(error, ssl.SSLError):
        name = error.reason or type(error).__name__
        _, alerted, description = name.partition("_ALERT_")
        if alerted:
            return _of_alert(description), description.lower()
        return _OF_OPENSSL.get(name, Reason.OTHER), name
    # asyncio and uvloop abort what takes too long with this error, and nothing else here.
    if isinstance(error, ConnectionAbortedError | TimeoutError):
        return Reason.TIMEOUT, None
    if isinstance(error, OSError):
        return Reason.CLOSED, None
    return Reason.OTHER, type(error).__name__


def _of_alert(description: str) -> Reason:
    if description == "UNKNOWN_CA":
        return Reason.UNKNOWN_CA
    # unsupported_certificate, bad_certificate, certificate_expired, ..._revoked, ..._unknown
    return Reason.CERTIFICATE if "CERTIFICATE" in description else Reason.ALERT


def version_name(version: int) -> str:
    """A protocol version as people call it."""
    return _NAMES.get(version, f"0x{version:04x}")


def offered(hello: ClientHello | None) -> str:
    """What a client offers, in words for the log."""
    if hello is None:
        return "offered nothing that could be read"
    if hello.versions:
        versions = ", ".join(version_name(each) for each in sorted(hello.versions))
    else:
        versions = f"up to {version_name(hello.client_version)}"
    sha2 = {None: "not said", True: "yes", False: "no"}[hello.sha2_signatures]
    ciphers = [each for each in hello.ciphers if each not in _SIGNALS]
    names = [cipher_name(each) for each in ciphers[:_SHOWN_CIPHERS]]
    if len(ciphers) > _SHOWN_CIPHERS:
        names.append("...")
    form = " in the form of SSL 2.0" if hello.ssl2_form else ""
    return (
        f"offered {versions}{form}; SHA-2 signatures: {sha2}; "
        f"{len(ciphers)} ciphers: {' '.join(names) or 'none'}; "
        f"for: {hello.server_name or 'no name'}"
    )
