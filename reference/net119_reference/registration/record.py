"""A registrant as stored."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from net119_protocol.api.staff import RegistrantView, RegistrationState
from net119_protocol.application import Application, Basis, Guardian
from net119_protocol.model import WireModel
from net119_protocol.person import RegistrantData
from net119_protocol.profile.check import FieldProblem

from net119_reference.registration.ports import PaperDetails


class Details(WireModel):
    """The part of an application that is not registered data."""

    basis: Basis = Basis.LIVES
    basis_municipality: str = ""
    certificate: bool | None = None
    text_capable: bool | None = None
    guardian: Guardian | None = None


@dataclass(frozen=True)
class Registrant:
    """A registrant as stored; ``version`` grows with every change."""

    registrant_id: UUID
    department: str
    state: RegistrationState
    data: RegistrantData
    applied_at: datetime
    approved_at: datetime | None = None
    reason: str = ""
    login_id: str | None = None
    password_hash: str | None = None
    version: int = 0
    since: datetime | None = None
    """When the present state began; ``applied_at`` where it was never changed."""
    details: Details = field(default_factory=Details)
    proposal: Application | None = None
    """What a change that waits for review would make of it."""
    defects: tuple[FieldProblem, ...] = ()
    paper: PaperDetails | None = None
    keyed_in: bool = False
    """Staff entered the data on the person's behalf (ASO-04's exception)."""
    terms_version: str = ""
    expires_at: datetime | None = None
    reminded: str = ""
    """Days on which the person was asked about the present expiry, in ISO form."""
    device_blocked: bool = False
    """A device change has been applied for; the old device no longer works (ASO-12)."""
    suspended_at: datetime | None = None
    """When the clock suspended it; ``None`` where the department did."""
    ended_at: datetime | None = None
    """When it ended; retention is counted from it, also once the record is destroyed."""

    @property
    def application(self) -> Application:
        """The registered data with the rest of the application."""
        return Application(data=self.data, **dict(self.details))

    def view(self, data: RegistrantData) -> RegistrantView:
        """The registration for interface C, with the data that its reader may see."""
        return RegistrantView(
            registrant_id=self.registrant_id,
            state=self.state,
            department=self.department,
            data=data,
            applied_at=self.applied_at,
            approved_at=self.approved_at,
            reason=self.reason,
        )


def details_of(application: Application) -> Details:
    """What of an application is not registered data."""
    return Details.model_validate(application.model_dump(exclude={"data"}))
