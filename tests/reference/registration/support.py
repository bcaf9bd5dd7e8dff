"""A provider with mail in a test: real SMTP both ways, a clock that goes on only when told."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.person import Address, Contact, OptionalData, RegistrantData, Sex
from net119_reference.config.alarms import Alarms
from net119_reference.config.model import Config, MailSettings, Profiles
from net119_reference.mail.schedule import Delivery
from net119_reference.mail.server import MailServer
from net119_reference.ports import StaffIdentity
from net119_reference.registration.ports import ApplicationRow
from net119_reference.service.provider import Provider
from net119_reference.store import Database
from net119_simulators.mailbox import Draft, Letter, MailboxServer, send_mail
from PIL import Image

from tests.reference.service.support import MANY_CALLS, ManualClock, fresh_database, quick_folder

T = TypeVar("T")
ME = "yoshiko.t@phone.example"
URL = "https://127.0.0.1:8443"
PLACES = {
    "tomakomai": ("北海道", "苫小牧市", "01213"),
    "aso": ("熊本県", "阿蘇市", "43214"),
    "chita-nanbu": ("愛知県", "南知多町", "23445"),
}
OPERATOR = {"tomakomai": "aoba", "chita-nanbu": "midori", "aso": "akane"}
OPTIONAL = OptionalData(
    phone="0000-12-3456",
    fax="0000-12-3457",
    contacts=(
        Contact(name="髙橋　一郎", kana="タカハシ　イチロウ", relation="父", fax="0000-11-1111"),
    ),
)


def photo() -> bytes:
    """A picture of a card."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(out, "JPEG")
    return out.getvalue()


def application(department: str, **changes: Any) -> Application:
    """A complete application to a department."""
    prefecture, municipality, code = PLACES[department]
    data: dict[str, Any] = {
        "name": "髙橋　𠮷子①",
        "kana": "タカハシ　ヨシコ",
        "birth_date": date(1980, 2, 29),
        "sex": Sex.FEMALE,
        "address": Address(
            prefecture=prefecture,
            municipality=municipality,
            municipality_code=code,
            street="秘密町1丁目2番3号",
            lat=35.0,
            lon=135.0,
        ),
        "mail": ME,
        "disability": "聴覚障害",
        "reason": "音声で話せないため",
        "device": "スマートフォン",
        "optional": OPTIONAL,
    }
    return Application(
        data=RegistrantData(**{**data, **changes}), certificate=True, text_capable=True
    )


@dataclass
class Town:
    """One department with its provider, its clerk and its people's mailboxes."""

    department: str
    provider: Provider
    clock: ManualClock
    boxes: MailboxServer
    inbound: MailServer
    folder: Path

    @property
    def desk(self) -> Any:
        """The registration service."""
        return self.provider.registrations

    @property
    def clerk(self) -> StaffIdentity:
        """A staff member with every role."""
        return StaffIdentity(self.department, "山田 係長")

    async def until(self, look: Callable[[], Coroutine[Any, Any, T | None]]) -> T:
        """What ``look`` finds, asked again after every commit."""
        committed = asyncio.Event()
        self.provider.core.kernel.commit_seconds = lambda _seconds: committed.set()
        async with asyncio.timeout(10):
            while (found := await look()) is None:
                await committed.wait()
                committed.clear()
        return found

    async def settled(self) -> None:
        """Wait until no letter is under way."""
        office = self.provider.post_office
        assert office is not None

        async def all_ended() -> bool | None:
            return not {Delivery.QUEUED, Delivery.DEFERRED} & (await office.counts()).keys() or None

        await self.until(all_ended)

    async def restart(self) -> None:
        """Stop the provider in good order and start another one over the same database."""
        await self.provider.stop()
        await self.start()

    async def start(self) -> None:
        """Start another provider over the same database; the former one was stopped."""
        config = self.provider.core.config
        self.provider = Provider(config, self.clock, Database(config.database_url))
        await self.provider.start()

    async def write(self, draft: Draft | None = None) -> None:
        """Send a mail, by default the empty one, to the application address."""
        to = self.desk.profile(self.department).mail.application
        await send_mail(draft or Draft(sender=ME, to=to), "127.0.0.1", self.inbound.port)

    async def letter(self, wanted: str, address: str = ME, after: int = 0) -> Letter:
        """A letter with this in its subject."""
        return await self.boxes.wait_for_letter(
            address, lambda each: wanted in each.subject, after=after
        )

    async def token(self, letter: Letter) -> str:
        """The secret of the URL in a letter."""
        (url,) = [each for each in letter.urls if "/r/" in each]
        return url.rpartition("/r/")[2]

    async def start_application(self) -> str:
        """From the empty mail to the token of an application whose terms are accepted."""
        await self.write()
        token = await self.token(await self.letter("登録のご案内"))
        await self.desk.accept_terms(token, self.desk.profile(self.department).terms.version)
        return token

    async def apply(self, **changes: Any) -> ApplicationRow:
        """A whole application; its row in the list."""
        token = await self.start_application()
        if self.department == "tomakomai":
            await self.desk.attach_image(token, photo())
        wrong = await self.desk.keep_draft(token, application(self.department, **changes))
        assert wrong == ()
        await self.desk.submit(token)
        (row,) = (await self.rows(RegistrationState.APPLIED))[-1:]
        return row

    async def rows(self, state: RegistrationState | None = None) -> tuple[ApplicationRow, ...]:
        """The clerk's list."""
        found = await self.desk.applications(self.clerk, state, "", 1)
        rows: tuple[ApplicationRow, ...] = found.rows
        return rows

    async def version(self, registrant_id: UUID) -> int:
        """The present version of a record."""
        record = await self.desk.application(self.clerk, registrant_id, "test")
        return int(record.version)

    async def approved(self, **changes: Any) -> tuple[ApplicationRow, str, str]:
        """An approved registration, with ID and password from the completion mail."""
        row = await self.apply(**changes)
        before = len(self.boxes.letters(row.mail))
        await self.desk.approve(self.clerk, row.registrant_id, row.version)
        letter = await self.letter("登録が完了", row.mail, max(0, before - 1))
        login_id = re.search(r"^ID: (\S+)$", letter.text, re.MULTILINE)
        password = re.search(r"^パスワード: (\S+)$", letter.text, re.MULTILINE)
        assert login_id
        assert password
        return row, login_id.group(1), password.group(1)


@asynccontextmanager
async def town(
    department: str = "tomakomai",
    public_url: str = URL,
    *,
    profiles: Path | None = None,
    alarms: Alarms | None = None,
) -> AsyncIterator[Town]:
    """A provider of a department, with its mail; ``profiles`` is a folder of other profiles.

    ``alarms``: it has an alarm center, too.
    """
    with quick_folder() as name:
        folder = Path(name)
        fresh_database(folder)
        async with MailboxServer() as boxes:
            config = Config(
                limits=MANY_CALLS,
                operator=OPERATOR[department],
                data_dir=folder,
                profiles=Profiles(folder=profiles),
                alarms=alarms or Alarms(),
                mail=MailSettings(
                    enabled=True, port=0, relay_port=boxes.port, retry_s=1, public_url=public_url
                ),
            )
            clock = ManualClock()
            provider = Provider(config, clock, Database(config.database_url))
            await provider.start()
            inbound = MailServer(
                config.mail,
                clock,
                provider.registrations.mail_addresses,
                provider.registrations.mail_arrived,
            )
            await inbound.start()
            here = Town(department, provider, clock, boxes, inbound, folder)
            try:
                yield here
            finally:
                await inbound.stop()
                await here.provider.stop()


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a test's story."""
    asyncio.run(story())
