"""What staff do at the counter: withdrawals on paper, new passwords, disclosures outside a call."""

import asyncio
from uuid import UUID

from net119_protocol.codes import Refusal
from net119_protocol.directory import japan_date

from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration import mail_texts, problems
from net119_reference.registration.ports import (
    CallPageProblem,
    Disclosure,
    NotAccepted,
    WithdrawalForm,
)
from net119_reference.registration.roles import Right, require
from net119_reference.registration.states import REGISTERED, Act
from net119_reference.service.kernel import Transaction
from net119_reference.service.passwords import GENERATED, new_password
from net119_reference.service.registration.office import Office
from net119_reference.service.registration.review import LOG_IN_PATH, Review

TEXT_LIMIT = 200


class Counter:
    """Acts of staff for a person who came, wrote or was in need."""

    def __init__(self, office: Office, review: Review) -> None:
        self._office = office
        self._review = review

    async def withdraw(
        self, who: StaffIdentity, registrant_id: UUID, version: int, form: WithdrawalForm
    ) -> None:
        """End a registration by the signed form (CNB-50); like a stop, it needs no review."""
        require(who, Right.KEY_IN)
        _check("number", form.number, required=False)
        _check("note", form.note, required=False)

        def withdraw(tx: Transaction) -> None:
            office = self._office
            before = office.of_version(who, registrant_id, version)
            wrong = [] if form.signed else [problems.WITHDRAWAL_SIGNED]
            if form.received_on > japan_date(tx.now):
                wrong.append(problems.RECEIVED_ON)
            if wrong:
                raise NotAccepted(tuple(wrong))
            said = [f"form received on {form.received_on.isoformat()}"]
            said += [f"number {form.number.strip()}"] if form.number.strip() else []
            said += [form.note.strip()] if form.note.strip() else []
            found = office.act(
                tx,
                before,
                Act.WITHDRAW,
                who.name,
                "; ".join(said),
                password_hash=None,
                proposal=None,
            )
            self._review.end(tx, found)
            profile = office.profile(found.department)
            office.tell(tx, found, mail_texts.stopped(profile, found.data.name))

        await self._office.kernel.run(withdraw)

    async def issue_password(
        self, who: StaffIdentity, registrant_id: UUID, version: int, *, device_lost: bool
    ) -> None:
        """Mail a new password to the address on record; every log-in so far ends."""
        require(who, Right.KEY_IN)
        password = new_password()
        hashed = await asyncio.to_thread(GENERATED.hash, password)

        def issue(tx: Transaction) -> None:
            office, registry = self._office, self._office.registry
            before = office.of_version(who, registrant_id, version)
            if before.state not in REGISTERED or before.login_id is None:
                raise Refused(
                    Refusal.WRONG_STATE,
                    f"this registration is {before.state.value}; it has no log-in to renew",
                )
            found = registry.change(tx, before, password_hash=hashed)
            registry.end_log_ins(tx, registrant_id)
            lost = device_lost and registry.revoke_page(tx, registrant_id, CallPageProblem.REVOKED)
            office.history(tx, registrant_id, who.name, "password-issued")
            if lost:
                office.history(tx, registrant_id, who.name, "call-page-revoked", "device lost")
            profile = office.profile(found.department)
            url = f"{office.public_url}{LOG_IN_PATH}"
            letter = mail_texts.new_password(
                profile, found.data.name, url, before.login_id, password, page_ended=lost
            )
            # Nobody else knows the password: where it cannot be mailed, the old one stays.
            if not office.tell(tx, found, letter):
                raise Refused(
                    Refusal.WRONG_STATE,
                    "the new password cannot be mailed to the address on record, so the old one "
                    "stays; switch mail on, or enter a change of the address first",
                    field="data.mail",
                )

        await self._office.kernel.run(issue)

    async def record_disclosure(
        self, who: StaffIdentity, registrant_id: UUID, disclosure: Disclosure
    ) -> None:
        """Write into the audit log to whom which data were given, and why (CNB-21)."""
        require(who, Right.READ)
        _check("to", disclosure.to)
        _check("why", disclosure.why)
        if not disclosure.items:
            raise Refused(Refusal.INVALID, "name the items that were given", field="items")
        items = ", ".join(dict.fromkeys(item.value for item in disclosure.items))

        def record(tx: Transaction) -> None:
            office = self._office
            office.registry.of_department(who, registrant_id)
            office.audit(
                tx,
                who.department,
                who.name,
                "disclosed",
                registrant_id,
                disclosure.why.strip(),
                f"to {disclosure.to.strip()}: {items}",
            )

        await self._office.kernel.run(record)


def _check(field: str, text: str, *, required: bool = True) -> None:
    if required and not text.strip():
        raise Refused(Refusal.INVALID, f"'{field}' is empty; fill it in", field=field)
    if len(text) > TEXT_LIMIT:
        raise Refused(
            Refusal.TOO_LONG,
            f"'{field}' has {len(text)} characters, {TEXT_LIMIT} at most",
            field=field,
        )
