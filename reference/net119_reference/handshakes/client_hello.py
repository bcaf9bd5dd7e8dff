"""Reads the first message of a TLS or SSL client, as far as it has arrived.

TLS 1.3: RFC 8446, 4.1.2; before: RFC 5246, 7.4.1.2; SSL 3.0: RFC 6101, 5.6.1.2; the form that
SSL 2.0 and clients compatible with it send: RFC 5246, E.2.  Nothing here raises on any bytes.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

MOST_BYTES = 32 * 1024
"""A hello that needs more than this is not read."""
TLS_1_0 = 0x0301
SSL_3_0 = 0x0300
SSL_2_0 = 0x0002

_HANDSHAKE, _CLIENT_HELLO = 22, 1
_RECORD_HEADER, _MESSAGE_HEADER = 5, 4
_MOST_IN_RECORD = 2**14
_SERVER_NAME, _SIGNATURE_ALGORITHMS, _SUPPORTED_VERSIONS = 0, 13, 43
_SHA_1 = 2
_METHODS = (b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"CONNECT ", b"PATCH ")
_SHOWN_NAME = 100


class Strange(StrEnum):
    """What is no hello."""

    PLAIN_HTTP = "plain-http"
    """The start of an HTTP request, not encrypted."""
    GARBAGE = "garbage"
    """Neither TLS nor SSL nor HTTP."""
    UNREADABLE = "unreadable"
    """Begins as a hello, but contradicts itself or is longer than :data:`MOST_BYTES`; a TLS
    library may judge it otherwise."""


@dataclass(frozen=True, slots=True)
class NeedsMore:
    """Nothing can be said before so many bytes, counted from the first one, have arrived."""

    total: int


@dataclass(frozen=True, slots=True)
class ClientHello:
    """What a client offers.

    ``record_version`` stands on the record, ``client_version`` in the message; numbers are those
    on the wire (0x0301 is TLS 1.0).  ``versions`` are those of the extension supported_versions,
    empty without it: then ``client_version`` is the newest one that the client speaks.
    ``signatures`` are SignatureSchemes, None if the client said nothing of them.
    ``ssl2_form`` tells that the message has the form of SSL 2.0, whatever version it asks for.
    """

    record_version: int
    client_version: int
    versions: tuple[int, ...]
    ciphers: tuple[int, ...]
    signatures: tuple[int, ...] | None
    server_name: str | None
    ssl2_form: bool = False

    @property
    def newest(self) -> int:
        """The newest version that the client speaks."""
        return max(self.versions) if self.versions else self.client_version

    @property
    def ssl_only(self) -> bool:
        """Whether it speaks no TLS at all."""
        return self.newest < TLS_1_0

    @property
    def sha2_signatures(self) -> bool | None:
        """Whether it takes signatures with SHA-2 or newer, None if it did not say.

        Before TLS 1.2 no client says, which tells nothing of the certificates that it takes.
        """
        if self.signatures is None:
            return None
        # Below 0x0700 the first byte is the hash; from there on schemes use SHA-2 or newer alone.
        return any(scheme >> 8 > _SHA_1 for scheme in self.signatures)


Seen: TypeAlias = ClientHello | NeedsMore | Strange


def read_hello(data: bytes) -> Seen:
    """What the first bytes of a connection are.

    Args:
        data: all bytes since the connection began, as far as they have arrived.
    """
    if not data:
        return NeedsMore(_RECORD_HEADER)
    first = data[0]
    if first != _HANDSHAKE and not first & 0x80:
        return _plain(data)
    if len(data) < _RECORD_HEADER:
        return NeedsMore(_RECORD_HEADER)
    try:
        return _records(data) if first == _HANDSHAKE else _ssl2_form(data)
    except _Short:
        return Strange.UNREADABLE


class _Short(Exception):
    """A length in the message reaches beyond its end."""


class _Reader:
    """Takes parts off a message; all that it hands out lies within the message."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise _Short
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def block(self, size: int) -> "_Reader":
        """What follows its own length of ``size`` bytes."""
        return _Reader(self.take(self.number(size)))

    def numbers(self) -> tuple[int, ...]:
        """Numbers of two bytes, up to the end."""
        return tuple(self.number(2) for _ in range(self.left // 2))


def _plain(data: bytes) -> Seen:
    if any(data.startswith(method) for method in _METHODS):
        return Strange.PLAIN_HTTP
    longer = [len(method) for method in _METHODS if method.startswith(data)]
    return NeedsMore(min(longer)) if longer else Strange.GARBAGE


def _records(data: bytes) -> Seen:
    """A message in one or more TLS records."""
    version = int.from_bytes(data[1:3], "big")
    message = b""
    at = 0
    while True:
        if at + _RECORD_HEADER > MOST_BYTES:
            return Strange.UNREADABLE
        if at + _RECORD_HEADER > len(data):
            return NeedsMore(at + _RECORD_HEADER)
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        wrong = data[at] != _HANDSHAKE or data[at + 1] != 3 or not 0 < length <= _MOST_IN_RECORD
        if wrong:
            return Strange.UNREADABLE
        start, at = at + _RECORD_HEADER, at + _RECORD_HEADER + length
        message += data[start:at]
        if message[:1] and message[0] != _CLIENT_HELLO:
            return Strange.UNREADABLE
        if len(message) >= _MESSAGE_HEADER:
            whole = _MESSAGE_HEADER + int.from_bytes(message[1:4], "big")
            if whole > MOST_BYTES:
                return Strange.UNREADABLE
            if len(message) >= whole:
                return _hello(version, _Reader(message[_MESSAGE_HEADER:whole]))
        if at > MOST_BYTES:
            return Strange.UNREADABLE
        if at > len(data):
            return NeedsMore(at)


def _hello(record_version: int, message: _Reader) -> ClientHello:
    client_version = message.number(2)
    message.take(32)  # random
    message.block(1)  # session id
    ciphers = message.block(2).numbers()
    message.block(1)  # compression methods
    versions: tuple[int, ...] = ()
    signatures: tuple[int, ...] | None = None
    server_name: str | None = None
    extensions = message.block(2) if message.left else message
    while extensions.left:
        kind, content = extensions.number(2), extensions.block(2)
        if kind == _SUPPORTED_VERSIONS:
            versions = tuple(each for each in content.block(1).numbers() if each >> 8 == 3)
        elif kind == _SIGNATURE_ALGORITHMS:
            signatures = _without_grease(content.block(2).numbers())
        elif kind == _SERVER_NAME and content.left:
            server_name = _server_name(content.block(2))
    return ClientHello(
        record_version,
        client_version,
        versions,
        _without_grease(ciphers),
        signatures,
        server_name,
    )


def _without_grease(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Without the values that mean nothing and keep servers tolerant (RFC 8701)."""
    return tuple(each for each in numbers if each & 0x0F0F != 0x0A0A or each >> 8 != each & 0xFF)


def _server_name(names: _Reader) -> str | None:
    while names.left:
        kind, name = names.number(1), names.block(2)
        if kind == 0:
            return _showable(name.take(name.left))
    return None


def _showable(name: bytes) -> str:
    """A host name as it may stand in a log; whatever else was sent is told by its length."""
    text = name.decode("ascii", "replace")
    plain = all(letter.isalnum() or letter in ".-_:" for letter in text) and text.isascii()
    return text if plain and len(text) <= _SHOWN_NAME else f"<{len(name)} bytes>"


def _ssl2_form(data: bytes) -> Seen:
    length = int.from_bytes(data[:2], "big") & 0x7FFF
    version = int.from_bytes(data[3:5], "big")
    # A real one has at least its nine bytes of header; versions of TLS in this form are allowed.
    if data[2] != _CLIENT_HELLO or length < 9 or not (version == SSL_2_0 or version >> 8 == 3):
        return Strange.GARBAGE
    whole = 2 + length
    if whole > len(data):
        return NeedsMore(whole)
    message = _Reader(data[5:whole])
    size = message.number(2)
    message.take(4)  # lengths of session id and challenge
    specs = message.take(size)
    # Of the three bytes of each cipher, those with a leading zero are the ones that TLS knows.
    threes = (specs[at : at + 3] for at in range(0, size - size % 3, 3))
    ciphers = tuple(int.from_bytes(each, "big") for each in threes)
    return ClientHello(version, version, (), ciphers, None, None, ssl2_form=True)
