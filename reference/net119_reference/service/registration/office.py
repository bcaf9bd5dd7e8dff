"""What every part of the registration service shares."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.api.staff import RegistrationState
from net119_protocol.directory import DirectoryView
from net119_protocol.person import DeviceKind, RegistrantData
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Profile
from sqlalchemy.engine import Connection

from net119_reference.logs import get_log
from net119_reference.mail.letter import Charset
from net119_reference.mail.post_office import PostOffice
from net119_reference.ports import Clock, Refused, StaffIdentity
from net119_reference.registration import problems
from net119_reference.registration.defaults import neutral_profile
from net119_reference.registration.mail_texts import MailText
from net119_reference.registration.ports import (
    HistoryEntry,
    Overtaken,
)
from net119_reference.registration.record import Registrant
from net119_reference.registration.states import ENDED, Act, after
from net119_reference.service.jurisdiction import Jurisdiction
from net119_reference.service.kernel import Kernel, Transaction
from net119_reference.service.registration import rows
from net119_reference.service.registration.mailed_urls import MailedUrls
from net119_reference.service.registry import Registry
from net119_reference.service.rows import moment, stamp
from net119_reference.store import Database
from net119_reference.store import registration_schema as tables

log = get_log("registration")
SYSTEM = "system"
APPLICANT = "registrant"


class Office(MailedUrls):
    """Records, profiles and mail of registration."""

    def __init__(
        self,
        kernel: Kernel,
        database: Database,
        clock: Clock,
        registry: Registry,
        jurisdiction: Jurisdiction,
        profiles: Mapping[str, Profile],
        public_url: str,
    ) -> None:
        super().__init__(database, clock, registry, public_url)
        self.kernel = kernel
        self.jurisdiction = jurisdiction
        self.post: PostOffice | None = None
        """Set where the provider has mail; without it nothing is mailed."""
        self.deleted: Callable[[], None] = lambda: None
        """Called when a record has been destroyed."""
        self._profiles = dict(profiles)
        self._own: tuple[DirectoryView, tuple[Profile, ...]] | None = None
        """Profiles of our own departments, and the view of the directory that they are of."""
        self._last: dict[UUID, HistoryEntry] = {}
        """The latest event of each registration, without its detail."""

    async def load(self) -> None:
        """Read the mailed URLs, and who was the last to act on each registration."""
        await super().load()
        await self.database.read(self._load)

    def _load(self, connection: Connection) -> None:
        table = tables.registration_history
        newest = sa.select(sa.func.max(table.c.number)).group_by(table.c.registrant_id)
        for row in connection.execute(sa.select(table).where(table.c.number.in_(newest))):
            entry = HistoryEntry(moment(row.at), row.actor, row.what, "")
            self._last[UUID(row.registrant_id)] = entry

    # --- profiles -----------------------------------------------------------------------------

    def profile(self, department: str) -> Profile:
        """The department's profile; a neutral one where it has none."""
        found = self._profiles.get(department)
        if found is None:
            row = self.jurisdiction.department(department, self.clock.now())
            names = (row.name_ja, row.name_en, row.phone) if row else (department, department, "")
            return neutral_profile(department, *names)
        return found

    def own_profiles(self) -> tuple[Profile, ...]:
        """Profiles of the departments that this provider answers for today."""
        now = self.clock.now()
        view = self.jurisdiction.view(now)
        if self._own is None or self._own[0] is not view:
            codes = [
                code
                for code in view.departments
                if self.jurisdiction.own_unit(code, now) is not None
            ]
            self._own = (view, tuple(self.profile(code) for code in codes))
        return self._own[1]

    # --- records ------------------------------------------------------------------------------

    def act(
        self,
        tx: Transaction,
        before: Registrant,
        act: Act,
        actor: str,
        detail: str = "",
        **changed: Any,
    ) -> Registrant:
        """Carry out an act: new state, history.

        Raises:
            Refused: the act does not fit the state.
        """
        state = after(before.state, act, proposal=before.proposal is not None)
        if state is not before.state:
            changed.setdefault("since", tx.now)
            if before.state is RegistrationState.SUSPENDED:
                changed["suspended_at"] = None
            if state in ENDED:
                changed.setdefault("ended_at", before.ended_at or tx.now)
        found = self.registry.change(tx, before, state=state, **changed)
        self.history(tx, found.registrant_id, actor, act.value, detail)
        return found

    def history(
        self, tx: Transaction, registrant_id: UUID, actor: str, what: str, detail: str = ""
    ) -> None:
        """Add an event to a registration's life."""
        tx.write(
            rows.INSERT_HISTORY,
            registrant_id=str(registrant_id),
            at=stamp(tx.now),
            actor=actor,
            what=what,
            detail=detail,
        )
        tx.put(self._last, registrant_id, HistoryEntry(tx.now, actor, what, ""))

    def audit(
        self,
        tx: Transaction,
        department: str,
        actor: str,
        action: str,
        registrant_id: UUID | None,
        purpose: str,
        what: str = "",
    ) -> None:
        """Record an access to personal data, or a disclosure (CNB-40)."""
        tx.write(
            rows.INSERT_AUDIT,
            at=stamp(tx.now),
            department=department,
            actor=actor,
            action=action,
            registrant_id=str(registrant_id) if registrant_id else None,
            purpose=purpose[:200],
            what=what,
        )

    def of_version(self, who: StaffIdentity, registrant_id: UUID, version: int) -> Registrant:
        """A registrant of the department in the version that the reader has seen.

        Raises:
            Overtaken: it has been changed since: somebody was faster.
        """
        found = self.registry.of_department(who, registrant_id)
        if found.version != version:
            last = self._last.get(registrant_id)
            by = f" by {last.actor}: {last.what}, {stamp(last.at)[:16]} UTC" if last else ""
            raise Overtaken(
                f"the registration was changed meanwhile{by} (version {found.version}, now "
                f"{found.state.value}; you saw version {version}); look at it again",
                actor=last.actor if last else None,
                what=last.what if last else None,
                at=last.at if last else None,
            )
        return found

    # --- mail ---------------------------------------------------------------------------------

    def mail_problem(self, mail: str, before: str | None) -> FieldProblem | None:
        """What is wrong with an address that no letter of ours would ever go to.

        ``before`` is the one on record: it is no reason to refuse another change.
        """
        if self.post is None or mail == before:
            return None
        never = self.post.forbidden(mail)
        return problems.NEVER_SENT[never] if never else None

    def mail(
        self,
        tx: Transaction,
        profile: Profile,
        to: str,
        text: MailText,
        *,
        registrant_id: UUID | None = None,
        service: bool = False,
        charset: Charset = "utf-8",
        in_reply_to: str | None = None,
    ) -> str | None:
        """Mail a text from the profile's sender; its Message-ID, or ``None`` without mail.

        An address that cannot be written to does not undo what the mail is about; staff find the
        letter among those that did not arrive (ASO-09).
        """
        if self.post is None:
            return None
        sender = profile.mail.service_sender if service else profile.mail.registration_sender
        try:
            return self._send(tx, profile, sender, to, text, registrant_id, charset, in_reply_to)
        except Refused as refused:
            log.warning("mail not written", kind=text.kind, why=refused.code.value)
            self.post.never_sent(
                tx,
                department=profile.department,
                sender=sender,
                to=to,
                subject=text.subject,
                kind=text.kind,
                reason=refused.detail,
                registrant_id=registrant_id,
            )
            if registrant_id is not None:
                detail = f"{text.kind}: {refused.detail}"
                self.history(tx, registrant_id, SYSTEM, "mail-undeliverable", detail)
            return None

    def _send(
        self,
        tx: Transaction,
        profile: Profile,
        sender: str,
        to: str,
        text: MailText,
        registrant_id: UUID | None,
        charset: Charset,
        in_reply_to: str | None,
    ) -> str | None:
        if self.post is None:
            return None
        return self.post.send(
            tx,
            sender=sender,
            to=to,
            subject=text.subject,
            text=text.text,
            kind=text.kind,
            department=profile.department,
            registrant_id=registrant_id,
            charset=charset,
            in_reply_to=in_reply_to,
        )

    def tell(
        self, tx: Transaction, found: Registrant, text: MailText, *, service: bool = False
    ) -> bool:
        """Mail a text to a registrant's address on record; whether it is on its way."""
        made = self.mail(
            tx,
            self.profile(found.department),
            found.data.mail,
            text,
            registrant_id=found.registrant_id,
            service=service,
            charset=charset_of(found.data),
        )
        return made is not None


def charset_of(data: RegistrantData) -> Charset:
    """How to write to a handset: feature phones need ISO-2022-JP."""
    device = data.device
    feature = "フィーチャー" in device or "ガラケー" in device or "feature" in device.casefold()
    feature = feature or data.device_kind is DeviceKind.MOBILE_PHONE
    return "iso-2022-jp" if feature else "utf-8"


def staff_problem(defects: Iterable[FieldProblem]) -> str:
    """Defects as one text for the history."""
    return "; ".join(f"{each.path or '-'}: {each.ja}" for each in defects)
