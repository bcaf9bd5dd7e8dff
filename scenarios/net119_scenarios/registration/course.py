"""Acts a registration out, step by step, and sees of each step whether it happened."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

from net119_protocol.api.admin import StaffRole
from net119_protocol.directory import japan_date
from net119_protocol.profile.model import Item
from net119_protocol.profile.words import ITEMS
from net119_simulators.errors import SimulatorError, Waited
from net119_simulators.identity_card import CAMERA
from net119_simulators.mailbox import Draft, Letter, send_mail
from net119_simulators.mailbox.sending import MailNotTaken
from net119_simulators.pages.applicant import ApplicantAtPages
from net119_simulators.pages.errors import PageNotShown
from net119_simulators.pages.page import Page
from net119_simulators.pages.registrant import RegistrantAtPages
from net119_simulators.pages.staff import Paper, StaffAtPages, row_of
from net119_simulators.registration.urls import MailedKeys, keys_in, mailed_url

from net119_scenarios.registration.plan import RegisterRequest, RegistrationPlan, plan_registration
from net119_scenarios.registration.stage import CLERK, REVIEWER, RegistrationStage
from net119_scenarios.registration.steps import EXPECTED, Failed, Step, Taken
from net119_scenarios.result import Result
from net119_scenarios.words import Words

Tell = Callable[[Taken | Failed], None]
Details = Mapping[str, Any]

MAIL_WITHIN_S = 30.0


class NotAsExpected(Exception):
    """A step led somewhere, but not to what must be seen; the text is what was seen."""


async def act_registration(
    request: RegisterRequest,
    introduce: Callable[[RegistrationPlan], None],
    started: Callable[[RegistrationStage], None],
    tell: Tell,
) -> Result:
    """Play one registration on a stage of its own.

    ``introduce`` gets the plan before anything is started, ``started`` the stage once it stands,
    ``tell`` each step as it is seen, and at last the one that failed, if any.

    Raises:
        KeyError: the department has no profile; nothing was started.
        SimulatorError: the stage could not be set up. What goes wrong after that is in the result.
    """
    plan = plan_registration(request, japan_date(datetime.now(UTC)))
    introduce(plan)
    async with RegistrationStage(plan.department) as stage:
        started(stage)
        return await _Course(plan, stage, tell).run()


class _Course:
    def __init__(self, plan: RegistrationPlan, stage: RegistrationStage, tell: Tell) -> None:
        self._plan = plan
        self._stage = stage
        self._tell = tell
        self._seen: list[Step] = []
        self._failed: Failed | None = None
        data = plan.person.application.data
        self._mail, self._name = data.mail, data.name
        self._letters = 0
        self._url = ""
        self._keys = MailedKeys("", "", "")
        self._applicant: ApplicantAtPages | None = None
        self._registrant: RegistrantAtPages | None = None
        self._reviewer: StaffAtPages | None = None

    async def run(self) -> Result:
        """Take every step; the first that fails ends it."""
        acts: Mapping[Step, Callable[[], Coroutine[Any, Any, Details]]] = {
            Step.EMPTY_MAIL: self._empty_mail,
            Step.URL_MAIL: self._url_mail,
            Step.TERMS: self._terms,
            Step.FORM: self._form,
            Step.IMAGE: self._image,
            Step.CONFIRM: self._confirm,
            Step.SUBMIT: self._submit,
            Step.RECEIVED_MAIL: self._received_mail,
            Step.STAFF_LOG_IN: self._staff_log_in,
            Step.KEY_IN: self._key_in,
            Step.REVIEW: self._review,
            Step.APPROVE: self._approve,
            Step.COMPLETION_MAIL: self._completion_mail,
            Step.LOG_IN: self._log_in,
            Step.CALL_PAGE: self._call_page,
        }
        for step in self._plan.steps:
            await asyncio.sleep(self._plan.request.pace_s)
            try:
                details = await acts[step]()
            except (NotAsExpected, SimulatorError, MailNotTaken) as wrong:
                self._failed = Failed(step, _seen(wrong))
                self._tell(self._failed)
                break
            self._seen.append(step)
            self._tell(Taken(step, datetime.now(UTC), details))
        return self._result()

    def _result(self) -> Result:
        department = self._plan.profile.name
        result = Result(
            Words(
                f"{self._name}さんの{department.ja}への登録が完了しました。通報ページからは"
                "まだ通報できません。端末用APIは、この通報ページで通報を受け付けます。",
                f"{self._name} is registered with {department.en}. The call page itself cannot "
                "place a call yet; the handset API takes calls with it.",
            )
        )
        for step in self._plan.steps:
            words, failed = EXPECTED[step], self._failed
            if step in self._seen or (failed is not None and failed.step is step):
                seen = failed.seen if failed is not None else ""
                result.check(step.value, step in self._seen, words.ja, words.en, seen)
            else:
                result.not_reached(step.value, words.ja, words.en)
        return result

    # --- mail -----------------------------------------------------------------------------------

    async def _letter(self, wanted: Callable[[Letter], bool]) -> Letter:
        """The next mail, which must be the one wanted, from the right sender."""
        letter = await self._stage.boxes.wait_for_letter(
            self._mail, after=self._letters, within=MAIL_WITHIN_S
        )
        self._letters += 1
        sender = self._plan.profile.mail.registration_sender
        if letter.sender != sender or letter.envelope_from != sender:
            raise NotAsExpected(f"a mail from {letter.sender}, not from {sender}")
        if not wanted(letter):
            raise NotAsExpected(f"mail 「{letter.subject}」: {letter.text[:200]}")
        return letter

    async def _empty_mail(self) -> Details:
        to = self._plan.profile.mail.application or ""
        await send_mail(Draft(self._mail, to), self._stage.address, self._stage.inbound_port)
        return {"sender": self._mail, "to": to}

    async def _url_mail(self) -> Details:
        letter = await self._letter(lambda each: "/r/" in each.text)
        self._url = mailed_url(letter.urls)
        return {**_shown(letter), "url": without_secret(self._url)}

    async def _received_mail(self) -> Details:
        letter = await self._letter(lambda each: self._name in each.text and not each.urls)
        return _shown(letter)

    async def _completion_mail(self) -> Details:
        letter = await self._letter(lambda each: self._name in each.text)
        self._keys = keys_in(letter.text, letter.urls)
        return {**_shown(letter), "url": self._keys.url, "login_id": self._keys.login_id}

    # --- the applicant --------------------------------------------------------------------------

    def _at_pages(self) -> ApplicantAtPages:
        if self._applicant is None:
            raise RuntimeError("the applicant has opened no page")
        return self._applicant

    async def _terms(self) -> Details:
        self._applicant = ApplicantAtPages(await self._stage.browser("applicant"))
        page = (await self._applicant.open(self._url)).expect("terms")
        version = self._plan.profile.terms.version
        if version not in page.text:
            raise NotAsExpected(f"terms without their version {version}: {page.described()}")
        heading = page.headings[0] if page.headings else ""
        await self._applicant.accept_terms()
        return {"heading": heading, "version": version}

    async def _form(self) -> Details:
        person = self._plan.person
        await self._at_pages().enter(person.application)
        given = [item for item in Item if self._plan.profile.asks(item)]
        if Step.IMAGE in self._plan.steps:
            given.remove(Item.IDENTITY_IMAGE)
        else:
            await self._at_pages().go_on()
        return {"items": [{"ja": ITEMS[each].ja, "en": ITEMS[each].en} for each in given]}

    async def _image(self) -> Details:
        content = self._plan.person.image or b""
        self._at_pages().attach(content)
        await self._at_pages().go_on()
        return {"octets": len(content)}

    async def _confirm(self) -> Details:
        page = self._at_pages().page.expect("confirm")
        data = self._plan.person.application.data
        shown = {"name": data.name, "street": data.address.street, "mail": data.mail}
        missing = [text for text in shown.values() if _plain(text) not in _plain(page.text)]
        if missing:
            raise NotAsExpected(f"{', '.join(missing)} not on the page: {page.described()}")
        return shown

    async def _submit(self) -> Details:
        page = await self._at_pages().submit()
        return {"heading": page.headings[0] if page.headings else page.text[:60]}

    async def _log_in(self) -> Details:
        self._registrant = RegistrantAtPages(await self._stage.browser("registrant"))
        page = await self._registrant.log_in(self._keys)
        return {"heading": page.headings[0] if page.headings else page.text[:60]}

    async def _call_page(self) -> Details:
        if self._registrant is None:
            raise RuntimeError("nobody has logged in")
        url = await self._registrant.new_call_page()
        page = await self._registrant.open_call_page(url)
        return {"url": without_secret(url), "heading": page.headings[0] if page.headings else ""}

    # --- staff ----------------------------------------------------------------------------------

    def _desk(self) -> StaffAtPages:
        if self._reviewer is None:
            raise RuntimeError("no staff have logged in")
        return self._reviewer

    async def _staff_log_in(self) -> Details:
        paper = Step.KEY_IN in self._plan.steps
        name = CLERK if paper else REVIEWER
        roles = (StaffRole.CLERK,) if paper else (StaffRole.REVIEWER,)
        self._reviewer, password = await self._stage.staff(name, *roles)
        page = await self._reviewer.log_in(self._plan.profile.department, name, password)
        return {"name": name, "heading": page.headings[0] if page.headings else ""}

    async def _key_in(self) -> Details:
        plan = self._plan
        guardian = plan.person.application.guardian
        paper = Paper(
            received_on=plan.today,
            guardian_signed=guardian is not None,
            number=f"見本-{plan.request.seed}",
        )
        page = await self._desk().key_in(plan.person.application, paper)
        if _plain(self._name) not in _plain(page.text):
            raise NotAsExpected(page.described())
        # Who keys in does not decide: another person reviews.
        self._reviewer, password = await self._stage.staff(REVIEWER, StaffRole.REVIEWER)
        await self._reviewer.log_in(plan.profile.department, REVIEWER, password)
        return {"guardian": guardian.name if guardian else "", "number": paper.number}

    async def _review(self) -> Details:
        desk, plan = self._desk(), self._plan
        page = await desk.open(row_of(await desk.queue(), self._name))
        for text in (self._name, self._mail):
            if _plain(text) not in _plain(page.text):
                raise NotAsExpected(f"{text} not on the page: {page.described()}")
        return {"sealed": self._sealed(page), "image": await self._picture(page, plan)}

    def _sealed(self, page: Page) -> bool:
        """Whether optional data stay hidden where they must (ASO-04)."""
        extra = self._plan.person.application.data.optional
        if not self._plan.sealed or extra is None:
            return False
        private = [extra.phone, extra.fax, *(each.name for each in extra.contacts)]
        shown = [text for text in private if text and text in page.text]
        if shown:
            raise NotAsExpected(f"optional data are shown before any call: {', '.join(shown)}")
        return True

    async def _picture(self, page: Page, plan: RegistrationPlan) -> int:
        """Octets of the identity image as the reviewer gets it, without the camera's data."""
        if Step.IMAGE not in plan.steps:
            return 0
        content = await self._desk().identity_image()
        if not content.startswith(b"\xff\xd8"):
            raise NotAsExpected(f"no JPEG picture on the page: {page.described()}")
        if CAMERA.encode() in content or b"Exif" in content:
            raise NotAsExpected("the picture still carries what the camera wrote (EXIF)")
        return len(content)

    async def _approve(self) -> Details:
        page = await self._desk().approve()
        return {"heading": page.headings[0] if page.headings else ""}


def _shown(letter: Letter) -> dict[str, Any]:
    return {"sender": letter.sender, "subject": letter.subject}


def _plain(text: str) -> str:
    """Without white space, which a page may break anywhere."""
    return "".join(text.split())


def without_secret(url: str) -> str:
    """A URL whose last part, the secret, is cut short."""
    head, slash, secret = url.rpartition("/")
    return f"{head}{slash}{secret[:4]}…"


def _seen(wrong: Exception) -> str:
    if isinstance(wrong, PageNotShown | Waited):
        return f"{wrong.what}: {wrong.seen}"
    if isinstance(wrong, SimulatorError):
        return f"{wrong.what} ({wrong.where}). {wrong.what_to_do}"
    return str(wrong)
