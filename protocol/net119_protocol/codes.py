"""The code lists that every interface shares.

One enumeration for each list; values are the wire strings.  The words are those of the
project's table of words (docs, "Words"); the Japanese labels for pages stand in
:mod:`net119_protocol.labels`.
"""

from enum import StrEnum


class Kind(StrEnum):
    """Kind of emergency a caller chooses first (CNB-26, fact A60)."""

    FIRE = "fire"
    AMBULANCE = "ambulance"
    OTHER = "other"


class Mode(StrEnum):
    """How a call is meant; fixed for the whole call (invariant I5, fact A76).

    ``live`` is the only mode that may lead to a dispatch.  Simulators refuse to produce it
    outside loopback addresses.
    """

    LIVE = "live"
    PRACTICE = "practice"
    DRILL = "drill"
    TEST = "test"


class PlaceChoice(StrEnum):
    """What the caller says of the place: at home, or where the handset is (CNB-26, CNB-27)."""

    HOME = "home"
    CURRENT = "current"


class Positioning(StrEnum):
    """State of the handset's positioning when the call is made (ASO-10, CNB-13)."""

    ON = "on"
    OFF = "off"
    DENIED = "denied"


class FixSource(StrEnum):
    """Where a position comes from."""

    GPS = "gps"
    NETWORK = "network"
    CARRIER = "carrier"
    UNKNOWN = "unknown"


class LinkSecurity(StrEnum):
    """Whether the handset's connection is encrypted (ASO-08, ASO-17)."""

    ENCRYPTED = "encrypted"
    PLAINTEXT = "plaintext"


class CallState(StrEnum):
    """States of a call (design: "A call")."""

    OPEN = "open"
    LOCATING = "locating"
    OFFERING = "offering"
    RINGING = "ringing"
    ANSWERED = "answered"
    INTERRUPTED = "interrupted"
    TRANSFERRING = "transferring"
    CLOSED = "closed"


class SenderRole(StrEnum):
    """Who wrote a line of the chat; ``system`` lines are fixed texts of the machine."""

    CALLER = "caller"
    DISPATCHER = "dispatcher"
    SYSTEM = "system"


class Presence(StrEnum):
    """Whether the caller's handset is connected to the anchor."""

    CONNECTED = "connected"
    GONE = "gone"


class RejectReason(StrEnum):
    """Why a provider does not take an offered call."""

    NO_CONSOLE = "no-console"
    EXPIRED = "expired"
    MODE_NOT_ACCEPTED = "mode-not-accepted"
    UNKNOWN_DEPARTMENT = "unknown-department"
    MAINTENANCE = "maintenance"
    OVERLOAD = "overload"


class WithdrawReason(StrEnum):
    """Why the anchor takes back a call that was offered or assigned."""

    LATE_ACCEPT = "late-accept"
    TAKEN_HOME = "taken-home"
    RINGING_UNANSWERED = "ringing-unanswered"
    CLOSED = "closed"


class CloseOutcome(StrEnum):
    """What came of a call, recorded when it is closed (facts A05, A41, A70)."""

    DISPATCHED = "dispatched"
    RELAYED_BY_PHONE = "relayed-by-phone"
    OTHER_MEANS_ADVISED = "other-means-advised"
    NO_EMERGENCY = "no-emergency"
    PRANK = "prank"
    PRACTICE_DONE = "practice-done"


class TransferFailure(StrEnum):
    """Why a call was not transferred; its owner is unchanged (design: "Ownership")."""

    UNKNOWN_DEPARTMENT = "unknown-department"
    SAME_DEPARTMENT = "same-department"
    NOT_ADOPTED = "not-adopted"
    NOT_RUNNING = "not-running"
    REJECTED = "rejected"
    SILENT = "silent"
    BUSY = "busy"
    WRONG_STATE = "wrong-state"
    CANCELLED = "cancelled"
    UNSUPPORTED = "unsupported"


class CallbackFailure(StrEnum):
    """Why a callback mail was not sent, or did not arrive (CNB-31)."""

    UNDELIVERABLE = "undeliverable"
    NO_ADDRESS = "no-address"
    NOT_ALLOWED = "not-allowed"
    TOO_MANY = "too-many"
    TEMPORARY = "temporary"
    UNSUPPORTED = "unsupported"


class OfferCause(StrEnum):
    """Why a department is offered or given a call."""

    NEW = "new"
    TRANSFER = "transfer"
    REOPENED = "reopened"


class TrailCause(StrEnum):
    """Why the place of a call was told again."""

    CALL = "call"
    MOVED = "moved"
    ASKED = "asked"
    CORRECTED = "corrected"
    CALLBACK = "callback"


class PositionProblem(StrEnum):
    """Why a handset that was asked has no new position."""

    OFF = "off"
    DENIED = "denied"
    TIMEOUT = "timeout"


class DiscrepancyKind(StrEnum):
    """What was wrong with a call, as one center reports it to the other."""

    WRONG_DEPARTMENT = "wrong-department"
    MISSING_DATA = "missing-data"
    WRONG_DATA = "wrong-data"
    LATE = "late"
    UNREADABLE = "unreadable"
    OTHER = "other"


class ReceiverKind(StrEnum):
    """To whom a center gives a registrant's data (CNB-21, CNB-51, ASO-27)."""

    HOSPITAL = "hospital"
    POLICE = "police"
    MUNICIPALITY = "municipality"
    FIRE_DEPARTMENT = "fire-department"
    OTHER_AGENCY = "other-agency"


class ProviderState(StrEnum):
    """State a provider reports of itself (ASO-18, ASO-22)."""

    NORMAL = "normal"
    MAINTENANCE = "maintenance"
    OVERLOADED = "overloaded"
    STOPPING = "stopping"


class ErrorCode(StrEnum):
    """Codes of the interconnect's ``error`` message."""

    MALFORMED_JSON = "malformed-json"
    INVALID_ENVELOPE = "invalid-envelope"
    INVALID_BODY = "invalid-body"
    UNKNOWN_TYPE = "unknown-type"
    UNSUPPORTED_PROFILE = "unsupported-profile"
    VIA_MISMATCH = "via-mismatch"
    UNKNOWN_CALL = "unknown-call"
    NOT_YOUR_CALL = "not-your-call"
    STALE_EPOCH = "stale-epoch"
    MODE_MISMATCH = "mode-mismatch"
    MODE_NOT_ACCEPTED = "mode-not-accepted"
    WRONG_STATE = "wrong-state"
    TOO_LARGE = "too-large"
    ID_REUSED = "id-reused"
    TEMPORARY = "temporary"


class Refusal(StrEnum):
    """Why a handset's call, a line of a chat, or a request about a registration is refused.

    Every API answers with one of these in ``code`` of an RFC 9457 problem document.
    """

    NOT_AUTHENTICATED = "not-authenticated"
    REGISTRANT_REFUSED = "registrant-refused"
    REGISTRANT_SUSPENDED = "registrant-suspended"
    NOT_IN_SERVICE = "not-in-service"
    """The home department has no NET119 on this day: not yet, or no longer."""
    NO_DISPATCH = "no-dispatch"
    """Nobody is sent to a practice or test call, nor is it closed as if somebody had been."""
    POSITIONING_OFF = "positioning-off"
    OUTSIDE_JAPAN = "outside-japan"
    PLAINTEXT_NOT_ALLOWED = "plaintext-not-allowed"
    MODE_NOT_ACCEPTED = "mode-not-accepted"
    UNKNOWN_CALL = "unknown-call"
    NOT_YOUR_CALL = "not-your-call"
    CALL_CLOSED = "call-closed"
    NOT_ANSWERED = "not-answered"
    OWNED_BY_OTHER = "owned-by-other"
    NOT_OWNER = "not-owner"
    """A colleague of the same center has the call: take it over before writing in it (CNB-29)."""
    WRONG_STATE = "wrong-state"
    INVALID = "invalid"
    TOO_LONG = "too-long"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    ID_REUSED = "id-reused"
    STORAGE_FAILED = "storage-failed"
    NOT_CONFIRMED = "not-confirmed"
    OVERLOAD = "overload"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    INTERNAL = "internal-error"
    LINK_UNKNOWN = "link-unknown"
    LINK_USED = "link-used"
    LINK_EXPIRED = "link-expired"
    LINK_REVOKED = "link-revoked"
    NOT_ACCEPTED = "not-accepted"
    IMAGE_REFUSED = "image-refused"
    CALL_PAGE_UNKNOWN = "call-page-unknown"
    CALL_PAGE_REPLACED = "call-page-replaced"
    CALL_PAGE_REVOKED = "call-page-revoked"
    CALL_PAGE_OTHER_DEVICE = "call-page-other-device"
    CALL_PAGE_ENDED = "call-page-ended"
    CALL_PAGE_DEVICE_CHANGE = "call-page-device-change"
