"""The records of one department in memory, for tests of the shell around them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_protocol.person import RegistrantData
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Profile
from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration import ports, problems
from net119_reference.registration.states import Act, after

AT = datetime(2026, 4, 1, tzinfo=UTC)


class FakeRegistrations:
    """What the routes of records ask; everything else of the port is missing on purpose."""

    def __init__(self, person: RegistrantData) -> None:
        self.person = person
        self.known: dict[UUID, ports.RegistrantRecord] = {}
        self.audited: list[ports.AuditEntry] = []
        self.announced: list[ports.Announcement] = []
        self.keys: dict[str, ports.Announcement] = {}

    def profile(self, department: str) -> Profile:
        return load_profiles()[department]

    def profiles(self) -> tuple[Profile, ...]:
        return (self.profile("chitose"), self.profile("tomakomai"))

    async def open_link(self, token: str) -> ports.LinkView:
        raise ports.LinkRefused(ports.LinkProblem.UNKNOWN)

    async def open_call_page(self, secret: str, device: str) -> ports.CallPageSession:
        raise ports.CallPageRefused(ports.CallPageProblem.UNKNOWN)

    def _add(self, application: Application) -> ports.RegistrantRecord:
        found = ports.RegistrantRecord(
            registrant_id=uuid4(),
            version=1,
            state=RegistrationState.APPLIED,
            application=application,
            sealed=False,
            proposal=None,
            changes=(ports.ItemChange("data.device", "", "スマートフォン"),),
            keyed_in=True,
            paper=None,
            terms_version="2026-04",
            applied_at=AT,
            approved_at=None,
            since=AT,
            expires_at=None,
            reason="",
            login_id=None,
            has_image=False,
            defects=(),
            history=(ports.HistoryEntry(AT, "staff", "keyed-in", ""),),
            mails=(ports.MailLine("<1@a.example>", "received", "x@a.example", "sent", "", AT),),
        )
        self.known[found.registrant_id] = found
        return found

    def _find(self, registrant_id: UUID) -> ports.RegistrantRecord:
        if registrant_id not in self.known:
            raise Refused(Refusal.NOT_FOUND, f"there is no registrant {registrant_id}")
        return self.known[registrant_id]

    async def applications(
        self, who: StaffIdentity, state: RegistrationState | None, query: str, page: int
    ) -> ports.ApplicationList:
        if not self.known:
            self._add(Application(data=self.person))
        rows = tuple(
            ports.ApplicationRow(
                registrant_id=each.registrant_id,
                name=each.application.data.name,
                kana="",
                mail=each.application.data.mail,
                state=each.state,
                version=each.version,
                since=AT,
                applied_at=AT,
                keyed_in=True,
                login_id=None,
            )
            for each in self.known.values()
            if (state is None or each.state is state) and query in each.application.data.name
        )
        return ports.ApplicationList(rows, 1, 1, len(rows), {})

    async def application(
        self, who: StaffIdentity, registrant_id: UUID, purpose: str
    ) -> ports.RegistrantRecord:
        found = self._find(registrant_id)
        number = len(self.audited) + 1
        self.audited.append(
            ports.AuditEntry(
                number, AT, who.department, who.name, "read", registrant_id, purpose, ""
            )
        )
        return found

    async def _act(self, registrant_id: UUID, version: int, act: Act, reason: str = "") -> None:
        found = self._find(registrant_id)
        if found.version != version:
            raise Refused(Refusal.WRONG_STATE, "it was changed meanwhile", field="version")
        state = after(found.state, act)
        self.known[registrant_id] = replace(found, state=state, version=version + 1, reason=reason)

    async def approve(self, who: StaffIdentity, registrant_id: UUID, version: int) -> None:
        await self._act(registrant_id, version, Act.APPROVE)

    async def return_(
        self, who: StaffIdentity, registrant_id: UUID, version: int, defects: Any
    ) -> None:
        assert defects
        await self._act(registrant_id, version, Act.RETURN)

    async def refuse(
        self, who: StaffIdentity, registrant_id: UUID, version: int, reason: str
    ) -> None:
        await self._act(registrant_id, version, Act.REFUSE, reason)

    async def cancel(
        self, who: StaffIdentity, registrant_id: UUID, version: int, reason: str
    ) -> None:
        await self._act(registrant_id, version, Act.CANCEL, reason)

    async def suspend_registration(
        self, who: StaffIdentity, registrant_id: UUID, version: int, reason: str
    ) -> None:
        await self._act(registrant_id, version, Act.SUSPEND, reason)

    async def resume(self, who: StaffIdentity, registrant_id: UUID, version: int) -> None:
        await self._act(registrant_id, version, Act.RESUME)

    async def delete_on_request(
        self, who: StaffIdentity, registrant_id: UUID, version: int
    ) -> None:
        await self._act(registrant_id, version, Act.DESTROY)

    async def key_in(
        self, who: StaffIdentity, application: Application, paper: ports.PaperDetails
    ) -> UUID:
        if not paper.consent_signed:
            raise ports.NotAccepted((problems.CONSENT, problems.RECEIVED_ON))
        return self._add(application).registrant_id

    async def undeliverable(self, who: StaffIdentity) -> tuple[ports.Undeliverable, ...]:
        return (
            ports.Undeliverable(
                "<1@a.example>", None, "", "x@a.example", "approved", "failed", "550 gone", AT
            ),
        )

    async def expiring(self, who: StaffIdentity, days: int, page: int) -> ports.ApplicationList:
        everyone = (await self.applications(who, None, "", page)).rows
        rows = tuple(replace(row, expires_at=AT) for row in everyone) if days else ()
        return ports.ApplicationList(rows, 1, 1, len(rows), {})

    async def withdraw(
        self, who: StaffIdentity, registrant_id: UUID, version: int, form: ports.WithdrawalForm
    ) -> None:
        if not form.signed:
            raise ports.NotAccepted((problems.WITHDRAWAL_SIGNED,))
        await self._act(registrant_id, version, Act.WITHDRAW)

    async def key_in_change(
        self,
        who: StaffIdentity,
        registrant_id: UUID,
        version: int,
        application: Application,
        form: ports.ChangeForm | None = None,
    ) -> None:
        if form is not None and form.name != self._find(registrant_id).application.data.name:
            raise ports.NotAccepted((problems.OTHER_PERSON,))
        await self._act(registrant_id, version, Act.APPLY_CHANGE)

    async def issue_password(
        self, who: StaffIdentity, registrant_id: UUID, version: int, *, device_lost: bool = False
    ) -> None:
        found = self._find(registrant_id)
        if found.version != version:
            raise Refused(Refusal.WRONG_STATE, "it was changed meanwhile", field="version")
        what = "call-page-revoked" if device_lost else "password-issued"
        history = (*found.history, ports.HistoryEntry(AT, who.name, what, ""))
        self.known[registrant_id] = replace(found, version=version + 1, history=history)

    async def record_disclosure(
        self, who: StaffIdentity, registrant_id: UUID, disclosure: ports.Disclosure
    ) -> None:
        self._find(registrant_id)
        what = f"to {disclosure.to}: {', '.join(disclosure.items)}"
        self.audited.append(
            ports.AuditEntry(
                len(self.audited) + 1,
                AT,
                who.department,
                who.name,
                "disclosed",
                registrant_id,
                disclosure.why,
                what,
            )
        )

    async def audit(
        self,
        who: StaffIdentity,
        registrant_id: UUID | None,
        page: int,
        only: ports.AuditFilter = ports.EVERY_ENTRY,
    ) -> ports.AuditList:
        if registrant_id is not None:
            self._find(registrant_id)
        found = [
            each
            for each in reversed(self.audited)
            if only.actor in ("", each.actor)
            and (only.since is None or each.at.date() >= only.since)
            and (only.until is None or each.at.date() <= only.until)
        ]
        return ports.AuditList(tuple(found), 1, 1, len(found))

    async def announce(
        self,
        who: StaffIdentity,
        subject: str,
        text: str,
        kind: ports.AnnouncementKind,
        key: str = "",
    ) -> ports.Announcement:
        if key and key in self.keys:
            return self.keys[key]
        made = ports.Announcement(uuid4(), AT, who.name, kind, subject, text, 4, 1, 1, 1, 1)
        self.keys[key] = made
        self.announced.append(made)
        return made

    async def deletions(self, who: StaffIdentity) -> tuple[ports.Deleted, ...]:
        return ()

    async def announcements(self, who: StaffIdentity) -> tuple[ports.Announcement, ...]:
        return tuple(self.announced)
