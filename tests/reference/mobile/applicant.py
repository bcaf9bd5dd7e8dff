"""Somebody who registers at a feature phone, and what the phone's pages tell."""

import re
from dataclasses import dataclass

from net119_protocol.api.staff import RegistrationState
from net119_reference.registration.ports import ApplicationRow, RegistrantRecord
from net119_simulators.mailbox import Draft, Letter

from tests.reference.mail.support import say
from tests.reference.mobile.phones import MobilePage
from tests.reference.pages.site import Site
from tests.reference.registration.test_mailed_images import mail, part


@dataclass(frozen=True)
class Applicant:
    """Somebody with a mailbox of their own at the module's provider."""

    here: Site
    mail: str

    def url(self, *, agreed: bool = True) -> str:
        """Path of a new mailed URL."""

        async def ask() -> str:
            town = self.here.town
            before = len(town.boxes.letters(self.mail))
            to = town.desk.profile(town.department).mail.application
            await town.write(Draft(sender=self.mail, to=to))
            token = await town.token(await town.letter("登録のご案内", self.mail, before))
            if agreed:
                version = town.desk.profile(town.department).terms.version
                await town.desk.accept_terms(token, version)
            return token

        return f"/r/{self.here.do(ask)}"

    def base(self) -> str:
        """Where a mailed URL leads on a feature phone, the terms accepted."""
        return f"/m{self.url()}"

    def letter(self, wanted: str) -> Letter:
        """A letter with this in its subject."""
        return self.here.do(lambda: self.here.town.letter(wanted, self.mail))

    def send_photo(self, content: bytes) -> None:
        """Attach a photo to a mail."""

        async def send() -> None:
            town = self.here.town
            to = town.desk.profile(town.department).mail.application
            sent = mail(part(content), sender=self.mail)
            assert (await say(town.inbound.port, self.mail, [to], sent))[0] == 250

        self.here.do(send)

    def applied(self) -> tuple[ApplicationRow, RegistrantRecord]:
        """What the clerk sees of the application."""

        async def look() -> tuple[ApplicationRow, RegistrantRecord]:
            town = self.here.town
            rows = await town.rows(RegistrationState.APPLIED)
            (row,) = [each for each in rows if each.mail == self.mail]
            return row, await town.desk.application(town.clerk, row.registrant_id, "審査")

        return self.here.do(look)

    def entries(self, where: str) -> dict[str, str]:
        """What is kept of the form behind a URL."""

        async def look() -> dict[str, str]:
            view = await self.here.town.desk.open_link(where.rpartition("/")[2])
            return dict(view.entries)

        return self.here.do(look)


def wrong(page: MobilePage) -> dict[str, str]:
    """Path and code of every problem in the summary."""
    return dict(re.findall(r'<li data-path="([^"]*)" data-code="([^"]+)"', page.text))


def states(page: MobilePage) -> dict[str, str]:
    """The parts of the form and how far they are."""
    return {each["data-part"]: each["data-state"] for each in page.tagged if "data-state" in each}


def path_of(page: MobilePage) -> str:
    found = re.match(r"/m/r/[^/]+", page.response.url.path)
    assert found
    return found.group()
