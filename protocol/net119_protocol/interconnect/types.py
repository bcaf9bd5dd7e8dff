"""Types of messages, and the body of each."""

from enum import StrEnum

from net119_protocol.interconnect import bodies
from net119_protocol.model import WireModel


class MessageType(StrEnum):
    """Types of messages."""

    CALL_OFFER = "call.offer"
    CALL_ACCEPT = "call.accept"
    CALL_REJECT = "call.reject"
    CALL_ASSIGN = "call.assign"
    CALL_WITHDRAW = "call.withdraw"
    CALL_RINGING = "call.ringing"
    CALL_ANSWERED = "call.answered"
    CALL_CLOSE = "call.close"
    CHAT_MESSAGE = "chat.message"
    CHAT_RECEIPT = "chat.receipt"
    CHAT_RESUME = "chat.resume"
    CALLER_PRESENCE = "caller.presence"
    LOCATION_REQUEST = "location.request"
    LOCATION_UPDATE = "location.update"
    TRANSFER_REQUEST = "transfer.request"
    TRANSFER_DONE = "transfer.done"
    TRANSFER_FAILED = "transfer.failed"
    CALLBACK_REQUEST = "callback.request"
    CALLBACK_SENT = "callback.sent"
    CALLBACK_FAILED = "callback.failed"
    DISCREPANCY_REPORT = "discrepancy.report"
    STATUS_REPORT = "status.report"
    ERROR = "error"


BODY_OF: dict[MessageType, type[WireModel]] = {
    MessageType.CALL_OFFER: bodies.CallOffer,
    MessageType.CALL_ACCEPT: bodies.CallAccept,
    MessageType.CALL_REJECT: bodies.CallReject,
    MessageType.CALL_ASSIGN: bodies.CallAssign,
    MessageType.CALL_WITHDRAW: bodies.CallWithdraw,
    MessageType.CALL_RINGING: bodies.CallRinging,
    MessageType.CALL_ANSWERED: bodies.CallAnswered,
    MessageType.CALL_CLOSE: bodies.CallClose,
    MessageType.CHAT_MESSAGE: bodies.ChatMessage,
    MessageType.CHAT_RECEIPT: bodies.ChatReceipt,
    MessageType.CHAT_RESUME: bodies.ChatResume,
    MessageType.CALLER_PRESENCE: bodies.CallerPresence,
    MessageType.LOCATION_REQUEST: bodies.LocationRequest,
    MessageType.LOCATION_UPDATE: bodies.LocationUpdate,
    MessageType.TRANSFER_REQUEST: bodies.TransferRequest,
    MessageType.TRANSFER_DONE: bodies.TransferDone,
    MessageType.TRANSFER_FAILED: bodies.TransferFailed,
    MessageType.CALLBACK_REQUEST: bodies.CallbackRequest,
    MessageType.CALLBACK_SENT: bodies.CallbackSent,
    MessageType.CALLBACK_FAILED: bodies.CallbackFailed,
    MessageType.DISCREPANCY_REPORT: bodies.DiscrepancyReport,
    MessageType.STATUS_REPORT: bodies.StatusReport,
    MessageType.ERROR: bodies.ErrorReport,
}
"""The body of each type: the one place where they are paired."""

UNCOUNTED = frozenset({MessageType.STATUS_REPORT, MessageType.ERROR, MessageType.CHAT_RESUME})
"""Types outside the count ``n``: they carry 0 and are handled as soon as they arrive."""

CALL_FREE = frozenset({MessageType.STATUS_REPORT, MessageType.ERROR})
"""Types that may belong to no call."""
