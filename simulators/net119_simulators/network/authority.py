"""A throw-away certificate authority: no certificate of it outlives the folder it was made for."""

import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificate:
    """A certificate with its private key, as PEM files; good for servers and for clients."""

    cert_file: Path
    key_file: Path


class Authority:
    """Makes certificates for addresses and names; files are written to ``folder``.

    ``ca_file`` is the authority's own certificate, for whoever is to trust it. ``rsa``: its key,
    and those of all it issues, are RSA keys, which old phones know alone. ``kept``: its key stays
    in the folder, and an authority that is there already goes on: who trusts it need not be told
    of a new one.
    """

    def __init__(self, folder: Path, *, rsa: bool = False, kept: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._rsa = rsa
        self.ca_file = folder / "ca.pem"
        key_file = folder / "ca.key"
        if kept and self.ca_file.exists() and key_file.exists():
            self._ca = trustme.CA.from_pem(self.ca_file.read_bytes(), key_file.read_bytes())
            return
        self._ca = trustme.CA(
            organization_name="NET119 testbed, throw-away",
            key_type=trustme.KeyType.RSA if rsa else trustme.KeyType.ECDSA,
        )
        self._ca.cert_pem.write_to_path(str(self.ca_file))
        if kept:
            _write_secret(key_file, self._ca.private_key_pem.bytes())

    def issue(
        self, *names: str, rsa: bool = False, stem: str = "", until: datetime | None = None
    ) -> Certificate:
        """A new certificate for these addresses (127.0.0.2) or names; the first names the files.

        Its key is on an elliptic curve; ``rsa`` makes one of RSA, which old phones need.  ``stem``
        names the files otherwise; it is good ``until`` a moment, also one that has passed.
        """
        stem = stem or names[0].replace(":", "-").replace("*", "any") + ("-rsa" if rsa else "")
        made = Certificate(self._folder / f"{stem}.pem", self._folder / f"{stem}.key")
        kind = trustme.KeyType.RSA if rsa or self._rsa else trustme.KeyType.ECDSA
        leaf = self._ca.issue_cert(*names, key_type=kind, not_after=until)
        made.cert_file.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        _write_secret(made.key_file, leaf.private_key_pem.bytes())
        return made

    def client_context(self, certificate: Certificate | None = None) -> ssl.SSLContext:
        """A context for clients that trusts this authority alone; with a client certificate."""
        return trusting(self.ca_file, certificate)

    def server_context(self, certificate: Certificate) -> ssl.SSLContext:
        """A context for servers, TLS 1.2 or later."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate.cert_file, certificate.key_file)
        return context


def trusting(ca_file: Path, certificate: Certificate | None = None) -> ssl.SSLContext:
    """A client context, TLS 1.2 or later, that trusts the authority in this PEM file alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=ca_file)
    if certificate is not None:
        context.load_cert_chain(certificate.cert_file, certificate.key_file)
    return context


def _write_secret(file: Path, content: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(content)
