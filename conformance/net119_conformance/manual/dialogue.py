"""One step asked and answered line by line, as in a terminal; no I/O."""

from collections.abc import Sequence

from net119_conformance.catalogue import Lang, Text
from net119_conformance.manual.desk import About
from net119_conformance.manual.steps import Given, Outcome, Question, Step, Wrong
from net119_conformance.manual.words import WORDS

_MENU = (
    ("1", Outcome.DONE, "done"),
    ("2", Outcome.OTHER, "other"),
    ("3", Outcome.UNABLE, "unable"),
    ("4", Outcome.SKIPPED, "skipped"),
    ("5", Outcome.STOPPED, "stopped"),
)
MORE_TIME = "+"
"""What is typed for as much time again."""


class Dialogue:
    """Takes lines until it has an answer; `output` says what to print at each turn."""

    def __init__(self, step: Step, lang: Lang) -> None:
        self._step = step
        self._lang: Lang = lang
        self._outcome: Outcome | None = None
        self._values: dict[str, str] = {}
        self._said: str | None = None
        self._note: str | None = None

    def opening(self, purpose: About | None, place: int, total: int) -> str:
        """What is printed when the step is opened."""
        step = self._step
        lines = [""]
        if purpose is not None:
            lines.append(
                f"== {self._word('purpose')} {place}/{total}: "
                f"{purpose.title.get(self._lang)} ({purpose.id})"
            )
        lines.append(f"-- {self._word('step')}: {step.title.get(self._lang)}")
        lines += [f"   {n}. {one.get(self._lang)}" for n, one in enumerate(step.do, 1)]
        lines += [f"   {fact.label.get(self._lang)}: {fact.value}" for fact in step.facts]
        lines.append(f"   {self._word('why')}: {step.why.get(self._lang)}")
        if step.watched:
            lines.append(f"   {self._word('watched')}")
        lines.append(
            f"   {self._word('time_limit')}: {step.limit_s:g} {self._word('seconds')}"
            f"  ({MORE_TIME}: {self._word('more_time')})"
        )
        return "\n".join([*lines, self.prompt()])

    def prompt(self) -> str:
        """What is asked for next."""
        if self._outcome is None:
            menu = [f"   [{key}] {self._word(name)}" for key, _, name in _MENU]
            return "\n".join([*menu, self._word("answer_here")])
        if self._needs_said:
            return f"{self._word('said')}:"
        question = self._next
        if question is None:
            return f"{self._word('note')} ({self._word('optional')}):"
        label = question.label.get(self._lang)
        if not question.options:
            return f"{label}:"
        options = [
            f"   [{n}] {each.label.get(self._lang)}" for n, each in enumerate(question.options, 1)
        ]
        return "\n".join([label, *options])

    def feed(self, line: str) -> str | Given:
        """A line that was typed: what is printed next, or the whole answer."""
        text = line.strip()
        if self._outcome is None:
            return self._choose(text)
        if self._needs_said:
            self._said = text or None
            return self._on()
        question = self._next
        if question is not None:
            return self._answered(question, text)
        self._note = text
        return self._on()

    def again(self, wrong: Sequence[Wrong]) -> str:
        """The answer was not taken: say why, and begin anew."""
        self._outcome = self._said = self._note = None
        self._values = {}
        told = [f"! {each.text.get(self._lang)}" for each in wrong]
        return "\n".join([*told, self.prompt()])

    def _choose(self, text: str) -> str | Given:
        for key, outcome, _ in _MENU:
            if text == key:
                self._outcome = outcome
                if outcome in (Outcome.SKIPPED, Outcome.STOPPED):
                    self._said = self._note = ""
                return self._on()
        return f"! {self._word('no_number')}\n{self.prompt()}"

    def _answered(self, question: Question, text: str) -> str | Given:
        if not question.options:
            if not text:
                return self.prompt()
            self._values[question.name] = text
            return self._on()
        numbers = {str(n): each.value for n, each in enumerate(question.options, 1)}
        if text not in numbers:
            return f"! {self._word('no_number')}\n{self.prompt()}"
        self._values[question.name] = numbers[text]
        return self._on()

    def _on(self) -> str | Given:
        outcome = self._outcome
        if outcome is None or self._needs_said or self._next is not None or self._note is None:
            return self.prompt()
        return Given(outcome=outcome, values=self._values, said=self._said or "", note=self._note)

    @property
    def _needs_said(self) -> bool:
        return self._outcome in (Outcome.OTHER, Outcome.UNABLE) and self._said is None

    @property
    def _next(self) -> Question | None:
        if self._outcome is not Outcome.DONE:
            return None
        for each in self._step.questions:
            if each.name not in self._values and each.asked(self._values):
                return each
        return None

    def _word(self, name: str) -> str:
        word: Text = WORDS[name]
        return word.get(self._lang)
