"""HTTPS takes TLS 1.0 and later, and no SSL (ASO-08), by a dated setting (ASO-28)."""

import socket
import ssl
import warnings
from datetime import date

import pytest
from net119_reference.config import Config, Tls, TlsProfile
from net119_reference.config.listeners import TlsMinimum
from net119_reference.handshakes import Reason
from net119_reference.tls import TlsError, https_context, stomp_client_context, stomp_server_context

from tests.reference.web.conftest import StartServer
from tests.reference.web.live_server import DEADLINE_S, Certificates, LiveServer

VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
# A ClientHello of SSL 3.0 offering RSA with 3DES and RC4, and one of SSL 2.0.
SSL3_HELLO = (
    bytes.fromhex("16030000310100002d0300") + b"\x11" * 32 + bytes.fromhex("000006000a000500040100")
)
SSL2_HELLO = bytes.fromhex("802e0100020015000000100100800200800300800400800500800600400700c0")
SSL2_HELLO += b"\x22" * 16


def greeted(server: LiveServer, version: ssl.TLSVersion) -> str | None:
    """The version of a connection whose client speaks this one only, after a request over it."""
    context = server.client_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", server.port), DEADLINE_S) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        secure.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert secure.recv(4096).startswith(b"HTTP/1.1 200 ")
        return secure.version()


def answer_to(server: LiveServer, hello: bytes) -> bytes:
    """Everything that the server sends before it closes."""
    received = b""
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE_S) as plain:
        plain.sendall(hello)
        try:
            while part := plain.recv(4096):
                received += part
        except ConnectionResetError:
            pass
    return received


def test_every_tls_version_is_served(server: LiveServer) -> None:
    assert {name: greeted(server, version) for name, version in VERSIONS.items()} == {
        name: name for name in VERSIONS
    }


@pytest.mark.parametrize("hello", [SSL3_HELLO, SSL2_HELLO], ids=["SSL 3.0", "SSL 2.0"])
def test_ssl_is_refused_and_the_server_goes_on(server: LiveServer, hello: bytes) -> None:
    answer = answer_to(server, hello)
    # A fatal alert, protocol_version, in a record that even SSL 3.0 reads.
    assert answer == bytes((21, 3, 0, 0, 2, 2, 70))
    failed = server.next_failed()
    assert (failed.source, failed.reason) == ("127.0.0.1", Reason.SSL)
    assert greeted(server, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"


def test_the_modern_profile_refuses_old_versions(start_server: StartServer) -> None:
    server = start_server(tls={"profile": "modern"})
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        greeted(server, ssl.TLSVersion.TLSv1_1)
    assert greeted(server, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"


def test_the_newest_profile_of_a_name_that_is_valid_counts() -> None:
    later = TlsProfile(
        name="handsets",
        valid_from=date(2027, 1, 1),
        minimum=TlsMinimum.TLS_1_2,
        ciphers="ECDHE+AESGCM",
    )
    tls = Tls(profiles=(later,))
    assert tls.in_force(date(2026, 12, 31)).minimum is TlsMinimum.TLS_1_0
    assert tls.in_force(date(2027, 1, 1)) == later
    with pytest.raises(LookupError):
        Tls(profile="unheard-of").in_force(date(2027, 1, 1))


def test_a_cipher_list_that_openssl_does_not_know_is_explained(
    certificates: Certificates,
) -> None:
    profile = TlsProfile(
        name="odd", valid_from=date(2026, 1, 1), minimum=TlsMinimum.TLS_1_2, ciphers="NO-SUCH"
    )
    with pytest.raises(TlsError, match="NO-SUCH"):
        https_context(certificates.cert, certificates.key, profile)


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> str | None:
    """A handshake in memory; the version agreed on."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server, server_hostname=name)
    far = server.wrap_bio(to_server, to_client, server_side=True)
    waiting = [near, far]
    for _ in range(10):
        for side in tuple(waiting):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(side)
        if not waiting:
            return near.version()
    raise AssertionError("the handshake does not end")


def test_peers_check_each_other_and_speak_tls_1_2_at_least(certificates: Certificates) -> None:
    files = {"cert": certificates.cert, "key": certificates.key, "ca": certificates.ca}
    config = Config.model_validate(
        {"operator": "aoba", "stomp": {**files, "client_certificates": True}}
    )
    server, client = stomp_server_context(config), stomp_client_context(config)
    assert shake_hands(client, server, "127.0.0.1") == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client, server, "127.0.0.9")
    stranger = ssl.create_default_context(cafile=str(certificates.ca))
    stranger.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError, match=r"(?i)peer did not return a certificate"):
        shake_hands(stranger, server, "127.0.0.1")
    old = stomp_client_context(config)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match=r"(?i)version|protocol"):
        shake_hands(old, server, "127.0.0.1")
