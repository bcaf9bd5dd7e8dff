"""What an applicant or registrant does through a mailed URL."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_protocol.directory import japan_date
from net119_protocol.profile import check
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Item, Profile

from net119_reference.ports import Refused
from net119_reference.registration import entries, mail_texts, problems
from net119_reference.registration.changes import changes, changes_device
from net119_reference.registration.expiry import new_expiry
from net119_reference.registration.links import FORMS, Link
from net119_reference.registration.ports import (
    CallPageProblem,
    LinkProblem,
    LinkPurpose,
    LinkRefused,
    LinkView,
    NotAccepted,
)
from net119_reference.registration.record import Registrant, details_of
from net119_reference.registration.states import CAN_CALL, REGISTERED, Act
from net119_reference.registration.visibility import changed_items, remains_keyed_in
from net119_reference.service.kernel import Transaction
from net119_reference.service.registration.images import ImageStore
from net119_reference.service.registration.office import APPLICANT, Office


class Applicants:
    """Mailed URLs: the form, the image, the submission, stopping and renewing."""

    def __init__(self, office: Office, images: ImageStore) -> None:
        self._office = office
        self._images = images

    async def open_link(self, token: str) -> LinkView:
        """What a mailed URL shows."""
        link = self._office.link(token, self._office.clock.now())
        registrant = self._registrant(link)
        application = link.draft or (registrant.application if registrant else None)
        if link.draft is None and registrant is not None and registrant.proposal is not None:
            application = registrant.proposal
        terms = link.terms_version
        if terms is None and registrant is not None:
            terms = registrant.terms_version
        return LinkView(
            purpose=link.purpose,
            profile=self._office.profile(link.department),
            mail=link.mail,
            mail_is_fixed=self._proves_mail(link),
            expires_at=link.expires_at,
            terms_accepted=terms or None,
            application=application,
            drafted=link.draft is not None,
            registered=registrant.application if registrant else None,
            entries=link.entries,
            defects=link.defects,
            has_image=self._images.has(link.registrant_id, link.token_hash),
            has_own_image=self._images.has(None, link.token_hash),
            expires_on=registrant.expires_at if registrant else None,
            state=registrant.state if registrant else None,
            registrant_name=registrant.data.name if registrant else "",
        )

    def _registrant(self, link: Link) -> Registrant | None:
        if link.registrant_id is None:
            return None
        return self._office.registry.registrant(link.registrant_id)

    def _proves_mail(self, link: Link) -> bool:
        """Whether the address must be the one that the URL was mailed to.

        So it is until the log-in has been mailed there; who is registered may change it (CNB-32).
        """
        registrant = self._registrant(link)
        return registrant is None or registrant.approved_at is None

    def _link(self, token: str, now: datetime, purposes: frozenset[LinkPurpose]) -> Link:
        link = self._office.link(token, now)
        if link.purpose not in purposes:
            names = ", ".join(sorted(purposes))
            raise Refused(
                Refusal.WRONG_STATE, f"this URL is for '{link.purpose.value}', not for {names}"
            )
        return link

    async def accept_terms(self, token: str, version: str) -> None:
        """Record the accepted version of the terms (TOM-09, CNB-43)."""

        def accept(tx: Transaction) -> None:
            link = self._link(token, tx.now, FORMS)
            offered = self._office.profile(link.department).terms.version
            if version != offered:
                raise Refused(
                    Refusal.INVALID,
                    f"the terms in force have version {offered}, not {version}; read them again",
                    field="version",
                )
            self._office.change_link(tx, link, terms_version=version, terms_at=tx.now)

        await self._office.kernel.run(accept)

    async def attach_image(self, token: str, content: bytes) -> None:
        """Keep the identity image; ImageRefused says what is wrong with it."""
        now = self._office.clock.now()
        link = self._link(token, now, FORMS)
        profile = self._office.profile(link.department)
        if not profile.asks(Item.IDENTITY_IMAGE):
            raise Refused(
                Refusal.INVALID, f"{profile.department} asks for no identity image", field="image"
            )
        name, sealed = await self._images.seal(content, link.token_hash, now)

        def attach(tx: Transaction) -> None:
            still = self._link(token, tx.now, FORMS)
            self._images.keep(tx, still.department, still.token_hash, name, sealed)

        await self._office.kernel.run(attach)

    async def keep_draft(self, token: str, application: Application) -> tuple[FieldProblem, ...]:
        """Keep what was entered; returns what is wrong with it."""

        def keep(tx: Transaction) -> tuple[FieldProblem, ...]:
            link = self._link(token, tx.now, FORMS)
            draft = application
            if self._proves_mail(link):
                data = draft.data.model_copy(update={"mail": link.mail})
                draft = draft.model_copy(update={"data": data})
            link = self._office.change_link(tx, link, draft=draft)
            return self._problems(link, tx.now)

        return await self._office.kernel.run(keep)

    async def keep_entries(
        self, token: str, fields: Mapping[str, object]
    ) -> tuple[FieldProblem, ...]:
        """Keep what was typed, readable or not; returns everything that is wrong with it."""
        typed = entries.kept({name: text for name, text in fields.items() if isinstance(text, str)})
        if sum(len(name) + len(text) for name, text in typed.items()) > entries.MOST_CHARACTERS:
            raise Refused(
                Refusal.TOO_LARGE,
                f"the form holds more than {entries.MOST_CHARACTERS} characters; shorten the texts",
            )

        def keep(tx: Transaction) -> tuple[FieldProblem, ...] | LinkRefused:
            refused = None
            try:
                link = self._link(token, tx.now, FORMS)
            except LinkRefused as closed:
                # A newer mail came while the form was being filled in: nothing of it is lost.
                if (newer := self._office.newer(token)) is None:
                    raise
                link, refused = newer, closed
            found = self._read(link, fields, tx.now)
            link = self._office.change_link(tx, link, draft=found.application, entries=typed)
            return refused or (*found.problems, *self._clashes(link))

        kept = await self._office.kernel.run(keep)
        if isinstance(kept, LinkRefused):
            # Not raised within: what a command that raises has written is not stored.
            raise kept
        return kept

    def _read(self, link: Link, fields: Mapping[str, object], now: datetime) -> entries.Reading:
        own = {"data.mail": link.mail} if self._proves_mail(link) else {}
        registrant = self._registrant(link)
        return entries.read(
            {**fields, **own},
            self._office.profile(link.department),
            self._office.jurisdiction.index,
            japan_date(now),
            has_image=self._is_pictured(link),
            before=registrant.data.address if registrant else None,
        )

    async def draft_problems(self, token: str) -> tuple[FieldProblem, ...]:
        """Everything that keeps the draft from being submitted, but for the terms."""
        now = self._office.clock.now()
        link = self._link(token, now, FORMS)
        if link.entries is None:
            return self._problems(link, now)
        return (*self._read(link, link.entries, now).problems, *self._clashes(link))

    async def own_image(self, token: str) -> bytes:
        """The image attached through the URL."""
        link = self._link(token, self._office.clock.now(), FORMS)
        found = await self._images.read_draft(link.token_hash)
        if found is None:
            raise Refused(Refusal.NOT_FOUND, "no image has been attached through this URL")
        return found

    def _problems(self, link: Link, now: datetime) -> tuple[FieldProblem, ...]:
        """Everything that keeps a draft from being submitted, but for the terms."""
        if link.draft is None:
            return (problems.NOTHING,)
        profile = self._office.profile(link.department)
        pictured = self._is_pictured(link)
        found = check.problems(profile, link.draft, japan_date(now), has_image=pictured)
        return (*found, *self._clashes(link))

    def _is_pictured(self, link: Link) -> bool:
        """Whether the department has seen, or will see, an image that proves identity."""
        registrant = self._registrant(link)
        # Who is registered has proved it before; the image may be deleted by now.
        approved = registrant is not None and registrant.approved_at is not None
        return approved or self._images.has(link.registrant_id, link.token_hash)

    def _clashes(self, link: Link) -> tuple[FieldProblem, ...]:
        """Where a draft and what is on record do not go together."""
        if link.draft is None:
            return ()
        found = []
        registrant = self._registrant(link)
        other = self._office.registry.with_mail(link.department, link.draft.data.mail)
        if other is not None and other is not registrant:
            found.append(problems.DUPLICATE_MAIL)
        known = registrant.data.mail if registrant else None
        if never := self._office.mail_problem(link.draft.data.mail, known):
            found.append(never)
        unchanged = registrant is not None and not changes(registrant.application, link.draft)
        if unchanged and link.purpose is LinkPurpose.ACCOUNT:
            found.append(problems.UNCHANGED)
        return tuple(found)

    async def submit(self, token: str) -> None:
        """Hand the draft in."""
        await self._office.kernel.run(lambda tx: self._submit(tx, token))

    def _submit(self, tx: Transaction, token: str) -> None:
        link = self._link(token, tx.now, FORMS)
        profile = self._office.profile(link.department)
        registrant = self._registrant(link)
        accepted = link.terms_version or (registrant.terms_version if registrant else "")
        if accepted != profile.terms.version:
            raise NotAccepted((problems.TERMS,))
        wrong = self._problems(link, tx.now)
        if wrong or link.draft is None:
            raise NotAccepted(wrong or (problems.NOTHING,))
        if registrant is None:
            registrant = self._apply(tx, link, profile, link.draft)
        elif registrant.state is RegistrationState.RETURNED:
            registrant = self._office.act(
                tx,
                self._consent(tx, link, registrant),
                Act.CORRECT,
                APPLICANT,
                data=link.draft.data,
                details=details_of(link.draft),
                keyed_in=remains_keyed_in(
                    registrant.application, link.draft, profile, keyed_in=registrant.keyed_in
                ),
                defects=(),
            )
            self._office.tell(tx, registrant, mail_texts.received(profile, registrant.data.name))
        else:
            agreed = self._consent(tx, link, registrant)
            registrant = self.apply_change(tx, agreed, link.draft, APPLICANT)
        self._images.claim(tx, link.token_hash, registrant.registrant_id)
        self._office.change_link(
            tx, link, used_at=tx.now, draft=None, registrant_id=registrant.registrant_id
        )

    def _consent(self, tx: Transaction, link: Link, before: Registrant) -> Registrant:
        """Note the version of the terms accepted through the URL: it holds from now on (CNB-43)."""
        version = link.terms_version
        if version is None or version == before.terms_version:
            return before
        what = f"terms {version} accepted at {link.terms_at or tx.now}"
        self._office.history(tx, before.registrant_id, APPLICANT, "terms-accepted", what)
        return self._office.registry.change(tx, before, terms_version=version)

    def _apply(
        self, tx: Transaction, link: Link, profile: Profile, draft: Application
    ) -> Registrant:
        office = self._office
        found = office.registry.add(
            tx,
            Registrant(
                registrant_id=uuid4(),
                department=link.department,
                state=RegistrationState.APPLIED,
                data=draft.data,
                applied_at=tx.now,
                since=tx.now,
                details=details_of(draft),
                terms_version=link.terms_version or "",
            ),
        )
        accepted = f"terms {found.terms_version} accepted at {link.terms_at or tx.now}"
        office.history(tx, found.registrant_id, APPLICANT, "applied", accepted)
        office.tell(tx, found, mail_texts.received(profile, found.data.name))
        return found

    def apply_change(
        self,
        tx: Transaction,
        before: Registrant,
        proposal: Application,
        actor: str,
        told: str = "",
        *,
        new_device: bool = False,
    ) -> Registrant:
        """A change is applied for; a device change blocks the old device at once (ASO-12).

        ``told`` is what a paper form says besides, ``new_device`` that it says so itself.
        """
        office = self._office
        profile = office.profile(before.department)
        present, keyed_in = before.application, before.keyed_in
        if actor == APPLICANT:
            keyed_in = remains_keyed_in(present, proposal, profile, keyed_in=keyed_in)
        items = ", ".join(changed_items(present, proposal, profile, keyed_in=keyed_in))
        what = "; ".join(text for text in (items, told) if text)
        new_device = new_device or changes_device(before.application, proposal)
        blocked = profile.device_change_blocks_old and new_device
        found = office.act(
            tx,
            before,
            Act.APPLY_CHANGE,
            actor,
            what,
            proposal=proposal,
            keyed_in=keyed_in,
            defects=(),
            device_blocked=blocked or before.device_blocked,
        )
        if blocked:
            office.registry.shut_out(tx, found.registrant_id, CallPageProblem.DEVICE_CHANGE)
        office.tell(tx, found, mail_texts.change_received(profile, found.data.name))
        return found

    async def stop(self, token: str) -> None:
        """End the registration (TOM-21, TOM-22)."""

        def stop(tx: Transaction) -> None:
            link = self._link(token, tx.now, frozenset({LinkPurpose.ACCOUNT}))
            registrant = self._registrant(link)
            if registrant is None or registrant.state not in REGISTERED:
                raise LinkRefused(LinkProblem.REVOKED, self._office.profile(link.department))
            found = self._office.act(
                tx, registrant, Act.STOP, APPLICANT, password_hash=None, proposal=None
            )
            self._office.change_link(tx, link, used_at=tx.now, draft=None)
            self._office.revoke_links(tx, found.registrant_id)
            self._office.registry.shut_out(tx, found.registrant_id, CallPageProblem.ENDED)
            profile = self._office.profile(found.department)
            self._office.tell(tx, found, mail_texts.stopped(profile, found.data.name))

        await self._office.kernel.run(stop)

    async def renew(self, token: str) -> datetime:
        """Go on by opening the mailed URL (ASO-13); returns the new expiry."""

        def renew(tx: Transaction) -> datetime:
            link = self._link(token, tx.now, frozenset({LinkPurpose.RENEW}))
            registrant = self._registrant(link)
            if registrant is None:
                raise LinkRefused(LinkProblem.REVOKED, self._office.profile(link.department))
            self._office.change_link(tx, link, used_at=tx.now)
            return self.prolong(tx, registrant)

        return await self._office.kernel.run(renew)

    def prolong(self, tx: Transaction, before: Registrant) -> datetime:
        """Set a new expiry.

        Raises:
            Refused: the registration has ended or is suspended, or has no expiry.
        """
        profile = self._office.profile(before.department)
        if before.state not in CAN_CALL:
            raise Refused(
                Refusal.WRONG_STATE,
                f"this registration is {before.state.value}; ask the department",
            )
        expires = new_expiry(profile.validity, tx.now)
        if expires is None:
            raise Refused(Refusal.WRONG_STATE, "this registration has no expiry")
        found = self._office.act(
            tx,
            before,
            Act.RENEW,
            APPLICANT,
            f"until {expires.isoformat()}",
            expires_at=expires,
            reminded="",
        )
        text = mail_texts.renewed(profile, found.data.name, expires)
        self._office.tell(tx, found, text, service=True)
        return expires
