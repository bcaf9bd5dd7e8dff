"""What purposes of pairs have in common: a caller at one system, a dispatcher at the other."""

import asyncio
from uuid import UUID

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import CallState
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.registration.urls import callback_url, has_callback_url

from net119_conformance.drivers.actors import Console, Handset, HandsetCall
from net119_conformance.drivers.interface import Verb
from net119_conformance.errors import TrialEnded
from net119_conformance.interop import steps as duties
from net119_conformance.interop.blame import Side, Step
from net119_conformance.interop.judging import PairJudging, Steps
from net119_conformance.interop.purposes.words import NOT_ON_WIRE
from net119_conformance.world.world import Registered

_LOOK_EVERY_S = 0.02


class PairScenes(PairJudging):
    """The scenes that purposes of pairs have in common; each step of them is judged."""

    async def owned_there(self, phone: Handset | None = None) -> tuple[HandsetCall, Console]:
        """A call from the receiving system's area that its dispatcher has answered.

        On the way to what is judged: what goes wrong here ends the purpose, and names the side.
        """
        await self.linked()
        console = await self.there_console()
        phone = phone or await self.handset()
        call = await self.call_from(phone, self.there)
        await self.rings(call, console)
        await self.answered(call, console)
        return call, console

    def routed(self, call_id: UUID, since: int = 0) -> list[Step]:
        """The steps by which a call gets to the receiving department, of those after a mark."""
        return duties.routed(
            self.wire.after(since), call_id, self.there.department, runs=self.says_it_runs()
        )

    async def rings(self, call: HandsetCall, console: Console, since: int = 0) -> ConsoleCall:
        """The receiving console has the call; else the purpose ends, with the side named.

        ``since``: the mark of what was recorded before it was given there.
        """
        shown = await self.shows(
            "the receiving system's console has the call",
            console.wait_for_call(call.id, self._route_s, lambda seen: seen.mine),
            self._route_s + 1,
            expected=f"call {call.id} at {self.there.center}",
            side=Side.RECEIVING,
            steps=lambda: self.routed(call.id, since),
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
            steps=lambda: duties.still_there(self.wire, call.id),
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

    async def caller_says(
        self, call: HandsetCall, console: Console, text: str, *, meanwhile: bool = False
    ) -> int:
        """A line of the caller gets to the dispatcher; its number, 0 if it was not taken.

        ``meanwhile``: it is written while the two connect again, which is waited for.
        """
        number = await self.caller_writes(call, text)
        if not number:
            return 0
        if meanwhile:
            await self.linked_again()
        await self.caller_read(call.id, console, number, text)
        return number

    async def caller_writes(self, call: HandsetCall, text: str) -> int:
        """A line of the caller is acknowledged; its number, 0 if it was not taken."""
        said = await self.shows(
            f"the caller's line is acknowledged: {text[:12]}",
            call.say(text),
            self.patience,
            expected="an acknowledgement",
            side=Side.ORIGINATING,
            steps=lambda: (),
            ja=f"通報者の文が確認される: {text[:12]}",
        )
        return 0 if said is None else said.seq

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

    async def dispatcher_says(
        self, call: HandsetCall, console: Console, text: str, *, meanwhile: bool = False
    ) -> int:
        """A line of the dispatcher gets to the caller; its number, 0 if it was not taken.

        ``meanwhile`` as for `caller_says`.
        """
        within = self.patience + (self.again_s if meanwhile else 0.0)
        saying = self.start(console.say(call.id, text, within=within))
        if meanwhile:
            await self.linked_again()
        said = await self.shows(
            f"the dispatcher's line is acknowledged: {text[:12]}",
            self.ended(saying),
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

    async def close_answered(self, call_id: UUID) -> None:
        """The receiving system asks for the end by `call.close`, and the other one answers it."""
        await self.shows(
            "the receiving system's call.close is answered",
            self._seen(lambda: duties.closed(self.wire, call_id)),
            self.patience + 1,
            expected="call.close of both",
            side=Side.ORIGINATING,
            steps=lambda: duties.closed(self.wire, call_id),
            ja="受ける側の call.close に、送った側が call.close で答える",
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

    async def mailed_url(self, who: Registered) -> str | None:
        """The URL in the callback mail, which comes from the home department's domain."""
        letter = await self.shows(
            "the callback mail is with the caller once it is called sent",
            self.letter(who.person.mail or "", lambda each: has_callback_url(each.urls)),
            self.patience + 1,
            expected="a mail with a URL",
            side=Side.ORIGINATING,
            steps=lambda: (),
            ja="送信済みとされたとき、メールは通報者に届いている",
        )
        if letter is None:
            return None
        self.holds(
            "the callback mail comes from the home department's domain",
            letter.sender.rpartition("@")[2].rstrip(">") == self.home.mail_domain,
            expected=self.home.mail_domain,
            seen=letter.sender,
            side=Side.ORIGINATING,
            ja="メールは登録した消防本部のドメインから届く",
        )
        return callback_url(letter.urls)
