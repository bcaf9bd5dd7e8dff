"""The authority that phones of a drill are asked to trust: good for one address, for some days.

Whoever installs an authority's certificate trusts all that it signs. This one is constrained to
the address of the drill (RFC 5280, 4.2.1.10), so that even a stolen key vouches for nothing else.
"""

import ipaddress
import os
import plistlib
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS = 30
_RENEWED_BEFORE = timedelta(days=7)
NAME = "NET119 drill"


class PhoneAuthority:
    """Made in ``folder``, or found there and used again while it is good for ``address``.

    Phones that trust it go on trusting it until it ends, over restarts.
    """

    def __init__(self, folder: Path, address: str, now: datetime | None = None) -> None:
        self._now = now or datetime.now(UTC)
        self._address = ipaddress.IPv4Address(address)
        folder.mkdir(parents=True, exist_ok=True)
        self._key_file, self._file = folder / "phone-ca.key", folder / "phone-ca.pem"
        self.cert_file, self.key_file = folder / "phone-server.pem", folder / "phone-server.key"
        known = self._known()
        self._key, self.certificate = known if known is not None else self._made()
        self._issue()

    @property
    def der(self) -> bytes:
        """The certificate as Android installs it."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def ends(self) -> datetime:
        """When phones stop trusting it."""
        return self.certificate.not_valid_after_utc

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as phones show it."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    def profile(self) -> bytes:
        """The certificate as an iPhone installs it: a configuration profile."""
        name = f"{NAME} ({self._address})"
        identifier = f"net119.drill.{self.certificate.serial_number:x}"
        return plistlib.dumps(
            {
                "PayloadType": "Configuration",
                "PayloadVersion": 1,
                "PayloadIdentifier": identifier,
                "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_URL, identifier)).upper(),
                "PayloadDisplayName": name,
                "PayloadDescription": "NET119 訓練用。訓練が終わったら削除してください。",
                "PayloadContent": [
                    {
                        "PayloadType": "com.apple.security.root",
                        "PayloadVersion": 1,
                        "PayloadIdentifier": f"{identifier}.ca",
                        "PayloadUUID": str(
                            uuid.uuid5(uuid.NAMESPACE_URL, f"{identifier}.ca")
                        ).upper(),
                        "PayloadDisplayName": name,
                        "PayloadCertificateFileName": "net119-drill.crt",
                        "PayloadContent": self.der,
                    }
                ],
            }
        )

    def _known(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None:
        try:
            certificate = x509.load_pem_x509_certificate(self._file.read_bytes())
            key = load_pem_private_key(self._key_file.read_bytes(), None)
            constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
        except (OSError, ValueError, x509.ExtensionNotFound):
            return None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or (
            key.public_key() != certificate.public_key()
        ):
            return None
        permitted = [each.value for each in constraints.value.permitted_subtrees or ()]
        good = certificate.not_valid_after_utc - _RENEWED_BEFORE > self._now
        if permitted != [ipaddress.IPv4Network(self._address)] or not good:
            return None
        return key, certificate

    def _made(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        day = f"{self._now:%Y-%m-%d}"
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{NAME} {day}")])
        only = x509.IPAddress(ipaddress.IPv4Network(self._address))
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        certificate = (
            self._builder(name, name, key)
            .not_valid_after(self._now + timedelta(days=DAYS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.NameConstraints([only], None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .sign(key, hashes.SHA256())
        )
        _secret(self._key_file, key)
        self._file.write_bytes(certificate.public_bytes(Encoding.PEM))
        return key, certificate

    def _issue(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(self._address))])
        issuer = self._key.public_key()
        certificate = (
            self._builder(name, self.certificate.subject, key)
            .not_valid_after(self.ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(self._address)]), False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), False)
            .sign(self._key, hashes.SHA256())
        )
        _secret(self.key_file, key)
        chain = (certificate, self.certificate)
        self.cert_file.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in chain))

    def _builder(
        self, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
    ) -> x509.CertificateBuilder:
        # Phones whose clock is somewhat behind shall trust it, too.
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - timedelta(hours=1))
        )


def _secret(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Write a key that its owner alone can read, from the first octet on."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
