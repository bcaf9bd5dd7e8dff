"""A provider service in memory that does as it is told, for tests of the shell around it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from net119_protocol.api import admin, common, console, handset, staff
from net119_protocol.chat import ChatLine
from net119_protocol.codes import (
    CallState,
    Kind,
    LinkSecurity,
    Mode,
    PlaceChoice,
    Presence,
    ProviderState,
    Refusal,
    SenderRole,
)
from net119_protocol.interconnect.bodies import RoutingNote
from net119_protocol.model import WireModel
from net119_protocol.person import Address, DepartmentRef, RegistrantData, Sex
from net119_protocol.places import CallPlace, Point
from net119_reference.ports import (
    Attachment,
    Channel,
    DispatcherIdentity,
    HandsetIdentity,
    Line,
    LineDone,
    Outgoing,
    PeerLinks,
    Plea,
    Refused,
    Sink,
    StaffIdentity,
)

from tests.reference.web.fake_registrations import FakeRegistrations

AT = datetime(2026, 4, 1, tzinfo=UTC)
HANDSET_TOKEN = "handset-token-0001"
DISPATCHER_TOKEN = "dispatcher-token-0001"
STAFF_TOKEN = "staff-token-000001"
DEPARTMENT = DepartmentRef(code="chitose", name_ja="千歳市消防本部", name_en="Chitose", phone="000")
PERSON = RegistrantData(
    name="試験花子",
    birth_date=date(1980, 1, 1),
    sex=Sex.FEMALE,
    mail="hanako@example.invalid",
    address=Address(
        prefecture="北海道",
        municipality="千歳市",
        municipality_code="01224",
        street="秘密町1",
        lat=42.8,
        lon=141.6,
    ),
)


@dataclass
class FakeService:
    """Keeps one call; ``failures`` names methods that raise, ``gates`` methods that wait."""

    operator: str = "aoba"
    call_id: UUID = field(default_factory=uuid4)
    failures: dict[str, Exception] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    notes: list[tuple[str, str, str, str]] = field(default_factory=list)
    links: list[LinkSecurity] = field(default_factory=list)
    sinks: list[Sink] = field(default_factory=list)
    afters: list[Any] = field(default_factory=list)
    detached: int = 0
    some_detached: asyncio.Event = field(default_factory=asyncio.Event)
    seq: int = 0
    said: list[tuple[UUID, common.NewLine]] = field(default_factory=list)
    on_attach: Callable[[Sink], None] = lambda sink: None
    peers_loaded: tuple[admin.PeerOperator, ...] = ()

    def __post_init__(self) -> None:
        # Typed as anything: it has those methods of the port that the routes ask.
        self.registrations: Any = FakeRegistrations(PERSON)
        self.phones: Any = None
        self.acts: Any = None
        self.alarms: Any = None
        self.console_door: Any = None
        self.positions: Any = None
        self.callbacks: Any = None

    async def _enter(self, name: str) -> None:
        if name in self.gates:
            await self.gates[name].wait()
        if name in self.failures:
            raise self.failures[name]

    def view(self) -> common.CallView:
        return common.CallView(
            call_id=self.call_id,
            kind=Kind.FIRE,
            mode=Mode.TEST,
            state=CallState.RINGING,
            opened_at=AT,
            receiver=DEPARTMENT,
        )

    def console_call(self) -> console.ConsoleCall:
        return console.ConsoleCall(
            call_id=self.call_id,
            kind=Kind.FIRE,
            mode=Mode.TEST,
            state=CallState.ANSWERED,
            epoch=1,
            opened_at=AT,
            mine=True,
            owner=DEPARTMENT,
            owner_provider="aoba",
            anchor="aoba",
            home=DEPARTMENT,
            presence=Presence.CONNECTED,
            last_seq=self.seq,
            place=CallPlace(choice=PlaceChoice.CURRENT, point=Point(lat=42.8, lon=141.6)),
            routing=routing_note(),
            registrant=PERSON,
        )

    def registrant_view(self) -> staff.RegistrantView:
        return staff.RegistrantView(
            registrant_id=self.call_id,
            state=staff.RegistrationState.APPLIED,
            department="chitose",
            data=PERSON,
            applied_at=AT,
        )

    def line(self, text: str, seq: int) -> common.LineFrame:
        return common.LineFrame(
            call_id=self.call_id,
            line=ChatLine(
                seq=seq, client_id=f"c{seq}", sender=SenderRole.DISPATCHER, at=AT, text=text
            ),
        )

    def _check_call(self, call_id: UUID) -> None:
        if call_id != self.call_id:
            raise Refused(Refusal.UNKNOWN_CALL, "there is no such call")

    def _store(self, call_id: UUID, line: common.NewLine) -> common.LineStored:
        self._check_call(call_id)
        self.seq += 1
        self.said.append((call_id, line))
        return common.LineStored(client_id=line.client_id, seq=self.seq, at=AT)

    # life
    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    def health(self) -> admin.Health:
        return admin.Health(
            status="ok",
            operator=self.operator,
            version="1",
            catalogue_profile="p",
            directory_version="d",
            open_calls=3,
            peers=(
                admin.PeerHealth(
                    operator="midori", session_up=True, state=ProviderState.NORMAL, running=True
                ),
            ),
        )

    def bind_links(self, links: PeerLinks) -> None:
        pass

    # interface A
    async def log_in(self, body: handset.LogIn) -> handset.Session:
        await self._enter("log_in")
        if body.password != "right":
            raise Refused(Refusal.NOT_AUTHENTICATED, "ID or password is wrong")
        return handset.Session(token=HANDSET_TOKEN, registrant_name=PERSON.name, home=DEPARTMENT)

    async def handset_identity(self, token: str, call_id: UUID | None = None) -> HandsetIdentity:
        await self._enter("handset_identity")
        if token != HANDSET_TOKEN:
            raise Refused(Refusal.NOT_AUTHENTICATED, "the token is not known")
        return HandsetIdentity(self.call_id, "chitose", "hash")

    async def place_call(
        self, who: HandsetIdentity, body: handset.NewCall, link: LinkSecurity
    ) -> handset.CallAddress:
        await self._enter("place_call")
        self.links.append(link)
        path = f"/api/handset/v1/calls/{self.call_id}/chat"
        return handset.CallAddress(call=self.view(), chat_path=path)

    async def calls_of(self, who: HandsetIdentity) -> handset.CallsOfCaller:
        return handset.CallsOfCaller(calls=(self.view(),))

    async def plea_of(self, who: HandsetIdentity, call_id: UUID | None) -> Plea:
        if call_id is None:
            return Plea(PERSON.name, PERSON.kana, PERSON.address)
        self._check_call(call_id)
        place = CallPlace(choice=PlaceChoice.CURRENT, point=Point(lat=42.8, lon=141.6))
        return Plea(PERSON.name, PERSON.kana, PERSON.address, self.view(), place)

    async def call_of(self, who: HandsetIdentity, call_id: UUID) -> common.CallView:
        self._check_call(call_id)
        return self.view()

    async def lines_of(self, who: HandsetIdentity, call_id: UUID, after: int) -> common.Transcript:
        self._check_call(call_id)
        self.afters.append(after)
        return common.Transcript(call_id=call_id, lines=(), last_seq=self.seq)

    async def caller_says(
        self, who: HandsetIdentity, call_id: UUID, line: common.NewLine
    ) -> common.LineStored:
        await self._enter("caller_says")
        return self._store(call_id, line)

    async def attach_handset(
        self, who: HandsetIdentity, call_id: UUID, after: int, sink: Sink
    ) -> Attachment:
        await self._enter("attach_handset")
        self._check_call(call_id)
        return self._attach(after, sink, handset.HandsetWelcome(call=self.view()))

    def _attach(self, after: Any, sink: Sink, welcome: WireModel) -> Attachment:
        self.afters.append(after)
        sink.send(welcome)
        self.on_attach(sink)
        self.sinks.append(sink)
        return FakeAttachment(self, sink)

    # interface C
    async def dispatcher_identity(self, token: str) -> DispatcherIdentity:
        if token != DISPATCHER_TOKEN:
            raise Refused(Refusal.NOT_AUTHENTICATED, "the token is not known")
        return DispatcherIdentity("chitose", "指令員")

    async def center_calls(self, who: DispatcherIdentity) -> console.CallList:
        return console.CallList(calls=(self.console_call(),))

    async def call_record(self, who: DispatcherIdentity, call_id: UUID) -> console.CallRecord:
        self._check_call(call_id)
        return console.CallRecord(call=self.console_call(), lines=(), history=())

    async def answer(self, who: DispatcherIdentity, call_id: UUID) -> console.ConsoleCall:
        await self._enter("answer")
        self._check_call(call_id)
        return self.console_call()

    async def dispatcher_says(
        self, who: DispatcherIdentity, call_id: UUID, line: common.NewLine
    ) -> common.LineStored:
        await self._enter("dispatcher_says")
        return self._store(call_id, line)

    async def close(
        self, who: DispatcherIdentity, call_id: UUID, body: console.CloseCall
    ) -> console.ConsoleCall:
        await self._enter("close")
        self._check_call(call_id)
        return self.console_call()

    async def attach_console(
        self, who: DispatcherIdentity, after: Mapping[UUID, int], sink: Sink
    ) -> Attachment:
        welcome = console.ConsoleWelcome(
            center=who.center, dispatcher=who.name, calls=(self.console_call(),)
        )
        return self._attach(after, sink, welcome)

    async def staff_identity(self, token: str) -> StaffIdentity:
        if token != STAFF_TOKEN:
            raise Refused(Refusal.NOT_AUTHENTICATED, "the token is not known")
        return StaffIdentity("chitose", "係員")

    async def enter_registrant(
        self, who: StaffIdentity, body: staff.NewRegistrant
    ) -> staff.RegistrantView:
        await self._enter("enter_registrant")
        return self.registrant_view()

    async def registrant(self, who: StaffIdentity, registrant_id: UUID) -> staff.RegistrantView:
        return self.registrant_view()

    async def approve_registrant(
        self, who: StaffIdentity, registrant_id: UUID
    ) -> staff.Credentials:
        return staff.Credentials(registrant_id=registrant_id, login_id="id", password="pw")

    async def suspend_registrant(
        self, who: StaffIdentity, registrant_id: UUID, body: staff.Suspend
    ) -> staff.RegistrantView:
        return self.registrant_view()

    # interface B
    async def receive(self, sender: str, payload: bytes, channel: Channel) -> None:
        pass

    async def outgoing(
        self, peer: str, channel: Channel, after: int, limit: int
    ) -> Sequence[Outgoing]:
        return ()

    async def confirmed(self, numbers: Sequence[int]) -> None:
        pass

    def peers(self) -> Sequence[admin.PeerOperator]:
        return self.peers_loaded

    def peer_session(self, peer: str, channel: Channel, up: bool) -> None:
        pass

    def peer_frame(self, peer: str) -> None:
        pass

    # operation
    def note_refused(self, interface: str, source: str, code: str, detail: str) -> None:
        self.notes.append((interface, source, code, detail))

    async def refused_inputs(self, after: int) -> admin.RefusedInputs:
        return admin.RefusedInputs(entries=())

    async def load_directory(self, directory: Mapping[str, Any]) -> admin.Health:
        return self.health()

    async def load_operators(self, body: admin.Operators) -> admin.Health:
        self.peers_loaded = body.peers
        return self.health()

    async def add_account(self, body: admin.NewAccount) -> admin.Account:
        return admin.Account(token=DISPATCHER_TOKEN, role=body.role, unit=body.unit, name=body.name)

    async def set_state(self, body: admin.SetState) -> admin.Health:
        return self.health()

    async def set_clock(self, body: admin.SetClock) -> admin.ClockState:
        done = admin.Sweep(at=body.now, dry_run=False, rows=())
        return admin.ClockState(now=body.now, ahead_s=0, sweep=done)

    async def sweep(self, body: admin.SweepOrder) -> admin.Sweep:
        return admin.Sweep(at=body.at or AT, dry_run=body.dry_run, rows=())


@dataclass
class FakeAttachment:
    """Counts its detaching."""

    service: FakeService
    sink: Sink
    gone: bool = False

    def begin_line(self, call_id: UUID, line: Line, done: LineDone) -> bool:
        return False

    async def detach(self) -> None:
        if not self.gone:
            self.gone = True
            self.service.detached += 1
            self.service.some_detached.set()
            self.service.sinks.remove(self.sink)


def routing_note() -> RoutingNote:
    """A routing decision that says nothing in particular."""
    return RoutingNote(rule="other-adopted", directory_version="d")
