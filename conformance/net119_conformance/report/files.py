"""Writes the report's files, and removes those of an earlier run."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from net119_conformance.catalogue import Lang, Requirement, Text
from net119_conformance.errors import ConformanceError
from net119_conformance.evidence import PICTURE
from net119_conformance.purpose import Purpose
from net119_conformance.record import ItemRecord
from net119_conformance.report.html import html_report
from net119_conformance.report.junit import junit_xml
from net119_conformance.results import Report

DECISIONS = "reviews.json"
"""What reviewers decided about the report in the same folder (`review.model`)."""

FIRST = "first"
"""Folder of the evidence of what was judged again."""


@dataclass(frozen=True)
class ReportFiles:
    """Where the forms of one report lie."""

    json: Path
    junit: Path
    html: Path

    @classmethod
    def of(cls, out: Path) -> "ReportFiles":
        """The files of a report in the folder `out`."""
        return cls(out / "report.json", out / "report.junit.xml", out / "report.html")


def clear_report(out: Path) -> Path | None:
    """Remove what an earlier run left in `out`, and nothing else.

    What people decided about that run is never removed, but has no say in the next one: it is set
    aside under another name, which is returned.
    """
    files = ReportFiles.of(out)
    evidence = sorted((out / "evidence").glob("*--*.jsonl"))
    evidence += sorted((out / FIRST).glob("*--*.jsonl"))
    for ending in ("png", "jpg"):
        evidence += sorted((out / "evidence").glob(f"*--*{PICTURE}[0-9]*.{ending}"))
    for path in (files.json, files.junit, files.html, out / "pytest.log", *evidence):
        path.unlink(missing_ok=True)
    return _set_aside(out / DECISIONS)


def set_aside_words(decisions: Path) -> Text:
    """What to tell of decisions that were set aside."""
    return Text(
        en="What was decided about the report that was here is kept in "
        f"{decisions.name}; it does not count for this run.",
        ja=f"前の報告書への判断は {decisions.name} に残しました。この実行には適用されません。",
    )


def _set_aside(decisions: Path) -> Path | None:
    if not decisions.exists():
        return None
    number = 1
    while (kept := decisions.with_name(f"{decisions.stem}.old-{number}.json")).exists():
        number += 1
    return decisions.rename(kept)


def write_report(
    report: Report,
    *,
    records: Sequence[ItemRecord],
    purposes: Mapping[str, Purpose],
    requirements: Mapping[str, Requirement],
    out: Path,
    lang: Lang,
) -> ReportFiles:
    """Write `report` in all its forms into `out`; each file is there whole or not at all."""
    files = ReportFiles.of(out)
    write_file(files.json, report.to_json())
    write_file(files.junit, junit_xml(report))
    write_file(files.html, html_report(report, records, purposes, requirements, out, lang))
    return files


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all, so that no reader sees half of it."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_text(text, "utf-8", "backslashreplace")
    os.replace(unfinished, path)


def make_ready(out: Path) -> tuple[Path, Path | None]:
    """Make the report's folder and remove what an earlier run left in it; the folder, and where
    the decisions about that run are now."""
    out = out.absolute()
    try:
        out.mkdir(parents=True, exist_ok=True)
        decisions = clear_report(out)
    except OSError as problem:
        raise ConformanceError(
            Text(
                en=f"the folder for the report cannot be used: {problem.strerror or problem}",
                ja=f"報告書のフォルダーを使えません: {problem.strerror or problem}",
            ),
            f"--out {out}",
            Text(
                en="name a folder that can be written to",
                ja="書き込めるフォルダーを指定してください",
            ),
        ) from problem
    return out, decisions
