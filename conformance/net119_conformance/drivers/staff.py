"""A department's staff at a system under test, as purposes move them."""

from typing import Protocol
from uuid import UUID

from net119_protocol.api.records import (
    Access,
    AnnouncementView,
    Decision,
    Defect,
    Deletion,
    FailedMail,
    NewAnnouncement,
    PaperApplication,
    PaperChange,
    RegistrationRecord,
    RegistrationRow,
    Withdraw,
)
from net119_protocol.api.staff import RegistrationState


class AuditLog(Protocol):
    """Who looked at a department's data, and to whom they were given."""

    async def accesses(self, registrant_id: UUID | None = None) -> tuple[Access, ...]:
        """The newest entries of the audit log, newest first."""


class Staff(AuditLog, Protocol):
    """One staff member; a refusal is raised as ``CallRefused``."""

    async def rows(
        self, state: RegistrationState | None = None, query: str = ""
    ) -> tuple[RegistrationRow, ...]:
        """All registrations of the department that fit, oldest first."""

    async def record(self, registrant_id: UUID, purpose: str = "review") -> RegistrationRecord:
        """One registration, read for a purpose."""

    async def decide(
        self,
        record: RegistrationRecord | RegistrationRow,
        decision: Decision,
        reason: str = "",
        defects: tuple[Defect, ...] = (),
    ) -> RegistrationRecord:
        """Decide on what was read."""

    async def key_in(self, paper: PaperApplication) -> UUID:
        """Key in a paper form."""

    async def key_in_change(self, registrant_id: UUID, form: PaperChange) -> RegistrationRecord:
        """Key in a change form; it then waits for review."""

    async def withdraw(self, registrant_id: UUID, form: Withdraw) -> RegistrationRecord:
        """Key in a withdrawal form, which ends the registration."""

    async def deletions(self) -> tuple[Deletion, ...]:
        """Destroyed records of the department, and by when backups must have lost them."""

    async def failed_mails(self) -> tuple[FailedMail, ...]:
        """Mails of the department that did not arrive, newest first."""

    async def announce(self, announcement: NewAnnouncement) -> AnnouncementView:
        """Mail all registrants of the department."""

    async def announcements(self) -> tuple[AnnouncementView, ...]:
        """The department's announcements with their progress, newest first."""
