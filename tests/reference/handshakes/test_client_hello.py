"""The first message of a client, whole, in parts, and as garbage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_reference.handshakes.client_hello import (
    MOST_BYTES,
    ClientHello,
    NeedsMore,
    Strange,
    read_hello,
)

from tests.reference.handshakes.hellos import (
    extension,
    message,
    openssl_hello,
    records,
    ssl2_form,
)

REAL = {
    (oldest, newest): openssl_hello(oldest, newest)
    for oldest in range(0x0301, 0x0305)
    for newest in range(oldest, 0x0305)
}
SSL2 = ssl2_form(0x0002, bytes.fromhex("0100800700c0"))
WHOLE = [
    *REAL.values(),
    SSL2,
    ssl2_form(0x0301, bytes.fromhex("00002f")),
    records(message(0x0300, bytes.fromhex("000a0005")), 0x0300),
    records(message(0x0303, b"\xc0\x2b" * 400), most=90),
]


@pytest.mark.parametrize(("oldest", "newest"), REAL)
def test_what_openssl_offers_is_read(oldest: int, newest: int) -> None:
    hello = read_hello(REAL[oldest, newest])
    assert isinstance(hello, ClientHello)
    assert hello.newest == newest
    assert set(hello.versions) == (set(range(oldest, 0x0305)) if newest == 0x0304 else set())
    assert hello.server_name == "net119.example"
    assert hello.sha2_signatures is (True if newest >= 0x0303 else None)
    assert not hello.ssl_only
    assert (0x1301 in hello.ciphers) is (newest == 0x0304)
    assert (0x002F in hello.ciphers) is (oldest < 0x0304)


def test_ssl_is_recognised_in_both_forms() -> None:
    three = read_hello(records(message(0x0300, bytes.fromhex("000a0005")), 0x0300))
    assert three == ClientHello(0x0300, 0x0300, (), (0x000A, 0x0005), None, None)
    two = read_hello(SSL2)
    assert two == ClientHello(2, 2, (), (0x010080, 0x0700C0), None, None, ssl2_form=True)
    mixed = read_hello(ssl2_form(0x0301, bytes.fromhex("00002f010080")))
    assert mixed == ClientHello(0x0301, 0x0301, (), (0x2F, 0x010080), None, None, ssl2_form=True)
    assert (three.ssl_only, two.ssl_only, mixed.ssl_only) == (True, True, False)


def test_grease_says_nothing() -> None:
    extensions = extension(0x0A0A, b"") + extension(43, b"\x06\x7a\x7a\x03\x04\x03\x03")
    extensions += extension(13, b"\0\x06\xda\xda\x02\x01\x04\x03")
    hello = read_hello(records(message(0x0303, b"\x0a\x0a\x13\x01\xfa\xfa\x0a\x1a", extensions)))
    assert isinstance(hello, ClientHello)
    assert hello.versions == (0x0304, 0x0303)
    assert hello.ciphers == (0x1301, 0x0A1A)
    assert hello.signatures == (0x0201, 0x0403)


@pytest.mark.parametrize(
    ("schemes", "sha2"),
    [("0201 0203 0101", False), ("0201 0401", True), ("0804", True), ("0807", True), ("", False)],
)
def test_signatures_newer_than_sha1_are_told(schemes: str, sha2: bool) -> None:
    listed = bytes.fromhex(schemes)
    extensions = extension(13, len(listed).to_bytes(2, "big") + listed)
    hello = read_hello(records(message(0x0303, b"\0\x2f", extensions)))
    assert isinstance(hello, ClientHello)
    assert hello.sha2_signatures is sha2


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"net119.example", "net119.example"),
        ("髙橋".encode(), "<6 bytes>"),
        (b"a\nb", "<3 bytes>"),
        (b"a" * 101, "<101 bytes>"),
    ],
)
def test_a_server_name_is_shown_only_as_a_host(name: bytes, shown: str) -> None:
    entry = b"\0" + len(name).to_bytes(2, "big") + name
    extensions = extension(0, len(entry).to_bytes(2, "big") + entry)
    hello = read_hello(records(message(0x0303, b"\0\x2f", extensions)))
    assert isinstance(hello, ClientHello)
    assert hello.server_name == shown


@pytest.mark.parametrize("whole", WHOLE)
def test_every_part_of_a_hello_asks_for_more_of_it(whole: bytes) -> None:
    for count in range(len(whole)):
        seen = read_hello(whole[:count])
        assert isinstance(seen, NeedsMore)
        assert count < seen.total <= len(whole)
    assert isinstance(read_hello(whole), ClientHello)
    assert read_hello(whole + b"more") == read_hello(whole)


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\n", b"POST /m", b"OPTIONS *", b"HEAD /"])
def test_http_is_recognised(start: bytes) -> None:
    assert read_hello(start) is Strange.PLAIN_HTTP
    assert isinstance(read_hello(start[:2]), NeedsMore)


@pytest.mark.parametrize(
    "start", [b"\0\0\0\0\0", b"SSH-2.0-x\r\n", b"get / ", b"\x80\x2e\x04\0\x02", b"\xff" * 5]
)
def test_anything_else_is_garbage(start: bytes) -> None:
    assert read_hello(start) is Strange.GARBAGE


def test_a_hello_that_is_too_long_is_not_waited_for() -> None:
    declared = b"\x16\x03\x01\x40\x00" + b"\x01" + MOST_BYTES.to_bytes(3, "big")
    assert read_hello(declared) is Strange.UNREADABLE
    # Records of one byte each, none of which lets the length be known soon.
    tiny = records(b"\x01\x00\x70\x00" + bytes(0x7000), most=1)
    assert read_hello(tiny[: MOST_BYTES + 6]) is Strange.UNREADABLE


@given(st.binary(max_size=300) | st.builds(lambda rest: b"\x16\x03\x01" + rest, st.binary()))
def test_no_bytes_at_all_raise(data: bytes) -> None:
    seen = read_hello(data)
    if isinstance(seen, NeedsMore):
        assert len(data) < seen.total <= MOST_BYTES + 2**14 + 10


@given(st.sampled_from(WHOLE), st.data())
def test_no_damaged_hello_raises(whole: bytes, data: st.DataObject) -> None:
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    seen = read_hello(cut)
    if isinstance(seen, NeedsMore):
        assert seen.total > len(cut)
