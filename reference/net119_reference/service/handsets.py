"""Interface A of the service: callers, their calls and their lines."""

import functools
from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.api.common import CallView, LineStored, NewLine, NoticeCode, Transcript
from net119_protocol.api.handset import (
    CallAddress,
    CallsOfCaller,
    HandsetWelcome,
    LocationRequestFrame,
    LogIn,
    NewCall,
    Session,
)
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import LinkSecurity, Presence, ProviderState, Refusal, SenderRole
from net119_protocol.directory import japan_date
from net119_protocol.person import RegistrantData
from net119_protocol.profile.model import Profile
from sqlalchemy.engine import Connection

from net119_reference import routing
from net119_reference.calls import anchor, offers
from net119_reference.calls.effects import Change, Note
from net119_reference.calls.link_mark import mark
from net119_reference.calls.machine import Trigger, advance
from net119_reference.calls.model import Call, Unit
from net119_reference.ports import HandsetIdentity, Line, LineDone, Plea, Refused, Sink
from net119_reference.registration.states import CAN_CALL
from net119_reference.service import live as memory
from net119_reference.service import placing, transcripts, views
from net119_reference.service.core import Core
from net119_reference.service.hub import Subscriber
from net119_reference.service.jurisdiction import ref
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live
from net119_reference.service.placed_calls import PlacedCalls
from net119_reference.service.registry import Registry
from net119_reference.service.stalls import DETAIL, run_soon
from net119_reference.store import schema


class HandsetAttachment:
    """A handset connected to its call."""

    def __init__(
        self, desk: "HandsetDesk", call_id: UUID, subscriber: Subscriber, who: HandsetIdentity
    ) -> None:
        self._desk = desk
        self._call_id = call_id
        self._subscriber: Subscriber | None = subscriber
        self._who = who
        self.token_hash = who.token_hash
        """By which token it connected."""

    def begin_line(self, call_id: UUID, line: Line, done: LineDone) -> bool:
        """Say a line without waiting for anything, if the call is in memory."""
        return self._desk.begin_line(self._who, call_id, line, done)

    async def detach(self) -> None:
        """The connection is gone."""
        subscriber, self._subscriber = self._subscriber, None
        if subscriber is not None:
            subscriber.gone = True
            self._desk.gone(self._call_id, subscriber, self)

    def end(self, code: Refusal, detail: str) -> None:
        """Tell the client why and close its connection, which then detaches."""
        if self._subscriber is not None:
            self._subscriber.sink.end(code, detail)


class HandsetDesk:
    """What handsets may do."""

    def __init__(self, core: Core, registry: Registry, profile: Callable[[str], Profile]) -> None:
        self._core = core
        self._registry = registry
        self._profile = profile
        self._placed = PlacedCalls(core)
        self._connected: set[HandsetAttachment] = set()

    async def log_in(self, body: LogIn) -> Session:
        """Log in (TOM-18); Refused if ID or password is wrong."""
        token, registrant = await self._registry.log_in(body.login_id, body.password)
        home = self._core.jurisdiction.department(registrant.department, self._core.clock.now())
        if home is None:
            raise Refused(
                Refusal.FORBIDDEN, f"department {registrant.department} is not in the directory"
            )
        return Session(token=token, registrant_name=registrant.data.name, home=ref(home))

    # --- calling ------------------------------------------------------------------------------

    async def place_call(
        self, who: HandsetIdentity, body: NewCall, link: LinkSecurity
    ) -> CallAddress:
        """Make a call; a repeat with the same ``clientCallId`` finds the same call."""
        stall, request = self._core.stall, (who.registrant_id, body.client_call_id)

        def known() -> bool:
            """Whether it is being stored already: then nobody may be told that it is not."""
            return self._placed.of(*request) is not None

        # A repeat may be of a call that rings, of before a restart: it is asked for first.
        if not self._core.known.may_have_placed(*request) and stall.lasts():
            raise Refused(Refusal.OVERLOAD, DETAIL)
        await self._placed.recall(*request)
        place = functools.partial(self._place, who, body, link)
        return await run_soon(self._core.kernel, place, stall.limit_s, unless=known)

    def _place(
        self, who: HandsetIdentity, body: NewCall, link: LinkSecurity, tx: Transaction
    ) -> CallAddress:
        core = self._core
        placed = self._placed.of(who.registrant_id, body.client_call_id)
        if placed is not None:
            live, call = core.call_here(placed)
            placing.check_repeat(call, body)
            return _address(call, live)
        registrant = self._registry.registrant(who.registrant_id)
        if registrant.state is RegistrationState.SUSPENDED:
            raise Refused(Refusal.REGISTRANT_SUSPENDED, registrant.reason)
        if registrant.state not in CAN_CALL or registrant.device_blocked:
            raise Refused(Refusal.REGISTRANT_REFUSED, f"registration {registrant.state.value}")
        starts = self._profile(who.department).service_starts
        if starts is not None and japan_date(tx.now) < starts:
            raise Refused(Refusal.NOT_IN_SERVICE, f"{who.department} takes calls from {starts} on")
        if body.mode not in core.config.modes.accepted:
            raise Refused(
                Refusal.MODE_NOT_ACCEPTED,
                f"{body.mode.value} calls are not accepted here",
                field="mode",
            )
        core.bounds.place(tx, who.registrant_id, body.mode)
        if core.own_state() is ProviderState.OVERLOADED:
            raise Refused(
                Refusal.OVERLOAD,
                "too many calls are open, overload was declared, or the database stalls",
            )
        home = core.jurisdiction.own_unit(who.department, tx.now)
        if home is None:
            raise Refused(
                Refusal.NOT_IN_SERVICE,
                f"no center of this provider answers for {who.department} today",
            )
        decision = self._decide(who, body, registrant.data, link, tx)
        placing.refuse_if_decided(decision)
        call = placing.new_call(body, registrant, home, decision, link, core.operator, tx.now)
        live = Live(call.call_id, touched=tx.now)
        tx.put(core.lives, call.call_id, live)
        self._placed.add(tx, who.registrant_id, body.client_call_id, call.call_id)
        core.bounds.placed(tx, who.registrant_id, call.call_id)
        change = self._direct(call, home, decision, tx)
        core.record(tx, live, change)
        return _address(live.known(), live)

    def _decide(
        self,
        who: HandsetIdentity,
        body: NewCall,
        data: RegistrantData,
        link: LinkSecurity,
        tx: Transaction,
    ) -> routing.RoutingDecision:
        core = self._core
        plaintext = core.config.plaintext_allowed(self._profile(who.department))
        facts = placing.facts_of(body, data, who.department, link, plaintext=plaintext)
        states = {
            peer.operator: routing.PeerState(peer.session_up, peer.last_frame_age_s, peer.state)
            for peer in core.peers.health()
        }
        peers = routing.Peers(core.operator, states, core.config.timers.t3_s)
        return core.jurisdiction.route(facts, peers, tx.now)

    def _direct(
        self, call: Call, home: Unit, decision: routing.RoutingDecision, tx: Transaction
    ) -> Change:
        """Let the decided department have the call."""
        core = self._core
        opened = (
            Note("opened", call.mode.value),
            Note("routed", f"{decision.rule.value}: {decision.department}"),
        )
        call = call.model_copy(update={"state": advance(call.state, Trigger.LOCATE)})
        unit = core.jurisdiction.unit(decision.department or "", tx.now) or home
        if unit.provider != core.operator:
            change = offers.offer(
                call,
                unit,
                tx.now,
                core.timing,
                message_id=memory.new_id(),
                transcript=(),
            )
        elif unit.center == home.center or core.hub.has_console(unit.center):
            console = core.hub.has_console(unit.center)
            change = anchor.ring(call, unit, tx.now, core.timing, console=console)
        else:
            offering = call.model_copy(update={"state": advance(call.state, Trigger.OFFER)})
            why = anchor.Fallback(NoticeCode.CALL_HOME_PEER_NO_CONSOLE, (unit.department,))
            console = core.hub.has_console(home.center)
            change = anchor.take_home(offering, why, tx.now, core.timing, console=console)
        return Change(change.call, (*opened, *change.effects))

    # --- looking ------------------------------------------------------------------------------

    def own(self, who: HandsetIdentity, call_id: UUID) -> tuple[Live, Call]:
        """A call of the caller's own; Refused if it is not."""
        live, call = self._core.call_here(call_id)
        other = who.call_id is not None and who.call_id != call_id
        if other or call.registrant_id != who.registrant_id:
            raise Refused(Refusal.UNKNOWN_CALL, f"no call {call_id} of yours is known here")
        return live, call

    async def calls_of(self, who: HandsetIdentity) -> CallsOfCaller:
        """The caller's own calls, newest first."""
        core = self._core
        for call_id in await core.database.read(functools.partial(_calls_of, who.registrant_id)):
            await core.ensure(call_id)

        def look(_tx: Transaction) -> CallsOfCaller:
            own = [
                (live.call, live.last_seq)
                for live in core.lives.values()
                if live.call is not None and live.call.registrant_id == who.registrant_id
            ]
            own.sort(key=lambda entry: entry[0].opened_at, reverse=True)
            return CallsOfCaller(calls=tuple(views.for_caller(call, seq) for call, seq in own))

        return await core.kernel.run(look)

    async def call_of(self, who: HandsetIdentity, call_id: UUID) -> CallView:
        """One of the caller's calls."""
        await self._core.ensure(call_id)

        def look(_tx: Transaction) -> CallView:
            live, call = self.own(who, call_id)
            return views.for_caller(call, live.last_seq)

        return await self._core.kernel.run(look)

    async def lines_of(self, who: HandsetIdentity, call_id: UUID, after: int) -> Transcript:
        """Lines after a number."""
        core = self._core
        await core.ensure(call_id)
        last = await core.kernel.run(lambda _tx: self.own(who, call_id)[0].last_seq)
        lines = await core.database.read(
            lambda connection: memory.lines_after(connection, call_id, after)
        )
        return Transcript(call_id=call_id, lines=lines, last_seq=last)

    async def plea_of(self, who: HandsetIdentity, call_id: UUID | None) -> Plea:
        """What the read-aloud card says: of a call, or before there is one."""
        if call_id is None:
            data = self._registry.registrant(who.registrant_id).data
            return Plea(data.name, data.kana, data.address)
        await self._core.ensure(call_id)

        def look(_tx: Transaction) -> Plea:
            live, call = self.own(who, call_id)
            view = views.for_caller(call, live.last_seq)
            data = call.registrant
            return Plea(data.name, data.kana, data.address, view, call.place)

        return await self._core.kernel.run(look)

    # --- saying -------------------------------------------------------------------------------

    async def caller_says(self, who: HandsetIdentity, call_id: UUID, line: NewLine) -> LineStored:
        """Say a line; returns when it is numbered and durable (invariant I2)."""
        await self._core.ensure(call_id)
        return await self._core.kernel.run(functools.partial(self._say, who, call_id, line))

    def begin_line(self, who: HandsetIdentity, call_id: UUID, line: Line, done: LineDone) -> bool:
        """As :meth:`caller_says` for a call in memory; False: it is not there."""
        core = self._core
        live = core.lives.get(call_id)
        if live is None:
            return False
        if live.call is None or not live.call.open:
            # An open call stays in memory anyway.
            live.touched = core.clock.now()
        core.kernel.submit(functools.partial(self._say, who, call_id, line), done)
        return True

    def _say(self, who: HandsetIdentity, call_id: UUID, line: Line, tx: Transaction) -> LineStored:
        core = self._core
        self.check_page(who)
        live, call = self.own(who, call_id)
        live.touched = tx.now
        known = (memory.CALLER, line.client_id) in live.said
        if not call.open and not known:
            raise Refused(Refusal.CALL_CLOSED, "the call is closed")
        if not known and not core.bounds.may_write(tx, live, memory.CALLER):
            raise Refused(Refusal.TOO_MANY, "too many lines at once; say it again shortly")
        if who.link is not LinkSecurity.ENCRYPTED:
            marked = mark(call, who.link)
            if marked.call is not call:
                core.record(tx, live, marked)
        said = core.say(tx, live, memory.CALLER, SenderRole.CALLER, "", line.client_id, line)
        return said.stored(line.client_id)

    # --- connections --------------------------------------------------------------------------

    async def attach(
        self, who: HandsetIdentity, call_id: UUID, after: int, sink: Sink
    ) -> HandsetAttachment:
        """Connect a handset: it gets a welcome, the lines after ``after``, then what comes."""
        core = self._core
        await core.ensure(call_id)
        subscriber = Subscriber(sink)

        def attach(tx: Transaction) -> None:
            self.check_page(who)
            live, call = self.own(who, call_id)
            call = core.record(tx, live, mark(call, who.link))
            core.record(tx, live, anchor.on_presence(call, Presence.CONNECTED, tx.now))
            tx.after(functools.partial(self._register, live, subscriber, after, attachment))

        attachment = HandsetAttachment(self, call_id, subscriber, who)
        try:
            await core.kernel.run(attach)
            await transcripts.Earlier(
                core.database, subscriber, (call_id,), core.outbox.spawn
            ).show()
        except BaseException:
            # Cancelled, too: the command may be done all the same, and nobody else would detach.
            await attachment.detach()
            raise
        return attachment

    def _register(
        self, live: Live, subscriber: Subscriber, after: int, attachment: HandsetAttachment
    ) -> None:
        if subscriber.gone:
            return
        self._connected.add(attachment)
        view = views.for_caller(live.known(), live.last_seq)
        subscriber.sink.send(HandsetWelcome(call=view))
        call = live.known()
        if call.location_asked is not None and call.open:
            # A handset that was gone is shown the request again.
            subscriber.sink.send(
                LocationRequestFrame(call_id=call.call_id, asked_at=call.location_asked)
            )
        subscriber.follow(live.call_id, after, transcripts.at_hand(live, after))
        self._core.hub.add_handset(live.call_id, subscriber)

    def end_page(self, session_hash: str, why: str) -> None:
        """A call page ended: the device that had it reads and writes no more (CNB-10)."""
        code, detail = _page_refusal(why)
        for attachment in tuple(self._connected):
            if attachment.token_hash == session_hash:
                attachment.end(code, detail)

    def check_page(self, who: HandsetIdentity) -> None:
        """Refuse a device whose call page ended while its request was under way."""
        if (why := self._registry.page_ended(who)) is not None:
            raise Refused(*_page_refusal(why))

    def gone(self, call_id: UUID, subscriber: Subscriber, attachment: HandsetAttachment) -> None:
        """A handset's connection ended."""
        self._connected.discard(attachment)
        if self._core.hub.remove_handset(call_id, subscriber):
            self._core.kernel.post(functools.partial(self._note_gone, call_id))

    def _note_gone(self, call_id: UUID, tx: Transaction) -> None:
        core = self._core
        live = core.lives.get(call_id)
        if live is not None and live.call is not None and not core.hub.has_handset(call_id):
            core.record(tx, live, anchor.on_presence(live.call, Presence.GONE, tx.now))


def _page_refusal(why: str) -> tuple[Refusal, str]:
    return Refusal(f"call-page-{why}"), f"this device's call page has ended: {why}"


def _address(call: Call, live: Live) -> CallAddress:
    return CallAddress(
        call=views.for_caller(call, live.last_seq),
        chat_path=f"/api/handset/v1/calls/{call.call_id}/chat",
    )


def _calls_of(registrant_id: UUID, connection: Connection) -> list[UUID]:
    rows = connection.scalars(
        sa.select(schema.calls.c.call_id).where(schema.calls.c.registrant_id == str(registrant_id))
    )
    return [UUID(key) for key in rows]
