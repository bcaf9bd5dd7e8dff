"""A timeline and a verdict as text for a terminal."""

from collections.abc import Iterator

from net119_protocol.labels import Language, label_of

from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.performance import Outcome
from net119_scenarios.acted.timeline import Entry, Sort, clock_shown, plan_shown
from net119_scenarios.layout import WIDTH, columns, wrap
from net119_scenarios.lengths import long
from net119_scenarios.words import Words

_MARKS = {
    Sort.DEED: "▶",
    Sort.SEEN: "・",
    Sort.LINE: "  ",
    Sort.NOTICE: "！",
    Sort.REFUSED: "×",
    Sort.STAGE: "■",
    Sort.NOTE: "※",
}


def heading(scenario: Scenario, language: Language) -> list[str]:
    """Title and purpose; says that this is an exercise."""
    mode = label_of(scenario.exercise)
    exercise = Words(f"【{mode.ja}】", f"[{mode.en.upper()}]").of(language)
    return [
        *wrap(f"{exercise} {scenario.title.of(language)}", WIDTH),
        *wrap(scenario.purpose.of(language), WIDTH),
    ]


def line_of(
    entry: Entry, before: Entry | None, names: dict[str, Words], language: Language
) -> list[str]:
    """One entry, wrapped: planned time if it is new, time of day in Japan, who, what."""
    who = names[entry.actor].of(language) if entry.actor in names else entry.actor
    text = entry.words.of(language)
    said = f"{who}: {text}" if who else text
    left = f"{plan_shown(entry, before):>7} {clock_shown(entry)} {_MARKS[entry.sort]} "
    return columns(left, said, left_width=23, width=WIDTH)


def timeline(outcome: Outcome, language: Language) -> Iterator[str]:
    """What the columns are, and all entries."""
    yield (
        "   筋書き 日本時間       できごと" if language == "ja" else "   plan Japan time     event"
    )
    before: Entry | None = None
    for entry in outcome.timeline.entries:
        yield from line_of(entry, before, outcome.names, language)
        before = entry


def verdict(outcome: Outcome, language: Language) -> Iterator[str]:
    """Each check, and whether everything held."""
    ja = language == "ja"
    yield "判定項目" if ja else "What must hold"
    for check in outcome.result.checks:
        mark = ("○" if ja else "ok") if check.held else ("×" if ja else "NO")
        left = f"  {mark} "
        yield from columns(left, check.words.of(language), left_width=6, width=WIDTH)
        if not check.held:
            instead = check.instead.of(language)
            seen = f"→ {check.where}: {instead}" if check.where else f"→ {instead}"
            yield from columns("", seen, left_width=8, width=WIDTH)
    for target in outcome.scenario.targets:
        begin, end = outcome.moments.get(target.begin), outcome.moments.get(target.end)
        took = long(end - begin, language) if begin is not None and end is not None else "-"
        what, within = target.what.of(language), long(target.seconds, language)
        aim = f"目標 {within}" if ja else f"target {within}"
        yield f"     {what}: {took}（{aim}）" if ja else f"     {what}: {took} ({aim})"
    if outcome.result.ok:
        yield "すべて成り立ちました。" if ja else "Everything held."
    else:
        yield "成り立たないことがあります。" if ja else "Not everything held."
