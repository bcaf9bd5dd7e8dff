import socket
import ssl
import threading
from pathlib import Path

import pytest
from net119_simulators.network import Authority, Certificate


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> dict[str, object]:
    """A handshake over a socket pair; the server's certificate as the client sees it."""
    near, far = socket.socketpair()
    near.settimeout(10)
    far.settimeout(10)

    def serve() -> None:
        try:
            server.wrap_socket(far, server_side=True).close()
        except OSError:
            far.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(near, server_hostname=name) as connection:
            return dict(connection.getpeercert() or {})
    finally:
        near.close()
        thread.join(10)


def test_certificates_are_good_for_their_address_only(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    server = ca.server_context(ca.issue("127.0.0.2"))
    seen = shake_hands(server, ca.client_context(), "127.0.0.2")
    assert ("IP Address", "127.0.0.2") in seen["subjectAltName"]  # type: ignore[operator]  # ssl types it as a union
    with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
        shake_hands(server, ca.client_context(), "127.0.0.3")


def test_another_authority_is_not_trusted(tmp_path: Path) -> None:
    ca, other = Authority(tmp_path / "a"), Authority(tmp_path / "b")
    server = ca.server_context(ca.issue("127.0.0.2"))
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, other.client_context(), "127.0.0.2")


def test_a_certificate_serves_clients_too(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    server = ca.server_context(ca.issue("127.0.0.2"))
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(cafile=ca.ca_file)
    client = ca.client_context(ca.issue("127.0.0.3"))
    assert shake_hands(server, client, "127.0.0.2")["subjectAltName"]


def test_private_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    made: Certificate = Authority(tmp_path).issue("127.0.0.2")
    assert made.key_file.stat().st_mode & 0o077 == 0
    assert "PRIVATE KEY" in made.key_file.read_text()
