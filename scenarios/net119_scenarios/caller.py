"""A caller who answers a dispatcher's questions by rule: taps an answer, or writes one."""

import asyncio

from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, Refusal, SenderRole
from net119_simulators.errors import CallRefused
from net119_simulators.line_sender import new_client_id
from net119_simulators.phone_call import PhoneCall

from net119_scenarios.enduring import said

# The first of these that is offered is tapped.
TAPPED = ("illness", "self", "conscious", "nobody", "safe", "else", "house", "chest")
# Written in place of a tap, so that both are seen, by the question that is answered.
WRITTEN = {
    "何が燃えていますか。": "台所から火が出ています。",
    "どこが痛みますか。": "胸が苦しいです。",
    "状況を短く教えてください。": "足が挟まって動けません。",
}


class RuleBasedCaller:
    """Answers until the call is closed; ``think_s`` is how long each answer takes.

    ``endures``: while the connection is gone, it waits for it to come back.
    """

    def __init__(self, call: PhoneCall, *, think_s: float = 0.0, endures: bool = False) -> None:
        self._call = call
        self._think_s = think_s
        self._endures = endures
        self._read = 0

    async def answer_next(self, within: float) -> bool:
        """Answer the next question; false once the call is closed.

        Raises:
            Waited: neither a question nor the end came in time.
            CallRefused, NotConnected: the answer was not taken.
        """
        await self._call.wait_for_view(
            lambda view: view.state is CallState.CLOSED or self._question() is not None, within
        )
        asked = self._question()
        if asked is None or self._call.view.state is CallState.CLOSED:
            return False
        self._read = asked.seq
        await asyncio.sleep(self._think_s)
        written = WRITTEN.get(asked.text)
        offered = [option.id for option in asked.options]

        async def answer(client_id: str) -> object:
            if written is not None:
                return await self._call.say(written, client_id=client_id, within=within)
            wanted = next((each for each in TAPPED if each in offered), offered[0])
            return await self._call.choose(asked.seq, wanted, client_id=client_id, within=within)

        if not self._endures:
            await answer(new_client_id())
            return True
        try:
            await said(self._call, answer, within)
        except CallRefused as refused:
            # Nobody waited for an answer that came so late; its writer was told.
            if refused.code is not Refusal.CALL_CLOSED:
                raise
            return False
        return True

    def _question(self) -> ChatLine | None:
        """The oldest question that is not answered yet."""
        for line in self._call.lines:
            asks = bool(line.options) or line.text in WRITTEN
            if line.seq > self._read and line.sender is SenderRole.DISPATCHER and asks:
                return line
        return None
