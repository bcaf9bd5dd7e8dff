"""What all checks of a scenario have in common."""

from net119_scenarios.acted.base import Name, Part


class Check(Part):
    """One thing that must hold."""

    call: Name | None = None
    """Which call; by default the one that was placed first."""
