"""A browser for the report's page."""

from tests.reference.pages.conftest import browser

__all__ = ["browser"]
