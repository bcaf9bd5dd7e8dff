"""Operating and test-bed control of a provider.

``health`` is always there.  The rest exists only where the configuration switches it on, for
loopback clients that hold the admin token: it is how a harness loads a directory, operators and
accounts, and reads what was refused.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, IPvAnyAddress

from net119_protocol.codes import Mode, ProviderState
from net119_protocol.model import Code, LongText, ShortText, StrictModel, Timestamp, WireModel


class PeerHealth(WireModel):
    """A peer as this provider sees it: "running" is what routing asks (ASO-18)."""

    operator: Code
    session_up: bool
    last_frame_age_s: float | None = None
    state: ProviderState
    running: bool


class Health(WireModel):
    """State of a provider."""

    status: ShortText
    operator: Code
    version: ShortText
    catalogue_profile: ShortText
    directory_version: ShortText
    open_calls: int
    peers: tuple[PeerHealth, ...] = ()


class PeerOperator(StrictModel):
    """A peer provider: its code, its source address, and where its endpoint listens."""

    operator: Code
    address: IPvAnyAddress
    port: Annotated[int, Field(ge=1, le=65535)] = 61614
    server_name: ShortText | None = None


class Operators(StrictModel):
    """All peers; replaces those known so far, open sessions to the others stay."""

    peers: tuple[PeerOperator, ...]


class LoadDirectory(StrictModel):
    """A whole directory in its JSON form; replaces the present one for new calls."""

    directory: dict[str, Any]


class AccountRole(StrEnum):
    """What a token is for."""

    DISPATCHER = "dispatcher"
    STAFF = "staff"


class StaffRole(StrEnum):
    """What a staff member of a department may do."""

    REVIEWER = "reviewer"
    """Decides on applications, and sees identity images."""
    CLERK = "clerk"
    """Keys in paper forms, looks registrations up, mails announcements."""
    AUDITOR = "auditor"
    """Reads the audit log, no personal data."""
    ADMIN = "admin"
    """Reads the audit log, and mails announcements."""


class NewAccount(StrictModel):
    """A dispatcher of a center, or a staff member of a department.

    With a password, a staff member can also log in at the staff pages, with the roles given.
    """

    role: AccountRole
    unit: Code
    """Center of a dispatcher, department of a staff member."""
    name: ShortText
    password: Annotated[ShortText, Field(min_length=8)] | None = Field(default=None, repr=False)
    """Password of the staff pages; kept as a hash only."""
    roles: tuple[StaffRole, ...] = tuple(StaffRole)
    """Roles at the staff pages."""


class Account(WireModel):
    """The token of a new account, shown once."""

    token: ShortText
    role: AccountRole
    unit: Code
    name: ShortText


class SetState(StrictModel):
    """The provider's own state, told to all peers (ASO-22)."""

    state: ProviderState


class RefusedInput(WireModel):
    """One refused input, as logged (invariant I10)."""

    number: int
    at: Timestamp
    interface: ShortText
    source: ShortText
    code: ShortText
    detail: LongText
    count: int = 1


class RefusedInputs(WireModel):
    """Refused inputs after a given number."""

    entries: tuple[RefusedInput, ...]


class AcceptedModes(StrictModel):
    """Modes this provider accepts, from handsets and from peers."""

    modes: tuple[Mode, ...]
