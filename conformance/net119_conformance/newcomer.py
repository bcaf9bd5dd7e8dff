"""Somebody who registers with the department of a purpose, through mail and mailed URLs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from net119_protocol.api.problems import Problem
from net119_protocol.api.records import Decision, Defect, PaperApplication, RegistrationRecord
from net119_protocol.application import Application, Basis
from net119_simulators.applications import Applying, make_applying
from net119_simulators.errors import CallRefused, UnexpectedAnswer
from net119_simulators.mailbox import Draft, Letter
from net119_simulators.registration import Account, Applicant, MailedKeys, Shown, keys_in
from net119_simulators.registration.acts import Problems
from net119_simulators.registration.urls import mailed_url

from net119_conformance.drivers.staff import Staff
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import World

DONE = "done"
GROWN_UP = date(1980, 2, 29)
_LOOK_EVERY_S = 0.05
_ON_ITS_WAY = frozenset({"queued", "deferred"})


def today() -> date:
    """The day it is in Japan."""
    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Tokyo")).date()


def application_address(w: World) -> str:
    """Where an empty mail starts an application with the purpose's department."""
    return read_profile(w.home).mail.application or ""


def applying(w: World, name: str = "1", *, basis: Basis = Basis.LIVES) -> Applying:
    """A complete application of a grown-up, from a mail address of its own."""
    made = make_applying(read_profile(w.home), f"{w.home.department}/{name}", today(), basis=basis)
    address = f"person{name}@{w.home.department}.phone.example"
    grown = made.application.model_copy(update={"guardian": None})
    return Applying(changed(grown, mail=address, birth_date=GROWN_UP), made.image)


def changed(application: Application, **data: Any) -> Application:
    """The application with other data."""
    return application.model_copy(update={"data": application.data.model_copy(update=data)})


def is_link(letter: Letter) -> bool:
    """Whether a mail holds one mailed URL."""
    try:
        mailed_url(letter.urls)
    except UnexpectedAnswer:
        return False
    return True


def holds_keys(letter: Letter) -> bool:
    """Whether a mail holds ID and password."""
    try:
        keys_in(letter.text, letter.urls)
    except UnexpectedAnswer:
        return False
    return True


class Newcomer:
    """One person: reads the own mail, opens what it says, and applies.

    Steps that must succeed before anything can be judged end the purpose as inconclusive.
    """

    def __init__(self, w: World, name: str = "1", *, told: Applying | None = None) -> None:
        self.w = w
        self.name = name
        self.told = told or applying(w, name)
        self._hand: Applicant | None = None
        self._read = 0

    @property
    def mail(self) -> str:
        """The address that mail to this person goes to."""
        return self.told.application.data.mail

    @property
    def application(self) -> Application:
        """What the person tells the department."""
        return self.told.application

    # --- mail -----------------------------------------------------------------------------------

    async def write(self, **draft: Any) -> None:
        """Send a mail, by default the empty one, to the application address."""
        wanted = {"sender": self.mail, "to": application_address(self.w), **draft}
        await self.w.send_mail(Draft(**wanted))

    async def letters(self) -> Sequence[Letter]:
        """All mail that has come."""
        return await self.w.letters(self.mail)

    async def next_letter(self, wanted: Callable[[Letter], bool] = lambda _: True) -> Letter:
        """The next mail that fits and was not returned here before; later ones stay unread."""
        letter = await self.w.letter(self.mail, wanted, after=self._read)
        found = await self.letters()
        self._read = next(
            n for n, each in enumerate(found, 1) if n > self._read and each.raw == letter.raw
        )
        return letter

    async def all_read(self) -> None:
        """What has come until now is read: `next_letter` looks for what comes after it."""
        self._read = len(await self.letters())

    async def next_url(self) -> str:
        """The mailed URL in the next mail that holds one."""
        return mailed_url((await self.next_letter(is_link)).urls)

    # --- mailed URLs ----------------------------------------------------------------------------

    async def hand(self) -> Applicant:
        """What opens mailed URLs."""
        if self._hand is None:
            self._hand = await self.w.applicant()
        return self._hand

    async def open(self, url: str) -> Shown:
        """Open a mailed URL."""
        return await (await self.hand()).open(url)

    async def begin(self) -> Shown:
        """From the empty mail to the opened URL of the answer."""
        await self.write()
        with self.w.trial.waiting("the mail with the URL of the application"):
            return await self.open(await self.next_url())

    async def agree(self) -> None:
        """Agree to the terms, and hand the image in if one is needed."""
        hand = await self.hand()
        await hand.accept_terms()
        if self.told.image is not None:
            wrong = await hand.attach_image(self.told.image)
            self.w.trial.require("the identity image is taken", not wrong)

    async def enter(self, application: Application | None = None) -> Problems:
        """Agree to the terms, hand the image in, and fill the form in."""
        await self.agree()
        return await (await self.hand()).fill(application or self.application)

    async def apply(self) -> None:
        """The whole application, from the empty mail to its submission."""
        await self.begin()
        wrong = (*await self.enter(), *await (await self.hand()).submit())
        codes = [f"{each.path}: {each.code}" for each in wrong]
        self.w.trial.require(f"the complete application is taken {codes}", not wrong)

    # --- the department -------------------------------------------------------------------------

    async def record(self, staff: Staff, purpose: str = "審査") -> RegistrationRecord:
        """The person's registration as staff see it."""
        return await staff.record(await self.registrant_id(staff), purpose)

    async def registrant_id(self, staff: Staff) -> UUID:
        """The person's registration in the list of staff."""
        rows = [row for row in await staff.rows(query=self.mail) if row.mail == self.mail]
        return self.w.trial.require("the registration is in the list", rows)[-1].registrant_id

    async def settled(self, staff: Staff) -> RegistrationRecord:
        """The record, once no mail to the person is on its way any more; all mail is read."""
        with self.w.trial.waiting("mail on its way"):
            async with asyncio.timeout(self.w.patience):
                while True:
                    record = await self.record(staff)
                    if not any(each.status in _ON_ITS_WAY for each in record.mails):
                        break
                    await asyncio.sleep(_LOOK_EVERY_S)
        await self.all_read()
        return record

    async def decided(
        self,
        staff: Staff,
        decision: Decision,
        reason: str = "",
        defects: tuple[Defect, ...] = (),
    ) -> RegistrationRecord:
        """Have staff decide, with all earlier mail read."""
        return await staff.decide(await self.settled(staff), decision, reason, defects)

    async def registered(self, staff: Staff) -> MailedKeys:
        """Apply and be approved; the keys of the completion mail."""
        await self.apply()
        await self.decided(staff, Decision.APPROVE)
        with self.w.trial.waiting("the completion mail"):
            letter = await self.next_letter(holds_keys)
        return keys_in(letter.text, letter.urls)

    async def registered_on_paper(self, staff: Staff) -> MailedKeys:
        """Have the paper form keyed in and approved; the keys of the completion mail."""
        form = PaperApplication(
            application=self.application,
            consent_signed=True,
            received_on=today(),
            terms_version=read_profile(self.w.home).terms.version,
        )
        await staff.key_in(form)
        await self.decided(staff, Decision.APPROVE)
        with self.w.trial.waiting("the completion mail"):
            letter = await self.next_letter(holds_keys)
        return keys_in(letter.text, letter.urls)

    async def logged_in(self, staff: Staff, *, on_paper: bool = False) -> Account:
        """Be registered, by mail and web or on paper, and log in."""
        register = self.registered_on_paper if on_paper else self.registered
        account = await self.w.account(await register(staff))
        await account.log_in()
        return account

    async def account_url(self, account: Account) -> str:
        """The mailed URL for change or stop, asked for from the menu."""
        await self.all_read()
        await account.ask_account_mail()
        with self.w.trial.waiting("the mail with the URL for change or stop"):
            return await self.next_url()


def alike(one: Application | None, other: Application) -> bool:
    """Whether two applications say the same; a position is confirmed if nothing else is said."""
    if one is None:
        return False
    same = [
        changed(each, address=each.data.address.model_copy(update={"position_confirmed": sure}))
        for each in (one, other)
        for sure in (each.data.address.position_is_confirmed,)
    ]
    return same[0] == same[1]


def is_address_of(shown: str, mail: str) -> bool:
    """Whether this is the mail address; a page may show the start of its local part only."""
    local, _, domain = shown.rpartition("@")
    start = local.removesuffix("***")
    return shown == mail or (
        start != local and bool(start) and mail.startswith(start) and mail.endswith(f"@{domain}")
    )


async def answer_to(work: Awaitable[object]) -> str:
    """What the SUT said to a request: ``done``, the code of its refusal, or what was wrong."""
    try:
        await work
    except CallRefused as refusal:
        return refusal.code.value
    except UnexpectedAnswer as wrong:
        return str(wrong)
    return DONE


async def refusal_of(work: Awaitable[object]) -> Problem | None:
    """The problem document of a refusal; ``None`` if what was asked for was done."""
    try:
        await work
    except CallRefused as refusal:
        return refusal.problem
    return None


def listed(problems: Problems) -> list[str]:
    """What is wrong with an application, for a report."""
    return [f"{each.path or '-'}: {each.code}" for each in problems]
