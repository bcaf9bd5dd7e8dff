"""First messages of clients: from a real library, and put together byte by byte."""

import ssl
import warnings

VERSIONS = {
    0x0301: ssl.TLSVersion.TLSv1,
    0x0302: ssl.TLSVersion.TLSv1_1,
    0x0303: ssl.TLSVersion.TLSv1_2,
    0x0304: ssl.TLSVersion.TLSv1_3,
}


def openssl_hello(oldest: int, newest: int, name: str = "net119.example") -> bytes:
    """What OpenSSL sends that speaks the versions from ``oldest`` to ``newest``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = VERSIONS[oldest], VERSIONS[newest]
    context.set_ciphers("ALL:@SECLEVEL=0")
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    raise AssertionError("a client does not finish alone")


def block(size: int, content: bytes) -> bytes:
    return len(content).to_bytes(size, "big") + content


def extension(kind: int, content: bytes) -> bytes:
    return kind.to_bytes(2, "big") + block(2, content)


def message(version: int, ciphers: bytes, extensions: bytes | None = None) -> bytes:
    """A ClientHello without its record."""
    body = version.to_bytes(2, "big") + b"\x11" * 32 + block(1, b"")
    body += block(2, ciphers) + block(1, b"\0")
    if extensions is not None:
        body += block(2, extensions)
    return b"\x01" + block(3, body)


def records(content: bytes, version: int = 0x0301, most: int = 2**14) -> bytes:
    """A message in records of ``most`` bytes at most."""
    parts = (content[at : at + most] for at in range(0, len(content), most))
    return b"".join(b"\x16" + version.to_bytes(2, "big") + block(2, part) for part in parts)


def ssl2_form(version: int, specs: bytes) -> bytes:
    """A hello in the form of SSL 2.0 that asks for ``version``."""
    body = b"\x01" + version.to_bytes(2, "big")
    body += b"".join(len(part).to_bytes(2, "big") for part in (specs, b"", b"\x22" * 16))
    body += specs + b"\x22" * 16
    return (0x8000 | len(body)).to_bytes(2, "big") + body
