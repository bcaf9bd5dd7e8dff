"""Where a provider listens, and what it demands of TLS there."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from net119_protocol.model import Code
from pydantic import Field

from net119_reference.config.base import Host, Port, Settings


class Endpoint(Settings):
    """An address to listen on, with certificate chain and private key as PEM files."""

    host: Host = "127.0.0.1"
    port: Port
    cert: Path | None = None
    key: Path | None = None


class Http(Endpoint):
    """HTTPS and WebSocket for handsets, consoles, staff and administration.

    ``rsa_cert`` and ``rsa_key`` are a second chain, for handsets that know RSA keys alone, where
    the first has a key on an elliptic curve; each handset gets the one that it can use.
    """

    port: Port = 8443
    rsa_cert: Path | None = None
    rsa_key: Path | None = None


class Stomp(Endpoint):
    """The interconnect endpoint; certificate and key default to those of ``http``.

    ``ca`` is what peers' certificates are checked against; without it, the machine's own store.
    Peers are known by their source address; ``client_certificates`` demands a certificate besides.
    """

    port: Port = 61614
    ca: Path | None = None
    client_certificates: bool = False


class Plaintext(Settings):
    """HTTP without encryption, for handsets that can do no TLS (ASO-08).

    It serves the pages of feature phones and the handset API, nothing else; whether a registrant
    may use it is what the department's profile says.
    """

    enabled: bool = False
    host: Host = "127.0.0.1"
    port: Port = 8080


class Local(Settings):
    """HTTP for browsers on this very machine, at ``http://localhost:port``, for drills.

    It serves all that HTTPS does, and needs no certificate: what stays on the machine is overheard
    by nobody, and browsers take localhost for a secure context.  Its address cannot be chosen, who
    asks for another host than localhost is refused, and there are no live calls beside it.
    """

    enabled: bool = False
    port: Port = 8119


class Lan(Endpoint):
    """HTTPS in a local network, for the phones and tablets of people who take part in a drill.

    It serves the pages of registrants and callers and the handset API, with ``consoles`` those of
    dispatchers too; never staff, administration or counters.  Certificate and key default to those
    of ``http``.  An address other than loopback needs the declaration of ``test_systems``.
    """

    enabled: bool = False
    port: Port = 8443
    consoles: bool = False


class TlsMinimum(StrEnum):
    """Oldest protocol version that a profile takes; SSL cannot be named (ASO-08)."""

    TLS_1_0 = "TLSv1"
    TLS_1_1 = "TLSv1.1"
    TLS_1_2 = "TLSv1.2"
    TLS_1_3 = "TLSv1.3"


class TlsProfile(Settings):
    """Cipher requirements from a date on (ASO-28); ``ciphers`` is an OpenSSL cipher list."""

    name: Code
    valid_from: date
    minimum: TlsMinimum
    ciphers: Annotated[str, Field(min_length=1)]


# SECLEVEL=0 is what lets OpenSSL 3 speak TLS 1.0 and 1.1 at all, and SHA-1 signatures with them.
_HANDSETS = TlsProfile(
    name="handsets",
    valid_from=date(2021, 4, 1),
    minimum=TlsMinimum.TLS_1_0,
    ciphers="ECDHE+AESGCM:ECDHE+CHACHA20:ALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0",
)
_MODERN = TlsProfile(
    name="modern",
    valid_from=date(2021, 4, 1),
    minimum=TlsMinimum.TLS_1_2,
    ciphers="ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL",
)


class Tls(Settings):
    """Cipher requirements of HTTPS, as a dated setting (ASO-28).

    Several ``profiles`` of one name follow each other by date; ours are always there.
    """

    profile: Code = "handsets"
    profiles: tuple[TlsProfile, ...] = ()

    def in_force(self, today: date) -> TlsProfile:
        """The newest version of the chosen profile that is valid on ``today``.

        Raises:
            LookupError: no profile of that name is valid yet.
        """
        valid = [
            entry
            for entry in (_HANDSETS, _MODERN, *self.profiles)
            if entry.name == self.profile and entry.valid_from <= today
        ]
        if not valid:
            raise LookupError(self.profile)
        # Of equal dates the later entry counts, so that a file can replace ours.
        return max(enumerate(valid), key=lambda each: (each[1].valid_from, each[0]))[1]
