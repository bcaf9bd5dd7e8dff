"""A simulated provider that speaks interface B, in both roles, with one system under test."""

import asyncio
import ssl
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

from net119_protocol.chat import ChatLine
from net119_protocol.codes import ErrorCode, Kind, Mode, OfferCause, ProviderState, RejectReason
from net119_protocol.interconnect import PORT, Body, Envelope, MessageType, bodies
from net119_protocol.interconnect.mapping import Chosen
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_protocol.person import DepartmentRef, RegistrantData
from net119_protocol.places import CallPlace

from net119_simulators.errors import Waited
from net119_simulators.line_log import Violation
from net119_simulators.peer.behaviours import Behaviour
from net119_simulators.peer.broker import Broker
from net119_simulators.peer.connections import Connections
from net119_simulators.peer.inbox import Inbox, Types, Where
from net119_simulators.peer.messages import Received, Unreadable
from net119_simulators.peer.offered_call import OfferedCall
from net119_simulators.peer.reception import Reception
from net119_simulators.peer.sending import Sent
from net119_simulators.peer.speaker import Speaker
from net119_simulators.peer.specs import Duties, SutEndpoint, Way
from net119_simulators.peer.taken_call import TakenCall
from net119_simulators.waiting import Watch
from net119_simulators.wiretap import Wiretap

DEFAULT_ROUTING = bodies.RoutingNote(rule="simulated", directory_version="simulated")


class SimulatedPeer(Connections):
    """Runs its own endpoint, and its client at the SUT's, inside ``async with``.

    ``address`` is its own address, on which it listens (``port`` 0 takes a free one; ``port`` then
    tells which) and from which it connects.  ``tls_server`` and ``tls_client`` are its contexts for
    the two; ``name`` its name in the evidence (default: the operator code); ``state`` what it
    reports of itself until ``report`` changes that.  ``broker``: its endpoint is a general broker,
    so it listens nowhere itself.  ``mapping``: how messages are written (default: as the profile).

    It keeps by itself what ``duties`` say, and decides about offers only by a behaviour that was
    set with ``behave``.  All that came is in ``received`` and ``unreadable``; ``calls`` are the
    calls it accepted or offered.

    Raises:
        SafetyInterlock: the SUT is neither on loopback nor declared to be a test system.
        CannotListen: on entering.
        Exception: on leaving; a behaviour failed with it.
    """

    def __init__(
        self,
        operator: str,
        address: str,
        *,
        sut: SutEndpoint,
        tls_server: ssl.SSLContext,
        tls_client: ssl.SSLContext,
        port: int = PORT,
        name: str | None = None,
        wiretap: Wiretap | None = None,
        heart_beat_ms: int = 10_000,
        state: ProviderState = ProviderState.NORMAL,
        declared_test_hosts: Collection[str] = (),
        broker: Broker | None = None,
        mapping: Chosen | None = None,
    ) -> None:
        super().__init__(
            operator,
            address,
            sut=sut,
            tls_server=tls_server,
            tls_client=tls_client,
            port=port,
            name=name or operator,
            wiretap=wiretap,
            heart_beat_ms=heart_beat_ms,
            state=state,
            declared_test_hosts=declared_test_hosts,
            broker=broker,
            mapping=mapping,
            on_message=lambda payload, frame, way: self._reception.take_in(payload, frame, way),
        )
        self.calls: dict[UUID, TakenCall | OfferedCall] = {}
        self._inbox = Inbox(self._watch, self.connection_state)
        self._reception = Reception(
            sut,
            self._speaker,
            self._inbox,
            self.duties,
            call_of=self.calls.get,
            on_offer=self._decide,
        )
        self._behaviour: Behaviour | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        try:
            await self.open()
        except BaseException:
            await self.shut()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        outcomes = await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.shut()
        if error is None:
            for outcome in outcomes:
                if isinstance(outcome, Exception):
                    raise outcome

    # --- what came ----------------------------------------------------------------------------

    @property
    def received(self) -> list[Received]:
        """Every readable message, in the order in which they came, repeats included."""
        return self._inbox.messages

    @property
    def unreadable(self) -> list[Unreadable]:
        """Whatever came that is no message of the profile."""
        return self._inbox.unreadable

    @property
    def sut_states(self) -> list[bodies.StatusReport]:
        """What the SUT reported of itself, oldest first."""
        return self._reception.states

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What the SUT broke, in all calls and outside them."""
        of_calls = (each for call in self.calls.values() for each in call.violations)
        of_stomp = (Violation("stomp", what) for what in self.client.faults)
        return (*self._inbox.violations, *of_calls, *of_stomp)

    async def expect(
        self,
        types: Types,
        call_id: UUID | None = None,
        *,
        within: float = 5.0,
        where: Where | None = None,
        repeats: bool | None = False,
    ) -> Received:
        """The oldest message of this type or these types that was not expected before.

        Each message is returned once.  ``repeats``: ``False`` leaves out messages whose
        ``messageId`` came before, ``True`` takes only those, ``None`` both.

        Raises:
            Waited: none came in time; it tells what came instead.
        """
        return await self._inbox.expect(types, call_id, within=within, where=where, repeats=repeats)

    async def watch_for(
        self,
        types: Types,
        call_id: UUID | None = None,
        *,
        during: float,
        where: Where | None = None,
        repeats: bool | None = False,
    ) -> Received | None:
        """As ``expect``, for what should not come: ``None`` if nothing did."""
        try:
            return await self.expect(types, call_id, within=during, where=where, repeats=repeats)
        except Waited:
            return None

    def find(
        self,
        types: Types,
        call_id: UUID | None = None,
        *,
        where: Where | None = None,
        repeats: bool | None = None,
    ) -> list[Received]:
        """All such messages so far, whether expected or not, repeats included."""
        return self._inbox.find(types, call_id, where, repeats)

    def unexpected(self) -> list[Received]:
        """What nobody expected and the peer made no use of; no repeats, no ``status.report``."""
        return self._inbox.unexpected()

    # --- as callee ----------------------------------------------------------------------------

    def behave(self, behaviour: Behaviour | None) -> None:
        """Let a behaviour decide about the offers that come from now on; ``None``: nobody does."""
        self._behaviour = behaviour

    async def accept(self, offer: Received, center: str | None = None) -> TakenCall:
        """Accept an offer for a center (default: the code of the department)."""
        asked = offer.body_as(bodies.CallOffer)
        call_id = offer.call_id
        if call_id is None:
            raise ValueError("an offer belongs to a call")
        offer.handled = True
        ledger = self._speaker.open_ledger(
            call_id, offer.way, offer.envelope.mode, offer.envelope.epoch
        )
        ledger.epoch = max(ledger.epoch, offer.envelope.epoch)
        call = TakenCall(offer, center or asked.department, ledger, *self._parts())
        self.calls[call_id] = call
        return call

    async def take(
        self, offer: Received, center: str | None = None, *, within: float = 5.0
    ) -> TakenCall:
        """Accept an offer and wait until the call is assigned; raises as ``TakenCall.assigned``."""
        return await (await self.accept(offer, center)).assigned(within)

    async def reject(
        self, offer: Received, reason: RejectReason = RejectReason.NO_CONSOLE, detail: str = ""
    ) -> Sent:
        """Reject an offer."""
        offer.handled = True
        return self._speaker.reply(
            offer, bodies.CallReject(reason=reason, detail=detail), epoch=offer.envelope.epoch
        )

    # --- as anchor ----------------------------------------------------------------------------

    async def offer(
        self,
        *,
        department: str,
        person: RegistrantData,
        place: CallPlace,
        home: DepartmentRef,
        kind: Kind = Kind.AMBULANCE,
        mode: Mode = Mode.TEST,
        expires_in_s: float = 10.0,
        expires_at: datetime | None = None,
        transcript: Sequence[ChatLine] = (),
        routing: bodies.RoutingNote = DEFAULT_ROUTING,
        call_id: UUID | None = None,
        epoch: int = 1,
        cause: OfferCause = OfferCause.NEW,
        transferred_from: DepartmentRef | None = None,
        transfer_reason: str = "",
        trail: Sequence[TrailPoint] = (),
    ) -> OfferedCall:
        """Offer a new call, or one to be transferred, to a department of the SUT.

        Raises SafetyInterlock.
        """
        now = datetime.now(UTC)
        call_id = call_id or uuid4()
        ledger = self._speaker.open_ledger(call_id, Way.ANCHOR, mode, epoch)
        body = bodies.CallOffer(
            department=department,
            kind=kind,
            opened_at=now,
            expires_at=expires_at or now + timedelta(seconds=expires_in_s),
            last_seq=transcript[-1].seq if transcript else 0,
            home=home,
            registrant=person,
            place=place,
            routing=routing,
            transcript=tuple(transcript),
            cause=cause,
            transferred_from=transferred_from,
            transfer_reason=transfer_reason,
            trail=tuple(trail),
        )
        envelope = self._speaker.build(MessageType.CALL_OFFER, body, call_id)
        call = OfferedCall(envelope, ledger, *self._parts())
        self.calls[call_id] = call
        self._speaker.send(envelope)
        return call

    # --- any message --------------------------------------------------------------------------

    def build(
        self,
        kind: MessageType,
        body: Body,
        call_id: UUID | None = None,
        epoch: int | None = None,
        n: int | None = None,
        mode: Mode | None = None,
        *,
        way: Way | None = None,
        in_reply_to: UUID | None = None,
        **overrides: Any,
    ) -> Envelope:
        """A message, not sent; see ``Speaker.build``. ``altered`` spoils it."""
        return self._speaker.build(
            kind, body, call_id, epoch, n, mode, way=way, in_reply_to=in_reply_to, **overrides
        )

    def altered(self, envelope: Envelope, **fields: Any) -> bytes:
        """The message as written on the wire, with fields spoilt; see ``Chosen.altered``."""
        return self.mapping.altered(envelope, **fields)

    async def send_envelope(self, envelope: Envelope, *, way: Way | None = None) -> Sent:
        """Send a message (default: on the way of its call); see ``Speaker.send``."""
        return self._speaker.send(envelope, way)

    async def send_raw(
        self,
        payload: bytes,
        destination: str | None = None,
        headers: dict[str, str] | None = None,
        *,
        way: Way = Way.ANCHOR,
    ) -> Sent:
        """Send any bytes once, as SEND to the SUT's endpoint or as MESSAGE at the peer's own."""
        return self._speaker.send_raw(payload, destination, headers, way)

    async def reply(self, received: Received, body: Body, **overrides: Any) -> Sent:
        """Answer a message; the type is that of the body."""
        return self._speaker.reply(received, body, **overrides)

    async def send_error(
        self,
        received: Received,
        code: ErrorCode,
        detail: str = "refused by the simulated peer",
        *,
        field: str | None = None,
        current_epoch: int | None = None,
    ) -> Sent | None:
        """Answer a message by ``error``; an ``error`` is never answered so (``None``)."""
        return self._speaker.refuse(received, code, detail, field, current_epoch)

    def _decide(self, offer: Received) -> None:
        if self._behaviour is not None:
            offer.handled = True
            self._tasks.append(asyncio.create_task(self._behaviour.on_offer(self, offer)))

    def _parts(self) -> tuple[Speaker, Inbox, Duties, Watch]:
        return self._speaker, self._inbox, self.duties, self._watch
