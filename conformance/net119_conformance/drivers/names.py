"""The drivers that the suite brings along, by name."""

from enum import StrEnum


class DriverName(StrEnum):
    """The drivers that the suite brings along."""

    API = "api"
    """Everything through the documented API; a browser where only pages show what is judged."""
    PAGES = "pages"
    """What people do at pages through the pages, the rest through the API."""
