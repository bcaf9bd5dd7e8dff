"""What each person does: from the empty mail to the personal call page."""

import asyncio
from collections.abc import Callable, Sequence

from net119_protocol.profile.model import Profile
from net119_simulators.applications import Applying
from net119_simulators.errors import SimulatorError
from net119_simulators.mailbox import Draft, Letter, send_mail
from net119_simulators.mailbox.sending import MailNotTaken
from net119_simulators.pages.applicant import ApplicantAtPages
from net119_simulators.pages.registrant import RegistrantAtPages
from net119_simulators.pages.window import new_browser
from net119_simulators.registration.urls import keys_in, mailed_url

from net119_loadtests.registrations.course import Course, Stage
from net119_loadtests.registrations.letters import Due, due_kind
from net119_loadtests.registrations.world import ADDRESS, OPERATOR, World

_MAIL_ATTEMPTS = 10
_MAIL_PAUSE_S = 1.0


class People:
    """Sends everybody on their way: ``at_once`` apply at the same time.

    Who has been approved does not wait behind those who have not applied yet: besides them a third
    as many may log in at the same time.
    """

    def __init__(
        self,
        world: World,
        people: Sequence[Applying],
        at_once: int,
        deadline_s: float,
        told: Callable[[], None],
    ) -> None:
        self._world = world
        self._people = people
        self._applying = asyncio.Semaphore(at_once)
        self._logging_in = asyncio.Semaphore(max(1, at_once // 3))
        self._deadline_s = deadline_s
        self._told = told
        profiles = list(world.profiles.values())
        self._profiles = [profiles[number % len(profiles)] for number in range(len(people))]
        self.courses = tuple(
            Course(number, self._profiles[number].department, person.mail)
            for number, person in enumerate(people)
        )

    async def register(self) -> None:
        """Have everybody register; what goes wrong is kept in the courses."""
        await asyncio.gather(
            *(
                self._one(course, person, profile)
                for course, person, profile in zip(
                    self.courses, self._people, self._profiles, strict=True
                )
            )
        )

    async def _one(self, course: Course, person: Applying, profile: Profile) -> None:
        try:
            async with self._applying:
                await self._apply(course, person, profile)
            # Who waits for staff is at no page: the next person begins.
            with course.at(Stage.REVIEW):
                letter = await self._letter(course, Due.COMPLETED)
            async with self._logging_in:
                await self._begin_using(course, letter)
            course.done = True
        except (SimulatorError, MailNotTaken) as wrong:
            course.fail(wrong)
        self._told()

    async def _apply(self, course: Course, person: Applying, profile: Profile) -> None:
        async with new_browser(self._world.network.tls, provider=OPERATOR) as browser:
            applicant = ApplicantAtPages(browser)
            with course.at(Stage.URL_MAIL):
                await self._send_empty(person.mail, profile)
                letter = await self._letter(course, Due.URL)
            with course.at(Stage.TERMS):
                url = mailed_url(letter.urls)
                course.secrets.add(url.rpartition("/")[2])
                await applicant.open(url)
                await applicant.accept_terms()
            with course.at(Stage.FORM):
                await applicant.fill_in(person.application, person.image)
            with course.at(Stage.SUBMIT):
                await applicant.submit()
        self._told()

    async def _begin_using(self, course: Course, letter: Letter) -> None:
        keys = keys_in(letter.text, letter.urls)
        course.login_id, course.password = keys.login_id, keys.password
        async with new_browser(self._world.network.tls, provider=OPERATOR) as browser:
            registrant = RegistrantAtPages(browser)
            with course.at(Stage.LOG_IN):
                await registrant.log_in(keys)
            with course.at(Stage.CALL_PAGE):
                url = await registrant.new_call_page()
                course.secrets.add(url.rpartition("/")[2])
                await registrant.open_call_page(url)
            course.secrets.update(browser.cookies.values())

    async def _send_empty(self, mail: str, profile: Profile) -> None:
        """The empty mail (TOM-08); one that is to come later is sent again, as mail servers do."""
        draft = Draft(sender=mail, to=profile.mail.application or "")
        for attempt in range(1, _MAIL_ATTEMPTS + 1):
            try:
                await send_mail(draft, ADDRESS, self._world.inbound_port)
            except MailNotTaken as refused:
                if not 400 <= refused.code < 500 or attempt == _MAIL_ATTEMPTS:
                    raise
                await asyncio.sleep(_MAIL_PAUSE_S)
            else:
                return

    async def _letter(self, course: Course, kind: Due) -> Letter:
        """The mail of this kind, as soon as it is there; `Waited` past the deadline."""
        return await self._world.boxes.wait_for_letter(
            course.mail, lambda each: due_kind(each) is kind, within=self._deadline_s
        )
