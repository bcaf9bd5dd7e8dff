"""One run of a bad peer: what it can do, and the record of what it did and of what must hold."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from net119_protocol.api.admin import RefusedInput
from net119_protocol.chat import ChatLine
from net119_protocol.codes import (
    CallState,
    ErrorCode,
    FixSource,
    Kind,
    Mode,
    PlaceChoice,
    SenderRole,
)
from net119_protocol.interconnect import Envelope, MessageType, bodies
from net119_protocol.places import CallPlace, Fix, Point

from net119_simulators.errors import Waited
from net119_simulators.line_log import Violation
from net119_simulators.lookout import LAST_LOOK_S, Lookout, long_enough
from net119_simulators.peer.bad.access import Caller
from net119_simulators.peer.bad.bench import Bench, Side
from net119_simulators.peer.bad.model import Step, StepKind, Words
from net119_simulators.peer.messages import Received
from net119_simulators.peer.offered_call import OfferedCall
from net119_simulators.peer.peer import SimulatedPeer
from net119_simulators.peer.raw import RawSession
from net119_simulators.peer.specs import Way
from net119_simulators.peer.taken_call import TakenCall

Tell = Callable[[Step], None]
_LOOK_EVERY_S = 0.05
_ACCURACY_M = 12.0  # what a phone under open sky reports


class BadRun:
    """Inside ``async with``; phones and raw sessions opened here end with it.

    ``tell`` gets each step as it is made; all are in ``steps``.
    """

    def __init__(self, bench: Bench, tell: Tell) -> None:
        self.bench = bench
        self.steps: list[Step] = []
        self._tell = tell
        self._stack = AsyncExitStack()
        self._logged_before: Counter[tuple[str, str]] = Counter()
        self._entries_before: dict[int, int] = {}
        self._before: frozenset[int] = frozenset()  # what the peer had received, by identity
        self._broken_before: frozenset[int] = frozenset()  # at the console, by identity
        self._slowest_s = 0.0  # that the system took for what had to come
        self._never_ours: list[tuple[UUID, Lookout]] = []

    async def __aenter__(self) -> "BadRun":
        self._before = frozenset(map(id, self.peer.received))
        self._broken_before = frozenset(map(id, self.bench.console.violations))
        entries = await self.bench.access.refused_inputs()
        self._entries_before = {each.number: each.count for each in entries}
        self._logged_before = _counted(entries)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    @property
    def peer(self) -> SimulatedPeer:
        """The peer that misbehaves."""
        return self.bench.peer

    @property
    def patience(self) -> float:
        """How long an answer is waited for, seconds."""
        return self.bench.patience

    # --- the record ---------------------------------------------------------------------------

    def did(self, ja: str, en: str) -> None:
        """The peer did something."""
        self._step(Step(StepKind.DID, Words(ja, en)))

    def took(self, ja: str, en: str) -> None:
        """The system did something about it."""
        self._step(Step(StepKind.TOOK, Words(ja, en)))

    def check(
        self, rule: str, ja: str, en: str, held: bool, expected: object, seen: object
    ) -> bool:
        """Something that must hold; ``rule`` is an invariant, ``refusal``, or ``after``."""
        words = Words(ja, en)
        self._step(Step(StepKind.CHECK, words, rule, held, str(expected), str(seen)))
        return held

    async def comes(
        self, rule: str, ja: str, en: str, waiting: Awaitable[Any], expected: str
    ) -> Any | None:
        """Check that something comes in time; it, or ``None``."""
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            found = await waiting
        except Waited as nothing:
            self.check(rule, ja, en, False, expected, nothing.what)
            return None
        self._slowest_s = max(self._slowest_s, clock() - began)
        self.check(rule, ja, en, True, expected, expected)
        return found if found is not None else True

    def _step(self, step: Step) -> None:
        self.steps.append(step)
        self._tell(step)

    def broken_at_console(self, *, but: str = "") -> list[str]:
        """Breaches of order or uniqueness that the console noticed since this was asked last.

        ``but`` is a rule that the peer itself broke, so that a console must notice it.
        """
        new = [
            each for each in self.bench.console.violations if id(each) not in self._broken_before
        ]
        self._broken_before |= frozenset(map(id, new))
        return [
            str(each)
            for each in new
            if not (but and isinstance(each, Violation) and each.rule == but)
        ]

    # --- what must not come ----------------------------------------------------------------------

    def looking(self) -> Lookout:
        """To be made where that begins of which something forbidden might come."""
        return Lookout(lambda: long_enough(self._slowest_s, self.patience))

    def never_ours(self, call_id: UUID, since: Lookout) -> None:
        """To be checked when an honest call has gone through: the system never owned this one."""
        self._never_ours.append((call_id, since))

    async def not_believed(self, call_id: UUID, within_s: float) -> None:
        """Check that the system does not take a call for its own that was not assigned."""
        mine = False
        # The second look is at what came while this process stood still, and is read only then.
        for look_s in (within_s, LAST_LOOK_S):
            with suppress(Waited):
                await self.bench.console.wait_for_call(call_id, look_s, lambda seen: seen.mine)
                mine = True
        self.check(
            "I1",
            "割り当てのない通報を、自分のものと思わない",
            "a call that was not assigned is not taken for its own",
            not mine,
            "not owned",
            "owned" if mine else "not owned",
        )

    async def look_back(self) -> None:
        """Check what was to be checked at the end."""
        while self._never_ours:
            call_id, since = self._never_ours.pop(0)
            await self.not_believed(call_id, since.left())

    # --- scenes -------------------------------------------------------------------------------

    def fix(self, side: Side) -> Fix:
        """A good fix somewhere in a side's area."""
        at = side.at
        if at is None:
            address = side.person("bad peers/where").address
            at = Point(lat=address.lat or 0.0, lon=address.lon or 0.0)
        return Fix(lat=at.lat, lon=at.lon, accuracy_m=_ACCURACY_M, source=FixSource.GPS)

    async def call_to_peer(self, mode: Mode = Mode.TEST) -> Caller:
        """A registrant of the system calls from where the peer's department answers."""
        phone = await self._stack.enter_async_context(self.bench.phone())
        return await phone.call(
            Kind.AMBULANCE, PlaceChoice.CURRENT, mode=mode, fix=self.fix(self.bench.there)
        )

    async def offered(self, call: Caller) -> Received:
        """The system's offer of this call."""
        return await self.peer.expect(MessageType.CALL_OFFER, call.id, within=self.patience)

    async def assigned_call(self) -> tuple[Caller, TakenCall]:
        """A call of the system that the peer was assigned, and answered as it should."""
        call = await self.call_to_peer()
        taken = await self.peer.take(
            await self.offered(call), self.bench.there.center, within=self.patience
        )
        await taken.ring()
        await taken.answer("青葉　指令員")
        await call.wait_for_view(lambda view: view.state is CallState.ANSWERED, self.patience)
        return call, taken

    async def offer(self, **changes: Any) -> OfferedCall:
        """The peer offers a call of one of its registrants, from the system's area."""
        options: dict[str, Any] = {
            "department": self.bench.home.code,
            "person": self.bench.person(self.bench.there),
            "place": self.place(),
            "home": self.bench.there.reference,
            "mode": Mode.TEST,
        }
        return await self.peer.offer(**(options | changes))

    def place(self) -> CallPlace:
        """Where the peer's callers are."""
        fix = self.fix(self.bench.home)
        point = Point(lat=fix.lat, lon=fix.lon)
        return CallPlace(choice=PlaceChoice.CURRENT, point=point, radius_m=100.0, fix=fix)

    async def owned_call(self, **changes: Any) -> OfferedCall:
        """A call of the peer's that the system was assigned, and a dispatcher there answered."""
        call = await self.offer(**changes)
        await call.accepted(self.patience)
        await call.assign()
        await self.bench.console.wait_for_call(call.call_id, self.patience, lambda seen: seen.mine)
        await self.bench.console.answer(call.call_id, within=self.patience)
        await call.answered(self.patience)
        return call

    def caller_line(self, call: OfferedCall, text: str, seq: int, **envelope: Any) -> Envelope:
        """A line of the peer's caller, not sent."""
        body = bodies.ChatMessage(
            client_id=f"line-{call.call_id.hex[:8]}-{seq}",
            sender=SenderRole.CALLER,
            text=text,
            seq=seq,
            at=datetime.now(UTC),
        )
        return self.peer.build(MessageType.CHAT_MESSAGE, body, call.call_id, **envelope)

    async def raw(self, source: str | None = None, tls: ssl.SSLContext | None = None) -> RawSession:
        """A bare connection to the system's endpoint, as the peer or from another address.

        ``tls`` shows another certificate than the peer's; raises Unreachable.
        """
        return await self._stack.enter_async_context(self.peer.raw_session(source, tls))

    # --- refusals -----------------------------------------------------------------------------

    async def refused(
        self,
        code: ErrorCode,
        *,
        in_reply_to: UUID | None = None,
        alternatives: Sequence[ErrorCode] = (),
    ) -> bodies.ErrorReport | None:
        """Check that the system answers by ``error`` with this code, and logs the refusal.

        ``alternatives`` are codes that say the same just as well.  A refusal of an earlier run
        that nobody waited for is no answer.
        """
        codes = (code, *alternatives)

        def fits(received: Received) -> bool:
            if id(received) in self._before:
                return False
            body = received.body
            answers = in_reply_to is None or received.envelope.in_reply_to == in_reply_to
            return answers and isinstance(body, bodies.ErrorReport) and body.code in codes

        found = await self.comes(
            "refusal",
            f"システムは error {code.value} で断る",
            f"the system refuses by error {code.value}",
            self.peer.expect(MessageType.ERROR, within=self.patience, where=fits),
            f"error {code.value}",
        )
        if found is None or not isinstance(found.body, bodies.ErrorReport):
            return None
        await self.logged(found.body.code.value)
        return found.body

    async def refused_on_the_wire(self, raw: RawSession, what: str) -> None:
        """Check that a bare connection gets an ERROR frame with a reason and is closed."""
        error = await self.comes(
            "refusal",
            f"ERROR が返る（{what}）",
            f"ERROR comes back ({what})",
            raw.expect("ERROR", within=self.patience),
            "ERROR",
        )
        if error is not None:
            said = error.get("message") or error.body.decode("utf-8", "replace")
            self.took(f"システムの ERROR: {said[:160]}", f"the system's ERROR: {said[:160]}")
        await self.comes(
            "refusal",
            "その後、接続が閉じられる",
            "the connection is then closed",
            raw.closed(self.patience),
            "closed",
        )
        await self.logged(None)

    async def confirmed(self, call_id: UUID, message_id: UUID) -> None:
        """Check that a line that was sent by hand gets its receipt."""
        await self.comes(
            "I2",
            "文が確認される",
            "the line is acknowledged",
            self.peer.expect(
                MessageType.CHAT_RECEIPT,
                call_id,
                within=self.patience,
                where=lambda got: got.envelope.in_reply_to == message_id,
            ),
            "chat.receipt",
        )

    async def stays_open(self, raw: RawSession, during_s: float) -> None:
        """Check that a bare connection is not closed for this long."""
        try:
            await raw.closed(during_s)
            closed = True
        except Waited:
            closed = False
        self.check(
            "I10",
            "接続は閉じられない",
            "the connection is not closed",
            not closed,
            "open",
            "closed" if closed else "open",
        )

    async def cut_off(self, way: Way) -> None:
        """Check that the system cuts its connection with the peer."""
        await self.comes(
            "refusal",
            "システムは接続を切る",
            "the system cuts the connection",
            self.peer.disconnected(way, self.patience),
            "cut",
        )

    async def logged(self, code: str | None, source: str | None = None) -> None:
        """Check that a refusal of the peer is logged, in time, since the beginning of the run.

        ``code`` narrows it to one reason; ``source`` is whom the log names (default: the peer).
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience
        who = source or self.peer.operator
        while True:
            told = await self._refused_inputs() - self._logged_before
            codes = sorted(each for whom, each in told if whom == who)
            held = bool(codes) if code is None else code in codes
            if held or loop.time() >= deadline:
                break
            await asyncio.sleep(_LOOK_EVERY_S)
        self.check(
            "I10",
            "断ったことが記録されている",
            "the refusal is logged",
            held,
            code or "an entry",
            codes or "no entry",
        )

    async def news(self) -> list[RefusedInput]:
        """What was refused at interface B since the beginning of the run."""
        return [
            entry
            for entry in await self.bench.access.refused_inputs()
            if entry.interface == "B" and entry.count > self._entries_before.get(entry.number, 0)
        ]

    async def _refused_inputs(self) -> Counter[tuple[str, str]]:
        return _counted(await self.bench.access.refused_inputs())


def _counted(entries: Sequence[RefusedInput]) -> Counter[tuple[str, str]]:
    """How often whom was refused what at interface B; the log counts what is alike."""
    found: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        if entry.interface == "B":
            found[entry.source, entry.code] += entry.count
    return found


def in_short(lines: Sequence[ChatLine]) -> list[tuple[int, str]]:
    """Number and beginning of lines."""
    return [(line.seq, line.text[:40]) for line in lines]
