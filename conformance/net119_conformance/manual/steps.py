"""One step that a person is asked to do, from the asking to the end of it; no I/O.

A step is open until it is answered, its time is over, it is seen on the wire, or the suite takes
it back. Only an answer that says everything asked for ends it; whatever else is said leaves it
open, with what is missing.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from net119_conformance.catalogue import Text

MOST_EXTENSIONS = 10
"""So many times a person may ask for as much time again (WCAG 2.2, 2.2.1)."""
LONGEST = 2000
"""Characters of one text that a person types."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Outcome(StrEnum):
    """How a step ended."""

    DONE = "done"
    """Done as asked; what was asked for is answered."""
    OTHER = "other"
    """Done, and something else was seen than the step describes."""
    UNABLE = "unable"
    """It could not be done."""
    SKIPPED = "skipped"
    """The rest of this test purpose is left out."""
    STOPPED = "stopped"
    """The whole run ends."""
    EXPIRED = "expired"
    """Nobody answered in time."""
    ON_THE_WIRE = "on-the-wire"
    """It was seen at interface B before anybody answered."""
    WITHDRAWN = "withdrawn"
    """The suite no longer needs it."""


BY_PEOPLE = frozenset(
    {Outcome.DONE, Outcome.OTHER, Outcome.UNABLE, Outcome.SKIPPED, Outcome.STOPPED}
)
"""Outcomes that a person can give."""


class Option(_Part):
    """One of the answers to choose from."""

    value: str
    label: Text


class Question(_Part):
    """Something a person tells of what was seen; without ``options`` it is typed.

    ``only_if``: it is asked for only where another question was answered so. ``is_name``: what is
    typed is somebody's name, which is masked unless the suite made it up.
    """

    name: str
    label: Text
    options: tuple[Option, ...] = ()
    only_if: tuple[str, str] | None = None
    is_name: bool = False

    def asked(self, values: dict[str, str]) -> bool:
        """Whether it needs an answer beside these."""
        return self.only_if is None or values.get(self.only_if[0]) == self.only_if[1]


class Fact(_Part):
    """Something to be used in the step: a name and its value."""

    label: Text
    value: str


class Step(_Part):
    """What a person is asked to do, with what, why, and what is to be told; within ``limit_s``.

    ``watched``: it ends by itself once interface B shows that it was done.
    """

    title: Text
    do: tuple[Text, ...]
    facts: tuple[Fact, ...] = ()
    why: Text
    questions: tuple[Question, ...] = ()
    limit_s: float = Field(gt=0)
    watched: bool = False


class Given(_Part):
    """What a person says of a step. ``said``: what was seen instead, or why it could not be done.

    ``picture``: a file as it was chosen, in base64 for JSON.
    """

    outcome: Outcome
    values: dict[str, str] = {}
    said: str = ""
    note: str = ""
    picture: bytes | None = None

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64"
    )


class Answer(Given):
    """How a step ended, ``after_s`` seconds after it was asked."""

    after_s: float


class Wrong(_Part):
    """What is missing in, or wrong with, what a person said; ``name`` of the field."""

    name: str
    text: Text


class StepCase:
    """A step and its state; times are seconds of any one clock."""

    def __init__(self, step: Step, now: float) -> None:
        self.step = step
        self.asked_at = now
        self.deadline = now + step.limit_s
        self.extensions = 0
        self.answer: Answer | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.answer is None

    def left(self, now: float) -> float:
        """Seconds until its time is over; 0 once it is."""
        return max(0.0, self.deadline - now)

    def tick(self, now: float) -> bool:
        """Let time pass; whether that ended the step."""
        if self.is_open and now >= self.deadline:
            self._end(Given(outcome=Outcome.EXPIRED), now)
            return True
        return False

    def give(self, given: Given, now: float) -> tuple[Wrong, ...]:
        """Take what a person says; empty if that ended the step, else what is wrong with it."""
        self.tick(now)
        if not self.is_open:
            return (Wrong(name="", text=_OVER),)
        if given.outcome not in BY_PEOPLE:
            return (Wrong(name="outcome", text=_CHOOSE),)
        wrong = tuple(self._wrong(given))
        if not wrong:
            self._end(given, now)
        return wrong

    def more_time(self, now: float) -> bool:
        """As much time again from now on; whether it is given."""
        self.tick(now)
        if not self.is_open or self.extensions >= MOST_EXTENSIONS:
            return False
        self.extensions += 1
        self.deadline = now + self.step.limit_s
        return True

    def seen_on_the_wire(self, now: float) -> None:
        """End it, where a person has not done so before."""
        if self.is_open:
            self._end(Given(outcome=Outcome.ON_THE_WIRE), now)

    def withdraw(self, now: float) -> None:
        """End it: what it was for is over."""
        if self.is_open:
            self._end(Given(outcome=Outcome.WITHDRAWN), now)

    def _end(self, given: Given, now: float) -> None:
        values = {} if given.outcome is not Outcome.DONE else self._kept(given.values)
        data = given.model_dump() | {"values": values}
        self.answer = Answer(**data, after_s=round(now - self.asked_at, 3))

    def _kept(self, values: dict[str, str]) -> dict[str, str]:
        """Of the values those that were asked for."""
        asked = [each.name for each in self.step.questions if each.asked(values)]
        return {name: values[name].strip() for name in asked}

    def _wrong(self, given: Given) -> list[Wrong]:
        found = [
            Wrong(name=name, text=_LONG)
            for name, text in (*given.values.items(), ("said", given.said), ("note", given.note))
            if len(text) > LONGEST
        ]
        if given.outcome in (Outcome.OTHER, Outcome.UNABLE) and not given.said.strip():
            found.append(Wrong(name="said", text=_SAY_WHAT))
        if given.outcome is Outcome.DONE:
            found += [
                Wrong(name=each.name, text=_ANSWER if each.options else _TYPE)
                for each in self.step.questions
                if each.asked(given.values) and not _fits(each, given.values.get(each.name, ""))
            ]
        return found


def _fits(question: Question, value: str) -> bool:
    if not question.options:
        return bool(value.strip())
    return value in {each.value for each in question.options}


_OVER = Text(
    ja="このお願いはもう終わっています。画面に出ている新しいお願いを見てください。",
    en="This step is over. Look at the one that is shown now.",
)
_CHOOSE = Text(ja="結果を選んでください。", en="Choose how it went.")
_SAY_WHAT = Text(
    ja="何が見えたか、またはなぜできなかったかを書いてください。",
    en="Write what you saw, or why it could not be done.",
)
_ANSWER = Text(ja="見えたとおりに選んでください。", en="Choose what you saw.")
_TYPE = Text(ja="見えたとおりに入力してください。", en="Type what you saw.")
_LONG = Text(ja=f"{LONGEST} 文字以内にしてください。", en=f"Use {LONGEST} characters at most.")
