"""What ends a handshake becomes a reason that a person can act on."""

import ssl

import pytest
from net119_reference.handshakes import ClientHello, FailedHandshake, Reason
from net119_reference.handshakes.outcome import Terms, alert, reason_of


def openssl_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] text")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "reason", "name"),
    [
        (
            openssl_error("SSLV3_ALERT_UNSUPPORTED_CERTIFICATE"),
            Reason.CERTIFICATE,
            "unsupported_certificate",
        ),
        (openssl_error("SSLV3_ALERT_BAD_CERTIFICATE"), Reason.CERTIFICATE, "bad_certificate"),
        (openssl_error("TLSV1_ALERT_UNKNOWN_CA"), Reason.UNKNOWN_CA, "unknown_ca"),
        (openssl_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), Reason.ALERT, "handshake_failure"),
        (openssl_error("NO_SHARED_CIPHER"), Reason.CIPHER, "NO_SHARED_CIPHER"),
        (openssl_error("UNSUPPORTED_PROTOCOL"), Reason.VERSION, "UNSUPPORTED_PROTOCOL"),
        (openssl_error("LENGTH_MISMATCH"), Reason.OTHER, "LENGTH_MISMATCH"),
        (ssl.SSLZeroReturnError(6, "closed"), Reason.CLOSED, "close_notify"),
        (ConnectionResetError(), Reason.CLOSED, None),
        (ConnectionAbortedError("taking longer than"), Reason.TIMEOUT, None),
        (TimeoutError(), Reason.TIMEOUT, None),
        (ValueError("ours"), Reason.OTHER, "ValueError"),
    ],
)
def test_an_error_has_a_reason(error: Exception, reason: Reason, name: str | None) -> None:
    assert reason_of(error) == (reason, name)


def hello(version: int, *ciphers: int, versions: tuple[int, ...] = ()) -> ClientHello:
    return ClientHello(version, version, versions, ciphers, None, None)


@pytest.mark.parametrize(
    ("offer", "reason", "record"),
    [
        (hello(0x0002, 0x010080), Reason.SSL, b"\x15\x03\x00\x00\x02\x02\x46"),
        (hello(0x0300, 0x2F), Reason.SSL, b"\x15\x03\x00\x00\x02\x02\x46"),
        (hello(0x0301, 0x2F), Reason.VERSION, b"\x15\x03\x01\x00\x02\x02\x46"),
        (hello(0x0303, 0x05, 0x0A), Reason.CIPHER, b"\x15\x03\x01\x00\x02\x02\x28"),
        (hello(0x0303, 0x2F, versions=(0x0301,)), Reason.VERSION, b"\x15\x03\x01\x00\x02\x02\x46"),
        (hello(0x0303, 0x05, 0x2F), None, b""),
        (hello(0x0303, 0x1301, versions=(0x0304,)), None, b""),
    ],
)
def test_what_cannot_work_is_refused_before_it_begins(
    offer: ClientHello, reason: Reason | None, record: bytes
) -> None:
    terms = Terms(0x0302, frozenset({0x2F, 0x1301}))
    assert terms.refusal(offer) is reason
    if reason is not None:
        assert alert(reason, offer) == record


def test_a_context_that_names_no_minimum_takes_no_ssl() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    assert Terms.of(context).minimum == 0x0301
    assert 0x1301 in Terms.of(context).ciphers


def test_the_detail_tells_what_was_offered() -> None:
    old = ClientHello(0x0301, 0x0301, (), (4, 5, 0xFF, 0x2F, 0x35, 9, 3), None, None)
    assert FailedHandshake("192.0.2.1", Reason.CERTIFICATE, old, "bad_certificate").detail == (
        "certificate-refused (bad_certificate); offered up to TLS 1.0; SHA-2 signatures: not said; "
        "6 ciphers: RSA_RC4_128_MD5 RSA_RC4_128_SHA RSA_AES_128_CBC_SHA RSA_AES_256_CBC_SHA "
        "RSA_DES_CBC_SHA ...; for: no name"
    )
    new = ClientHello(0x0301, 0x0303, (0x0304, 0x0303), (0x9999,), (0x0804,), "a.example")
    assert FailedHandshake("192.0.2.1", Reason.UNKNOWN_CA, new).detail == (
        "unknown-ca; offered TLS 1.2, TLS 1.3; SHA-2 signatures: yes; 1 ciphers: 0x9999; "
        "for: a.example"
    )
    assert "nothing that could be read" in FailedHandshake("x", Reason.NOT_TLS).detail
