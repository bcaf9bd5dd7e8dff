"""Bodies of the messages of ``net119-interconnect/1``, one class for each type.

The profile is ours (design: "Interface B"); it is not the text of any standard.
"""

from pydantic import StrictBool, model_validator

from net119_protocol.chat import ChatLine, LineContent, Seq
from net119_protocol.codes import (
    CloseOutcome,
    ErrorCode,
    Kind,
    LinkSecurity,
    OfferCause,
    Presence,
    ProviderState,
    RejectReason,
    SenderRole,
    WithdrawReason,
)
from net119_protocol.interconnect.calling_back import (
    CallbackFailed,
    CallbackRequest,
    CallbackSent,
)
from net119_protocol.interconnect.discrepancy import DiscrepancyReport
from net119_protocol.interconnect.handing_over import (
    TransferDone,
    TransferFailed,
    TransferRequest,
)
from net119_protocol.interconnect.whereabouts import LocationRequest, LocationUpdate, TrailPoint
from net119_protocol.model import (
    ClientId,
    Code,
    Count,
    LongText,
    ShortText,
    Timestamp,
    WireModel,
)
from net119_protocol.person import DepartmentRef, RegistrantData
from net119_protocol.places import CallPlace

LastSeq = Count


class RoutingNote(WireModel):
    """How the anchor decided, for the receiving dispatcher."""

    rule: ShortText
    """The row of the routing table that decided."""
    directory_version: ShortText
    """Version of the directory that was read."""
    ambiguous: StrictBool = False
    """Whether the circle of uncertainty covers more than one department."""
    alternatives: tuple[DepartmentRef, ...] = ()
    """The other departments that may be responsible, the likeliest first."""


class CallOffer(WireModel):
    """The anchor asks a provider to take a call for one of its departments.

    Valid until ``expires_at``: a receiver rejects a later one with ``expired``.  ``transcript``
    holds every line up to ``last_seq``.  The registrant's data go along (ASO-19, CNB-39).
    """

    department: Code
    """The receiver's department that is asked."""
    kind: Kind
    """Kind of emergency the caller chose."""
    opened_at: Timestamp
    """When the caller made the call."""
    expires_at: Timestamp
    """Until when the offer may be accepted: the sending time plus T1 for each attempt."""
    last_seq: LastSeq
    """Number of the last line in ``transcript``; 0 if there is none."""
    home: DepartmentRef
    """The home department, which takes the call if this one does not."""
    registrant: RegistrantData
    """The caller, as registered."""
    place: CallPlace
    """Everything known of where the call comes from."""
    routing: RoutingNote
    """Why this department is asked."""
    transcript: tuple[ChatLine, ...] = ()
    """Every line up to ``last_seq``, in order."""
    cause: OfferCause = OfferCause.NEW
    """Whether the call is new or transferred; absent from older providers."""
    transferred_from: DepartmentRef | None = None
    """Who asks for the transfer, and keeps the call until it is assigned."""
    transfer_reason: LongText = ""
    """What that dispatcher wrote for the next one; may be empty."""
    trail: tuple[TrailPoint, ...] = ()
    """Every place so far, in order; absent from older providers."""
    link: LinkSecurity = LinkSecurity.ENCRYPTED
    """Whether the handset's connection is encrypted (ASO-08)."""


class CallAccept(WireModel):
    """Willingness to take the offered call, given by the system, never an answer by a human."""

    department: Code
    """The department that would take the call."""
    center: Code
    """Its center, which has a console connected."""


class CallReject(WireModel):
    """The offered call is not taken; the anchor gives it to the home department (ASO-18)."""

    reason: RejectReason
    """Why not."""
    detail: ShortText = ""
    """More about it, for the log; may be empty."""


class CallAssign(WireModel):
    """Makes the receiver the owner, under the epoch of the envelope."""

    department: Code
    """The department that owns the call from now on."""
    last_seq: LastSeq
    """Number of the last line the anchor has stored; the owner asks for what it lacks."""
    cause: OfferCause = OfferCause.NEW
    """Why the receiver has the call; ``reopened`` gives back a closed call whose caller came by
    the callback's URL: it rings anew."""


class CallWithdraw(WireModel):
    """The receiver does not, or no longer, own the call; its console must show that at once."""

    reason: WithdrawReason
    """Why the call is taken back."""
    taken_by: DepartmentRef | None = None
    """Who has the call now; absent if it is over."""


class CallRinging(WireModel):
    """The call is shown and heard at the owner's center."""

    center: Code
    """The center where it rings."""


class CallAnswered(WireModel):
    """A human has taken the call."""

    dispatcher: ShortText
    """Name of the dispatcher, as shown to the caller."""
    answered_at: Timestamp
    """When the dispatcher took the call."""


class ChatMessage(LineContent):
    """One line of the chat.

    From the anchor it is a numbered, stored line (``seq`` and ``at`` present).  From the owner
    it is a dispatcher's line that the anchor has still to number (both absent).
    """

    client_id: ClientId
    """The writer's own name for the line, by which a repeat is recognised (I4)."""
    sender: SenderRole
    """Who wrote the line."""
    sender_name: ShortText = ""
    """Name of the writer as shown to the other side; may be empty."""
    seq: Seq | None = None
    """Number of the line; absent in a line that the anchor has still to number."""
    at: Timestamp | None = None
    """When the anchor stored the line; present exactly where ``seq`` is."""

    @model_validator(mode="after")
    def _numbered_or_not(self) -> "ChatMessage":
        if (self.seq is None) != (self.at is None):
            raise ValueError("seq and at stand together: both in a numbered line, else neither")
        return self


class ChatReceipt(WireModel):
    """The line ``client_id`` is stored durably as number ``seq`` (invariant I2).

    From the anchor it numbers a dispatcher's line; from the owner it says that the caller's
    line has reached the owner's transcript.
    """

    client_id: ClientId
    """The line that is meant."""
    seq: Seq
    """Its number."""
    at: Timestamp
    """When the anchor stored it."""


class ChatResume(WireModel):
    """Send again whatever follows: messages of this call with ``n`` above ``after_n``.

    ``after_seq`` is the last line of the asker's transcript.
    """

    after_n: Count
    """The last ``n`` of the other side up to which nothing is missing."""
    after_seq: LastSeq
    """Number of the last line up to which the asker's transcript has no gap."""


class CallerPresence(WireModel):
    """The caller's handset came or went."""

    presence: Presence
    """Whether it is connected to the anchor."""
    since: Timestamp
    """Since when."""


class CallClose(WireModel):
    """The call is over.  From the owner it asks, from the anchor it is done."""

    outcome: CloseOutcome
    """What came of the call."""
    note: LongText = ""
    """The dispatcher's note; may be empty."""
    closed_by: ShortText = ""
    """Name of who closed it; may be empty."""
    relayed_to: ShortText | None = None
    """Whom the call was passed to by telephone (A05, A70)."""


class StatusReport(WireModel):
    """The sender's own state (ASO-18, ASO-22)."""

    state: ProviderState
    """The state; only ``normal`` counts as running."""
    since: Timestamp
    """Since when."""
    text_ja: ShortText = ""
    """Reason for people, in Japanese; may be empty."""
    text_en: ShortText = ""
    """Reason for people, in English; may be empty."""
    until: Timestamp | None = None
    """When the state is expected to end, if that is known."""
    minor: Count = 0
    """Minor version of the profile that the sender speaks; absent from version 0."""


class ErrorReport(WireModel):
    """A message was refused: what was wrong, where, and what to do."""

    code: ErrorCode
    """What was wrong."""
    detail: LongText
    """The same for people, in English, with what to do."""
    field: ShortText | None = None
    """The wrong field as a dotted path, where one was wrong."""
    offending_type: ShortText | None = None
    """``type`` of the refused message, as far as it could be read."""
    current_epoch: Count | None = None
    """The epoch in force, with ``stale-epoch``."""


Body = (
    CallOffer
    | CallAccept
    | CallReject
    | CallAssign
    | CallWithdraw
    | CallRinging
    | CallAnswered
    | ChatMessage
    | ChatReceipt
    | ChatResume
    | CallerPresence
    | LocationRequest
    | LocationUpdate
    | TransferRequest
    | TransferDone
    | TransferFailed
    | CallbackRequest
    | CallbackSent
    | CallbackFailed
    | DiscrepancyReport
    | CallClose
    | StatusReport
    | ErrorReport
)

__all__ = [
    "Body",
    "CallAccept",
    "CallAnswered",
    "CallAssign",
    "CallClose",
    "CallOffer",
    "CallReject",
    "CallRinging",
    "CallWithdraw",
    "CallbackFailed",
    "CallbackRequest",
    "CallbackSent",
    "CallerPresence",
    "ChatMessage",
    "ChatReceipt",
    "ChatResume",
    "DiscrepancyReport",
    "ErrorReport",
    "LocationRequest",
    "LocationUpdate",
    "RoutingNote",
    "StatusReport",
    "TrailPoint",
    "TransferDone",
    "TransferFailed",
    "TransferRequest",
]
