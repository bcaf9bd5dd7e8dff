"""Modules with slow tests come first, so that no worker waits at the end while another runs one.

They stay whole and in their order, as their fixtures are shared.
"""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests that were collected."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
