"""The report for people, made anew from what is kept, with the decisions of reviewers in it."""

from collections.abc import Mapping

from pydantic import ValidationError

from net119_conformance.catalogue import Lang, Requirement, Text
from net119_conformance.checks import Check
from net119_conformance.errors import ConformanceError
from net119_conformance.evidence import read_evidence
from net119_conformance.purpose import Purpose
from net119_conformance.record import ItemRecord
from net119_conformance.report.files import write_file
from net119_conformance.report.html import html_report
from net119_conformance.results import Result
from net119_conformance.review.source import Source
from net119_conformance.review.standing import Reviews


def write_page(
    source: Source,
    reviews: Reviews | None,
    purposes: Mapping[str, Purpose],
    requirements: Mapping[str, Requirement],
    lang: Lang,
) -> None:
    """Write ``source.page``. ``report.json``, JUnit and evidence are read and stay as they are.

    Raises:
        ConformanceError: the report speaks of purposes that are not known here, or the page
            cannot be written.
    """
    report = source.report
    unknown = sorted({one.id for one in report.results} - purposes.keys())
    if unknown:
        raise ConformanceError(
            Text(
                en="the page cannot be made anew: there is no test purpose "
                f"{', '.join(unknown)} here",
                ja="報告書のページを作り直せません: "
                f"この版に試験 {', '.join(unknown)} がありません",
            ),
            str(source.page),
            Text(
                en=f"use the version that wrote it ({report.generator}). What was decided is kept "
                f"in {source.file.name}",
                ja=f"書き出した版 ({report.generator}) を使ってください。"
                f"判断は {source.file.name} に記録されています",
            ),
        )
    records = [_record(source, one) for one in report.results]
    page = html_report(
        report, records, purposes, requirements, source.folder, lang, reviews=reviews
    )
    try:
        write_file(source.page, page)
    except OSError as problem:
        raise ConformanceError(
            Text(
                en=f"the page cannot be written: {problem.strerror or problem}",
                ja=f"報告書のページを書き込めません: {problem.strerror or problem}",
            ),
            str(source.page),
            Text(
                en=f"make the folder writable. What was decided is kept in {source.file.name}",
                ja="フォルダーに書き込めるようにしてください。"
                f"判断は {source.file.name} に記録されています",
            ),
        ) from problem


def _record(source: Source, result: Result) -> ItemRecord:
    """The record of a result, from its evidence."""
    lines = read_evidence(source.folder / result.evidence) if result.evidence else []
    checks = [
        {name: value for name, value in line.items() if name != "kind"}
        for line in lines
        if line.get("kind") == "check"
    ]
    try:
        read = tuple(Check.model_validate(each) for each in checks)
    except ValidationError as wrong:
        raise ConformanceError(
            Text(
                en=f"the page cannot be made anew: a check of {result.id} {result.sut} is not "
                "understood",
                ja="報告書のページを作り直せません: "
                f"{result.id} {result.sut} の検査に読み取れないものがあります",
            ),
            str(result.evidence),
            Text(
                en="look what net119 conformance replay says of it",
                ja="net119 conformance replay で何が違うかを確かめてください",
            ),
        ) from wrong
    return ItemRecord(
        id=result.id,
        sut=result.sut,
        verdict=result.verdict,
        checks=read,
        started_at=source.report.started_at,
        duration_s=result.duration_s,
        evidence=result.evidence,
    )
