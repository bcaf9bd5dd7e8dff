"""Where NET119_FORBID_SKIPS=1 is set, as in CI, a test that would be skipped fails instead.

A skip says "something is missing on this machine". CI has installed everything (`make deps`), so
there it can only mean that the installation or the condition is broken, and green would be a lie.
One absence is permitted: a kernel that lets no Docker daemon run cannot be installed (tests of
`tests/containers` only, with the reason that their fixture gives).
The same goes for xfail: an expected failure is a known defect, and CI is not to pass with one.
"""

import os
from collections.abc import Generator

import pytest

VARIABLE = "NET119_FORBID_SKIPS"
NO_DAEMON = "no Docker daemon can run here: "
"""How the one permitted reason begins."""


# First in line means outermost: pytest's own wrappers, which turn exceptions into skips, are done.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that skipped itself, was marked so, or is expected to fail."""
    report = yield
    if os.environ.get(VARIABLE) != "1":
        return report
    expected_failure = getattr(report, "wasxfail", None)
    permitted = item.path.parent.name == "containers" and f"Skipped: {NO_DAEMON}" in _reason(report)
    if report.skipped and expected_failure is None and permitted:
        return report
    if report.skipped or expected_failure is not None:
        reason = _reason(report) if expected_failure is None else f"xfail: {expected_failure}"
        # pytest counts a report with this attribute as xfailed, whatever its outcome.
        if expected_failure is not None:
            del report.wasxfail
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid}: skipped where skips are forbidden ({VARIABLE}=1): {reason}"
        )
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a module that skips itself while it is imported."""
    report = yield
    if os.environ.get(VARIABLE) == "1" and report.skipped:
        report.outcome, report.longrepr = "failed", _complaint(collector.nodeid, _reason(report))
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    # For a skip pytest keeps (path, line, "Skipped: why").
    if isinstance(report.longrepr, tuple):
        path, line, why = report.longrepr
        return f"{why} ({path}:{line})"
    return str(report.longrepr)


def _complaint(node: str, reason: str) -> str:
    return f"{node}: skipped where skips are forbidden ({VARIABLE}=1): {reason}"
