"""A dispatcher who answers every call, asks the usual questions, reacts, and closes."""

import asyncio
import ssl
from collections import deque
from typing import Unpack
from uuid import UUID

from net119_protocol.api.common import NoticeCode
from net119_protocol.api.console import ConsoleCall
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CloseOutcome, Mode, SenderRole

from net119_simulators.automatic import AutomaticDispatcher
from net119_simulators.dispatcher import ConsoleOptions
from net119_simulators.errors import Waited
from net119_simulators.questions import GREETINGS, PRACTICE_GREETING, QUESTIONS, Question

COME_HOME = frozenset(
    code
    for code in NoticeCode
    if code.value.startswith("taken-home")
    or (code.value.startswith("home-") and code is not NoticeCode.HOME_DIFFERS)
)
"""Notices of a call that the responsible department does not have: it is relayed by phone."""
NO_REPLY = "返事がありません。画面を見られるようになったら返事をしてください。"
FAREWELLS = {
    CloseOutcome.DISPATCHED: "向かっています。安全な場所で待っていてください。",
    CloseOutcome.PRACTICE_DONE: "これで終わります。実際の出動はありません。",
    CloseOutcome.RELAYED_BY_PHONE: "受け持ちの消防本部に電話で伝えます。待っていてください。",
}


def fitting_outcome(call: ConsoleCall) -> tuple[CloseOutcome, str | None]:
    """How this call ends, and whom it is relayed to.

    Practice ends as practice. Where the notices advise whom to phone, the call is relayed there
    (facts A05, A70). Else only a live call leads to a dispatch (invariant I5); drill and test end
    like practice.
    """
    if call.mode is Mode.PRACTICE:
        return CloseOutcome.PRACTICE_DONE, None
    for notice in call.notices:
        if notice.code in COME_HOME and notice.phone_to:
            return CloseOutcome.RELAYED_BY_PHONE, notice.phone_to[0].name_ja
    if call.mode is Mode.LIVE:
        return CloseOutcome.DISPATCHED, None
    return CloseOutcome.PRACTICE_DONE, None


class RuleBasedDispatcher(AutomaticDispatcher):
    """Answers every call of its center after ``answer_after_s`` seconds.

    ``patience_s`` is how long a reply is waited for: a silent caller is told so once, after that
    each question is given up after the same time. ``action_s`` is the deadline of each answer,
    line and closing.
    """

    def __init__(
        self,
        base_url: str,
        tls: ssl.SSLContext | None,
        token: str,
        *,
        answer_after_s: float = 0.0,
        patience_s: float = 10.0,
        action_s: float = 10.0,
        **options: Unpack[ConsoleOptions],
    ) -> None:
        super().__init__(base_url, tls, token, **options)
        self.answer_after_s = answer_after_s
        self.patience_s = patience_s
        self.action_s = action_s

    async def handle(self, call: ConsoleCall) -> ConsoleCall:
        """Answer, greet, ask, react, close; raises what the verbs of `Dispatcher` raise."""
        if self.answer_after_s:
            await asyncio.sleep(self.answer_after_s)
        await self.answer(call.call_id, within=self.action_s)
        greeting = PRACTICE_GREETING if call.mode is Mode.PRACTICE else GREETINGS[call.kind]
        await self._tell(call.call_id, greeting)
        await self._question(call)
        outcome, relayed_to = fitting_outcome(await self.wait_for_call(call.call_id))
        await self._tell(call.call_id, FAREWELLS[outcome])
        return await self.close(call.call_id, outcome, relayed_to=relayed_to, within=self.action_s)

    async def _question(self, call: ConsoleCall) -> None:
        told_of_silence = False
        ahead = deque(QUESTIONS[call.kind])
        while ahead:
            question = ahead.popleft()
            line = await self._ask_caller(call.call_id, question)
            if line is None:
                if not told_of_silence:
                    await self._tell(call.call_id, NO_REPLY)
                    told_of_silence = True
                continue
            option_id = line.choice.option_id if line.choice is not None else None
            reply = question.reply_to(option_id, line.text)
            if reply is not None:
                if reply.then:
                    await self._tell(call.call_id, reply.then)
                ahead.extendleft(reversed(reply.ask))

    async def _ask_caller(self, call_id: UUID, question: Question) -> ChatLine | None:
        asked = await self.say(call_id, question.text, question.options(), within=self.action_s)

        def answers(line: ChatLine) -> bool:
            if line.sender is not SenderRole.CALLER or line.seq <= asked.seq:
                return False
            return line.choice is None or line.choice.seq == asked.seq

        try:
            return await self.wait_for_line(call_id, answers, within=self.patience_s)
        except Waited:
            return None

    async def _tell(self, call_id: UUID, text: str) -> None:
        await self.say(call_id, text, within=self.action_s)
