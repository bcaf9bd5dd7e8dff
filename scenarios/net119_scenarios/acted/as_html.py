"""A timeline and a verdict as one HTML file that needs nothing else."""

from html import escape

from net119_protocol.labels import Language, label_of

from net119_scenarios.acted.as_map import map_of
from net119_scenarios.acted.performance import Outcome
from net119_scenarios.acted.timeline import Entry, clock_shown, plan_shown

_STYLE = """
:root { --ink: #1c1c1c; --soft: #595959; --rule: #d0d0d0; --paper: #fff; --tint: #f3f6fa; }
body { font-family: "Hiragino Sans", "Noto Sans CJK JP", "Yu Gothic", sans-serif;
       color: var(--ink); background: var(--paper); margin: 0 auto; max-width: 62rem;
       padding: 1.5rem; line-height: 1.6; }
h1 { font-size: 1.5rem; margin: .2rem 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.mode { display: inline-block; background: #8a4b00; color: #fff; padding: .1rem .7rem;
        border-radius: .3rem; font-weight: bold; }
.fail { background: #b00020; } .pass { background: #0b6b2f; }
table { border-collapse: collapse; width: 100%; }
th { white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem;
         border-bottom: 1px solid var(--rule); }
td.time { font-variant-numeric: tabular-nums; white-space: nowrap; color: var(--soft); }
td.who { white-space: nowrap; font-weight: bold; }
tr.line td.what { background: var(--tint); border-left: 4px solid #1f5fae; }
tr.notice td.what { border-left: 4px solid #8a4b00; }
tr.refused td.what { border-left: 4px solid #b00020; }
tr.stage td { background: #f2f2f2; font-weight: bold; }
tr.seen td.what, tr.note td.what { color: var(--soft); }
.about { color: var(--soft); font-size: .9rem; }
ul.checks { list-style: none; padding: 0; } ul.checks li { padding: .2rem 0; }
.seen-instead { color: #b00020; }
svg { max-width: 100%; height: auto; border: 1px solid var(--rule); background: #e8f1f8; }
.scroll { overflow-x: auto; }
@media print { body { max-width: none; } }
"""

_WORDS = {
    "ja": (
        "登場する人と場所",
        "経過",
        "判定項目",
        ("筋書き", "日本時間", "だれ", "できごと"),
        "そのとき: ",
        "「筋書き」は人が行うときの時刻、「日本時間」はこの実演での時計（実演は待たずに進む）。",
        "示すこと: ",
    ),
    "en": (
        "Who is where",
        "Course",
        "What must hold",
        ("plan", "Japan time", "who", "what"),
        "instead: ",
        "“Plan” is when people would do it, “Japan time” the clock of this run, which waits for "
        "nobody.",
        "Shows: ",
    ),
}


def page(outcome: Outcome, language: Language) -> str:
    """The whole file."""
    scenario, result = outcome.scenario, outcome.result
    cast, course, must, columns, instead, about, shows = _WORDS[language]
    mode = label_of(scenario.exercise)
    title = escape(scenario.title.of(language))
    held = (
        ("すべて成り立った", "everything held")
        if result.ok
        else ("成り立たない", "not everything held")
    )
    parts = [
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f'<p><span class="mode">{escape(mode.ja if language == "ja" else mode.en)}</span> ',
        f'<span class="mode {"pass" if result.ok else "fail"}">',
        f"{held[0] if language == 'ja' else held[1]}</span></p>",
        f"<h1>{title}</h1><p>{escape(scenario.purpose.of(language))}</p>",
        f"<h2>{cast}</h2>{map_of(outcome, language)}",
        f'<h2>{course}</h2><p class="about">{about}</p>',
        '<div class="scroll" tabindex="0"><table><thead><tr>',
        *(f"<th>{each}</th>" for each in columns),
        "</tr></thead><tbody>",
        *_rows(outcome, language),
        f'</tbody></table></div><h2>{must}</h2><ul class="checks">',
    ]
    for check in result.checks:
        mark = "○" if check.held else "×"
        parts.append(f"<li>{mark} {escape(check.words.of(language))}")
        if not check.held:
            parts.append(
                f'<br><span class="seen-instead">{instead}{escape(check.instead.of(language))} '
                f"<small>{escape(check.where)}</small></span>"
            )
        parts.append("</li>")
    parts.append("</ul>")
    if scenario.shows:
        parts.append(f'<p class="about">{shows}{escape(", ".join(scenario.shows))}</p>')
    parts.append("</body></html>\n")
    return "\n".join(parts)


def _rows(outcome: Outcome, language: Language) -> list[str]:
    rows = []
    before: Entry | None = None
    for entry in outcome.timeline.entries:
        named = outcome.names.get(entry.actor)
        who = named.of(language) if named is not None else entry.actor
        rows.append(
            f'<tr class="{entry.sort.value}">'
            f'<td class="time">{plan_shown(entry, before)}</td>'
            f'<td class="time">{clock_shown(entry)}</td>'
            f'<td class="who">{escape(who)}</td>'
            f'<td class="what">{escape(entry.words.of(language))}</td></tr>'
        )
        before = entry
    return rows
