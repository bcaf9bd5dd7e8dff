"""Judges saved evidence again, without the system: what its checks come to, and what the rules of
interface B say of every message that the system sent.

What a purpose compared is in the log (expected, seen, held or not), so the verdict is worked out
anew from it and held against the report's; a report that says more than its evidence is found
out. What it does not do is ask the system, or a purpose that was changed since, anything new.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.evidence import read_evidence
from net119_conformance.export import read_report, unpacked
from net119_conformance.judge import evidence_name
from net119_conformance.logged import verdict_of
from net119_conformance.results import Report, Result
from net119_conformance.review.model import FILE as REVIEWS
from net119_conformance.review.source import folder_source
from net119_conformance.verdict import BLOCKING, Verdict, worst
from net119_conformance.wire_rules import WireVerdict, judge_wire

_NEEDS_EVIDENCE = frozenset({Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.NEEDS_REVIEW})
_TO_DO = Text(
    en="name a report's folder, one of its evidence files, or an archive that export made",
    ja="報告書のフォルダー、証拠のファイル、または export の ZIP ファイルを指定してください",
)


@dataclass(frozen=True)
class Replayed:
    """One item judged again.

    ``reported``: what the report said, None where there is only a log. ``from_checks``: what the
    checks and conclusions in the log come to. ``disagreements``: what report and log do not agree
    about.
    """

    purpose: str
    sut: str
    reported: Verdict | None
    from_checks: Verdict
    wire: WireVerdict
    disagreements: tuple[Text, ...]

    @property
    def verdict(self) -> Verdict:
        """What it comes to now: a breach of a rule is a FAIL whatever the purpose looked at."""
        return worst([self.from_checks, *([Verdict.FAIL] if self.wire.breaches else [])])

    @property
    def stands(self) -> bool:
        """True if the report is borne out, and no rule is broken that it does not know of."""
        if self.disagreements:
            return False
        return self.reported is None or self.verdict is self.reported


@dataclass(frozen=True)
class Replay:
    """Everything judged again. ``disagreements``: what the report as a whole says that its parts
    do not bear out. ``fingerprint``: that of the key which signed an archive."""

    items: tuple[Replayed, ...]
    disagreements: tuple[Text, ...] = ()
    fingerprint: str = ""

    @property
    def stands(self) -> bool:
        """True if all of it is borne out."""
        return not self.disagreements and all(item.stands for item in self.items)


def replay(path: Path, trusted: Path | None = None) -> Replay:
    """Judge a report's folder, one log or an exported archive again. ``trusted``: the public key
    that an archive must be signed by.

    Raises:
        ConformanceError: there is nothing that can be judged, or the archive was changed.
    """
    if path.is_dir():
        return _folder(path)
    if path.suffix == ".jsonl":
        return Replay((_log(path, None),))
    with unpacked(path, trusted) as (folder, fingerprint):
        return replace(_folder(folder), fingerprint=fingerprint)


def _folder(folder: Path) -> Replay:
    report = read_report(folder)
    replayed = []
    wrong: list[Text] = []
    for result in report.results:
        canonical = evidence_name(result.id, result.sut)
        if result.evidence == canonical:
            replayed.append(_log(folder / canonical, result))
        elif result.evidence is not None:
            wrong.append(
                Text(
                    en=f"{result.id} {result.sut} names another's evidence: {result.evidence}",
                    ja=f"{result.id} {result.sut} が別の証拠を指しています: {result.evidence}",
                )
            )
        elif result.verdict in _NEEDS_EVIDENCE:
            wrong.append(
                Text(
                    en=f"{result.id} {result.sut} is {result.verdict} without any evidence",
                    ja=f"{result.id} {result.sut} は証拠がないのに {result.verdict} です",
                )
            )
    if not replayed and not wrong:
        raise ConformanceError(
            Text(en="the report names no evidence", ja="報告書に証拠の記載がありません"),
            str(folder),
            _TO_DO,
        )
    named = {result.evidence for result in report.results}
    for path in sorted((folder / "evidence").glob("*--*.jsonl")):
        if f"evidence/{path.name}" not in named:
            wrong.append(
                Text(
                    en=f"{path.name} belongs to no result of the report",
                    ja=f"{path.name} に当たる結果が報告書にありません",
                )
            )
    return Replay(tuple(replayed), (*wrong, *_of_the_whole(report), *_of_reviewers(folder)))


def _of_reviewers(folder: Path) -> Iterator[Text]:
    """Decisions beside the report that are about something else than is there now."""
    if not (folder / REVIEWS).exists():
        return
    for stray in folder_source(folder).reviews().out_of_date:
        one = stray.review
        yield Text(
            en=f"the review of {one.id} {one.sut} by {one.reviewer} does not fit: {stray.why.en}",
            ja=f"{one.id} {one.sut} の確認（{one.reviewer}）が合いません: {stray.why.ja}",
        )


def _of_the_whole(report: Report) -> Iterator[Text]:
    """What the summary says that the results do not bear out."""
    summary = report.summary
    scored = [result for result in report.results if result.scored]
    counts = Counter(result.verdict for result in scored)
    if dict(counts) != {verdict: n for verdict, n in summary.verdicts.items() if n}:
        yield Text(
            en="the counts of verdicts are not those of the results",
            ja="判定ごとの件数が、結果と合いません",
        )
    if (summary.results, summary.known) != (
        len(report.results),
        sum(bool(result.known) for result in report.results),
    ):
        yield Text(
            en="the counts of results, or of known failures, are not those of the results",
            ja="結果または既知の不適合の件数が、結果と合いません",
        )
    open_ = [r.id for r in report.results if r.verdict in BLOCKING and not r.known]
    open_ = [name for name in open_ if name in {r.id for r in scored}]
    good = counts[Verdict.PASS] and not open_ and summary.complete and not summary.stale
    if summary.exit_status == 0 and not good:
        listed = ", ".join(dict.fromkeys(open_)) or "-"
        yield Text(
            en=f"exit status 0, although something blocks or is not complete: {listed}",
            ja=f"終了状態が 0 ですが、妨げるものがあるか、途中までの報告書です: {listed}",
        )


def _log(path: Path, result: Result | None) -> Replayed:
    purpose, parted, sut = path.stem.partition("--")
    if not path.is_file() or not parted:
        raise ConformanceError(
            Text(en="there is no such evidence file", ja="その証拠のファイルはありません"),
            str(path),
            _TO_DO,
        )
    lines = read_evidence(path)
    if result is not None:
        purpose, sut = result.id, result.sut
    from_checks = verdict_of(lines)
    return Replayed(
        purpose,
        sut,
        None if result is None else result.verdict,
        from_checks,
        judge_wire(lines, sut),
        () if result is None else tuple(_disagreements(result, lines, from_checks)),
    )


def _disagreements(
    result: Result, lines: Sequence[Mapping[str, Any]], verdict: Verdict
) -> Iterator[Text]:
    checks = [line for line in lines if line.get("kind") == "check"]
    if verdict is not result.verdict:
        yield Text(
            en=f"the report says {result.verdict}, its evidence comes to {verdict}",
            ja=f"報告書は {result.verdict} ですが、証拠からは {verdict} になります",
        )
    if len(checks) != result.checks:
        yield Text(
            en=f"the report counts {result.checks} checks, its evidence has {len(checks)}",
            ja=f"報告書の検査は {result.checks} 件、証拠の検査は {len(checks)} 件です",
        )
    failed = [str(line.get("name")) for line in checks if line.get("passed") is not True]
    if sorted(failed) != sorted(one.check for one in result.failed):
        listed = "; ".join(failed) or "-"
        yield Text(
            en=f"other checks failed than the report says: {listed}",
            ja=f"報告書と違う検査が失敗しています: {listed}",
        )
