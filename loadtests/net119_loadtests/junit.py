"""The result of a run as JUnit XML: one test case for each threshold, and one for the run."""

import contextlib
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

from net119_loadtests.errors import LoadError
from net119_loadtests.report import Result

_SUITE = "net119 load"
JUNIT = "junit.xml"


def junit_of(result: Result) -> bytes:
    """The document. A threshold that was not held is a failure; what was not shown, an error."""
    suite = ET.Element("testsuite", name=_SUITE, timestamp=result.started_at.isoformat())
    failures = 0
    for outcome in result.outcomes:
        case = _case(suite, outcome.name)
        if not outcome.held:
            failures += 1
            found = "nothing measured" if outcome.found is None else f"{outcome.found:g}"
            text = f"{found}, wanted {outcome.relation} {outcome.limit:g}"
            failure = ET.SubElement(case, "failure", message=text)
            if outcome.name == "violations":
                failure.text = "\n".join(
                    f"{each.invariant.value} {each.call_id} {each.where}: {each.detail}"
                    for each in result.judgement.first
                )
    problems = list(result.doubts)
    if not result.complete:
        problems.append("the run was interrupted")
    case = _case(suite, "run")
    if problems:
        ET.SubElement(case, "error", message="; ".join(problems))
    suite.set("tests", str(len(result.outcomes) + 1))
    suite.set("failures", str(failures))
    suite.set("errors", str(int(bool(problems))))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def write_not_run(error: Exception, folder: Path) -> None:
    """Write a ``junit.xml`` that says why there was no run, where that can be written at all."""
    what = f"{error.where}: {error.what}" if isinstance(error, LoadError) else str(error)
    suite = ET.Element(
        "testsuite",
        name=_SUITE,
        timestamp=datetime.now(UTC).isoformat(),
        tests="1",
        failures="0",
        errors="1",
    )
    ET.SubElement(_case(suite, "run"), "error", message=what or type(error).__name__)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        document = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        (folder / JUNIT).write_bytes(bytes(document) + b"\n")


def _case(suite: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname="net119.load", name=name, time="0")


def write_junit(result: Result, folder: Path) -> Path:
    """Write ``junit.xml`` and return its path."""
    file = folder / JUNIT
    file.write_bytes(junit_of(result) + b"\n")
    return file
