"""The tables of the report, in words; a mark and a word say how it was, not colour alone."""

from dataclasses import dataclass
from typing import Literal

from net119_protocol.codes import CallState
from net119_protocol.labels import label_of

from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.report.alarms import DISPATCHED, FIRST_WORD, GOING
from net119_scenarios.drills.report.alarms import FIGURES as ALARM_FIGURES
from net119_scenarios.drills.report.analysis import Analysis
from net119_scenarios.drills.report.checklist import Answered
from net119_scenarios.drills.report.times import Figure
from net119_scenarios.drills.report.transcript import screen_name
from net119_scenarios.drills.report.words import FIGURES, Speaker

_GONE_S = 0.5
"""A shorter time without the handset is not told: it is one reconnection."""
Tone = Literal["good", "fair", "bad", "plain"]


@dataclass(frozen=True)
class Card:
    """A figure at a glance."""

    name: str
    value: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class AimRow:
    """A target and how it was held."""

    what: str
    aim: str
    took: str
    result: str
    tone: Tone


@dataclass(frozen=True)
class TimeRow:
    """A time of a call."""

    name: str
    meaning: str
    took: str
    at: str


@dataclass(frozen=True)
class TimesTable:
    """The times of one call."""

    call: str
    rows: tuple[TimeRow, ...]
    note: str
    """That it never rang, or how long the handset was gone."""


@dataclass(frozen=True)
class QuestionRow:
    """A question of the checklist."""

    what: str
    example: str
    by: str
    result: str
    at: str
    tone: Tone


@dataclass(frozen=True)
class UnclearRow:
    """A line that was not understood."""

    at: str
    call: str
    text: str
    why: str


def summary_of(analysis: Analysis, speaker: Speaker) -> tuple[Card, ...]:
    """What a reader wants to know first."""
    record = analysis.record
    cards = []
    first = next((each for each in analysis.calls if each.alarm_s is not None), None)
    if first is not None:
        for figure in (Figure.ANSWER, Figure.FIRST_QUESTION, Figure.DISPATCH):
            seconds = first.time(figure).seconds
            value = speaker.t("never") if seconds is None else speaker.long(seconds)
            cards.append(Card(FIGURES[figure][0].of(speaker.language), value))

    for alarm in analysis.alarms[:1]:
        for which in (FIRST_WORD, DISPATCHED, GOING):
            took = alarm.seconds(which)
            value = speaker.t("never") if took is None else speaker.long(took)
            cards.append(Card(ALARM_FIGURES[which][0].of(speaker.language), value))

    def counted(key: str, n: int, of: int, tone: Tone | None = None) -> None:
        if of:
            tone = tone or ("good" if n == of else "bad")
            mark = "○" if tone == "good" else "×" if tone == "bad" else "△"
            cards.append(Card(speaker.t(key), f"{mark} {speaker.t('of', n=n, of=of)}", tone))

    questions = len(analysis.checklist)
    fair: Tone | None = None
    if not analysis.missed and analysis.asked < questions:
        fair = "fair"
    counted(said_or_asked(record, "questions-asked"), analysis.asked, questions, fair)
    counted("aims-held", sum(each.held for each in analysis.aims), len(analysis.aims))
    counted("checks-held", sum(each.held for each in record.checks), len(record.checks))
    unclear = len(analysis.not_understood)
    tone: Tone = "good" if unclear == 0 else "fair"
    cards.append(Card(speaker.t("lines-unclear"), str(unclear), tone))
    return tuple(cards)


def aim_rows(analysis: Analysis, speaker: Speaker) -> tuple[AimRow, ...]:
    """The targets."""
    rows = []
    for each in analysis.aims:
        if each.seconds is None:
            took, result = speaker.t("none"), speaker.t("not-reached")
        else:
            took = speaker.long(each.seconds)
            over = speaker.long(each.seconds - each.aim.seconds)
            result = speaker.t("in-time") if each.held else speaker.t("over", s=over)
        aim = speaker.t("within", s=speaker.long(each.aim.seconds))
        tone: Tone = "good" if each.held else "bad"
        rows.append(AimRow(each.aim.what.of(speaker.language), aim, took, result, tone))
    return tuple(rows)


def time_rows(analysis: Analysis, speaker: Speaker) -> tuple[TimesTable, ...]:
    """The times of every call."""
    record = analysis.record
    fine = record.length_s < 60
    tables = []
    for times in analysis.calls:
        rows = []
        for each in times.times:
            name, meaning = FIGURES[each.figure]
            if each.seconds is None or each.began_s is None or each.ended_s is None:
                if each.figure in (Figure.TRANSFER, Figure.TRANSFER_TOOK):
                    continue  # most calls are not transferred
                took, at = speaker.t("never"), speaker.t("none")
            else:
                took, at = speaker.long(each.seconds), speaker.at(each.ended_s, fine=fine)
                if each.figure in (Figure.DISPATCHER_SILENCE, Figure.CALLER_SILENCE):
                    at = f"{speaker.at(each.began_s, fine=fine)}–{at}"
            rows.append(TimeRow(name.of(speaker.language), meaning.of(speaker.language), took, at))
        role = record.role(times.call.caller)
        who = role.name.of(speaker.language) if role is not None else times.call.caller_name
        note = speaker.t("gone", s=speaker.long(times.gone_s)) if times.gone_s >= _GONE_S else ""
        if times.alarm_s is None:
            rows, note = [], speaker.t("no-alarm")
        tables.append(TimesTable(speaker.t("chat-of", s=who), tuple(rows), note))
    return tuple(tables)


def question_rows(analysis: Analysis, speaker: Speaker) -> tuple[QuestionRow, ...]:
    """The checklist."""
    return tuple(_question(analysis, each, speaker) for each in analysis.checklist)


def _question(analysis: Analysis, each: Answered, speaker: Speaker) -> QuestionRow:
    record, question = analysis.record, each.question
    role = record.role(question.by)
    key, tone = _result(each)
    at = speaker.t("none")
    if each.at_s is not None:
        at = speaker.at(each.at_s, fine=record.length_s < 60)
    return QuestionRow(
        question.what.of(speaker.language),
        speaker.t("for-example", s=question.ask) if question.ask and tone == "bad" else "",
        role.name.of(speaker.language) if role is not None else question.by,
        speaker.t(said_or_asked(record, key)),
        at,
        tone,
    )


def said_or_asked(record: DrillRecord, key: str) -> str:
    """The words of the checklist: over an alarm unit much of it is told, not asked."""
    return f"said-{key}" if record.alarms else key


def _result(each: Answered) -> tuple[str, Tone]:
    if each.state == "missed":
        return ("missed", "bad") if each.question.required else ("missed-optional", "fair")
    if each.asked_again:
        return "asked-again", "fair"
    return each.state, "good"


def unclear_rows(analysis: Analysis, speaker: Speaker) -> tuple[UnclearRow, ...]:
    """What callers did not understand."""
    fine = analysis.record.length_s < 60
    return tuple(
        UnclearRow(speaker.at(each.at_s, fine=fine), each.call, each.text, speaker.known(each.why))
        for each in analysis.not_understood
    )


def difference_rows(analysis: Analysis, speaker: Speaker) -> tuple[str, ...]:
    """What differed between the screens, and what came late."""
    record = analysis.record
    calls = {each.name: each for each in record.calls}

    def named(call: str, screen: str) -> str:
        return screen_name(record, calls[call], screen, speaker)

    rows = [
        speaker.t(
            each.what,
            screen=named(each.call, each.screen),
            seq=each.seq,
            seen=_state(each.seen, speaker) if each.what == "other-end" else each.seen,
            there=_state(each.elsewhere, speaker) if each.what == "other-end" else each.elsewhere,
        )
        for each in analysis.differences
    ]
    rows += [
        speaker.t(
            "late",
            screen=named(each.call, each.screen),
            seq=each.seq,
            s=speaker.long(each.seconds),
        )
        for each in analysis.late
    ]
    return tuple(rows)


def _state(code: str, speaker: Speaker) -> str:
    label = label_of(CallState(code))
    return label.ja if speaker.language == "ja" else label.en
