"""A provider's service in a test: its clock stands still, and nobody but the test talks to it."""

import asyncio
import functools
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from net119_protocol.api import admin, common, console, handset, staff
from net119_protocol.chat import ChatLine, Choice, Option
from net119_protocol.codes import (
    CloseOutcome,
    Kind,
    LinkSecurity,
    Mode,
    PlaceChoice,
    Positioning,
    Refusal,
)
from net119_protocol.model import WireModel
from net119_protocol.person import Address, RegistrantData, Sex
from net119_protocol.places import Fix
from net119_reference.config.alarms import Alarms
from net119_reference.config.model import Config, Home, Limits, MailSettings, Modes, Timers
from net119_reference.connected import ShownLine
from net119_reference.ports import Attachment, DispatcherIdentity, HandsetIdentity
from net119_reference.service import live as memory
from net119_reference.service.live import Live
from net119_reference.service.peer_watch import take_home_lost
from net119_reference.service.provider import Provider
from net119_reference.store import Database
from net119_reference.store.migrate import migrate

START = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
CHITOSE = Fix(lat=42.8210, lon=141.6509, accuracy_m=12.0)
TOMAKOMAI = Fix(lat=42.6341, lon=141.6055, accuracy_m=12.0)
TOKONAME = Fix(lat=34.8867, lon=136.8324, accuracy_m=12.0)
SAPPORO = Fix(lat=43.06, lon=141.35, accuracy_m=12.0)
SEOUL = Fix(lat=37.5665, lon=126.9780, accuracy_m=12.0)
HOME = Address(
    prefecture="北海道",
    municipality="千歳市",
    municipality_code="01224",
    street="見本町1丁目",
    lat=42.8210,
    lon=141.6509,
)
PERSON = RegistrantData(
    name="見本 花子",
    birth_date=date(1980, 1, 2),
    sex=Sex.FEMALE,
    address=HOME,
    mail="hanako@mail.example",
)
MANY_CALLS = Limits(registrant_calls=1000, registrant_call_burst=1000, stall_s=3600)
"""One registrant serves a test, or all tests of a module; a clock that is set by hand leaps while
something waits for the database, which is no stall."""
CENTERS = {"aoba": "chitose", "midori": "chita", "akane": "aso"}
"""The center at which each provider's dispatcher of these tests sits."""


class ManualClock:
    """Goes on only when told."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._now

    def elapsed(self) -> float:
        return self._elapsed

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._elapsed += seconds

    def is_set(self, seconds: float) -> None:
        """Somebody sets the machine's clock ahead, or back: no time passes."""
        self._now += timedelta(seconds=seconds)


class Tape:
    """A client's connection that keeps every frame."""

    def __init__(self) -> None:
        self.frames: list[WireModel] = []
        self.ended: list[Refusal] = []
        """Why the service closed the connection."""

    def send(self, frame: WireModel | ShownLine) -> None:
        self.frames.append(frame.frame() if isinstance(frame, ShownLine) else frame)

    def has_room(self, again: Callable[[], None] | None = None) -> bool:
        return True

    def end(self, code: Refusal, detail: str) -> None:
        self.ended.append(code)

    def lines(self, call_id: UUID) -> list[ChatLine]:
        return [
            frame.line
            for frame in self.frames
            if isinstance(frame, common.LineFrame) and frame.call_id == call_id
        ]

    def seqs(self, call_id: UUID) -> list[int]:
        return [line.seq for line in self.lines(call_id)]

    def texts(self, call_id: UUID) -> list[str]:
        return [line.text for line in self.lines(call_id)]

    def calls(self) -> list[console.ConsoleCall]:
        return [frame.call for frame in self.frames if isinstance(frame, console.ConsoleCallFrame)]

    def views(self) -> list[common.CallView]:
        return [frame.call for frame in self.frames if isinstance(frame, handset.CallFrame)]


@functools.cache
def _empty_database() -> Path:
    """A database with all tables and nothing in it; migrating it anew takes a third of a second."""
    file = Path(tempfile.mkdtemp(prefix="net119-empty-")) / "empty.db"
    migrate(f"sqlite:///{file}")
    return file


def quick_folder() -> tempfile.TemporaryDirectory[str]:
    """A temporary folder, in memory where the system has such a place: many commits are made."""
    memory = "/dev/shm"
    return tempfile.TemporaryDirectory(
        prefix="net119-test-", dir=memory if os.access(memory, os.W_OK) else None
    )


def fresh_database(folder: Path) -> None:
    """Put an empty database where a provider with this data folder looks for it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_empty_database(), folder / "net119.db")


def peer(operator: str) -> admin.PeerOperator:
    number = {"aoba": 2, "midori": 3, "akane": 4}[operator]
    return admin.PeerOperator.model_validate({"operator": operator, "address": f"127.0.0.{number}"})


def config(
    operator: str,
    folder: Path,
    *,
    limits: Limits | None = None,
    relay_port: int | None = None,
    alarms: Alarms | None = None,
) -> Config:
    """Settings with the timers of the design."""
    others = sorted({"aoba", "midori", "akane"} - {operator})
    return Config(
        operator=operator,
        data_dir=folder,
        peers=tuple(peer(other) for other in others),
        timers=Timers(t1_s=5, offer_attempts=2, t2_s=60, t3_s=30, gap_s=0.5),
        modes=Modes(accepted=frozenset({Mode.PRACTICE, Mode.DRILL, Mode.TEST})),
        homes={"tomakomai": Home(plaintext_allowed=True)},
        limits=limits or MANY_CALLS,
        mail=MailSettings() if relay_port is None else mail_to(relay_port),
        alarms=alarms or Alarms(),
    )


def mail_to(relay_port: int) -> MailSettings:
    """Mail by a relay on this machine."""
    return MailSettings(enabled=True, relay_port=relay_port, public_url="https://net119.example")


def new_line(
    text: str,
    client_id: str | None = None,
    *,
    options: Sequence[str] = (),
    choice: tuple[int, str] | None = None,
) -> common.NewLine:
    return common.NewLine(
        client_id=client_id or f"c-{text}".replace(" ", "-"),
        text=text,
        options=tuple(Option(id=each, label=each) for each in options),
        choice=None if choice is None else Choice(seq=choice[0], option_id=choice[1]),
    )


_names = itertools.count(1)


def new_call(
    fix: Fix | None = CHITOSE,
    *,
    client_call_id: str | None = None,
    mode: Mode = Mode.TEST,
    place: PlaceChoice = PlaceChoice.CURRENT,
    positioning: Positioning = Positioning.ON,
) -> handset.NewCall:
    return handset.NewCall(
        client_call_id=client_call_id or f"call-{next(_names)}",
        kind=Kind.AMBULANCE,
        place=place,
        mode=mode,
        positioning=positioning,
        fix=fix,
    )


CLOSED = console.CloseCall(outcome=CloseOutcome.PRACTICE_DONE, note="done")


async def settle(*providers: Provider) -> None:
    """Return when no provider has anything left to do at the present time."""
    while True:
        for provider in providers:
            tasks = tuple(provider.core.outbox._tasks)
            await asyncio.gather(*tasks)
            await provider.core.kernel.run(lambda _tx: None)
        if not any(map(_busy, providers)):
            return


def _busy(provider: Provider) -> bool:
    core = provider.core
    deadlines = core.kernel._deadlines
    due = bool(deadlines) and deadlines[0][0] <= core.clock.now()
    return due or bool(core.kernel._waiting) or bool(core.outbox._tasks)


@dataclass
class Site:
    """One provider with its database, and the people of the test."""

    operator: str
    folder: Path
    clock: ManualClock
    limits: Limits | None = None
    relay_port: int | None = None
    alarms: Alarms | None = None
    service: Provider = field(init=False)
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def center(self) -> str:
        return CENTERS[self.operator]

    @property
    def dispatcher(self) -> DispatcherIdentity:
        return DispatcherIdentity(self.center, f"dispatcher of {self.center}")

    async def start(self) -> "Site":
        """Start over the folder's database, as it is."""
        if not (self.folder / "net119.db").exists():
            fresh_database(self.folder)
        settings = config(
            self.operator,
            self.folder,
            limits=self.limits,
            relay_port=self.relay_port,
            alarms=self.alarms,
        )
        self.service = Provider(settings, self.clock, Database(settings.database_url))
        await self.service.start()
        # It looks at the peers by the machine's clock; the tests do so by theirs.
        if self.service._watch is not None:
            self.service._watch.cancel()
        await settle(self.service)
        return self

    async def stop(self) -> None:
        await self.service.stop()

    async def restart(self) -> None:
        """Stop, and start again over the same database; every connection is gone."""
        await self.service.stop()
        self.attachments.clear()
        await self.start()

    async def settle(self) -> None:
        await settle(self.service)

    async def advance(self, seconds: float) -> None:
        """Let time pass here, in steps, so that one thing happens after the other."""
        while seconds > 0:
            step = min(seconds, 0.25)
            self.clock.advance(step)
            seconds -= step
            await self.settle()

    async def look_for_lost_peers(self) -> None:
        """What the service does by itself every second."""
        await self.service.core.kernel.run(functools.partial(take_home_lost, self.service.core))
        await self.settle()

    async def console(self, tape: Tape, *, center: str | None = None) -> Attachment:
        who = DispatcherIdentity(center or self.center, "dispatcher")
        attachment = await self.service.attach_console(who, {}, tape)
        self.attachments.append(attachment)
        return attachment

    async def staff(self, department: str = "chitose") -> str:
        account = await self.service.add_account(
            admin.NewAccount(role=admin.AccountRole.STAFF, unit=department, name="staff")
        )
        return account.token

    async def registrant(
        self, department: str = "chitose", data: RegistrantData | None = None
    ) -> HandsetIdentity:
        """A person registered, approved and logged in."""
        service = self.service
        who = await service.staff_identity(await self.staff(department))
        entered = await service.enter_registrant(who, staff.NewRegistrant(data=data or PERSON))
        log_in = await service.approve_registrant(who, entered.registrant_id)
        session = await service.log_in(
            handset.LogIn(login_id=log_in.login_id, password=log_in.password)
        )
        return await service.handset_identity(session.token)

    async def call(
        self, who: HandsetIdentity, body: handset.NewCall, link: LinkSecurity | None = None
    ) -> common.CallView:
        placed = await self.service.place_call(who, body, link or LinkSecurity.ENCRYPTED)
        return placed.call

    def live(self, call_id: UUID) -> Live:
        return self.service.core.live(call_id)

    async def stored(self, call_id: UUID) -> Live:
        """The call as the database has it."""
        return await self.service.core.database.read(
            lambda connection: memory.load(connection, call_id)
        )

    async def lines(self, call_id: UUID) -> list[ChatLine]:
        """The transcript as the database has it."""
        found = await self.service.core.database.read(
            lambda connection: memory.lines_after(connection, call_id, 0)
        )
        return list(found)

    async def history(self, call_id: UUID) -> list[str]:
        """What has happened to the call, as the database has it."""
        record = await self.service.call_record(self.dispatcher, call_id)
        return [entry.what for entry in record.history]
