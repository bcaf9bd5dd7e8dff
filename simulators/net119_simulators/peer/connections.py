"""The two connections of a simulated peer with its SUT, and the trouble one can have with them."""

import ssl
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from net119_protocol.codes import ProviderState
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.interconnect.mapping import Chosen, load_mapping
from net119_protocol.stomp import Frame

from net119_simulators.peer.broker import Broker, BrokeredEndpoint
from net119_simulators.peer.client import Client
from net119_simulators.peer.endpoint import Endpoint
from net119_simulators.peer.evidence import FrameTape
from net119_simulators.peer.habits import Habits
from net119_simulators.peer.raw import RawSession
from net119_simulators.peer.sending import Sent
from net119_simulators.peer.speaker import Speaker
from net119_simulators.peer.specs import Duties, SutEndpoint, Way
from net119_simulators.recorder import Recorder
from net119_simulators.waiting import Watch
from net119_simulators.wiretap import Interface, Wiretap


class Connections:
    """The peer's endpoint and its client, each of which can be switched off, on, and cut.

    ``on_message`` gets the body and frame of each message of the SUT, and the way it came.  The
    state of the peer is reported at the start of each session.  With ``broker`` the peer's queues
    are at a general broker instead of an endpoint of its own.

    Raises:
        SafetyInterlock: the SUT is neither on loopback nor declared to be a test system.
    """

    def __init__(
        self,
        operator: str,
        address: str,
        *,
        sut: SutEndpoint,
        tls_server: ssl.SSLContext,
        tls_client: ssl.SSLContext,
        port: int,
        name: str,
        wiretap: Wiretap | None,
        heart_beat_ms: int,
        state: ProviderState,
        declared_test_hosts: Collection[str],
        on_message: Callable[[bytes, Frame, Way], None],
        broker: Broker | None = None,
        mapping: Chosen | None = None,
    ) -> None:
        sut.check_safe(declared_test_hosts)
        if broker is not None:
            broker.at.check_safe(declared_test_hosts)
        self.operator = operator
        self.address = address
        self.sut = sut
        self.name = name
        self.duties = Duties()
        self.habits = Habits()
        self._watch = Watch()
        self._report = bodies.StatusReport(state=state, since=datetime.now(UTC))
        self._tls_server = tls_server
        self._tls_client = tls_client
        self._wiretap = wiretap
        self._hosts = declared_test_hosts
        self.mapping = mapping or load_mapping()
        tape = FrameTape(Recorder(wiretap, Interface.B, name, sut.operator), self.mapping)
        self.endpoint: Endpoint | BrokeredEndpoint
        if broker is None:
            self.endpoint = Endpoint(
                operator,
                sut,
                address,
                port,
                tls_server,
                tape=tape,
                duties=self.duties,
                habits=self.habits,
                heart_beat_ms=heart_beat_ms,
                watch=self._watch,
                on_message=lambda payload, frame: on_message(payload, frame, Way.CALLEE),
                on_subscribed=lambda: self._report_at_start(Way.CALLEE),
            )
        else:
            tape_there = FrameTape(Recorder(wiretap, Interface.B, name, "broker"), self.mapping)
            self.endpoint = BrokeredEndpoint(
                operator,
                broker,
                address,
                tape=tape_there,
                duties=self.duties,
                habits=self.habits,
                heart_beat_ms=heart_beat_ms,
                watch=self._watch,
                on_message=lambda payload, frame: on_message(payload, frame, Way.CALLEE),
                on_subscribed=lambda: self._report_at_start(Way.CALLEE),
            )
        self.client = Client(
            operator,
            sut,
            address,
            tls_client,
            tape=tape,
            duties=self.duties,
            habits=self.habits,
            heart_beat_ms=heart_beat_ms,
            watch=self._watch,
            on_message=lambda payload, frame: on_message(payload, frame, Way.ANCHOR),
            on_ready=lambda: self._report_at_start(Way.ANCHOR),
        )
        self._speaker = Speaker(
            operator, sut, self.endpoint, self.client, self._watch, self.mapping, self.duties
        )

    async def open(self) -> None:
        """Begin to listen and to connect; raises CannotListen."""
        await self.endpoint.on()
        self.client.on()

    async def shut(self) -> None:
        """Leave the SUT's endpoint with DISCONNECT, then close the own one."""
        try:
            await self.client.leave()
        finally:
            await self.endpoint.off()

    @property
    def port(self) -> int:
        """The port of the peer's own endpoint."""
        return self.endpoint.port

    def connection_state(self) -> str:
        """The state of both connections, in words."""
        return f"{self.endpoint.state()}; {self.client.state()}"

    def is_connected(self, way: Way) -> bool:
        """Whether messages can go both ways over this connection."""
        return self.client.ready if way is Way.ANCHOR else self.endpoint.subscribed

    async def connected(self, within: float = 10.0, ways: Collection[Way] = tuple(Way)) -> None:
        """Return once the SUT listens at the peer's endpoint, and the peer at the SUT's.

        Raises:
            Waited: not in time; it tells what is missing.
        """
        await self._watch.until(
            lambda: all(self.is_connected(way) for way in ways) or None,
            f"the connection of {self.operator} and {self.sut.operator} "
            f"({', '.join(f'as {way.value}' for way in ways)})",
            within,
            self.connection_state,
        )

    async def disconnected(self, way: Way, within: float = 10.0) -> None:
        """Return once this connection is down; raises Waited."""
        await self._watch.until(
            lambda: not self.is_connected(way) or None,
            f"the end of the connection as {way.value}",
            within,
            self.connection_state,
        )

    async def endpoint_off(self) -> None:
        """Stop listening and cut the SUT's connections; queued messages stay."""
        await self.endpoint.off()

    async def endpoint_on(self) -> None:
        """Listen again, on the same port; raises CannotListen."""
        await self.endpoint.on()

    async def client_off(self) -> None:
        """Cut the peer's own session at the SUT, and do not connect again."""
        await self.client.off()

    async def client_on(self) -> None:
        """Connect to the SUT again."""
        self.client.on()

    async def cut(self, way: Way) -> None:
        """Cut a connection once; whose client it is connects again."""
        await (self.client.cut() if way is Way.ANCHOR else self.endpoint.cut())

    async def endpoint_shows(self, tls: ssl.SSLContext | None = None) -> None:
        """Listen with another certificate, or with the peer's own again; cuts what is connected.

        A peer at a broker has no certificate of its own to show.
        """
        wanted = tls or self._tls_server
        if isinstance(self.endpoint, Endpoint) and self.endpoint.tls is not wanted:
            await self.endpoint.off()
            self.endpoint.tls = wanted
            await self.endpoint.on()

    def raw_session(
        self, source: str | None = None, tls: ssl.SSLContext | None = None
    ) -> RawSession:
        """A bare STOMP connection to the SUT, from the peer's own address or another one.

        ``tls`` shows another certificate than the peer's.
        """
        return RawSession(
            self.sut,
            tls or self._tls_client,
            source=source or self.address,
            me=self.name if source in (None, self.address) else f"client at {source}",
            wiretap=self._wiretap,
            declared_test_hosts=self._hosts,
            mapping=self.mapping,
        )

    async def report(
        self, state: ProviderState, text_ja: str = "", text_en: str = ""
    ) -> list[Sent]:
        """Report a new state of the peer, on every connection that is up."""
        self._report = bodies.StatusReport(
            state=state, since=datetime.now(UTC), text_ja=text_ja, text_en=text_en
        )
        return [self._send_report(way) for way in Way if self.is_connected(way)]

    def _report_at_start(self, way: Way) -> None:
        if self.duties.status_reports:
            self._send_report(way)

    def _send_report(self, way: Way) -> Sent:
        report = self._report.model_copy(update={"minor": self.duties.minor})
        envelope = self._speaker.build(MessageType.STATUS_REPORT, report, way=way)
        return self._speaker.send(envelope, way)
