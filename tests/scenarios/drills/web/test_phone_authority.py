"""The authority for phones vouches for the drill's address and for nothing else."""

import plistlib
import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from net119_scenarios.drills.web.phone_authority import DAYS, PhoneAuthority

ADDRESS = "127.93.0.1"


def shaken(authority: PhoneAuthority, ca: Path, host: str) -> None:
    """One TLS handshake with a server at the authority's address, asked for as ``host``."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(authority.cert_file, authority.key_file)
    with socket.create_server((ADDRESS, 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            try:
                serving.wrap_socket(connection, server_side=True).close()
            except (ssl.SSLError, OSError):
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        trusting = ssl.create_default_context(cafile=str(ca))
        with (
            socket.create_connection(server.getsockname(), 20) as client,
            trusting.wrap_socket(client, server_hostname=host),
        ):
            pass
        thread.join(20)


def test_a_phone_that_trusts_it_reaches_the_drill(tmp_path: Path) -> None:
    authority = PhoneAuthority(tmp_path, ADDRESS)
    shaken(authority, tmp_path / "phone-ca.pem", ADDRESS)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(authority, tmp_path / "phone-ca.pem", "127.93.0.2")


def test_it_cannot_vouch_for_another_address(tmp_path: Path) -> None:
    authority = PhoneAuthority(tmp_path, ADDRESS)
    # What a thief of the key would do: a certificate for another host under this authority.
    authority._address = type(authority._address)("127.93.0.2")
    authority._issue()
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shaken(authority, tmp_path / "phone-ca.pem", "127.93.0.2")


def test_phones_need_it_once_until_it_ends(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    first = PhoneAuthority(tmp_path, ADDRESS, now)
    again = PhoneAuthority(tmp_path, ADDRESS, now + timedelta(days=DAYS - 8))
    assert again.fingerprint == first.fingerprint
    later = PhoneAuthority(tmp_path, ADDRESS, now + timedelta(days=DAYS - 6))
    assert later.fingerprint != first.fingerprint
    elsewhere = PhoneAuthority(tmp_path, "127.93.0.3", now + timedelta(days=DAYS - 6))
    assert elsewhere.fingerprint != later.fingerprint
    assert (elsewhere.ends - now) < timedelta(days=2 * DAYS)


@pytest.mark.parametrize("broken", ["", "no certificate"])
def test_a_broken_one_is_made_anew(tmp_path: Path, broken: str) -> None:
    first = PhoneAuthority(tmp_path, ADDRESS)
    (tmp_path / "phone-ca.pem").write_text(broken)
    second = PhoneAuthority(tmp_path, ADDRESS)
    assert second.fingerprint != first.fingerprint
    shaken(second, tmp_path / "phone-ca.pem", ADDRESS)


def test_its_keys_are_its_owners_alone(tmp_path: Path) -> None:
    PhoneAuthority(tmp_path, ADDRESS)
    for file in ("phone-ca.key", "phone-server.key"):
        assert stat.S_IMODE((tmp_path / file).stat().st_mode) == 0o600


def test_an_iphone_gets_it_as_a_profile(tmp_path: Path) -> None:
    authority = PhoneAuthority(tmp_path, ADDRESS)
    profile = plistlib.loads(authority.profile())
    assert profile["PayloadType"] == "Configuration"
    (content,) = profile["PayloadContent"]
    assert content["PayloadType"] == "com.apple.security.root"
    inside = x509.load_der_x509_certificate(content["PayloadContent"])
    assert inside == authority.certificate
    # The same profile again replaces the one before, instead of standing beside it.
    assert authority.profile() == PhoneAuthority(tmp_path, ADDRESS).profile()
