"""Interface C for a department's staff: entering and approving registrants.

Applicants' mail and pages, and the staff pages, are not part of this interface.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from net119_protocol.model import ShortText, StrictModel, Text, Timestamp, WireModel
from net119_protocol.person import RegistrantData


class RegistrationState(StrEnum):
    """States of a registration, from the application to the destruction of its record."""

    APPLIED = "applied"
    """Waits for the department's review."""
    RETURNED = "returned"
    """Something is wrong with the application; the person is to correct it."""
    APPROVED = "approved"
    """Can call."""
    CHANGE_PENDING = "change-pending"
    """Can call with the data on record; a change waits for review."""
    EXPIRED = "expired"
    """Past its expiry and not renewed; still can call until it is suspended."""
    SUSPENDED = "suspended"
    """Cannot call for now."""
    REFUSED = "refused"
    """The application was refused."""
    STOPPED = "stopped"
    """Ended by the registrant."""
    CANCELLED = "cancelled"
    """Ended by the department."""
    DESTROYED = "destroyed"
    """The record's personal data are gone."""


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
