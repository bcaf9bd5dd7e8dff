"""Frames to clients as octets; what goes out for every line is written by hand."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from net119_protocol.api.common import AckFrame
from net119_protocol.line_json import moment_text, quoted
from net119_protocol.model import WireModel

from net119_reference.connected import ShownLine
from net119_reference.web.wire import text_frame


class Encoder:
    """Makes WebSocket frames of models, and remembers the last line's.

    A line goes to all who follow its call one after the other, so that one is enough.
    """

    def __init__(self) -> None:
        self._shown: ShownLine | None = None
        self._frame = b""

    def frame(self, frame: WireModel | ShownLine) -> bytes:
        """The whole frame, ready to be sent."""
        if isinstance(frame, ShownLine):
            if frame is not self._shown:
                self._shown = frame
                call_id = id_text(frame.call_id.int)
                text = f'{{"type":"line","callId":"{call_id}","line":{frame.document}}}'
                self._frame = text_frame(text.encode())
            return self._frame
        if isinstance(frame, AckFrame):
            return ack_frame(frame.call_id, frame.client_id, frame.seq, frame.at)
        return text_frame(frame.model_dump_json(by_alias=True, exclude_none=True).encode())


def ack_frame(call_id: UUID, client_id: str, seq: int, at: datetime) -> bytes:
    """The whole frame of an :class:`~net119_protocol.api.common.AckFrame`."""
    text = (
        f'{{"type":"ack","callId":"{id_text(call_id.int)}","clientId":{quoted(client_id)},'
        f'"seq":{seq},"at":"{moment_text(at)}"}}'
    )
    return text_frame(text.encode())


@lru_cache(maxsize=32_768)  # each line of a call names it twice, and writing it takes 1 µs
def id_text(number: int) -> str:
    """The id that a number is, as it travels."""
    return str(UUID(int=number))
