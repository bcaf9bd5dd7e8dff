"""The permanent connection to one peer's endpoint: made again for ever."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterable

from net119_protocol.api.admin import PeerOperator

from net119_reference.config import Config
from net119_reference.logs import get_log
from net119_reference.ports import Channel, Outgoing, ProviderService
from net119_reference.stomp_shell.backoff import BackOff
from net119_reference.stomp_shell.bounds import Bounds
from net119_reference.stomp_shell.client_connection import ClientConnection
from net119_reference.stomp_shell.confirmer import Confirmer
from net119_reference.stomp_shell.wire import SHUTDOWN_S

CONFIRM_WAIT_S = 2.0
"""How long a new connection waits for receipts of the last one to be stored."""
UNSPECIFIED = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on

log = get_log("stomp.client")


class PeerLink:
    """Keeps one connection to ``peer``, whatever happens; ``stop`` ends it.

    A message that the endpoint refuses by name again and again is given up, recorded as a
    refused input (invariant I10), so that those behind it can go on.
    """

    def __init__(
        self,
        service: ProviderService,
        config: Config,
        bounds: Bounds,
        peer: PeerOperator,
        context: ssl.SSLContext,
    ) -> None:
        self.peer = peer
        self._service = service
        self._config = config
        self._bounds = bounds
        self._context = context
        self._back_off = BackOff(config.timers.reconnect_s)
        self._confirmer = Confirmer(service, peer.operator, self._forget_refusals)
        self._refusals: dict[int, int] = {}
        self._nudged = asyncio.Event()
        self._connection: ClientConnection | None = None
        self._unreachable = ""
        """Why it could not be reached the last time: told once, not at each attempt."""
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name=f"peer-link-{peer.operator}")

    def wake(self) -> None:
        """There is something to send."""
        if self._connection is not None:
            self._connection.wake()

    def nudge(self) -> None:
        """The peer has just been seen: a pause before the next attempt can end."""
        self._back_off.reset()
        self._nudged.set()

    async def stop(self, within_s: float) -> None:
        """Leave the peer's endpoint; cut the connection if that takes too long."""
        self._stopping = True
        self._nudged.set()
        connection = self._connection
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                if connection is None or connection.wire.transport is None:
                    self._task.cancel()  # it pauses, or tries to connect
                else:
                    await connection.stop()
                await asyncio.wait({self._task})
                await self._confirmer.idle()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._confirmer.stop()

    # --- connecting ---------------------------------------------------------------------------

    async def _run(self) -> None:
        while not self._stopping:
            self._nudged.clear()
            try:
                await self._one_connection()
            except Exception:
                log.exception("link-failed", peer=self.peer.operator)
            if self._stopping:
                return
            pause = self._back_off.next_s()
            # Even a peer that is there at once is not tried more often than this.
            least = min(pause, self._config.timers.reconnect_s / 4)
            await asyncio.sleep(least)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause - least):
                    await self._nudged.wait()

    async def _one_connection(self) -> None:
        if not self._config.permits_host(str(self.peer.address)):
            self._service.note_refused(
                "B",
                self.peer.operator,
                "host-not-permitted",
                f"{self.peer.address} is neither a loopback address nor a declared test system; "
                "declare it in test_systems, or correct the peer's address",
            )
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CONFIRM_WAIT_S):
                await self._confirmer.idle()
        connection = self._connection = ClientConnection(
            self._service,
            self._config,
            self._bounds,
            self.peer,
            self._confirmer,
            self._on_session,
            self._on_refused,
        )
        try:
            if await self._connect(connection):
                await connection.wire.lost()
        finally:
            await connection.finish()
            self._connection = None

    async def _connect(self, connection: ClientConnection) -> bool:
        """Connect with TLS from our own address; whether it worked."""
        host = str(self.peer.address)
        try:
            async with asyncio.timeout(self._bounds.hello_s):
                await asyncio.get_running_loop().create_connection(
                    lambda: connection.wire,
                    host,
                    self.peer.port,
                    ssl=self._context,
                    server_hostname=self.peer.server_name or host,
                    local_addr=_own_address(self._config.stomp.host),
                    ssl_shutdown_timeout=SHUTDOWN_S,
                )
        except ssl.SSLCertVerificationError as failure:
            text = f"the certificate of {host} is not accepted: {failure.verify_message}"
            self._service.note_refused("B", self.peer.operator, "certificate-refused", text)
            self._unreachable = ""  # it was reached
            return False
        except OSError as failure:  # TimeoutError is one
            reason = failure.strerror or str(failure) or type(failure).__name__
            if reason != self._unreachable:
                log.warning("endpoint-unreachable", peer=self.peer.operator, reason=reason)
            self._unreachable = reason
            return False
        self._unreachable = ""
        return True

    # --- what the connection tells ------------------------------------------------------------

    def _on_session(self, up: bool) -> None:
        self._service.peer_session(self.peer.operator, Channel.CLIENT, up)
        if up:
            self._back_off.reset()
            log.info("session-up", peer=self.peer.operator)

    def _on_refused(self, item: Outgoing, message: str) -> None:
        times = self._refusals[item.number] = self._refusals.get(item.number, 0) + 1
        if times < self._bounds.refusals:
            return
        text = (
            f"{item.type} {item.message_id} was refused {times} times by the endpoint of "
            f"{self.peer.operator} and is given up: {message}"
        )
        log.error("message-given-up", peer=self.peer.operator, message_id=str(item.message_id))
        self._service.note_refused("B", self.peer.operator, "message-given-up", text)
        self._confirmer.add(item.number)

    def _forget_refusals(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._refusals.pop(number, None)


def _own_address(host: str) -> tuple[str, int] | None:
    """What to bind before connecting: peers know us by our address (design: "Interface B")."""
    if host in UNSPECIFIED:
        return None
    return ("127.0.0.1" if host == "localhost" else host, 0)
