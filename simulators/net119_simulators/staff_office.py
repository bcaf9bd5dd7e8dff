"""A department's staff at work, through the staff API: review, records and announcements."""

import ssl
from types import TracebackType
from typing import Self
from uuid import UUID

from net119_protocol.api.records import (
    Access,
    Accesses,
    Announcements,
    AnnouncementView,
    Decide,
    Decision,
    Defect,
    Deletion,
    Deletions,
    FailedMail,
    FailedMails,
    KeyedIn,
    NewAnnouncement,
    PaperApplication,
    PaperChange,
    RegistrationPage,
    RegistrationRecord,
    RegistrationRow,
    Withdraw,
)
from net119_protocol.api.staff import RegistrationState

from net119_simulators.api_client import ApiClient
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface, Wiretap


class StaffOffice:
    """One staff member of a department; every method raises what `ApiClient.ask` raises."""

    def __init__(
        self,
        base_url: str,
        tls: ssl.SSLContext | None,
        token: str,
        *,
        name: str = "staff",
        provider: str = "provider",
        wiretap: Wiretap | None = None,
    ) -> None:
        self.name = name
        recorder = Recorder(wiretap, Interface.C, name, provider)
        self._api = ApiClient(base_url, tls, recorder, token=token, timeout_s=15.0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._api.close()

    async def rows(
        self, state: RegistrationState | None = None, query: str = ""
    ) -> tuple[RegistrationRow, ...]:
        """All registrations that fit, oldest first."""
        rows: list[RegistrationRow] = []
        page = pages = 1
        while page <= pages:
            asked: dict[str, str | int] = {"page": page, "query": query}
            asked["state"] = state.value if state else ""
            found = await self._api.ask("registrations", RegistrationPage, query=asked)
            rows += found.rows
            pages, page = found.pages, page + 1
        return tuple(rows)

    async def record(self, registrant_id: UUID, purpose: str = "review") -> RegistrationRecord:
        """One registration."""
        return await self._api.ask(
            "registration",
            RegistrationRecord,
            path={"registrant_id": registrant_id},
            query={"purpose": purpose},
        )

    async def decide(
        self,
        record: RegistrationRecord | RegistrationRow,
        decision: Decision,
        reason: str = "",
        defects: tuple[Defect, ...] = (),
    ) -> RegistrationRecord:
        """Decide on what was read; fails if somebody was faster."""
        return await self._api.ask(
            "decide",
            RegistrationRecord,
            path={"registrant_id": record.registrant_id},
            body=Decide(version=record.version, decision=decision, reason=reason, defects=defects),
        )

    async def key_in(self, paper: PaperApplication) -> UUID:
        """Key in a paper form."""
        return (await self._api.ask("key_in", KeyedIn, body=paper)).registrant_id

    async def key_in_change(self, registrant_id: UUID, form: PaperChange) -> RegistrationRecord:
        """Key in a change form; it then waits for review."""
        path = {"registrant_id": registrant_id}
        return await self._api.ask("key_in_change", RegistrationRecord, path=path, body=form)

    async def withdraw(self, registrant_id: UUID, form: Withdraw) -> RegistrationRecord:
        """Key in a withdrawal form, which ends the registration."""
        path = {"registrant_id": registrant_id}
        return await self._api.ask("withdraw", RegistrationRecord, path=path, body=form)

    async def failed_mails(self) -> tuple[FailedMail, ...]:
        """Mails that did not arrive, newest first."""
        return (await self._api.ask("failed_mails", FailedMails)).mails

    async def accesses(
        self, registrant_id: UUID | None = None, *, actor: str = ""
    ) -> tuple[Access, ...]:
        """The newest page of the audit log, or of what is there of a registrant or by somebody."""
        asked = {"registrant": str(registrant_id) if registrant_id else ""}
        if actor:
            asked["actor"] = actor
        return (await self._api.ask("accesses", Accesses, query=asked)).entries

    async def deletions(self) -> tuple[Deletion, ...]:
        """Destroyed records of the department, oldest first."""
        return (await self._api.ask("deletions", Deletions)).deletions

    async def announce(self, announcement: NewAnnouncement) -> AnnouncementView:
        """Mail all registrants."""
        return await self._api.ask("announce", AnnouncementView, body=announcement)

    async def announcements(self) -> tuple[AnnouncementView, ...]:
        """Announcements with their progress, newest first."""
        return (await self._api.ask("announcements", Announcements)).announcements
