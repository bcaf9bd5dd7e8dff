"""JUnit XML of a report, for CI systems.

FAIL is a failure; a known failure is skipped, and a line of the baseline that is out of date a
failure of its own; INCONCLUSIVE, NEEDS_REVIEW and HARNESS_ERROR are errors; NOT_APPLICABLE is
skipped, or an error where the run does not allow it; WARN passes with the text in system-out, or
is a failure with `strict`. So CI turns red exactly when the command exits with another status
than 0 because of a verdict.
"""

import re
import xml.etree.ElementTree as ET

from net119_conformance.report.words import NOT_SCORED
from net119_conformance.results import Report, Result, StaleLine
from net119_conformance.verdict import Verdict

# XML 1.0 has no way at all to write these characters.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: Report) -> str:
    """The whole document."""
    cases = [_case(result) for result in report.results]
    cases += [_not_run(name) for name in report.summary.not_run]
    cases += [_stale(line) for line in report.summary.stale]
    suite = ET.Element(
        "testsuite",
        name="net119-conformance",
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        time=f"{report.summary.duration_s:.3f}",
        timestamp=report.started_at.isoformat(),
    )
    properties = ET.SubElement(suite, "properties")
    _property(properties, "catalogue", report.catalogue)
    _property(properties, "generator", report.generator)
    _property(properties, "complete", str(report.summary.complete).lower())
    suite.extend(cases)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _case(result: Result) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=_clean(f"net119.{result.sut}"),
        name=_clean(result.id),
        time=f"{result.duration_s:.3f}",
    )
    properties = ET.SubElement(case, "properties")
    for requirement in result.requirements:
        _property(properties, "requirement", requirement)
    for requirement in result.derived:
        _property(properties, "derived-requirement", requirement)
    _property(properties, "verdict", result.verdict)
    if result.evidence:
        _property(properties, "evidence", result.evidence)
    _outcome(case, result)
    return case


def _outcome(case: ET.Element, result: Result) -> None:
    message = result.reason or "; ".join(failed.check for failed in result.failed)
    details = "\n".join(
        f"{failed.check} ({failed.level})\n  expected: {failed.expected}\n  seen: {failed.seen}"
        for failed in result.failed
    )
    text = "\n".join(part for part in (details, result.reason) if part)
    if result.known:
        said = f"known failure ({result.verdict}): {result.known}"
        ET.SubElement(case, "skipped", message=_clean(said)).text = _clean(text)
    elif not result.scored and not result.blocking:
        said = f"{NOT_SCORED.en} ({result.verdict}): newer than the catalogue that is claimed"
        ET.SubElement(case, "skipped", message=_clean(said)).text = _clean(text)
    elif result.verdict is Verdict.NOT_APPLICABLE and not result.blocking:
        ET.SubElement(case, "skipped", message=_clean(message))
    elif result.blocking:
        failing = result.verdict in (Verdict.FAIL, Verdict.WARN)
        kind = "failure" if failing else "error"
        problem = ET.SubElement(case, kind, type=str(result.verdict), message=_clean(message))
        problem.text = _clean(text)
    elif result.verdict is Verdict.WARN:
        ET.SubElement(case, "system-out").text = _clean(f"WARN\n{text}")


def _not_run(name: str) -> ET.Element:
    purpose_id, _, sut = name.partition("--")
    case = ET.Element("testcase", classname=f"net119.{sut}", name=purpose_id, time="0.000")
    message = "not run: the run was interrupted"
    ET.SubElement(case, "error", type="NOT_RUN", message=message).text = message
    return case


def _stale(line: StaleLine) -> ET.Element:
    case = ET.Element("testcase", classname="net119.baseline", name=_clean(line.line), time="0.000")
    problem = ET.SubElement(case, "failure", type="STALE", message=_clean(line.why))
    problem.text = _clean(line.why)
    return case


def _property(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, "property", name=name, value=_clean(value))


def _clean(text: str) -> str:
    return _NOT_XML.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
