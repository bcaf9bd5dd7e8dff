"""Judges saved evidence again, without the system: what its checks come to, and what the rules of
interface B say of every message that the system sent.

What a purpose compared is in the log (expected, seen, held or not), so the verdict is worked out
anew from it and held against the report's; a report that says more than its evidence is found
out. What it does not do is ask the system, or a purpose that was changed since, anything new.
"""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.evidence import read_evidence
from net119_conformance.export import read_report, verify
from net119_conformance.results import Result
from net119_conformance.verdict import Verdict, worst
from net119_conformance.wire_rules import WireVerdict, judge_wire

_SILENCE = "nothing within "
_TO_DO = "name a report's folder, one of its evidence files, or an archive that export made"


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


def replay(path: Path) -> tuple[Replayed, ...]:
    """Judge a report's folder, one log or an exported archive again.

    Raises:
        ConformanceError: there is nothing that can be judged, or the archive was changed.
    """
    if path.is_dir():
        return _folder(path)
    if path.suffix == ".jsonl":
        return (_log(path, None),)
    with _unpacked(path) as folder:
        return _folder(folder)


@contextmanager
def _unpacked(archive: Path) -> Iterator[Path]:
    found = verify(archive)
    if found.problems or found.manifest is None:
        raise ConformanceError(
            f"the archive cannot be trusted: {'; '.join(found.problems)}",
            str(archive),
            "ask for it again where it comes from",
        )
    with tempfile.TemporaryDirectory(prefix="net119-replay-") as scratch:
        folder = Path(scratch)
        with zipfile.ZipFile(archive) as packed:
            for name in found.manifest.files:
                packed.extract(name, folder)  # sanitises absolute names and ..
        yield folder


def _folder(folder: Path) -> tuple[Replayed, ...]:
    report = read_report(folder)
    replayed = []
    for result in report.results:
        if result.evidence is None:
            continue
        replayed.append(_log(folder / result.evidence, result))
    if not replayed:
        raise ConformanceError("the report names no evidence", str(folder), _TO_DO)
    return tuple(replayed)


def _log(path: Path, result: Result | None) -> Replayed:
    purpose, parted, sut = path.stem.partition("--")
    if not path.is_file() or not parted:
        raise ConformanceError("there is no such evidence file", str(path), _TO_DO)
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


def verdict_of(lines: Sequence[Mapping[str, Any]]) -> Verdict:
    """The verdict that the checks and conclusions of a log come to.

    A check that cannot be understood counts as HARNESS_ERROR: what cannot be read is no pass.
    """
    checks = [line for line in lines if line.get("kind") == "check"]
    parts = [_counts_as(check) for check in checks]
    conclusions = [verdict for line in lines if (verdict := _concluded(line)) is not None]
    if not conclusions and all(_silent(check) for check in checks):
        # Nothing at all, or nothing but things that did not come: a dead system shows the same.
        conclusions.append(Verdict.INCONCLUSIVE)
    return worst([*parts, *conclusions])


def _counts_as(check: Mapping[str, Any]) -> Verdict:
    try:
        verdict = Verdict(str(check.get("counts_as")))
    except ValueError:
        return Verdict.HARNESS_ERROR
    if (check.get("passed") is True) is not (verdict is Verdict.PASS):
        return Verdict.HARNESS_ERROR
    return verdict


def _silent(check: Mapping[str, Any]) -> bool:
    return check.get("passed") is True and str(check.get("seen", "")).startswith(_SILENCE)


def _concluded(line: Mapping[str, Any]) -> Verdict | None:
    """Notes that are conclusions begin with the verdict and a colon."""
    if line.get("kind") != "note":
        return None
    word, parted, _ = str(line.get("text", "")).partition(": ")
    return Verdict(word) if parted and word in set(Verdict) else None


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
