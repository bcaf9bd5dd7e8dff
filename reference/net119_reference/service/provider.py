"""A provider's service: the parts put together behind one face for the shells."""

import asyncio
import contextlib
import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from net119_protocol import __version__
from net119_protocol.api import admin, common, console, handset, staff
from net119_protocol.codes import LinkSecurity, Mode, Presence, Refusal
from net119_protocol.directory import DirectoryError
from net119_protocol.interconnect import MINOR, PROFILE, MessageType, bodies
from net119_protocol.profile.load import load_profiles

from net119_reference.calls import anchor
from net119_reference.calls.model import Side
from net119_reference.config import Config
from net119_reference.mail.post_office import PostOffice
from net119_reference.ports import (
    Attachment,
    Channel,
    Clock,
    DispatcherIdentity,
    HandsetIdentity,
    Outgoing,
    PeerLinks,
    Plea,
    Refused,
    Sink,
    StaffIdentity,
)
from net119_reference.service import live as memory
from net119_reference.service import peer_watch, settings
from net119_reference.service.accounts import check_unit
from net119_reference.service.alarms.service import AlarmService
from net119_reference.service.callbacks import Callbacks
from net119_reference.service.console_acts import ConsoleActs
from net119_reference.service.console_logins import ConsoleLogins
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.core import Core
from net119_reference.service.feature_phones import FeaturePhoneDesk
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.inbound import Inbound
from net119_reference.service.kernel import Transaction
from net119_reference.service.peer_rules import PeerRules
from net119_reference.service.positions import Positions
from net119_reference.service.records import deletions
from net119_reference.service.records.keeper import Keeper
from net119_reference.service.records.sweep import Sweeper
from net119_reference.service.registration.desk import RegistrationDesk
from net119_reference.service.registration.images import ImageStore
from net119_reference.service.registration.office import Office
from net119_reference.service.registry import Registry
from net119_reference.service.transfers import Transfers
from net119_reference.store import Database

IMAGE_KEY = "identity-images.key"
"""Key of the identity images, in the data folder."""


class Provider:
    """Everything a provider does; see :class:`net119_reference.ports.ProviderService`."""

    def __init__(self, config: Config, clock: Clock, database: Database) -> None:
        self.operator = config.operator
        self.post_office: PostOffice | None = None
        """Sends mail; only where the settings switch it on."""
        self.core = Core(config, clock, database)
        self._registry = Registry(self.core.kernel, database)
        self.alarms = AlarmService(self.core)
        office = Office(
            self.core.kernel,
            database,
            clock,
            self._registry,
            self.core.jurisdiction,
            load_profiles(config.profiles.folder),
            config.public_url,
        )
        if config.mail.enabled:
            self.post_office = PostOffice(
                self.core.kernel, database, clock, config, address_of=self._registry.mail_of
            )
            office.post = self.post_office
        images = ImageStore(database, config.data_dir / IMAGE_KEY)
        self.registrations = RegistrationDesk(office, images, self.note_refused)
        self.alarms.open_door(self.registrations.logins)
        sweeper = Sweeper(self.core, self.registrations, config.data_dir / deletions.FILE)
        self.records = Keeper(self.core, sweeper)
        office.deleted = self.records.deleted
        self._handsets = HandsetDesk(self.core, self._registry, office.profile)
        self._registry.on_page_ended = self._handsets.end_page
        self.phones = FeaturePhoneDesk(self.core, self._registry)
        self.phones.by_callback = lambda token: self.callbacks.session(token)
        self._consoles = ConsoleDesk(self.core)
        self.console_door = ConsoleLogins(self.core, self.registrations.logins)
        transfers = Transfers(self.core)
        self.positions = Positions(self.core, self._handsets, self._consoles)
        self.callbacks = Callbacks(self.core, self._registry, office.profile, self.post_office)
        self.acts = ConsoleActs(
            self.core,
            self._consoles,
            transfers,
            self.positions,
            self.callbacks,
            self.registrations.review,
        )
        rules = PeerRules(self.core, transfers, self.positions, self.callbacks)
        self._inbound = Inbound(self.core, rules)
        self._links: PeerLinks | None = None
        self._watch: asyncio.Task[None] | None = None

    # --- life ---------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open the database, without taking anything up: commands can be run, nothing goes out."""
        core = self.core
        await core.database.open()
        await self._load_settings()
        core.state_since = core.clock.now()
        await self._registry.load()
        await self.registrations.load()
        await self.alarms.load()
        await core.outbox.load()
        await core.known.load(core.database)
        for call_id in await core.database.read(memory.unfinished):
            await core.ensure(call_id)
        core.kernel.start()
        await self.callbacks.load()

    async def start(self) -> None:
        """Open the database and take up every open call where it was left."""
        await self.open()
        core = self.core
        await core.kernel.run(self._take_up)
        for live in tuple(core.lives.values()):
            self._inbound.watch_held(live)
        self._watch = asyncio.create_task(peer_watch.run(core), name="peer watch")
        if self.post_office is not None:
            await self.post_office.start()
        self.records.start()
        await self.alarms.start()

    def _take_up(self, tx: Transaction) -> None:
        """After a restart nobody is connected, and deadlines run on."""
        core = self.core
        for live in core.open_calls():
            call = live.known()
            if call.side is Side.ANCHOR:
                core.record(tx, live, anchor.on_presence(call, Presence.GONE, tx.now))
            core.deadlines.resume(tx, live)

    async def stop(self) -> None:
        """Finish what waits and close the database."""
        await self.alarms.stop()
        await self.records.stop()
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        if self.post_office is not None:
            await self.post_office.stop()
        await self.core.outbox.stop()
        await self.core.kernel.stop()
        await self.core.database.close()

    def bind_links(self, links: PeerLinks) -> None:
        """Hand in the STOMP shells."""
        self._links = links
        self.core.outbox.links = links

    def health(self) -> admin.Health:
        """State of the provider."""
        core = self.core
        return admin.Health(
            status=core.state.value,
            operator=self.operator,
            version=__version__,
            catalogue_profile=PROFILE,
            directory_version=core.jurisdiction.version,
            open_calls=len(core.open_calls()),
            peers=core.peers.health(),
        )

    # --- interface A --------------------------------------------------------------------------

    async def log_in(self, body: handset.LogIn) -> handset.Session:
        return await self._handsets.log_in(body)

    async def handset_identity(self, token: str, call_id: UUID | None = None) -> HandsetIdentity:
        if call_id is not None:
            limited = await self.callbacks.session(token, call_id)
            if limited is not None:
                return limited
        return self._registry.handset(token)

    async def place_call(
        self, who: HandsetIdentity, body: handset.NewCall, link: LinkSecurity
    ) -> handset.CallAddress:
        return await self._handsets.place_call(who, body, link)

    async def calls_of(self, who: HandsetIdentity) -> handset.CallsOfCaller:
        return await self._handsets.calls_of(who)

    async def call_of(self, who: HandsetIdentity, call_id: UUID) -> common.CallView:
        return await self._handsets.call_of(who, call_id)

    async def lines_of(self, who: HandsetIdentity, call_id: UUID, after: int) -> common.Transcript:
        return await self._handsets.lines_of(who, call_id, after)

    async def caller_says(
        self, who: HandsetIdentity, call_id: UUID, line: common.NewLine
    ) -> common.LineStored:
        return await self._handsets.caller_says(who, call_id, line)

    async def plea_of(self, who: HandsetIdentity, call_id: UUID | None) -> Plea:
        return await self._handsets.plea_of(who, call_id)

    async def attach_handset(
        self, who: HandsetIdentity, call_id: UUID, after: int, sink: Sink
    ) -> Attachment:
        return await self._handsets.attach(who, call_id, after, sink)

    # --- interface C --------------------------------------------------------------------------

    async def dispatcher_identity(self, token: str) -> DispatcherIdentity:
        return self.console_door.holder(token) or self._registry.dispatcher(token)

    async def center_calls(self, who: DispatcherIdentity) -> console.CallList:
        return await self._consoles.center_calls(who)

    async def call_record(self, who: DispatcherIdentity, call_id: UUID) -> console.CallRecord:
        return await self._consoles.call_record(who, call_id)

    async def answer(self, who: DispatcherIdentity, call_id: UUID) -> console.ConsoleCall:
        return await self._consoles.answer(who, call_id)

    async def dispatcher_says(
        self, who: DispatcherIdentity, call_id: UUID, line: common.NewLine
    ) -> common.LineStored:
        return await self._consoles.dispatcher_says(who, call_id, line)

    async def close(
        self, who: DispatcherIdentity, call_id: UUID, body: console.CloseCall
    ) -> console.ConsoleCall:
        return await self._consoles.close(who, call_id, body)

    async def attach_console(
        self, who: DispatcherIdentity, after: Mapping[UUID, int], sink: Sink
    ) -> Attachment:
        return await self._consoles.attach(who, after, sink)

    async def staff_identity(self, token: str) -> StaffIdentity:
        return self._registry.staff(token)

    async def enter_registrant(
        self, who: StaffIdentity, body: staff.NewRegistrant
    ) -> staff.RegistrantView:
        return await self.registrations.enter_by_program(who, body)

    async def registrant(self, who: StaffIdentity, registrant_id: UUID) -> staff.RegistrantView:
        return await self.registrations.read_by_program(who, registrant_id)

    async def approve_registrant(
        self, who: StaffIdentity, registrant_id: UUID
    ) -> staff.Credentials:
        return await self.registrations.approve_by_program(who, registrant_id)

    async def suspend_registrant(
        self, who: StaffIdentity, registrant_id: UUID, body: staff.Suspend
    ) -> staff.RegistrantView:
        return await self.registrations.suspend_by_program(who, registrant_id, body)

    # --- interface B --------------------------------------------------------------------------

    async def receive(self, sender: str, payload: bytes, channel: Channel) -> None:
        await self._inbound.receive(sender, payload, channel)

    async def outgoing(
        self, peer: str, channel: Channel, after: int, limit: int
    ) -> Sequence[Outgoing]:
        return self.core.outbox.outgoing(peer, channel, after, limit)

    async def confirmed(self, numbers: Sequence[int]) -> None:
        await self.core.outbox.confirmed(numbers)

    def peers(self) -> Sequence[admin.PeerOperator]:
        return self.core.peers.all()

    def peer_session(self, peer: str, channel: Channel, up: bool) -> None:
        self.core.peers.session(peer, channel, up)
        if up:
            self.core.kernel.post(functools.partial(self._report_state, peer, channel))

    def _report_state(self, peer: str, channel: Channel, tx: Transaction) -> None:
        body = bodies.StatusReport(state=self.core.state, since=self.core.state_since, minor=MINOR)
        self.core.outbox.send(tx, peer, channel, MessageType.STATUS_REPORT, body, mode=Mode.TEST)

    def peer_frame(self, peer: str) -> None:
        self.core.peers.heard(peer)

    # --- operation ----------------------------------------------------------------------------

    def note_refused(self, interface: str, source: str, code: str, detail: str) -> None:
        self.core.refusals.note(interface, source, code, detail)

    async def refused_inputs(self, after: int) -> admin.RefusedInputs:
        return self.core.refusals.after(after)

    async def load_directory(self, directory: Mapping[str, Any]) -> admin.Health:
        """Put a directory into force, also after a restart.

        Raises:
            Refused: it cannot be used; the detail lists all that is wrong.
        """
        try:
            checked = await asyncio.to_thread(self.core.jurisdiction.read, directory)
        except DirectoryError as error:
            raise Refused(Refusal.INVALID, str(error)[:2000], field="directory") from None

        def use(tx: Transaction) -> None:
            settings.put(tx, settings.DIRECTORY, json.dumps(dict(directory)))
            tx.after(lambda: self.core.jurisdiction.use(checked))

        await self.core.kernel.run(use)
        return self.health()

    async def load_operators(self, body: admin.Operators) -> admin.Health:
        """Replace the list of peers, also for after a restart."""

        def use(tx: Transaction) -> None:
            settings.put(tx, settings.OPERATORS, body.model_dump_json(by_alias=True))
            tx.after(functools.partial(self._use_operators, body))

        await self.core.kernel.run(use)
        return self.health()

    def _use_operators(self, body: admin.Operators) -> None:
        self.core.peers.replace(body.peers)
        if self._links is not None:
            self._links.operators_changed(body.peers)

    async def add_account(self, body: admin.NewAccount) -> admin.Account:
        """A dispatcher or a staff member.

        Raises:
            Refused: the center or department is not ours.
        """
        check_unit(self.core, self.alarms, body)
        await self.registrations.add_staff(body)
        return await self._registry.add_account(body)

    async def set_state(self, body: admin.SetState) -> admin.Health:
        """Set the own state and tell all peers (ASO-22)."""

        def change(tx: Transaction) -> None:
            tx.set(self.core, "state", body.state)
            tx.set(self.core, "state_since", tx.now)
            for peer, channel in self.core.peers.sessions():
                self._report_state(peer, channel, tx)

        await self.core.kernel.run(change)
        return self.health()

    async def set_clock(self, body: admin.SetClock) -> admin.ClockState:
        """Set the clock ahead, and do what is due then (test beds)."""
        done = await self.records.set_clock(body)
        await self.alarms.sweep()
        if self.post_office is not None:
            self.post_office.wake()
        return done

    async def sweep(self, body: admin.SweepOrder) -> admin.Sweep:
        """Do what is due for the records, or say what would be."""
        done = await self.records.sweep(body)
        if not body.dry_run:
            await self.alarms.sweep()
        return done

    async def _load_settings(self) -> None:
        stored = await self.core.database.read(settings.read)
        self.records.load(stored)
        if settings.DIRECTORY in stored:
            content = json.loads(stored[settings.DIRECTORY])
            self.core.jurisdiction.use(self.core.jurisdiction.read(content))
        if settings.OPERATORS in stored:
            peers = admin.Operators.model_validate_json(stored[settings.OPERATORS]).peers
            self.core.peers.replace(peers)


def build_service(config: Config, clock: Clock) -> Provider:
    """A provider's service over its own database.

    ``config.database_url`` names it; the folder exists.
    """
    return Provider(config, clock, Database(config.database_url))
