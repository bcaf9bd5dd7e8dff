"""Which questions of the checklist were asked, told unasked, or missed."""

from dataclasses import dataclass
from typing import Literal

from net119_scenarios.acted.understanding import mentions
from net119_scenarios.drills.alarms.record import said_over
from net119_scenarios.drills.record import DrillRecord, Question
from net119_scenarios.drills.report.lines import Said, of_caller, said_in, speakers

State = Literal["asked", "told", "missed"]


@dataclass(frozen=True)
class Answered:
    """A question of the checklist, and what became of it.

    ``asked``: the text of a line of the dispatcher who should ask mentions one of the question's
    words; what it offers to tap does not count. ``told``: no such line, but a line of a caller, or
    what one tapped, mentions one of the words by which it is told. ``missed``: neither. The
    question's own call counts, or all if it has none.

    ``at_s`` and ``call`` tell where it was asked, or told, first; ``told_s`` when the caller told
    it, if at all; ``reply_s`` when the caller wrote or tapped next after the asking, in that call.
    """

    question: Question
    state: State
    at_s: float | None = None
    call: str = ""
    seq: int | None = None
    told_s: float | None = None
    reply_s: float | None = None

    @property
    def asked_again(self) -> bool:
        """Whether it was asked though the caller had told it before."""
        told, at_s = self.told_s, self.at_s
        return self.state == "asked" and told is not None and at_s is not None and told < at_s


def checklist_of(record: DrillRecord) -> tuple[Answered, ...]:
    """Every question of the record's checklist, in its order."""
    return tuple(_answered(record, each) for each in record.questions)


def _answered(record: DrillRecord, question: Question) -> Answered:
    if (over := _over_units(record, question)) is not None:
        return over
    asked: list[tuple[float, str, Said]] = []
    told: list[tuple[float, str, Said]] = []
    for call in record.calls:
        if question.call not in ("", call.name):
            continue
        lines = said_in(call)
        for said in lines:
            by = {each.actor for each in speakers(record, call, said)}
            # Answers to tap name many things ("it hurts to breathe") that were not asked.
            if question.by in by and mentions(said.line.said, question.words):
                asked.append((said.at_s, call.name, said))
        told += [
            (said.at_s, call.name, said)
            for said in of_caller(lines)
            if mentions(said.line.said, question.told)
        ]
    key = _by_time
    told_s = min(told, key=key)[0] if told else None
    if not asked and not told:
        return Answered(question, "missed")
    at_s, name, said = min(asked or told, key=key)
    reply_s = None
    if asked:
        lines = next(said_in(call) for call in record.calls if call.name == name)
        later = [each.at_s for each in of_caller(lines) if each.line.seq > said.line.seq]
        reply_s = min(later) if later else None
    state: State = "asked" if asked else "told"
    return Answered(question, state, at_s, name, said.line.seq, told_s, reply_s)


def _over_units(record: DrillRecord, question: Question) -> Answered | None:
    """What became of a question over alarm units; None where it was not asked or told there.

    A name at the desk that nobody of the cast has is that of a person.
    """
    titles = {title for each in record.roles for title in each.titles if each.actor != question.by}
    asked: list[tuple[float, str]] = []
    told: list[tuple[float, str]] = []
    for alarm in record.alarms:
        if question.call not in ("", alarm.name):
            continue
        for said in said_over(alarm):
            if said.by and said.by not in titles and mentions(said.text, question.words):
                asked.append((said.at_s, alarm.name))
            elif not said.by and mentions(said.text, question.told):
                told.append((said.at_s, alarm.name))
    if not asked and not told:
        return None
    at_s, name = min(asked or told)
    told_s = min(told)[0] if told else None
    later = [
        said.at_s
        for alarm in record.alarms
        if alarm.name == name
        for said in said_over(alarm)
        if not said.by and said.at_s > at_s
    ]
    reply_s = min(later) if asked and later else None
    state: State = "asked" if asked else "told"
    return Answered(question, state, at_s, name, None, told_s, reply_s)


def _by_time(one: tuple[float, str, Said]) -> tuple[float, str, int]:
    return one[0], one[1], one[2].line.seq
