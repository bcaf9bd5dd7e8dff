"""The world of a purpose of a pair: a caller at one system, a dispatcher at the other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import CallState
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.errors import Waited

from net119_conformance.checks import show
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.drivers.interface import Driver, Verb
from net119_conformance.errors import SUT_ANSWERS, TrialEnded
from net119_conformance.interop import steps as duties
from net119_conformance.interop.blame import Fault, Side, Step, at_fault
from net119_conformance.interop.members import Member
from net119_conformance.interop.purposes.words import NOT_ON_WIRE
from net119_conformance.interop.wire import PairWire
from net119_conformance.verdict import Verdict
from net119_conformance.world.plan import Ground
from net119_conformance.world.standing_world import StandingWorld

T = TypeVar("T")
Steps = Callable[[], Sequence[Step]]
_LOOK_EVERY_S = 0.02


class PairWorld(StandingWorld):
    """``home`` is a department of the originating system, ``there`` one of the receiving system.

    What a purpose expects it asks for by `shows` and `holds`, which find out whose fault it is
    that it did not come; ``faults`` holds those found.
    """

    def __init__(
        self,
        *arguments: Any,
        originating: Member,
        receiving: Member,
        wire: PairWire,
        faults: list[Fault],
        cut: Callable[[], Awaitable[None]],
        linked: Callable[[], Awaitable[None]],
        **more: Any,
    ) -> None:
        super().__init__(*arguments, **more)
        self.members = {Side.ORIGINATING: originating, Side.RECEIVING: receiving}
        self.wire = wire
        self.faults = faults
        self._cut = cut
        self._linked = linked
        self.patience = max(
            originating.profile.timers.patience_s, receiving.profile.timers.patience_s
        )

    @property
    def there(self) -> Ground:
        """The department of the receiving system."""
        return self.ground("partner")

    def partner(self) -> Driver:
        """The driver of the receiving system."""
        return self.trial.require("there is a receiving system", self._partner)

    async def there_console(self) -> Console:
        """A dispatcher at the receiving system."""
        with self.trial.waiting(f"the console of {self.there.center}"):
            return await self.partner_console()

    async def linked(self) -> None:
        """Wait until the two are connected both ways, and the originating one counts on the other.

        Ends the purpose as INCONCLUSIVE, and says which connection is missing.
        """
        try:
            await self._linked()
        except Waited as missing:
            one, other = (self.members[side].key for side in Side)
            self._end(
                f"{one} and {other} are not connected at interface B: {missing.what}, "
                f"{missing.seen}. Look whether both have loaded their directory and peers, and "
                "trust the prepared authority",
                f"{one} と {other} が事業者間の接点でつながっていません: {missing.seen}。双方に"
                "管轄表と事業者の一覧が読み込まれ、準備した認証局が信頼されているか確かめてください",
            )
        await self.seen_running(self.members[Side.RECEIVING].code)

    async def cut_link(self) -> None:
        """Cut every connection between the two, as when the line breaks; they may connect again."""
        self.trial.evidence.note("the suite cuts the connections between the two")
        await self._cut()

    async def crash_of(self, side: Side) -> None:
        """Kill one of the two and start it again."""
        member = self.members[side]
        self.trial.evidence.note(f"the suite kills {member.key} and starts it again")
        driver = self.driver if side is Side.ORIGINATING else self.partner()
        with self.trial.waiting(f"{member.key} to serve again"):
            if member.crash is not None:
                await member.crash()
            else:
                await driver.crash()

    def can_crash(self, side: Side) -> bool:
        """Whether one of the two can be killed: by the suite, or by a driver that may."""
        member = self.members[side]
        if member.crash is not None:
            return True
        driver = self.driver if side is Side.ORIGINATING else self.partner()
        return Verb.CRASH in driver.verbs and member.profile.claims.exclusive

    # --- judging ------------------------------------------------------------------------------

    async def shows(
        self,
        name: str,
        awaitable: Awaitable[T],
        within: float,
        *,
        expected: object,
        side: Side,
        steps: Steps,
        ja: str,
    ) -> T | None:
        """Await what the system of a side must show in time; a named check either way.

        ``steps`` lead up to it, and tell whose fault it is that it did not come. Returns what
        came, or None.
        """
        with self.trial.waiting(ja):
            try:
                async with asyncio.timeout(within):
                    got = await awaitable
            except TimeoutError as late:
                seen = f"nothing within {within:g} s" + (f" ({late})" if str(late) else "")
            except SUT_ANSWERS as refusal:
                seen = f"{type(refusal).__name__}: {refusal}"
            else:
                self.trial.check(name, True, expected=expected, seen=show(got), ja=ja)
                return got
        self._missed(name, expected, seen, side, steps(), ja)
        return None

    def holds(
        self,
        name: str,
        condition: bool,
        *,
        expected: object,
        seen: object,
        side: Side,
        steps: Sequence[Step] = (),
        ja: str,
    ) -> bool:
        """Check what the system of a side must show; ``steps`` as for `shows`."""
        if condition:
            return self.trial.check(name, True, expected=expected, seen=seen, ja=ja)
        self._missed(name, expected, show(seen), side, steps, ja)
        return False

    def _missed(
        self, name: str, expected: object, seen: str, side: Side, steps: Sequence[Step], ja: str
    ) -> None:
        fault = at_fault(steps, side, heard=self.wire.heard)
        if fault is None:
            self.trial.conclude(
                Verdict.INCONCLUSIVE,
                en=f"{name}: {seen}; which of the two is at fault cannot be told from outside",
                ja=f"{ja}: 起きませんでした（{seen}）。どちらの側の原因かは外からは分かりません",
            )
            return
        self.faults.append(fault)
        key = self.members[fault.side].key
        self.trial.check(
            name,
            False,
            expected=expected,
            seen=f"{seen}; at fault: {key} ({fault.side.value}): it {fault.why.en}",
            ja=ja,
        )

    def _end(self, en: str, ja: str) -> NoReturn:
        self.trial.conclude(Verdict.INCONCLUSIVE, en=en, ja=ja)
        raise TrialEnded(en)

    # --- scenes -------------------------------------------------------------------------------

    async def owned_there(self) -> tuple[HandsetCall, Console]:
        """A call from the receiving system's area that its dispatcher has answered.

        On the way to what is judged: what goes wrong here ends the purpose, and names the side.
        """
        await self.linked()
        console = await self.there_console()
        phone = await self.handset()
        call = await self.call_from(phone, self.there)
        await self.rings(call, console)
        await self.answered(call, console)
        return call, console

    async def rings(self, call: HandsetCall, console: Console) -> ConsoleCall:
        """The receiving console has the call; else the purpose ends, with the side named."""
        shown = await self.shows(
            "the receiving system's console has the call",
            console.wait_for_call(call.id, self._route_s, lambda seen: seen.mine),
            self._route_s + 1,
            expected=f"call {call.id} at {self.there.center}",
            side=Side.RECEIVING,
            steps=lambda: duties.routed(self.wire, call.id, self.there.department),
            ja="受ける側の指令台に通報が届く",
        )
        if shown is None:
            raise TrialEnded("no call to go on with")
        return shown

    async def answered(self, call: HandsetCall, console: Console) -> None:
        """Have the dispatcher answer, and the caller see it."""
        taken = await self.shows(
            "the dispatcher can answer",
            console.answer(call.id),
            self.patience,
            expected="the call, answered",
            side=Side.RECEIVING,
            steps=lambda: (),
            ja="指令員が応答できる",
        )
        seen = await self.shows(
            "the caller sees the answer",
            call.wait_for_view(lambda view: view.state is CallState.ANSWERED, self.patience),
            self.patience + 1,
            expected="state answered",
            side=Side.ORIGINATING,
            steps=lambda: duties.answered(self.wire, call.id),
            ja="応答が通報者に見える",
        )
        if taken is None or seen is None:
            raise TrialEnded("no answered call to go on with")

    async def caller_says(self, call: HandsetCall, console: Console, text: str) -> int:
        """A line of the caller gets to the dispatcher; its number, 0 if it was not taken."""
        said = await self.shows(
            f"the caller's line is acknowledged: {text[:12]}",
            call.say(text),
            self.patience,
            expected="an acknowledgement",
            side=Side.ORIGINATING,
            steps=lambda: (),
            ja=f"通報者の文が確認される: {text[:12]}",
        )
        if said is None:
            return 0
        await self.caller_read(call.id, console, said.seq, text)
        return said.seq

    async def caller_read(self, call_id: UUID, console: Console, seq: int, text: str) -> None:
        """The dispatcher reads a line of the caller, under its number."""
        await self.shows(
            f"the dispatcher reads the caller's line: {text[:12]}",
            console.wait_for_line(
                call_id, lambda line: (line.seq, line.text) == (seq, text), self.patience
            ),
            self.patience + 1,
            expected=f"line {seq}: {text}",
            side=Side.RECEIVING,
            steps=lambda: duties.line_of_caller(self.wire, call_id, text),
            ja=f"通報者の文が指令員に届く: {text[:12]}",
        )

    async def dispatcher_says(self, call: HandsetCall, console: Console, text: str) -> int:
        """A line of the dispatcher gets to the caller; its number, 0 if it was not taken."""
        said = await self.shows(
            f"the dispatcher's line is acknowledged: {text[:12]}",
            console.say(call.id, text, within=self.patience),
            self.patience + 1,
            expected="an acknowledgement",
            side=Side.RECEIVING,
            steps=lambda: duties.line_of_dispatcher(self.wire, call.id, text),
            ja=f"指令員の文が確認される: {text[:12]}",
        )
        if said is None:
            return 0
        await self.shows(
            f"the caller reads the dispatcher's line: {text[:12]}",
            call.wait_for_line(
                lambda line: (line.seq, line.text) == (said.seq, text), self.patience
            ),
            self.patience + 1,
            expected=f"line {said.seq}: {text}",
            side=Side.ORIGINATING,
            steps=lambda: duties.line_of_dispatcher(self.wire, call.id, text),
            ja=f"指令員の文が通報者に届く: {text[:12]}",
        )
        return said.seq

    async def confirmed(self, call_id: UUID, text: str) -> None:
        """The receiving system confirms a line of the caller by `chat.receipt`."""
        await self.shows(
            f"the receiving system confirms the caller's line: {text[:12]}",
            self._seen(lambda: duties.receipt_of_caller(self.wire, call_id, text)),
            self.patience,
            expected="chat.receipt",
            side=Side.RECEIVING,
            steps=lambda: duties.receipt_of_caller(self.wire, call_id, text),
            ja=f"受ける側が通報者の文を chat.receipt で確認する: {text[:12]}",
        )

    async def _seen(self, steps: Steps) -> str:
        """Return once all of these steps were seen on the wire."""
        while True:
            if all(step.done for step in steps()):
                return "seen at interface B"
            await asyncio.sleep(_LOOK_EVERY_S)

    async def agree(self, call: HandsetCall, console: Console) -> None:
        """The caller's chat and the receiving console's record have the same lines."""
        record = await console.record(call.id)
        theirs = [(line.seq, line.text) for line in record.lines]
        mine = [(line.seq, line.text) for line in call.lines]
        sent = self.wire.find(
            Side.ORIGINATING, MessageType.CHAT_MESSAGE, call.id, lambda said: bool(said.body.seq)
        )
        there = {(said.body.seq, said.body.text) for said in sent}
        there |= self._numbered_there(call.id)
        self.holds(
            "the caller's chat and the receiving console's record agree",
            theirs == mine and bool(mine),
            expected=mine,
            seen=theirs,
            side=Side.RECEIVING,
            steps=(Step(Side.ORIGINATING, set(mine) <= there, NOT_ON_WIRE),),
            ja="通報者の画面と受ける側の記録が一致する",
        )

    def _numbered_there(self, call_id: UUID) -> set[tuple[int, str]]:
        """Lines of the receiving side's dispatcher that the anchor numbered by `chat.receipt`."""
        numbers = {
            said.body.client_id: said.body.seq
            for said in self.wire.find(Side.ORIGINATING, MessageType.CHAT_RECEIPT, call_id)
        }
        lines = self.wire.find(Side.RECEIVING, MessageType.CHAT_MESSAGE, call_id)
        return {
            (numbers[said.body.client_id], said.body.text)
            for said in lines
            if said.body.client_id in numbers
        }

    def offer_of(self, call_id: UUID) -> bodies.CallOffer | None:
        """The last offer of a call, as it was recorded."""
        found = self.wire.find(Side.ORIGINATING, MessageType.CALL_OFFER, call_id)
        body = found[-1].body if found else None
        return body if isinstance(body, bodies.CallOffer) else None

    @property
    def has_console_at_home(self) -> bool:
        """Whether the originating system offers a console to look at."""
        simulated = self.members[Side.ORIGINATING].simulated is not None
        return Verb.CONSOLE in self.driver.verbs and not simulated

    @property
    def _route_s(self) -> float:
        """How long a call may take to ring at the other system."""
        return self.patience + self.t1_total
