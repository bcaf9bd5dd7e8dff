"""A dispatcher at the service itself, for tests of what the caller's phone shows."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from net119_protocol.api.admin import AccountRole, NewAccount
from net119_protocol.api.common import NewLine
from net119_protocol.api.console import CloseCall, ConsoleCall
from net119_protocol.api.staff import NewRegistrant
from net119_protocol.chat import ChatLine, Option
from net119_protocol.codes import CloseOutcome
from net119_reference.ports import DispatcherIdentity

from tests.reference.mobile.phones import MobilePage
from tests.reference.pages.person import Person
from tests.reference.pages.site import Site
from tests.reference.registration.support import application

_LINES = count(1)


def call_of(page: MobilePage) -> UUID:
    """The call that a page is about."""
    return UUID(page.body["data-call"])


@dataclass
class Desk:
    """The dispatcher."""

    site: Site
    who: DispatcherIdentity

    def answer(self, call_id: UUID) -> None:
        """Take the call."""
        self.site.do(lambda: self.site.town.provider.answer(self.who, call_id))

    def say(self, call_id: UUID, text: str, *options: str) -> int:
        """Say a line, with answers to choose from; its number."""
        asked = tuple(Option(id=f"o{n}", label=each) for n, each in enumerate(options))
        line = NewLine(client_id=f"d{next(_LINES)}", text=text, options=asked)
        provider = self.site.town.provider
        return self.site.do(lambda: provider.dispatcher_says(self.who, call_id, line)).seq

    def close(self, call_id: UUID) -> None:
        """End the call."""
        body = CloseCall(outcome=CloseOutcome.PRACTICE_DONE)
        self.site.do(lambda: self.site.town.provider.close(self.who, call_id, body))

    def lines(self, call_id: UUID) -> tuple[ChatLine, ...]:
        """All lines, as the console has them."""
        provider = self.site.town.provider
        return self.site.do(lambda: provider.call_record(self.who, call_id)).lines

    def call(self, call_id: UUID) -> ConsoleCall:
        """The call as the console shows it."""
        provider = self.site.town.provider
        return self.site.do(lambda: provider.call_record(self.who, call_id)).call

    def history(self, call_id: UUID) -> list[str]:
        """What happened."""
        provider = self.site.town.provider
        record = self.site.do(lambda: provider.call_record(self.who, call_id))
        return [each.what for each in record.history]

    def calls(self) -> int:
        """How many calls the center has."""
        return len(self.site.do(lambda: self.site.town.provider.center_calls(self.who)).calls)


def entered(site: Site, mail: str, name: str = "別 人", **changes: Any) -> Person:
    """Somebody else whom the site's department has registered."""
    data = application(site.department, mail=mail, name=name, **changes).data
    town = site.town

    async def enter() -> Person:
        view = await town.provider.enter_registrant(town.clerk, NewRegistrant(data=data))
        made = await town.provider.approve_registrant(town.clerk, view.registrant_id)
        return Person(view.registrant_id, made.login_id, made.password, mail)

    return site.do(enter)


def desk_of(site: Site) -> Desk:
    """A dispatcher of the site's center."""
    body = NewAccount(role=AccountRole.DISPATCHER, unit=site.department, name="指令 太郎")
    provider = site.town.provider
    account = site.do(lambda: provider.add_account(body))
    who = site.do(lambda: provider.dispatcher_identity(account.token))
    return Desk(site, who)
