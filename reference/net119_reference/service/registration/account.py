"""A logged-in registrant's account: its URLs by mail, and the personal call page."""

import secrets
from datetime import timedelta

from net119_protocol.codes import Refusal
from net119_protocol.directory import japan_date
from net119_protocol.profile.model import SecondDevice

from net119_reference.ports import HandsetIdentity, Refused
from net119_reference.registration import mail_texts
from net119_reference.registration.ports import (
    AccountView,
    CallPage,
    CallPageProblem,
    CallPageRefused,
    CallPageSession,
    CallPlaces,
    LinkPurpose,
)
from net119_reference.registration.record import Registrant
from net119_reference.registration.states import REGISTERED
from net119_reference.service.kernel import Transaction
from net119_reference.service.registration.office import APPLICANT, Office
from net119_reference.service.registry import Page, page_token, token_hash

LOG_IN_LASTS = timedelta(hours=1)
"""A log-in at the pages; longer than any of them takes, short for a telephone that lies about."""


class AccountDesk:
    """What a registrant does with the own account."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def _own(self, who: HandsetIdentity) -> Registrant:
        found = self._office.registry.registrant(who.registrant_id)
        if found.state not in REGISTERED:
            raise Refused(Refusal.REGISTRANT_REFUSED, f"this registration is {found.state.value}")
        return found

    async def session(self, token: str) -> HandsetIdentity:
        """Who has logged in at the pages; a log-in that is too old is ended."""
        office = self._office
        who = office.registry.handset(token)
        since = office.registry.logged_in_at(who)
        if since is None:
            raise Refused(Refusal.NOT_AUTHENTICATED, "this token is of a call page; log in")
        if office.clock.now() - since >= LOG_IN_LASTS:
            await self.log_out(who)
            raise Refused(Refusal.NOT_AUTHENTICATED, "this log-in is too old; log in again")
        return who

    async def account(self, who: HandsetIdentity, device: str = "") -> AccountView:
        """The own account, seen from a device."""
        found = self._own(who)
        page = self._office.registry.page_of(who.registrant_id)
        profile = self._office.profile(found.department)
        starts = profile.service_starts
        to_come = starts is not None and japan_date(self._office.clock.now()) < starts
        return AccountView(
            registrant_id=found.registrant_id,
            name=found.data.name,
            mail=found.data.mail,
            profile=profile,
            state=found.state,
            reason=found.reason,
            expires_at=found.expires_at,
            has_call_page=page is not None,
            call_page_made_at=page.created_at if page else None,
            call_page_here=page is not None and page.device_hash == token_hash(device),
            terms_accepted=found.terms_version or None,
            starts_on=starts if to_come else None,
        )

    async def call_places(self, who: HandsetIdentity) -> CallPlaces:
        """The registered places that a call may be about, as the own pages show them."""
        data = self._own(who).data
        frequent = () if data.optional is None else data.optional.frequent_places
        return CallPlaces(data.address, frequent)

    async def ask_account_mail(self, who: HandsetIdentity) -> None:
        """Mail the URL for change or stop to the address on record (TOM-26)."""

        def ask(tx: Transaction) -> None:
            office = self._office
            found = self._own(who)
            if office.mailed_too_often(found.department, found.data.mail, tx.now):
                raise Refused(
                    Refusal.TOO_MANY,
                    "several mails were sent already; use the newest, or ask again in an hour",
                )
            url, link = office.issue(
                tx,
                LinkPurpose.ACCOUNT,
                found.department,
                found.data.mail,
                goes_on=True,
                registrant_id=found.registrant_id,
            )
            profile = office.profile(found.department)
            office.tell(
                tx, found, mail_texts.account_link(profile, found.data.name, url, link.expires_at)
            )

        await self._office.kernel.run(ask)

    async def new_call_page(self, who: HandsetIdentity, device: str) -> CallPage:
        """A call page for one device; a second one as the profile says (CNB-10)."""
        if len(device) < 16:
            raise Refused(Refusal.INVALID, "the device's key is too short", field="device")
        secret = secrets.token_urlsafe(32)

        def make(tx: Transaction) -> CallPage:
            office = self._office
            found = self._own(who)
            profile = office.profile(found.department)
            former = office.registry.page_of(found.registrant_id)
            other = former is not None and former.device_hash != token_hash(device)
            if other and profile.second_device is SecondDevice.REFUSED:
                raise Refused(
                    Refusal.FORBIDDEN,
                    "another device has the call page; end that one first, or ask the department",
                    field="device",
                )
            why = CallPageProblem.REPLACED if other else CallPageProblem.REVOKED
            office.registry.revoke_page(tx, found.registrant_id, why)
            office.registry.add_page(
                tx,
                Page(
                    token_hash(secret),
                    found.registrant_id,
                    token_hash(device),
                    tx.now,
                    session_hash=token_hash(page_token(secret, device)),
                ),
            )
            what = "call-page-replaced" if other else "call-page"
            office.history(tx, found.registrant_id, APPLICANT, what)
            if other:
                office.tell(tx, found, mail_texts.page_replaced(profile, found.data.name))
            return CallPage(secret=secret, replaced=other)

        return await self._office.kernel.run(make)

    async def open_call_page(self, secret: str, device: str) -> CallPageSession:
        """Who a call page belongs to, with the token for its calls."""
        registry = self._office.registry
        page = registry.page(secret)
        if page is None:
            raise CallPageRefused(CallPageProblem.UNKNOWN)
        found = registry.registrant(page.registrant_id)
        profile = self._office.profile(found.department)
        if page.revoked_why is not None:
            raise CallPageRefused(CallPageProblem(page.revoked_why), profile)
        if found.state not in REGISTERED:
            raise CallPageRefused(CallPageProblem.ENDED, profile)
        if page.device_hash != token_hash(device):
            raise CallPageRefused(CallPageProblem.OTHER_DEVICE, profile)
        if page.session_hash is None:
            raise CallPageRefused(CallPageProblem.REVOKED, profile)
        who = HandsetIdentity(found.registrant_id, found.department, page.session_hash)
        return CallPageSession(who, page_token(secret, device))

    async def revoke_call_page(self, who: HandsetIdentity) -> None:
        """End the call page."""

        def revoke(tx: Transaction) -> None:
            found = self._own(who)
            if self._office.registry.revoke_page(tx, found.registrant_id, CallPageProblem.REVOKED):
                self._office.history(tx, found.registrant_id, APPLICANT, "call-page-revoked")

        await self._office.kernel.run(revoke)

    async def log_out(self, who: HandsetIdentity) -> None:
        """End this log-in."""
        await self._office.kernel.run(
            lambda tx: self._office.registry.drop_token(tx, who.token_hash)
        )
