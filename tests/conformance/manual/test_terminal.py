"""Steps asked and answered in a terminal, which here is a pseudo-terminal."""

import asyncio
import os
from collections.abc import Iterator

import pytest
from net119_conformance.catalogue import Text
from net119_conformance.manual.desk import About, Desk
from net119_conformance.manual.steps import Answer, Option, Outcome, Question, Step
from net119_conformance.manual.terminal import Terminal

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


def asked(tty: tuple[int, int], *keys: str) -> tuple[Answer, str]:
    """The answer of somebody who types this, and all that was printed."""
    printed: list[str] = []

    async def go() -> Answer:
        desk = Desk({"ROUTE-OWN"}, lambda: printed.append("STOP"))
        terminal = Terminal(desk, tty[1], printed.append, "ja")
        terminal.start()
        try:
            desk.begin(ABOUT)
            case = desk.case(desk.ask(STEP))
            assert case is not None
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
