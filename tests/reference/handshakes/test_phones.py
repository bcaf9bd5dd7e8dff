"""Phones of the past and of today at the HTTPS port: who gets in, with what, and what is told."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_reference.config import Config
from net119_reference.handshakes import Reason
from net119_reference.handshakes.outcome import offered
from tlslite.errors import TLSLocalAlert, TLSRemoteAlert  # type: ignore[import-untyped]  # tlslite-ng has no types

from tests.reference.handshakes.hellos import ssl2_form
from tests.reference.handshakes.phones import (
    DEADLINE_S,
    SSL_3,
    TLS_1_0,
    TLS_1_1,
    TLS_1_2,
    TLS_1_3,
    Phone,
)
from tests.reference.web.fake_service import FakeService
from tests.reference.web.live_server import LiveServer, make_certificates
from tests.reference.web.test_link import tell


def serve(folder: Path, **settings: object) -> LiveServer:
    config = Config.model_validate({"operator": "aoba", "data_dir": folder, **settings})
    return LiveServer(FakeService(), config, make_certificates(folder, rsa=True), tell)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with serve(tmp_path_factory.mktemp("phones")).running() as server:
        yield server


@pytest.mark.parametrize(
    ("phone", "version", "cipher"),
    [
        (Phone(TLS_1_0, TLS_1_0, elliptic=False), "TLSv1", "AES256-SHA"),
        (Phone(TLS_1_0, TLS_1_0), "TLSv1", "ECDHE-ECDSA-AES256-SHA"),
        (Phone(TLS_1_0, TLS_1_1, elliptic=False), "TLSv1.1", "AES256-SHA"),
        (
            Phone(TLS_1_2, TLS_1_2, sha1_signatures=True),
            "TLSv1.2",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
        ),
        (
            Phone(TLS_1_2, TLS_1_2, sha1_signatures=True, elliptic=False),
            "TLSv1.2",
            "AES256-GCM-SHA384",
        ),
        (Phone(TLS_1_0, TLS_1_2), "TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384"),
        (Phone(TLS_1_3, TLS_1_3), "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        (Phone(SSL_3, TLS_1_3), "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
    ],
)
def test_every_phone_with_tls_gets_in(
    live: LiveServer, phone: Phone, version: str, cipher: str
) -> None:
    answer = phone.get(live.port, "/")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(f'["encrypted","{version}","{cipher}"]'.encode())
    assert live.failed == []


def test_ssl_3_is_told_that_its_version_is_too_old(live: LiveServer) -> None:
    with pytest.raises(TLSRemoteAlert, match="protocol_version"):
        Phone(SSL_3, SSL_3, elliptic=False).get(live.port, "/")
    failed = live.next_failed()
    assert failed.reason is Reason.SSL
    assert failed.detail == (
        "ssl-only; offered up to SSL 3.0; SHA-2 signatures: not said; "
        "2 ciphers: RSA_AES_256_CBC_SHA RSA_AES_128_CBC_SHA; for: localhost"
    )


def test_a_hello_in_the_form_of_ssl_2_may_ask_for_tls(live: LiveServer) -> None:
    """Phones of the time sent it to be understood by any server; what is spoken is TLS 1.0."""
    with socket.create_connection(("127.0.0.1", live.port), DEADLINE_S) as phone:
        phone.sendall(ssl2_form(0x0301, bytes.fromhex("00002f000035")))
        # A handshake record of TLS 1.0 with a ServerHello in it.
        answer = phone.recv(6, socket.MSG_WAITALL)
    assert (answer[:3], answer[5]) == (b"\x16\x03\x01", 2)
    failed = live.next_failed()
    assert (failed.reason, failed.hello and failed.hello.ssl2_form) == (Reason.CLOSED, True)


@pytest.mark.parametrize("newest", [TLS_1_0, TLS_1_2, TLS_1_3])
def test_a_phone_that_refuses_our_certificate_is_logged_once(
    live: LiveServer, newest: tuple[int, int]
) -> None:
    phone = Phone(min(newest, TLS_1_2), newest, sha1_certificates=True)
    with pytest.raises(TLSLocalAlert, match="unsupported_certificate"):
        phone.get(live.port, "/")
    failed = live.next_failed()
    assert (failed.reason, failed.error) == (Reason.CERTIFICATE, "unsupported_certificate")
    assert failed.hello is not None
    assert failed.hello.newest == 0x0300 + newest[1]
    assert offered(failed.hello) in failed.detail
    assert live.failed == []


@pytest.mark.parametrize(
    ("profile", "phone", "alert", "reason"),
    [
        ("modern", Phone(TLS_1_0, TLS_1_1), "protocol_version", Reason.VERSION),
        (
            "modern",
            Phone(TLS_1_2, TLS_1_2, elliptic=False),
            "handshake_failure",
            Reason.CIPHER,
        ),
    ],
)
def test_a_stricter_profile_tells_what_was_lacking(
    tmp_path: Path, profile: str, phone: Phone, alert: str, reason: Reason
) -> None:
    with serve(tmp_path, tls={"profile": profile}).running() as server:
        with pytest.raises(TLSRemoteAlert, match=alert):
            phone.get(server.port, "/")
        assert server.next_failed().reason is reason
        assert Phone(TLS_1_2, TLS_1_3).get(server.port, "/").startswith(b"HTTP/1.1 200 ")


def test_no_profile_lets_ssl_in(tmp_path: Path) -> None:
    lax = {
        "name": "lax",
        "valid_from": "2020-01-01",
        "minimum": "TLSv1",
        "ciphers": "ALL:COMPLEMENTOFALL:@SECLEVEL=0",
    }
    with serve(tmp_path, tls={"profile": "lax", "profiles": [lax]}).running() as server:
        with pytest.raises(TLSRemoteAlert, match="protocol_version"):
            Phone(SSL_3, SSL_3, elliptic=False).get(server.port, "/")
        assert server.next_failed().reason is Reason.SSL
