"""Decoding of one frame's command and headers (sections STOMP Frames, Value Encoding)."""

import re
from dataclasses import dataclass
from typing import Literal

from .errors import Section, StompProtocolError
from .frame import (
    BODY_COMMANDS,
    CLIENT_COMMANDS,
    COMMANDS,
    SERVER_COMMANDS,
    UNESCAPED_COMMANDS,
    Frame,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest sizes accepted, in octets unless said otherwise (section Size Limits).

    Line lengths are counted without the end-of-line.
    """

    max_command_line: int = 32
    max_headers: int = 64  # entries, repeated ones included
    max_header_line: int = 8 * 1024
    max_body: int = 256 * 1024


_ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
_MEANING = {"r": "\r", "n": "\n", "c": ":", "\\": "\\"}
_LENGTH = re.compile(r"[0-9]{1,18}")


class HeadDecoder:
    """Decodes complete heads; also holds the checks shared with heads that are not complete."""

    def __init__(
        self, limits: Limits, sender: Literal["client", "server"] | None, strict: bool
    ) -> None:
        self.limits = limits
        self._sender = sender
        self._strict = strict
        by_sender = {"client": CLIENT_COMMANDS, "server": SERVER_COMMANDS, None: COMMANDS}
        self._commands = by_sender[sender]
        # A head no longer than this cannot hold a command or header line that is too long.
        self._surely_short = min(limits.max_command_line, limits.max_header_line)

    def decode(self, raw: bytearray, offset: int) -> tuple[Frame, int | None]:
        """The frame (without body) and its content-length, if it declares one.

        ``raw`` is everything from the command to the last header's end-of-line, without that
        line's LF; ``offset`` the place of its first octet in the stream. Raises
        StompProtocolError.
        """
        if 0 in raw:
            raise nul_in_head(offset + raw.find(0), raw)
        if len(raw) > self._surely_short:
            self._check_lengths(raw, offset)
        text = _decode_utf8(raw, offset)
        lines = text.split("\n")
        if "\r" in text:
            lines = [line[:-1] if line.endswith("\r") else line for line in lines]
        command = lines[0]
        if command not in self._commands:
            raise self.bad_command(command, offset)
        if len(lines) - 1 > self.limits.max_headers:
            raise self.too_many_headers(offset, command)

        plain = ("\\" not in text and "\r" not in text) or command in UNESCAPED_COMMANDS
        frame = Frame(command)
        headers = frame.headers
        del lines[0]
        for line in lines:
            name, colon, value = line.partition(":")
            if not plain and ("\\" in line or "\r" in line):
                name, value = self._unescape_line(name, value, line, raw, offset, frame)
            if not colon or not name:
                raise self._bad_line(line, raw, offset, frame)
            if name in headers:
                frame.history += ((name, value),)
            else:
                headers[name] = value
        if text.count(":") != len(lines) and command not in UNESCAPED_COMMANDS:
            self._note_colons(lines, raw, offset, frame)
        return frame, self._content_length(frame, raw, offset) if (
            "content-length" in headers
        ) else None

    def check_command_line(self, line: bytes | bytearray, offset: int) -> None:
        """Raise StompProtocolError unless ``line`` (without LF) is a command we accept."""
        line = line.removesuffix(b"\r")
        if len(line) > self.limits.max_command_line:
            raise self.command_line_too_long(offset)
        command = _decode_utf8(line, offset)
        if command not in self._commands:
            raise self.bad_command(command, offset)

    def bad_command(self, command: str, offset: int) -> StompProtocolError:
        if command in COMMANDS:
            other = "server" if self._sender == "client" else "client"
            return StompProtocolError(
                f"{command} is a {other} frame, but a {self._sender} sent it",
                Section.CLIENT_FRAMES if self._sender == "client" else Section.SERVER_FRAMES,
                offset,
                remedy=f"Send only {', '.join(sorted(self._commands))}",
                command=command,
            )
        return StompProtocolError(
            f"unknown command {command[:40]!r}",
            Section.BNF,
            offset,
            remedy=f"Use one of {', '.join(sorted(self._commands))}, in capitals, unpadded",
        )

    def command_line_too_long(self, offset: int) -> StompProtocolError:
        return StompProtocolError(
            f"the command line is longer than {self.limits.max_command_line} octets",
            Section.SIZE_LIMITS,
            offset,
            remedy="Begin each frame with a STOMP command and an end-of-line",
        )

    def line_too_long(self, offset: int, command: str | None = None) -> StompProtocolError:
        return StompProtocolError(
            f"a header line is longer than {self.limits.max_header_line} octets",
            Section.SIZE_LIMITS,
            offset,
            remedy="Shorten the header or put the data in the body",
            command=command,
        )

    def too_many_headers(self, offset: int, command: str | None = None) -> StompProtocolError:
        return StompProtocolError(
            f"more than {self.limits.max_headers} header entries in one frame",
            Section.SIZE_LIMITS,
            offset,
            remedy="Send fewer headers or put the data in the body",
            command=command,
        )

    def _check_lengths(self, raw: bytearray, offset: int) -> None:
        place = 0
        limit = self.limits.max_command_line
        for line in raw.split(b"\n"):
            if len(line) > limit and len(line.removesuffix(b"\r")) > limit:
                if place == 0:
                    raise self.command_line_too_long(offset)
                raise self.line_too_long(offset + place)
            place += len(line) + 1
            limit = self.limits.max_header_line

    def _unescape_line(
        self, name: str, value: str, line: str, raw: bytearray, offset: int, frame: Frame
    ) -> tuple[str, str]:
        if "\r" in line:
            raise StompProtocolError(
                "carriage return inside a header line",
                Section.BNF,
                line_offset(raw, offset, line),
                remedy=r"Write it as \r",
                command=frame.command,
                receipt=frame.get("receipt"),
            )

        def meaning(match: re.Match[str]) -> str:
            try:
                return _MEANING[match[1]]
            except KeyError:
                raise StompProtocolError(
                    f"undefined escape {match[0]!r} in header {name[:40]!r}",
                    Section.VALUE_ENCODING,
                    line_offset(raw, offset, line),
                    remedy=r"Only \r, \n, \c and \\ are defined",
                    command=frame.command,
                    receipt=frame.get("receipt"),
                ) from None

        return _ESCAPE.sub(meaning, name), _ESCAPE.sub(meaning, value)

    def _bad_line(self, line: str, raw: bytearray, offset: int, frame: Frame) -> StompProtocolError:
        fault = "header with an empty name" if ":" in line else "header without a colon"
        return StompProtocolError(
            f"{fault}: {line[:40]!r}",
            Section.BNF,
            line_offset(raw, offset, line),
            remedy="Write <name>:<value>, and a blank line between headers and body",
            command=frame.command,
            receipt=frame.get("receipt"),
        )

    def _note_colons(self, lines: list[str], raw: bytearray, offset: int, frame: Frame) -> None:
        for line in lines:
            if line.count(":") == 1:
                continue
            note = f"unescaped colon in the value of header {line.partition(':')[0][:40]!r}"
            if self._strict:
                raise StompProtocolError(
                    note,
                    Section.BNF,
                    line_offset(raw, offset, line),
                    remedy=r"Write it as \c",
                    command=frame.command,
                    receipt=frame.get("receipt"),
                )
            frame.deviations += (note,)

    def _content_length(self, frame: Frame, raw: bytearray, offset: int) -> int:
        def fault(reason: str, section: Section, remedy: str) -> StompProtocolError:
            return StompProtocolError(
                reason,
                section,
                offset + max(raw.find(b"\ncontent-length:"), 0) + 1,
                remedy=remedy,
                command=frame.command,
                receipt=frame.get("receipt"),
            )

        declared = frame.headers["content-length"]
        if not _LENGTH.fullmatch(declared):
            raise fault(
                f"content-length {declared[:40]!r} is not a number of octets",
                Section.CONTENT_LENGTH,
                "Give the number of octets of the body in decimal digits",
            )
        length = int(declared)
        if length and frame.command not in BODY_COMMANDS:
            raise fault(
                f"{frame.command} with a body of {length} octets",
                Section.BODY,
                "Only SEND, MESSAGE and ERROR may have a body",
            )
        if length > self.limits.max_body:
            raise fault(
                f"body of {length} octets; at most {self.limits.max_body} are accepted",
                Section.SIZE_LIMITS,
                "Send less in one message",
            )
        return length


def _decode_utf8(raw: bytes | bytearray, offset: int) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as exc:
        raise StompProtocolError(
            f"octet 0x{raw[exc.start]:02X} in the command or headers is not UTF-8",
            Section.VALUE_ENCODING,
            offset + exc.start,
            remedy="Encode commands and headers in UTF-8",
        ) from None


def nul_in_head(offset: int, head: bytes | bytearray) -> StompProtocolError:
    """The fault of a NUL before the blank line; ``head`` is what came of the head so far."""
    command = head.split(b"\n", 1)[0].removesuffix(b"\r").decode("utf-8", "replace")
    return StompProtocolError(
        "NUL before the blank line that ends the headers",
        Section.FRAMES,
        offset,
        remedy="End the headers with a blank line, also in a frame without body",
        command=command if command in COMMANDS else None,
    )


def line_offset(raw: bytearray, offset: int, line: str) -> int:
    """Place in the stream of the first header line of ``raw`` that reads ``line``."""
    wanted = line.encode()
    place = offset
    for number, candidate in enumerate(raw.split(b"\n")):
        if number and candidate.removesuffix(b"\r") == wanted:
            break
        place += len(candidate) + 1
    return place
