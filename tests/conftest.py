"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# Hooks must be names of a conftest or plugin for pytest to call them.
from tests.forbid_skips import pytest_make_collect_report, pytest_runtest_makereport

# How long an example takes says nothing where other work runs beside the tests.
settings.register_profile("net119", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("net119")

__all__ = ["pytest_make_collect_report", "pytest_runtest_makereport"]
