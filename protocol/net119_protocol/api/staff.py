"""Interface C for a department's staff: entering and approving registrants.

The life of a registration beyond that (mail, renewal, change, retention) is not part of this
version.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from net119_protocol.model import ShortText, StrictModel, Text, Timestamp, WireModel
from net119_protocol.person import RegistrantData


class RegistrationState(StrEnum):
    """States of a registration that exist so far."""

    APPLIED = "applied"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    REFUSED = "refused"


class NewRegistrant(StrictModel):
    """A person keyed in by staff on the applicant's behalf (CNB-03)."""

    data: RegistrantData
    note: ShortText = ""


class RegistrantView(WireModel):
    """A registrant as the department's staff sees them."""

    registrant_id: UUID
    state: RegistrationState
    department: ShortText
    data: RegistrantData
    applied_at: Timestamp
    approved_at: Timestamp | None = None
    reason: ShortText = ""


class Credentials(WireModel):
    """Log-in of an approved registrant, shown once (TOM-18, CTS-16)."""

    registrant_id: UUID
    login_id: ShortText
    password: ShortText


class Suspend(StrictModel):
    """Why calls of this registrant are no longer taken (CNB-34, ASO-20)."""

    reason: Annotated[Text, Field(min_length=1, max_length=200)]
