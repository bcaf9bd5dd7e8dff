"""What a dispatcher needs to sit down at a system's own console page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ConsoleKeys:
    """A dispatcher's log-in: ``url`` is the provider's base URL, below which the page is."""

    url: str
    center: str
    name: str
    password: str
