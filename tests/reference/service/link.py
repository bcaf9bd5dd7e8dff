"""A link between two services in memory, which loses, repeats, delays and reorders as told."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from net119_protocol.interconnect import (
    Body,
    Envelope,
    MessageType,
    Via,
    callee_queue,
    caller_queue,
    decode,
    encode,
)
from net119_reference.ports import Channel, Outgoing

from tests.reference.service.support import Site, settle

OTHER = {Channel.CLIENT: Channel.QUEUE, Channel.QUEUE: Channel.CLIENT}


@dataclass
class Pipe:
    """What one service sends the other over one channel."""

    sender: Site
    receiver: Site
    channel: Channel

    async def waiting(self) -> list[Outgoing]:
        """What is not confirmed, in order."""
        found = await self.sender.service.outgoing(self.receiver.operator, self.channel, 0, 10_000)
        return list(found)

    async def deliver(
        self, index: int = 0, *, arrives: bool = True, receipt: bool = True
    ) -> Envelope:
        """Carry one message over.

        Without ``receipt`` it comes again, as after a lost connection; with a receipt but
        without having arrived it is lost in a way that STOMP does not allow.
        """
        item = (await self.waiting())[index]
        if arrives:
            await self.receiver.service.receive(
                self.sender.operator, item.payload, OTHER[self.channel]
            )
        if receipt:
            await self.sender.service.confirmed([item.number])
        if self.channel is Channel.CLIENT:
            self.sender.service.peer_frame(self.receiver.operator)
        else:
            self.receiver.service.peer_frame(self.sender.operator)
        return decode(item.payload)


@dataclass
class Link:
    """Both channels both ways between ``a`` and ``b``."""

    a: Site
    b: Site
    carried: list[tuple[str, Envelope]] = field(default_factory=list)
    """Every message that arrived through :meth:`flow`, with its sender."""
    is_up: bool = False

    @property
    def pipes(self) -> list[Pipe]:
        ways = ((self.a, self.b), (self.b, self.a))
        return [Pipe(*way, channel) for way in ways for channel in Channel]

    def to_b(self) -> Pipe:
        """From the anchor ``a`` to ``b``."""
        return Pipe(self.a, self.b, Channel.CLIENT)

    def to_a(self) -> Pipe:
        """From ``b`` back to the anchor ``a``."""
        return Pipe(self.b, self.a, Channel.QUEUE)

    def up(self) -> None:
        """Connect both ways."""
        self.is_up = True
        self._session(True)

    def down(self) -> None:
        """Cut everything."""
        self.is_up = False
        self._session(False)

    def _session(self, up: bool) -> None:
        for pipe in self.pipes:
            pipe.sender.service.peer_session(pipe.receiver.operator, pipe.channel, up)

    def beat(self) -> None:
        """Heart-beats, which keep an idle link from being taken for lost."""
        if self.is_up:
            self.a.service.peer_frame(self.b.operator)
            self.b.service.peer_frame(self.a.operator)

    async def settle(self) -> None:
        await settle(self.a.service, self.b.service)

    async def flow(self) -> list[tuple[str, Envelope]]:
        """Carry everything over, in order, until nothing is left; returns what arrived."""
        arrived: list[tuple[str, Envelope]] = []
        while True:
            await self.settle()
            full = [pipe for pipe in self.pipes if await pipe.waiting()]
            if not full:
                self.carried += arrived
                return arrived
            for pipe in full:
                arrived.append((pipe.sender.operator, await pipe.deliver()))

    async def advance(self, seconds: float, *, flowing: bool = True) -> None:
        """Let time pass at both."""
        while seconds > 0:
            step = min(seconds, 0.25)
            self.a.clock.advance(step)
            seconds -= step
            self.beat()
            await self.settle()
            if flowing and self.is_up:
                await self.flow()


def types(arrived: list[tuple[str, Envelope]]) -> list[str]:
    """``sender: type`` of each message that is no status report."""
    return [
        f"{sender}: {envelope.type.value}"
        for sender, envelope in arrived
        if envelope.type is not MessageType.STATUS_REPORT
    ]


def forged(
    like: Envelope,
    *,
    body: Body | None = None,
    message_id: UUID | None = None,
    n: int | None = None,
    **changes: object,
) -> bytes:
    """A message like another one, but for what is given; with a new id unless that is given."""
    message = like.model_copy(
        update={
            "message_id": message_id or uuid4(),
            "n": like.n if n is None else n,
            "body": like.body if body is None else body,
            **changes,
        }
    )
    return encode(
        Envelope.model_validate(message.model_dump() | {"body": message.body.model_dump()})
    )


def via_of(operator: str, channel: Channel) -> Via:
    """What a message of ``operator`` names when it arrives at its peer on ``channel``."""
    queue = caller_queue if channel is Channel.QUEUE else callee_queue
    return Via(destination=queue(operator), operator=operator)
