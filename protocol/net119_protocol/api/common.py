"""What a caller and a dispatcher both see of a call."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from net119_protocol.chat import ChatLine, Choice, LineContent
from net119_protocol.codes import CallState, CloseOutcome, Kind, Mode, Presence, Refusal
from net119_protocol.model import ClientId, LongText, ShortText, StrictModel, Timestamp, WireModel
from net119_protocol.person import DepartmentRef


class NoticeCode(StrEnum):
    """Fixed notices of the machine, each with its text in Japanese and English.

    The list is open: a client shows the text of a notice whose code it does not know.
    """

    CALL_HOME_NOT_ADOPTED = "home-not-adopted"
    CALL_HOME_ADOPTED_SOON = "home-adopted-soon"
    CALL_HOME_PLANNED_STOP = "home-planned-stop"
    CALL_HOME_PEER_DOWN = "home-peer-down"
    CALL_HOME_PEER_MAINTENANCE = "home-peer-maintenance"
    CALL_HOME_PEER_OVERLOADED = "home-peer-overloaded"
    CALL_HOME_PEER_NO_CONSOLE = "home-peer-no-console"
    CALL_HOME_OFFER_EXPIRED = "home-offer-expired"
    CALL_HOME_PEER_REJECTED = "home-peer-rejected"
    CALL_HOME_PEER_SILENT = "home-peer-silent"
    CALL_HOME_NO_POSITION = "home-no-position"
    CALL_HOME_PLAINTEXT = "home-plaintext"
    CALL_HOME_AT_SEA = "home-at-sea"
    TAKEN_HOME = "taken-home"
    TAKEN_HOME_UNANSWERED = "taken-home-unanswered"
    TRANSFERRED = "transferred"
    NOBODY_ANSWERS = "nobody-answers"
    NOT_RECEIVED = "not-received"
    AMBIGUOUS = "ambiguous"
    HOME_DIFFERS = "home-differs"
    PLACE_DIFFERS = "place-differs"
    EMOJI_REPLACED = "emoji-replaced"
    SILENT_DISASTER = "silent-disaster"
    """For dispatchers alone: by their department's rule the silent caller counts as a disaster."""


class Notice(WireModel):
    """Something the machine tells, with whom to phone where that is the advice (ASO-18, TOM-04)."""

    code: NoticeCode
    text_ja: LongText
    text_en: LongText
    phone_to: tuple[DepartmentRef, ...] = ()


class CallView(WireModel):
    """A call as its caller sees it."""

    call_id: UUID
    kind: Kind
    mode: Mode
    state: CallState
    opened_at: Timestamp
    receiver: DepartmentRef | None = None
    answered_by: ShortText | None = None
    outcome: CloseOutcome | None = None
    last_seq: int = 0
    notices: tuple[Notice, ...] = ()


class NewLine(LineContent):
    """A line to be said; the same ``client_id`` twice gives the same number (invariant I4)."""

    model_config = StrictModel.model_config
    client_id: ClientId


class LineStored(WireModel):
    """The line is numbered and durably stored (invariant I2)."""

    client_id: ClientId
    seq: int
    at: Timestamp


class Transcript(WireModel):
    """Lines of a call after a given number, in order."""

    call_id: UUID
    lines: tuple[ChatLine, ...]
    last_seq: int


# --- frames of the WebSocket connections, server to client -----------------------------------


class LineFrame(WireModel):
    """A line of a call."""

    type: Literal["line"] = "line"
    call_id: UUID
    line: ChatLine


class AckFrame(WireModel):
    """The client's line is stored durably (invariant I2)."""

    type: Literal["ack"] = "ack"
    call_id: UUID
    client_id: ClientId
    seq: int
    at: Timestamp


class RefusedFrame(WireModel):
    """Something the client asked for was not done; nothing of it was stored.

    ``field`` names the wrong field as a dotted path, if it was one.
    """

    type: Literal["refused"] = "refused"
    code: Refusal
    detail: LongText
    field: ShortText | None = None
    call_id: UUID | None = None
    client_id: ClientId | None = None
    message_ja: LongText = ""


class PresenceFrame(WireModel):
    """The caller's handset came or went."""

    type: Literal["presence"] = "presence"
    call_id: UUID
    presence: Presence
    since: Timestamp


# --- frames, client to server ------------------------------------------------------------------


class SayFrame(NewLine):
    """Say a line; on a console's connection ``call_id`` is required."""

    type: Literal["say"] = "say"
    call_id: UUID | None = None


__all__ = [
    "AckFrame",
    "CallView",
    "ChatLine",
    "Choice",
    "LineFrame",
    "LineStored",
    "NewLine",
    "Notice",
    "NoticeCode",
    "PresenceFrame",
    "RefusedFrame",
    "SayFrame",
    "Transcript",
]
