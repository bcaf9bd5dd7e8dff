"""What keeps a run from ending well whatever its reviewers decide."""

from net119_conformance.catalogue import Text
from net119_conformance.report.words import VERDICT_WORD
from net119_conformance.results import Report, Result
from net119_conformance.review.standing import Reviewed, Reviews, Standing
from net119_conformance.verdict import BLOCKING, ExitStatus, Verdict


def blocked_by(report: Report, reviews: Reviews) -> tuple[Text, ...]:
    """Why the run does not end well, by its own rules (`verdict.ExitRule`, `baseline`); empty if
    all that can still stand in its way is a decision: one to be made, or "it does not hold"."""
    summary = report.summary
    found: list[Text] = []
    if not summary.complete:
        count = len(summary.not_run)
        found.append(
            Text(
                en=f"the run was interrupted: {count} not run",
                ja=f"試験が途中で中断されています (未実施 {count} 件)",
            )
        )
    reviewed = {(each.item.result.id, each.item.result.sut): each for each in reviews.items}
    for one in report.results:
        each = reviewed.get((one.id, one.sut))
        if each is None and one.blocking:
            found.append(_result(one, one.verdict))
        elif each is not None and _blocks_by_its_checks(each, strict=summary.strict):
            found.append(_result(one, each.verdict))
    found += [
        Text(
            en=f"the line {line.line} of the known failures is out of date: {line.why}",
            ja=f"既知の不適合の一覧の {line.line} が古くなっています: {line.why_ja}",
        )
        for line in summary.stale
    ]
    if not found and not reviews.undecided and not _something_passed(report, reviews):
        found.append(Text(en="nothing passed", ja="合格したものがありません"))
    explained = any(each.item.result.blocking for each in reviews.items)
    if summary.exit_status != ExitStatus.OK and not found and not explained:
        # Whatever it was, no decision has mended it.
        found.append(
            Text(
                en=f"the run ended with exit status {summary.exit_status}",
                ja=f"試験の終了状態が {summary.exit_status} です",
            )
        )
    return tuple(found)


def _blocks_by_its_checks(each: Reviewed, *, strict: bool) -> bool:
    """Whether a result that somebody accepted stands in the way by what the suite has checked."""
    if each.standing is not Standing.ACCEPTED:
        return False
    if each.verdict is Verdict.WARN:
        return strict and each.item.result.blocking
    if not each.item.result.scored:
        return each.verdict is Verdict.HARNESS_ERROR
    return each.verdict in BLOCKING


def _something_passed(report: Report, reviews: Reviews) -> bool:
    verdicts = {each.item.name: each.verdict for each in reviews.items}
    return any(
        verdicts.get(f"{one.id}--{one.sut}", one.verdict) is Verdict.PASS
        for one in report.results
        if one.scored
    )


def _result(one: Result, verdict: Verdict) -> Text:
    word = VERDICT_WORD[verdict]
    return Text(
        en=f"{one.id} {one.sut}: {word.en}, which no decision changes",
        ja=f"{one.id} {one.sut}: {word.ja} (人の判断では変わりません)",
    )
