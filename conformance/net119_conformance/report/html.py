"""The HTML report: one file, no script, nothing fetched; Japanese and English in it.

Every text goes through Jinja's escaping and `visible`, since much of it comes from systems under
test; a content security policy in the page forbids whatever would slip through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup

from net119_conformance.catalogue import Lang, Requirement, Text
from net119_conformance.checks import Check
from net119_conformance.evidence import read_evidence
from net119_conformance.order import order_words
from net119_conformance.purpose import Purpose
from net119_conformance.record import ItemRecord
from net119_conformance.report.clean import visible
from net119_conformance.report.diagram import Line, sequence_diagram
from net119_conformance.report.words import (
    NOT_SCORED,
    REVIEW_STANDING,
    STEP_OUTCOME,
    VERDICT_WORD,
    headline,
    newer,
    reviewed_words,
)
from net119_conformance.results import Report, Result
from net119_conformance.verdict import Verdict, weight

if TYPE_CHECKING:
    # Decisions are kept with what this package writes, so that they import it.
    from net119_conformance.review.standing import Reviewed, Reviews

MOST_EVENTS = 250
"""Raw events of one purpose that the page shows; the evidence file has all that were kept."""
MOST_PAYLOAD = 1_500

_JAPAN = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class _Look:
    """Where to look first: a sentence, and the message it is about (or None)."""

    text: Text
    message: Line | None = None


@dataclass(frozen=True)
class _View:
    """Everything the page shows about one result."""

    anchor: str
    result: Result
    purpose: Purpose
    requirements: list[Requirement]
    checks: Sequence[Check]
    reason: Text
    diagram: Markup
    events: list[Line]
    hidden_events: int
    people: list[Line]
    looks: dict[int, _Look]
    look: _Look | None
    review: "Reviewed | None"


def html_report(
    report: Report,
    records: Sequence[ItemRecord],
    purposes: Mapping[str, Purpose],
    requirements: Mapping[str, Requirement],
    out: Path,
    lang: Lang,
    *,
    reviews: "Reviews | None" = None,
) -> str:
    """The page, opening in `lang`. Evidence is read from the files below `out`.

    `reviews`: what people decided about what needs review; it stands beside what was reported.
    """
    by_item = {(record.id, record.sut): record for record in records}
    views = [
        _view(
            result,
            by_item[result.id, result.sut],
            purposes[result.id],
            requirements,
            out,
            None if reviews is None else reviews.about(result.id, result.sut),
        )
        for result in report.results
    ]
    problems = [view for view in views if view.result.blocking]
    problems.sort(key=lambda view: -weight(view.result.verdict))
    warnings = [
        view
        for view in views
        if view.result.verdict is Verdict.WARN
        and not view.result.blocking
        and not view.result.known
        and view.result.scored
    ]
    known = [view for view in views if view.result.known]
    phrase = headline(
        exit_status=report.summary.exit_status,
        failed=report.has_failed,
        known=report.summary.known,
        stale=len(report.summary.stale),
        partial=bool(report.selection),
    )
    return _template().render(
        lang=lang,
        report=report,
        views=views,
        problems=problems,
        warnings=warnings,
        known=known,
        newer=newer(report.summary.unscored, report.claimed),
        not_scored=NOT_SCORED,
        rows=_rows(views),
        requirements=requirements,
        headline=phrase,
        order=order_words(report.seed),
        in_japan=lambda at: f"{at.astimezone(_JAPAN):%Y-%m-%d %H:%M} JST",
        local_time=f"{report.started_at.astimezone(_JAPAN):%Y-%m-%d %H:%M:%S} (JST)",
        words=VERDICT_WORD,
        outcomes=STEP_OUTCOME,
        reviews=reviews,
        reviewed=None if reviews is None else reviewed_words(reviews.counts.items()),
        standings=REVIEW_STANDING,
        css=Markup(_resource("report.css")),  # noqa: S704 - our own file
    )


def _view(
    result: Result,
    record: ItemRecord,
    purpose: Purpose,
    requirements: Mapping[str, Requirement],
    out: Path,
    review: "Reviewed | None",
) -> _View:
    lines = read_evidence(out / result.evidence) if result.evidence else []
    looks = {
        place: _look_of_check(check, lines)
        for place, check in enumerate(record.checks)
        if not check.passed
    }
    return _View(
        anchor=f"{result.id}--{result.sut}",
        result=result,
        purpose=purpose,
        requirements=[requirements[name] for name in purpose.judged if name in requirements],
        checks=record.checks,
        reason=Text(en=result.reason, ja=result.reason_ja),
        diagram=sequence_diagram(lines, f"{result.id} {result.sut}"),
        events=[_shortened(line) for line in lines[:MOST_EVENTS]],
        hidden_events=max(0, len(lines) - MOST_EVENTS),
        people=[_told(line, result.evidence or "") for line in lines if _by_person(line)],
        looks=looks,
        look=_look_of_verdict(result.verdict),
        review=review,
    )


def _by_person(line: Line) -> bool:
    return line.get("kind") == "person"


def _told(line: Line, evidence: str) -> Line:
    """What a person said of a step, with the picture's place seen from the report."""
    picture = str(line.get("picture") or "")
    folder = evidence.rpartition("/")[0]
    return {**line, "picture": f"{folder}/{picture}" if picture else ""}


def _look_of_check(check: Check, lines: Sequence[Line]) -> _Look:
    messages = {line["n"]: line for line in lines if line.get("kind") == "message"}
    if check.offending in messages:
        return _Look(
            Text(en="the message marked ✗ in the sequence", ja="通信の流れ図で ✗ の付いた電文"),
            messages[check.offending],
        )
    last = messages.get(check.after_event - 1)
    if last is None:
        return _Look(Text(en="no message was seen before it", ja="これより前の電文はありません"))
    return _Look(
        Text(
            en="the last messages before the check; the very last one is",
            ja="検査の直前の電文。最後の電文は",
        ),
        last,
    )


def _look_of_verdict(verdict: Verdict) -> _Look | None:
    texts = {
        Verdict.INCONCLUSIVE: Text(
            en="Is the system running and reachable, and is the prerequisite set up? Nothing is "
            "said about the requirement itself.",
            ja="試験対象が動作していて接続できるか、前提が整っているかを確かめてください。"
            "要求そのものへの適否は判定していません。",
        ),
        Verdict.HARNESS_ERROR: Text(
            en="The suite broke, not the system under test. The last lines of the event log say "
            "where; please report it with them.",
            ja="試験対象ではなく試験側の異常です。記録の末尾に発生箇所があります。"
            "それを添えて開発元に知らせてください。",
        ),
        Verdict.NEEDS_REVIEW: Text(
            en="Somebody has to look at what the tester saw, and sign: net119 conformance review.",
            ja="試験者が見たものをだれかが確かめ、署名する必要があります "
            "(net119 conformance review)。",
        ),
        Verdict.NOT_APPLICABLE: Text(
            en="This run does not allow this purpose to be not applicable: look at the profile.",
            ja="この実行ではこの試験を対象外にできません。プロファイルを確かめてください。",
        ),
    }
    text = texts.get(verdict)
    return None if text is None else _Look(text)


def _rows(views: Sequence[_View]) -> list[tuple[str, bool, _View]]:
    """Lines of the table: requirement (empty for none), whether its derived part, and result."""
    rows: list[tuple[str, bool, _View]] = []
    for view in views:
        rows += [(name, False, view) for name in view.result.requirements]
        rows += [(name, True, view) for name in view.result.derived]
        if not view.purpose.judged:
            rows.append(("", False, view))
    return sorted(rows, key=lambda row: (row[0] == "", row[0], row[2].anchor))


def _shortened(line: Line) -> Line:
    payload = line.get("payload")
    if isinstance(payload, str) and len(payload) > MOST_PAYLOAD:
        return {**line, "payload": payload[:MOST_PAYLOAD], "more": len(payload) - MOST_PAYLOAD}
    return line


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Every value shown is made harmless here, not at each place where one is shown.
        finalize=_finalize,
    )
    return environment.from_string(_resource("report.html.j2"))


def _finalize(value: Any) -> Any:
    # Markup is ours (style sheet, diagrams) and already cleaned.
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _resource(name: str) -> str:
    return files("net119_conformance.report").joinpath(name).read_text("utf-8")
