"""What of a report waits for a person, with all that a reviewer has to see, and its checksums."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.evidence import read_evidence
from net119_conformance.judge import evidence_name
from net119_conformance.logged import accepted_verdict
from net119_conformance.report.files import ReportFiles
from net119_conformance.results import Report, Result
from net119_conformance.review.model import Fingerprints
from net119_conformance.verdict import Verdict


@dataclass(frozen=True)
class ToReview:
    """One result that needs review. ``told``: what a person was asked and said, line by line of
    the evidence; ``pictures``: those that are there, by name; ``missing``: names of those that are
    not; ``if_accepted``: what the result comes to without what only a person can judge."""

    result: Result
    told: tuple[Mapping[str, Any], ...]
    pictures: Mapping[str, Path]
    missing: tuple[str, ...]
    of: Fingerprints
    if_accepted: Verdict

    @property
    def name(self) -> str:
        """As reports name it: ID and system."""
        return f"{self.result.id}--{self.result.sut}"

    @property
    def fingerprint(self) -> str:
        """Of all that is there to be looked at, short: whoever accepts it by name has to give it,
        so that nothing is accepted that came in its place since."""
        return self.of.short


def to_review(folder: Path, report: Report) -> tuple[ToReview, ...]:
    """All results of the report in ``folder`` that need review, in its order.

    What failed, or could not be judged, is not among them, whatever a person saw of it.

    Raises:
        ConformanceError: the evidence of one of them is not there.
    """
    waiting = [one for one in report.results if one.verdict is Verdict.NEEDS_REVIEW]
    if not waiting:
        return ()
    checksums = _checksums(ReportFiles.of(folder).json)
    return tuple(_item(folder, one, checksums[one.id, one.sut]) for one in waiting)


def _item(folder: Path, result: Result, checksum: str) -> ToReview:
    name = evidence_name(result.id, result.sut)
    path = folder / name
    if result.evidence != name or not path.is_file():
        raise ConformanceError(
            Text(
                en=f"the evidence of {result.id} {result.sut} is not there, so it cannot be "
                "reviewed",
                ja=f"{result.id} {result.sut} の証拠がないため、確認できません",
            ),
            str(path),
            Text(
                en="name the whole folder of the report; net119 conformance replay tells what is "
                "wrong",
                ja="報告書のフォルダー全体を指定してください。何が足りないかは "
                "net119 conformance replay で分かります",
            ),
        )
    lines = read_evidence(path)
    told = tuple(line for line in lines if line.get("kind") == "person")
    named = list(dict.fromkeys(str(line["picture"]) for line in told if line.get("picture")))
    there = {
        each: path.with_name(each)
        for each in named
        if Path(each).name == each and path.with_name(each).is_file()
    }
    return ToReview(
        result=result,
        told=told,
        pictures=there,
        missing=tuple(each for each in named if each not in there),
        of=Fingerprints(
            result=checksum,
            evidence=_sha256(path),
            pictures={each: _sha256(place) for each, place in there.items()},
        ),
        if_accepted=accepted_verdict(lines),
    )


def _checksums(report: Path) -> dict[tuple[str, str], str]:
    """Of each result as it stands in the file, however a model would write it."""
    results: Sequence[dict[str, Any]] = json.loads(report.read_bytes())["results"]
    return {(one["id"], one["sut"]): checksum_of(one) for one in results}


def checksum_of(result: Mapping[str, Any]) -> str:
    """SHA-256 of a result: its JSON with sorted keys and without blanks, in UTF-8."""
    text = json.dumps(result, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
