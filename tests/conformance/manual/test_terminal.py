"""Steps asked and answered in a terminal, which here is a pseudo-terminal."""

import asyncio
import os
from collections.abc import Iterator

import pytest
from net119_conformance.catalogue import Text
from net119_conformance.manual.desk import About, Desk
from net119_conformance.manual.steps import Answer, Option, Outcome, Question, Step
from net119_conformance.manual.terminal import Terminal
from net119_simulators.waiting import Watch

WORD = Text(ja="指令台に髙𠮷①が出ている", en="The console shows it")
SHOWN = Question(
    name="shown",
    label=WORD,
    options=(Option(value="yes", label=WORD), Option(value="no", label=WORD)),
)
STEP = Step(title=WORD, do=(WORD,), why=WORD, questions=(SHOWN,), limit_s=60)
ABOUT = About(id="ROUTE-OWN", title=WORD, stimulus=WORD, expected=WORD, why=WORD)


@pytest.fixture
def tty() -> Iterator[tuple[int, int]]:
    person, terminal = os.openpty()
    yield person, terminal
    os.close(person)
    os.close(terminal)


class Printed(list[str]):
    """What the terminal prints."""

    def __init__(self) -> None:
        super().__init__()
        self._watch = Watch()

    def __call__(self, text: str) -> None:
        self.append(text)
        self._watch.changed()

    async def has(self, text: str, times: int = 1) -> None:
        """Return once a text has been printed so often."""

        def found() -> bool | None:
            return sum(text in each for each in self) >= times or None

        await self._watch.until(found, text, 5.0, str)


def asked(tty: tuple[int, int], *keys: str) -> tuple[Answer, str]:
    """The answer of somebody who types this, and all that was printed."""
    printed = Printed()

    async def go() -> Answer:
        desk = Desk({"ROUTE-OWN"}, lambda: printed.append("STOP"))
        terminal = Terminal(desk, tty[1], printed, "ja", too_soon_s=0.0)
        terminal.start()
        try:
            desk.begin(ABOUT)
            case = desk.case(desk.ask(STEP))
            assert case is not None
            await printed.has("制限時間")
            # In pieces that are no lines, and in the middle of a character.
            for typed in keys:
                data = f"{typed}\n".encode()
                os.write(tty[0], data[:2])
                os.write(tty[0], data[2:])
            return await desk.watch.until(lambda: case.answer, "an answer", 5.0, str)
        finally:
            await terminal.stop()

    return asyncio.run(go()), "\n".join(printed)


def test_a_step_is_answered_by_numbers(tty: tuple[int, int]) -> None:
    answer, printed = asked(tty, "7", "1", "2", "見えたまま 𠮷")
    assert answer.outcome is Outcome.DONE
    assert (answer.values, answer.note) == ({"shown": "no"}, "見えたまま 𠮷")
    assert "いまの試験 1/1" in printed
    assert "その番号はありません" in printed
    assert "制限時間: 60 秒" in printed


def test_something_else_and_the_end_of_the_run(tty: tuple[int, int]) -> None:
    answer, _ = asked(tty, "2", "", "白い画面", "")
    assert (answer.outcome, answer.said) == (Outcome.OTHER, "白い画面")
    answer, printed = asked(tty, "+", "5")
    assert answer.outcome is Outcome.STOPPED
    assert printed.endswith("STOP")


@pytest.mark.parametrize("printed_before", [False, True])
@pytest.mark.parametrize("typed", ["1\n2\n\n", "5\n1\n", "5"])
def test_what_was_typed_for_a_step_that_is_over_answers_nothing(
    tty: tuple[int, int], typed: str, printed_before: bool
) -> None:
    """The step ended on the wire while the tester typed; the next one waits for its own answer."""
    printed = Printed()

    async def go() -> None:
        desk = Desk({"ROUTE-OWN"}, lambda: printed.append("STOP"))
        terminal = Terminal(desk, tty[1], printed, "ja", too_soon_s=60.0)
        terminal.start()
        try:
            desk.begin(ABOUT)
            first = desk.ask(STEP)
            await printed.has("制限時間")
            if not typed.endswith("\n"):  # half a line, finished when the next step is there
                os.write(tty[0], typed.encode())
            desk.close(first, on_the_wire=True)
            second = desk.case(desk.ask(STEP))
            assert second is not None
            if printed_before:
                await printed.has("制限時間", 2)
            os.write(tty[0], (typed if typed.endswith("\n") else "\n").encode())
            await printed.has("前のお願いは終わりました")
            assert second.is_open
        finally:
            await terminal.stop()

    asyncio.run(go())
    assert "STOP" not in printed
    assert sum("前のお願いは終わりました" in each for each in printed) == 1
