"""What holds for all tests."""

# Hooks must be names of a conftest or plugin for pytest to call them.
from tests.forbid_skips import pytest_make_collect_report, pytest_runtest_makereport

__all__ = ["pytest_make_collect_report", "pytest_runtest_makereport"]
