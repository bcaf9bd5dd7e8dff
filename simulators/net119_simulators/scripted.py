"""A dispatcher who follows a list of steps."""

import asyncio
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, Unpack

from net119_protocol.api.console import ConsoleCall
from net119_protocol.chat import ChatLine, Option
from net119_protocol.codes import CloseOutcome, SenderRole

from net119_simulators.automatic import AutomaticDispatcher
from net119_simulators.dispatcher import ConsoleOptions


@dataclass(frozen=True)
class Pause:
    """Do nothing for some seconds."""

    seconds: float


@dataclass(frozen=True)
class Answer:
    """Take the call."""


@dataclass(frozen=True)
class Say:
    """Say a line, with options to tap if there are any."""

    text: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Hear:
    """Wait for the caller's next line after all that was heard before.

    ``text`` is a regular expression to be found in the line, ``option_id`` a tapped option; a line
    that does not fit is passed over.
    """

    text: str | None = None
    option_id: str | None = None
    within: float = 10.0

    def fits(self, line: ChatLine) -> bool:
        """Whether this is the line waited for."""
        tapped = line.choice.option_id if line.choice is not None else None
        if self.option_id is not None and tapped != self.option_id:
            return False
        return self.text is None or re.search(self.text, line.text) is not None


@dataclass(frozen=True)
class Drop:
    """Lose the console's connection."""


@dataclass(frozen=True)
class Resume:
    """Open the console again."""

    within: float = 10.0


@dataclass(frozen=True)
class Close:
    """Close the call; without this step it stays open."""

    outcome: CloseOutcome
    note: str = ""
    relayed_to: str | None = None


Step: TypeAlias = Pause | Answer | Say | Hear | Drop | Resume | Close


class ScriptedDispatcher(AutomaticDispatcher):
    """Does the same ``steps`` for every call of its center that rings."""

    def __init__(
        self,
        base_url: str,
        tls: ssl.SSLContext | None,
        token: str,
        steps: Sequence[Step],
        **options: Unpack[ConsoleOptions],
    ) -> None:
        super().__init__(base_url, tls, token, **options)
        self.steps = tuple(steps)

    async def handle(self, call: ConsoleCall) -> ConsoleCall:
        """Do the steps in order; raises what the verbs of `Dispatcher` raise."""
        heard = 0
        for step in self.steps:
            heard = await self._do(call, step, heard)
        return await self.wait_for_call(call.call_id)

    async def _do(self, call: ConsoleCall, step: Step, heard: int) -> int:
        match step:
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case Answer():
                await self.answer(call.call_id)
            case Say(text, options):
                await self.say(call.call_id, text, options)
            case Hear():
                line = await self.wait_for_line(
                    call.call_id,
                    lambda line: (
                        line.sender is SenderRole.CALLER and line.seq > heard and step.fits(line)
                    ),
                    within=step.within,
                )
                return line.seq
            case Drop():
                self.drop()
            case Resume(within):
                await self.resume(within=within)
            case Close(outcome, note, relayed_to):
                await self.close(call.call_id, outcome, note=note, relayed_to=relayed_to)
        return heard
