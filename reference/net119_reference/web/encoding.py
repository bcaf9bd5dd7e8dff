"""Frames to clients as octets; what goes out for every line is written by hand."""

from net119_protocol.api.common import AckFrame
from net119_protocol.chat import ChatLine
from net119_protocol.line_json import moment_text, quoted
from net119_protocol.model import WireModel

from net119_reference.connected import ShownLine
from net119_reference.web.wire import text_frame


class Encoder:
    """Makes WebSocket frames of models, and remembers the last line's.

    A line goes to all who follow its call one after the other, so that one is enough.
    """

    def __init__(self) -> None:
        self._line: ChatLine | None = None
        self._frame = b""

    def frame(self, frame: WireModel) -> bytes:
        """The whole frame, ready to be sent."""
        kind = type(frame)
        if kind is ShownLine:
            return self._line_frame(frame)  # type: ignore[arg-type]  # its type is this one
        if kind is AckFrame:
            return _ack_frame(frame)  # type: ignore[arg-type]  # its type is this one
        return text_frame(frame.model_dump_json(by_alias=True, exclude_none=True).encode())

    def _line_frame(self, shown: ShownLine) -> bytes:
        if shown.line is not self._line:
            self._line = shown.line
            text = f'{{"type":"line","callId":"{shown.call_id}","line":{shown.document}}}'
            self._frame = text_frame(text.encode())
        return self._frame


def _ack_frame(ack: AckFrame) -> bytes:
    text = (
        f'{{"type":"ack","callId":"{ack.call_id}","clientId":{quoted(ack.client_id)},'
        f'"seq":{ack.seq},"at":"{moment_text(ack.at)}"}}'
    )
    return text_frame(text.encode())
