"""Bodies of a callback: the anchor mails the caller a URL that reopens this call (CNB-31)."""

from net119_protocol.codes import CallbackFailure
from net119_protocol.model import LongText, ShortText, Timestamp, WireModel
from net119_protocol.person import Contact


class CallbackRequest(WireModel):
    """The owner asks the anchor to call the caller back; also after the call was closed."""

    requested_by: ShortText
    """Name of the dispatcher who asks; may be empty."""


class CallbackSent(WireModel):
    """The receiving mail server has taken the letter: no earlier is it "sent" (I9).

    Said once more, with ``opened_at``, when the caller comes by the letter's URL.
    """

    at: Timestamp
    """When it took it; where only the caller's coming shows that, when the caller came."""
    opened_at: Timestamp | None = None
    """When the caller came by the URL; absent until then."""


class CallbackFailed(WireModel):
    """The letter was not sent, or came back after ``callback.sent``."""

    reason: CallbackFailure
    """Why."""
    detail: LongText = ""
    """The same for people, in English; may be empty."""
    contacts: tuple[Contact, ...] = ()
    """Emergency contacts, in the order in which to try them (CNB-20), as far as the home
    department's profile lets the owner see them."""
