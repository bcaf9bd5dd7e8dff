"""STOMP 1.2 frames over an asyncio connection, with heart-beats (stomp.github.io)."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_HEADERS = 64
MOST_LINE = 8 * 1024
MOST_BODY = 512 * 1024

_OUT = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", ":": "\\c"}
_IN = {"\\\\": "\\", "\\n": "\n", "\\r": "\r", "\\c": ":"}
_UNESCAPED = frozenset({"CONNECT", "CONNECTED"})
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ\r"
_SERVER = ("CONNECTED", "MESSAGE", "RECEIPT", "ERROR")
_CLIENT = ("CONNECT", "STOMP", "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "ACK", "NACK", "DISCONNECT")
COMMANDS = frozenset((*_SERVER, *_CLIENT, "BEGIN", "COMMIT", "ABORT"))


class BadFrame(Exception):
    """What came is no frame of STOMP 1.2."""


@dataclass
class Frame:
    """One frame; of a repeated header the first one counts."""

    command: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def encoded(self) -> bytes:
        """The frame as it travels."""
        headers = dict(self.headers)
        if self.body:
            headers["content-length"] = str(len(self.body))
        escape = self.command not in _UNESCAPED
        lines = [self.command]
        for name, value in headers.items():
            lines.append(f"{_escaped(name)}:{_escaped(value)}" if escape else f"{name}:{value}")
        return "\n".join(lines).encode() + b"\n\n" + self.body + b"\0"


def _escaped(text: str) -> str:
    return "".join(_OUT.get(letter, letter) for letter in text)


def _unescaped(text: str) -> str:
    parts = []
    place = 0
    while place < len(text):
        if text[place] == "\\":
            pair = text[place : place + 2]
            if pair not in _IN:
                raise BadFrame(f"undefined escape {pair!r}")
            parts.append(_IN[pair])
            place += 2
        else:
            parts.append(text[place])
            place += 1
    return "".join(parts)


class Stream:
    """Frames in and out; ``heard`` is when the last byte came (monotonic seconds)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.heard = time.monotonic()
        self._beats: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """The other side's address."""
        found: str = self._writer.get_extra_info("peername")[0]
        return found

    def send(self, frame: Frame) -> None:
        """Write a frame; what cannot be written any more is lost with the connection."""
        if not self._writer.is_closing():
            self._writer.write(frame.encoded())

    async def sent(self) -> None:
        """Wait until what was written has left."""
        await self._writer.drain()

    async def next(self, within: float | None = None) -> Frame | None:
        """The next frame; None at the end of the connection.

        Raises:
            BadFrame: what came is none.
            TimeoutError: not one byte came for ``within`` seconds.
        """
        while True:
            line = await self._line(within, of=_LETTERS)
            if line is None:
                return None
            if line:
                break
        if line not in COMMANDS:
            raise BadFrame(f"unknown command {line[:40]!r}")
        headers: dict[str, str] = {}
        count = 0
        while header := await self._line(within):
            count += 1
            if count > MOST_HEADERS:
                raise BadFrame(f"more than {MOST_HEADERS} headers")
            name, colon, value = header.partition(":")
            if not colon:
                raise BadFrame(f"a header without colon: {header[:80]!r}")
            if line not in _UNESCAPED:
                name, value = _unescaped(name), _unescaped(value)
            headers.setdefault(name, value)
        if header is None:
            return None
        return Frame(line, headers, await self._body(headers, within))

    async def _line(self, within: float | None, of: bytes = b"") -> str | None:
        """A line without its end; ``of``: all letters that it may have."""
        read = bytearray()
        while True:
            byte = await self._bytes(1, within)
            if byte is None:
                return None
            if byte == b"\n":
                break
            if byte == b"\0" or (of and byte not in of):
                raise BadFrame(f"{byte!r} where a command or a header is expected")
            read += byte
            if len(read) > MOST_LINE:
                raise BadFrame(f"a line longer than {MOST_LINE} bytes")
        if read.endswith(b"\r"):
            del read[-1]
        try:
            return read.decode()
        except UnicodeDecodeError:
            raise BadFrame("a header that is not UTF-8") from None

    async def _body(self, headers: Mapping[str, str], within: float | None) -> bytes:
        length = headers.get("content-length")
        if length is None:
            read = bytearray()
            while (byte := await self._bytes(1, within)) != b"\0":
                if byte is None:
                    raise BadFrame("the connection ended within a frame")
                read += byte
                if len(read) > MOST_BODY:
                    raise BadFrame(f"a body longer than {MOST_BODY} bytes")
            return bytes(read)
        if not (length.isascii() and length.isdigit()) or int(length) > MOST_BODY:
            raise BadFrame(f"content-length {length[:20]!r} is none of 0 to {MOST_BODY}")
        body = await self._bytes(int(length), within) if int(length) else b""
        if body is None or await self._bytes(1, within) != b"\0":
            raise BadFrame("a body that does not end where content-length says")
        return body

    async def _bytes(self, count: int, within: float | None) -> bytes | None:
        try:
            async with asyncio.timeout(within):
                read = await self._reader.readexactly(count)
        except (asyncio.IncompleteReadError, ConnectionError, OSError) as end:
            if isinstance(end, TimeoutError):
                raise
            return None
        self.heard = time.monotonic()
        return read

    def beat(self, every_s: float) -> None:
        """Send a heart-beat every so many seconds from now on."""

        async def go_on() -> None:
            while not self._writer.is_closing():
                self._writer.write(b"\n")
                await asyncio.sleep(every_s)

        if every_s > 0 and self._beats is None:
            self._beats = asyncio.create_task(go_on())

    async def close(self) -> None:
        """Close the connection."""
        if self._beats is not None:
            self._beats.cancel()
        self._writer.close()
        try:
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            pass


def beats(mine: tuple[int, int], header: str) -> tuple[float, float]:
    """Negotiated heart-beats in seconds: how often to send, how often to expect; 0 is never."""
    try:
        can, wants = (int(part) for part in header.split(","))
    except ValueError:
        raise BadFrame(f"heart-beat {header[:40]!r} is no pair of numbers") from None
    send = max(mine[0], wants) if mine[0] and wants else 0
    expect = max(mine[1], can) if mine[1] and can else 0
    return send / 1000, expect / 1000
