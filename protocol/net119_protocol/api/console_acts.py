"""Interface C for programs: what a dispatcher does with a call beside answering and writing.

Transfer, callback, position, disclosure, dispatch, block and discrepancy: what is asked, what is
answered, what the call's record keeps, and the frames of the feed.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from net119_protocol.codes import (
    CallbackFailure,
    DiscrepancyKind,
    ReceiverKind,
    TransferFailure,
)
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_protocol.model import Code, LongText, ShortText, StrictModel, Timestamp, WireModel
from net119_protocol.person import Contact, DepartmentRef


class NewTransfer(StrictModel):
    """Ask for another department; the call stays with the asker until it is assigned (I9)."""

    department: Code
    reason: LongText = ""


class Transfer(WireModel):
    """One transfer of a call: asked, and how it ended.

    ``ended_at`` is absent while it is under way; then ``failure`` is absent if it was done.
    """

    department: DepartmentRef
    asked_by: ShortText
    asked_at: Timestamp
    ended_at: Timestamp | None = None
    failure: TransferFailure | None = None
    detail: LongText = ""
    text_ja: LongText = ""
    text_en: LongText = ""


class Callback(WireModel):
    """One callback of a call.

    ``state``: ``queued`` (no mail server has taken the letter yet), ``sent`` (one has),
    ``failed`` (see ``failure``; it may follow ``sent``), ``opened`` (the caller came by the URL).
    ``contacts`` are to be tried in their order where it failed (CNB-20).
    """

    number: Annotated[int, Field(ge=1)]
    asked_by: ShortText
    asked_at: Timestamp
    state: Literal["queued", "sent", "failed", "opened"]
    changed_at: Timestamp
    failure: CallbackFailure | None = None
    detail: LongText = ""
    text_ja: LongText = ""
    text_en: LongText = ""
    contacts: tuple[Contact, ...] = ()


class LocationAsked(WireModel):
    """The caller's handset is asked for its position, now or when it is back."""

    asked_at: Timestamp
    handset_connected: bool


class NewCallDisclosure(StrictModel):
    """Registrant's data given to somebody outside, as far as the work needs (CNB-21, ASO-27)."""

    receiver: ReceiverKind
    receiver_name: Annotated[ShortText, Field(min_length=1)]
    what: Annotated[LongText, Field(min_length=1)]
    why: LongText = ""


class CallDisclosure(WireModel):
    """A recorded disclosure; it stands in the audit trail too."""

    at: Timestamp
    by: ShortText
    receiver: ReceiverKind
    receiver_name: ShortText
    what: LongText
    why: LongText = ""


class NewDispatch(StrictModel):
    """A crew was sent, as the dispatcher records it; this system alarms nobody (TOM-25)."""

    units: Annotated[ShortText, Field(min_length=1)]
    note: LongText = ""


class Dispatch(WireModel):
    """A recorded dispatch.  Practice and test calls never have one (invariant I5)."""

    at: Timestamp
    by: ShortText
    units: ShortText
    note: LongText = ""


class NewDiscrepancy(StrictModel):
    """Report that something about the call was wrong (gap D16)."""

    kind: DiscrepancyKind
    detail: Annotated[LongText, Field(min_length=1)]
    department: Code | None = None


class Discrepancy(WireModel):
    """A reported discrepancy, with the provider it came from."""

    at: Timestamp
    provider: Code
    reported_by: ShortText
    kind: DiscrepancyKind
    detail: LongText
    department: Code | None = None


class Block(StrictModel):
    """Refuse further calls of this caller, with the reason they are shown (ASO-20, CNB-34)."""

    reason: Annotated[LongText, Field(min_length=1)]


class Blocked(WireModel):
    """The caller is suspended at the home department until staff lift it."""

    at: Timestamp
    by: ShortText
    reason: LongText


# --- frames of the feed -------------------------------------------------------------------------


class TransferFrame(WireModel):
    """A transfer was asked for, done, or failed."""

    type: Literal["transfer"] = "transfer"
    call_id: UUID
    transfer: Transfer


class CallbackFrame(WireModel):
    """A callback's state changed."""

    type: Literal["callback"] = "callback"
    call_id: UUID
    callback: Callback


class LocationFrame(WireModel):
    """The call's trail has a new place."""

    type: Literal["location"] = "location"
    call_id: UUID
    point: TrailPoint


class DiscrepancyFrame(WireModel):
    """A discrepancy was reported, here or by the other provider."""

    type: Literal["discrepancy"] = "discrepancy"
    call_id: UUID
    discrepancy: Discrepancy
