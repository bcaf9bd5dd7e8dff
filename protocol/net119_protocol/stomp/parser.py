"""Incremental, bounded parser of a STOMP 1.2 stream.

Cost is linear in the octets received, however they are cut: what was searched once is not
searched again, and consumed octets are removed from the front once per call.
"""

import re
from typing import Literal

from .errors import Section, StompProtocolError
from .frame import BODY_COMMANDS, Frame, HeartBeat
from .head import HeadDecoder, Limits, nul_in_head

_END_OF_HEAD = re.compile(rb"\n\r?\n")
_EOLS = re.compile(rb"(?:\r?\n)+")
_LF, _CR = 10, 13


class FrameParser:
    """Turns octets into Frame and HeartBeat.

    ``receive_data`` never raises for bad input. The first fault ends parsing: it is kept in
    ``error``, frames completed before it are still given out by ``events``, and everything
    after it is discarded (counted in ``discarded``). A fault is found as early as it can be,
    not only when its frame is complete.

    ``sender`` says which side's commands are acceptable; None accepts both. An unescaped colon
    in a header value is against the grammar but unambiguous: it is accepted and noted in
    ``Frame.deviations``, unless ``strict``. NUL in a header, which the grammar does not
    forbid, is refused: it is what a frame without its blank line looks like, and reading on
    would merge two frames into one.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        sender: Literal["client", "server"] | None = None,
        strict: bool = False,
    ) -> None:
        self.limits = limits or Limits()
        self.error: StompProtocolError | None = None
        self.discarded = 0
        self._decoder = HeadDecoder(self.limits, sender, strict)
        self._buffer = bytearray()
        self._base = 0  # offset in the stream of the buffer's first octet
        self._scanned = 0  # how far the current head or body was searched for its end
        self._line = 0  # start of the line still open in an unfinished head
        self._newlines = 0  # in an unfinished head, as far as it was searched
        self._frame: Frame | None = None  # its head is parsed, its body is not complete
        self._length: int | None = None  # its content-length
        self._events: list[Frame | HeartBeat] = []

    def receive_data(self, data: bytes | bytearray | memoryview) -> None:
        """Take in octets; results are in ``events`` and ``error``."""
        if self.error is not None:
            self.discarded += len(data)
            return
        self._buffer += data
        try:
            self._parse()
        except StompProtocolError as error:
            self._fail(error)

    def receive_eof(self) -> None:
        """The stream has ended; inside a frame that is a fault."""
        if self.error is not None or (self._frame is None and not self._buffer.strip(b"\r\n")):
            return
        self._fail(
            StompProtocolError(
                "the connection was closed in the middle of a frame",
                Section.FRAMES,
                self._base + len(self._buffer),
                remedy="End every frame with a NUL octet before closing",
                command=self._frame.command if self._frame else None,
                receipt=self._frame.get("receipt") if self._frame else None,
            )
        )

    def events(self) -> list[Frame | HeartBeat]:
        """What was parsed since the last call, in order."""
        events, self._events = self._events, []
        return events

    @property
    def buffered(self) -> int:
        """Octets held of a frame that is not complete."""
        return len(self._buffer)

    def _fail(self, error: StompProtocolError) -> None:
        self.error = error
        self._buffer = bytearray()
        self._frame = None

    def _parse(self) -> None:
        buffer = self._buffer
        size = len(buffer)
        start = 0  # of the unfinished frame, or of its body once the head is parsed
        while start < size:
            frame = self._frame
            if frame is None:
                if buffer[start] <= _CR:
                    eols = _EOLS.match(buffer, start)
                    if eols is not None:
                        self._events.append(HeartBeat(buffer.count(_LF, start, eols.end())))
                        start = self._scanned = eols.end()
                        continue
                    if buffer[start] == _CR and start + 1 == size:
                        break  # perhaps of an EOL whose LF is still to come
                # Two octets back, for an end that was cut: LF CR | LF.
                end = _END_OF_HEAD.search(buffer, max(start, self._scanned - 2))
                if end is None:
                    self._check_unfinished_head(start)
                    break
                self._frame, self._length = self._decoder.decode(
                    buffer[start : end.start()], self._base + start
                )
                start = self._scanned = end.end()
                self._newlines = 0
                continue
            end_of_body = self._end_of_body(frame, start)
            if end_of_body < 0:
                break
            if end_of_body > start:
                frame.body = bytes(buffer[start:end_of_body])
            self._events.append(frame)
            self._frame = None
            start = self._scanned = end_of_body + 1
        if start:
            del buffer[:start]
            self._base += start
            self._scanned = max(self._scanned - start, 0)
            self._line = max(self._line - start, 0)

    def _check_unfinished_head(self, start: int) -> None:
        """Find faults of a head that has not fully arrived; bound what is kept of it."""
        buffer, limits, size = self._buffer, self.limits, len(self._buffer)
        fresh = max(start, self._scanned)
        nul = buffer.find(0, fresh)
        if nul >= 0:
            raise nul_in_head(self._base + nul, buffer[start:nul])
        if self._newlines == 0:
            self._line = start
            line_end = buffer.find(_LF, start)
            if line_end >= 0:
                self._decoder.check_command_line(buffer[start:line_end], self._base + start)
            elif size - start > limits.max_command_line + 1:  # + 1: perhaps the CR of an EOL
                raise self._decoder.command_line_too_long(self._base + start)
        self._newlines += buffer.count(_LF, fresh)
        if self._newlines > limits.max_headers + 1:
            raise self._decoder.too_many_headers(self._base + start)
        self._line = max(self._line, buffer.rfind(_LF, fresh) + 1)
        most = limits.max_command_line + 2 + limits.max_headers * (limits.max_header_line + 2)
        if size - self._line > limits.max_header_line + 1 or size - start > most:
            raise self._decoder.line_too_long(self._base + self._line)
        self._scanned = size

    def _end_of_body(self, frame: Frame, start: int) -> int:
        """Where in the buffer the NUL of the frame is whose body begins at ``start``, or -1."""
        buffer, length = self._buffer, self._length
        if length is not None:
            end = start + length
            if end >= len(buffer):
                return -1
            if buffer[end] != 0:
                raise self._body_fault(
                    frame,
                    f"no NUL after the {length} octets that content-length announced",
                    Section.CONTENT_LENGTH,
                    end,
                    "Make content-length the exact number of octets of the body",
                )
            return end
        if frame.command not in BODY_COMMANDS:
            if buffer[start] != 0:
                raise self._body_fault(
                    frame,
                    f"{frame.command} with a body",
                    Section.BODY,
                    start,
                    "Only SEND, MESSAGE and ERROR may have a body",
                )
            return start
        end = buffer.find(0, max(start, self._scanned))
        if (len(buffer) if end < 0 else end) - start > self.limits.max_body:
            raise self._body_fault(
                frame,
                f"a body without content-length exceeds {self.limits.max_body} octets",
                Section.SIZE_LIMITS,
                start,
                "End the body with NUL, and send less in one message",
            )
        self._scanned = len(buffer)
        return end

    def _body_fault(
        self, frame: Frame, reason: str, section: Section, place: int, remedy: str
    ) -> StompProtocolError:
        return StompProtocolError(
            reason,
            section,
            self._base + place,
            remedy=remedy,
            command=frame.command,
            receipt=frame.get("receipt"),
        )
