"""Who sends each message of interface B, when, and what comes back."""

from dataclasses import dataclass
from enum import StrEnum

from net119_protocol.interconnect import MessageType


class Sender(StrEnum):
    """Role in a call of the provider that sends a message."""

    ANCHOR = "anchor"
    RECEIVER = "receiver"
    BOTH = "both"


SENDER_WORDS = {
    Sender.ANCHOR: "the anchor (home provider), to `/queue/{receiver}.callee`",
    Sender.RECEIVER: "the provider asked, or the owner, to `/queue/{anchor}.caller`",
    Sender.BOTH: "either side: the anchor to `/queue/{receiver}.callee`, the other to"
    " `/queue/{anchor}.caller`",
}


@dataclass(frozen=True)
class MessageNote:
    """What the models cannot say of a message: its sender, its moment, its answer."""

    sender: Sender
    when: str
    answer: str


NOTES: dict[MessageType, MessageNote] = {
    MessageType.CALL_OFFER: MessageNote(
        Sender.ANCHOR,
        "The routing chose a department of another provider whose service is running. Sent again"
        " with the same `messageId` when T1 passes in silence, for the set number of attempts.",
        "`call.accept` or `call.reject`, with `inReplyTo`. Silence or a rejection leaves the call"
        " with the home department.",
    ),
    MessageType.CALL_ACCEPT: MessageNote(
        Sender.RECEIVER,
        "At once, by the system, if a console of the center is connected, the mode is accepted,"
        " the state is normal and the offer has not expired. It carries the epoch of the offer.",
        "`call.assign`, or `call.withdraw` with `late-accept` if it came too late.",
    ),
    MessageType.CALL_REJECT: MessageNote(
        Sender.RECEIVER,
        "Instead of `call.accept`, at once.",
        "None: the home department has the call.",
    ),
    MessageType.CALL_ASSIGN: MessageNote(
        Sender.ANCHOR,
        "The anchor has durably recorded the new owner, under an epoch one higher than before.",
        "`call.ringing` when a console shows the call.",
    ),
    MessageType.CALL_WITHDRAW: MessageNote(
        Sender.ANCHOR,
        "An acceptance came too late, nobody answered, the home department took the call back, or"
        " it ended before it was answered.",
        "None: the receiver takes the call off its consoles as its own.",
    ),
    MessageType.CALL_RINGING: MessageNote(
        Sender.RECEIVER, "The owner's center shows the call.", "None: the caller is shown it."
    ),
    MessageType.CALL_ANSWERED: MessageNote(
        Sender.RECEIVER,
        "A dispatcher took the call: always a human act.",
        "None: the caller is shown it.",
    ),
    MessageType.CALL_CLOSE: MessageNote(
        Sender.BOTH,
        "From the owner when a dispatcher closes the call: a request. From the anchor when the"
        " call is closed: the fact.",
        "The owner's request is answered by the anchor's `call.close` with `inReplyTo`.",
    ),
    MessageType.CHAT_MESSAGE: MessageNote(
        Sender.BOTH,
        "From the anchor once a line is numbered and stored: the caller's lines and the system's."
        " From the owner when its dispatcher writes: still without number.",
        "`chat.receipt`. The dispatcher's line counts as said only after it.",
    ),
    MessageType.CHAT_RECEIPT: MessageNote(
        Sender.BOTH,
        "The line is stored durably by the sender of the receipt.",
        "None.",
    ),
    MessageType.CHAT_RESUME: MessageNote(
        Sender.BOTH,
        "A gap in `n` stayed open for the set while, or a session came back.",
        "The missing messages once more, each with its own `messageId` and `n`.",
    ),
    MessageType.CALLER_PRESENCE: MessageNote(
        Sender.ANCHOR,
        "The handset's connection came or went.",
        "None: the console shows it.",
    ),
    MessageType.LOCATION_REQUEST: MessageNote(
        Sender.RECEIVER,
        "The owner's dispatcher asks for the caller's position. A handset that is gone is asked"
        " when it is back.",
        "`location.update` with cause `asked`, and with `problem` if there is no position.",
    ),
    MessageType.LOCATION_UPDATE: MessageNote(
        Sender.ANCHOR,
        "The caller moved, corrected the place, was asked for it, or came back by the callback's"
        " URL.",
        "None: the console shows it, and both sides keep the trail.",
    ),
    MessageType.TRANSFER_REQUEST: MessageNote(
        Sender.RECEIVER,
        "The owner's dispatcher asks for another department. The owner keeps the call.",
        "`transfer.done` once the next department is the owner, or `transfer.failed`, with"
        " `inReplyTo`.",
    ),
    MessageType.TRANSFER_DONE: MessageNote(
        Sender.ANCHOR,
        "The anchor has durably recorded the next owner, under an epoch one higher. It goes to the"
        " former owner, under the epoch that has just ended.",
        "None: the former owner is released, and what it still sends is refused.",
    ),
    MessageType.TRANSFER_FAILED: MessageNote(
        Sender.ANCHOR,
        "The other department is unknown, not reachable, rejected the offer or was silent past T1,"
        " or another transfer is under way. The owner and its epoch are unchanged.",
        "None: the dispatcher is told, and goes on with the call.",
    ),
    MessageType.CALLBACK_REQUEST: MessageNote(
        Sender.RECEIVER,
        "The owner's dispatcher asks to call the caller back; also after the call was closed, by"
        " who owned it then.",
        "`callback.sent` or `callback.failed`, with `inReplyTo`.",
    ),
    MessageType.CALLBACK_SENT: MessageNote(
        Sender.ANCHOR,
        "The receiving mail server has taken the letter.",
        "None. A letter that comes back later is told by `callback.failed`.",
    ),
    MessageType.CALLBACK_FAILED: MessageNote(
        Sender.ANCHOR,
        "The letter was refused, could not be sent, or came back.",
        "None: the dispatcher is told at once, with the emergency contacts in order.",
    ),
    MessageType.DISCREPANCY_REPORT: MessageNote(
        Sender.BOTH,
        "Something about the call was wrong; at any time, also after the close.",
        "None: both sides keep it with the call.",
    ),
    MessageType.STATUS_REPORT: MessageNote(
        Sender.BOTH,
        "A session starts, and whenever the state changes. Belongs to no call.",
        "None.",
    ),
    MessageType.ERROR: MessageNote(
        Sender.BOTH,
        "A message was refused; nothing of it was done. Goes to the queue in the refused"
        " message's `via` if that is the sender's own, else to the sender's caller queue.",
        "None: an error is never answered by an error.",
    ),
}
"""One note for each type."""
