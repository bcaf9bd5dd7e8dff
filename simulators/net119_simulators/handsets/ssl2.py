"""A phone of the nineties: offers SSL 2.0 and nothing else (the SSL Protocol, Hickman, 1995).

SSL is never accepted (ASO-08); SSL 2.0 besides is forbidden by RFC 6176.
"""

import asyncio
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from net119_simulators.errors import Unreachable
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target

_VERSION = b"\x00\x02"
_CLIENT_HELLO, _SERVER_HELLO, _TLS_SERVER_HELLO = 1, 4, 2
_CIPHERS = (b"\x01\x00\x80", b"\x03\x00\x80", b"\x07\x00\xc0")
"""RC4 and RC2 with 128 bits, 3DES: what browsers offered."""
_HANDSHAKE = 22
_ENOUGH = 16


@dataclass(frozen=True)
class Ssl2Answer:
    """What came back: ``accepted`` if the server began a session, and its first octets."""

    accepted: bool
    octets: bytes

    def __str__(self) -> str:
        if not self.octets:
            return "connection closed without an answer"
        return f"{'a server hello' if self.accepted else 'a refusal'}: {self.octets.hex(' ')}"


def client_hello(challenge: bytes) -> bytes:
    """The CLIENT-HELLO record, with a challenge of 16 octets."""
    ciphers = b"".join(_CIPHERS)
    body = (
        bytes([_CLIENT_HELLO])
        + _VERSION
        + len(ciphers).to_bytes(2)
        + b"\x00\x00"  # no session to go on with
        + len(challenge).to_bytes(2)
        + ciphers
        + challenge
    )
    return (0x8000 | len(body)).to_bytes(2) + body


def read_answer(octets: bytes) -> Ssl2Answer:
    """Whether the first octets of an answer begin a session, in SSL 2.0 or a later version."""
    later = len(octets) > 5 and octets[0] == _HANDSHAKE and octets[5] == _TLS_SERVER_HELLO
    second = len(octets) > 2 and octets[0] & 0x80 and octets[2] == _SERVER_HELLO
    return Ssl2Answer(bool(later or second), octets[:_ENOUGH])


async def offer_ssl2(
    host: str,
    port: int,
    recorder: Recorder,
    *,
    within: float = 10.0,
    declared_test_hosts: Collection[str] = (),
) -> Ssl2Answer:
    """Offer a server SSL 2.0 and see what it answers; told to the recorder.

    Raises:
        SafetyInterlock: the host is neither loopback nor declared.
        Unreachable: there is no connection.
        TimeoutError: the server neither answered nor closed the connection.
    """
    where = f"https://{host}:{port}"
    check_target(where, frozenset(declared_test_hosts))
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError as wrong:
        raise Unreachable(f"no connection: {wrong}", where) from wrong
    try:
        recorder.sent("SSL 2.0 CLIENT-HELLO", "RC4, RC2, 3DES")
        writer.write(client_hello(secrets.token_bytes(16)))
        async with asyncio.timeout(within):
            octets = await _until_closed(reader)
    finally:
        writer.close()
    answer = read_answer(octets)
    recorder.received("SSL 2.0 answer", str(answer))
    return answer


async def _until_closed(reader: asyncio.StreamReader) -> bytes:
    """The first octets, until there are enough to tell, or no more."""
    octets = b""
    try:
        while len(octets) < _ENOUGH and (more := await reader.read(_ENOUGH)):
            octets += more
    except ConnectionError:
        pass  # cut off, which is a refusal
    return octets
