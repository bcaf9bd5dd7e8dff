"""TLS contexts: lenient towards handsets, as the source demands (ASO-08), strict between providers.

Cipher requirements of HTTPS are a dated setting (ASO-28); see
:class:`net119_reference.config.TlsProfile`.
"""

import ssl
import warnings
from pathlib import Path

from net119_reference.config import Config, TlsProfile
from net119_reference.config.listeners import TlsMinimum

_VERSIONS = {
    TlsMinimum.TLS_1_0: ssl.TLSVersion.TLSv1,
    TlsMinimum.TLS_1_1: ssl.TLSVersion.TLSv1_1,
    TlsMinimum.TLS_1_2: ssl.TLSVersion.TLSv1_2,
    TlsMinimum.TLS_1_3: ssl.TLSVersion.TLSv1_3,
}


class TlsError(Exception):
    """A TLS setting cannot be used; ``what``, ``where`` and ``what_to_do`` are for the operator."""

    def __init__(self, what: str, where: str, what_to_do: str) -> None:
        super().__init__(f"{where}: {what}. {what_to_do}")
        self.what = what
        self.where = where
        self.what_to_do = what_to_do


def https_context(
    cert: Path, key: Path, profile: TlsProfile, rsa: tuple[Path, Path] | None = None
) -> ssl.SSLContext:
    """The context of the HTTPS listener: SSL is refused, TLS from ``profile.minimum`` accepted.

    Of the ciphers that both sides know ours chooses, modern ones first, however old the list goes.

    Args:
        rsa: a second certificate chain and its key, of another kind than the first; the handset's
            offer decides which of them it gets.

    Raises:
        TlsError: the cipher list or the files cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        # TLS 1.0 is deprecated, and still what the requirement says.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = _VERSIONS[profile.minimum]
    try:
        # Before the certificate: its signature is judged by the security level in this list.
        context.set_ciphers(profile.ciphers)
    except ssl.SSLError:
        raise TlsError(
            f"OpenSSL knows no cipher of the list {profile.ciphers!r}",
            f"tls.profiles, {profile.name} of {profile.valid_from}",
            "Correct the list; `openssl ciphers LIST` shows what one stands for",
        ) from None
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    _load_chain(context, cert, key, "http.cert")
    if rsa is not None:
        _load_chain(context, *rsa, "http.rsa_cert")
    return context


def stomp_server_context(config: Config) -> ssl.SSLContext:
    """The context of the interconnect endpoint: TLS 1.2 or later (TTC TS-1022 as far as public).

    A client certificate is demanded where ``stomp.client_certificates`` says so.

    Raises:
        TlsError: certificate, key or CA cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load_chain(context, *_stomp_files(config), "stomp.cert")
    if config.stomp.client_certificates:
        _load_ca(context, config.stomp.ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def stomp_client_context(config: Config) -> ssl.SSLContext:
    """The context of our client: checks the peer's certificate and name, and shows our own.

    Raises:
        TlsError: certificate, key or CA cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load_ca(context, config.stomp.ca)
    _load_chain(context, *_stomp_files(config), "stomp.cert")
    return context


def _stomp_files(config: Config) -> tuple[Path, Path]:
    cert = config.stomp.cert or config.http.cert
    key = config.stomp.key or config.http.key
    if cert is None or key is None:
        raise TlsError(
            "certificate and key are missing",
            "stomp.cert and stomp.key",
            "Give PEM files there, or in http.cert and http.key",
        )
    return cert, key


def _load_ca(context: ssl.SSLContext, ca: Path | None) -> None:
    if ca is None:
        context.load_default_certs(
            ssl.Purpose.CLIENT_AUTH
            if context.protocol is ssl.PROTOCOL_TLS_SERVER
            else ssl.Purpose.SERVER_AUTH
        )
        return
    try:
        context.load_verify_locations(ca)
    except (OSError, ssl.SSLError) as wrong:
        raise TlsError(
            f"{ca} cannot be used as a CA ({wrong.strerror or type(wrong).__name__})",
            "stomp.ca",
            "Give the CA's certificate in PEM form",
        ) from None


def _load_chain(context: ssl.SSLContext, cert: Path, key: Path, where: str) -> None:
    try:
        # An empty password: else OpenSSL would ask for one on the terminal.
        context.load_cert_chain(cert, key, password="")
    except (OSError, ssl.SSLError) as wrong:
        raise TlsError(
            f"{cert} and {key} cannot be used ({wrong.strerror or type(wrong).__name__})",
            where,
            "Give a certificate chain and its private key, both PEM, the key without password",
        ) from None
