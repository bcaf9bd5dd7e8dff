"""Phones shake hands with a real TLS server, and what comes of it is what is known of them."""

import socket
import warnings
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from net119_simulators.handsets import Reason, find_handset, load_handsets
from net119_simulators.handsets.chain import CertificateRefused, Roots
from net119_simulators.handsets.handshake import Chosen, Handshake, HandshakeFailed
from net119_simulators.handsets.model import Encryption, Handset, Version
from net119_simulators.network import Authority

from tests.simulators.handsets.tls_server import ADDRESS, Pair, TlsServer, legacy, make_pair, modern

OLD = (Version.SSL3, Version.TLS10)


@pytest.fixture(scope="module")
def sha1(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return make_pair(tmp_path_factory.mktemp("sha1"), "sha1")


@pytest.fixture(scope="module")
def sha256(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return make_pair(tmp_path_factory.mktemp("sha256"), "sha256")


@pytest.fixture(scope="module")
def roots(sha1: Pair, sha256: Pair) -> Roots:
    return Roots.of(sha1.ca, sha256.ca)


@pytest.fixture(scope="module")
def servers(sha1: Pair, sha256: Pair) -> Iterator[dict[str, TlsServer]]:
    with (
        TlsServer(modern(sha256)) as new,
        TlsServer(legacy(sha256)) as lenient,
        TlsServer(legacy(sha1)) as old,
    ):
        yield {"modern": new, "legacy": lenient, "legacy-sha1": old}


def shake(ability: Encryption, roots: Roots, server: TlsServer) -> Chosen | HandshakeFailed:
    hands = Handshake(ability, roots)
    with closing(socket.create_connection((ADDRESS, server.port), 10)) as sock:
        try:
            stream = hands.open(sock, ADDRESS, "a test")
        except HandshakeFailed as failed:
            return failed
        stream.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert stream.recv(12) == b"HTTP/1.1 200"
    assert hands.chosen is not None
    return hands.chosen


@pytest.mark.parametrize("name", load_handsets())
def test_every_phone_at_every_server(
    name: str, roots: Roots, servers: dict[str, TlsServer]
) -> None:
    ability = find_handset(name).encryption
    newest = ability.versions[-1]

    at_modern = shake(ability, roots, servers["modern"])
    if newest in (Version.TLS12, Version.TLS13):
        assert isinstance(at_modern, Chosen)
        assert at_modern.version is newest
    else:
        assert isinstance(at_modern, HandshakeFailed)
        assert (at_modern.alert, at_modern.by_phone) == ("protocol_version", False)
        assert at_modern.reason is Reason.TLS_VERSION

    at_lenient = shake(ability, roots, servers["legacy"])
    if ability.sha2_certificates:
        assert isinstance(at_lenient, Chosen)
        assert at_lenient.version is newest
        assert at_lenient.certificate_hashes == ("sha256",)
    else:
        assert isinstance(at_lenient, HandshakeFailed)
        assert (at_lenient.alert, at_lenient.by_phone) == ("unsupported_certificate", True)
        assert at_lenient.reason is Reason.SHA2_CERTIFICATE

    at_old = shake(ability, roots, servers["legacy-sha1"])
    if ability.sha1_certificates:
        assert isinstance(at_old, Chosen)
        assert at_old.certificate_hashes == ("sha1",)
    else:
        assert isinstance(at_old, HandshakeFailed)
        assert (at_old.by_phone, at_old.reason) == (True, Reason.CERTIFICATE)


def old_phone(**more: object) -> Encryption:
    values = {
        "versions": OLD,
        "sha2_certificates": True,
        "sha2_signatures": False,
        "elliptic": False,
    }
    return Encryption.model_validate(values | more)


def test_ssl_3_is_offered_and_refused(roots: Roots, servers: dict[str, TlsServer]) -> None:
    before = len(servers["legacy"].failures)
    failed = shake(old_phone(versions=(Version.SSL3,)), roots, servers["legacy"])
    assert isinstance(failed, HandshakeFailed)
    assert not failed.by_phone
    assert failed.reason is Reason.TLS_VERSION
    assert "SSL 3.0" in str(failed.offer)
    servers["legacy"].until_failed(before)
    assert "too low" in " ".join(servers["legacy"].failures[before:])


def test_tls_1_2_with_sha1_signatures_alone(roots: Roots, servers: dict[str, TlsServer]) -> None:
    phone = old_phone(versions=(Version.TLS12,), elliptic=True)
    failed = shake(phone, roots, servers["modern"])
    assert isinstance(failed, HandshakeFailed)
    assert failed.reason is Reason.SIGNATURE_ALGORITHM
    assert failed.offer.signature_hashes == ("sha1",)
    taken = shake(phone, roots, servers["legacy"])
    assert isinstance(taken, Chosen)
    assert taken.version is Version.TLS12


@pytest.mark.parametrize("version", [Version.TLS10, Version.TLS11])
def test_one_old_version_alone(
    version: Version, roots: Roots, servers: dict[str, TlsServer]
) -> None:
    phone = old_phone(versions=(version,))
    taken = shake(phone, roots, servers["legacy"])
    assert isinstance(taken, Chosen)
    assert taken.version is version
    assert taken.cipher.startswith("TLS_RSA_WITH_AES")


def test_an_unknown_authority_is_refused(sha1: Pair, servers: dict[str, TlsServer]) -> None:
    for name in ("android-current-chrome", "docomo-f-01g-updated"):
        failed = shake(find_handset(name).encryption, Roots.of(sha1.ca), servers["legacy"])
        assert isinstance(failed, HandshakeFailed)
        assert (failed.alert, failed.by_phone) == ("unknown_ca", True)
        assert failed.reason is Reason.CERTIFICATE
        assert "CN=sha256" in failed.why


def test_a_server_that_says_nothing() -> None:
    """It cuts the connection: no alert, and no reason is made up."""

    def cut(handset: Handset) -> HandshakeFailed:
        with socket.create_server((ADDRESS, 0)) as listener:
            port = listener.getsockname()[1]
            sock = socket.create_connection((ADDRESS, port), 10)
            peer, _ = listener.accept()
            peer.close()
            with pytest.raises(HandshakeFailed) as failed:
                Handshake(handset.encryption, Roots(())).open(sock, ADDRESS, "a test")
            sock.close()
            return failed.value

    failed = cut(find_handset("au-w52ca"))
    assert failed.alert == ""
    assert failed.reason is Reason.UNREACHABLE


# --- certificates ---------------------------------------------------------------------------------


def der(pair: Pair) -> list[bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    loaded = x509.load_pem_x509_certificates(pair.cert.read_bytes())
    return [each.public_bytes(Encoding.DER) for each in loaded]


def refused(roots: Roots, chain: list[bytes], host: str, now: datetime | None = None) -> str:
    with pytest.raises(CertificateRefused) as wrong:
        roots.check(chain, host, now=now)
    return wrong.value.alert


def test_what_is_wrong_with_a_certificate(sha256: Pair, sha1: Pair, roots: Roots) -> None:
    chain = der(sha256)
    assert roots.check(chain, ADDRESS) == ("sha256",)
    assert refused(roots, chain, "127.0.0.9") == "bad_certificate"
    assert refused(roots, chain, "example.jp") == "bad_certificate"
    far = datetime.now(UTC) + timedelta(days=4000)
    assert refused(roots, chain, ADDRESS, far) == "certificate_expired"
    assert refused(roots, [], ADDRESS) == "bad_certificate"
    assert refused(roots, [b"no certificate"], ADDRESS) == "bad_certificate"
    # A leaf cannot vouch for another: its issuer is not in the chain.
    assert refused(Roots.of(sha1.ca), [*chain, *der(sha1)], ADDRESS) == "unknown_ca"


def test_a_forged_signature_is_found(sha256: Pair, roots: Roots) -> None:
    forged = bytearray(der(sha256)[0])
    forged[-1] ^= 1
    assert refused(roots, [bytes(forged)], ADDRESS) == "unknown_ca"


def test_a_phone_that_knows_rsa_alone_takes_no_elliptic_curve(tmp_path: Path) -> None:
    """Not even below it: a certificate with an RSA key that such an authority has signed."""
    elliptic, rsa = Authority(tmp_path / "ec"), Authority(tmp_path / "rsa", rsa=True)
    for authority, leaf_rsa, taken in (
        (elliptic, False, False),
        (elliptic, True, False),
        (rsa, True, True),
    ):
        made = authority.issue(ADDRESS, rsa=leaf_rsa)
        pair = Pair(made.cert_file, made.key_file, authority.ca_file)
        known = Roots.of(authority.ca_file)
        assert known.check(der(pair), ADDRESS) == ("sha256",)
        if taken:
            assert known.check(der(pair), ADDRESS, elliptic=False) == ("sha256",)
        else:
            with pytest.raises(CertificateRefused, match="RSA"):
                known.check(der(pair), ADDRESS, elliptic=False)


def test_names_of_hosts(tmp_path: Path) -> None:
    pair = make_pair(tmp_path, "sha256", name="DNS:*.example.jp,DNS:net119.test")
    known = Roots.of(pair.ca)
    assert known.check(der(pair), "a.example.jp")
    assert known.check(der(pair), "NET119.test")
    for host in ("example.jp", "a.b.example.jp", ADDRESS):
        assert refused(known, der(pair), host) == "bad_certificate"


def test_an_old_root_without_a_serial_number_is_loaded_in_silence(tmp_path: Path) -> None:
    """As the stores of today's machines have some; the user of a trial could not mend them."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    version, one, none = b"\xa0\x03\x02\x01\x02", b"\x02\x01\x01", b"\x02\x01\x00"
    der = built.sign(key, SHA256()).public_bytes(Encoding.DER)
    assert der.count(version + one) == 1
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        root = x509.load_der_x509_certificate(der.replace(version + one, version + none))
        assert root.serial_number == 0
        assert heard, "the library says nothing any more: nothing is to be silenced"
        heard.clear()
        file = tmp_path / "root.pem"
        file.write_bytes(root.public_bytes(Encoding.PEM))
        Roots.of(file)
        assert not heard


def test_the_advice_fits_what_kept_the_phone_out(
    servers: dict[str, TlsServer], roots: Roots, sha1: Pair
) -> None:
    stranger = shake(find_handset("au-sh011").encryption, Roots.of(sha1.ca), servers["legacy"])
    assert isinstance(stranger, HandshakeFailed)
    assert stranger.alert == "unknown_ca"
    assert "--ca" in stranger.what_to_do
    assert "--ca" in str(stranger)
    old = shake(find_handset("au-w52ca").encryption, roots, servers["legacy"])
    assert isinstance(old, HandshakeFailed)
    assert old.reason is Reason.SHA2_CERTIFICATE
    assert "provider runs" not in str(old)
    assert "unencrypted" in old.what_to_do
