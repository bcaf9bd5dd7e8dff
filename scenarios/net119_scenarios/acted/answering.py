"""A simulated caller who answers whatever a dispatcher asks, by the answers of the scenario."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from net119_protocol.api.common import CallView
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, Refusal, SenderRole
from net119_simulators.errors import CallRefused, NotConnected, Waited
from net119_simulators.line_sender import new_client_id
from net119_simulators.phone_call import PhoneCall

from net119_scenarios.acted.cast import Caller
from net119_scenarios.acted.understanding import NotUnderstood, Reply, Why, react

_LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class Misread:
    """A dispatcher's line that a caller did not understand."""

    call: str
    """The call's name in the scenario."""
    seq: int
    text: str
    why: Why


class Gone(Exception):
    """The connection went away while a reply was sent."""


class AnsweringCaller:
    """Reads the lines of the call's dispatchers in order, and replies until the call is closed.

    ``phone`` gives the call as its caller has it now: a callback brings another view of it.
    ``takes`` is awaited with each reply before it is sent (reading and writing take time);
    ``misread`` is told of each line that was not understood.
    """

    def __init__(
        self,
        phone: Callable[[], PhoneCall],
        actor: Caller,
        *,
        takes: Callable[[str], Awaitable[None]],
        misread: Callable[[ChatLine, NotUnderstood], None],
    ) -> None:
        self._phone = phone
        self._actor = actor
        self._takes = takes
        self._misread = misread
        # What was written last answers what stood above it.
        own = [line.seq for line in phone().lines if line.sender is SenderRole.CALLER]
        self._read = max(own, default=0)

    async def converse(self, within: float) -> None:
        """Reply until the call is closed.

        Raises:
            Waited: nothing came for ``within`` seconds (endless if it is infinite).
            CallRefused: a reply was refused, other than for the call's end.
        """
        while True:
            phone = self._phone()
            await self._until(phone, self._has_next, within)
            if self._phone() is not phone:
                continue
            line = self._next(phone)
            if line is None or phone.view.state is CallState.CLOSED:
                return
            self._read = line.seq
            if not await self._reply(phone, line, within):
                return

    async def _reply(self, phone: PhoneCall, line: ChatLine, within: float) -> bool:
        """Whether the conversation goes on."""
        actor = self._actor
        made = react(line.text, line.options, actor.answers, actor.otherwise, actor.hard_words)
        if made is None:
            return True
        if isinstance(made, NotUnderstood):
            self._misread(line, made)
        await self._takes(made.text)
        client_id = new_client_id()
        while True:
            phone = self._phone()
            try:
                # The same identifier: a line that had arrived is not said twice.
                await self._watched(phone, _send(phone, line, made, client_id, within))
            except CallRefused as refused:
                # Nobody waited for an answer that came so late; its writer was told.
                if refused.code is not Refusal.CALL_CLOSED:
                    raise
                return False
            except (NotConnected, Gone):
                await self._until(phone, self._can_send, within)
                if self._phone() is phone and not phone.connected:
                    return False
            else:
                return True

    async def _until(
        self, phone: PhoneCall, wanted: Callable[[PhoneCall, CallView], bool], within: float
    ) -> None:
        """Wait for what is ``wanted`` of a view, or until the caller has another one.

        A view that was given up for that of a callback changes no more, so that nothing wakes who
        waits for it: hence the looks in between.
        """
        deadline = asyncio.get_running_loop().time() + within
        while self._phone() is phone:
            left = deadline - asyncio.get_running_loop().time()
            try:
                await phone.wait_for_view(partial(wanted, phone), min(left, _LOOK_EVERY_S))
            except Waited:
                if left <= _LOOK_EVERY_S and self._phone() is phone:
                    raise
            else:
                return

    async def _watched(self, phone: PhoneCall, sending: Coroutine[Any, Any, object]) -> None:
        """Send; raises `Gone` once the phone has another view of the call, or lost it."""
        task = asyncio.create_task(sending)
        gone = asyncio.create_task(phone.wait_for_drop(float("inf")))
        try:
            await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise Gone
            await task
        finally:
            for each in (task, gone):
                each.cancel()
            await asyncio.gather(task, gone, return_exceptions=True)

    def _over(self, phone: PhoneCall) -> bool:
        return phone.view.state is CallState.CLOSED or self._phone() is not phone

    def _has_next(self, phone: PhoneCall, _view: CallView) -> bool:
        return self._over(phone) or self._next(phone) is not None

    def _can_send(self, phone: PhoneCall, _view: CallView) -> bool:
        return phone.connected or self._over(phone)

    def _next(self, phone: PhoneCall) -> ChatLine | None:
        for line in phone.lines:
            if line.seq > self._read and line.sender is SenderRole.DISPATCHER:
                return line
        return None


async def _send(
    phone: PhoneCall, line: ChatLine, made: Reply | NotUnderstood, client_id: str, within: float
) -> object:
    if isinstance(made, Reply) and made.option is not None:
        return await phone.choose(line.seq, made.option, client_id=client_id, within=within)
    return await phone.say(made.text, client_id=client_id, within=within)


__all__ = ["AnsweringCaller", "Misread"]
