"""A caller who answers for himself follows his call to the phone that a callback brings."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from net119_protocol.codes import CallState, SenderRole
from net119_scenarios.acted.answering import AnsweringCaller
from net119_scenarios.acted.cast import Caller
from net119_simulators.errors import Waited
from net119_simulators.phone_call import PhoneCall

ACTOR = Caller.model_validate(
    {
        "role": "caller",
        "home": "tomakomai",
        "position": {"lat": 42.6, "lon": 141.6},
        "answers": [{"to": ["息"], "say": "息はあります。"}],
    }
)


class Line:
    """A dispatcher's line."""

    sender = SenderRole.DISPATCHER

    def __init__(self, seq: int, text: str) -> None:
        self.seq, self.text = seq, text
        self.options: dict[str, str] = {}


class View:
    state = CallState.ANSWERED


class Phone:
    """One view of a call; as the real one, it is told of nothing but its own."""

    def __init__(self) -> None:
        self.view = View()
        self.lines: list[Line] = []
        self.said: list[str] = []
        self.connected = True
        self._changed = asyncio.Event()

    def shows(self, line: Line) -> None:
        self.lines.append(line)
        self._changed.set()

    def closes(self) -> None:
        self.view.state = CallState.CLOSED
        self._changed.set()

    async def wait_for_view(self, wanted: Callable[[View], bool], within: float) -> View:
        try:
            async with asyncio.timeout(within):
                while not wanted(self.view):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise Waited("a view", within, "another") from None
        return self.view

    async def wait_for_drop(self, within: float) -> str:
        await asyncio.sleep(within)
        return ""

    async def say(self, text: str, **_: Any) -> None:
        self.said.append(text)
        self.closes()


async def nothing(_: str) -> None:
    """Writing takes no time here."""


def test_a_question_at_the_new_phone_is_answered_there() -> None:
    async def run() -> tuple[list[str], list[str]]:
        phones = [Phone()]
        caller = AnsweringCaller(
            lambda: cast(PhoneCall, phones[-1]), ACTOR, takes=nothing, misread=lambda *_: None
        )
        talking = asyncio.create_task(caller.converse(float("inf")))
        await asyncio.sleep(0)
        phones.append(Phone())
        phones[-1].shows(Line(1, "息はありますか。"))
        async with asyncio.timeout(30):
            await talking
        return phones[0].said, phones[1].said

    assert asyncio.run(run()) == ([], ["息はあります。"])


def test_a_caller_whom_nobody_asks_stops_waiting() -> None:
    async def run() -> None:
        phone = Phone()
        caller = AnsweringCaller(
            lambda: cast(PhoneCall, phone), ACTOR, takes=nothing, misread=lambda *_: None
        )
        await caller.converse(0.2)

    with pytest.raises(Waited):
        asyncio.run(run())
