"""What every part of the registration service shares."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.api.staff import RegistrationState
from net119_protocol.person import DeviceKind, RegistrantData
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Profile
from sqlalchemy.engine import Connection

from net119_reference.logs import get_log
from net119_reference.mail.letter import Charset
from net119_reference.mail.post_office import PostOffice
from net119_reference.ports import Clock, Refused, StaffIdentity
from net119_reference.registration import links as rules
from net119_reference.registration import problems
from net119_reference.registration.defaults import neutral_profile
from net119_reference.registration.links import Link, mail_key
from net119_reference.registration.mail_texts import MailText
from net119_reference.registration.ports import (
    HistoryEntry,
    LinkProblem,
    LinkPurpose,
    LinkRefused,
    LinkUse,
    Overtaken,
)
from net119_reference.registration.record import Registrant
from net119_reference.registration.states import ENDED, Act, after
from net119_reference.service.jurisdiction import Jurisdiction
from net119_reference.service.kernel import Kernel, Transaction
from net119_reference.service.registration import rows
from net119_reference.service.registry import Registry, token_hash
from net119_reference.service.rows import moment, stamp
from net119_reference.store import Database
from net119_reference.store import registration_schema as tables

log = get_log("registration")
SYSTEM = "system"
APPLICANT = "registrant"


class Office:
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
        self.kernel = kernel
        self.database = database
        self.clock = clock
        self.registry = registry
        self.jurisdiction = jurisdiction
        self.public_url = public_url.rstrip("/")
        self.post: PostOffice | None = None
        """Set where the provider has mail; without it nothing is mailed."""
        self.deleted: Callable[[], None] = lambda: None
        """Called when a record has been destroyed."""
        self.replaced: Callable[[Transaction, str, str], None] = lambda _tx, _old, _new: None
        """Called with the hashes of a URL and of the one that goes on with its work."""
        self._profiles = dict(profiles)
        self._last: dict[UUID, HistoryEntry] = {}
        """The latest event of each registration, without its detail."""
        self._links: dict[str, Link] = {}
        self._links_to: dict[tuple[str, str], tuple[str, ...]] = {}

    async def load(self) -> None:
        """Read the mailed URLs, and who was the last to act on each registration."""
        await self.database.read(self._load)

    def _load(self, connection: Connection) -> None:
        table = tables.registration_links
        for row in connection.execute(sa.select(table).order_by(table.c.created_at)):
            link = rows.link_of(row)
            self._links[link.token_hash] = link
            key = (link.department, mail_key(link.mail))
            self._links_to[key] = (*self._links_to.get(key, ()), link.token_hash)

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
        codes = [
            code
            for code in self.jurisdiction.view(now).departments
            if self.jurisdiction.own_unit(code, now) is not None
        ]
        return tuple(self.profile(code) for code in codes)

    # --- mailed URLs --------------------------------------------------------------------------

    def issue(
        self,
        tx: Transaction,
        purpose: LinkPurpose,
        department: str,
        mail: str,
        *,
        goes_on: bool = False,
        **details: Any,
    ) -> tuple[str, Link]:
        """A new URL to mail, with its record; an unused older one for the same is revoked.

        ``goes_on``: what was entered through the older one, which anybody could have replaced by
        a mail in the person's name, is found again at the new one.
        """
        key = (department, mail_key(mail))
        former = None
        for older in self._links_of(key):
            if older.pending and older.purpose is purpose:
                same = (older.mail, older.registrant_id) == (mail, details.get("registrant_id"))
                if goes_on and same and tx.now < older.expires_at:
                    former = older
                self.change_link(tx, older, revoked_at=tx.now, draft=None)
        if former is not None:
            details |= {name: getattr(former, name) for name in rules.WORK}
        secret = secrets.token_urlsafe(24)
        link = Link(
            token_hash=token_hash(secret),
            purpose=purpose,
            department=department,
            mail=mail,
            created_at=tx.now,
            expires_at=tx.now + rules.LIFETIME[purpose],
            **details,
        )
        tx.write(rows.INSERT_LINK, **rows.link_row(link))
        tx.put(self._links, link.token_hash, link)
        tx.put(self._links_to, key, (*self._links_to.get(key, ()), link.token_hash))
        if former is not None:
            self.replaced(tx, former.token_hash, link.token_hash)
        return f"{self.public_url}/r/{secret}", link

    def _links_of(self, key: tuple[str, str]) -> list[Link]:
        return [self._links[hashed] for hashed in self._links_to.get(key, ())]

    def mailed_too_often(self, department: str, mail: str, now: datetime) -> bool:
        """Whether an address has got its share of URLs for the present."""
        made = (link.created_at for link in self._links_of((department, mail_key(mail))))
        return rules.too_many(made, now)

    def change_link(self, tx: Transaction, before: Link, **changed: Any) -> Link:
        """Store a change of a URL's record; what was typed goes with the draft it made."""
        if "draft" in changed:
            changed.setdefault("entries", None)
        link: Link = replace(before, **changed)
        tx.write(rows.UPDATE_LINK, **rows.changed_link(link))
        tx.put(self._links, link.token_hash, link)
        return link

    def revoke_links(self, tx: Transaction, registrant_id: UUID) -> None:
        """The registration has ended: its URLs open nothing any more."""
        for link in tuple(self._links.values()):
            if link.registrant_id == registrant_id and link.pending:
                self.change_link(tx, link, revoked_at=tx.now, draft=None)

    def revoke_links_elsewhere(self, tx: Transaction, found: Registrant) -> bool:
        """The address has changed: URLs mailed to the former one open nothing any more.

        Whether one of them would have renewed the registration.
        """
        renewing = False
        for link in tuple(self._links.values()):
            elsewhere = mail_key(link.mail) != mail_key(found.data.mail)
            if link.registrant_id == found.registrant_id and link.pending and elsewhere:
                renewing = renewing or link.purpose is LinkPurpose.RENEW
                self.change_link(tx, link, revoked_at=tx.now, draft=None)
        return renewing

    def forget_links(self, tx: Transaction, registrant_id: UUID) -> None:
        """Remove the records of a registration's URLs, which hold its mail address."""
        for link in tuple(self._links.values()):
            if link.registrant_id == registrant_id:
                self.forget_link(tx, link)

    def forget_link(self, tx: Transaction, link: Link) -> None:
        """Remove the record of a URL; it is unknown from now on."""
        key = (link.department, mail_key(link.mail))
        rest = tuple(each for each in self._links_to[key] if each != link.token_hash)
        tx.write(rows.DELETE_LINK, b_token_hash=link.token_hash)
        tx.drop(self._links, link.token_hash)
        if rest:
            tx.put(self._links_to, key, rest)
        else:
            tx.drop(self._links_to, key)

    def links(self) -> tuple[Link, ...]:
        """The records of all URLs."""
        return tuple(self._links.values())

    def link(self, token: str, now: datetime) -> Link:
        """The URL's record.

        Raises:
            LinkRefused: it does not open.
        """
        found = self._links.get(token_hash(token))
        problem = rules.problem(found, now)
        if found is None:
            raise LinkRefused(LinkProblem.UNKNOWN)
        if problem is not None:
            registrant = (
                self.registry.registrant(found.registrant_id) if found.registrant_id else None
            )
            raise LinkRefused(
                problem,
                self.profile(found.department),
                use_of(found, registrant),
                registrant.expires_at if registrant else None,
            )
        return found

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


def use_of(link: Link, registrant: Registrant | None) -> LinkUse | None:
    """What a mailed URL was used for; ``None`` if it was not."""
    if link.used_at is None:
        return None
    if link.purpose is LinkPurpose.ACCOUNT:
        # Stopping sets the state at the moment that uses the URL up.
        stopped = registrant is not None and registrant.state is RegistrationState.STOPPED
        ended = stopped and registrant is not None and registrant.since == link.used_at
        return LinkUse.STOPPED if ended else LinkUse.CHANGED
    return {
        LinkPurpose.APPLY: LinkUse.APPLIED,
        LinkPurpose.CORRECT: LinkUse.CORRECTED,
        LinkPurpose.RENEW: LinkUse.RENEWED,
    }[link.purpose]


def staff_problem(defects: Iterable[FieldProblem]) -> str:
    """Defects as one text for the history."""
    return "; ".join(f"{each.path or '-'}: {each.ja}" for each in defects)
