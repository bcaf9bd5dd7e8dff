"""What holds for all tests."""

import os

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import engine

from tests import bytecode
from tests.collector import pytest_collection_finish
from tests.forbid_skips import pytest_make_collect_report, pytest_runtest_makereport

# Hooks must be names of a conftest or plugin for pytest to call them.
from tests.forked import providers_are_forked
from tests.slow_first import pytest_collection_modifyitems

# How long an example takes says nothing where other work runs beside the tests.
settings.register_profile("net119", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("net119")

# What fails is told after 20 s at most, if in an example that is not the shortest: unbounded, a
# failure of one test has cost a run four minutes, and the run its limit of time.
engine.MAX_SHRINKING_SECONDS = min(engine.MAX_SHRINKING_SECONDS, 20)

# Before workers are started.
bytecode.keep(os.environ)

__all__ = [
    "providers_are_forked",
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_make_collect_report",
    "pytest_runtest_makereport",
]
