"""Certificates that are not the peer's own: made in files, and read back as TLS contexts."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from net119_simulators.network.authority import Authority, Certificate, trusting

EXPIRED = "expired-certificate"
OTHER_NAME = "certificate-of-another-name"
UNKNOWN_AUTHORITY = "unknown-authority"
OTHER_OPERATOR = "certificate-of-another-operator"
RUNS_OUT = "certificate-runs-out"
WRONG = (EXPIRED, OTHER_NAME, UNKNOWN_AUTHORITY, OTHER_OPERATOR, RUNS_OUT)
"""Names of the bad peers that show them, and stems of the files."""
NOBODY = "somebody-else.example"


@dataclass(frozen=True)
class Shown:
    """One certificate: shown by the peer's endpoint, and by a client of the peer."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def make_shown(folder: Path, ca: Authority, address: str, *, other: str) -> None:
    """Write a wrong certificate of each kind for the peer at an address.

    ``ca`` is the authority that the system trusts, ``other`` the address of another operator.
    """
    signing = Authority(folder / "unknown")
    made = {
        EXPIRED: ca.issue(address, stem=EXPIRED, until=datetime.now(UTC) - timedelta(days=1)),
        RUNS_OUT: ca.issue(address, stem=RUNS_OUT, until=datetime.now(UTC) - timedelta(minutes=1)),
        OTHER_NAME: ca.issue(NOBODY, stem=OTHER_NAME),
        UNKNOWN_AUTHORITY: signing.issue(address, stem=UNKNOWN_AUTHORITY),
        OTHER_OPERATOR: ca.issue(other, stem=OTHER_OPERATOR),
    }
    for name, certificate in made.items():
        certificate.cert_file.rename(folder / f"{name}.pem")
        certificate.key_file.rename(folder / f"{name}.key")


def read_shown(folder: Path, ca_file: Path) -> Mapping[str, Shown]:
    """The certificates that ``make_shown`` wrote there; ``ca_file`` is whom the peer trusts."""
    return {
        name: load_shown(Certificate(folder / f"{name}.pem", folder / f"{name}.key"), ca_file)
        for name in WRONG
        if (folder / f"{name}.pem").is_file()
    }


def load_shown(certificate: Certificate, ca_file: Path) -> Shown:
    """One certificate as contexts.

    Raises:
        OSError: a file cannot be read, or is no certificate.
    """
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.minimum_version = ssl.TLSVersion.TLSv1_2
    server.load_cert_chain(certificate.cert_file, certificate.key_file)
    return Shown(server, trusting(ca_file, certificate))
