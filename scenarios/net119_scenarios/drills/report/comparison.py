"""The table in which a drill stands beside the last ones of its kind."""

from dataclasses import dataclass

from net119_protocol.directory.model import JAPAN

from net119_scenarios.drills.report.alarms import DISPATCHED, FIRST_WORD, GOING
from net119_scenarios.drills.report.alarms import FIGURES as ALARM_FIGURES
from net119_scenarios.drills.report.analysis import Analysis
from net119_scenarios.drills.report.compare import Earlier
from net119_scenarios.drills.report.tables import said_or_asked
from net119_scenarios.drills.report.times import Figure
from net119_scenarios.drills.report.words import FIGURES, Speaker

_COMPARED = (
    Figure.ANSWER,
    Figure.FIRST_QUESTION,
    Figure.UNDERSTOOD,
    Figure.DISPATCH,
    Figure.TRANSFER,
    Figure.CLOSED,
    Figure.DISPATCHER_SILENCE,
)
_SAME_S = 0.05
"""A smaller difference is none."""


@dataclass(frozen=True)
class Comparison:
    """Columns: this drill, then the earlier ones, newest first; rows: name, change, values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]


def comparison_of(analysis: Analysis, earlier: Earlier, speaker: Speaker) -> Comparison | None:
    """The table; None if there is no earlier drill."""
    if not earlier.drills:
        return None
    drills = (analysis, *earlier.drills)
    dates = [f"{e.record.began.astimezone(JAPAN):%Y-%m-%d %H:%M}" for e in earlier.drills]
    rows = []
    for figure in _COMPARED:
        seconds = [_first(each, figure) for each in drills]
        if any(each is not None for each in seconds):
            shown = [speaker.t("none") if s is None else speaker.long(s) for s in seconds]
            change = _change(seconds[0], seconds[1], speaker)
            rows.append((FIGURES[figure][0].of(speaker.language), change, tuple(shown)))

    for which in (FIRST_WORD, DISPATCHED, GOING):
        took = [each.alarms[0].seconds(which) if each.alarms else None for each in drills]
        if any(each is not None for each in took):
            shown = [speaker.t("none") if s is None else speaker.long(s) for s in took]
            name = ALARM_FIGURES[which][0].of(speaker.language)
            rows.append((name, _change(took[0], took[1], speaker), tuple(shown)))

    def counted(key: str, counts: list[tuple[int, int]]) -> None:
        if any(of for _, of in counts):
            shown = [speaker.t("of", n=n, of=of) if of else speaker.t("none") for n, of in counts]
            change = f"{counts[0][0] - counts[1][0]:+d}" if counts[0][1] == counts[1][1] else ""
            rows.append((speaker.t(key), change.replace("+0", speaker.t("same")), tuple(shown)))

    questions = said_or_asked(drills[0].record, "questions-asked")
    counted(questions, [(each.asked, len(each.checklist)) for each in drills])
    counted("aims-held", [(sum(a.held for a in e.aims), len(e.aims)) for e in drills])
    checks = [each.record.checks for each in drills]
    counted("checks-held", [(sum(c.held for c in each), len(each)) for each in checks])
    unclear = [len(each.not_understood) for each in drills]
    change = f"{unclear[0] - unclear[1]:+d}".replace("+0", speaker.t("same"))
    rows.append((speaker.t("lines-unclear"), change, tuple(map(str, unclear))))
    rows.append((speaker.t("played-by"), "", tuple(_players(each, speaker) for each in drills)))
    return Comparison((speaker.t("this"), *dates), tuple(rows))


def _first(analysis: Analysis, figure: Figure) -> float | None:
    """Of the first call that rang."""
    first = next((each for each in analysis.calls if each.alarm_s is not None), None)
    return first.time(figure).seconds if first is not None else None


def _change(now: float | None, before: float | None, speaker: Speaker) -> str:
    if now is None or before is None:
        return ""
    if abs(now - before) < _SAME_S:
        return speaker.t("same")
    key = "faster" if now < before else "slower"
    return speaker.t(key, s=speaker.long(abs(now - before)))


def _players(analysis: Analysis, speaker: Speaker) -> str:
    cast = [each for each in analysis.record.roles if each.role == "dispatcher"]
    names = [
        each.who or (speaker.t("bad", s=each.fault) if each.by == "bad" else speaker.t(each.by))
        for each in cast
    ]
    return (
        "、".join(dict.fromkeys(names))
        if speaker.language == "ja"
        else ", ".join(dict.fromkeys(names))
    )
