"""A call under way, in either role, in which a bad peer misbehaves."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from net119_protocol.codes import Mode, SenderRole
from net119_protocol.interconnect import Envelope, MessageType, bodies

from net119_simulators.line_sender import new_client_id
from net119_simulators.peer.bad.access import Caller
from net119_simulators.peer.bad.invariants import holds_at_anchor, holds_at_callee
from net119_simulators.peer.bad.model import PeerRole
from net119_simulators.peer.bad.run import BadRun
from net119_simulators.peer.offered_call import OfferedCall
from net119_simulators.peer.specs import Way
from net119_simulators.peer.taken_call import TakenCall


class Talk:
    """A call that a human has answered; ``said`` are the acknowledged lines of both sides.

    ``way`` is the connection on which the peer's messages of the call go.
    """

    def __init__(
        self,
        run: BadRun,
        offered: OfferedCall | None,
        view: Caller | None,
        taken: TakenCall | None,
    ) -> None:
        self.run = run
        self.said: list[str] = []
        self._offered = offered
        self._view = view
        self._taken = taken

    @classmethod
    async def begin(cls, run: BadRun, role: PeerRole) -> "Talk":
        """Have a call in this role up to a line of each side."""
        if role is PeerRole.ORIGINATES:
            talk = cls(run, await run.owned_call(), None, None)
        else:
            talk = cls(run, None, *await run.assigned_call())
        await talk.both_say("はじめの文")
        return talk

    @classmethod
    async def go_on(cls, run: BadRun, call: OfferedCall) -> "Talk":
        """Have a call that the peer has just assigned, once a dispatcher has answered it."""
        console = run.bench.console
        await console.wait_for_call(call.call_id, run.patience, lambda seen: seen.mine)
        await console.answer(call.call_id, within=run.patience)
        await call.answered(run.patience)
        return cls(run, call, None, None)

    @property
    def way(self) -> Way:
        """The peer's way in this call."""
        return Way.ANCHOR if self._offered is not None else Way.CALLEE

    @property
    def call(self) -> OfferedCall | TakenCall:
        """The peer's view of the call."""
        found = self._offered or self._taken
        if found is None:
            raise LookupError("a talk has a call")
        return found

    @property
    def call_id(self) -> UUID:
        """The call."""
        return self.call.call_id

    async def both_say(self, text: str) -> None:
        """A line of the peer's and one of the system's; both must be acknowledged."""
        mine, theirs = f"{text}（相手）", f"{text}（システム）"
        run = self.run
        if self._offered is not None:
            await self._offered.say_as_caller(mine, within=run.patience)
            await run.bench.console.say(self.call_id, theirs, within=run.patience)
        elif self._taken is not None and self._view is not None:
            await self._taken.say(mine, within=run.patience)
            await self._view.say(theirs, within=run.patience)
        self.said += [mine, theirs]

    def line(
        self,
        text: str,
        *,
        n: int | None = None,
        epoch: int | None = None,
        mode: Mode | None = None,
        number: int | None = None,
    ) -> Envelope:
        """A line of the peer's, not sent; ``n`` is used up unless it is given.

        ``number`` is that of the line, where the peer numbers the lines (default: the next one).
        """
        anchors = self._offered is not None
        following = max((line.seq for line in self.call.lines), default=0) + 1
        body = bodies.ChatMessage(
            client_id=new_client_id(),
            sender=SenderRole.CALLER if anchors else SenderRole.DISPATCHER,
            text=text,
            seq=(number or following) if anchors else None,
            at=self.call.sent[0].sent_at if anchors else None,
        )
        return self.run.peer.build(
            MessageType.CHAT_MESSAGE, body, self.call_id, epoch, n, mode, message_id=uuid4()
        )

    async def send(self, payload: bytes) -> None:
        """Send octets on the way of the call, once, kept nowhere."""
        await self.run.peer.send_raw(payload, way=self.way)

    async def holds(self, *, unseen: str = "", also: Sequence[Envelope] = ()) -> None:
        """Go on talking, then check the invariants.

        ``unseen`` is a text that nobody may see; ``also`` are the peer's own lines which it sent
        by hand, in their order.
        """
        if self._offered is not None:
            for envelope in also:
                self._offered.said_by_hand(envelope)
        await self.both_say("後の文")
        if self._offered is not None:
            record = await holds_at_callee(self.run, self._offered, self.said)
        else:
            if self._view is None:
                raise LookupError("a talk has a call")
            record = await holds_at_anchor(
                self.run, self._view, self.run.bench.there.code, self.said, self._taken
            )
        if unseen:
            texts = [line.text for line in record.lines]
            self.run.check(
                "I1",
                "断られた文は誰にも表示されない",
                "the refused line is shown to nobody",
                unseen not in texts,
                f"no {unseen!r}",
                texts,
            )
