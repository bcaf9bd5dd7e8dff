"""Asks a person for one step after the other, and turns what is said into verdicts and evidence."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from net119_conformance.catalogue import Text
from net119_conformance.errors import DriverFailed, TrialEnded
from net119_conformance.manual.client import DeskClient
from net119_conformance.manual.desk import About
from net119_conformance.manual.steps import Answer, Fact, Outcome, Question, Step
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict

T = TypeVar("T")

_SAID = Text(ja="見えたもの・理由", en="What was seen, or why")
_NOTE = Text(ja="メモ", en="Note")

LOOK_EVERY_S = 0.2
"""Between two looks at the wire while a person acts."""


class Asking:
    """Asks at a desk in the name of one trial; `begun` has to be called before the first step."""

    def __init__(self, client: DeskClient, trial: Trial, limit_s: float) -> None:
        self._client = client
        self._trial = trial
        self._limit_s = limit_s
        self._begun = False
        self.trial = trial

    async def ask(
        self,
        title: Text,
        do: Sequence[Text],
        why: Text,
        *,
        facts: Sequence[Fact] = (),
        questions: Sequence[Question] = (),
        until: Callable[[], T | None] | None = None,
    ) -> tuple[dict[str, str], T | None]:
        """Have a step done: what was told, and what ``until`` gave if that ended the step.

        ``until`` looks at the wire; once it gives something, nobody has to confirm.

        Raises:
            TrialEnded: it could not be done, was not done in time, or something else was seen.
                The verdict is recorded.
            DriverFailed: the desk does not answer.
        """
        step = Step(
            title=title,
            do=tuple(do),
            why=why,
            facts=tuple(facts),
            questions=tuple(questions),
            limit_s=self._limit_s,
            watched=until is not None,
        )
        with self._trial.set_aside():
            answer, found = await self._done(step, until)
        answer = self._keep(step, answer)
        if answer.outcome not in (Outcome.DONE, Outcome.ON_THE_WIRE):
            self._conclude(step, answer)
        return answer.values, found

    def review(self, question: Text, told: str | Text) -> None:
        """What only a person saw is for a person to judge."""
        seen = Text(en=told, ja=told) if isinstance(told, str) else told
        self._trial.needs_review(question.en, seen.en, ja=question.ja, seen_ja=seen.ja)

    async def finish(self) -> None:
        """Say that the purpose is over, and let go of the desk."""
        with suppress(DriverFailed):
            if self._begun:
                await self._client.finish()
        await self._client.close()

    async def _done(
        self, step: Step, until: Callable[[], T | None] | None
    ) -> tuple[Answer, T | None]:
        if not self._begun:
            purpose = self._trial.purpose
            await self._client.begin(
                About(
                    id=purpose.id,
                    title=purpose.title,
                    stimulus=purpose.stimulus,
                    expected=purpose.expected,
                    why=purpose.why,
                )
            )
            self._begun = True
        number = await self._client.ask(step)
        answer: Answer | None = None
        found: T | None = None
        try:
            while answer is None:
                found = until() if until is not None else None
                if found is not None:
                    await self._client.end(number, on_the_wire=True)
                answer = await self._client.answer(number, LOOK_EVERY_S)
        finally:
            if answer is None:
                with suppress(DriverFailed):
                    await self._client.end(number, on_the_wire=False)
        return answer, found

    def _keep(self, step: Step, answer: Answer) -> Answer:
        """Put the answer into the evidence; returns it with its free words masked."""
        mask = self._trial.evidence.redact.mask
        for each in step.questions:
            # Before it stands in any reason, check or line of the evidence.
            if mask is not None and each.is_name and each.name in answer.values:
                mask.learn_typed_name(answer.values[each.name])
        free = self._trial.evidence.redact.free
        update = {"said": free(answer.said), "note": free(answer.note)}
        answer = answer.model_copy(update=update)
        labels = {each.name: each for each in step.questions}
        told = {
            _both(labels[name].label): _shown(labels[name], it)
            for name, it in answer.values.items()
        }
        said = {**told, _both(_SAID): answer.said, _both(_NOTE): answer.note}
        self._trial.evidence.person(_both(step.title), answer.outcome.value, said, answer.picture)
        return answer

    def _conclude(self, step: Step, answer: Answer) -> None:
        title, said = step.title, answer.said.strip()
        if answer.outcome is Outcome.OTHER:
            self._trial.check(
                f"a person who does this sees what is described: {title.en}",
                False,
                expected=" ".join(one.en for one in step.do),
                seen=said,
                ja=f"説明どおりに操作でき、説明どおりのものが見える：{title.ja}",
            )
            raise TrialEnded(title.en)
        en, ja = {
            Outcome.UNABLE: (f"could not be done: {said}", f"できませんでした：{said}"),
            Outcome.SKIPPED: ("was skipped by the tester", "試験者がとばしました"),
            Outcome.STOPPED: (
                "was not done: the tester stopped the run",
                "行われませんでした。試験者が実行を止めました",
            ),
            Outcome.EXPIRED: (
                f"was not answered within {answer.after_s:.0f} s; nothing is known of the system. "
                "What to do: judge this test purpose again, and set driver.step_s higher if the "
                "time is too short",
                f"{answer.after_s:.0f} 秒以内に答えがありませんでした。試験対象については何も"
                "分かりません。この試験をもう一度行い、時間が足りなければ driver.step_s を大きく"
                "してください",
            ),
        }.get(answer.outcome, ("was taken back", "取り下げられました"))
        self._trial.conclude(
            Verdict.INCONCLUSIVE,
            en=f"the step {title.en!r} {en}",
            ja=f"お願い「{title.ja}」は、{ja}",
        )
        raise TrialEnded(title.en)


def in_words(questions: Sequence[Question], values: Mapping[str, str], *, about: str = "") -> Text:
    """What was answered (``about`` whom), in the words that the person read."""
    asked = {each.name: each for each in questions}
    told = [(asked[name].label, _chosen(asked[name], it)) for name, it in values.items()]
    en = ", ".join(f"{label.en}: {value.en}" for label, value in told)
    ja = "、".join(f"{label.ja}: {value.ja}" for label, value in told)
    return Text(en=f"{about}: {en}", ja=f"{about}: {ja}") if about else Text(en=en, ja=ja)


def _chosen(question: Question, value: str) -> Text:
    labels = {each.value: each.label for each in question.options}
    return labels.get(value) or Text(en=value, ja=value)


def _shown(question: Question, value: str) -> str:
    """A value as the person chose it, for readers of either language."""
    return _both(_chosen(question, value))


def _both(text: Text) -> str:
    return text.ja if text.ja == text.en else f"{text.ja} / {text.en}"
